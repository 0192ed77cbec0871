//! Compares this computer's clock with a service's, by the `Date` of its answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Response;
use reqwest::header::DATE;

/// The tolerated difference: a service may refuse a token that is signed with a time further off.
const ALLOWED: TimeDelta = TimeDelta::minutes(5);

/// A wrong clock: this computer's, or a service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    pub ahead: bool,
    pub by: Duration,
}

impl Skew {
    /// The difference, if it is not tolerated.
    pub(crate) fn between(here: DateTime<Utc>, there: DateTime<Utc>) -> Option<Self> {
        let by = (here - there).abs();
        (by > ALLOWED).then(|| Self { ahead: here > there, by: by.to_std().unwrap_or_default() })
    }
}

/// A service's clock, by its answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock(Arc<Mutex<Option<TimeDelta>>>);

impl Clock {
    pub(super) fn tell(&self, response: &Response) {
        if let Some(there) = date(response) {
            self.differs(Utc::now() - there);
        }
    }

    /// Keeps the smallest difference: an answer from a cache has an old date.
    fn differs(&self, by: TimeDelta) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none_or(|known| by.abs() < known.abs()) {
            *known = Some(by);
        }
    }

    /// The difference, if it is not tolerated.
    pub(super) fn skew(&self) -> Option<Skew> {
        let now = Utc::now();
        let by = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Skew::between(now, now - by)
    }
}

pub(super) fn date(response: &Response) -> Option<DateTime<Utc>> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(DateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_differ_by_five_minutes() {
        let now = Utc::now();
        let skew = |seconds| Skew::between(now + TimeDelta::seconds(seconds), now);
        assert_eq!([skew(0), skew(300), skew(-300)], [None; 3]);
        assert_eq!(skew(301), Some(Skew { ahead: true, by: Duration::from_secs(301) }));
        assert_eq!(skew(-3600), Some(Skew { ahead: false, by: Duration::from_secs(3600) }));
    }

    #[test]
    fn a_cached_answer_does_not_make_the_clock_wrong() {
        let clock = Clock::default();
        assert_eq!(clock.skew(), None);
        clock.differs(TimeDelta::hours(-2));
        assert_eq!(clock.skew(), Some(Skew { ahead: false, by: Duration::from_secs(7200) }));
        clock.differs(TimeDelta::seconds(1));
        clock.differs(TimeDelta::hours(3));
        assert_eq!(clock.skew(), None);
    }
}
