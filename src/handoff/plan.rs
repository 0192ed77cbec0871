//! What a calendar can say of a schedule, in the schedule's own zone.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate, Timelike as _, WeekdaySet};

use super::changes::{self, Change};
use super::days::{self, Dates, DaySet};
use super::numbers::{Times, sorted};
use crate::export::Schedule;

/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

/// All of these times on all of these days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) days: DaySet,
    pub(super) times: Times,
}

/// All times of a schedule, and more where it needs a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) lines: Vec<Line>,
    /// Whether the lines say more than the schedule.
    pub(super) guard: bool,
}

impl Plan {
    /// The times that clocks show. What they skip is left to the scheduler.
    pub(super) fn of(schedule: &Schedule) -> Self {
        let (sets, mut exact) = days::of(schedule);
        let mut plan = Self { lines: Vec::new(), guard: false };
        let times = schedule.times_of_day();
        if sets.iter().all(|set| *set == DaySet::every()) {
            plan.add(&DaySet::every(), times.iter().map(|minute| minute % DAY));
        } else {
            for set in &sets {
                plan.add(set, times.iter().copied().filter(|minute| *minute < DAY));
                let (next_day, same) = set.shifted(1);
                let after_midnight: Vec<u16> = times.iter().filter_map(|minute| minute.checked_sub(DAY)).collect();
                exact &= same || after_midnight.is_empty();
                plan.add(&next_day, after_midnight.into_iter());
            }
        }
        plan.guard = !exact;
        plan
    }

    /// As [`Plan::of`], for a scheduler that leaves out the times that clocks skip: with lines for the first moments after
    /// such gaps, if the schedule makes up for them. Those lines come without need in most years, and need the guard.
    pub(super) fn with_made_up_times(schedule: &Schedule) -> Self {
        let mut plan = Self::of(schedule);
        let mut after: BTreeMap<u16, (Vec<u8>, WeekdaySet)> = BTreeMap::new();
        for change in touching(schedule).iter().filter(|change| change.is_gap()) {
            let minute = u16::try_from(change.to.hour() * 60 + change.to.minute()).unwrap_or_default();
            let (months, weekdays) = after.entry(minute).or_insert((Vec::new(), WeekdaySet::EMPTY));
            months.extend(u8::try_from(change.to.month()));
            weekdays.insert(change.to.weekday());
        }
        for (minute, (months, weekdays)) in after.into_iter().filter(|_| schedule.makes_up()) {
            plan.add(&DaySet { months: sorted(months), dates: Dates::Every, weekdays }, std::iter::once(minute));
            plan.guard = true;
        }
        plan
    }

    fn add(&mut self, days: &DaySet, minutes: impl Iterator<Item = u16>) {
        self.lines.extend(Times::of(minutes).into_iter().map(|times| Line { days: days.clone(), times }));
    }
}

/// Whether clocks ever skip one of the schedule's times, or show it twice.
pub(super) fn is_touched(schedule: &Schedule) -> bool {
    !touching(schedule).is_empty()
}

/// The changes of clocks that skip one of the schedule's times, or show it twice.
fn touching(schedule: &Schedule) -> Vec<Change> {
    let (sets, _) = days::of(schedule);
    let times = schedule.times_of_day();
    let is_meant = |date: NaiveDate, minute: u16| days::any_contains(&sets, days::before(date, (minute / DAY).into()));
    let touches = |change: &Change| {
        times.iter().any(|minute| change.date_with(minute % DAY).is_some_and(|date| is_meant(date, *minute)))
    };
    changes::of(schedule.zone).into_iter().filter(touches).collect()
}
