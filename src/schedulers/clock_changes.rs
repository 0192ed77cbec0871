//! Clock changes of a zone, from before the first release to a generation ahead.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;

/// Years to search. They are fixed, so that the same schedule is written the same way next year.
const YEARS: (i32, i32) = (2025, 2060);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) at: DateTime<Utc>,
    /// The time that the clock would have shown.
    pub(super) from: NaiveDateTime,
    /// The time that it shows.
    pub(super) to: NaiveDateTime,
}

impl Change {
    fn dates(&self) -> [NaiveDate; 2] {
        [self.from.min(self.to).date(), self.from.max(self.to).date()]
    }

    pub(super) fn is_gap(&self) -> bool {
        self.to > self.from
    }

    /// The date on which that minute of the day is skipped or repeated.
    pub(super) fn date_with(&self, minute: u16) -> Option<NaiveDate> {
        let (start, end) = (self.from.min(self.to), self.from.max(self.to));
        self.dates().into_iter().find(|date| {
            let time = date.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
            (start..end).contains(&time)
        })
    }
}

/// The zone has gaps that begin in the middle of an hour.
pub(super) fn has_mid_hour_gap(zone: Tz) -> bool {
    clock_changes(zone).iter().any(|change| change.is_gap() && change.from.minute() != 0)
}

fn offset(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    TimeDelta::seconds(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into())
}

pub(super) fn clock_changes(zone: Tz) -> Vec<Change> {
    let year = |year| NaiveDate::from_yo_opt(year, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc();
    let (mut before, end) = (year(YEARS.0), year(YEARS.1));
    let mut changes = Vec::new();
    while before < end {
        let after = before.checked_add_days(Days::new(1)).unwrap_or(end);
        if offset(zone, before) != offset(zone, after) {
            let (mut low, mut high) = (before, after);
            while high - low > TimeDelta::minutes(1) {
                let middle = low + TimeDelta::minutes((high - low).num_minutes() / 2);
                if offset(zone, middle) == offset(zone, before) { low = middle } else { high = middle }
            }
            let shows = |at| (high + offset(zone, at)).naive_utc();
            changes.push(Change { at: high, from: shows(low), to: shows(high) });
        }
        before = after;
    }
    changes
}

/// Minutes by which the clocks of `there` are ahead of those of `here`: every value over the years.
pub(super) fn differences(here: Tz, there: Tz) -> Vec<i64> {
    let start = NaiveDate::from_yo_opt(YEARS.0, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc();
    let moments = [here, there].into_iter().flat_map(clock_changes).map(|change| change.at);
    let mut all: Vec<i64> =
        std::iter::once(start).chain(moments).map(|at| (offset(there, at) - offset(here, at)).num_minutes()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::schedule::{current_name, former_names};

    #[test]
    fn clock_changes_are_found_to_the_minute() {
        let berlin = clock_changes(Tz::Europe__Berlin);
        assert_eq!(berlin.len(), 70);
        assert_eq!(berlin[2].at.to_string(), "2026-03-29 01:00:00 UTC");
        assert_eq!(
            (berlin[2].from.to_string(), berlin[2].to.to_string()),
            ("2026-03-29 02:00:00".into(), "2026-03-29 03:00:00".into())
        );
        assert_eq!(berlin[2].date_with(150).unwrap().to_string(), "2026-03-29");
        assert_eq!((berlin[2].date_with(180), berlin[2].is_gap(), berlin[3].is_gap()), (None, true, false));
        assert_eq!(berlin[3].date_with(150).unwrap().to_string(), "2026-10-25");
        assert!(clock_changes(Tz::UTC).is_empty());
    }

    #[test]
    fn a_renamed_zone_keeps_its_clock() {
        let zone = |name: &str| name.parse::<Tz>().unwrap();
        for (former, now) in former_names() {
            assert_eq!(current_name(zone(former)), now);
            assert_eq!(current_name(zone(now)), now, "{former}");
            assert_eq!(differences(zone(former), zone(now)), [0], "{former} and {now}");
        }
        assert_eq!(current_name(Tz::US__Eastern), "America/New_York");
        assert_eq!((current_name(Tz::UTC), current_name(Tz::Europe__Amsterdam)), ("UTC", "Europe/Amsterdam"));
    }

    #[test]
    fn differences_of_two_zones_cover_every_year() {
        assert_eq!(differences(Tz::America__Denver, Tz::UTC), [360, 420]);
        assert_eq!(differences(Tz::UTC, Tz::Asia__Kolkata), [330]);
        assert_eq!(differences(Tz::America__Denver, Tz::America__New_York), [60, 120, 180]);
    }
}
