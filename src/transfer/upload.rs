//! Sends the spool to data.world: one PUT, again from the start after a temporary failure.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::Body;
use tokio::sync::SetOnce;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::ask::Target;
use super::delivery::{Delivery, Size};
use super::outbox::unacknowledged;
use super::report::Reporter;
use super::sending::Sending;
use super::spool::{BLOCK, HELD_BACK, Reader, Spool};
use super::{Failure, Pause, Refusal};
use crate::config::Limits;
use crate::history::Phase;
use crate::services::http::{Action, ApiError, Broken};
use crate::system::process::blocking;

/// Shortest piece handed to the connection, in bytes. A blocked connection takes the next when about as much has left
/// it, so an upload of 0.3 kB/s or more does not count as stalled after the usual minute. The system hides part of the
/// progress, see [`unacknowledged`].
const MIN_PIECE: usize = 16 << 10;
/// Bytes that go in the shortest pieces: hyper takes 400 kB at once, however slow the connection is.
const SLOW_START_BYTES: usize = 512 << 10;
/// A piece taken within this time is followed by one twice as long, up to the spool's block: each costs a little.
const FAST: Duration = Duration::from_millis(100);
/// A piece taken after this time is followed by one half as long, so that progress is seen as it happens.
const SLOW: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Copy)]
pub(super) struct Uploaded {
    pub(super) attempts: u32,
    pub(super) ended: std::time::Instant,
    /// Time from the last check of the name to the end.
    pub(super) since_name_check: Duration,
}

impl Uploaded {
    pub(super) fn nothing() -> Self {
        Self { attempts: 0, ended: std::time::Instant::now(), since_name_check: Duration::ZERO }
    }
}

/// How often an upload may be given up because a file of its name has appeared.
const MAX_APPEARANCES: u32 = 10;

/// The end of an attempt that could be completed or given up as it should.
enum Attempt {
    Accepted {
        since_name_check: Duration,
    },
    /// Somebody else has written a file of the name meanwhile: the attempt was given up before its end.
    Appeared,
    Failed(ApiError),
}

impl Delivery<'_> {
    /// Sends the spool. `size` gets its value when the export is proven.
    ///
    /// For an existing file nothing is sent before that; then it gets one PUT with its length. A new file is sent in
    /// chunks while it arrives, and its end is held back until the export is proven and the name still free. Only the
    /// first attempt may be chunked: after a failure, the next one states its length.
    pub(super) async fn upload(&self, spool: &Spool, size: &SetOnce<Size>) -> Result<Uploaded, Failure> {
        let sending = &self.known.sending;
        let mut start = Instant::now();
        let mut attempts = self.job.dataworld.backoff().attempts();
        let mut appearances = 0;
        let mut filled = spool.filled();
        let mut is_early = sending.may_omit_length()
            && tokio::select! {
                biased;
                _ = size.wait() => false,
                on_disk = filled.wait_for(|filled| filled.on_disk) => on_disk.is_ok(),
            };
        loop {
            let early = if is_early { Some(self.claim(None).await?) } else { None };
            let early = early.filter(|target| target.existing.is_none());
            is_early = early.is_some();
            let target = match early {
                Some(target) => target,
                None => self.claim(Some(*size.wait().await)).await?,
            };
            if attempts.number == 1 {
                start = Instant::now();
            }
            self.reporter.update(|progress| {
                (progress.attempt, progress.attempts, progress.bytes_out) = (attempts.number, attempts.most, 0);
            });
            self.reporter.begin_phase(Phase::Upload);
            sending.mark_begun();
            let span = tracing::info_span!("call", attempt = attempts.number);
            let attempt = self.attempt(&target, spool, size, is_early).instrument(span).await?;
            if is_early && !matches!(attempt, Attempt::Accepted { .. }) {
                self.reporter.reset(Phase::Upload);
            }
            match attempt {
                Attempt::Accepted { since_name_check } => {
                    self.reporter.finish(Phase::Upload, start.into_std());
                    let ended = std::time::Instant::now();
                    return Ok(Uploaded { attempts: attempts.number, ended, since_name_check });
                }
                // A service may show a file as soon as its upload begins.
                Attempt::Appeared if appearances == MAX_APPEARANCES => {
                    return Err(Refusal::NameTaken(target.name).into());
                }
                Attempt::Appeared => appearances += 1,
                Attempt::Failed(error) if is_early && wants_length(&error) => {
                    sending.state_length();
                    self.reporter.set_note(Some(Pause::Length(error)));
                }
                Attempt::Failed(error) => {
                    attempts.again(error, |retry| self.reporter.set_note(Some(Pause::Call(retry)))).await?;
                    self.reporter.set_note(None);
                }
            }
            is_early = false;
        }
    }

    /// Sends the spool once, from its start, with its length if known.
    ///
    /// # Errors
    /// When data.world cannot be asked if the name is still free.
    async fn attempt(
        &self,
        target: &Target,
        spool: &Spool,
        size: &SetOnce<Size>,
        is_early: bool,
    ) -> Result<Attempt, Failure> {
        let (job, sending) = (self.job, &self.known.sending);
        spool.hold_back();
        let handed = Arc::new(AtomicU64::new(0));
        let length = size.get().map(|size| size.bytes);
        // After an answer that comes before the body's end the connection would go on sending. An attempt that was
        // given up must not complete behind the back of the next one.
        let given_up = CancellationToken::new();
        let _give_up = given_up.clone().drop_guard();
        let body = Body::wrap_stream(body_stream(spool, &handed, self.reporter, sending, given_up));
        let put = job.dataworld.upload(&target.key, &target.name, body, length);
        let name_checked = SetOnce::new();
        let end = async {
            let size = *size.wait().await;
            // A file to replace was checked right before.
            if is_early || self.is_numbered() {
                spool.wait_until_read(size.bytes).await;
                let _ = name_checked.set(Instant::now());
                if self.has_appeared(target, size).await? {
                    return Ok::<_, Failure>(Attempt::Appeared);
                }
            }
            spool.release();
            std::future::pending().await
        };
        let broken = tokio::select! {
            answer = put => match answer {
                Ok(()) => {
                    sending.accept();
                    // A service may accept before it has read everything; that is no upload.
                    let (sent, all) = (handed.load(Ordering::Relaxed), *spool.filled().borrow());
                    if all.released && sent == all.bytes {
                        let since_name_check = name_checked.get().map_or(Duration::ZERO, Instant::elapsed);
                        return Ok(Attempt::Accepted { since_name_check });
                    }
                    Broken::AcceptedEarly(sent)
                }
                Err(error) => {
                    sending.fail(&error);
                    return Ok(Attempt::Failed(error));
                }
            },
            end = end => return end,
            broken = wait_for_stall(&job.limits, spool, &handed, || blocking(unacknowledged)) => broken,
        };
        let error = job.dataworld.error(Action::Upload, broken);
        sending.fail(&error);
        Ok(Attempt::Failed(error))
    }
}

