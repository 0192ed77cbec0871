//! Cron expressions.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::{Cron, CronPattern, Direction, JobType};
use derive_more::Display;

use super::ScheduleError;
use crate::text::serde_as_text;

serde_as_text!(CronExpression);

/// A cron expression of five fields, as typed: minute, hour, day of the month, month, weekday.
#[derive(Debug, Clone, Display)]
#[display("{text}")]
pub struct CronExpression {
    text: String,
    cron: Box<Cron>,
}

impl CronExpression {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_one_time_a_day(&self) -> bool {
        self.cron.determine_job_type() == JobType::FixedTime
    }

    pub fn describe(&self) -> String {
        self.cron.describe().trim_end_matches('.').to_owned()
    }

    pub(crate) fn pattern(&self) -> &CronPattern {
        &self.cron.pattern
    }

    /// Times of a day in minutes from midnight.
    pub(super) fn times_of_day(&self) -> Vec<u16> {
        let (hours, minutes) = (self.cron.pattern.hours.values(), self.cron.pattern.minutes.values());
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute)).collect()
    }

    pub(super) fn local_times(&self, from: NaiveDate) -> impl Iterator<Item = NaiveDateTime> + use<> {
        self.cron.as_ref().clone().iter_from(from.and_time(NaiveTime::MIN), Direction::Forward)
    }
}

impl FromStr for CronExpression {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fields = text.split(' ').filter(|field| !field.is_empty()).count();
        if fields != 5 && !text.starts_with('@') {
            return Err(ScheduleError::CronFields(fields));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(&text).map_err(|error| ScheduleError::Cron(reason(&error)))?;
        let expression = Self { text, cron: Box::new(cron) };
        let first = expression.local_times(NaiveDate::default()).next();
        first.map(|_| expression).ok_or(ScheduleError::CronNever)
    }
}

/// Croner's message without its category and full stop.
fn reason(error: &CronError) -> String {
    let reason = match error {
        CronError::InvalidPattern(reason)
        | CronError::IllegalCharacters(reason)
        | CronError::ComponentError(reason) => reason.clone(),
        other => other.to_string(),
    };
    reason.trim_end_matches('.').to_owned()
}

impl PartialEq for CronExpression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronExpression {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cron_expressions_run_in_order_and_parse_the_same_again(
            text in "(([0-9*/,LW#?-]|mon|feb|SUN){1,5}[ \t]{1,2}){4}([0-9*/,LW#?-]|mon|feb|SUN){1,5}|@[a-z]{0,9}|[0-9]{1,9}(/[0-9]{1,9})? \\* \\* \\* \\*",
        ) {
            let Ok(expression) = text.parse::<CronExpression>() else { return Ok(()) };
            let again: CronExpression = expression.as_str().parse().unwrap();
            let from = NaiveDate::from_ymd_opt(2026, 2, 27).unwrap();
            let times: Vec<NaiveDateTime> = expression.local_times(from).take(5).collect();
            prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", times);
            prop_assert_eq!(&again.local_times(from).take(5).collect::<Vec<_>>(), &times);
            for time in times {
                let minute = time.time().signed_duration_since(NaiveTime::MIN).num_minutes() as u16;
                prop_assert!(expression.times_of_day().contains(&minute), "{} {}", text, time);
            }
            prop_assert!(!expression.describe().is_empty());
        }

        #[test]
        fn no_text_makes_the_reading_of_cron_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<CronExpression>();
        }
    }
}
