//! Moves the rows from Domo into the spool, and proves that all of them arrived.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use tokio::sync::SetOnce;

use super::ask::TransferPlan;
use super::count::StatedCount;
use super::delivery::{Delivery, Size, check_size};
use super::intake::Intake;
use super::report::Reporter;
use super::spool::{Filler, Spool};
use super::upload::Uploaded;
use super::{Failure, Job, Pause, Refusal, RunNote, count};
use crate::export::Service;
use crate::history::{Phase, RowCount};
use crate::services::domo::Ownership;
use crate::services::http::{Action, Call};

/// Attempts at most, if the export is incomplete or the DataSet changes meanwhile.
const MAX_ATTEMPTS: u32 = 3;

#[derive(Debug)]
pub(super) struct Sent {
    pub(super) size: Size,
    /// The count that the rows were compared with.
    pub(super) row_count: RowCount,
    pub(super) uploaded: Uploaded,
    pub(super) data_date: Option<DateTime<Utc>>,
    pub(super) notes: Vec<RunNote>,
    /// The sent bytes, for comparison with those on data.world.
    pub(super) spool: Spool,
}

#[derive(Debug)]
struct ProvenExport {
    size: Size,
    row_count: RowCount,
    data_date: Option<DateTime<Utc>>,
    notes: Vec<RunNote>,
}

enum AttemptError {
    Retry(Failure),
    Final(Failure),
}

impl AttemptError {
    /// The answer was incomplete or something else: another attempt may be right.
    fn unproven(refusal: Refusal) -> Self {
        Self::Retry(refusal.into())
    }
}

impl<F: Into<Failure>> From<F> for AttemptError {
    fn from(failure: F) -> Self {
        Self::Final(failure.into())
    }
}

/// Exports and uploads, and tries again if the data from Domo was incomplete. If the stated number of rows may be an
/// old one, one more attempt counts them by a query.
pub(super) async fn export(job: &Job, plan: &TransferPlan, delivery: &Delivery<'_>) -> Result<Sent, Failure> {
    let backoff = job.domo.backoff();
    let mut attempts = backoff.attempts.clamp(1, MAX_ATTEMPTS);
    let mut delays = backoff.delays();
    let (mut attempt, mut stated) = (1, StatedCount::Trusted);
    loop {
        let failure = match attempt_once(job, plan, delivery, stated).await {
            Ok(sent) => return Ok(sent),
            Err(AttemptError::Final(failure)) => return Err(failure),
            Err(AttemptError::Retry(failure)) => failure,
        };
        let is_doubtful = stated == StatedCount::Trusted && matches!(failure, Failure::Refused(Refusal::Rows { .. }));
        if attempt >= attempts && !is_doubtful {
            return Err(failure);
        }
        attempt += 1;
        if is_doubtful {
            (stated, attempts) = (StatedCount::Doubted, attempts.max(attempt));
        }
        delivery.reporter.reset(Phase::Upload);
        delivery.reporter.set_note(Some(Pause::Export { why: failure, attempt, attempts }));
        tokio::time::sleep(delays.draw()).await;
    }
}

async fn attempt_once(
    job: &Job,
    plan: &TransferPlan,
    delivery: &Delivery<'_>,
    stated: StatedCount,
) -> Result<Sent, AttemptError> {
    let reporter = delivery.reporter;
    reporter.update(|progress| {
        (progress.rows, progress.bytes_in, progress.bytes_out, progress.bytes_total) = (0, 0, 0, None);
    });
    let filler = Filler::new(job.spool_folder.clone());
    let spool = filler.spool();
    let size = SetOnce::new();
    let filling = async {
        let taken = fill_spool(job, plan.ownership, stated, filler, reporter).await?;
        let _ = size.set(taken.size);
        Ok::<_, AttemptError>(taken)
    };
    let uploading = async {
        if !job.dry_run {
            return Ok(delivery.upload(&spool, &size).await?);
        }
        let size = *size.wait().await;
        if let Some(existing) = &plan.target.existing {
            check_size(&job.export.checks, size, existing.size)?;
        }
        Ok(Uploaded::nothing())
    };
    // If one side fails the other is dropped: a dropped upload has not sent its end, so nothing is replaced.
    let (ProvenExport { size, row_count, data_date, notes }, uploaded) = tokio::try_join!(filling, uploading)?;
    Ok(Sent { size, row_count, uploaded, data_date, notes, spool })
}

async fn fill_spool(
    job: &Job,
    ownership: Ownership,
    stated: StatedCount,
    mut filler: Filler,
    reporter: &Reporter,
) -> Result<ProvenExport, AttemptError> {
    reporter.begin_phase(Phase::Export);
    let start = Instant::now();
    let id = &job.export.input.dataset;
    let counted = async || {
        let data_set = job.domo.data_set(id).await?;
        count::count_for(&job.domo, data_set, ownership, &job.export, stated).await
    };
    let before = counted().await?;
    reporter.update(|progress| progress.rows_stated = before.rows);
    let mut response = job.domo.export_retrying(id).await?;
    reporter.set_note(None);

    let framed = is_framed(&response);
    let mut intake = Intake::new(job.export.csv, job.export.checks, before.data_set.columns);
    while let Some(piece) = next_piece(&mut response, job.limits.stall).await? {
        let taken = intake.take(&piece, &mut filler).await;
        let rows = intake.rows();
        reporter.update_counters(|progress| (progress.rows, progress.bytes_in) = (rows, intake.bytes()));
        taken?;
        // Too many rows never become right, and an endless export would fill the disk.
        if let Some(stated) = before.rows.filter(|stated| rows > *stated) {
            return Err(AttemptError::unproven(Refusal::too_many_rows(&before, stated, rows)));
        }
    }
    intake.end(&mut filler).await?;

    let after = counted().await?;
    if before.version() != after.version() {
        return Err(AttemptError::Retry(Refusal::Moved.into()));
    }
    let rows = intake.proven(&after, framed).map_err(AttemptError::unproven)?;
    let size = Size { rows, bytes: filler.end().await? };
    reporter.update(|progress| progress.bytes_total = Some(size.bytes));
    reporter.finish(Phase::Export, start);
    // Only metadata that counts the rows dates their change.
    let data_date = after.data_set.data_date().filter(|_| after.by == RowCount::Metadata);
    Ok(ProvenExport { size, row_count: after.by, data_date, notes: intake.notes() })
}

async fn next_piece(response: &mut Response, stall: Duration) -> Result<Option<bytes::Bytes>, AttemptError> {
    let call = Call { service: Service::Domo, action: Action::Export };
    crate::services::http::next_piece(call, response, stall).await.map_err(|error| AttemptError::Retry(error.into()))
}

/// The answer states its length or comes in chunks. Otherwise it ends when the connection closes, for whatever reason.
fn is_framed(response: &Response) -> bool {
    let headers = response.headers();
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}
