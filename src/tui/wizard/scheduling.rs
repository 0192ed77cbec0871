//! The Scheduling pane: schedule, retries and upkeep, in Domo's words. Every field has a default.
//!
//! ```text
//!   Scheduling        (•) Basic  ( ) Advanced  ( ) Cron
//!   Update interval   ( ) Manually  ( ) Every hour  ( ) Every day
//!                     ( ) Every weekday  (•) Every week  ( ) Every month
//!   Every             2
//! ▌ On                [x] Mon [ ] Tue [ ] Wed [x] Thu [ ] Fri [ ] Sat [ ] Sun
//!   Start time        06:30
//!   Start date        2026-11-23
//!   Time zone         America/Denver
//!   ✓ Every 2 weeks on Monday and Thursday at 06:30, from 23 Nov 2026, America/Denver
//!
//!   [x] Always retry when an update fails
//! ```

mod entered;
mod zones;

use chrono::{DateTime, TimeDelta, Utc};

use super::pane::{FieldSpec, Group, Pane, fields};
use super::{Effect, Model, Picker};
use crate::explain;
use crate::export::schedule::{Schedule, ScheduleError};
use crate::export::{Append, Export, Keep, Retry, Update};
use crate::text::format;
use crate::transfer::{Failure, check_updates};
use crate::tui::form::{Field, Layout, Note, Part, Remark, Value, Values};
pub use zones::ZoneRow;

