//! The rows' way out of Domo into the spool, and the proof that all of them came.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use super::ask::{self, Plan, Target};
use super::intake::Intake;
use super::job::KnownTarget;
use super::report::Reporter;
use super::spool::{Filler, Spool};
use super::upload::upload;
use super::{Failure, Job, Pause, Phase, Refusal};
use crate::domo::DataSet;
use crate::export::Append;
use crate::http::{Action, Call};
use crate::service::Service;

/// How often an export is attempted at most, when what comes is not whole or the DataSet changes under it.
const MOST_ATTEMPTS: u32 = 3;
/// An export of less than half the size of the file that it would replace is refused, unless that is allowed.
const LEAST_PART: u64 = 2;

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent {
    /// Rows, the header not counted.
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// Attempts that the upload took.
    pub(super) attempts: u32,
    /// When Domo says that the data was changed last.
    pub(super) data_date: Option<DateTime<Utc>>,
    /// The bytes, to compare with those that data.world has.
    pub(super) spool: Spool,
}

/// What was taken from Domo, proven.
#[derive(Debug, Clone, Copy)]
struct Taken {
    rows: u64,
    bytes: u64,
    data_date: Option<DateTime<Utc>>,
}

impl Taken {
    fn sent(self, attempts: u32, spool: Spool) -> Sent {
        Sent { rows: self.rows, bytes: self.bytes, attempts, data_date: self.data_date, spool }
    }
}

/// Why an export is no good, and whether another one may be.
enum NoGood {
    Again(Failure),
    Never(Failure),
}

impl NoGood {
    /// What came is not all, or something else: another answer may be right. Without a number there is nothing to prove.
    fn unproven(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoRowCount => Self::Never(refusal.into()),
            refusal => Self::Again(refusal.into()),
        }
    }
}

impl<F: Into<Failure>> From<F> for NoGood {
    fn from(failure: F) -> Self {
        Self::Never(failure.into())
    }
}

/// Exports and uploads, again if what came from Domo was not whole.
pub(super) async fn export(job: &Job, plan: &Plan, reporter: &Reporter, known: &KnownTarget) -> Result<Sent, Failure> {
    let backoff = job.domo.backoff();
    let attempts = backoff.attempts.clamp(1, MOST_ATTEMPTS);
    let mut delays = backoff.delays();
    let mut attempt = 1;
    loop {
        let failure = match attempt_once(job, plan, reporter, known).await {
            Ok(sent) => return Ok(sent),
            Err(NoGood::Never(failure)) => return Err(failure),
            Err(NoGood::Again(failure)) => failure,
        };
        let Some(wait) = delays.next_after(None).filter(|_| attempt < attempts) else { return Err(failure) };
        attempt += 1;
        reporter.note(Some(Pause::Export { why: failure, attempt, attempts }));
        tokio::time::sleep(wait).await;
    }
}

async fn attempt_once(job: &Job, plan: &Plan, reporter: &Reporter, known: &KnownTarget) -> Result<Sent, NoGood> {
    reporter.say(|progress| {
        (progress.rows, progress.bytes_in, progress.bytes_out, progress.bytes_total) = (0, 0, 0, None);
    });
    let filler = Filler::new(job.spool_folder.clone());
    let spool = filler.spool();
    let claimed = AtomicBool::new(false);
    let filling = fill(job, plan, filler, reporter, known, &claimed);
    if job.dry_run {
        return Ok(filling.await?.sent(0, spool));
    }
    let uploading = async {
        // What fits into memory is sent when it is proven, the rest while it still comes. The spool is alive as long as
        // this is, so its end of the channel is too.
        let _ = spool.filled().wait_for(|filled| filled.proven || filled.on_disk).await;
        let target = || async {
            let target = claim(job, plan, &spool, reporter, known).await?;
            claimed.store(true, Ordering::Relaxed);
            Ok(target)
        };
        upload(job, target, &spool, reporter, &known.sending).await.map_err(NoGood::from)
    };
    // When one of the two fails the other is dropped: a dropped upload has not sent its end, so nothing is replaced.
    let (taken, attempts) = tokio::try_join!(filling, uploading)?;
    Ok(taken.sent(attempts, spool))
}

/// The file to write, looked at once more before each attempt: the number that was free when the run began may have been
/// taken since by a run on another computer, and then it is another one.
async fn claim(
    job: &Job,
    plan: &Plan,
    spool: &Spool,
    reporter: &Reporter,
    known: &KnownTarget,
) -> Result<Target, Failure> {
    let target = known.target().unwrap_or_else(|| plan.target.clone());
    if job.export.output.append != Append::Number {
        return Ok(target);
    }
    let dataset = job.dataworld.dataset(&target.key).await?;
    reporter.note(None);
    let files = dataset.files.ok_or(Refusal::NoFileList)?;
    let bytes = spool.filled().borrow().bytes;
    if files.iter().all(|file| file.name != target.name || known.sending.may_be(file.size, bytes)) {
        return Ok(target);
    }
    let (name, number) = ask::name(job, &files).await?;
    tracing::warn!(taken = target.name, name, "the number is taken by now");
    let target = Target { name, number, ..target };
    known.set(target.clone(), reporter);
    Ok(target)
}

