//! Times of day to the minute, as in `06:30`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ScheduleError;

/// In minutes.
pub(super) const DAY: u16 = 24 * 60;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Creates a time of day.
    ///
    /// # Errors
    /// When no clock shows it.
    pub fn new(hour: u16, minute: u16) -> Result<Self, ScheduleError> {
        if hour < 24 && minute < 60 { Ok(Self(hour * 60 + minute)) } else { Err(ScheduleError::Time) }
    }

    pub fn minutes(self) -> u16 {
        self.0
    }

    pub fn hour(self) -> u16 {
        self.0 / 60
    }

    pub fn minute(self) -> u16 {
        self.0 % 60
    }
}

impl FromStr for TimeOfDay {
    type Err = ScheduleError;

    /// Accepts `06:30` and `6:30`, with blanks around.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let number = |digits: &str, lengths: &[usize]| match digits {
            digits if lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| ScheduleError::Time)
            }
            _ => Err(ScheduleError::Time),
        };
        let (hour, minute) = text.trim().split_once(':').ok_or(ScheduleError::Time)?;
        Self::new(number(hour, &[1, 2])?, number(minute, &[2])?)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = ScheduleError;
    fn try_from(text: String) -> Result<Self, ScheduleError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_a_day_is_read_back() {
        for minute in 0..DAY {
            assert_eq!(TimeOfDay(minute).to_string().parse(), Ok(TimeOfDay(minute)));
        }
        assert_eq!(" 6:05 ".parse(), TimeOfDay::new(6, 5));
        for wrong in ["", "6", "24:00", "06:60", "06:3", "6.30", "+6:30", "06:30:00", "noon"] {
            assert_eq!(wrong.parse::<TimeOfDay>(), Err(ScheduleError::Time), "{wrong}");
        }
    }
}
