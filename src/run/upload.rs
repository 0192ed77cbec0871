//! The spool's way to data.world: one PUT, again from the start if it fails for a reason that may pass.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::Body;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::ask::Target;
use super::report::Reporter;
use super::spool::{BLOCK, HELD_BACK, Reader, Spool};
use super::{Failure, Job, Pause, Phase};
use crate::config::Limits;
use crate::http::{Action, ApiError, Broken};
use crate::service::Service;

/// The shortest piece of the file that is handed to the connection, in bytes. One that is blocked takes the next when about
/// as much has left it, so that an upload of 0.3 kB/s or more does not count as stalled after the usual minute.
///
/// The kernel hides some progress as well. It asks for more when a third of its own buffer is free: some 30 kB at first,
/// and 1.4 MB where Linux, as it is set up, has let the buffer grow because the way was fast.
const SHORTEST: usize = 16 << 10;
/// So many bytes go in the shortest pieces: hyper takes 400 kB at once, however slow the way behind it is.
const AT_FIRST: usize = 512 << 10;
/// A piece that is taken within this is followed by one twice as long, up to what the spool gives: each costs a little.
const SOON: Duration = Duration::from_millis(100);
/// A piece that is taken after this is followed by one half as long: progress is seen as it happens.
const LATE: Duration = Duration::from_millis(500);

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
    let start = Instant::now().into_std();
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
    let body = Body::wrap_stream(pieces(spool, &handed, reporter, sending, given_up));
    let put = job.dataworld.upload(&target.key, &target.name, body, length);
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
        limit = stalled(&job.limits, spool, &handed) => Broken::Stalled(limit),
    };
    let host = job.dataworld.host();
    Err(ApiError { service: Service::DataWorld, action: Action::Upload, host, broken })
}

/// The spool in pieces for a request's body, counting what is handed over. It breaks off once the attempt is given up.
fn pieces(
    spool: &Spool,
    handed: &Arc<AtomicU64>,
    reporter: &Reporter,
    sending: &Arc<Sending>,
    given_up: CancellationToken,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let (handed, reporter, sending, filled) =
        (Arc::clone(handed), reporter.clone(), Arc::clone(sending), spool.filled());
    let cutter = Cutter { reader: spool.reader(), block: Bytes::new(), length: SHORTEST, given: 0, cut: None };
    stream::try_unfold(cutter, move |mut cutter| {
        let (handed, reporter, given_up) = (Arc::clone(&handed), reporter.clone(), given_up.clone());
        let (sending, filled) = (Arc::clone(&sending), filled.clone());
        async move {
            let next = given_up.run_until_cancelled(cutter.next()).await;
            let Some(piece) = next.unwrap_or_else(|| Err(io::ErrorKind::ConnectionAborted.into()))? else {
                return Ok(None);
            };
            let sent = handed.fetch_add(piece.len() as u64, Ordering::Relaxed) + piece.len() as u64;
            reporter.count(|progress| progress.bytes_out = sent);
            let all = *filled.borrow();
            if all.proven && sent == all.bytes {
                sending.whole.store(true, Ordering::Relaxed);
            }
            Ok(Some((piece, cutter)))
        }
    })
}

/// Cuts what a spool gives into pieces, as long as suits the speed at which they are asked for.
struct Cutter {
    reader: Reader,
    /// What is left of what the spool gave.
    block: Bytes,
    /// The length of the next piece, in bytes, if there is as much.
    length: usize,
    /// How much was given, in bytes.
    given: usize,
    /// When the last piece was cut.
    cut: Option<Instant>,
}

impl Cutter {
    /// The next piece, or `None` at the spool's proven end. To be called when the one before is taken.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        match self.cut.as_ref().map(Instant::elapsed) {
            Some(soon) if soon < SOON && self.given >= AT_FIRST => self.length = (self.length * 2).min(BLOCK as usize),
            Some(late) if late > LATE => self.length = (self.length / 2).max(SHORTEST),
            _ => {}
        }
        if self.block.is_empty() {
            let Some(block) = self.reader.next().await? else { return Ok(None) };
            self.block = block;
        }
        self.cut = Some(Instant::now());
        let piece = self.block.split_to(self.length.min(self.block.len()));
        self.given += piece.len();
        Ok(Some(piece))
    }
}

/// Ends when data.world has taken nothing for too long, with the limit that was passed. While there is nothing to give
/// it, time does not count; when it has everything, it may take longer to answer.
async fn stalled(limits: &Limits, spool: &Spool, handed: &AtomicU64) -> Duration {
    let (stall, answer) = (limits.stall, limits.answer);
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

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::super::spool::Filler;
    use super::*;

    /// A proven spool of so many bytes.
    async fn spool_of(bytes: usize) -> Spool {
        let mut filler = Filler::new(std::env::temp_dir());
        let spool = filler.spool();
        filler.append(&vec![b'x'; bytes]).await.unwrap();
        filler.end().await.unwrap();
        spool.prove();
        spool
    }

    /// The lengths of the pieces in which 2 MiB go over a connection that takes so many bytes a second, unless it
    /// counts as stalled.
    async fn sent(bytes_a_second: impl Fn(usize) -> u32) -> Option<Vec<usize>> {
        let spool = spool_of(2 << 20).await;
        let (handed, reporter, sending) = (Arc::default(), Reporter::new().0, Arc::default());
        let pieces = pieces(&spool, &handed, &reporter, &sending, CancellationToken::new());
        let mut lengths = Vec::new();
        let taken = pieces.try_for_each(|piece| {
            lengths.push(piece.len());
            let rate = bytes_a_second(lengths.iter().sum());
            async move {
                tokio::time::sleep(Duration::from_secs(1) * piece.len() as u32 / rate).await;
                Ok(())
            }
        });
        let limits = Limits { stall: Duration::from_secs(60), ..Limits::default() };
        tokio::select! {
            taken = taken => taken.unwrap(),
            _ = stalled(&limits, &spool, &handed) => return None,
        }
        assert!(sending.whole.load(Ordering::Relaxed));
        assert_eq!(lengths.iter().sum::<usize>(), 2 << 20);
        Some(lengths)
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_slow_has_not_stalled() {
        let pieces = sent(|_| 400).await.unwrap();
        assert!(pieces.iter().all(|&piece| piece == SHORTEST), "{pieces:?}");
        assert_eq!(sent(|_| 200).await, None, "so little is as good as nothing");
        let pieces = sent(|sent| if sent < 400_000 { 1 << 30 } else { 400 }).await;
        assert!(pieces.is_some(), "what goes into a buffer says nothing of the speed");
    }

    #[tokio::test(start_paused = true)]
    async fn pieces_are_as_long_as_suits_the_speed() {
        let pieces = sent(|_| 1 << 30).await.unwrap();
        assert!(pieces.len() < 10 + AT_FIRST / SHORTEST, "each piece costs: {pieces:?}");
        let pieces = sent(|sent| if sent < 3 << 19 { 1 << 22 } else { 30_000 }).await.unwrap();
        assert_eq!((pieces.iter().max(), pieces.last()), (Some(&(1 << 18)), Some(&SHORTEST)), "{pieces:?}");
    }
}