/// Whether the number that was claimed is still free, while the end of the upload under it is not sent yet.
async fn still_free(job: &Job, bytes: u64, reporter: &Reporter, known: &KnownTarget) -> Result<(), NoGood> {
    let Some(target) = known.target().filter(|_| job.export.output.append == Append::Number) else {
        return Ok(());
    };
    let files = job.dataworld.dataset(&target.key).await?.files.ok_or(Refusal::NoFileList)?;
    reporter.note(None);
    if files.iter().any(|file| file.name == target.name && !known.sending.may_be(file.size, bytes)) {
        return Err(NoGood::Again(Refusal::NameTaken(target.name).into()));
    }
    Ok(())
}

/// Fills the spool from Domo and proves it.
async fn fill(
    job: &Job,
    plan: &Plan,
    mut filler: Filler,
    reporter: &Reporter,
    known: &KnownTarget,
    claimed: &AtomicBool,
) -> Result<Taken, NoGood> {
    reporter.begin(Phase::Export);
    let start = Instant::now();
    let id = &job.export.input.dataset;
    let before = job.domo.data_set(id).await?;
    reporter.say(|progress| progress.rows_stated = before.rows);
    let mut response = job.domo.export_retrying(id).await?;
    reporter.note(None);

    let framed = is_framed(&response);
    let mut intake = Intake::new(job.export.csv, before.columns);
    while let Some(piece) = next_piece(&mut response, job.limits.stall).await? {
        let taken = intake.take(&piece, &mut filler).await;
        let rows = intake.rows();
        reporter.count(|progress| (progress.rows, progress.bytes_in) = (rows, intake.bytes()));
        taken?;
        // More than is stated will not become right any more, and an export without an end would fill the disk.
        if let Some(stated) = before.rows.filter(|stated| rows > *stated) {
            return Err(NoGood::Again(Refusal::Rows { stated, counted: rows, pdp: before.pdp_enabled }.into()));
        }
    }
    intake.end(&mut filler).await?;

    let after = job.domo.data_set(id).await?;
    let version = |data_set: &DataSet| (data_set.rows, data_set.data_date());
    if version(&before) != version(&after) {
        return Err(NoGood::Again(Refusal::Moved.into()));
    }
    let rows = intake.proven(&after, framed).map_err(NoGood::unproven)?;
    let spool = filler.spool();
    let bytes = filler.end().await?;
    if let Some(existing) = &plan.target.existing {
        check_size(job, rows, bytes, existing.size)?;
    }
    // One that is not claimed yet is looked at when it is, and the one of the attempt before may be gone.
    if claimed.load(Ordering::Relaxed) {
        still_free(job, bytes, reporter, known).await?;
    }
    reporter.say(|progress| progress.bytes_total = Some(bytes));
    reporter.done(Phase::Export, start);
    spool.prove();
    Ok(Taken { rows, bytes, data_date: after.data_date() })
}

/// The next piece of the export; `None` at its end. What breaks off may come whole another time.
async fn next_piece(response: &mut Response, stall: Duration) -> Result<Option<bytes::Bytes>, NoGood> {
    let call = Call { service: Service::Domo, action: Action::Export };
    crate::http::next_piece(call, response, stall).await.map_err(|error| NoGood::Again(error.into()))
}

/// Whether the answer states its length or comes in chunks. One that does neither ends when the connection is closed,
/// for whatever reason.
fn is_framed(response: &Response) -> bool {
    let headers = response.headers();
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}

/// Whether the file that is there may be replaced by one of this size.
fn check_size(job: &Job, rows: u64, new: u64, old: Option<u64>) -> Result<(), Refusal> {
    let checks = &job.export.checks;
    // What data.world is processing has no size yet, but may well have rows.
    let Some(old) = old else {
        return if rows == 0 && !checks.allow_empty { Err(Refusal::WouldEmpty { old, new }) } else { Ok(()) };
    };
    // What is no larger than a header may have rows all the same, below a shorter header. Only the same header, as of an
    // export without rows before this one, has nothing to lose.
    if rows == 0 && old > 0 && old != new && !checks.allow_empty {
        return Err(Refusal::WouldEmpty { old: Some(old), new });
    }
    if rows > 0 && new < old.div_ceil(LEAST_PART) && !checks.allow_shrink {
        return Err(Refusal::WouldShrink { old, new });
    }
    Ok(())
}
