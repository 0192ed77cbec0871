//! Starts a run, ends it, and reports what is on data.world afterwards.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::arrival::Arrival;
use super::ask::{self, Asked, Target};
use super::delivery::Delivery;
use super::export::Sent;
use super::report::Reporter;
use super::sending::Sending;
use super::verify::Proof;
use super::{Failure, FileAfter, LeftOut, Outcome, Past, Progress, Replaced, RunNote, Summary, export, keep, verify};
use crate::config::Limits;
use crate::export::Export;
use crate::history::Phase;
use crate::services::dataworld::DataWorld;
use crate::services::domo::Domo;

/// Numbers that a run takes for one file at most, if others use them too or data.world keeps something else.
const MAX_NUMBERS: u32 = 3;
/// Time to ask for the file on data.world after a failure.
const FILE_CHECK_LIMIT: Duration = Duration::from_secs(20);
/// Time for the same after a cancel, while somebody waits. Less than the 2 s that quitting waits, so that a run
/// cancelled by quitting still reports its end.
pub(crate) const CANCEL_GRACE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Job {
    pub export: Export,
    pub domo: Domo,
    pub dataworld: DataWorld,
    pub dry_run: bool,
    pub limits: Limits,
    pub spool_folder: PathBuf,
    pub today: NaiveDate,
    pub past: Past,
}

#[derive(Debug)]
pub struct Running {
    pub progress: watch::Receiver<Progress>,
    pub outcome: JoinHandle<Outcome>,
}

/// The target as far as a run has found it out, for the report at its end.
#[derive(Debug, Default)]
pub(super) struct KnownTarget {
    target: Mutex<Option<Target>>,
    pub(super) sending: Arc<Sending>,
}

impl KnownTarget {
    pub(super) fn target(&self) -> Option<Target> {
        self.target.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, target: Target, reporter: &Reporter) {
        self.sending.start_over();
        self.update(target, reporter);
    }

    pub(super) fn update(&self, target: Target, reporter: &Reporter) {
        reporter.update(|progress| {
            (progress.file, progress.replaces) = (Some(target.path()), Some(target.existing.is_some()));
        });
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = Some(target);
    }
}

enum PhasesEnd {
    Outcome(Outcome),
    /// The file has arrived, proven; its description and old files are left.
    Arrived(Box<Summary>, Target),
}

/// Starts a run on the current tokio runtime. `cancel` ends it without its file or, if that has arrived, as
/// [`Outcome::Done`] with the rest left out.
pub fn start(job: Job, cancel: CancellationToken) -> Running {
    let (reporter, progress) = Reporter::new();
    let span = tracing::info_span!("run", export = job.export.slug());
    let outcome = tokio::spawn(run_to_end(job, reporter, cancel).instrument(span));
    Running { progress, outcome }
}

async fn run_to_end(job: Job, reporter: Reporter, cancel: CancellationToken) -> Outcome {
    let (input, output) = (&job.export.input.dataset, &job.export.output.dataset);
    tracing::info!(%input, %output, dry_run = job.dry_run, "begins");
    let known = KnownTarget::default();
    let job = Job {
        domo: job.domo.with_on_retry(reporter.on_retry()),
        dataworld: job.dataworld.with_on_retry(reporter.on_retry()),
        ..job
    };
    let end = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        end = run_phases(&job, &reporter, &known) => Some(end),
    };
    // The transfer has been dropped here, and with it all its connections.
    let failure = match end {
        Some(Ok(end)) => {
            let outcome = match end {
                PhasesEnd::Outcome(outcome) => outcome,
                PhasesEnd::Arrived(summary, target) => {
                    Outcome::Done(finish(*summary, &job, &target, &reporter, &cancel).await)
                }
            };
            log_end(&outcome);
            return outcome;
        }
        Some(Err(failure)) => Some(failure),
        None => None,
    };
    match &failure {
        Some(failure) => reporter.mark_failed(failure.service()),
        None => reporter.mark_cancelled(),
    }
    return_number(&job, &known).await;
    let file_now = match known.target() {
        Some(target) if !job.dry_run => {
            let limit = if failure.is_some() { FILE_CHECK_LIMIT } else { CANCEL_GRACE };
            let now = verify::file_now(&job.dataworld, &target, &known.sending, limit).await;
            Some(FileAfter { name: target.name, now })
        }
        _ => None,
    };
    let there = file_now.as_ref();
    match failure {
        Some(failure) => {
            tracing::error!("failed: {failure:?}. On data.world: {there:?}");
            Outcome::Failed { failure, file_now }
        }
        None => {
            tracing::warn!("cancelled. On data.world: {there:?}");
            Outcome::Cancelled { file_now }
        }
    }
}

/// Gives back the number of a run that sent nothing under it, so that the next run gets it.
async fn return_number(job: &Job, known: &KnownTarget) {
    let is_unused = !known.sending.has_begun();
    if let Some(number) = known.target().and_then(|target| target.number).filter(|_| is_unused) {
        job.past.numbers.take_back(number).await;
    }
}

fn log_end(outcome: &Outcome) {
    match outcome {
        Outcome::Done(summary) => {
            let ms = summary.took.as_millis();
            tracing::info!(file = summary.file, rows = summary.rows, bytes = summary.bytes, ms, "done");
        }
        Outcome::Skipped(unchanged) => tracing::info!(file = unchanged.file, "skipped: unchanged"),
        Outcome::Failed { .. } | Outcome::Cancelled { .. } => {}
    }
}

