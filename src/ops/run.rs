//! Runs an export from its beginning to its end, for every front: records it in the history, gives it its number, and keeps
//! one export from running twice at once.
//!
//! Only an export that already runs is refused. If anything else is wrong with the state folder the run goes on, and the
//! notes of its [`RunEnd`] say what was not kept.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{DataWorldLogin, DomoLogin, Workspace};
use crate::explain::{self, TicketLine};
use crate::export::{Export, Update};
use crate::history;
use crate::history::{
    Arrived, Ending, ExportLock, History, HistoryError, Kind, LastGood, LockError, NewRun, Opened, Reached, RunId,
    RunResult, WrittenFile,
};
use crate::system::files::canonical;
use crate::system::process::blocking;
use crate::transfer::{self, Failure, Job, NotBegun, Numbers, Outcome, Past, Progress, RunNote, Running};

const POLL_INTERVAL: Duration = Duration::from_millis(100);
const WRITE_INTERVAL: Duration = Duration::from_secs(2);

/// A run to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOrder {
    pub entry: RunEntry,
    pub domo: DomoLogin,
    pub dataworld: DataWorldLogin,
    /// Runs the export even if it says that unchanged data is skipped.
    pub even_if_unchanged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEntry {
    pub export: Export,
    /// The definition's file; for an export that is not saved, the file it would have.
    pub definition: PathBuf,
    pub kind: Kind,
    /// A dry run takes no lock and no number, and is not recorded.
    pub dry_run: bool,
}

/// The end of a run.
#[derive(Debug)]
pub struct RunEnd {
    pub result: Result<Outcome, NotBegun>,
    /// Sentences on what is not kept of the run.
    pub notes: Vec<String>,
    /// Closes the record of a run that was cancelled while the history was still being opened, and returns its notes.
    pub closing: Option<JoinHandle<Vec<String>>>,
}

