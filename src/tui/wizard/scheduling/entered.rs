//! Conversion between the pane's fields and a schedule.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;

use super::{MODES, Mode, Scheduling, UNITS, Unit};
use crate::export::Schedule;
use crate::export::schedule::{
    Active, Advanced, CronExpression, Day, DaysOfMonth, Every, Nth, Rhythm, ScheduleError, TimeOfDay, Times,
    WeekdayOfMonth, parse_date, parse_days, parse_zone,
};
use crate::tui::form::{Field, Value};

/// A parsed text, or a sentence about its mistake.
type Parsed<T> = Result<T, String>;

impl Scheduling {
    /// Builds the schedule.
    ///
    /// # Errors
    /// Returns a sentence about the first wrong field.
    pub fn schedule(&self, now: DateTime<Utc>) -> Parsed<Schedule> {
        // Hidden fields may hold anything.
        if self.is_manual() {
            return Ok(Schedule { zone: self.zone().unwrap_or_default(), ..Schedule::default() });
        }
        let zone = self.zone()?;
        let rhythm = match self.mode() {
            Mode::Basic => self.basic()?,
            Mode::Advanced => self.advanced()?,
            Mode::Cron => Rhythm::Cron(self.cron()?),
        };
        let start = self.start_date(now)?.or_else(|| first_run(&rhythm, zone, now));
        Ok(Schedule { rhythm, start, zone })
    }

    fn basic(&self) -> Parsed<Rhythm> {
        Ok(match self.unit() {
            Unit::Manually => Rhythm::Manually,
            Unit::Hours => Rhythm::Hours { every: self.count()?, active: self.active_hours()? },
            Unit::Days => Rhythm::Days { every: self.count()?, at: self.start_time()? },
            Unit::Weekdays => Rhythm::Weekdays { at: self.start_time()? },
            Unit::Weeks => Rhythm::Weeks { every: self.count()?, on: self.weekdays()?, at: self.start_time()? },
            Unit::Months => Rhythm::Months { every: self.count()?, day: self.month_date()?, at: self.start_time()? },
        })
    }

    fn advanced(&self) -> Parsed<Rhythm> {
        let days = self.month_days()?;
        let times = match self.is_by_interval() {
            false => Times::At(self.start_time()?),
            true => Times::Interval { minutes: self.interval()?, active: self.active_hours()? },
        };
        Ok(Rhythm::Advanced(Advanced { days, times, start_at_once: self.values.is_on(Field::START_AT_ONCE) }))
    }

    fn parse<T: FromStr<Err: Display>>(&self, field: Field) -> Parsed<T> {
        self.values.text(field).parse().map_err(|error: T::Err| error.to_string())
    }

