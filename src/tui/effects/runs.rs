//! Runs an export, from the journal's first word to its last.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::clients;
use super::shared::Shared;
use crate::explain::Explanation;
use crate::export::{Export, saved};
use crate::history::Kind;
use crate::ops::run::{Journal, RunEntry};
use crate::transfer::{self, Job, NotBegun, Note, Outcome, Past, Progress};
use crate::tui::state::{DataWorldLogin, DomoLogin, Reply, Request};

/// What is to run.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) export: Export,
    pub(super) definition: Option<PathBuf>,
    pub(super) dry_run: bool,
    pub(super) domo: DomoLogin,
    pub(super) dataworld: DataWorldLogin,
}

/// Runs an export and says how it ended. It ends as soon as `cancel` says so, whatever it waits for.
pub(super) async fn to_the_end(shared: &Shared, request: Request, order: Order, cancel: CancellationToken) {
    let Order { export, definition, dry_run, .. } = &order;
    let folder = &shared.tools.exports;
    let definition =
        definition.as_ref().map_or_else(|| saved::new_file(folder, &export.name), |file| folder.join(file));
    let entry = RunEntry { export: export.clone(), definition, kind: Kind::Manual, dry_run: *dry_run };
    let ended = |outcome| shared.reply(request, Reply::Ended(Box::new(outcome)));
    let mut beginning = std::pin::pin!(Journal::begin(&shared.tools.state, entry));
    let begun = tokio::select! {
        begun = &mut beginning => begun,
        () = cancel.cancelled() => {
            ended(CANCELLED);
            // Slow here is the disk, or a history that another program has locked. A record that is begun is closed.
            if let Ok(journal) = beginning.await {
                let _ = journal.end(&CANCELLED, &Progress::default()).await;
            }
            return;
        }
    };
    ended(match begun {
        Ok(journal) => {
            // Who starts a run here wants it now, whether the data has changed or not.
            let past = Past { last_good: None, ..journal.past() };
            let job = tokio::select! {
                job = job(shared, order, past) => Some(job),
                () = cancel.cancelled() => None,
            };
            recorded(shared, request, journal, job, cancel).await
        }
        Err(why) => not_begun(why),
    });
}

/// How a run ends that was cancelled before it asked for anything.
const CANCELLED: Outcome = Outcome::Cancelled { file_now: None };

/// Runs the job, and records how it ended. Without a job it was cancelled before there was one.
async fn recorded(
    shared: &Shared,
    request: Request,
    mut journal: Journal,
    job: Option<Result<Job, Explanation>>,
    cancel: CancellationToken,
) -> Outcome {
    let (mut outcome, last) = match job {
        Some(Ok(job)) => {
            let running = transfer::start(job, cancel);
            journal.follow(running.progress.clone());
            let progress = running.progress.clone();
            let _ = shared.notes.send(super::Note::Started(request, running.progress));
            let outcome = match running.outcome.await {
                Ok(outcome) => outcome,
                // The panic goes on to where tasks are joined.
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => CANCELLED,
                },
            };
            let last = progress.borrow().clone();
            (outcome, last)
        }
        Some(Err(explanation)) => (not_begun(NotBegun::Credentials(explanation.to_string())), Progress::default()),
        None => (CANCELLED, Progress::default()),
    };
    let notes = journal.end(&outcome, &last).await;
    // After a run that did not end well there is something else to read.
    if let Outcome::Done(summary) = &mut outcome {
        summary.notes.extend(notes.into_iter().map(Note::NotKept));
    }
    outcome
}

fn not_begun(why: NotBegun) -> Outcome {
    Outcome::Failed { failure: why.into(), file_now: None }
}

async fn job(shared: &Shared, order: Order, past: Past) -> Result<Job, Explanation> {
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

    use super::super::{Effects, Tools};
    use crate::accounts::waiting::Waiting;
    use crate::accounts::{Account, Book, Vault};
    use crate::config::{Addresses, Config, Environment, Limits, Network};
    use crate::export::Export;
    use crate::export::Service;
    use crate::history::{History, RunResult, Which};
    use crate::transfer::Outcome;
    use crate::tui::state::{Effect, Login, Msg, Reply, Request, Requests};

    /// What does effects in that folder, and what says that the keyring is asked.
    async fn effects(home: &Path) -> (Effects, mpsc::UnboundedReceiver<()>) {
        let (keyring, is_asked) = Waiting::new();
        let account = Account { client_id: Some("id".to_owned()), ..Account::new(Service::Domo, "acme") };
        let accounts = home.join("accounts.toml");
        Book::load(&accounts).unwrap().put(account).await.unwrap();
        let tools = Tools {
            addresses: Addresses::new(&Config::default(), &Environment::default()).unwrap(),
            limits: Limits::default(),
            network: Network::default(),
            environment: Environment::default(),
            accounts,
            exports: home.join("exports"),
            state: home.to_owned(),
            spool_folder: home.to_owned(),
            vault: Some(Vault::with_store(Arc::new(keyring), "Waiting")),
        };
        (Effects::new(tools), is_asked)
    }

    fn start(effects: &mut Effects) -> Request {
        let request = Requests::new(1).next();
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
        request
    }

    async fn ended(effects: &mut Effects) -> Outcome {
        loop {
            if let Msg::Reply(_, reply) = effects.next(true).await.unwrap()
                && let Reply::Ended(outcome) = *reply
            {
                return *outcome;
            }
        }
    }

    /// How the runs of the history ended, once nothing is under way any more.
    async fn results(effects: &mut Effects, home: &Path) -> Vec<Option<RunResult>> {
        while let Some(done) = effects.tasks.join_next().await {
            done.unwrap();
        }
        let history = History::open(home, chrono::Utc::now()).unwrap().history;
        history.runs(Which::All, 9).unwrap().into_iter().map(|run| run.result).collect()
    }

    #[tokio::test]
    async fn a_run_is_cancelled_while_a_keyring_waits_for_somebody() {
        let home = tempfile::tempdir().unwrap();
        let (mut effects, mut is_asked) = effects(home.path()).await;
        let request = start(&mut effects);
        is_asked.recv().await.unwrap();
        effects.perform(Effect::CancelRun(request));
        let outcome = ended(&mut effects).await;
        assert!(matches!(outcome, Outcome::Cancelled { file_now: None }), "{outcome:?}");
        assert_eq!(results(&mut effects, home.path()).await, [Some(RunResult::Cancelled)]);
    }

    #[tokio::test]
    async fn a_run_that_is_cancelled_at_once_is_recorded_as_cancelled() {
        let home = tempfile::tempdir().unwrap();
        let (mut effects, _is_asked) = effects(home.path()).await;
        let request = start(&mut effects);
        effects.perform(Effect::CancelRun(request));
        let outcome = ended(&mut effects).await;
        assert!(matches!(outcome, Outcome::Cancelled { file_now: None }), "{outcome:?}");
        assert!(!effects.is_running(), "whoever leaves does not wait for the disk");
        assert_eq!(results(&mut effects, home.path()).await, [Some(RunResult::Cancelled)]);
    }
}