/// Runs an export. It ends as soon as `cancel` says so, whatever it waits for. `follow` shows the progress until the run
/// has ended.
///
/// # Errors
/// In [`RunEnd::result`]: the export already runs, was cancelled before it began, or there are no credentials.
pub async fn run_export<Followed: Future<Output = Outcome>>(
    workspace: &Workspace,
    order: RunOrder,
    cancel: &CancellationToken,
    follow: impl FnOnce(watch::Receiver<Progress>, BoxFuture<'static, Outcome>) -> Followed,
) -> RunEnd {
    let mut beginning = Box::pin(Journal::open(workspace.tools.state.clone(), order.entry.clone()));
    let begun = tokio::select! {
        begun = &mut beginning => begun,
        () = cancel.cancelled() => {
            // Slow here is the disk, or a history that another program has locked. A record that is begun is closed.
            let closing = tokio::spawn(async move {
                match beginning.await {
                    Ok(journal) => journal.end(&CANCELLED, &Progress::default()).await,
                    Err(_) => Vec::new(),
                }
            });
            return RunEnd { result: Err(NotBegun::Cancelled), notes: Vec::new(), closing: Some(closing) };
        }
    };
    let mut journal = match begun {
        Ok(journal) => journal,
        Err(why) => return RunEnd { result: Err(why), notes: Vec::new(), closing: None },
    };
    let prepared = tokio::select! {
        prepared = job(workspace, order, journal.past()) => prepared,
        () = cancel.cancelled() => Err(NotBegun::Cancelled),
    };
    let job = match prepared {
        Ok(job) => job,
        Err(why) => {
            let notes = journal.end(&Outcome::from(&why), &Progress::default()).await;
            return RunEnd { result: Err(why), notes, closing: None };
        }
    };
    let Running { progress, outcome } = transfer::start(job, cancel.clone());
    journal.record_progress(progress.clone());
    let ended = async {
        outcome.await.unwrap_or_else(|error| match error.is_cancelled() {
            true => CANCELLED,
            false => Outcome::Failed { failure: Failure::BrokeOff(error.to_string()), file_now: None },
        })
    };
    let mut outcome = follow(progress.clone(), ended.boxed()).await;
    let last = progress.borrow().clone();
    let mut notes = journal.end(&outcome, &last).await;
    if let Outcome::Done(summary) = &mut outcome {
        summary.notes.extend(notes.drain(..).map(RunNote::NotKept));
    }
    RunEnd { result: Ok(outcome), notes, closing: None }
}

async fn job(workspace: &Workspace, order: RunOrder, past: Past) -> Result<Job, NotBegun> {
    let RunOrder { entry: RunEntry { export, dry_run, .. }, domo, dataworld, even_if_unchanged } = order;
    Ok(Job {
        domo: workspace.domo(domo).await?,
        dataworld: workspace.dataworld(dataworld).await?,
        today: export.schedule.date_of(Utc::now()),
        export,
        dry_run,
        limits: workspace.tools.limits.clone(),
        spool_folder: workspace.tools.spool_folder.clone(),
        past: if even_if_unchanged { Past { last_good: None, ..past } } else { past },
    })
}

const CANCELLED: Outcome = Outcome::Cancelled { file_now: None };

#[derive(Debug)]
pub(super) struct Journal {
    export: Export,
    last_good: Option<LastGood>,
    written: Vec<WrittenFile>,
    history: Option<SharedHistory>,
    follower: Option<JoinHandle<()>>,
    notes: Arc<Mutex<Vec<String>>>,
    /// Released after the end is recorded: a process that finds the lock free also finds the end.
    _lock: Option<ExportLock>,
}

#[derive(Debug, Clone)]
struct SharedHistory {
    history: Arc<Mutex<History>>,
    /// `None` for a dry run.
    run: Option<RunId>,
}

impl Journal {
    /// Takes the export's lock and records that the run begins. Records killed runs as interrupted.
    ///
    /// # Errors
    /// When the export already runs; the refusal is recorded too.
    pub(super) async fn open(state: PathBuf, entry: RunEntry) -> Result<Self, NotBegun> {
        blocking(move || open_blocking(&state, entry)).await
    }

    fn past(&self) -> Past {
        Past { numbers: self.numbers(), last_good: self.last_good.clone(), written: self.written.clone() }
    }

    fn numbers(&self) -> Numbers {
        let Some(kept) = self.history.clone() else { return Numbers::default() };
        let (output, notes) = (self.export.output.clone(), Arc::clone(&self.notes));
        let (of, also_kept) = (output.clone(), kept.clone());
        // A number that was only looked up is not this run's own: another run may have been given it since.
        let own = Arc::new(Mutex::new(None));
        let given = Arc::clone(&own);
        let give = move |least| {
            let history = locked(&kept.history);
            let number = match kept.run {
                Some(_) => history
                    .give_number(&output.dataset, &output.file, least)
                    .inspect(|number| *locked(&given) = Some(*number)),
                None => history.last_number(&output.dataset, &output.file).map(|last| least.max(last + 1)),
            };
            number.unwrap_or_else(|error| {
                locked(&notes).push(explain::number_without_history(&error));
                least
            })
        };
        let take_back = move |number| {
            if locked(&own).take() == Some(number) {
                // If this fails, the number stays unused, which is only a gap.
                let _ = locked(&also_kept.history).take_back_number(&of.dataset, &of.file, number);
            }
        };
        Numbers::given_by(give, take_back)
    }

    fn record_progress(&mut self, mut progress: watch::Receiver<Progress>) {
        let Some(kept @ SharedHistory { run: Some(_), .. }) = self.history.clone() else { return };
        self.follower = Some(tokio::spawn(async move {
            let (mut written, mut when) = (Reached::default(), Instant::now());
            while progress.changed().await.is_ok() {
                let now = reached(&progress.borrow_and_update());
                let moved = (now.phase, &now.file) != (written.phase, &written.file);
                if moved || when.elapsed() >= WRITE_INTERVAL {
                    (written, when) = (now.clone(), Instant::now());
                    // An error is reported at the end of the run; the next poll writes again.
                    let _ = kept.write(move |history, run| history.reached(run, &now, Utc::now())).await;
                }
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }));
    }

    /// Records how the run ended and releases the lock. Returns sentences for the person.
    pub(super) async fn end(self, outcome: &Outcome, progress: &Progress) -> Vec<String> {
        let ending = ending(&self.export, outcome, progress);
        if let Some(following) = self.follower {
            // The task holds the history, which would not be closed properly otherwise.
            following.abort();
            let _ = following.await;
        }
        let mut failed = None;
        if let Some(kept) = self.history {
            failed = kept.write(move |history, run| history.end(run, &ending, Utc::now())).await.err();
        }
        let mut notes = std::mem::take(&mut *locked(&self.notes));
        notes.extend(failed.map(|error| explain::end_not_in_history(&error)));
        notes
    }
}

impl SharedHistory {
    async fn write(
        &self,
        write: impl FnOnce(&History, RunId) -> Result<(), HistoryError> + Send + 'static,
    ) -> Result<(), HistoryError> {
        let Some(run) = self.run else { return Ok(()) };
        let history = Arc::clone(&self.history);
        let written = tokio::task::spawn_blocking(move || write(&locked(&history), run)).await;
        written.unwrap_or(Err(HistoryError::BrokeOff))
    }
}

fn open_blocking(state: &Path, entry: RunEntry) -> Result<Journal, NotBegun> {
    let definition = canonical(&entry.definition);
    let (now, slug, writes) = (Utc::now(), entry.export.slug(), entry.export.route());
    let mut new = NewRun {
        export: &entry.export.name,
        slug: &slug,
        definition: &definition,
        writes: &writes,
        is_locked: false,
        kind: entry.kind,
        started: now,
    };
    let mut notes = Vec::new();
    let mut history = match open_history(state, &mut notes) {
        Ok(history) => Some(history),
        Err(error) => {
            notes.push(explain::not_in_history(&error, &entry.export));
            None
        }
    };
    if let Some(history) = &history {
        // If the move cannot be recorded, this run counts as the export's first.
        let _ = history.find_moved([(&*definition, &entry.export)]);
    }
    let (mut run, mut lock) = (None, None);
    if !entry.dry_run {
        match ExportLock::take(state, &definition, now) {
            Ok(taken) => {
                lock = Some(taken);
                new.is_locked = true;
            }
            Err(LockError::Held(holder)) => {
                let refused = NotBegun::Running { export: entry.export.name.clone(), holder };
                if let Some(history) = &history {
                    // The refusal itself is reported in any case.
                    let _ = record_refusal(history, &new, &refused, entry.export.log.update);
                }
                return Err(refused);
            }
            Err(LockError::Unusable(error)) => {
                notes.push(explain::without_lock(&error));
            }
        }
    }
    if let (Some(history), Some(_), false) = (&history, &lock, definition.exists()) {
        // The export is not saved yet, so anything else under its name belongs to a deleted export.
        let _ = history.forget(&definition, Some(&entry.export));
    }
    // The lock is held, so nobody changes this any more. Without a history the run exports anyway and deletes nothing.
    let known = history.as_ref().and_then(|history| earlier_runs(history, &definition, &entry.export).ok());
    let (last_good, written) = known.unwrap_or_default();
    if !entry.dry_run
        && let Some(opened) = history.take()
    {
        (history, run) = record_beginning(state, opened, &new, &entry.export, &mut notes);
    }
    let kept = history.map(|history| SharedHistory { history: Arc::new(Mutex::new(history)), run });
    Ok(Journal {
        export: entry.export,
        last_good,
        written,
        history: kept,
        follower: None,
        notes: Arc::new(Mutex::new(notes)),
        _lock: lock,
    })
}

fn earlier_runs(
    history: &History,
    definition: &Path,
    export: &Export,
) -> Result<(Option<LastGood>, Vec<WrittenFile>), HistoryError> {
    let last_good = match export.input.only_when_updated {
        true => match export.content() {
            Ok(content) => history.last_good(definition, &export.output.dataset, &content)?,
            Err(_) => None,
        },
        false => None,
    };
    let written = match export.output.keep {
        Some(_) => history.written(definition, &export.output.dataset)?,
        None => Vec::new(),
    };
    Ok((last_good, written))
}

/// Opens the history and marks killed runs as interrupted.
fn open_history(state: &Path, notes: &mut Vec<String>) -> Result<History, HistoryError> {
    let now = Utc::now();
    let Opened { history, damaged } = History::open(state, now)?;
    notes.extend(damaged.as_deref().map(explain::history_damaged));
    // If this fails, the next run marks them.
    let _ = history.find_interrupted(state, now, explain::interrupted);
    Ok(history)
}

fn record_beginning(
    state: &Path,
    history: History,
    new: &NewRun,
    export: &Export,
    notes: &mut Vec<String>,
) -> (Option<History>, Option<RunId>) {
    let begun = match history.record_begin(new) {
        Err(HistoryError::Damaged) => {
            drop(history);
            History::restore(state, new.started).and_then(|Opened { history, damaged }| {
                notes.extend(damaged.as_deref().map(explain::history_damaged));
                let run = history.record_begin(new)?;
                Ok((history, run))
            })
        }
        begun => begun.map(|run| (history, run)),
    };
    match begun {
        Ok((history, run)) => {
            tracing::info!(export = new.slug, "in the history as {run:?}");
            (Some(history), Some(run))
        }
        Err(error) => {
            notes.push(explain::not_in_history(&error, export));
            (None, None)
        }
    }
}

fn record_refusal(history: &History, new: &NewRun, refused: &NotBegun, log: Update) -> Result<(), HistoryError> {
    let refused = explain::not_begun(refused);
    let plain = Ending::new(RunResult::Failed, log, Reached::default());
    history.refuse(new, &Ending { reason: Some(refused.what), advice: Some(refused.advice), ..plain })
}

/// A run of this session in the form of the history, with what a ticket needs.
pub fn report(
    export: &Export,
    outcome: &Outcome,
    progress: &Progress,
    ended: DateTime<Utc>,
    log: Option<&Path>,
) -> Vec<TicketLine> {
    let Ending { result, reached, row_count, reason, advice, file_now, support_id, mut notes, .. } =
        ending(export, outcome, progress);
    if matches!(outcome, Outcome::Done(summary) if summary.dry_run) {
        notes.push("A dry run: nothing was uploaded.".to_owned());
    }
    let run = history::Run {
        export: export.name.clone(),
        definition: String::new(),
        kind: None,
        result: Some(result),
        started: ended - progress.elapsed,
        ended: Some(ended),
        phase: reached.phase,
        rows: Some(reached.rows),
        row_count,
        bytes: Some(reached.bytes),
        file: reached.file,
        attempts: reached.attempts,
        reason,
        advice,
        file_now,
        support_id,
        notes,
    };
    explain::run_report(&run, Some(export), Some(progress), log)
}

fn reached(progress: &Progress) -> Reached {
    Reached {
        phase: progress.reached(),
        file: progress.file.clone(),
        rows: progress.rows,
        bytes: progress.bytes_out,
        attempts: progress.attempt,
    }
}

fn ending(export: &Export, outcome: &Outcome, progress: &Progress) -> Ending {
    let plain = Ending::new(RunResult::Done, export.log.update, reached(progress));
    match outcome {
        Outcome::Done(summary) => Ending {
            arrived: export.content().ok().map(|content| Arrived {
                content,
                dataset: export.output.dataset.clone(),
                file: summary.file.rsplit('/').next().unwrap_or_default().to_owned(),
                data_date: summary.data_date,
                updated: summary.updated,
                deleted: summary.deleted.clone(),
            }),
            reached: Reached {
                file: Some(summary.file.clone()),
                rows: summary.rows,
                bytes: summary.bytes,
                attempts: summary.attempts,
                ..plain.reached
            },
            row_count: Some(summary.row_count),
            notes: summary.notes.iter().map(explain::note).collect(),
            ..plain
        },
        Outcome::Skipped(_) => Ending { result: RunResult::Skipped, ..plain },
        Outcome::Failed { failure, file_now } => {
            let explanation = explain::failure(failure);
            let refused = matches!(failure, Failure::Refused(_));
            Ending {
                result: if refused { RunResult::Refused } else { RunResult::Failed },
                reason: Some(explanation.what),
                advice: Some(explanation.advice).filter(|advice| !advice.is_empty()),
                file_now: file_now.as_ref().map(explain::file_now),
                support_id: explanation.support_id,
                ..plain
            }
        }
        Outcome::Cancelled { file_now } => {
            Ending { result: RunResult::Cancelled, file_now: file_now.as_ref().map(explain::file_now), ..plain }
        }
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
