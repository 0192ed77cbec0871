//! Conversion between the pane's fields and a schedule.

use std::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;
use tui_input::Input;

use super::{Mode, Scheduling, Unit, parse_number};
use crate::export::Schedule;
use crate::export::schedule::{
    Active, Advanced, CronExpression, Day, DaysOfMonth, Every, Nth, Rhythm, TimeOfDay, Times, WeekdayOfMonth,
    parse_zone,
};
use crate::tui::wizard::Field;

type FieldError = (Field, String);

fn at_field<E: Display>(field: Field) -> impl Fn(E) -> FieldError {
    move |error| (field, error.to_string())
}

impl Scheduling {
    /// Builds the schedule.
    ///
    /// # Errors
    /// Returns the first wrong field with a sentence.
    pub fn schedule(&self, now: DateTime<Utc>) -> Result<Schedule, FieldError> {
        // Hidden fields may hold anything.
        if self.is_manual() {
            return Ok(Schedule { zone: self.parse_zone().unwrap_or_default(), ..Schedule::default() });
        }
        let zone = self.parse_zone()?;
        let rhythm = match self.mode {
            Mode::Basic => self.parse_basic()?,
            Mode::Advanced => self.parse_advanced()?,
            Mode::Cron => Rhythm::Cron(self.parse_cron()?),
        };
        let start = self.parse_start_date()?.or_else(|| first_run(&rhythm, zone, now));
        Ok(Schedule { rhythm, start, zone })
    }

    /// The error of a visible field, independent of the other fields.
    pub(super) fn field_error(&self, field: Field) -> Option<FieldError> {
        match field {
            Field::Every => self.parse_count().err(),
            Field::OnDays if self.unit == Unit::Weeks => self.parse_weekdays().err(),
            Field::OnDays => self.parse_month_date().err(),
            Field::StartTime => self.parse_start_time().err(),
            Field::ActiveFrom | Field::ActiveTo => self.parse_active_hours().err().filter(|(at, _)| *at == field),
            Field::AdvancedInterval => self.parse_interval().err(),
            Field::MonthDays => self.parse_month_days().err(),
            Field::Cron => self.parse_cron().err(),
            Field::StartDate => self.parse_start_date().err(),
            Field::TimeZone => self.parse_zone().err(),
            _ => None,
        }
    }

    fn parse_zone(&self) -> Result<Tz, FieldError> {
        parse_zone(self.zone.value()).map_err(at_field(Field::TimeZone))
    }

    fn parse_cron(&self) -> Result<CronExpression, FieldError> {
        self.cron.value().parse().map_err(at_field(Field::Cron))
    }

