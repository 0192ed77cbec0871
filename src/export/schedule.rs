//! Domo's *Scheduling*, without clock or I/O.
//!
//! A schedule is a set of days with times of day in a time zone. [`Schedule::next_runs`] turns them into instants;
//! `clock` covers clock changes.
//!
//! `keys` is its form in a definition, `days` and `moments` compute days and times, `clock` converts to UTC, `words`
//! describes it, `late` detects missing runs.

mod clock;
mod cron;
mod date;
mod days;
mod every;
mod keys;
mod late;
mod moments;
mod on;
#[cfg(test)]
mod tests;
mod time_of_day;
mod words;
mod zone;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use cron::CronExpression;
pub use date::parse_date;
pub use every::Every;
pub use keys::ScheduleError;
pub use late::Punctuality;
pub(crate) use on::weekday_name;
pub use on::{Day, parse_days};
pub use time_of_day::TimeOfDay;
pub(crate) use zone::current_name;
#[cfg(test)]
pub(crate) use zone::former_names;
pub use zone::parse_zone;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "keys::ScheduleKeys", into = "keys::ScheduleKeys")]
pub struct Schedule {
    pub rhythm: Rhythm,
    /// Counting, as for "every 2 weeks", begins at this date. Nothing runs before it.
    pub start: Option<NaiveDate>,
    /// Applies to all times and dates here, and to the date in file names.
    pub zone: Tz,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rhythm {
    #[default]
    Manually,
    /// Basic. Counting restarts each day at the start of the active hours.
    Hours {
        /// 1 to 23.
        every: u16,
        active: Active,
    },
    Days {
        /// 1 to 366.
        every: u16,
        at: TimeOfDay,
    },
    Weekdays {
        at: TimeOfDay,
    },
    /// Weeks begin on Monday.
    Weeks {
        /// 1 to 52.
        every: u16,
        /// At least one.
        on: WeekdaySet,
        at: TimeOfDay,
    },
    Months {
        /// 1 to 12.
        every: u16,
        /// 1 to 31; in shorter months, the last day.
        day: u8,
        at: TimeOfDay,
    },
    Advanced(Advanced),
    Cron(CronExpression),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    pub days: DaysOfMonth,
    pub times: Times,
    /// Runs as soon as the schedule is handed over.
    pub start_at_once: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DaysOfMonth {
    Every,
    /// 1 to 31, ascending, at least one. Shorter months use their last day.
    Dates(Vec<u8>),
    /// Ordered from Monday on, at least one.
    Weekdays(Vec<WeekdayOfMonth>),
}

/// A weekday within the month, such as the second Sunday or the last Friday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayOfMonth {
    pub nth: Nth,
    pub weekday: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nth {
    Every,
    /// 1 to 5. Months without a fifth are left out.
    Number(u8),
    Last,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    At(TimeOfDay),
    /// Counting restarts each day at the start of the active hours.
    Interval {
        /// 1 to 1,439.
        minutes: u16,
        active: Active,
    },
}

/// *Active hours*. If they cross midnight, they belong to the day on which they begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Active {
    pub from: TimeOfDay,
    /// Exclusive; `None` for a whole day.
    pub to: Option<TimeOfDay>,
}

impl Default for Schedule {
    /// *Manually*, in UTC as in Domo.
    fn default() -> Self {
        Self { rhythm: Rhythm::Manually, start: None, zone: Tz::UTC }
    }
}

impl Rhythm {
    /// The rhythm counts from a start date, which it then requires.
    pub fn is_counted(&self) -> bool {
        matches!(self, Self::Days { every, .. } | Self::Weeks { every, .. } | Self::Months { every, .. } if *every > 1)
    }
}

impl Schedule {
    pub fn is_manual(&self) -> bool {
        self.rhythm == Rhythm::Manually
    }

    pub fn next_runs(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        // Clock changes may move a run, and active hours may end on the next day.
        let today = after.with_timezone(&self.zone).date_naive();
        let from = today.checked_sub_days(Days::new(2)).unwrap_or(today);
        let mut last = after;
        self.local_times(from).filter_map(move |local| {
            let run = clock::instant(self.zone, local, self.in_gap()).filter(|run| *run > last)?;
            last = run;
            Some(run)
        })
    }

    /// The latest run up to and including an instant.
    pub fn last_run(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        /// In days. Frequent runs are in the first; 29 February may be missing for eight years.
        const LOOK_BACK: [i64; 4] = [2, 40, 800, 40 * 366];
        LOOK_BACK.iter().find_map(|days| {
            let after = until.checked_sub_signed(TimeDelta::days(*days))?;
            self.next_runs(after).take_while(|run| *run <= until).last()
        })
    }

    /// Times of a scheduled day in minutes from midnight. Values beyond a day belong to active hours that cross
    /// midnight.
    pub(crate) fn times_of_day(&self) -> Vec<u16> {
        match &self.rhythm {
            Rhythm::Cron(expression) => expression.times_of_day(),
            rhythm => moments::minutes(rhythm),
        }
    }

    /// A time that clocks skip is moved rather than left out.
    pub(crate) fn moves_skipped_times(&self) -> bool {
        self.in_gap() == clock::InGap::Moved
    }

    /// Times by the zone's wall clock from a date on, including times that the clock skips.
    pub fn local_times(&self, from: NaiveDate) -> Box<dyn Iterator<Item = NaiveDateTime> + '_> {
        let from = self.start.map_or(from, |start| start.max(from));
        match &self.rhythm {
            Rhythm::Manually => Box::new(std::iter::empty()),
            Rhythm::Cron(expression) => Box::new(expression.local_times(from)),
            _ => Box::new(moments::local_times(self, from)),
        }
    }

    /// Some runs are less than `limit` apart by the wall clock.
    pub fn is_faster_than(&self, limit: TimeDelta) -> bool {
        /// Over a year, to see every change of month. Two days suffice for the fastest schedules.
        const DAYS: Days = Days::new(400);
        const TIMES: usize = 3_000;
        let from = self.start.unwrap_or_default();
        let until = from.checked_add_days(DAYS).unwrap_or(from);
        let mut before: Option<NaiveDateTime> = None;
        let times = self.local_times(from).take(TIMES).take_while(|time| time.date() < until);
        times.into_iter().any(|time| {
            let near = before.is_some_and(|before| time - before < limit);
            before = Some(time);
            near
        })
    }

    /// The date of an instant in the schedule's zone, as in file names.
    pub fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }

    fn in_gap(&self) -> clock::InGap {
        match &self.rhythm {
            Rhythm::Hours { .. } | Rhythm::Advanced(Advanced { times: Times::Interval { .. }, .. }) => {
                clock::InGap::LeftOut
            }
            Rhythm::Cron(expression) if !expression.is_one_time_a_day() => clock::InGap::LeftOut,
            _ => clock::InGap::Moved,
        }
    }
}
