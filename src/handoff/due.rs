//! The guard: whether an export is due, for a scheduler that comes more often than the schedule says.

use chrono::{DateTime, TimeDelta, Utc};

use crate::export::Schedule;

/// How late a run may be of which it is not known whether it has been made.
pub const LATE: TimeDelta = TimeDelta::hours(1);
/// How late a run may be that was missed, because the computer was off. Less than a day on which clocks change, so that a
/// scheduler that comes every day makes up for nothing on a day that the schedule does not mean.
const MADE_UP: TimeDelta = TimeDelta::hours(20);

/// Whether a run is due that a scheduler wants to begin. It is when none has been begun by a scheduler since the last
/// moment that the schedule means, if that is not too long ago. Where none is known at all, as in a container without a
/// history or right after the schedule has been handed over, what lies [`LATE`] back is let go, so that no run is made up
/// for that nobody has missed.
pub fn is_due(schedule: &Schedule, last_begun: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(moment) = schedule.last_run(now) else { return false };
    match last_begun {
        Some(begun) => begun < moment && now - moment < MADE_UP,
        None => now - moment < LATE,
    }
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
}
