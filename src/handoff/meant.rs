//! When a scheduler meant to begin a run, in its own words: the guard for one that says so, which needs no history.

use std::convert::Infallible;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::export::Schedule;

/// When a run was meant to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// At a moment.
    At(DateTime<Utc>),
    /// By nobody but the person who began it.
    ByHand,
}

impl Meant {
    /// Whether the schedule means it.
    pub fn is_due(self, schedule: &Schedule) -> bool {
        match self {
            Self::ByHand => true,
            Self::At(moment) => {
                let before = moment.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(moment);
                schedule.next_runs(before).next() == Some(moment)
            }
        }
    }
}

impl FromStr for Meant {
    type Err = Infallible;

    /// Reads a moment (RFC 3339), or the name of a Job of Kubernetes. Those that a CronJob makes end in the minutes since 1970 at
    /// which they were meant to begin (kubernetes/kubernetes, `cronjob_controllerv2.go`, `getJobName`); everything else is
    /// a name that a person has given.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let minutes = |text: &str| text.rsplit_once('-')?.1.parse::<u32>().ok().filter(|minutes| *minutes > 10_000_000);
        let moment = match DateTime::parse_from_rfc3339(text) {
            Ok(moment) => Some(moment.to_utc()),
            Err(_) => minutes(text).and_then(|minutes| DateTime::from_timestamp(i64::from(minutes) * 60, 0)),
        };
        Ok(moment.map_or(Self::ByHand, Self::At))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_due(schedule: &str, meant: &str) -> bool {
        let Ok(meant) = meant.parse::<Meant>();
        meant.is_due(&toml::from_str(schedule).unwrap())
    }

    #[test]
    fn a_moment_is_due_when_the_schedule_means_it() {
        let schedule = "every = \"2 weeks\"\non = \"monday\"\nat = \"06:30\"\nstart = \"2026-11-02\"";
        assert!(is_due(schedule, "2026-11-16T06:30:00+00:00"));
        assert!(is_due(schedule, "2026-11-15T23:30:00-07:00"));
        assert!(!is_due(schedule, "2026-11-09T06:30:00+00:00"), "the week between");
        assert!(!is_due(schedule, "2026-11-16T06:29:59+00:00"));
        assert!(!is_due(schedule, "2026-11-16T06:31:00+00:00"));
        assert!(!is_due(schedule, "2026-10-19T06:30:00+00:00"), "before its start");
    }

    #[test]
    fn a_job_of_a_cron_job_says_when_in_its_name() {
        let schedule = "every = \"45 minutes\"\nfrom = \"06:00\"\nto = \"20:00\"";
        // 2026-11-16 06:45 and 07:00 UTC.
        assert!(is_due(schedule, "writeback-daily-sales-29913525"));
        assert!(!is_due(schedule, "writeback-daily-sales-29913540"));
    }

    #[test]
    fn what_a_person_begins_is_due() {
        for name in ["by-hand", "", "writeback-daily-sales-2026", "try-12", "writeback-x-manual-abc", "x-99999999999"] {
            assert!(is_due("every = \"day\"\nat = \"06:30\"", name), "{name}");
        }
    }

    #[test]
    fn of_a_time_that_comes_twice_the_first_is_meant_and_of_a_missing_one_the_end_of_the_gap() {
        let denver = |at: &str| format!("every = \"day\"\nat = \"{at}\"\ntimezone = \"America/Denver\"");
        assert!(is_due(&denver("01:30"), "2026-11-01T07:30:00Z"));
        assert!(!is_due(&denver("01:30"), "2026-11-01T08:30:00Z"));
        assert!(is_due(&denver("02:30"), "2027-03-14T09:00:00Z"));
        assert!(!is_due(&denver("02:30"), "2027-03-14T09:30:00Z"));
    }
}
