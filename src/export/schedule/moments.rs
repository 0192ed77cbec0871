//! Times of a schedule by the wall clock.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::time_of_day::DAY;
use super::{Active, Advanced, Rhythm, Schedule, Times};

pub(super) fn local_times(schedule: &Schedule, from: NaiveDate) -> impl Iterator<Item = NaiveDateTime> {
    let minutes = minutes(&schedule.rhythm);
    from.iter_days().filter(|day| schedule.includes(*day)).flat_map(move |day| {
        let midnight = day.and_time(NaiveTime::MIN);
        // In order across days, because active hours last a day at most.
        let times: Vec<NaiveDateTime> = minutes
            .iter()
            .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(i64::from(*minutes))))
            .collect();
        times
    })
}

/// Times of a day in minutes from midnight; beyond a day for active hours that cross midnight.
pub(super) fn minutes(rhythm: &Rhythm) -> Vec<u16> {
    match rhythm {
        Rhythm::Manually | Rhythm::Cron(_) => Vec::new(),
        Rhythm::Hours { every, active } => active.every(every.saturating_mul(60)),
        Rhythm::Days { at, .. }
        | Rhythm::Weekdays { at }
        | Rhythm::Weeks { at, .. }
        | Rhythm::Months { at, .. }
        | Rhythm::Advanced(Advanced { times: Times::At(at), .. }) => vec![at.minutes()],
        Rhythm::Advanced(Advanced { times: Times::Interval { minutes, active }, .. }) => active.every(*minutes),
    }
}

impl Active {
    fn every(self, minutes: u16) -> Vec<u16> {
        let from = self.from.minutes();
        let to = match self.to.map(super::TimeOfDay::minutes) {
            None => from + DAY,
            Some(to) if to <= from => to + DAY,
            Some(to) => to,
        };
        (from..to).step_by(usize::from(minutes.max(1))).collect()
    }
}
