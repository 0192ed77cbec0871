//! Schedules in plain words.

use std::fmt;

use chrono::Weekday;

use super::on::weekday_name;
use super::{Active, Advanced, DaysOfMonth, Nth, Rhythm, Schedule, TimeOfDay, Times, WeekdayOfMonth};

impl Schedule {
    /// As in `Every 2 weeks on Monday and Thursday at 06:30, from 23 Nov 2026, America/Denver`.
    pub fn describe(&self) -> String {
        if self.is_manual() {
            return self.rhythm.to_string();
        }
        let start = self.start.map(|start| format!(", from {}", start.format("%-d %b %Y"))).unwrap_or_default();
        format!("{}{start}, {}", self.rhythm, self.zone.name())
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manually => f.write_str("Manually"),
            Self::Hours { every, active } => write!(f, "Every {}{active}", counted(*every, "hour")),
            Self::Days { every, at } => write!(f, "Every {} at {at}", counted(*every, "day")),
            Self::Weekdays { at } => write!(f, "Every weekday, Monday to Friday, at {at}"),
            Self::Weeks { every, on, at } => {
                let days: Vec<&str> = on.iter(Weekday::Mon).map(weekday_name).collect();
                write!(f, "Every {} on {} at {at}", counted(*every, "week"), listed(&days))
            }
            Self::Months { every, day, at } => {
                write!(f, "Every {} on {} at {at}", counted(*every, "month"), dates(&[*day]))
            }
            Self::Advanced(advanced) => advanced.fmt(f),
            Self::Cron(expression) => write!(f, "{} (cron {expression})", expression.describe()),
        }
    }
}

impl fmt::Display for Advanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.times, &self.days) {
            (Times::At(at), DaysOfMonth::Every) => write!(f, "Every day at {at}")?,
            (Times::At(at), days) => write!(f, "On {days} at {at}")?,
            (Times::Interval { minutes, active }, days) => {
                let every = match minutes {
                    minutes if minutes % 60 == 0 => counted(minutes / 60, "hour"),
                    minutes => counted(*minutes, "minute"),
                };
                write!(f, "Every {every}{active}")?;
                if *days != DaysOfMonth::Every {
                    write!(f, " on {days}")?;
                }
            }
        }
        if self.start_at_once { f.write_str(", and at once") } else { Ok(()) }
    }
}

impl fmt::Display for DaysOfMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("every day"),
            Self::Dates(days) => write!(f, "{} of the month", dates(days)),
            Self::Weekdays(days) => f.write_str(&weekdays(days)),
        }
    }
}

/// As in ` from 08:00 until before 20:00`; empty for a whole day from midnight.
impl fmt::Display for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (from, None) if from == TimeOfDay::default() => Ok(()),
            (from, None) => write!(f, " from {from}"),
            (from, Some(to)) => write!(f, " from {from} until before {to}"),
        }
    }
}

/// `day`, `3 days`.
fn counted(count: u16, unit: &str) -> String {
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}

/// `a`, `a and b`, `a, b and c`.
fn listed<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            format!("{} and {}", first.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref())
        }
    }
}

/// As in `the 1st and 15th`; mentions days that some months lack.
fn dates(days: &[u8]) -> String {
    let days: Vec<String> = days
        .iter()
        .map(|day| match (day, day % 10) {
            (31, _) => "last day".to_owned(),
            (29 | 30, _) => format!("{day}th (or last day)"),
            (11..=13, _) => format!("{day}th"),
            (_, 1) => format!("{day}st"),
            (_, 2) => format!("{day}nd"),
            (_, 3) => format!("{day}rd"),
            _ => format!("{day}th"),
        })
        .collect();
    format!("the {}", listed(&days))
}

/// As in `the second and fourth Sunday of the month`.
fn weekdays(days: &[WeekdayOfMonth]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for same in days.chunk_by(|a, b| a.weekday == b.weekday) {
        let Some(name) = same.first().map(|day| weekday_name(day.weekday)) else { continue };
        parts.push(match same.iter().any(|day| day.nth == Nth::Every) {
            true => format!("every {name}"),
            false => {
                let ordinals: Vec<&str> = same.iter().map(|day| day.nth.ordinal()).collect();
                format!("the {} {name} of the month", listed(&ordinals))
            }
        });
    }
    listed(&parts)
}
