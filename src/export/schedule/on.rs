//! The key `on` of a schedule: a day or a list of days.

use std::fmt;
use std::str::FromStr;

use chrono::Weekday;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Nth, ScheduleError, WeekdayOfMonth};

/// As in `15`, `monday`, `2nd sunday`, `last friday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Date(u8),
    Weekday(WeekdayOfMonth),
}

const ORDINALS: [(&str, &str, Nth); 6] = [
    ("1st", "first", Nth::Number(1)),
    ("2nd", "second", Nth::Number(2)),
    ("3rd", "third", Nth::Number(3)),
    ("4th", "fourth", Nth::Number(4)),
    ("5th", "fifth", Nth::Number(5)),
    ("last", "last", Nth::Last),
];

impl Day {
    fn date(number: u64) -> Result<Self, ScheduleError> {
        u8::try_from(number).ok().filter(|date| (1..=31).contains(date)).map(Self::Date).ok_or(ScheduleError::Day)
    }

    pub(super) fn as_date(&self) -> Option<u8> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Weekday(_) => None,
        }
    }

    pub(super) fn as_weekday(&self) -> Option<WeekdayOfMonth> {
        match self {
            Self::Weekday(weekday) => Some(*weekday),
            Self::Date(_) => None,
        }
    }
}

impl Nth {
    pub(super) fn ordinal(self) -> &'static str {
        ORDINALS.iter().find(|(_, _, nth)| *nth == self).map_or("", |(_, word, _)| word)
    }
}

pub(super) fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

impl FromStr for Day {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim().to_lowercase();
        if let Ok(number) = text.parse() {
            return Self::date(number);
        }
        let (place, name) = text.rsplit_once(' ').unwrap_or(("", &text));
        let nth = match place.trim() {
            "" | "every" => Some(Nth::Every),
            place => ORDINALS.iter().find(|(short, word, _)| *short == place || *word == place).map(|(.., nth)| *nth),
        };
        let (Some(nth), Ok(weekday)) = (nth, name.parse()) else { return Err(ScheduleError::Day) };
        Ok(Self::Weekday(WeekdayOfMonth { nth, weekday }))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Weekday(WeekdayOfMonth { nth, weekday }) => {
                if let Some((short, ..)) = ORDINALS.iter().find(|(_, _, place)| place == nth) {
                    write!(f, "{short} ")?;
                }
                f.write_str(&weekday_name(*weekday).to_lowercase())
            }
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Date(date) => serializer.serialize_u8(*date),
            Self::Weekday(_) => serializer.collect_str(self),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DayList {
    One(Day),
    Several(Vec<Day>),
}

impl DayList {
    pub(super) fn days(&self) -> &[Day] {
        match self {
            Self::One(day) => std::slice::from_ref(day),
            Self::Several(days) => days,
        }
    }
}

impl Serialize for DayList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(day) => day.serialize(serializer),
            Self::Several(days) => days.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DayList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DayListVisitor)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match DayList::deserialize(deserializer)? {
            DayList::One(day) => Ok(day),
            DayList::Several(_) => Err(de::Error::custom(ScheduleError::Day)),
        }
    }
}

struct DayListVisitor;

impl<'de> Visitor<'de> for DayListVisitor {
    type Value = DayList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day, or a list of days")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<DayList, E> {
        let date = u64::try_from(number).map_err(|_| ScheduleError::Day).and_then(Day::date);
        date.map(DayList::One).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DayList, E> {
        text.parse().map(DayList::One).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<DayList, A::Error> {
        let mut days = Vec::new();
        while let Some(day) = seq.next_element()? {
            days.push(day);
        }
        Ok(DayList::Several(days))
    }
}