    /// `None` for a field that was left empty.
    fn parse_optional<T: FromStr<Err: Display>>(&self, field: Field) -> Parsed<Option<T>> {
        let text = Some(self.values.trimmed(field)).filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|error: T::Err| error.to_string())).transpose()
    }

    pub(in crate::tui::wizard) fn zone(&self) -> Parsed<Tz> {
        parse_zone(self.values.text(Field::TIME_ZONE)).map_err(|error| error.to_string())
    }

    pub(super) fn cron(&self) -> Parsed<CronExpression> {
        self.parse(Field::CRON)
    }

    pub(super) fn start_date(&self, now: DateTime<Utc>) -> Parsed<Option<NaiveDate>> {
        let text = self.values.trimmed(Field::START_DATE);
        let today = now.with_timezone(&self.zone().unwrap_or_default()).date_naive();
        match parse_date(text, Some(today)) {
            None if !text.is_empty() => Err("Enter a date like 2026-11-23, 23 Nov, or 11/23/2026.".to_owned()),
            date => Ok(date),
        }
    }

    pub(super) fn month_days(&self) -> Parsed<DaysOfMonth> {
        let days = self.days(Field::MONTH_DAYS).map_err(|error| error.to_string())?;
        match days.is_empty() {
            true if self.is_by_interval() => Ok(DaysOfMonth::Every),
            true => {
                Err("Enter days, like 1, 15 or 2nd Sunday. For every day at a set time, use Basic Scheduling."
                    .to_owned())
            }
            false => {
                DaysOfMonth::new(&days).map_err(|_| "Enter days of the month or days of the week, not both.".to_owned())
            }
        }
    }

    pub(super) fn count(&self) -> Parsed<u16> {
        let unit = match self.unit() {
            Unit::Hours => "hours",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Manually | Unit::Days | Unit::Weekdays => "days",
        };
        let count = self.number(Field::EVERY).filter(|count| *count > 0);
        let count = count.ok_or_else(|| format!("Enter the number of {unit}."))?;
        format!("{count} {unit}").parse::<Every>().map_err(|error| error.to_string())?;
        Ok(count)
    }

    pub(super) fn start_time(&self) -> Parsed<TimeOfDay> {
        self.parse(Field::START_TIME)
    }

    pub(super) fn active_from(&self) -> Parsed<TimeOfDay> {
        Ok(self.parse_optional(Field::ACTIVE_FROM)?.unwrap_or_default())
    }

    pub(super) fn active_to(&self) -> Parsed<Option<TimeOfDay>> {
        let to = self.parse_optional(Field::ACTIVE_TO)?;
        match self.active_from() {
            Ok(from) if to == Some(from) => {
                Err("That is when the active hours begin. For the whole day, leave it empty.".to_owned())
            }
            _ => Ok(to),
        }
    }

    fn active_hours(&self) -> Parsed<Active> {
        Ok(Active { from: self.active_from()?, to: self.active_to()? })
    }

    pub(super) fn interval(&self) -> Parsed<u16> {
        match self.values.text(Field::ADVANCED_INTERVAL).parse() {
            Ok(Every::Minutes(minutes)) => Ok(minutes),
            Ok(Every::Hours(hours)) => Ok(hours * 60),
            _ => Err("Enter an interval like 15 minutes or 8 hours.".to_owned()),
        }
    }

    pub(super) fn weekdays(&self) -> Parsed<WeekdaySet> {
        let all: Vec<Weekday> = WeekdaySet::ALL.iter(Weekday::Mon).collect();
        let chosen = self.values.chosen(Field::ON_DAYS).iter().filter_map(|at| all.get(*at).copied());
        let days: WeekdaySet = chosen.collect();
        if days.is_empty() { Err("Choose at least one day.".to_owned()) } else { Ok(days) }
    }

    pub(super) fn month_date(&self) -> Parsed<u8> {
        match self.days(Field::DAY_OF_MONTH).as_deref() {
            Ok([Day::Date(date)]) => Ok(*date),
            _ => Err("Enter the day of the month, 1 to 31.".to_owned()),
        }
    }

    fn days(&self, field: Field) -> Result<Vec<Day>, ScheduleError> {
        parse_days(self.values.text(field))
    }

    /// What was entered, in the form in which it is kept; `None` where it is wrong, or there is nothing.
    pub(super) fn understood(&self, field: Field, now: DateTime<Utc>) -> Option<String> {
        let words = |days: Vec<Day>| days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let text = match field {
            Field::START_TIME | Field::ACTIVE_FROM | Field::ACTIVE_TO => {
                self.parse_optional::<TimeOfDay>(field).ok()??.to_string()
            }
            Field::START_DATE => self.start_date(now).ok()??.to_string(),
            Field::TIME_ZONE => self.zone().ok()?.name().to_owned(),
            Field::MONTH_DAYS | Field::DAY_OF_MONTH => words(self.days(field).ok()?),
            _ => return None,
        };
        (text != self.values.text(field)).then_some(text)
    }

    pub(super) fn fill(&mut self, schedule: &Schedule) {
        self.write(Field::TIME_ZONE, schedule.zone.name());
        self.write(Field::START_DATE, &schedule.start.map(|start| start.to_string()).unwrap_or_default());
        match &schedule.rhythm {
            Rhythm::Manually => self.fill_basic(Unit::Manually, 1),
            Rhythm::Hours { every, active } => {
                self.fill_basic(Unit::Hours, *every);
                self.fill_active(*active);
            }
            Rhythm::Days { every, at } => {
                self.fill_basic(Unit::Days, *every);
                self.write(Field::START_TIME, at);
            }
            Rhythm::Weekdays { at } => {
                self.fill_basic(Unit::Weekdays, 1);
                self.write(Field::START_TIME, at);
            }
            Rhythm::Weeks { every, on, at } => {
                self.fill_basic(Unit::Weeks, *every);
                let days = on.iter(Weekday::Mon).map(|day| day.num_days_from_monday() as usize);
                self.values.set(Field::ON_DAYS, Value::several(days));
                self.write(Field::START_TIME, at);
            }
            Rhythm::Months { every, day, at } => {
                self.fill_basic(Unit::Months, *every);
                self.write(Field::DAY_OF_MONTH, day);
                self.write(Field::START_TIME, at);
            }
            Rhythm::Advanced(advanced) => self.fill_advanced(advanced),
            Rhythm::Cron(expression) => {
                self.values.set_one_of(Field::SCHEDULE_MODE, &MODES, &Mode::Cron);
                self.write(Field::CRON, expression);
            }
        }
    }

    fn write(&mut self, field: Field, value: &(impl ToString + ?Sized)) {
        self.values.set(field, Value::text(value));
    }

    fn fill_basic(&mut self, unit: Unit, every: u16) {
        self.values.set_one_of(Field::INTERVAL, &UNITS, &unit);
        self.write(Field::EVERY, &every);
    }

    fn fill_advanced(&mut self, Advanced { days, times, start_at_once }: &Advanced) {
        self.values.set_one_of(Field::SCHEDULE_MODE, &MODES, &Mode::Advanced);
        self.values.set(Field::START_AT_ONCE, Value::Check(*start_at_once));
        let days: Vec<String> = days.to_days().iter().map(ToString::to_string).collect();
        self.write(Field::MONTH_DAYS, &days.join(", "));
        match times {
            Times::At(at) => self.write(Field::START_TIME, at),
            Times::Interval { minutes, active } => {
                self.values.set(Field::BY_INTERVAL, Value::Choice(1));
                let hours = minutes % 60 == 0;
                let every = if hours { Every::Hours(minutes / 60) } else { Every::Minutes(*minutes) };
                self.write(Field::ADVANCED_INTERVAL, &every);
                self.fill_active(*active);
            }
        }
    }

    fn fill_active(&mut self, active: Active) {
        self.write(Field::ACTIVE_FROM, &active.from);
        self.write(Field::ACTIVE_TO, &active.to.map(|to| to.to_string()).unwrap_or_default());
    }
}

/// The days of the week that a text names, as options from Monday on.
pub(super) fn weekday_options(text: &str) -> Option<BTreeSet<usize>> {
    let option = |day: &Day| match day {
        Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday }) => Some(weekday.num_days_from_monday() as usize),
        _ => None,
    };
    parse_days(text).ok()?.iter().map(option).collect()
}

/// The start of counting for "every 2 weeks" without a start date: the earliest possible run.
fn first_run(rhythm: &Rhythm, zone: Tz, now: DateTime<Utc>) -> Option<NaiveDate> {
    let mut rhythm = rhythm.clone();
    match &mut rhythm {
        Rhythm::Days { every, .. } | Rhythm::Weeks { every, .. } | Rhythm::Months { every, .. } if *every > 1 => {
            *every = 1;
        }
        _ => return None,
    }
    let uncounted = Schedule { rhythm, start: None, zone };
    let first = uncounted.next_runs(now).next()?;
    Some(uncounted.date_of(first))
}
