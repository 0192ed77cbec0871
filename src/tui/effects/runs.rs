//! Runs an export, and replies how it goes and how it ended.

use std::path::PathBuf;

use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use super::{TaskMessage, clients};
use crate::export::{Export, saved};
use crate::history::Kind;
use crate::ops::run::{RunEnd, RunEntry, run_export};
use crate::transfer::{Job, NotBegun, Note, Outcome, Past, Running};
use crate::tui::state::{DataWorldLogin, DomoLogin, Request, RunReply};

/// A run to begin.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) export: Export,
    pub(super) definition: Option<PathBuf>,
    pub(super) dry_run: bool,
    pub(super) domo: DomoLogin,
    pub(super) dataworld: DataWorldLogin,
}

/// Runs an export and replies how it ended. It ends as soon as `cancel` says so, whatever it waits for.
pub(super) async fn run(shared: &Shared, request: &Request<RunReply>, order: Order, cancel: CancellationToken) {
    let Order { export, definition, dry_run, .. } = &order;
    let folder = &shared.tools.exports;
    let definition =
        definition.as_ref().map_or_else(|| saved::new_file(folder, &export.name), |file| folder.join(file));
    let entry = RunEntry { export: export.clone(), definition, kind: Kind::Manual, dry_run: *dry_run };
    // A person wants it now, whether the data has changed or not.
    let prepare = |past| job(shared, order, Past { last_good: None, ..past });
    let follow = async |running: Running| {
        shared.tell(TaskMessage::Started(request.id, running.progress));
        match running.outcome.await.map_err(JoinError::try_into_panic) {
            Ok(outcome) => outcome,
            // The panic goes on to where tasks are joined.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => Outcome::from(&NotBegun::Cancelled),
        }
    };
    let RunEnd { result, notes, closing } = run_export(&shared.tools.state, entry, &cancel, prepare, follow).await;
    let mut outcome = result.unwrap_or_else(|why| Outcome::from(&why));
    // After a run that did not end well there is something else to read.
    if let Outcome::Done(summary) = &mut outcome {
        summary.notes.extend(notes.into_iter().map(Note::NotKept));
    }
    shared.end(request, Some(RunReply::Ended(outcome)));
    if let Some(closing) = closing {
        let _ = closing.await;
    }
}

async fn job(shared: &Shared, order: Order, past: Past) -> Result<Job, NotBegun> {
    Ok(Job {
        today: order.export.schedule.date_of(chrono::Utc::now()),
        export: order.export,
        domo: clients::domo(shared, order.domo).await?,
        dataworld: clients::dataworld(shared, order.dataworld).await?,
        dry_run: order.dry_run,
        limits: shared.tools.limits.clone(),
        spool_folder: shared.tools.spool_folder.clone(),
        past,
    })
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
    use crate::history::{History, RunFilter, RunResult};
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
        effects.perform(Effect::StartRun {
            request,
            export: Box::new(export),
            definition: None,
            dry_run: false,
            domo: Login::Named(Some("acme".to_owned())),
            dataworld: Login::Named(None),
        });
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