fields! {
    WHEN: [
        SCHEDULE_MODE = "schedule-mode" =>
            FieldSpec::choice("Scheduling", &["Basic", "Advanced", "Cron"])
                .hint("Basic: every few hours, days or weeks. Advanced: certain days of the month. Use one or the \
                     other."),
        INTERVAL = "interval" =>
            FieldSpec::choice(
                "Update interval",
                &["Manually", "Every hour", "Every day", "Every weekday", "Every week", "Every month"],
            )
            .hint("Manually: it runs when you run it. Otherwise a scheduler runs it, once the schedule is handed over \
                 to it.")
            .shown(|model| model.scheduling.mode() == Mode::Basic),
        EVERY = "every" => FieldSpec::text("Every", "1")
            .hint("How many hours, days or weeks there are between two runs.")
            .initially(|| Value::text("1"))
            .shown(|model| model.scheduling.has_count())
            .error(|model| model.scheduling.count().err()),
        ON_DAYS = "on-days" => FieldSpec::several("On", &WEEKDAYS)
            .spoken("On which days")
            .worded(entered::weekday_options)
            .hint("The days of the week on which it runs.")
            .shown(|model| model.scheduling.basic_unit() == Some(Unit::Weeks))
            .error(|model| model.scheduling.weekdays().err()),
        DAY_OF_MONTH = "day-of-month" => FieldSpec::text("On day", "1 to 31")
            .spoken("On which day of the month")
            .hint("A day of the month, 1 to 31; in a shorter month, its last day.")
            .shown(|model| model.scheduling.basic_unit() == Some(Unit::Months))
            .error(|model| model.scheduling.month_date().err()),
        MONTH_DAYS = "month-days" => FieldSpec::text("Days of the month", "")
            .hint("1, 15; or Mon-Fri; or 2nd Sunday, last Friday. 31 is the last day. Empty, with an interval: every \
                 day.")
            .placeholder(|model| match model.scheduling.is_by_interval() {
                true => "every day",
                false => "such as 2nd Sunday, 4th Sunday",
            })
            .shown(|model| model.scheduling.mode() == Mode::Advanced)
            .error(|model| model.scheduling.month_days().err())
            // They may be empty only if it runs at an interval, which is asked later.
            .unfinished(|model| model.scheduling.values.trimmed(Field::MONTH_DAYS).is_empty()),
        BY_INTERVAL = "by-interval" => FieldSpec::choice("Runs", &["at a time", "at an interval"])
            .hint("Once, at a set time, or repeatedly, at an interval.")
            .shown(|model| model.scheduling.mode() == Mode::Advanced),
        ADVANCED_INTERVAL = "advanced-interval" => FieldSpec::text("Every", "such as 15 minutes")
            .hint("15 minutes, 8 hours.")
            .initially(|| Value::text("15 minutes"))
            .shown(|model| model.scheduling.is_by_interval())
            .error(|model| model.scheduling.interval().err()),
        START_TIME = "start-time" => FieldSpec::text("Start time", "such as 06:30")
            .hint_of(&[
                Part::Text("When the run starts, like 06:30 or 6:30 pm, in the time zone "),
                Part::Either("below", "that is asked for later"),
                Part::Text("."),
            ])
            .initially(|| Value::text("06:00"))
            .shown(|model| model.scheduling.has_start_time())
            .error(|model| model.scheduling.start_time().err()),
        ACTIVE_FROM = "active-from" => FieldSpec::text("Active hours from", "00:00")
            .hint("The first run of each day. The others are counted from it.")
            .initially(|| Value::text("00:00"))
            .shown(|model| model.scheduling.has_active_hours())
            .error(|model| model.scheduling.active_from().err()),
        // Exclusive.
        ACTIVE_TO = "active-to" => FieldSpec::text("to", "the whole day")
            .spoken("Active hours to")
            .hint("No runs from this time on. It may be past midnight. Empty: the whole day.")
            .shown(|model| model.scheduling.has_active_hours())
            .error(|model| model.scheduling.active_to().err()),
        START_AT_ONCE = "start-at-once" => FieldSpec::check("Start immediately")
            .hint("The first run starts as soon as the schedule is handed over to a scheduler.")
            .shown(|model| model.scheduling.mode() == Mode::Advanced),
        CRON = "cron" => FieldSpec::text("Cron expression", "such as 30 6 * * 1-5")
            .hint("Minute, hour, day of the month, month, day of the week: 30 6 * * 1-5.")
            .shown(|model| model.scheduling.mode() == Mode::Cron)
            .error(|model| model.scheduling.cron().err()),
        START_DATE = "start-date" => FieldSpec::text("Start date", "optional")
            .hint("Nothing runs before it: 1 Dec, 2026-12-01, or 12/1/2026 (month first). \"Every 2 weeks\" is counted \
                 from it or, without one, from the first run.")
            .shown(|model| !model.scheduling.is_manual())
            .error(|model| model.scheduling.start_date(model.now).err()),
        TIME_ZONE = "time-zone" => FieldSpec::text("Time zone", "UTC")
            .listed()
            .searched(|_| true)
            .hint("UTC, as in Domo, or a city, like Denver.")
            .initially(|| Value::text("UTC"))
            // Dates in file names go by it too.
            .shown(|model| !model.scheduling.is_manual() || model.details.append() == Append::Date)
            .error(|model| model.scheduling.zone().err()),
    ]
    UPKEEP: [
        RETRY = "retry" => FieldSpec::check("Always retry when an update fails")
            .hint("For scheduled runs, not manual ones. Off: \"Do not retry when update fails\".")
            .shown(|model| !model.scheduling.is_manual()),
        RETRY_MINUTES = "retry-minutes" => FieldSpec::text("Retry every", "minutes")
            .spoken("Retry every so many minutes")
            .hint("Minutes between attempts.")
            .initially(|| Value::text(&Retry::default().minutes))
            .shown(|model| model.scheduling.retries())
            .error(|model| model.scheduling.retry_error(&ScheduleError::RetryMinutes)),
        RETRY_AT_MOST = "retry-at-most" => FieldSpec::text("at most", "times")
            .spoken("Retry at most so many times")
            .hint("The most attempts after the first.")
            .initially(|| Value::text(&Retry::default().at_most))
            .shown(|model| model.scheduling.retries())
            .error(|model| model.scheduling.retry_error(&ScheduleError::RetryAtMost)),
        ONLY_WHEN_UPDATED = "only-when-updated" => FieldSpec::check("Only when updated")
            .hint("A run is skipped when the DataSet's data has not changed since the last successful run.")
            .error(updates_error),
        KEEP = "keep" => FieldSpec::text("Keep last", "all files")
            .spoken("Keep only the last so many files")
            .hint("How many of the files that this export wrote are kept. Older ones are deleted after a proven run.")
            .shown(|model| model.details.append() != Append::None)
            .error(|model| model.scheduling.keep(model.details.append()).err()),
        UPDATE_METHOD = "update-method" => FieldSpec::choice("Log of runs", &["every run", "latest run only"])
            .hint("What this computer's log of runs keeps. In Domo: Update Method, Append or Replace. The file on \
                 data.world is written as Details says."),
    ]
}