/// data.world, or a gateway before it, takes no file of unknown length (RFC 9110, 15.5.12 and 15.6.2).
fn wants_length(error: &ApiError) -> bool {
    matches!(error.status(), Some(411 | 501))
}

/// Streams the spool as a request's body, counting the bytes handed over. Breaks off once the attempt is given up.
fn body_stream(
    spool: &Spool,
    handed: &Arc<AtomicU64>,
    reporter: &Reporter,
    sending: &Arc<Sending>,
    given_up: CancellationToken,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let (handed, reporter, sending, filled) =
        (Arc::clone(handed), reporter.clone(), Arc::clone(sending), spool.filled());
    let cutter = Cutter { reader: spool.reader(), block: Bytes::new(), length: MIN_PIECE, given: 0, cut: None };
    stream::try_unfold(cutter, move |mut cutter| {
        let (handed, reporter, given_up) = (Arc::clone(&handed), reporter.clone(), given_up.clone());
        let (sending, filled) = (Arc::clone(&sending), filled.clone());
        async move {
            let next = given_up.run_until_cancelled(cutter.next()).await;
            let Some(piece) = next.unwrap_or_else(|| Err(io::ErrorKind::ConnectionAborted.into()))? else {
                return Ok(None);
            };
            let sent = handed.fetch_add(piece.len() as u64, Ordering::Relaxed) + piece.len() as u64;
            reporter.update_counters(|progress| progress.bytes_out = sent);
            let all = *filled.borrow();
            if all.released && sent == all.bytes {
                sending.hand_over();
            }
            Ok(Some((piece, cutter)))
        }
    })
}

/// Cuts the spool's blocks into pieces, as long as suits the speed of the connection.
struct Cutter {
    reader: Reader,
    block: Bytes,
    length: usize,
    given: usize,
    cut: Option<Instant>,
}

