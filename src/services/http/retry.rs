//! Decides about retries, and the waits before them.

use std::sync::Arc;
use std::time::Duration;

use backon::BackoffBuilder as _;

use super::ApiError;

/// Called before each wait for a retry.
pub type OnRetry = Arc<dyn Fn(&Retry) + Send + Sync>;

/// A failed call that will be retried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    pub error: ApiError,
    pub wait: Duration,
    /// The number of the next attempt, from 2.
    pub attempt: u32,
    pub attempts: u32,
}

/// Exponential backoff with full jitter: each wait is drawn between nothing and a ceiling that doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first ceiling.
    pub first: Duration,
    /// The highest ceiling.
    pub most: Duration,
    pub attempts: u32,
}

/// The longest `Retry-After` that is waited for.
const LONGEST_ASKED: Duration = Duration::from_secs(300);
/// The attempts of a call that is one too many for the service (429), as in data.world's own clients (its Singer target
/// and its Jupyter plug-in): more than for other reasons, unless retries are off.
const PATIENT: u32 = 10;

impl Backoff {
    pub(crate) fn new(attempts: u32) -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(30), attempts }
    }

    /// The waits between attempts, without an end.
    pub(crate) fn delays(self) -> Delays {
        let ceilings = backon::ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(self.most)
            .without_max_times()
            .build();
        Delays(ceilings)
    }

    /// The attempts of one call; the first begins now.
    pub(crate) fn attempts(self) -> Attempts {
        Attempts { delays: self.delays(), number: 1, most: self.attempts }
    }
}

/// The waits before the remaining attempts.
#[derive(Debug)]
pub(crate) struct Delays(backon::ExponentialBackoff);

impl Delays {
    /// The next wait: drawn between nothing and a ceiling that doubles.
    pub(crate) fn draw(&mut self) -> Duration {
        self.ceiling().mul_f64(fastrand::f64())
    }

    /// The next wait after a 429: at least half of the ceiling.
    fn draw_patiently(&mut self) -> Duration {
        self.ceiling().mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    fn ceiling(&mut self) -> Duration {
        self.0.next().unwrap_or_default()
    }
}

#[derive(Debug)]
pub(crate) struct Attempts {
    delays: Delays,
    /// The number of the current attempt, from 1.
    pub(crate) number: u32,
    pub(crate) most: u32,
}

impl Attempts {
    /// Waits for the next attempt after `error`; calls `tell` before.
    ///
    /// # Errors
    ///
    /// `error`, if it is permanent, no attempt is left, or the service asks for too long a wait.
    pub(crate) async fn again(&mut self, error: ApiError, tell: impl FnOnce(Retry)) -> Result<(), ApiError> {
        if !error.is_passing() {
            return Err(error);
        }
        let is_one_too_many = error.status() == Some(429);
        if is_one_too_many && self.most > 1 {
            self.most = self.most.max(PATIENT);
        }
        let own = if is_one_too_many { self.delays.draw_patiently() } else { self.delays.draw() };
        let asked = error.retry_after().unwrap_or_default();
        if self.number >= self.most || asked > LONGEST_ASKED {
            return Err(error);
        }
        // A service that asks for no wait, or for a time in the past, would get all attempts at once.
        let wait = own.max(asked);
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

    use crate::export::Service;
    use crate::services::http::{Action, Broken};

    fn answered(code: u16, retry_after: Option<u64>) -> ApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        let broken = Broken::Status { code, message: None, support_id: None, retry_after };
        ApiError { service: Service::Domo, action: Action::Read, host: String::new(), broken }
    }

    /// The retries of a call with these answers.
    async fn retries_of(backoff: Backoff, answers: impl Iterator<Item = ApiError>) -> Vec<Retry> {
        let (mut attempts, mut told) = (backoff.attempts(), Vec::new());
        for answer in answers {
            if attempts.again(answer, |retry| told.push(retry)).await.is_err() {
                break;
            }
        }
        told
    }

    #[test]
    fn waits_are_drawn_below_ceilings_that_double_and_end() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(3), attempts: 5 };
        let drawn = |draw: fn(&mut Delays) -> Duration| {
            let mut delays = backoff.delays();
            std::iter::repeat_with(|| draw(&mut delays)).take(4).collect::<Vec<_>>()
        };
        let all = |draw| (0..200).map(|_| drawn(draw)).collect::<Vec<_>>();
        let (usual, patient) = (all(Delays::draw), all(Delays::draw_patiently));
        for (at, ceiling) in [1, 2, 3, 3].map(Duration::from_secs).into_iter().enumerate() {
            let nth = || usual.iter().map(|waits| waits[at]);
            // All draws are in one half once in 2 to the power of 200.
            assert!(nth().all(|wait| wait <= ceiling));
            assert!(nth().any(|wait| wait > ceiling / 2) && nth().any(|wait| wait < ceiling / 2), "wait {at}");
            assert!(patient.iter().all(|waits| (ceiling / 2..=ceiling).contains(&waits[at])));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honored_up_to_a_limit() {
        let asked = async |seconds| retries_of(Backoff::new(5), std::iter::once(answered(503, Some(seconds)))).await;
        assert_eq!(asked(7).await[0].wait, Duration::from_secs(7));
        assert_eq!(asked(86_400).await, []);
        assert_eq!(asked(u64::MAX).await, []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_zero_retry_after_still_backs_off() {
        let retries = retries_of(Backoff::new(5), (0..20).map(|_| answered(429, Some(0)))).await;
        assert_eq!(retries.len(), 9);
        let waited: Duration = retries.iter().map(|retry| retry.wait).sum();
        assert!(waited > Duration::from_secs(60), "{waited:?}");
        let retries = retries_of(Backoff::new(5), (0..20).map(|_| answered(503, Some(0)))).await;
        assert!(retries.iter().any(|retry| !retry.wait.is_zero()), "{retries:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_is_retried_more_often_than_other_failures() {
        let numbers = async |backoff: Backoff, codes: &[u16]| {
            let retries = retries_of(backoff, codes.iter().map(|code| answered(*code, None))).await;
            retries.iter().map(|retry| (retry.attempt, retry.attempts)).collect::<Vec<_>>()
        };
        let ten = (2..=10).map(|attempt| (attempt, 10)).collect::<Vec<_>>();
        assert_eq!(numbers(Backoff::new(5), &[429; 20]).await, ten);
        assert_eq!(numbers(Backoff::new(5), &[503; 20]).await, [(2, 5), (3, 5), (4, 5), (5, 5)]);
        // Both share a counter.
        assert_eq!(numbers(Backoff::new(5), &[503, 429, 503, 403]).await, [(2, 5), (3, 10), (4, 10)]);
        assert_eq!(numbers(Backoff::new(1), &[429]).await, []);
        assert_eq!(numbers(Backoff::new(15), &[429; 20]).await.len(), 14);
    }
}
