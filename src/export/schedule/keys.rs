//! The keys of `[schedule]` in a definition.
//!
//! ```toml
//! [schedule]
//! every = "2 weeks"               # or: hour, 2 hours, day, weekday, month, …; left out: manually
//! on = ["monday", "thursday"]
//! at = "06:30"
//! start = "2026-11-23"
//! timezone = "America/Denver"     # left out: UTC
//! ```

use chrono::{NaiveDate, Weekday, WeekdaySet};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::on::DayList;
use super::{
    Active, Advanced, CronExpression, Day, DaysOfMonth, Every, Nth, Rhythm, Schedule, TimeOfDay, Times, WeekdayOfMonth,
    parse_date, parse_zone,
};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleKeys {
    every: Option<Every>,
    on: Option<DayList>,
    at: Option<TimeOfDay>,
    from: Option<TimeOfDay>,
    to: Option<TimeOfDay>,
    cron: Option<CronExpression>,
    #[serde(default, deserialize_with = "date")]
    start: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    start_at_once: bool,
    #[serde(default, skip_serializing_if = "is_utc", deserialize_with = "zone", serialize_with = "zone_name")]
    timezone: Tz,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// `every` is not understood.
    Every,
    TooMany(Every, Every),
    Date,
    Time,
    Day,
    Zone {
        typed: String,
        nearest: Option<&'static str>,
    },
    CronFields(usize),
    /// The parser's reason.
    Cron(String),
    /// As for 30 February.
    CronNever,
    /// Basic, Advanced and cron are exclusive.
    BesideCron,
    NoEvery,
    /// `at` stands alone.
    NoDays,
    NoStart,
    NoTime,
    /// `on` stands alone.
    NoTimes,
    NoWeekdays,
    NoDate,
    NoMonthDays,
    /// `from` and `to` are the same.
    NoHours,
    NotOfWeek,
    NotOneDate,
    MixedDays,
    /// A key that this kind of schedule does not use.
    Meaningless(&'static str),
    RetryMinutes,
    RetryAtMost,
}

impl TryFrom<ScheduleKeys> for Schedule {
    type Error = ScheduleError;

    fn try_from(mut keys: ScheduleKeys) -> Result<Self, ScheduleError> {
        let rhythm = take_rhythm(&mut keys)?;
        if rhythm.is_counted() && keys.start.is_none() {
            return Err(ScheduleError::NoStart);
        }
        if rhythm == Rhythm::Manually && keys.start.is_some() {
            return Err(ScheduleError::NoEvery);
        }
        keys.refuse_unused()?;
        Ok(Self { rhythm, start: keys.start, zone: keys.timezone })
    }
}

fn take_rhythm(keys: &mut ScheduleKeys) -> Result<Rhythm, ScheduleError> {
    if let Some(expression) = keys.cron.take() {
        let beside = keys.every.is_some() || keys.on.is_some() || keys.at.is_some();
        let beside = beside || keys.from.is_some() || keys.to.is_some();
        return if beside { Err(ScheduleError::BesideCron) } else { Ok(Rhythm::Cron(expression)) };
    }
    let Some(every) = keys.every.take() else {
        return match (keys.on.take(), keys.at.take()) {
            (None, None) => Ok(Rhythm::Manually),
            (None, Some(_)) => Err(ScheduleError::NoDays),
            (Some(on), Some(at)) => advanced(keys, Some(&on), Times::At(at)),
            (Some(_), None) => Err(ScheduleError::NoTimes),
        };
    };
    match every {
        Every::Hours(every) if keys.on.is_none() => Ok(Rhythm::Hours { every, active: keys.take_active()? }),
        Every::Hours(hours) => interval(keys, hours.saturating_mul(60)),
        Every::Minutes(minutes) => interval(keys, minutes),
        Every::Days(every) => Ok(Rhythm::Days { every, at: keys.take_time()? }),
        Every::Weekday => Ok(Rhythm::Weekdays { at: keys.take_time()? }),
        Every::Weeks(every) => Ok(Rhythm::Weeks { every, on: keys.take_weekdays()?, at: keys.take_time()? }),
        Every::Months(every) => Ok(Rhythm::Months { every, day: keys.take_date()?, at: keys.take_time()? }),
    }
}

fn interval(keys: &mut ScheduleKeys, minutes: u16) -> Result<Rhythm, ScheduleError> {
    let (on, active) = (keys.on.take(), keys.take_active()?);
    advanced(keys, on.as_ref(), Times::Interval { minutes, active })
}

fn advanced(keys: &mut ScheduleKeys, on: Option<&DayList>, times: Times) -> Result<Rhythm, ScheduleError> {
    let days = match on {
        None => DaysOfMonth::Every,
        Some(on) => DaysOfMonth::new(on.days())?,
    };
    Ok(Rhythm::Advanced(Advanced { days, times, start_at_once: std::mem::take(&mut keys.start_at_once) }))
}

impl ScheduleKeys {
    fn take_time(&mut self) -> Result<TimeOfDay, ScheduleError> {
        self.at.take().ok_or(ScheduleError::NoTime)
    }

    fn take_active(&mut self) -> Result<Active, ScheduleError> {
        let active = Active { from: self.from.take().unwrap_or_default(), to: self.to.take() };
        if active.to == Some(active.from) { Err(ScheduleError::NoHours) } else { Ok(active) }
    }

    fn take_weekdays(&mut self) -> Result<WeekdaySet, ScheduleError> {
        let on = self.on.take();
        let mut days = WeekdaySet::EMPTY;
        for day in on.iter().flat_map(DayList::days) {
            match day {
                Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday }) => days.insert(*weekday),
                _ => return Err(ScheduleError::NotOfWeek),
            };
        }
        if days.is_empty() {
            return Err(ScheduleError::NoWeekdays);
        }
        Ok(days)
    }

    fn take_date(&mut self) -> Result<u8, ScheduleError> {
        let on = self.on.take();
        match on.as_ref().map(DayList::days) {
            Some([Day::Date(date)]) => Ok(*date),
            Some([_, ..]) => Err(ScheduleError::NotOneDate),
            _ => Err(ScheduleError::NoDate),
        }
    }

    fn refuse_unused(&self) -> Result<(), ScheduleError> {
        let left = [
            (self.at.is_some(), "at"),
            (self.from.is_some(), "from"),
            (self.to.is_some(), "to"),
            (self.on.is_some(), "on"),
            (self.start_at_once, "start_at_once"),
        ];
        match left.into_iter().find(|(is_left, _)| *is_left) {
            Some((_, key)) => Err(ScheduleError::Meaningless(key)),
            None => Ok(()),
        }
    }
}

