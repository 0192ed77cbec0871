//! How long to wait before the next attempt.

use std::sync::Arc;
use std::time::Duration;

use backon::BackoffBuilder as _;

use super::ApiError;

/// Called whenever a call waits to be tried again.
pub type OnRetry = Arc<dyn Fn(&Retry) + Send + Sync>;

/// A call that failed for a reason that may pass, and will be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Why it failed.
    pub error: ApiError,
    /// How long until the next attempt.
    pub wait: Duration,
    /// The number of the next attempt, from 2.
    pub attempt: u32,
    /// The most attempts there will be.
    pub attempts: u32,
}

/// Exponential backoff with full jitter: each wait is drawn between nothing and a ceiling that doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first ceiling.
    pub first: Duration,
    /// The highest ceiling.
    pub most: Duration,
    /// Attempts in all.
    pub attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(30), attempts: 5 }
    }
}

/// A service that asks for a longer wait than this is not waited for.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

impl Backoff {
    /// The waits between attempts, one fewer than there are attempts.
    pub fn delays(self) -> Delays {
        let ceilings = backon::ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(self.most)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .build();
        Delays(ceilings)
    }

    /// The attempts of one call, of which the first begins now.
    pub(crate) fn attempts(self) -> Attempts {
        Attempts { delays: self.delays(), number: 1, most: self.attempts }
    }
}

/// The waits that are left.
#[derive(Debug)]
pub struct Delays(backon::ExponentialBackoff);

impl Delays {
    /// The next wait: what the service asked for, else one drawn. `None` when no attempt is left, or the service asks
    /// for longer than anyone would wait.
    pub fn next_after(&mut self, asked: Option<Duration>) -> Option<Duration> {
        let ceiling = self.0.next()?;
        match asked {
            Some(asked) => (asked <= LONGEST_ASKED).then_some(asked),
            None => Some(ceiling.mul_f64(fastrand::f64())),
        }
    }
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts {
    delays: Delays,
    /// The number of the one that is under way, from 1.
    pub(crate) number: u32,
    /// The most there will be.
    pub(crate) most: u32,
}

impl Attempts {
    /// Waits for the next attempt after one that failed with `error`; `tell` learns of it before.
    ///
    /// # Errors
    /// `error`, when it will not pass, no attempt is left, or the service asks for longer than anyone would wait.
    pub(crate) async fn again(&mut self, error: ApiError, tell: impl FnOnce(Retry)) -> Result<(), ApiError> {
        if !error.is_passing() {
            return Err(error);
        }
        let Some(wait) = self.delays.next_after(error.retry_after()) else { return Err(error) };
        self.number += 1;
        tracing::info!(attempt = self.number, wait_ms = wait.as_millis(), "trying again");
        tell(Retry { error, wait, attempt: self.number, attempts: self.most });
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_drawn_below_ceilings_that_double_and_end() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(3), attempts: 5 };
        let drawn = || {
            let mut delays = backoff.delays();
            std::iter::from_fn(|| delays.next_after(None)).collect::<Vec<_>>()
        };
        let all: Vec<Vec<Duration>> = (0..200).map(|_| drawn()).collect();
        assert!(all.iter().all(|waits| waits.len() == 4));
        for (at, ceiling) in [1, 2, 3, 3].map(Duration::from_secs).into_iter().enumerate() {
            let nth = || all.iter().map(|waits| waits[at]);
            // That none of so many is in one half happens to nobody: once in 2 to the power of 200.
            assert!(nth().all(|wait| wait <= ceiling));
            assert!(nth().any(|wait| wait > ceiling / 2) && nth().any(|wait| wait < ceiling / 2), "wait {at}");
        }
    }

    #[test]
    fn what_the_service_asks_for_is_honoured_within_reason() {
        let asked = |seconds| Backoff::default().delays().next_after(Some(Duration::from_secs(seconds)));
        assert_eq!(asked(7), Some(Duration::from_secs(7)));
        assert_eq!(asked(86_400), None);
    }
}
