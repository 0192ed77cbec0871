//! Changes of a zone's clock, past the beginning of Writeback and for a generation to come.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;

/// Which years are looked at: always the same, so that what is written today is what is written next year.
const YEARS: (i32, i32) = (2025, 2060);

/// A change of clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// When.
    pub(super) at: DateTime<Utc>,
    /// What the clock would have shown then.
    pub(super) from: NaiveDateTime,
    /// What it shows.
    pub(super) to: NaiveDateTime,
}

impl Change {
    /// The first and the last date on which it skips a time of day, or shows it twice.
    fn dates(&self) -> [NaiveDate; 2] {
        [self.from.min(self.to).date(), self.from.max(self.to).date()]
    }

    /// Whether the clock skips times, and shows none twice.
    pub(super) fn is_gap(&self) -> bool {
        self.to > self.from
    }

    /// The date on which that minute of the day is skipped, or comes twice.
    pub(super) fn date_with(&self, minute: u16) -> Option<NaiveDate> {
        let (start, end) = (self.from.min(self.to), self.from.max(self.to));
        self.dates().into_iter().find(|date| {
            let time = date.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
            (start..end).contains(&time)
        })
    }
}

/// Whether clocks of the zone ever skip times from the midst of an hour on.
pub(super) fn skip_from_midst_of_hour(zone: Tz) -> bool {
    of(zone).iter().any(|change| change.is_gap() && change.from.minute() != 0)
}

/// How far the clocks of `zone` are ahead of UTC.
fn offset(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    TimeDelta::seconds(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into())
}

/// All changes of the zone's clock, in order.
pub(super) fn of(zone: Tz) -> Vec<Change> {
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

/// By how many minutes the clocks of `there` are ahead of those of `here`: every answer that there is over the years.
pub(super) fn differences(here: Tz, there: Tz) -> Vec<i64> {
    let start = NaiveDate::from_yo_opt(YEARS.0, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc();
    let moments = [here, there].into_iter().flat_map(of).map(|change| change.at);
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
    fn changes_are_found_to_the_minute() {
        let berlin = of(Tz::Europe__Berlin);
        assert_eq!(berlin.len(), 70);
        assert_eq!(berlin[2].at.to_string(), "2026-03-29 01:00:00 UTC");
        assert_eq!(
            (berlin[2].from.to_string(), berlin[2].to.to_string()),
            ("2026-03-29 02:00:00".into(), "2026-03-29 03:00:00".into())
        );
        assert_eq!(berlin[2].date_with(150).unwrap().to_string(), "2026-03-29");
        assert_eq!((berlin[2].date_with(180), berlin[2].is_gap(), berlin[3].is_gap()), (None, true, false));
        assert_eq!(berlin[3].date_with(150).unwrap().to_string(), "2026-10-25");
        assert!(of(Tz::UTC).is_empty());
    }

    #[test]
    fn a_zone_goes_by_the_same_clock_under_its_current_name() {
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
    fn two_zones_differ_by_all_that_they_ever_do() {
        assert_eq!(differences(Tz::America__Denver, Tz::UTC), [360, 420]);
        assert_eq!(differences(Tz::UTC, Tz::Asia__Kolkata), [330]);
        // For some hours twice a year, between the one's change and the other's.
        assert_eq!(differences(Tz::America__Denver, Tz::America__New_York), [60, 120, 180]);
    }
}