impl DaysOfMonth {
    /// Sorts days and drops duplicates.
    ///
    /// # Errors
    /// When there are none, or dates and weekdays together.
    pub fn new(days: &[Day]) -> Result<Self, ScheduleError> {
        let mut dates: Vec<u8> = days.iter().filter_map(Day::as_date).collect();
        let mut weekdays: Vec<WeekdayOfMonth> = days.iter().filter_map(Day::as_weekday).collect();
        dates.sort_unstable();
        dates.dedup();
        weekdays.sort_by_key(|day| (day.weekday.num_days_from_monday(), day.nth));
        weekdays.dedup();
        match (dates.is_empty(), weekdays.is_empty()) {
            (false, true) => Ok(Self::Dates(dates)),
            (true, false) => Ok(Self::Weekdays(weekdays)),
            (true, true) => Err(ScheduleError::NoMonthDays),
            (false, false) => Err(ScheduleError::MixedDays),
        }
    }

    pub fn to_days(&self) -> Vec<Day> {
        match self {
            Self::Every => Vec::new(),
            Self::Dates(dates) => dates.iter().copied().map(Day::Date).collect(),
            Self::Weekdays(weekdays) => weekdays.iter().copied().map(Day::Weekday).collect(),
        }
    }
}

impl From<Schedule> for ScheduleKeys {
    fn from(schedule: Schedule) -> Self {
        let mut keys = Self { start: schedule.start, timezone: schedule.zone, ..Self::default() };
        let weekday = |weekday: Weekday| Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday });
        match schedule.rhythm {
            Rhythm::Manually => {}
            Rhythm::Hours { every, active } => keys.set_interval(Every::Hours(every), active),
            Rhythm::Days { every, at } => (keys.every, keys.at) = (Some(Every::Days(every)), Some(at)),
            Rhythm::Weekdays { at } => (keys.every, keys.at) = (Some(Every::Weekday), Some(at)),
            Rhythm::Weeks { every, on, at } => {
                (keys.every, keys.at) = (Some(Every::Weeks(every)), Some(at));
                keys.on = Some(DayList::Several(on.iter(Weekday::Mon).map(weekday).collect()));
            }
            Rhythm::Months { every, day, at } => {
                (keys.every, keys.at) = (Some(Every::Months(every)), Some(at));
                keys.on = Some(DayList::One(Day::Date(day)));
            }
            Rhythm::Advanced(Advanced { days, times, start_at_once }) => {
                keys.on = Some(days.to_days()).filter(|days| !days.is_empty()).map(DayList::Several);
                let is_basic = keys.on.is_none() && matches!(times, Times::At(_));
                keys.start_at_once = start_at_once && !is_basic;
                match times {
                    Times::At(at) if is_basic => (keys.every, keys.at) = (Some(Every::Days(1)), Some(at)),
                    Times::At(at) => keys.at = Some(at),
                    // Hours without days would be read as Basic.
                    Times::Interval { minutes, active } if minutes % 60 == 0 && keys.on.is_some() => {
                        keys.set_interval(Every::Hours(minutes / 60), active);
                    }
                    Times::Interval { minutes, active } => keys.set_interval(Every::Minutes(minutes), active),
                }
            }
            Rhythm::Cron(expression) => keys.cron = Some(expression),
        }
        keys
    }
}

impl ScheduleKeys {
    fn set_interval(&mut self, every: Every, active: Active) {
        self.every = Some(every);
        self.from = Some(active.from).filter(|from| *from != TimeOfDay::default());
        self.to = active.to;
    }
}

/// Parses a date with or without quotes, because TOML has its own dates.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Date(toml::value::Datetime),
    }
    let written = Written::deserialize(deserializer).map_err(|_| de::Error::custom(ScheduleError::Date))?;
    let text = match written {
        Written::Text(text) => text,
        Written::Date(date) => date.to_string(),
    };
    parse_date(&text, None).map(Some).ok_or_else(|| de::Error::custom(ScheduleError::Date))
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    parse_zone(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

fn zone_name<S: Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.name())
}

fn is_utc(zone: &Tz) -> bool {
    *zone == Tz::UTC
}
