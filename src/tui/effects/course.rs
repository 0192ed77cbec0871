//! The run, from the journal's first word to its last.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::{Shared, keep};
use crate::explain::Explanation;
use crate::export::{Export, saved};
use crate::history::Kind;
use crate::journal::{Entry, Journal};
use crate::run::{self, Job, NotBegun, Note, Outcome, Past, Progress};
use crate::state::{DataWorldLogin, DomoLogin, Reply, Request};

/// What is to run.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) export: Export,
    pub(super) definition: Option<PathBuf>,
    pub(super) dry_run: bool,
    pub(super) domo: DomoLogin,
    pub(super) dataworld: DataWorldLogin,
}

/// Runs an export and says how it ended.
pub(super) async fn to_the_end(shared: &Shared, request: Request, order: Order) {
    let Order { export, definition, dry_run, .. } = &order;
    let definition = definition.clone().unwrap_or_else(|| saved::file_of(&shared.tools.exports, &export.name));
    let entry = Entry { export: export.clone(), definition, kind: Kind::Manual, dry_run: *dry_run };
    let outcome = match Journal::begin(&shared.tools.state, entry).await {
        Ok(journal) => {
            // Who starts a run here wants it now, whether the data has changed or not.
            let past = Past { last_good: None, ..journal.past() };
            let job = job(shared, order, past).await;
            recorded(shared, request, journal, job).await
        }
        Err(why) => not_begun(why),
    };
    shared.reply(request, Reply::Ended(Box::new(outcome)));
}

/// Runs the job, if there is one, and records how it ended.
async fn recorded(shared: &Shared, request: Request, mut journal: Journal, job: Result<Job, Explanation>) -> Outcome {
    let (mut outcome, last) = match job {
        Ok(job) => {
            let cancel = CancellationToken::new();
            let running = run::start(job, cancel.clone());
            journal.follow(running.progress.clone());
            let progress = running.progress.clone();
            let _ = shared.notes.send(super::Note::Started(request, running.progress, cancel));
            let outcome = match running.outcome.await {
                Ok(outcome) => outcome,
                // The panic goes on to where tasks are joined.
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Outcome::Cancelled { file_now: None },
                },
            };
            let last = progress.borrow().clone();
            (outcome, last)
        }
        Err(explanation) => (not_begun(NotBegun::Credentials(explanation.to_string())), Progress::default()),
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
        domo: keep::domo(shared, order.domo).await?,
        dataworld: keep::dataworld(shared, order.dataworld).await?,
        dry_run: order.dry_run,
        limits: shared.tools.limits.clone(),
        spool_folder: shared.tools.spool_folder.clone(),
        past,
    })
}
