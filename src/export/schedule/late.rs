//! Detection of scheduled runs that are missing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Schedule;

/// The delay after which a run counts as missing, because schedulers spread their load.
const GRACE: TimeDelta = TimeDelta::minutes(15);
/// Tolerated difference between the clocks of two computers.
const EARLY: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Punctuality {
    Manual,
    NotYet,
    OnTime,
    /// The due time of the first missing run.
    Late(DateTime<Utc>),
}

impl Punctuality {
    pub fn words(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::NotYet => "no scheduled run yet",
            Self::OnTime => "on time",
            Self::Late(_) => "late",
        }
    }

    pub fn late_since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Late(due) => Some(due),
            _ => None,
        }
    }
}

impl Schedule {
    /// Looks for missing runs. `last` is the start of the latest scheduled run, `changed` the latest change of the
    /// schedule, and `usual` the duration of a run, which the next one may have to wait for.
    pub fn punctuality(
        &self,
        last: Option<DateTime<Utc>>,
        changed: Option<DateTime<Utc>>,
        usual: Option<Duration>,
        now: DateTime<Utc>,
    ) -> Punctuality {
        if self.is_manual() {
            return Punctuality::Manual;
        }
        let Some(last) = last else { return Punctuality::NotYet };
        let usual = usual.and_then(|usual| TimeDelta::from_std(usual).ok());
        let grace = usual.map_or(GRACE, |usual| usual.max(GRACE));
        let from = changed.map_or(last + EARLY, |changed| changed.max(last + EARLY));
        match self.next_runs(from).next() {
            Some(due) if due + grace <= now => Punctuality::Late(due),
            _ => Punctuality::OnTime,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn daily() -> Schedule {
        toml::from_str("every = \"day\"\nat = \"06:30\"\ntimezone = \"America/Denver\"").unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    #[test]
    fn a_run_is_late_from_15_minutes_after_it_was_due() {
        // 06:30 in Denver is 13:30 UTC.
        let check = |last: &str, now: &str| daily().punctuality(Some(at(last)), None, None, at(now));
        assert_eq!(check("20T13:30", "21T13:30"), Punctuality::OnTime);
        assert_eq!(check("20T13:30", "21T13:44"), Punctuality::OnTime);
        assert_eq!(check("20T13:30", "21T13:45"), Punctuality::Late(at("21T13:30")));
        assert_eq!(check("20T13:30", "24T00:00"), Punctuality::Late(at("21T13:30")), "since the first that is missing");
        assert_eq!(check("21T13:38", "22T13:00"), Punctuality::OnTime, "begun late, but begun");
        assert_eq!(check("21T13:29", "22T13:00"), Punctuality::OnTime, "by a clock that is ahead");
        assert_eq!(check("21T13:00", "22T13:00"), Punctuality::Late(at("21T13:30")), "by hand, an hour before");
    }

    #[test]
    fn a_run_that_takes_long_may_keep_the_next_one_waiting() {
        let long = Some(Duration::from_secs(3600));
        let check = |now: &str| daily().punctuality(Some(at("20T13:30")), None, long, at(now));
        assert_eq!((check("21T14:29"), check("21T14:30")), (Punctuality::OnTime, Punctuality::Late(at("21T13:30"))));
    }

    #[test]
    fn runs_due_before_a_change_of_the_schedule_are_not_missing() {
        let check = |now: &str| daily().punctuality(Some(at("19T10:00")), Some(at("21T13:40")), None, at(now));
        assert_eq!((check("21T20:00"), check("22T13:45")), (Punctuality::OnTime, Punctuality::Late(at("22T13:30"))));
    }

    #[test]
    fn without_a_scheduler_nothing_is_late() {
        assert_eq!(daily().punctuality(None, None, None, at("21T13:45")), Punctuality::NotYet);
        let manual = Schedule::default().punctuality(Some(at("01T00:00")), None, None, at("21T13:45"));
        assert_eq!((manual, manual.late_since()), (Punctuality::Manual, None));
    }

    proptest! {
        #[test]
        fn a_schedule_is_late_exactly_if_no_run_began_since_the_latest_due_time(
            minutes in 5u32..2_000, last in 0i64..20_000, after in 0i64..20_000,
        ) {
            let text = if minutes < 1_440 { format!("every = \"{minutes} minutes\"") } else { "every = \"day\"\nat = \"05:00\"".to_owned() };
            let schedule: Schedule = toml::from_str(&text).unwrap();
            let last = at("01T00:00") + TimeDelta::minutes(last);
            let now = last + TimeDelta::minutes(after);
            // The latest due run, found by brute force.
            let latest = schedule.next_runs(last - TimeDelta::days(3)).take_while(|due| *due + GRACE <= now).last();
            let is_late = latest.is_some_and(|due| due > last + EARLY);
            prop_assert_eq!(schedule.punctuality(Some(last), None, None, now).late_since().is_some(), is_late);
        }
    }
}
