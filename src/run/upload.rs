//! The spool's way to data.world: one PUT, again from the start if it fails for a reason that may pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use reqwest::Body;

use super::ask::Target;
use super::report::Reporter;
use super::spool::{HELD_BACK, Spool};
use super::{Failure, Job, Phase};
use crate::http::{Action, ApiError, Broken, Retry};
use crate::service::Service;

/// Sends the spool, and says how many attempts it took.
///
/// What fits into memory is sent only when it is proven. What does not is sent while it still comes, in chunks; its end
/// is held back until it is proven. An attempt that starts with a proven spool states its length.
pub(super) async fn upload(
    job: &Job,
    target: &Target,
    spool: &Spool,
    reporter: &Reporter,
    sending: &AtomicBool,
) -> Result<u32, Failure> {
    // The spool is alive as long as this is, so its end of the channel is too.
    let _ = spool.filled().wait_for(|filled| filled.proven || filled.on_disk).await;
    let start = Instant::now();
    let mut delays = job.dataworld.backoff().delays();
    let attempts = job.limits.attempts;
    for attempt in 1.. {
        reporter.say(|progress| (progress.attempt, progress.attempts, progress.bytes_out) = (attempt, attempts, 0));
        reporter.begin(Phase::Upload);
        sending.store(true, Ordering::Relaxed);
        let Err(error) = attempt_once(job, target, spool, reporter).await else {
            reporter.done(Phase::Upload, start);
            return Ok(attempt);
        };
        let wait = delays.next_after(error.retry_after()).filter(|_| error.is_passing());
        let Some(wait) = wait else { return Err(error.into()) };
        reporter.note(Some(crate::explain::retry(&Retry { error, wait, attempt: attempt + 1, attempts })));
        tokio::time::sleep(wait).await;
        reporter.note(None);
    }
    unreachable!("attempts are counted from 1 until one returns")
}

async fn attempt_once(job: &Job, target: &Target, spool: &Spool, reporter: &Reporter) -> Result<(), ApiError> {
    let handed = Arc::new(AtomicU64::new(0));
    let filled = *spool.filled().borrow();
    let length = filled.proven.then_some(filled.bytes);
    let put = job.dataworld.upload(&target.key, &target.name, body(spool, &handed, reporter), length);
    let broken = tokio::select! {
        answer = put => {
            answer?;
            // A service may accept before it has read everything; that is no upload.
            let (sent, all) = (handed.load(Ordering::Relaxed), *spool.filled().borrow());
            if all.proven && sent == all.bytes {
                return Ok(());
            }
            Broken::Cut(format!("data.world accepted the file after {sent} bytes, before all of it was sent"))
        }
        limit = stalled(job, spool, &handed) => Broken::Stalled(limit),
    };
    let host = job.dataworld.host();
    Err(ApiError { service: Service::DataWorld, action: Action::Upload, host, broken })
}

/// The spool as a request's body, counting what is handed over.
fn body(spool: &Spool, handed: &Arc<AtomicU64>, reporter: &Reporter) -> Body {
    let (handed, reporter) = (Arc::clone(handed), reporter.clone());
    Body::wrap_stream(stream::try_unfold(spool.reader(), move |mut reader| {
        let (handed, reporter) = (Arc::clone(&handed), reporter.clone());
        async move {
            let Some(bytes) = reader.next().await? else { return Ok::<_, std::io::Error>(None) };
            let sent = handed.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64;
            reporter.count(|progress| progress.bytes_out = sent);
            Ok(Some((bytes, reader)))
        }
    }))
}

/// Ends when data.world has taken nothing for too long, with the limit that was passed. While there is nothing to give
/// it, time does not count; when it has everything, it may take longer to answer.
async fn stalled(job: &Job, spool: &Spool, handed: &AtomicU64) -> Duration {
    let (stall, answer) = (job.limits.stall, job.limits.answer);
    let look = (stall / 10).clamp(Duration::from_millis(10), Duration::from_secs(1));
    let (mut seen, mut since) = (0, Instant::now());
    loop {
        tokio::time::sleep(look).await;
        let (now, filled) = (handed.load(Ordering::Relaxed), *spool.filled().borrow());
        let nothing_to_give = !filled.proven && now + HELD_BACK >= filled.bytes;
        if now != seen || nothing_to_give {
            (seen, since) = (now, Instant::now());
        }
        let limit = if filled.proven && now == filled.bytes { answer } else { stall };
        if since.elapsed() >= limit {
            return limit;
        }
    }
}
