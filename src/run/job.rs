//! Starts a run, ends it well, badly or on request, and says what is on data.world afterwards.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::ask::{self, Asked, Target};
use super::report::Reporter;
use super::upload::Sending;
use super::{Failure, FileAfter, FileNow, Note, Outcome, Past, Phase, Progress, Summary, export, keep, verify};
use crate::config::Limits;
use crate::dataworld::DataWorld;
use crate::domo::Domo;
use crate::export::Export;

/// How long the question may take what is on data.world after a run that failed; somebody who cancels is waiting.
const LAST_LOOK: Duration = Duration::from_secs(20);
/// Less than the 2 s that leaving waits, so that a run that is cancelled by leaving still says how it ended.
pub(crate) const LAST_LOOK_CANCELLED: Duration = Duration::from_secs(1);

/// All that one run needs.
#[derive(Debug, Clone)]
pub struct Job {
    /// What to export, and where to.
    pub export: Export,
    /// Domo, with the account to use.
    pub domo: Domo,
    /// data.world, with the account to use.
    pub dataworld: DataWorld,
    /// Do everything but the upload.
    pub dry_run: bool,
    /// How patient to be.
    pub limits: Limits,
    /// Where a spool's file is made.
    pub spool_folder: PathBuf,
    /// The date of the run, for the file's name.
    pub today: NaiveDate,
    /// What is known of the runs before.
    pub past: Past,
}

/// A run that is under way.
#[derive(Debug)]
pub struct Running {
    /// How far it is; the newest only.
    pub progress: watch::Receiver<Progress>,
    /// How it ends.
    pub outcome: JoinHandle<Outcome>,
}

/// What a run has found out about its target, for whoever has to say afterwards what is there.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) target: OnceLock<Target>,
    pub(super) sending: Arc<Sending>,
}

/// Starts a run on the current tokio runtime. It ends as soon as `cancel` says so.
pub fn start(job: Job, cancel: CancellationToken) -> Running {
    let (reporter, progress) = Reporter::new();
    let span = tracing::info_span!("run", export = job.export.slug());
    let outcome = tokio::spawn(to_the_end(job, reporter, cancel).instrument(span));
    Running { progress, outcome }
}

async fn to_the_end(job: Job, reporter: Reporter, cancel: CancellationToken) -> Outcome {
    let (input, output) = (&job.export.input.dataset, &job.export.output.dataset);
    tracing::info!(%input, %output, dry_run = job.dry_run, "begins");
    let scene = Scene::default();
    let job = Job {
        domo: job.domo.telling(reporter.on_retry()),
        dataworld: job.dataworld.telling(reporter.on_retry()),
        ..job
    };
    let end = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        end = through_all_phases(&job, &reporter, &scene) => Some(end),
    };
    // Here the transfer is dropped, and with it every connection that it had.
    let failure = match end {
        Some(Ok(outcome)) => {
            log_end(&outcome);
            return outcome;
        }
        Some(Err(failure)) => Some(failure),
        None => None,
    };
    reporter.failed();
    let file_now = match scene.target.get() {
        Some(target) if !job.dry_run => {
            let look = verify::file_now(&job.dataworld, target, &scene.sending);
            let limit = if failure.is_some() { LAST_LOOK } else { LAST_LOOK_CANCELLED };
            let now = tokio::time::timeout(limit, look).await.unwrap_or(FileNow::Unknown);
            Some(FileAfter { name: target.name.clone(), now })
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

async fn through_all_phases(job: &Job, reporter: &Reporter, scene: &Scene) -> Result<Outcome, Failure> {
    reporter.begin(Phase::Ask);
    let start = Instant::now();
    let plan = match ask::ask(job).await? {
        Asked::Plan(plan) => *plan,
        Asked::Unchanged(unchanged) => {
            reporter.say(|progress| {
                progress.input = Some(unchanged.input.clone());
                progress.file = Some(unchanged.file.clone());
                progress.rows_stated = Some(unchanged.rows);
            });
            reporter.done(Phase::Ask, start);
            reporter.skip(&[Phase::Export, Phase::Upload, Phase::Processing, Phase::Verify]);
            return Ok(Outcome::Skipped(unchanged));
        }
    };
    let target = scene.target.get_or_init(|| plan.target.clone());
    reporter.say(|progress| {
        progress.input = Some(plan.data_set.name.clone());
        progress.file = Some(target.path());
        progress.rows_stated = plan.data_set.rows;
        progress.note = None;
    });
    reporter.done(Phase::Ask, start);

    let sent = export::export(job, &plan, reporter, &scene.sending).await?;

    let mut notes = plan.notes;
    let deleted;
    if job.dry_run {
        reporter.skip(&[Phase::Upload, Phase::Processing, Phase::Verify]);
        deleted = keep::too_many(job, &target.name, &plan.files);
    } else {
        let proof = verify::prove(job, target, sent.bytes, reporter).await?;
        notes.extend(proof);
        notes.extend(describe(job, target).await);
        let not_deleted;
        (deleted, not_deleted) = keep::delete(job, target).await;
        notes.extend(not_deleted);
    }
    Ok(Outcome::Done(Summary {
        input: plan.data_set.name,
        file: target.path(),
        link: target.link.clone(),
        rows: sent.rows,
        bytes: sent.bytes,
        took: reporter.elapsed(),
        attempts: sent.attempts,
        replaced: target.existing.as_ref().map(|file| (file.size, file.updated)),
        data_date: sent.data_date,
        keep: job.export.output.keep,
        deleted,
        dry_run: job.dry_run,
        notes,
    }))
}

/// Tells data.world what the file is, where the definition says it. The file has arrived and is proven: that it could not
/// be described is worth a note, and no failure.
async fn describe(job: &Job, target: &Target) -> Option<Note> {
    let output = &job.export.output;
    if output.description.is_none() && output.labels.is_empty() {
        return None;
    }
    let described = job.dataworld.describe(&target.key, &target.name, output.description.as_ref(), &output.labels);
    described.await.err().map(Note::NotDescribed)
}