async fn run_phases(job: &Job, reporter: &Reporter, known: &KnownTarget) -> Result<PhasesEnd, Failure> {
    reporter.begin_phase(Phase::Ask);
    let start = Instant::now();
    let plan = match ask::ask(job).await? {
        Asked::Plan(plan) => *plan,
        Asked::Unchanged(unchanged) => {
            reporter.update(|progress| {
                progress.input = Some(unchanged.input.clone());
                progress.file = Some(unchanged.file.clone());
                progress.rows_stated = Some(unchanged.rows);
            });
            reporter.finish(Phase::Ask, start);
            reporter.skip(&[Phase::Export, Phase::Upload, Phase::Processing, Phase::Proof]);
            return Ok(PhasesEnd::Outcome(Outcome::Skipped(unchanged)));
        }
    };
    known.set(plan.target.clone(), reporter);
    reporter.update(|progress| {
        progress.input = Some(plan.input.data_set.name.clone());
        progress.rows_stated = plan.input.rows;
        progress.note = None;
    });
    reporter.finish(Phase::Ask, start);

    let delivery = Delivery { job, planned: &plan.target, reporter, known };
    let mut sent = export::export(job, &plan, &delivery).await?;

    let target = delivery.target();
    let mut summary = Summary {
        input: plan.input.data_set.name,
        file: target.path(),
        link: target.link(),
        rows: sent.size.rows,
        row_count: sent.row_count,
        bytes: sent.size.bytes,
        took: reporter.elapsed(),
        attempts: sent.uploaded.attempts,
        replaced: target.existing.as_ref().map(|file| Replaced { bytes: file.size, updated: file.updated }),
        data_date: sent.data_date,
        updated: None,
        keep: job.export.output.keep,
        deleted: Vec::new(),
        dry_run: job.dry_run,
        notes: [plan.notes, std::mem::take(&mut sent.notes)].concat(),
    };
    if job.dry_run {
        reporter.skip(&[Phase::Upload, Phase::Processing, Phase::Proof]);
        summary.deleted = keep::surplus(job, &target.name, &plan.files);
        return Ok(PhasesEnd::Outcome(Outcome::Done(summary)));
    }
    let (arrival, updated) = prove(&delivery, &mut sent).await?;
    let target = delivery.target();
    (summary.file, summary.link, summary.attempts) = (target.path(), target.link(), sent.uploaded.attempts);
    summary.took = reporter.elapsed();
    summary.updated = updated;
    summary.notes.extend(arrival.note);
    // If only a size proves the arrival, the next run sends the data again even if it has not changed.
    summary.data_date = summary.data_date.filter(|_| !arrival.by_size_only);
    Ok(PhasesEnd::Arrived(Box::new(summary), target))
}

async fn prove(delivery: &Delivery<'_>, sent: &mut Sent) -> Result<(Arrival, Option<DateTime<Utc>>), Failure> {
    let mut numbers = 1;
    loop {
        let target = delivery.target();
        let wrong = match verify::prove(delivery, &target, sent).await? {
            Proof::Arrived(arrival, updated) => return Ok((arrival, updated)),
            Proof::Overwritten(wrong) => wrong,
        };
        if numbers == MAX_NUMBERS {
            return Err(Failure::Unproven(wrong));
        }
        numbers += 1;
        sent.uploaded = delivery.resend(&target, sent).await?;
    }
}

/// Describes the file and deletes old ones. The run has succeeded already, whatever happens here.
async fn finish(
    mut summary: Summary,
    job: &Job,
    target: &Target,
    reporter: &Reporter,
    cancel: &CancellationToken,
) -> Summary {
    if let Some(note) = describe(job, target, cancel).await {
        summary.notes.extend(note);
        // The description changes the file's date, which must not look like somebody else's change.
        let look = unless_cancelled(cancel, job.dataworld.dataset(&target.key)).await;
        let files = look.and_then(Result::ok).and_then(|dataset| dataset.files).unwrap_or_default();
        summary.updated = files.into_iter().find(|file| file.is_called(&target.name)).and_then(|file| file.updated);
    }
    let (deleted, not_deleted) = keep::delete_surplus(job, target, cancel).await;
    summary.deleted = deleted;
    summary.notes.extend(not_deleted);
    summary.took = reporter.elapsed();
    summary
}

/// Sets the file's description and labels; `None` if the definition has none. A failure is only a note.
async fn describe(job: &Job, target: &Target, cancel: &CancellationToken) -> Option<Option<RunNote>> {
    let output = &job.export.output;
    if output.description.is_none() && output.labels.is_empty() {
        return None;
    }
    let described = job.dataworld.describe(&target.key, &target.name, output.description.as_ref(), &output.labels);
    Some(match unless_cancelled(cancel, described).await {
        Some(described) => described.err().map(RunNote::NotDescribed),
        None => Some(RunNote::LeftOut(LeftOut::Description)),
    })
}

/// Awaits `call`; `None` if the run is cancelled and the call does not end soon after.
pub(super) async fn unless_cancelled<T>(cancel: &CancellationToken, call: impl Future<Output = T>) -> Option<T> {
    if cancel.is_cancelled() {
        return None;
    }
    let cut = async {
        cancel.cancelled().await;
        tokio::time::sleep(CANCEL_GRACE).await;
    };
    tokio::select! {
        biased;
        came = call => Some(came),
        () = cut => None,
    }
}
