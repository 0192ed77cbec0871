//! Days of a schedule.

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::{Advanced, DaysOfMonth, Nth, Rhythm, Schedule, WeekdayOfMonth};

impl Schedule {
    pub(super) fn includes(&self, day: NaiveDate) -> bool {
        let start = self.start.unwrap_or(day);
        match &self.rhythm {
            Rhythm::Manually | Rhythm::Cron(_) => false,
            Rhythm::Hours { .. } => true,
            Rhythm::Days { every, .. } => is_multiple(*every, (day - start).num_days()),
            Rhythm::Weekdays { .. } => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
            Rhythm::Weeks { every, on, .. } => {
                on.contains(day.weekday()) && is_multiple(*every, weeks_between(start, day))
            }
            Rhythm::Months { every, day: date, .. } => {
                is_date(day, *date) && is_multiple(*every, month_number(day) - month_number(start))
            }
            Rhythm::Advanced(Advanced { days, .. }) => days.includes(day),
        }
    }
}

impl DaysOfMonth {
    fn includes(&self, day: NaiveDate) -> bool {
        match self {
            Self::Every => true,
            Self::Dates(dates) => dates.iter().any(|date| is_date(day, *date)),
            Self::Weekdays(weekdays) => weekdays.iter().any(|weekday| weekday.matches(day)),
        }
    }
}

impl WeekdayOfMonth {
    fn matches(self, day: NaiveDate) -> bool {
        self.weekday == day.weekday()
            && match self.nth {
                Nth::Every => true,
                Nth::Number(number) => day.day0() / 7 + 1 == u32::from(number),
                Nth::Last => day.day() + 7 > days_in_month(day),
            }
    }
}

/// Matches a day of the month; in shorter months, the last day.
fn is_date(day: NaiveDate, date: u8) -> bool {
    day.day() == u32::from(date).min(days_in_month(day))
}

fn days_in_month(day: NaiveDate) -> u32 {
    u32::from(day.num_days_in_month())
}

fn is_multiple(every: u16, count: i64) -> bool {
    count % i64::from(every.max(1)) == 0
}

/// Calendar weeks between two days; weeks begin on Monday.
fn weeks_between(start: NaiveDate, day: NaiveDate) -> i64 {
    (day.week(Weekday::Mon).first_day() - start.week(Weekday::Mon).first_day()).num_days() / 7
}

fn month_number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}
