//! The key `every` of a schedule.

use std::fmt;
use std::str::FromStr;

use super::ScheduleError;
use super::time_of_day::DAY;
use crate::text::serde_as_text;

serde_as_text!(Every);

/// As in `hour`, `2 weeks`, `weekday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Minutes(u16),
    Hours(u16),
    Days(u16),
    Weekday,
    Weeks(u16),
    Months(u16),
}

impl FromStr for Every {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let (number, unit) = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [unit] => (1, unit),
            [number, unit] => (number.parse().map_err(|_| ScheduleError::Every)?, unit),
            _ => return Err(ScheduleError::Every),
        };
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (every, most) = match unit {
            "minute" => (Self::Minutes(number), Self::Minutes(DAY - 1)),
            "hour" => (Self::Hours(number), Self::Hours(23)),
            "day" => (Self::Days(number), Self::Days(366)),
            "week" => (Self::Weeks(number), Self::Weeks(52)),
            "month" => (Self::Months(number), Self::Months(12)),
            "weekday" if number == 1 => return Ok(Self::Weekday),
            _ => return Err(ScheduleError::Every),
        };
        match number {
            0 => Err(ScheduleError::Every),
            number if number > most.number() => Err(ScheduleError::TooMany(every, most)),
            _ => Ok(every),
        }
    }
}

impl Every {
    fn number(self) -> u16 {
        match self {
            Self::Weekday => 1,
            Self::Minutes(n) | Self::Hours(n) | Self::Days(n) | Self::Weeks(n) | Self::Months(n) => n,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Minutes(_) => "minute",
            Self::Hours(_) => "hour",
            Self::Days(_) => "day",
            Self::Weekday => "weekday",
            Self::Weeks(_) => "week",
            Self::Months(_) => "month",
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            1 => f.write_str(self.unit()),
            number => write!(f, "{number} {}s", self.unit()),
        }
    }
}
