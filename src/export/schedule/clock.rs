//! From times by the wall clock to moments: what holds when clocks change.
//!
//! For what comes at an interval and for times that come twice the rule is systemd's (`OnCalendar=`, seen with version
//! 252). For one time a day it is cron's: systemd leaves out the day on which clocks skip the time, and an export that
//! is missing for a day helps nobody.

use chrono::{DateTime, LocalResult, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// What holds for the hour that is missing or comes twice, for the screen and the manual.
pub const CLOCK_RULE: &str = "When clocks go forward, a time that they skip is made up for at the first moment after \
     the gap; times at an interval are left out there. When clocks go back, a time that comes twice counts the first \
     time only.";

/// What becomes of a time that clocks skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InGap {
    /// The first moment after the gap takes its place.
    Moved,
    /// Nothing; the next one comes soon.
    LeftOut,
}

/// The moment at which the clocks of `zone` show `local`, the first one if there are two.
pub(super) fn instant(zone: Tz, local: NaiveDateTime, in_gap: InGap) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.to_utc()),
        LocalResult::None if in_gap == InGap::Moved => after_gap(zone, local),
        LocalResult::None => None,
    }
}

/// The first full minute after the gap that `local` is in; none when the whole day is in it, as 30 December 2011 was in
/// Samoa.
fn after_gap(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let shown = |local: &NaiveDateTime| zone.from_local_datetime(local).earliest();
    let end = (1..=24 * 60).find_map(|minutes| {
        let later = local.checked_add_signed(TimeDelta::minutes(minutes))?;
        Some((later, shown(&later)?))
    });
    let (after, moment) = end?;
    let whole_day = after.date() > local.date() && shown(&local.date().and_time(NaiveTime::MIN)).is_none();
    (!whole_day).then(|| moment.to_utc())
}