impl Cutter {
    /// Returns the next piece, or `None` at the spool's end. Call it when the previous piece is taken.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        match self.cut.as_ref().map(Instant::elapsed) {
            Some(soon) if soon < FAST && self.given >= SLOW_START_BYTES => {
                self.length = (self.length * 2).min(BLOCK as usize);
            }
            Some(late) if late > SLOW => self.length = (self.length / 2).max(MIN_PIECE),
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

/// Ends when data.world has taken nothing for too long. Time does not count while there is nothing to send or the
/// system's buffer is being acknowledged (`unacknowledged`). Once everything is sent, the limit is that of the answer.
async fn wait_for_stall<F: Future<Output = Option<Vec<(u64, u64)>>>>(
    limits: &Limits,
    spool: &Spool,
    handed: &AtomicU64,
    unacknowledged: impl Fn() -> F,
) -> Broken {
    let look = (limits.stall / 10).clamp(Duration::from_millis(10), Duration::from_secs(1));
    let (mut seen, mut since) = ((0, None), Instant::now());
    loop {
        tokio::time::sleep(look).await;
        let (handed, filled) = (handed.load(Ordering::Relaxed), *spool.filled().borrow());
        // The system's buffer matters only while nothing is asked of the program.
        let now = (handed, if handed == seen.0 { unacknowledged().await } else { None });
        let nothing_to_give = !filled.released && handed + HELD_BACK >= filled.bytes;
        if now != seen || nothing_to_give {
            (seen, since) = (now, Instant::now());
        }
        let (limit, broken) = if filled.released && handed == filled.bytes {
            (limits.answer, Broken::Timeout)
        } else {
            (limits.stall, Broken::Stalled(limits.stall))
        };
        if since.elapsed() >= limit {
            return broken;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use futures_util::TryStreamExt as _;

    use super::super::spool::Filler;
    use super::*;

    async fn spool_of(bytes: usize) -> Spool {
        let mut filler = Filler::new(std::env::temp_dir());
        let spool = filler.spool();
        filler.append(&vec![b'x'; bytes]).await.unwrap();
        filler.end().await.unwrap();
        spool.release();
        spool
    }

    async fn send_at(bytes_a_second: impl Fn(usize) -> u32) -> Option<Vec<usize>> {
        let spool = spool_of(2 << 20).await;
        let (handed, reporter, sending) = (Arc::default(), Reporter::new().0, Arc::default());
        let pieces = body_stream(&spool, &handed, &reporter, &sending, CancellationToken::new());
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
            _ = wait_for_stall(&limits, &spool, &handed, || ready(None)) => return None,
        }
        assert!(sending.all_may_have_arrived());
        assert_eq!(lengths.iter().sum::<usize>(), 2 << 20);
        Some(lengths)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_upload_has_not_stalled() {
        let pieces = send_at(|_| 400).await.unwrap();
        assert!(pieces.iter().all(|&piece| piece == MIN_PIECE), "{pieces:?}");
        assert_eq!(send_at(|_| 200).await, None, "so little is as good as nothing");
        let pieces = send_at(|sent| if sent < 400_000 { 1 << 30 } else { 400 }).await;
        assert!(pieces.is_some(), "what goes into a buffer says nothing of the speed");
    }

    #[tokio::test(start_paused = true)]
    async fn an_acknowledged_upload_has_not_stalled() {
        let spool = spool_of(2 << 20).await;
        let (start, limits) = (Instant::now(), Limits { stall: Duration::from_secs(60), ..Limits::default() });
        // Nothing is asked of the program, and the system's buffer empties for ten minutes, a byte now and then.
        let left = || ready(Some(vec![(7, 12_000_000 - start.elapsed().as_secs().min(600) / 50)]));
        let broken = wait_for_stall(&limits, &spool, &AtomicU64::new(1 << 20), left).await;
        assert_eq!(broken, Broken::Stalled(limits.stall));
        assert!((650..670).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        spool.hold_back();
        let held = AtomicU64::new((2 << 20) - HELD_BACK);
        let waits = wait_for_stall(&limits, &spool, &held, || ready(Some(Vec::new())));
        assert!(tokio::time::timeout(limits.answer * 10, waits).await.is_err());
        spool.release();
        let start = Instant::now();
        let broken = wait_for_stall(&limits, &spool, &AtomicU64::new(2 << 20), || ready(Some(Vec::new()))).await;
        assert_eq!(broken, Broken::Timeout);
        assert!(start.elapsed() >= limits.answer, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn piece_lengths_follow_the_speed() {
        let pieces = send_at(|_| 1 << 30).await.unwrap();
        assert!(pieces.len() < 10 + SLOW_START_BYTES / MIN_PIECE, "each piece costs: {pieces:?}");
        let pieces = send_at(|sent| if sent < 3 << 19 { 1 << 22 } else { 30_000 }).await.unwrap();
        assert_eq!((pieces.iter().max(), pieces.last()), (Some(&(1 << 18)), Some(&MIN_PIECE)), "{pieces:?}");
        // A piece of 128 KiB takes 0.33 s, which is neither fast nor slow.
        let pieces = send_at(|_| 400_000).await.unwrap();
        assert!(pieces.iter().rev().take(8).all(|&piece| piece == 128 << 10), "{pieces:?}");
    }
}