pub(super) static GROUPS: [Group; 2] =
    [Group::new(WHEN, Layout::Beside).remarks(summary).facts(spoken_summary), Group::new(UPKEEP, Layout::Beside)];

pub(super) struct SchedulingPane;

impl Pane for SchedulingPane {
    /// Writes what was entered as it is understood: `7:30 pm` as `19:30`.
    fn completed(&self, model: &mut Model, field: Field) -> Vec<Effect> {
        if let Some(text) = model.scheduling.understood(field, model.now) {
            model.scheduling.values.set(field, Value::text(&text));
        }
        Vec::new()
    }

    /// Drops errors that no longer apply, because they may depend on another field.
    fn changed(&self, model: &mut Model, _: Field) -> Vec<Effect> {
        let wrong = model.wrong_fields();
        model.errors.retain(|field, error| wrong.iter().any(|(at, sentence)| (at, sentence) == (field, &*error)));
        Vec::new()
    }
}

/// Domo requires its account team's approval below this interval.
const FAST: TimeDelta = TimeDelta::minutes(15);
const SHOWN: usize = 5;

#[derive(Debug)]
pub struct Scheduling {
    pub values: Values,
    pub zones: Picker<ZoneRow>,
}

/// Tabs of Domo's *Scheduling*, and cron.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Basic,
    Advanced,
    Cron,
}

/// Intervals of *Basic Scheduling*.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Unit {
    #[default]
    Manually,
    Hours,
    Days,
    Weekdays,
    Weeks,
    Months,
}

/// From Monday on, as `Weekday::num_days_from_monday` counts.
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MODES: [Mode; 3] = [Mode::Basic, Mode::Advanced, Mode::Cron];
const UNITS: [Unit; 6] = [Unit::Manually, Unit::Hours, Unit::Days, Unit::Weekdays, Unit::Weeks, Unit::Months];
const UPDATES: [Update; 2] = [Update::Append, Update::Replace];

impl Default for Scheduling {
    fn default() -> Self {
        Self { values: Values::new(&GROUPS), zones: zones::picker() }
    }
}

fn updates_error(model: &Model) -> Option<String> {
    let is_asked = model.scheduling.only_when_updated();
    let data_set = model.details.input.dataset.data.ready().filter(|_| is_asked)?;
    let refused = check_updates(data_set).err()?;
    Some(explain::failure(&Failure::Refused(refused)).to_string())
}

fn summary(model: &Model) -> Vec<Remark> {
    let schedule = model.scheduling.schedule(model.now).ok().filter(|schedule| !schedule.is_manual());
    let Some(schedule) = schedule else { return Vec::new() };
    let warning = warning(&schedule).map(|warning| Note::Warning(warning.to_owned().into()));
    std::iter::once(Note::Fact(schedule.describe())).chain(warning).map(|note| (None, note)).collect()
}

fn spoken_summary(model: &Model) -> Vec<Note> {
    let runs: Vec<String> = model.scheduling.next_runs(model.now).into_iter().map(format::moment).collect();
    let next = (!runs.is_empty()).then(|| Note::Fact(format!("Next runs: {}.", runs.join("; "))));
    summary(model).into_iter().map(|(_, note)| note).chain(next).collect()
}

