//! After the upload: proves that data.world has the whole file and can process it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::arrival::{Arrival, Polls, Verdict};
use super::ask::Target;
use super::delivery::Delivery;
use super::export::Sent;
use super::report::Reporter;
use super::sending::Sending;
use super::spool::Spool;
use super::{Failure, FileNow, Pause, RunNote, Unproven};
use crate::history::Phase;
use crate::services::dataworld::{DataWorld, Download, File};

/// Wait before a numbered file is read back, at least and at most.
const MIN_SETTLE: Duration = Duration::from_millis(100);
const MAX_SETTLE: Duration = Duration::from_secs(5);
const FIRST_POLL: Duration = Duration::from_millis(200);
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(5);

pub(super) enum Proof {
    Arrived(Arrival, Option<DateTime<Utc>>),
    /// Somebody else's bytes are under the number. Holds the error for the case that no other number is left.
    Overwritten(Unproven),
}

/// Waits until data.world shows the file with the sent size and has processed it. A numbered file is also read back,
/// since a run on another computer may have taken the same number.
pub(super) async fn prove(delivery: &Delivery<'_>, target: &Target, sent: &Sent) -> Result<Proof, Failure> {
    let Delivery { job, reporter, .. } = *delivery;
    reporter.begin_phase(Phase::Processing);
    let start = Instant::now();
    let mut look = FIRST_POLL;
    let mut looks = Polls::new(target.existing.as_ref(), target.was_broken, sent.size.bytes, job.limits.processing);
    let (mut verifying, mut same, mut shown) = (None, None, None);
    loop {
        let mut verdict = match job.dataworld.dataset(&target.key).await {
            Ok(dataset) => {
                reporter.set_note(None);
                shown = dataset.files.unwrap_or_default().into_iter().find(|file| file.is_called(&target.name));
                looks.observe(start.elapsed(), dataset.status.as_deref(), shown.as_ref())
            }
            // All of the file has been sent: a service that does not answer for a while delays the proof, and does not
            // fail it.
            Err(error) if error.is_passing() && start.elapsed() < job.limits.processing => Verdict::Wait,
            Err(error) => return Err(error.into()),
        };
        if verdict == Verdict::Compare {
            verifying.get_or_insert_with(|| begin_verify(reporter, start));
            same = matches_sent(delivery, target, &sent.spool).await;
            verdict = looks.take_comparison(start.elapsed(), same);
        }
        match verdict {
            Verdict::Arrived(mut arrival) => {
                let verifying = verifying.unwrap_or_else(|| begin_verify(reporter, start));
                if delivery.is_numbered() && same != Some(true) {
                    // Another run that checked the name before this one's end has ended by then, if it is about as
                    // fast.
                    let settled =
                        sent.uploaded.ended + (sent.uploaded.since_name_check * 3).clamp(MIN_SETTLE, MAX_SETTLE);
                    tokio::time::sleep_until(settled.into()).await;
                    match matches_sent(delivery, target, &sent.spool).await {
                        Some(true) => {}
                        Some(false) => return Ok(Proof::Overwritten(Unproven::OtherBytes)),
                        None => arrival.note = arrival.note.or(Some(RunNote::NotReadBack)),
                    }
                }
                reporter.finish(Phase::Proof, verifying);
                return Ok(Proof::Arrived(arrival, shown.and_then(|file| file.updated)));
            }
            Verdict::Unproven(wrong) if delivery.is_numbered() && same == Some(false) => {
                return Ok(Proof::Overwritten(wrong));
            }
            Verdict::Unproven(wrong) => return Err(Failure::Unproven(wrong)),
            Verdict::Wait | Verdict::Compare => {}
        }
        tokio::time::sleep(look).await;
        look = (look * 3 / 2).min(MAX_POLL_INTERVAL);
    }
}

fn begin_verify(reporter: &Reporter, processing: Instant) -> Instant {
    reporter.finish(Phase::Processing, processing);
    reporter.begin_phase(Phase::Proof);
    Instant::now()
}

