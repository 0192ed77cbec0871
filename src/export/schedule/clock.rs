//! Conversion of wall clock times to instants, with the rule for clock changes.
//!
//! Intervals and repeated times follow systemd (`OnCalendar=`, seen with version 252). A single time of day follows
//! cron, because systemd skips the whole day if clocks skip that time, and a missing export helps nobody.

use chrono::{DateTime, LocalResult, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InGap {
    /// Moves to the first instant after the gap.
    Moved,
    /// Dropped; the next interval comes soon.
    LeftOut,
}

/// The first instant at which the zone's clocks show `local`.
pub(super) fn instant(zone: Tz, local: NaiveDateTime, in_gap: InGap) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.to_utc()),
        LocalResult::None if in_gap == InGap::Moved => after_gap(zone, local),
        LocalResult::None => None,
    }
}

/// The first full minute after the gap. `None` if the gap is a whole day, as on 30 December 2011 in Samoa.
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