impl Scheduling {
    pub(super) fn from_export(export: &Export) -> Self {
        let mut pane = Self::default();
        let values = &mut pane.values;
        values.set_one_of(Field::UPDATE_METHOD, &UPDATES, &export.log.update);
        values.set(Field::ONLY_WHEN_UPDATED, Value::Check(export.input.only_when_updated));
        values.set(Field::KEEP, Value::text(&export.output.keep.map(|keep| keep.to_string()).unwrap_or_default()));
        values.set(Field::RETRY, Value::Check(export.retry.is_some()));
        if let Some(retry) = export.retry {
            values.set(Field::RETRY_MINUTES, Value::text(&retry.minutes));
            values.set(Field::RETRY_AT_MOST, Value::text(&retry.at_most));
        }
        pane.fill(&export.schedule);
        pane
    }

    fn mode(&self) -> Mode {
        self.values.one_of(Field::SCHEDULE_MODE, &MODES)
    }

    fn unit(&self) -> Unit {
        self.values.one_of(Field::INTERVAL, &UNITS)
    }

    /// The interval of *Basic Scheduling*, where that is what goes.
    fn basic_unit(&self) -> Option<Unit> {
        (self.mode() == Mode::Basic).then(|| self.unit())
    }

    pub fn is_manual(&self) -> bool {
        self.basic_unit() == Some(Unit::Manually)
    }

    fn is_by_interval(&self) -> bool {
        self.mode() == Mode::Advanced && self.values.choice(Field::BY_INTERVAL) == 1
    }

    fn has_count(&self) -> bool {
        matches!(self.basic_unit(), Some(Unit::Hours | Unit::Days | Unit::Weeks | Unit::Months))
    }

    fn has_start_time(&self) -> bool {
        match self.mode() {
            Mode::Basic => !matches!(self.unit(), Unit::Manually | Unit::Hours),
            Mode::Advanced => !self.is_by_interval(),
            Mode::Cron => false,
        }
    }

    fn has_active_hours(&self) -> bool {
        self.basic_unit() == Some(Unit::Hours) || self.is_by_interval()
    }

    fn retries(&self) -> bool {
        !self.is_manual() && self.values.is_on(Field::RETRY)
    }

    pub fn update(&self) -> Update {
        self.values.one_of(Field::UPDATE_METHOD, &UPDATES)
    }

    pub fn only_when_updated(&self) -> bool {
        self.values.is_on(Field::ONLY_WHEN_UPDATED)
    }

    pub fn retry(&self) -> Result<Option<Retry>, ScheduleError> {
        if !self.retries() {
            return Ok(None);
        }
        // Treats text as zero, which is refused too.
        let [minutes, at_most] =
            [Field::RETRY_MINUTES, Field::RETRY_AT_MOST].map(|field| self.number(field).unwrap_or(0));
        Retry::new(minutes, at_most).map(Some)
    }

    fn retry_error(&self, wrong: &ScheduleError) -> Option<String> {
        let sentence = match wrong {
            ScheduleError::RetryMinutes => "Enter the minutes between attempts, 1 to 1440.",
            _ => "Enter the most attempts to make, 1 to 99.",
        };
        (self.retry().as_ref() == Err(wrong)).then(|| sentence.to_owned())
    }

    /// *Keep last N*, for file names that change.
    pub fn keep(&self, append: Append) -> Result<Option<Keep>, String> {
        let text = self.values.trimmed(Field::KEEP);
        if append == Append::None || text.is_empty() {
            return Ok(None);
        }
        let count = text.parse().ok().and_then(|count| Keep::new(count).ok());
        count.map(Some).ok_or_else(|| "Enter how many files to keep, or leave it empty to keep all.".to_owned())
    }

    /// The next runs, if the input is a valid schedule.
    pub fn next_runs(&self, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        self.schedule(now).map(|schedule| schedule.next_runs(now).take(SHOWN).collect()).unwrap_or_default()
    }

    fn number(&self, field: Field) -> Option<u16> {
        self.values.trimmed(field).parse().ok()
    }
}

pub fn warning(schedule: &Schedule) -> Option<&'static str> {
    schedule.is_faster_than(FAST).then_some(
        "This runs more often than every 15 minutes. Domo itself allows that only with its account team's approval.",
    )
}
