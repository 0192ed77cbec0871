//! A schedule in calendar terms, in its own zone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Timelike as _, Utc, WeekdaySet};
use chrono_tz::Tz;

use super::changes::{self, Change};
use super::days::{self, Dates, DaySet};
use super::numbers::{Times, sorted};
use crate::export::Schedule;

pub(super) const MINUTES_A_DAY: u16 = 24 * 60;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) days: DaySet,
    pub(super) times: Times,
}

/// All times of a schedule; more if it needs a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) lines: Vec<Line>,
    pub(super) guard: bool,
}

impl Plan {
    /// The times by the wall clock, without regard to clock changes.
    pub(super) fn new(schedule: &Schedule) -> Self {
        let (sets, mut exact) = days::day_sets(schedule);
        let mut plan = Self { lines: Vec::new(), guard: false };
        let times = schedule.times_of_day();
        if sets.iter().all(|set| *set == DaySet::every()) {
            plan.add(&DaySet::every(), times.iter().map(|minute| minute % MINUTES_A_DAY));
        } else {
            for set in &sets {
                plan.add(set, times.iter().copied().filter(|minute| *minute < MINUTES_A_DAY));
                let (next_day, same) = set.shifted(1);
                let after_midnight: Vec<u16> =
                    times.iter().filter_map(|minute| minute.checked_sub(MINUTES_A_DAY)).collect();
                exact &= same || after_midnight.is_empty();
                plan.add(&next_day, after_midnight.into_iter());
            }
        }
        plan.guard = !exact;
        plan
    }

    /// Converts the times to UTC for each offset that `zone` has over the years, which includes more times.
    pub(super) fn in_utc(self, zone: Tz) -> Self {
        let differences = changes::differences(zone, Tz::UTC);
        let mut minutes_of: Vec<(DaySet, Vec<u16>)> = Vec::new();
        for line in self.lines {
            for (minute, difference) in
                line.times.minutes_of_day().flat_map(|m| differences.iter().map(move |d| (m, d)))
            {
                let there = i64::from(minute) + difference;
                let (days, _) = line.days.shifted(there.div_euclid(MINUTES_A_DAY.into()) as i8);
                add_minute(&mut minutes_of, days, there.rem_euclid(MINUTES_A_DAY.into()) as u16);
            }
        }
        Self::guarded(minutes_of)
    }

    fn guarded(minutes_of: Vec<(DaySet, Vec<u16>)>) -> Self {
        let mut plan = Self { lines: Vec::new(), guard: true };
        for (days, minutes) in minutes_of {
            plan.add(&days, minutes.into_iter().collect::<BTreeSet<_>>().into_iter());
        }
        plan
    }

    fn add(&mut self, days: &DaySet, minutes: impl Iterator<Item = u16>) {
        self.lines.extend(Times::group(minutes).into_iter().map(|times| Line { days: days.clone(), times }));
    }
}

/// Clocks skip or repeat some of the schedule's times.
pub(super) fn is_touched(schedule: &Schedule) -> bool {
    !touching_changes(schedule).is_empty()
}

/// The ends of gaps that contain one of the schedule's times, if it makes up for those.
pub(super) fn after_gaps(schedule: &Schedule) -> Vec<DateTime<Utc>> {
    let gaps =
        touching_changes(schedule).into_iter().filter(|change| schedule.moves_skipped_times() && change.is_gap());
    gaps.map(|change| change.at).collect()
}

/// Runs near clock changes, which a scheduler may miss: if several a day are skipped, also those of the rest of the
/// day.
pub(super) fn near_changes(schedule: &Schedule) -> Vec<DateTime<Utc>> {
    let near = |change: Change| {
        let reach = (change.to - change.from).abs();
        let several_a_day = !schedule.moves_skipped_times();
        let end = change.at + if change.is_gap() && several_a_day { TimeDelta::days(1) } else { reach };
        let runs = schedule.next_runs(change.at - reach - TimeDelta::minutes(1));
        runs.take_while(move |run| *run <= end).collect::<Vec<_>>()
    };
    touching_changes(schedule).into_iter().flat_map(near).collect()
}

/// Repeats these moments every year, in their month and on their weekday, by the clock of a zone; this includes more
/// times.
pub(super) fn every_year(moments: &[DateTime<Utc>], zone: Tz) -> Vec<Line> {
    let mut days_of: BTreeMap<u16, (Vec<u8>, WeekdaySet)> = BTreeMap::new();
    for moment in moments {
        let local = moment.with_timezone(&zone);
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        let (months, weekdays) = days_of.entry(minute).or_insert((Vec::new(), WeekdaySet::EMPTY));
        *months = sorted(months.drain(..).chain(u8::try_from(local.month())));
        weekdays.insert(local.weekday());
    }
    let mut minutes_of: Vec<(DaySet, Vec<u16>)> = Vec::new();
    for (minute, (months, weekdays)) in days_of {
        let days = DaySet { months, dates: Dates::Every, weekdays };
        add_minute(&mut minutes_of, days, minute);
    }
    Plan::guarded(minutes_of).lines
}

fn add_minute(minutes_of: &mut Vec<(DaySet, Vec<u16>)>, days: DaySet, minute: u16) {
    match minutes_of.iter_mut().find(|(known, _)| *known == days) {
        Some((_, minutes)) => minutes.push(minute),
        None => minutes_of.push((days, vec![minute])),
    }
}

/// The clock changes that skip or repeat one of the schedule's times.
fn touching_changes(schedule: &Schedule) -> Vec<Change> {
    let (sets, _) = days::day_sets(schedule);
    let times = schedule.times_of_day();
    let is_meant = |date: NaiveDate, minute: u16| {
        days::any_contains(&sets, days::days_before(date, (minute / MINUTES_A_DAY).into()))
    };
    let touches = |change: &Change| {
        times.iter().any(|minute| change.date_with(minute % MINUTES_A_DAY).is_some_and(|date| is_meant(date, *minute)))
    };
    changes::clock_changes(schedule.zone).into_iter().filter(touches).collect()
}
