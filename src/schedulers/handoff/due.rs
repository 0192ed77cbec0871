//! The guard that decides whether an export is due, for a scheduler that runs more often than the schedule.

use chrono::{DateTime, TimeDelta, Utc};

use crate::export::Schedule;

/// Latest start of a run if it is not known whether it has been made.
pub const MAX_LATE: TimeDelta = TimeDelta::hours(1);
/// Latest start of a missed run, for example after the computer was off. Less than a day on which clocks change, so
/// that a daily scheduler makes up for nothing on a wrong day.
const MAX_MISSED: TimeDelta = TimeDelta::hours(20);

/// A run is due if no scheduler has begun one since the schedule's last moment, and that is not too long ago. Without
/// any known run, as in a container without a history or right after the handoff, only the last hour ([`MAX_LATE`])
/// counts, so that no run is made up for that nobody has missed.
pub fn is_due(schedule: &Schedule, last_begun: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(moment) = schedule.last_run(now) else { return false };
    match last_begun {
        Some(begun) => begun < moment && now - moment < MAX_MISSED,
        None => now - moment < MAX_LATE,
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
