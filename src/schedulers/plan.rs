//! The plan of a schedule: its times in calendar terms, and whether they are exactly those of the schedule.
//!
//! A scheduler that cannot express a schedule gets the narrowest wider plan, and the command gets a guard, `run --if-due`
//! or `--if-due-at`, which lets only the right times through.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Timelike as _, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;

use super::clock_changes::{Change, clock_changes};
use crate::export::Schedule;
use crate::export::schedule::{Advanced, CronExpression, DaysOfMonth, Nth, Rhythm, WeekdayOfMonth};

pub(super) const MINUTES_A_DAY: u16 = 24 * 60;
const FEBRUARY: u8 = 2;

/// All times of a schedule; more unless it is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchedulePlan {
    pub(super) lines: Vec<Line>,
    pub(super) exact: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) days: DaySet,
    pub(super) times: Times,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DaySet {
    /// 1 to 12.
    pub(super) months: Vec<u8>,
    pub(super) dates: Dates,
    pub(super) weekdays: WeekdaySet,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dates {
    Every,
    /// 1 to 31; a month may lack some.
    Of(Vec<u8>),
    /// Counted from the end: 1 is the last day.
    FromEnd(Vec<u8>),
}

/// Each minute of each hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) hours: Vec<u8>,
    pub(super) minutes: Vec<u8>,
}

impl SchedulePlan {
    /// The times by the wall clock, without regard to clock changes.
    pub(super) fn new(schedule: &Schedule) -> Self {
        let (sets, mut exact) = day_sets(schedule);
        let times = schedule.times_of_day();
        if sets.iter().all(|set| *set == DaySet::every()) {
            let minutes = times.iter().map(|minute| minute % MINUTES_A_DAY);
            return Self { lines: lines_on(DaySet::every(), minutes).collect(), exact };
        }
        let mut lines = Vec::new();
        for set in &sets {
            lines.extend(lines_on(set.clone(), times.iter().copied().filter(|minute| *minute < MINUTES_A_DAY)));
            let (next_day, same) = set.shifted(1);
            let after_midnight: Vec<u16> =
                times.iter().filter_map(|minute| minute.checked_sub(MINUTES_A_DAY)).collect();
            exact &= same || after_midnight.is_empty();
            lines.extend(lines_on(next_day, after_midnight));
        }
        Self { lines, exact }
    }

    /// Moves the times by each of these numbers of minutes: the [`differences`](super::clock_changes::differences) to
    /// another clock. It is exact for one only.
    pub(super) fn shifted(self, differences: &[i64]) -> Self {
        let mut exact = self.exact && differences.len() == 1;
        let mut minutes_on = MinutesOn::default();
        for line in self.lines {
            for (minute, difference) in
                line.times.minutes_of_day().flat_map(|m| differences.iter().map(move |d| (m, d)))
            {
                let there = i64::from(minute) + difference;
                let (days, same) = line.days.shifted(there.div_euclid(MINUTES_A_DAY.into()) as i8);
                exact &= same;
                minutes_on.add(days, there.rem_euclid(MINUTES_A_DAY.into()) as u16);
            }
        }
        Self { lines: minutes_on.lines(), exact }
    }
}

fn lines_on(days: DaySet, minutes: impl IntoIterator<Item = u16>) -> impl Iterator<Item = Line> {
    Times::group(minutes).into_iter().map(move |times| Line { days: days.clone(), times })
}

/// Minutes of the day, by the days that they are on.
#[derive(Default)]
struct MinutesOn(Vec<(DaySet, BTreeSet<u16>)>);

impl MinutesOn {
    fn add(&mut self, days: DaySet, minute: u16) {
        match self.0.iter_mut().find(|(known, _)| *known == days) {
            Some((_, minutes)) => drop(minutes.insert(minute)),
            None => self.0.push((days, BTreeSet::from([minute]))),
        }
    }

    fn lines(self) -> Vec<Line> {
        self.0.into_iter().flat_map(|(days, minutes)| lines_on(days, minutes)).collect()
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
    let mut minutes_on = MinutesOn::default();
    for (minute, (months, weekdays)) in days_of {
        minutes_on.add(DaySet { months, dates: Dates::Every, weekdays }, minute);
    }
    minutes_on.lines()
}

/// The clock changes that skip or repeat one of the schedule's times.
fn touching_changes(schedule: &Schedule) -> Vec<Change> {
    let (sets, _) = day_sets(schedule);
    let times = schedule.times_of_day();
    let is_scheduled = |date: NaiveDate, minute: u16| {
        let day = date.checked_sub_days(Days::new((minute / MINUTES_A_DAY).into())).unwrap_or(date);
        sets.iter().any(|set| set.contains(day))
    };
    let touches = |change: &Change| {
        times
            .iter()
            .any(|minute| change.date_with(minute % MINUTES_A_DAY).is_some_and(|date| is_scheduled(date, *minute)))
    };
    clock_changes(schedule.zone).into_iter().filter(touches).collect()
}

impl DaySet {
    fn every() -> Self {
        Self { months: (1..=12).collect(), dates: Dates::Every, weekdays: WeekdaySet::ALL }
    }

