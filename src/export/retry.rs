//! *Always retry when an update fails*, for scheduled runs. Manual runs are not retried, because somebody watches them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::schedule::{Every, ScheduleError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Minutes between attempts, 1 to 1,440.
    #[serde(rename = "every", deserialize_with = "minutes", serialize_with = "interval")]
    pub minutes: u16,
    /// Attempts after the first one, 1 to 99.
    #[serde(deserialize_with = "at_most")]
    pub at_most: u16,
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

fn minutes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match String::deserialize(deserializer)?.parse() {
        Ok(Every::Minutes(minutes)) => Ok(minutes),
        Ok(Every::Hours(hours)) => Ok(hours * 60),
        Ok(Every::Days(1)) => Ok(24 * 60),
        _ => Err(D::Error::custom(ScheduleError::RetryMinutes)),
    }
}

fn interval<S: Serializer>(minutes: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    let every = if *minutes == 24 * 60 { Every::Days(1) } else { Every::Minutes(*minutes) };
    every.serialize(serializer)
}

fn at_most<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    Retry::new(1, u16::deserialize(deserializer)?).map(|retry| retry.at_most).map_err(D::Error::custom)
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