    fn parse_start_date(&self) -> Result<Option<NaiveDate>, FieldError> {
        let wrong = |_| (Field::StartDate, "Enter a date like 2026-11-23.".to_owned());
        let text = Some(self.start_date.value().trim()).filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn parse_basic(&self) -> Result<Rhythm, FieldError> {
        Ok(match self.unit {
            Unit::Manually => Rhythm::Manually,
            Unit::Hours => Rhythm::Hours { every: self.parse_count()?, active: self.parse_active_hours()? },
            Unit::Days => Rhythm::Days { every: self.parse_count()?, at: self.parse_start_time()? },
            Unit::Weekdays => Rhythm::Weekdays { at: self.parse_start_time()? },
            Unit::Weeks => {
                Rhythm::Weeks { every: self.parse_count()?, on: self.parse_weekdays()?, at: self.parse_start_time()? }
            }
            Unit::Months => Rhythm::Months {
                every: self.parse_count()?,
                day: self.parse_month_date()?,
                at: self.parse_start_time()?,
            },
        })
    }

    fn parse_advanced(&self) -> Result<Rhythm, FieldError> {
        let days = self.parse_month_days()?;
        let times = match self.by_interval {
            false => Times::At(self.parse_start_time()?),
            true => Times::Interval { minutes: self.parse_interval()?, active: self.parse_active_hours()? },
        };
        Ok(Rhythm::Advanced(Advanced { days, times, start_at_once: self.start_at_once }))
    }

    fn parse_month_days(&self) -> Result<DaysOfMonth, FieldError> {
        let days = parse_days(&self.month_days).map_err(at_field(Field::MonthDays))?;
        match days.is_empty() {
            true if self.by_interval => Ok(DaysOfMonth::Every),
            true => {
                let sentence =
                    "Enter days, like 1, 15 or 2nd Sunday. For every day at a set time, use Basic Scheduling.";
                Err((Field::MonthDays, sentence.to_owned()))
            }
            false => DaysOfMonth::new(&days)
                .map_err(|_| (Field::MonthDays, "Enter days of the month or days of the week, not both.".to_owned())),
        }
    }

    fn parse_count(&self) -> Result<u16, FieldError> {
        let unit = match self.unit {
            Unit::Hours => "hours",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Manually | Unit::Days | Unit::Weekdays => "days",
        };
        let wrong = || (Field::Every, format!("Enter the number of {unit}."));
        let count = parse_number(&self.every).filter(|count| *count > 0).ok_or_else(wrong)?;
        format!("{count} {unit}").parse::<Every>().map_err(at_field(Field::Every))?;
        Ok(count)
    }

    fn parse_start_time(&self) -> Result<TimeOfDay, FieldError> {
        self.start_time.value().parse().map_err(at_field(Field::StartTime))
    }

    fn parse_active_hours(&self) -> Result<Active, FieldError> {
        let from = match self.active_from.value().trim() {
            "" => TimeOfDay::default(),
            text => text.parse().map_err(at_field(Field::ActiveFrom))?,
        };
        let to = match self.active_to.value().trim() {
            "" => None,
            text => Some(text.parse().map_err(at_field(Field::ActiveTo))?),
        };
        if to == Some(from) {
            return Err((
                Field::ActiveTo,
                "That is when the active hours begin. For the whole day, leave it empty.".to_owned(),
            ));
        }
        Ok(Active { from, to })
    }

    fn parse_interval(&self) -> Result<u16, FieldError> {
        match self.interval.value().parse() {
            Ok(Every::Minutes(minutes)) => Ok(minutes),
            Ok(Every::Hours(hours)) => Ok(hours * 60),
            _ => Err((Field::AdvancedInterval, "Enter an interval like 15 minutes or 8 hours.".to_owned())),
        }
    }

    fn parse_weekdays(&self) -> Result<WeekdaySet, FieldError> {
        let wrong = || (Field::OnDays, "Enter days of the week, like Mon, Thu.".to_owned());
        let days = parse_days(&self.on_days).map_err(|_| wrong())?;
        let weekday = |day: &Day| match day {
            Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday }) => Some(*weekday),
            _ => None,
        };
        let set: Option<WeekdaySet> = days.iter().map(weekday).collect();
        set.filter(|set| !set.is_empty()).ok_or_else(wrong)
    }

    fn parse_month_date(&self) -> Result<u8, FieldError> {
        match parse_days(&self.on_days).as_deref() {
            Ok([Day::Date(date)]) => Ok(*date),
            _ => Err((Field::OnDays, "Enter the day of the month, 1 to 31.".to_owned())),
        }
    }

    pub(super) fn fill(&mut self, schedule: &Schedule) {
        let line = |text: &dyn Display| Input::new(text.to_string());
        self.zone = line(&schedule.zone.name());
        self.start_date = schedule.start.map(|start| line(&start)).unwrap_or_default();
        self.mode = Mode::Basic;
        let mut basic = |unit: Unit, every: u16| (self.unit, self.every) = (unit, line(&every));
        match &schedule.rhythm {
            Rhythm::Manually => basic(Unit::Manually, 1),
            Rhythm::Hours { every, active } => {
                basic(Unit::Hours, *every);
                self.fill_active(*active);
            }
            Rhythm::Days { every, at } => {
                basic(Unit::Days, *every);
                self.start_time = line(at);
            }
            Rhythm::Weekdays { at } => {
                basic(Unit::Weekdays, 1);
                self.start_time = line(at);
            }
            Rhythm::Weeks { every, on, at } => {
                basic(Unit::Weeks, *every);
                let days: Vec<String> = on.iter(Weekday::Mon).map(|day| day.to_string()).collect();
                (self.on_days, self.start_time) = (line(&days.join(", ")), line(at));
            }
            Rhythm::Months { every, day, at } => {
                basic(Unit::Months, *every);
                (self.on_days, self.start_time) = (line(day), line(at));
            }
            Rhythm::Advanced(Advanced { days, times, start_at_once }) => {
                (self.mode, self.start_at_once) = (Mode::Advanced, *start_at_once);
                let days: Vec<String> = days.to_days().iter().map(ToString::to_string).collect();
                self.month_days = line(&days.join(", "));
                match times {
                    Times::At(at) => self.start_time = line(at),
                    Times::Interval { minutes, active } => {
                        self.by_interval = true;
                        let hours = minutes % 60 == 0;
                        let every = if hours { Every::Hours(minutes / 60) } else { Every::Minutes(*minutes) };
                        self.interval = line(&every);
                        self.fill_active(*active);
                    }
                }
            }
            Rhythm::Cron(expression) => (self.mode, self.cron) = (Mode::Cron, line(expression)),
        }
    }

    fn fill_active(&mut self, active: Active) {
        self.active_from = Input::new(active.from.to_string());
        self.active_to = active.to.map(|to| Input::new(to.to_string())).unwrap_or_default();
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

fn parse_days(input: &Input) -> Result<Vec<Day>, crate::export::schedule::DayError> {
    input.value().split(',').map(str::trim).filter(|day| !day.is_empty()).map(str::parse).collect()
}