    fn weekdays(weekdays: WeekdaySet) -> Self {
        Self { weekdays, ..Self::every() }
    }

    /// No day of its months is left out.
    pub(super) fn is_every_day(&self) -> bool {
        self.dates == Dates::Every && self.weekdays == WeekdaySet::ALL
    }

    fn contains(&self, day: NaiveDate) -> bool {
        let number = |number: u32| u8::try_from(number).unwrap_or_default();
        let dates = match &self.dates {
            Dates::Every => true,
            Dates::Of(dates) => dates.contains(&number(day.day())),
            Dates::FromEnd(back) => back.contains(&(day.num_days_in_month() - number(day.day()) + 1)),
        };
        dates && self.weekdays.contains(day.weekday()) && self.months.contains(&number(day.month()))
    }

    /// Shifts the days by a number of days; may include more days, and says whether the result is exact.
    fn shifted(&self, by: i8) -> (Self, bool) {
        if by == 0 {
            return (self.clone(), true);
        }
        let weekdays = self.weekdays.iter(Weekday::Mon).map(|weekday| shift_weekday(weekday, by)).collect();
        let all_months = self.months.len() == 12;
        let dates = match &self.dates {
            Dates::Every if all_months => Some(Dates::Every),
            Dates::Of(dates) => {
                let dates: Option<Vec<u8>> = dates.iter().map(|date| date.checked_add_signed(by)).collect();
                dates.filter(|dates| dates.iter().all(|date| (1..=28).contains(date))).map(Dates::Of)
            }
            _ => None,
        };
        let exact = dates.is_some();
        // A set that crosses the end of a month is widened to all months.
        let months = if exact { self.months.clone() } else { (1..=12).collect() };
        (Self { months, dates: dates.unwrap_or(Dates::Every), weekdays }, exact)
    }
}

pub(super) fn shift_weekday(weekday: Weekday, by: i8) -> Weekday {
    (0..by.rem_euclid(7)).fold(weekday, |weekday, _| weekday.succ())
}

/// The days of a schedule; may include more, and says whether the result is exact. It never is for a schedule that
/// counts from a date or begins on one.
fn day_sets(schedule: &Schedule) -> (Vec<DaySet>, bool) {
    let mut exact = schedule.start.is_none();
    let sets = match &schedule.rhythm {
        Rhythm::Manually => Vec::new(),
        Rhythm::Hours { .. } | Rhythm::Days { .. } => vec![DaySet::every()],
        Rhythm::Weekdays { .. } => {
            let weekend = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);
            vec![DaySet::weekdays(WeekdaySet::ALL.difference(weekend))]
        }
        Rhythm::Weeks { on, .. } => vec![DaySet::weekdays(*on)],
        Rhythm::Months { every, day, .. } => dates(&months(*every, schedule.start), &[*day]),
        Rhythm::Advanced(Advanced { days, .. }) => match days {
            DaysOfMonth::Every => vec![DaySet::every()],
            DaysOfMonth::Dates(days) => dates(&(1..=12).collect::<Vec<_>>(), days),
            DaysOfMonth::Weekdays(days) => days.iter().map(|day| weekday_of_month(*day)).collect(),
        },
        Rhythm::Cron(expression) => {
            let (sets, same) = cron_day_sets(expression);
            exact &= same;
            sets
        }
    };
    (sets, exact)
}

/// Every so many months from that of `start`: the months of each year if they are the same each year, else all.
fn months(every: u16, start: Option<NaiveDate>) -> Vec<u8> {
    match (u8::try_from(every), start) {
        (Ok(every @ 1..=12), Some(start)) if 12 % every == 0 => {
            (1..=12u8).filter(|month| (start.month() as u8).abs_diff(*month) % every == 0).collect()
        }
        _ => (1..=12).collect(),
    }
}

/// Dates in these months, moved to the last day in a shorter month.
fn dates(months: &[u8], days: &[u8]) -> Vec<DaySet> {
    let (february, longer): (Vec<u8>, Vec<u8>) = months.iter().partition(|month| **month == FEBRUARY);
    let between = |from, to| sorted(days.iter().copied().filter(|day| (from..=to).contains(day)));
    let (in_all, in_longer) = (between(1, 28), between(29, 30));
    let on_last = match days.contains(&31) {
        true => months.to_owned(),
        false if in_longer.is_empty() => Vec::new(),
        false => february,
    };
    let sets =
        [(months.to_owned(), Dates::Of(in_all)), (longer, Dates::Of(in_longer)), (on_last, Dates::FromEnd(vec![1]))];
    let sets = sets.into_iter().filter(|(months, dates)| !months.is_empty() && *dates != Dates::Of(Vec::new()));
    sets.map(|(months, dates)| DaySet { months, dates, weekdays: WeekdaySet::ALL }).collect()
}

