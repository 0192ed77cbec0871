//! When an export runs by itself: Domo's *Scheduling*, without a clock and without I/O.
//!
//! A schedule is a set of days and, on each of them, times of day, both in one time zone. [`Schedule::next_runs`] turns
//! them into moments; what holds for the hour that is missing or comes twice when clocks change is [`CLOCK_RULE`].
//!
//! `keys` says how it is written in a definition, `days` which days it means, `moments` which times, `clock` what they
//! are in UTC, `words` how it is told to people, `late` whether its runs come when they are due.

mod clock;
mod cron;
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

pub use clock::CLOCK_RULE;
pub use cron::{CronError, CronExpression};
pub use every::Every;
pub use keys::ScheduleError;
pub use late::Punctuality;
pub use on::{Day, DayError};
pub use time_of_day::{TimeError, TimeOfDay};
pub(crate) use zone::current_name;
#[cfg(test)]
pub(crate) use zone::former_names;
pub use zone::{ZoneError, parse_zone};

/// When an export runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "keys::Keys", into = "keys::Keys")]
pub struct Schedule {
    /// How often, and when.
    pub rhythm: Rhythm,
    /// The date from which "every 2 weeks" is counted. Nothing runs before it.
    pub start: Option<NaiveDate>,
    /// The time zone of all times and dates here, and of the date in the file's name.
    pub zone: Tz,
}

/// How often, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rhythm {
    /// *Manually*: only when someone runs it.
    #[default]
    Manually,
    /// Basic: every N hours, counted anew each day from the beginning of the active hours.
    Hours {
        /// N, 1 to 23.
        every: u16,
        /// The active hours.
        active: Active,
    },
    /// Basic: every N days.
    Days {
        /// N, 1 to 366.
        every: u16,
        /// The start time.
        at: TimeOfDay,
    },
    /// Basic: Monday to Friday.
    Weekdays {
        /// The start time.
        at: TimeOfDay,
    },
    /// Basic: every N weeks, which begin on Monday.
    Weeks {
        /// N, 1 to 52.
        every: u16,
        /// On which days; at least one.
        on: WeekdaySet,
        /// The start time.
        at: TimeOfDay,
    },
    /// Basic: every N months.
    Months {
        /// N, 1 to 12.
        every: u16,
        /// On which day, 1 to 31; the last one when the month is shorter.
        day: u8,
        /// The start time.
        at: TimeOfDay,
    },
    /// Advanced: days of the month, or days of the week within the month.
    Advanced(Advanced),
    /// A cron expression.
    Cron(CronExpression),
}

/// Advanced scheduling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// On which days.
    pub days: DaysOfMonth,
    /// At which times on those days.
    pub times: Times,
    /// The first run is made as soon as the schedule is handed over.
    pub start_at_once: bool,
}

/// Days of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DaysOfMonth {
    /// All.
    Every,
    /// By their dates, 1 to 31, ascending, at least one; the last day when the month is shorter.
    Dates(Vec<u8>),
    /// By their place in the month, from Monday on, at least one.
    Weekdays(Vec<WeekdayOfMonth>),
}

/// A day of the week within the month: the second Sunday, the last Friday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayOfMonth {
    /// Which one.
    pub nth: Nth,
    /// The day of the week.
    pub weekday: Weekday,
}

/// Which one of a month's Sundays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nth {
    /// All of them.
    Every,
    /// The first, 1, to the fifth, 5; months without a fifth are left out.
    Number(u8),
    /// The last.
    Last,
}

/// Times on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// One.
    At(TimeOfDay),
    /// Several, at an interval, counted anew each day from the beginning of the active hours.
    Interval {
        /// Minutes between two, 1 to 1,439.
        minutes: u16,
        /// The active hours.
        active: Active,
    },
}

/// *Active hours*. They may cross midnight, and then belong to the day on which they begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Active {
    /// The first time.
    pub from: TimeOfDay,
    /// The end, which is no longer part of them; without one, they are a whole day.
    pub to: Option<TimeOfDay>,
}

impl Default for Schedule {
    /// *Manually*, in UTC as in Domo.
    fn default() -> Self {
        Self { rhythm: Rhythm::Manually, start: None, zone: Tz::UTC }
    }
}

impl Rhythm {
    /// Whether it is counted from a start date, which it then needs.
    pub fn is_counted(&self) -> bool {
        matches!(self, Self::Days { every, .. } | Self::Weeks { every, .. } | Self::Months { every, .. } if *every > 1)
    }
}

impl Schedule {
    /// Whether it runs only when someone runs it.
    pub fn is_manual(&self) -> bool {
        self.rhythm == Rhythm::Manually
    }

    /// The runs after a moment, in order; none when it runs [manually](Rhythm::Manually).
    pub fn next_runs(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        // A moment may be moved by a change of clocks, and active hours may end on the day after theirs.
        let today = after.with_timezone(&self.zone).date_naive();
        let from = today.checked_sub_days(Days::new(2)).unwrap_or(today);
        let mut last = after;
        self.local_times(from).filter_map(move |local| {
            let run = clock::instant(self.zone, local, self.in_gap()).filter(|run| *run > last)?;
            last = run;
            Some(run)
        })
    }

    /// The last run up to a moment, with it; none when there has been none since the schedule began.
    pub fn last_run(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        /// What comes often is found in the first; 29 February is missing for eight years at most.
        const LOOK_BACK: [i64; 4] = [2, 40, 800, 40 * 366];
        LOOK_BACK.iter().find_map(|days| {
            let after = until.checked_sub_signed(TimeDelta::days(*days))?;
            self.next_runs(after).take_while(|run| *run <= until).last()
        })
    }

    /// The times of a day that is meant, in minutes from its midnight; those after the next one belong to active hours
    /// that cross it.
    pub(crate) fn times_of_day(&self) -> Vec<u16> {
        match &self.rhythm {
            Rhythm::Cron(expression) => expression.times_of_day(),
            rhythm => moments::minutes(rhythm),
        }
    }

    /// Whether a time that clocks skip is made up for, not left out.
    pub(crate) fn makes_up(&self) -> bool {
        self.in_gap() == clock::InGap::Moved
    }

    /// The times by the wall clock of the zone, whether the clock shows them or not, from a date on.
    pub fn local_times(&self, from: NaiveDate) -> Box<dyn Iterator<Item = NaiveDateTime> + '_> {
        let from = self.start.map_or(from, |start| start.max(from));
        match &self.rhythm {
            Rhythm::Manually => Box::new(std::iter::empty()),
            Rhythm::Cron(expression) => Box::new(expression.local_times(from)),
            _ => Box::new(moments::local_times(self, from)),
        }
    }

    /// Whether two runs are ever less than `limit` apart by the wall clock.
    pub fn is_faster_than(&self, limit: TimeDelta) -> bool {
        /// More than a year, so that every turn of a month is in it; of the fastest schedules two days say all.
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

    /// The date of a moment where the schedule is: the date in the file's name.
    pub fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }

    /// What becomes of a time that clocks skip.
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
