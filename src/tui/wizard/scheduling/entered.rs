//! Conversion between the pane's fields and a schedule.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;

use super::{MODES, Mode, Scheduling, UNITS, Unit};
use crate::export::Schedule;
use crate::export::schedule::{
    Active, Advanced, CronExpression, Day, DaysOfMonth, Every, Nth, Rhythm, ScheduleError, TimeOfDay, Times,
    WeekdayOfMonth, parse_zone,
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
        let start = self.start_date()?.or_else(|| first_run(&rhythm, zone, now));
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

    pub(super) fn zone(&self) -> Parsed<Tz> {
        parse_zone(self.values.text(Field::TIME_ZONE)).map_err(|error| error.to_string())
    }

    pub(super) fn cron(&self) -> Parsed<CronExpression> {
        self.parse(Field::CRON)
    }

    pub(super) fn start_date(&self) -> Parsed<Option<NaiveDate>> {
        self.parse_optional(Field::START_DATE).map_err(|_| "Enter a date like 2026-11-23.".to_owned())
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
        let weekday = |day: &Day| match day {
            Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday }) => Some(*weekday),
            _ => None,
        };
        let days = self.days(Field::ON_DAYS).ok();
        let set: Option<WeekdaySet> = days.and_then(|days| days.iter().map(weekday).collect());
        set.filter(|set| !set.is_empty()).ok_or_else(|| "Enter days of the week, like Mon, Thu.".to_owned())
    }

    pub(super) fn month_date(&self) -> Parsed<u8> {
        match self.days(Field::ON_DAYS).as_deref() {
            Ok([Day::Date(date)]) => Ok(*date),
            _ => Err("Enter the day of the month, 1 to 31.".to_owned()),
        }
    }

    fn days(&self, field: Field) -> Result<Vec<Day>, ScheduleError> {
        self.values.text(field).split(',').map(str::trim).filter(|day| !day.is_empty()).map(str::parse).collect()
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
                let days: Vec<String> = on.iter(Weekday::Mon).map(|day| day.to_string()).collect();
                self.write(Field::ON_DAYS, &days.join(", "));
                self.write(Field::START_TIME, at);
            }
            Rhythm::Months { every, day, at } => {
                self.fill_basic(Unit::Months, *every);
                self.write(Field::ON_DAYS, day);
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