fn weekday_of_month(day: WeekdayOfMonth) -> DaySet {
    let dates = match day.nth {
        Nth::Every => Dates::Every,
        Nth::Number(number) => Dates::Of((7 * number - 6..=(7 * number).min(31)).collect()),
        Nth::Last => Dates::FromEnd((1..=7).collect()),
    };
    DaySet { dates, ..DaySet::weekdays(WeekdaySet::single(day.weekday)) }
}

/// The days of a cron expression. Its `L`, `W` and `#` are widened to every day.
fn cron_day_sets(expression: &CronExpression) -> (Vec<DaySet>, bool) {
    let pattern = expression.pattern();
    let numbers = |values: Vec<u16>| sorted(values.into_iter().filter_map(|value| u8::try_from(value).ok()));
    let months = numbers(pattern.months.values());
    if pattern.days.has_modifiers() || pattern.days_of_week.has_modifiers() {
        return (vec![DaySet { months, ..DaySet::every() }], false);
    }
    // Sunday is 0, and 7 too.
    let weekdays =
        numbers(pattern.days_of_week.values()).into_iter().map(|number| shift_weekday(Weekday::Sun, number as i8 % 7));
    let weekdays: WeekdaySet = weekdays.collect();
    let dates = match numbers(pattern.days.values()) {
        all if all.len() == 31 => Dates::Every,
        some => Dates::Of(some),
    };
    let either = !pattern.is_dom_wildcard() && !pattern.is_dow_wildcard() && !pattern.matches_dom_and_dow();
    let sets = match either {
        // In cron, a matching date or a matching weekday is enough.
        true => vec![
            DaySet { months: months.clone(), dates, weekdays: WeekdaySet::ALL },
            DaySet { months, dates: Dates::Every, weekdays },
        ],
        false => vec![DaySet { months, dates, weekdays }],
    };
    (sets, true)
}

impl Times {
    /// Groups minutes since midnight exactly: hours with the same minutes go together.
    pub(super) fn group(minutes: impl IntoIterator<Item = u16>) -> Vec<Self> {
        let mut by_hour = vec![Vec::new(); 24];
        for minute in minutes {
            if let Some(hour) = by_hour.get_mut(usize::from(minute / 60)) {
                hour.extend(u8::try_from(minute % 60));
            }
        }
        let mut groups: Vec<Self> = Vec::new();
        for (hour, minutes) in (0u8..).zip(by_hour) {
            let minutes = sorted(minutes);
            if minutes.is_empty() {
                continue;
            }
            match groups.iter_mut().find(|group| group.minutes == minutes) {
                Some(group) => group.hours.push(hour),
                None => groups.push(Self { hours: vec![hour], minutes }),
            }
        }
        groups
    }

    pub(super) fn minutes_of_day(&self) -> impl Iterator<Item = u16> {
        self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |m| u16::from(*hour) * 60 + u16::from(*m)))
    }
}

pub(super) fn sorted(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut numbers: Vec<u8> = numbers.into_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// `1,8..14`: single numbers, and ranges for three or more in a row, with `to` between the ends.
pub(super) fn format_ranges(numbers: &[u8], to: &str, write: impl Fn(u8) -> String) -> String {
    let mut parts = Vec::new();
    for run in numbers.chunk_by(|a, b| a + 1 == *b) {
        match run {
            [first, _, .., last] => parts.push(format!("{}{to}{}", write(*first), write(*last))),
            few => parts.extend(few.iter().map(|number| write(*number))),
        }
    }
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_a_range() {
        let write = |numbers: &[u8]| format_ranges(numbers, "-", |number| number.to_string());
        assert_eq!(write(&[1, 2, 4, 5, 6, 9]), "1,2,4-6,9");
        assert_eq!(write(&[]), "");
    }

    #[test]
    fn hours_with_the_same_minutes_belong_together() {
        let groups = Times::group([0, 30, 60, 90, 135]);
        assert_eq!(groups[0], Times { hours: vec![0, 1], minutes: vec![0, 30] });
        assert_eq!(groups[1], Times { hours: vec![2], minutes: vec![15] });
        let all: Vec<u16> =
            Times::group((0..1440).step_by(7)).iter().flat_map(|t| t.minutes_of_day().collect::<Vec<_>>()).collect();
        assert_eq!(all.len(), 206);
    }
}
