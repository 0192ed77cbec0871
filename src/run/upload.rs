//! The spool's way to data.world: one PUT, again from the start if it fails for a reason that may pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use reqwest::Body;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::ask::Target;
use super::report::Reporter;
use super::spool::{HELD_BACK, Spool};
use super::{Failure, Job, Pause, Phase};
use crate::http::{Action, ApiError, Broken};
use crate::service::Service;

/// How far the sending of a file has come, for whoever has to say afterwards what may have happened.
#[derive(Debug, Default)]
pub(super) struct Sending {
    /// A PUT was begun.
    pub(super) begun: AtomicBool,
    /// All of the file was handed over, proven; whether data.world has it is for data.world to say.
    pub(super) whole: AtomicBool,
    /// data.world has accepted a PUT, be it before all of the file was handed over.
    pub(super) accepted: AtomicBool,
}

impl Sending {
    /// Nothing of the file has been sent: it is another one now.
    pub(super) fn start_over(&self) {
        for happened in [&self.begun, &self.whole, &self.accepted] {
            happened.store(false, Ordering::Relaxed);
        }
    }

    /// Whether a file of that name and size on data.world may be what this run has sent of `bytes`, or a part of it.
    pub(super) fn may_be(&self, size: Option<u64>, bytes: u64) -> bool {
        let whole = self.whole.load(Ordering::Relaxed) && size.is_none_or(|size| size == bytes);
        whole || self.accepted.load(Ordering::Relaxed)
    }
}

/// Sends a spool that has something to send to the file that `target` gives before each attempt, and says how many
/// attempts it took.
///
/// An attempt on a spool that is not proven yet is sent in chunks, and its end is held back until there is proof. An
/// attempt that starts with a proven spool states its length.
pub(super) async fn upload<F: Future<Output = Result<Target, Failure>>>(
    job: &Job,
    target: impl Fn() -> F,
    spool: &Spool,
    reporter: &Reporter,
    sending: &Arc<Sending>,
) -> Result<u32, Failure> {
    let start = Instant::now();
    let mut attempts = job.dataworld.backoff().attempts();
    loop {
        let target = target().await?;
        reporter.say(|progress| {
            (progress.attempt, progress.attempts, progress.bytes_out) = (attempts.number, attempts.most, 0);
        });
        reporter.begin(Phase::Upload);
        sending.begun.store(true, Ordering::Relaxed);
        let span = tracing::info_span!("call", attempt = attempts.number);
        let Err(error) = attempt_once(job, &target, spool, reporter, sending).instrument(span).await else {
            reporter.done(Phase::Upload, start);
            return Ok(attempts.number);
        };
        attempts.again(error, |retry| reporter.note(Some(Pause::Call(retry)))).await?;
        reporter.note(None);
    }
}

async fn attempt_once(
    job: &Job,
    target: &Target,
    spool: &Spool,
    reporter: &Reporter,
    sending: &Arc<Sending>,
) -> Result<(), ApiError> {
    let handed = Arc::new(AtomicU64::new(0));
    let filled = *spool.filled().borrow();
    let length = filled.proven.then_some(filled.bytes);
    // After an answer that comes before the body's end the connection would go on sending. An attempt that was given up
    // must not end well behind the back of the next one.
    let given_up = CancellationToken::new();
    let _give_up = given_up.clone().drop_guard();
    let put =
        job.dataworld.upload(&target.key, &target.name, body(spool, &handed, reporter, sending, given_up), length);
    let broken = tokio::select! {
        answer = put => {
            answer?;
            sending.accepted.store(true, Ordering::Relaxed);
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

/// The spool as a request's body, counting what is handed over. It breaks off once the attempt is given up.
fn body(
    spool: &Spool,
    handed: &Arc<AtomicU64>,
    reporter: &Reporter,
    sending: &Arc<Sending>,
    given_up: CancellationToken,
) -> Body {
    let (handed, reporter, sending, filled) =
        (Arc::clone(handed), reporter.clone(), Arc::clone(sending), spool.filled());
    Body::wrap_stream(stream::try_unfold(spool.reader(), move |mut reader| {
        let (handed, reporter, given_up) = (Arc::clone(&handed), reporter.clone(), given_up.clone());
        let (sending, filled) = (Arc::clone(&sending), filled.clone());
        async move {
            let next = given_up.run_until_cancelled(reader.next()).await;
            let Some(bytes) = next.unwrap_or_else(|| Err(std::io::ErrorKind::ConnectionAborted.into()))? else {
                return Ok::<_, std::io::Error>(None);
            };
            let sent = handed.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64;
            reporter.count(|progress| progress.bytes_out = sent);
            let all = *filled.borrow();
            if all.proven && sent == all.bytes {
                sending.whole.store(true, Ordering::Relaxed);
            }
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
