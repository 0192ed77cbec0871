//! *Always retry when an update fails*: repeats a failed scheduled run after a wait.
//!
//! Each attempt is a run of its own in the history. The export's lock is free between attempts, so that a person may
//! run it.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::report::Ran;
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::export::Retry;
use crate::history::Kind;
use crate::text::format;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Next {
    /// From 1.
    number: u16,
    retry: Retry,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wait = format::counted(u64::from(self.retry.minutes), "minute");
        write!(f, "It runs again in {wait} (retry {} of {}). Ctrl-C ends the wait.", self.number, self.retry.at_most)
    }
}

/// Makes a run of `kind`, then retries until a run succeeds or `retry` is used up. Calls `report` after each failed run,
/// before the wait. An interruption ends the wait.
pub(super) async fn until_done(
    kind: Kind,
    retry: Option<Retry>,
    cancel: &CancellationToken,
    mut run: impl AsyncFnMut(Kind) -> Result<Ran, Trouble>,
    report: impl Fn(&Result<Ran, Trouble>, Next) -> io::Result<()>,
) -> Result<Ran, Trouble> {
    let mut ran = run(kind).await;
    let Some(retry) = retry else { return ran };
    for number in 1..=retry.at_most {
        if !may_pass(&ran) {
            break;
        }
        report(&ran, Next { number, retry }).map_err(Trouble::unwritten)?;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(60 * u64::from(retry.minutes))) => {}
            () = cancel.cancelled() => return Err(Trouble::cancelled("Cancelled before it ran again.")),
        }
        ran = run(Kind::Retry).await;
    }
    ran
}

/// Tells if a retry of a failed run may succeed. A run that did not begin, because the export is running or this
/// computer lacks something, is not retried.
fn may_pass(ran: &Result<Ran, Trouble>) -> bool {
    match ran {
        Ok(ran) => matches!(ran.exit(), Exit::Failed | Exit::Credentials | Exit::Refused),
        Err(trouble) => trouble.exit() == Exit::Credentials,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::time::Instant;

    use super::*;

    /// Makes runs with these results, and returns each run with its time in minutes, and the last result.
    async fn runs(
        retry: Option<Retry>,
        ends: &[Exit],
        cancel_after: Option<u64>,
    ) -> (Vec<(Kind, u64)>, Vec<String>, Exit) {
        let (start, cancel) = (Instant::now(), CancellationToken::new());
        if let Some(minutes) = cancel_after {
            let cancel = cancel.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
                cancel.cancel();
            });
        }
        let (mut made, said) = (Vec::new(), RefCell::new(Vec::new()));
        let run = async |kind| {
            made.push((kind, start.elapsed().as_secs() / 60));
            match ends[made.len() - 1] {
                // Missing credentials are found before the run begins.
                Exit::Credentials => Err(Trouble::credentials("There are none.")),
                Exit::Usage => Err(Trouble::failed("It is already running.")),
                exit => Ok(Ran::new(exit)),
            }
        };
        let ended = until_done(Kind::Scheduled, retry, &cancel, run, |_, next| {
            said.borrow_mut().push(next.to_string());
            Ok(())
        });
        let exit = ended.await.map_or_else(|trouble| trouble.exit(), |ran| ran.exit());
        (made, said.into_inner(), exit)
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_run_is_retried_until_it_succeeds() {
        let retry = Some(Retry::new(5, 3).unwrap());
        let (made, said, exit) = runs(retry, &[Exit::Failed, Exit::Credentials, Exit::Done], None).await;
        assert_eq!(made, [(Kind::Scheduled, 0), (Kind::Retry, 5), (Kind::Retry, 10)]);
        assert_eq!(exit, Exit::Done);
        assert_eq!(said[1], "It runs again in 5 minutes (retry 2 of 3). Ctrl-C ends the wait.");
        let (made, _, exit) = runs(retry, &[Exit::Refused; 4], None).await;
        assert_eq!((made.len(), exit), (4, Exit::Refused), "not more often than it says");
        let (made, _, exit) = runs(None, &[Exit::Failed], None).await;
        assert_eq!((made.len(), exit), (1, Exit::Failed));
    }

    #[tokio::test(start_paused = true)]
    async fn only_failures_are_retried() {
        let retry = Some(Retry::default());
        for exit in [Exit::Done, Exit::Cancelled, Exit::Usage] {
            assert_eq!(runs(retry, &[exit], None).await.0.len(), 1, "{exit:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_interruption_ends_the_wait_at_once() {
        let (made, _, exit) = runs(Some(Retry::new(60, 3).unwrap()), &[Exit::Failed; 2], Some(61)).await;
        assert_eq!((made.len(), exit), (2, Exit::Cancelled));
    }
}
