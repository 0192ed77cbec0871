//! The guards that decide whether an export is due, for a scheduler that runs more often than the schedule: one goes by
//! the history, and one by the intended start that the scheduler states.

use chrono::{DateTime, TimeDelta, Utc};

use crate::export::Schedule;

/// Latest start of a run if it is not known whether it has been made.
const MAX_LATE: TimeDelta = TimeDelta::hours(1);
/// Latest start of a missed run, for example after the computer was off. Less than a day on which clocks change, so
/// that a daily scheduler makes up for nothing on a wrong day.
const MAX_MISSED: TimeDelta = TimeDelta::hours(20);

/// A run is due if no scheduler has begun one since the schedule's last moment, and that is not too long ago. Without
/// any known run, as in a container without a history or right after it was scheduled, only the last hour (`MAX_LATE`)
/// counts, so that no run is made up for that nobody has missed.
pub fn is_due(schedule: &Schedule, last_begun: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(moment) = schedule.last_run(now) else { return false };
    match last_begun {
        Some(begun) => begun < moment && now - moment < MAX_MISSED,
        None => now - moment < MAX_LATE,
    }
}

/// Longest time between now and the moment in a Job's name. A CronJob gives up a run that is 50 minutes late, and its
/// Pod may have to wait for a node; a number from a person, such as a date, is years away.
const MAX_DISTANCE: TimeDelta = TimeDelta::days(1);

/// The text is neither a time nor a Job name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct IntendedStartError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntendedStart {
    At(DateTime<Utc>),
    Manual,
}

impl IntendedStart {
    pub fn is_due(self, schedule: &Schedule) -> bool {
        match self {
            Self::Manual => true,
            Self::At(moment) => {
                let before = moment.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(moment);
                schedule.next_runs(before).next() == Some(moment)
            }
        }
    }

    /// Parses a moment (RFC 3339), or the name of a Kubernetes Job as of `now`. The name of a CronJob's Job ends in its
    /// intended start in minutes since 1970 (kubernetes/kubernetes, `cronjob_controllerv2.go`, `getJobName`); any other
    /// name comes from a person.
    ///
    /// # Errors
    /// When the text is neither, such as a date without a time: a scheduled run would pass for a manual one.
    pub fn parse(text: &str, now: DateTime<Utc>) -> Result<Self, IntendedStartError> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::At(moment.to_utc()));
        }
        if !is_job_name(text) {
            return Err(IntendedStartError);
        }
        Ok(job_moment(text).filter(|moment| (*moment - now).abs() <= MAX_DISTANCE).map_or(Self::Manual, Self::At))
    }
}

fn job_moment(name: &str) -> Option<DateTime<Utc>> {
    let minutes: i64 = name.rsplit_once('-')?.1.parse::<u32>().ok()?.into();
    DateTime::from_timestamp(minutes * 60, 0)
}

/// A valid Job name (RFC 1123) that is no date.
fn is_job_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    text.chars().all(fits) && text.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_due_once() {
        let text = "every = \"2 weeks\"\non = \"monday\"\nat = \"06:30\"\nstart = \"2026-11-02\"";
        let schedule: Schedule = toml::from_str(text).unwrap();
        let due = |last: Option<&str>, now| is_due(&schedule, last.map(at), at(now));
        assert!(!due(None, "2026-11-02T06:29:59Z"), "not before its start");
        assert!(due(None, "2026-11-02T06:30:00Z"));
        assert!(!due(None, "2026-11-09T06:30:00Z"), "nobody has missed it");
        let ran = Some("2026-11-02T06:30:02Z");
        assert!(!due(ran, "2026-11-02T06:30:05Z"));
        assert!(!due(ran, "2026-11-09T06:30:00Z"), "not a week later");
        assert!(due(ran, "2026-11-16T06:30:00Z"));
        assert!(due(ran, "2026-11-16T18:00:00Z"), "the computer was off");
        assert!(!due(ran, "2026-11-23T06:30:00Z"), "missed, and this is not its week");
        assert!(!is_due(&Schedule::default(), None, at("2026-11-02T06:30:00Z")));
    }

    fn parse(intended: &str) -> Result<IntendedStart, IntendedStartError> {
        IntendedStart::parse(intended, DateTime::parse_from_rfc3339("2026-11-16T07:10:00Z").unwrap().to_utc())
    }

    fn is_intended(schedule: &str, start: &str) -> bool {
        parse(start).unwrap().is_due(&toml::from_str(schedule).unwrap())
    }

    #[test]
    fn a_moment_of_the_schedule_is_due() {
        let schedule = "every = \"2 weeks\"\non = \"monday\"\nat = \"06:30\"\nstart = \"2026-11-02\"";
        assert!(is_intended(schedule, "2026-11-16T06:30:00+00:00"));
        assert!(is_intended(schedule, "2026-11-15T23:30:00-07:00"));
        assert!(!is_intended(schedule, "2026-11-09T06:30:00+00:00"), "the week between");
        assert!(!is_intended(schedule, "2026-11-16T06:29:59+00:00"));
        assert!(!is_intended(schedule, "2026-11-16T06:31:00+00:00"));
        assert!(!is_intended(schedule, "2026-10-19T06:30:00+00:00"), "before its start");
    }

    #[test]
    fn the_name_of_a_cron_jobs_job_states_its_moment() {
        let schedule = "every = \"45 minutes\"\nfrom = \"06:00\"\nto = \"20:00\"";
        assert!(is_intended(schedule, "writeback-daily-sales-29913525"));
        assert!(!is_intended(schedule, "writeback-daily-sales-29913540"));
    }

    #[test]
    fn a_delayed_job_keeps_its_moment() {
        let schedule = "every = \"day\"\nat = \"06:30\"";
        assert!(!is_intended(schedule, "writeback-daily-sales-29912880"));
    }

    #[test]
    fn a_manual_run_is_due() {
        for name in ["by-hand", "writeback-daily-sales-2026", "try-12", "writeback-x-manual-abc", "x-99999999999"] {
            assert!(is_intended("every = \"day\"\nat = \"06:30\"", name), "{name}");
        }
    }

    #[test]
    fn a_date_at_the_end_of_a_job_name_means_a_manual_run() {
        for name in ["writeback-x-20261116", "writeback-x-16112026", "writeback-x-11162026", "writeback-x-2026-11-16"] {
            assert_eq!(parse(name), Ok(IntendedStart::Manual), "{name}");
        }
    }

    #[test]
    fn text_that_is_neither_a_moment_nor_a_job_name_is_refused() {
        let texts = ["2026-11-16", "2026-11-16T06:30:00", "2026-11-16 06:30", "20261116", "06:30", "", "$(JOB_NAME)"];
        for text in texts {
            assert_eq!(parse(text), Err(IntendedStartError), "{text}");
        }
    }

    #[test]
    fn a_repeated_time_is_due_first_and_a_skipped_one_after_the_gap() {
        let denver = |at: &str| format!("every = \"day\"\nat = \"{at}\"\ntimezone = \"America/Denver\"");
        assert!(is_intended(&denver("01:30"), "2026-11-01T07:30:00Z"));
        assert!(!is_intended(&denver("01:30"), "2026-11-01T08:30:00Z"));
        assert!(is_intended(&denver("02:30"), "2027-03-14T09:00:00Z"));
        assert!(!is_intended(&denver("02:30"), "2027-03-14T09:30:00Z"));
    }
}
