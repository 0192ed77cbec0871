//! *Always retry when an update fails*, for scheduled runs. Manual runs are not retried, because somebody watches them.

use serde::{Deserialize, Serialize};

use super::schedule::{Every, ScheduleError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RetryKeys", into = "RetryKeys")]
pub struct Retry {
    /// Minutes between attempts, 1 to 1,440.
    pub minutes: u16,
    /// Attempts after the first one, 1 to 99.
    pub at_most: u16,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryKeys {
    #[serde(default = "five_minutes")]
    every: Interval,
    #[serde(default = "three")]
    at_most: AtMost,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Interval(u16);

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
struct AtMost(u16);

fn five_minutes() -> Interval {
    Interval(Retry::default().minutes)
}

fn three() -> AtMost {
    AtMost(Retry::default().at_most)
}

impl Default for Retry {
    fn default() -> Self {
        Self { minutes: 5, at_most: 3 }
    }
}

impl Retry {
    /// Creates a retry.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn new(minutes: u16, at_most: u16) -> Result<Self, ScheduleError> {
        match (minutes, at_most) {
            (1..=1440, 1..=99) => Ok(Self { minutes, at_most }),
            (1..=1440, _) => Err(ScheduleError::RetryAtMost),
            _ => Err(ScheduleError::RetryMinutes),
        }
    }

    /// Such as `every 5 minutes, at most 3 times`.
    pub fn describe(self) -> String {
        let minutes = if self.minutes == 1 { "minute".to_owned() } else { format!("{} minutes", self.minutes) };
        let times = if self.at_most == 1 { "once".to_owned() } else { format!("{} times", self.at_most) };
        format!("every {minutes}, at most {times}")
    }
}

impl TryFrom<String> for Interval {
    type Error = ScheduleError;
    fn try_from(text: String) -> Result<Self, ScheduleError> {
        let minutes = match text.parse() {
            Ok(Every::Minutes(minutes)) => minutes,
            Ok(Every::Hours(hours)) => hours * 60,
            Ok(Every::Days(1)) => 24 * 60,
            _ => return Err(ScheduleError::RetryMinutes),
        };
        Ok(Self(minutes))
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        match interval.0 {
            1440 => "day".to_owned(),
            minutes => Every::Minutes(minutes).to_string(),
        }
    }
}

impl TryFrom<u16> for AtMost {
    type Error = ScheduleError;
    fn try_from(times: u16) -> Result<Self, ScheduleError> {
        Retry::new(1, times).map(|retry| Self(retry.at_most))
    }
}

impl From<AtMost> for u16 {
    fn from(times: AtMost) -> Self {
        times.0
    }
}

impl TryFrom<RetryKeys> for Retry {
    type Error = ScheduleError;
    fn try_from(keys: RetryKeys) -> Result<Self, ScheduleError> {
        Self::new(keys.every.0, keys.at_most.0)
    }
}

impl From<Retry> for RetryKeys {
    fn from(retry: Retry) -> Self {
        Self { every: Interval(retry.minutes), at_most: AtMost(retry.at_most) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_retry_is_read_back_and_told_in_words() {
        for minutes in 1..=1440 {
            let retry = Retry::new(minutes, 1 + minutes % 99).unwrap();
            let text = toml::to_string(&retry).unwrap();
            assert_eq!(toml::from_str::<Retry>(&text).unwrap(), retry, "{text}");
        }
        assert_eq!(
            toml::from_str::<Retry>("every = \"1 hour\"").unwrap().describe(),
            "every 60 minutes, at most 3 times"
        );
        assert_eq!(Retry::new(1, 1).unwrap().describe(), "every minute, at most once");
        assert_eq!(Retry::new(5, 0), Err(ScheduleError::RetryAtMost));
        assert_eq!(Retry::new(0, 1), Err(ScheduleError::RetryMinutes));
    }
}
