//! The key `on` of a schedule: a day or a list of days.

use std::fmt;

use chrono::{Weekday, WeekdaySet};
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

pub(crate) fn weekday_name(weekday: Weekday) -> &'static str {
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

/// Parses a weekday by at least two letters, as in `tu`, `tues`, `Mondays`.
fn parse_weekday(word: &str) -> Option<Weekday> {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word);
    let days = WeekdaySet::ALL.iter(Weekday::Mon);
    let is_day = |day: &Weekday| {
        let name = weekday_name(*day).to_lowercase();
        word.len() > 1 && (name.starts_with(word) || name.starts_with(stem))
    };
    days.into_iter().find(is_day)
}

/// Parses days as people write them: `mon thu`, `Mon-Fri`, `1, 15`, `1st and 3rd Monday, last Friday`, `weekdays`.
///
/// # Errors
/// When a word is no day.
pub fn parse_days(text: &str) -> Result<Vec<Day>, ScheduleError> {
    let text = text.to_lowercase().replace(['-', '–'], " to ");
    let words = text.split([' ', '\t', ',', ';', '&']).map(|word| word.trim_end_matches('.'));
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "" | "and" | "every" | "on" | "the")).collect();
    let (mut days, mut rest) = (Vec::new(), &words[..]);
    while let Some((word, after)) = rest.split_first() {
        // The weekday comes after all of its places.
        let places: Vec<Nth> = rest.iter().map_while(|word| place(word)).collect();
        let weekday = rest.get(places.len()).and_then(|word| parse_weekday(word));
        rest = match (*word, weekday, after) {
            (_, Some(weekday), _) if !places.is_empty() => {
                days.extend(places.iter().map(|nth| Day::Weekday(WeekdayOfMonth { nth: *nth, weekday })));
                &rest[places.len() + 1..]
            }
            ("to" | "through", _, [to, after @ ..]) => {
                let from = days.pop().ok_or(ScheduleError::Day)?;
                days.extend(days_between(from, one_day(to)?)?);
                after
            }
            ("weekday" | "weekdays", ..) => {
                days.extend(days_between(one_day("mon")?, one_day("fri")?)?);
                after
            }
            ("weekend" | "weekends", ..) => {
                days.extend(days_between(one_day("sat")?, one_day("sun")?)?);
                after
            }
            // `6th monday`
            (_, _, [next, ..]) if ordinal(word).is_some() && parse_weekday(next).is_some() => {
                return Err(ScheduleError::Day);
            }
            _ => {
                days.push(one_day(word)?);
                after
            }
        };
    }
    Ok(days)
}

/// The place of `2nd`, `second` or `last`.
fn place(word: &str) -> Option<Nth> {
    ORDINALS.iter().find(|(short, name, _)| [*short, *name].contains(&word)).map(|(.., nth)| *nth)
}

/// The number of `15th`.
pub(super) fn ordinal(word: &str) -> Option<&str> {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

/// A weekday, or a day of the month such as `15` or `15th`.
fn one_day(word: &str) -> Result<Day, ScheduleError> {
    if let Some(weekday) = parse_weekday(word) {
        return Ok(Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday }));
    }
    ordinal(word).unwrap_or(word).parse().map_err(|_| ScheduleError::Day).and_then(Day::date)
}

/// The days of a range, which may go past the end of the week.
fn days_between(from: Day, to: Day) -> Result<Vec<Day>, ScheduleError> {
    match (from, to) {
        (Day::Date(from), Day::Date(to)) if from < to => Ok((from..=to).map(Day::Date).collect()),
        (
            Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday: from }),
            Day::Weekday(WeekdayOfMonth { weekday: to, .. }),
        ) if from != to => {
            let mut days: Vec<Weekday> = WeekdaySet::ALL.iter(from).collect();
            days.truncate(days.iter().position(|day| *day == to).unwrap_or_default() + 1);
            let day = |weekday| Day::Weekday(WeekdayOfMonth { nth: Nth::Every, weekday });
            Ok(days.into_iter().map(day).collect())
        }
        _ => Err(ScheduleError::Day),
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
        let days = parse_days(text).map_err(E::custom)?;
        match days[..] {
            [] => Err(E::custom(ScheduleError::Day)),
            [day] => Ok(DayList::One(day)),
            _ => Ok(DayList::Several(days)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<DayList, A::Error> {
        let mut days = Vec::new();
        while let Some(several) = seq.next_element::<DayList>()? {
            days.extend(several.days());
        }
        Ok(DayList::Several(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        match parse_days(text) {
            Ok(days) => days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn days_are_understood_as_people_write_them() {
        for (text, days) in [
            ("mon thu", "monday, thursday"),
            ("Mon, Thu", "monday, thursday"),
            ("tues & weds", "tuesday, wednesday"),
            ("mon-fri", "monday, tuesday, wednesday, thursday, friday"),
            ("Sat to Mon", "saturday, sunday, monday"),
            ("weekdays", "monday, tuesday, wednesday, thursday, friday"),
            ("weekends, wed", "saturday, sunday, wednesday"),
            ("1, 15", "1, 15"),
            ("1 - 3 and 15th", "1, 2, 3, 15"),
            ("2nd Sunday, fourth sun", "2nd sunday, 4th sunday"),
            ("last friday", "last friday"),
            ("1st and 3rd Monday", "1st monday, 3rd monday"),
            ("first, third & last mon, fri", "1st monday, 3rd monday, last monday, friday"),
            ("1st and 15th", "1, 15"),
            ("tu th sa", "tuesday, thursday, saturday"),
            ("every Monday", "monday"),
            ("", ""),
        ] {
            assert_eq!(parsed(text), days, "{text}");
        }
        let error = ScheduleError::Day.to_string();
        for wrong in
            ["moonday", "m", "32", "0", "mon-", "-fri", "5-1", "mon-15", "first", "2nd sunday to friday", "x y"]
        {
            assert_eq!(parsed(wrong), error, "{wrong}");
        }
    }
}
