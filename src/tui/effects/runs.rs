//! Runs an export, and replies how it goes and how it ended.

use tokio_util::sync::CancellationToken;

use super::{Shared, TaskMessage};
use crate::ops::run::{RunEnd, RunOrder, run_export};
use crate::transfer::Outcome;
use crate::tui::state::{Request, RunReply};

pub(super) async fn run(shared: &Shared, request: &Request<RunReply>, order: RunOrder, cancel: &CancellationToken) {
    // Other notes than those of a good run are not shown: there is something else to read.
    let RunEnd { result, closing, .. } = run_export(&shared.workspace, order, cancel, |progress, end| {
        shared.tell(TaskMessage::Started(request.id, progress));
        end
    })
    .await;
    let outcome = result.unwrap_or_else(|why| Outcome::from(&why));
    shared.end(request, Some(RunReply::Ended(outcome)));
    if let Some(closing) = closing {
        let _ = closing.await;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use tokio::sync::mpsc;

    use super::super::Effects;
    use super::super::tests::{listed, until};
    use crate::accounts::waiting::Waiting;
    use crate::accounts::{Account, Book, Vault};
    use crate::export::{Export, Service};
    use crate::history::{History, Kind, RunFilter, RunResult};
    use crate::ops::run::{RunEntry, RunOrder};
    use crate::transfer::Outcome;
    use crate::tui::state::{Effect, Login, RequestId, RunReply};

    /// Effects in that folder, and a receiver of the calls to the keyring.
    async fn effects(home: &Path) -> (Effects, mpsc::UnboundedReceiver<()>) {
        let (keyring, is_asked) = Waiting::new();
        let account = Account { client_id: Some("id".to_owned()), ..Account::new(Service::Domo, "acme") };
        Book::load(&home.join("accounts.toml")).unwrap().put(account).await.unwrap();
        let vault = Vault::with_store(Arc::new(keyring), "Waiting");
        (super::super::tests::effects(home, vault), is_asked)
    }

    fn start(effects: &mut Effects) -> RequestId {
        let request = listed();
        let id = request.id;
        let text = "name = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                    dataset = \"acme/sales\"\nfile = \"sales\"";
        let export = Export::parse(text, Path::new("sales.toml")).unwrap();
        let entry = RunEntry { export, definition: "sales.toml".into(), kind: Kind::Manual, dry_run: false };
        let domo = Login::Named(Some("acme".to_owned()));
        let order = RunOrder { entry, domo, dataworld: Login::Named(None), even_if_unchanged: true };
        effects.perform(Effect::StartRun { request, order: Box::new(order) });
        id
    }

    async fn ended(effects: &mut Effects) -> Outcome {
        match until(effects, |reply| matches!(reply, RunReply::Ended(_))).await {
            RunReply::Ended(outcome) => outcome,
            RunReply::Progress(_) => unreachable!(),
        }
    }

    /// The results of the runs in the history, once nothing is under way.
    async fn results(effects: &mut Effects, home: &Path) -> Vec<Option<RunResult>> {
        while let Some(done) = effects.tasks.join_next().await {
            done.unwrap();
        }
        let history = History::open(home, chrono::Utc::now()).unwrap().history;
        history.runs(RunFilter::All, 9).unwrap().into_iter().map(|run| run.result).collect()
    }

    #[tokio::test]
    async fn a_run_is_cancelled_while_a_keyring_waits_for_somebody() {
        let home = tempfile::tempdir().unwrap();
        let (mut effects, mut is_asked) = effects(home.path()).await;
        let run = start(&mut effects);
        is_asked.recv().await.unwrap();
        effects.perform(Effect::Cancel(run));
        let outcome = ended(&mut effects).await;
        assert!(matches!(outcome, Outcome::Cancelled { file_now: None }), "{outcome:?}");
        assert_eq!(results(&mut effects, home.path()).await, [Some(RunResult::Cancelled)]);
    }

    #[tokio::test]
    async fn a_run_that_is_cancelled_at_once_is_recorded_as_cancelled() {
        let home = tempfile::tempdir().unwrap();
        let (mut effects, _is_asked) = effects(home.path()).await;
        let run = start(&mut effects);
        effects.perform(Effect::Cancel(run));
        let outcome = ended(&mut effects).await;
        assert!(matches!(outcome, Outcome::Cancelled { file_now: None }), "{outcome:?}");
        assert!(!effects.is_running(), "whoever leaves does not wait for the disk");
        assert_eq!(results(&mut effects, home.path()).await, [Some(RunResult::Cancelled)]);
    }
}
