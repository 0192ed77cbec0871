//! Days in calendar terms: months, dates, weekdays.

use chrono::{Datelike as _, Days, NaiveDate, Weekday, WeekdaySet};

use super::numbers::sorted;
use crate::export::Schedule;
use crate::export::schedule::{Advanced, CronExpression, DaysOfMonth, Nth, Rhythm, WeekdayOfMonth};

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

const FEBRUARY: u8 = 2;

impl DaySet {
    pub(super) fn every() -> Self {
        Self { months: (1..=12).collect(), dates: Dates::Every, weekdays: WeekdaySet::ALL }
    }

    fn weekdays(weekdays: WeekdaySet) -> Self {
        Self { weekdays, ..Self::every() }
    }

    fn dates(months: Vec<u8>, dates: Dates) -> Self {
        Self { months, dates, weekdays: WeekdaySet::ALL }
    }

    /// No day of its months is left out.
    pub(super) fn is_every_day(&self) -> bool {
        self.dates == Dates::Every && self.weekdays == WeekdaySet::ALL
    }

    pub(super) fn contains(&self, day: NaiveDate) -> bool {
        let number = |number: u32| u8::try_from(number).unwrap_or_default();
        let dates = match &self.dates {
            Dates::Every => true,
            Dates::Of(dates) => dates.contains(&number(day.day())),
            Dates::FromEnd(back) => back.contains(&(day.num_days_in_month() - number(day.day()) + 1)),
        };
        dates && self.weekdays.contains(day.weekday()) && self.months.contains(&number(day.month()))
    }

    /// Shifts the days by a number of days; may include more days, and says whether the result is exact.
    pub(super) fn shifted(&self, by: i8) -> (Self, bool) {
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

fn shift_weekday(weekday: Weekday, by: i8) -> Weekday {
    (0..by.rem_euclid(7)).fold(weekday, |weekday, _| weekday.succ())
}

/// The days of a schedule; may include more, and says whether the result is exact. It never is for a schedule that
/// counts from a date or begins on one.
pub(super) fn day_sets(schedule: &Schedule) -> (Vec<DaySet>, bool) {
    let exactly = |sets| (sets, schedule.start.is_none());
    match &schedule.rhythm {
        Rhythm::Manually => exactly(Vec::new()),
        Rhythm::Hours { .. } | Rhythm::Days { .. } => exactly(vec![DaySet::every()]),
        Rhythm::Weekdays { .. } => {
            let weekend = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);
            exactly(vec![DaySet::weekdays(WeekdaySet::ALL.difference(weekend))])
        }
        Rhythm::Weeks { on, .. } => exactly(vec![DaySet::weekdays(*on)]),
        Rhythm::Months { every, day, .. } => exactly(dates(&months(*every, schedule.start), &[*day])),
        Rhythm::Advanced(Advanced { days, .. }) => exactly(match days {
            DaysOfMonth::Every => vec![DaySet::every()],
            DaysOfMonth::Dates(days) => dates(&(1..=12).collect::<Vec<_>>(), days),
            DaysOfMonth::Weekdays(days) => days.iter().map(|day| weekday_of_month(*day)).collect(),
        }),
        Rhythm::Cron(expression) => {
            let (sets, exact) = cron_day_sets(expression);
            (sets, exact && schedule.start.is_none())
        }
    }
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
    let mut sets = Vec::new();
    let mut add = |months: Vec<u8>, dates: Dates| {
        if !months.is_empty() {
            sets.push(DaySet::dates(months, dates));
        }
    };
    let few: Vec<u8> = sorted(days.iter().copied().filter(|day| *day <= 28));
    if !few.is_empty() {
        add(months.to_owned(), Dates::Of(few));
    }
    let lacking: Vec<u8> = sorted(days.iter().copied().filter(|day| matches!(day, 29 | 30)));
    if !lacking.is_empty() {
        add(months.iter().copied().filter(|month| *month != FEBRUARY).collect(), Dates::Of(lacking.clone()));
    }
    if days.contains(&31) {
        add(months.to_owned(), Dates::FromEnd(vec![1]));
    } else if !lacking.is_empty() {
        add(months.iter().copied().filter(|month| *month == FEBRUARY).collect(), Dates::FromEnd(vec![1]));
    }
    sets
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

pub(super) fn any_contains(sets: &[DaySet], day: NaiveDate) -> bool {
    sets.iter().any(|set| set.contains(day))
}

pub(super) fn days_before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}