/// Reads the file back and compares it; `None` when that fails.
async fn matches_sent(delivery: &Delivery<'_>, target: &Target, spool: &Spool) -> Option<bool> {
    let Delivery { job, reporter, .. } = *delivery;
    let mut attempts = job.dataworld.backoff().attempts();
    loop {
        let begin = job.dataworld.download(&target.key, &target.name, job.limits.stall);
        // The proof has a limit of its own, so an answer may not take as long to begin as that of an export.
        let there = tokio::time::timeout(job.limits.stall, begin).await.ok()?;
        let same: Result<bool, Failure> = async { compare(there?, spool).await }.await;
        let again = match same {
            Ok(same) => return Some(same),
            Err(Failure::Api(error)) => {
                attempts.again(error, |retry| reporter.set_note(Some(Pause::Call(retry)))).await.map_err(Failure::from)
            }
            Err(failure) => Err(failure),
        };
        if let Err(failure) = again {
            tracing::warn!("the file cannot be read back: {failure:?}");
            return None;
        }
        reporter.set_note(None);
    }
}

async fn compare(mut there: Download, spool: &Spool) -> Result<bool, Failure> {
    let mut sent = spool.reader();
    let (mut left, mut right) = (Bytes::new(), Bytes::new());
    loop {
        if left.is_empty() {
            left = sent.next().await?.unwrap_or_default();
        }
        if right.is_empty() {
            right = there.piece().await?.unwrap_or_default();
        }
        let common = left.len().min(right.len());
        if common == 0 {
            return Ok(left.len() == right.len());
        }
        if left.split_to(common) != right.split_to(common) {
            return Ok(false);
        }
    }
}

/// Compares the file that is there now with the one before the run. `unseen` is what holds if they are the same, and
/// nothing that was sent can have arrived.
fn seen(before: Option<&File>, now: Option<File>, sending: &Sending, unseen: FileNow) -> FileNow {
    let same = match (before, &now) {
        (None, None) => true,
        (Some(old), Some(new)) => (old.size, old.updated) == (new.size, new.updated),
        _ => false,
    };
    match now {
        _ if same && sending.nothing_arrived() => unseen,
        _ if same && sending.all_may_have_arrived() => FileNow::Late,
        None if same => FileNow::StillNone,
        Some(file) if same => FileNow::Untouched(file.size),
        file => FileNow::Changed(file.and_then(|file| file.size)),
    }
}

/// Finds what is on data.world after a run that ended without its file, within `limit`.
pub(super) async fn file_now(dataworld: &DataWorld, target: &Target, sending: &Sending, limit: Duration) -> FileNow {
    let exists = target.existing.is_some();
    if !sending.has_begun() {
        return FileNow::NothingSent { exists };
    }
    let unseen = if sending.nothing_arrived() { FileNow::NothingArrived { exists } } else { FileNow::Unknown };
    let look = tokio::time::timeout(limit, dataworld.dataset(&target.key)).await;
    let Some(files) = look.ok().and_then(Result::ok).and_then(|dataset| dataset.files) else { return unseen };
    let file = files.into_iter().find(|file| file.is_called(&target.name));
    seen(target.existing.as_ref(), file, sending, unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64) -> File {
        let name = "a.csv".to_owned();
        File { name, size: Some(size), created: None, updated: None, updated_by: None, sync_status: None }
    }

    /// A part was sent, and no answer came.
    fn sent_in_part() -> Sending {
        let sending = Sending::default();
        sending.mark_begun();
        sending
    }

    #[test]
    fn what_is_there_is_told_from_what_was_there() {
        let now = |before: Option<u64>, now: Option<u64>, sending: &Sending| {
            seen(before.map(file).as_ref(), now.map(file), sending, FileNow::Unknown)
        };
        let part = sent_in_part();
        assert_eq!(now(None, None, &part), FileNow::StillNone);
        assert_eq!(now(Some(1), Some(1), &part), FileNow::Untouched(Some(1)));
        assert_eq!(now(Some(1), Some(2), &part), FileNow::Changed(Some(2)));
        assert_eq!(now(None, Some(2), &part), FileNow::Changed(Some(2)));
        assert_eq!(now(Some(1), None, &part), FileNow::Changed(None), "somebody has deleted it");
        let whole = sent_in_part();
        whole.hand_over();
        assert_eq!(now(Some(1), Some(1), &whole), FileNow::Late);
        assert_eq!(now(None, None, &whole), FileNow::Late);
        assert_eq!(now(None, None, &Sending::default()), FileNow::Unknown, "nothing can have arrived");
    }
}
