//! Times of day to the minute, as in `06:30`.

use std::str::FromStr;

use derive_more::Display;

use super::ScheduleError;
use crate::text::serde_as_text;

serde_as_text!(TimeOfDay);

/// In minutes.
pub(super) const DAY: u16 = 24 * 60;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Display)]
#[display("{:02}:{:02}", self.hour(), self.minute())]
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

    /// Accepts `06:30` as people write it: `6:30`, `6.30`, `630`, `6:30 am`, `6 a.m.`, `noon`, `midnight`.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim().to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
        match text.as_str() {
            "noon" => return Self::new(12, 0),
            "midnight" => return Self::new(0, 0),
            _ => {}
        }
        let halves = [("am", 0), ("pm", 12)].into_iter();
        let half = halves.into_iter().find_map(|(half, hours)| Some((text.strip_suffix(half)?.trim_end(), hours)));
        let clock = half.map_or(text.as_str(), |(clock, _)| clock);
        let (hour, minute) = match clock.split_once([':', '.', 'h']) {
            Some(parts) => parts,
            None if clock.len() <= 2 => (clock, "00"),
            None => clock.split_at_checked(clock.len() - 2).ok_or(ScheduleError::Time)?,
        };
        let number = |digits: &str, lengths: &[usize]| match digits {
            digits if lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse::<u16>().map_err(|_| ScheduleError::Time)
            }
            _ => Err(ScheduleError::Time),
        };
        let (hour, minute) = (number(hour, &[1, 2])?, number(minute, &[2])?);
        match half {
            None => Self::new(hour, minute),
            Some((_, hours)) if (1..=12).contains(&hour) => Self::new(hour % 12 + hours, minute),
            Some(_) => Err(ScheduleError::Time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_a_day_is_read_back() {
        for minute in 0..DAY {
            let time = TimeOfDay(minute);
            let half = if minute < DAY / 2 { "am" } else { "pm" };
            let twelve = (time.hour() + 11) % 12 + 1;
            for text in [
                time.to_string(),
                format!("{}:{:02}", time.hour(), time.minute()),
                format!("{}.{:02}", time.hour(), time.minute()),
                format!("{}{:02}", time.hour(), time.minute()),
                format!(" {twelve}:{:02} {half}", time.minute()),
                format!("{twelve}.{:02}{}", time.minute(), half.to_uppercase()),
            ] {
                assert_eq!(text.parse(), Ok(time), "{text}");
            }
        }
    }

    #[test]
    fn a_time_is_understood_as_people_write_it_and_nothing_else_is() {
        for (text, time) in [
            ("7:30 pm", "19:30"),
            ("7.30", "07:30"),
            ("730", "07:30"),
            ("1930", "19:30"),
            ("7", "07:00"),
            ("7 p.m.", "19:00"),
            ("12 am", "00:00"),
            ("12pm", "12:00"),
            ("noon", "12:00"),
            ("6h30", "06:30"),
        ] {
            assert_eq!(text.parse::<TimeOfDay>().map(|time| time.to_string()), Ok(time.to_owned()), "{text}");
        }
        for wrong in ["", "24:00", "06:60", "06:3", "+6:30", "06:30:00", "13 pm", "0 am", "pm", "7 pm pm", "73", "é12"]
        {
            assert_eq!(wrong.parse::<TimeOfDay>(), Err(ScheduleError::Time), "{wrong}");
        }
    }
}
