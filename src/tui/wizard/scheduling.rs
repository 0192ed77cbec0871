//! The Scheduling pane: schedule, retries and upkeep, in Domo's words. Every field has a default.

mod entered;

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

use super::field::FieldMut;
use super::pane::Pane;
use super::{Effect, Model};
use crate::explain;
use crate::export::schedule::Schedule;
use crate::export::{Append, Export, Keep, Retry, RetryError, Update};
use crate::transfer::{Failure, check_updates};
use crate::tui::state::Field;

pub(super) const PANE: Pane = Pane {
    label: Some("Scheduling"),
    fields,
    field_mut,
    choose,
    changed,
    completed: |_, _| Vec::new(),
    validate,
    forward,
    entered: |_| Vec::new(),
};

/// Domo requires its account team's approval below this interval.
const FAST: TimeDelta = TimeDelta::minutes(15);
const SHOWN: usize = 5;

#[derive(Debug)]
pub struct Scheduling {
    pub mode: Mode,
    pub unit: Unit,
    pub every: Input,
    /// Days of the week, or the day of the month.
    pub on_days: Input,
    pub start_time: Input,
    pub active_from: Input,
    /// Exclusive.
    pub active_to: Input,
    pub by_interval: bool,
    pub interval: Input,
    pub month_days: Input,
    pub start_at_once: bool,
    pub cron: Input,
    pub start_date: Input,
    pub zone: Input,
    pub retry: bool,
    pub retry_minutes: Input,
    pub retry_at_most: Input,
    pub update: Update,
    pub only_when_updated: bool,
    pub keep: Input,
}

/// Tabs of Domo's *Scheduling*, and cron.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Basic,
    Advanced,
    Cron,
}

/// Intervals of *Basic Scheduling*.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    Manually,
    Hours,
    Days,
    Weekdays,
    Weeks,
    Months,
}

const MODES: [Mode; 3] = [Mode::Basic, Mode::Advanced, Mode::Cron];
const UNITS: [Unit; 6] = [Unit::Manually, Unit::Hours, Unit::Days, Unit::Weekdays, Unit::Weeks, Unit::Months];
const UPDATES: [Update; 2] = [Update::Append, Update::Replace];

impl Default for Scheduling {
    fn default() -> Self {
        let retry = Retry::default();
        Self {
            mode: Mode::Basic,
            unit: Unit::Manually,
            every: Input::new("1".to_owned()),
            on_days: Input::default(),
            start_time: Input::new("06:00".to_owned()),
            active_from: Input::new("00:00".to_owned()),
            active_to: Input::default(),
            by_interval: false,
            interval: Input::new("15 minutes".to_owned()),
            month_days: Input::default(),
            start_at_once: false,
            cron: Input::default(),
            start_date: Input::default(),
            zone: Input::new("UTC".to_owned()),
            retry: false,
            retry_minutes: Input::new(retry.minutes.to_string()),
            retry_at_most: Input::new(retry.at_most.to_string()),
            update: Update::Append,
            only_when_updated: false,
            keep: Input::default(),
        }
    }
}

fn fields(model: &Model) -> Vec<Field> {
    let pane = &model.scheduling;
    let mut fields = vec![Field::ScheduleMode];
    fields.extend(match pane.mode {
        Mode::Basic => match pane.unit {
            Unit::Manually => vec![Field::Interval],
            Unit::Hours => vec![Field::Interval, Field::Every, Field::ActiveFrom, Field::ActiveTo],
            Unit::Days => vec![Field::Interval, Field::Every, Field::StartTime],
            Unit::Weekdays => vec![Field::Interval, Field::StartTime],
            Unit::Weeks | Unit::Months => vec![Field::Interval, Field::Every, Field::OnDays, Field::StartTime],
        },
        Mode::Advanced if pane.by_interval => vec![
            Field::MonthDays,
            Field::ByInterval,
            Field::AdvancedInterval,
            Field::ActiveFrom,
            Field::ActiveTo,
            Field::StartAtOnce,
        ],
        Mode::Advanced => vec![Field::MonthDays, Field::ByInterval, Field::StartTime, Field::StartAtOnce],
        Mode::Cron => vec![Field::Cron],
    });
    let manual = pane.is_manual();
    if !manual {
        fields.push(Field::StartDate);
    }
    if !manual || model.details.file.append == Append::Date {
        fields.push(Field::TimeZone);
    }
    if !manual {
        fields.push(Field::Retry);
        if pane.retry {
            fields.extend([Field::RetryMinutes, Field::RetryAtMost]);
        }
    }
    fields.extend([Field::UpdateMethod, Field::OnlyWhenUpdated]);
    if model.details.file.append != Append::None {
        fields.push(Field::Keep);
    }
    fields
}

fn field_mut(model: &mut Model, field: Field) -> FieldMut<'_> {
    let pane = &mut model.scheduling;
    match field {
        Field::ScheduleMode => FieldMut::Choice { index: pane.mode as usize, count: MODES.len() },
        Field::Interval => FieldMut::Choice { index: pane.unit as usize, count: UNITS.len() },
        Field::Every => FieldMut::Text(&mut pane.every),
        Field::OnDays => FieldMut::Text(&mut pane.on_days),
        Field::StartTime => FieldMut::Text(&mut pane.start_time),
        Field::ActiveFrom => FieldMut::Text(&mut pane.active_from),
        Field::ActiveTo => FieldMut::Text(&mut pane.active_to),
        Field::ByInterval => FieldMut::Choice { index: usize::from(pane.by_interval), count: 2 },
        Field::AdvancedInterval => FieldMut::Text(&mut pane.interval),
        Field::MonthDays => FieldMut::Text(&mut pane.month_days),
        Field::StartAtOnce => FieldMut::Check(&mut pane.start_at_once),
        Field::Cron => FieldMut::Text(&mut pane.cron),
        Field::StartDate => FieldMut::Text(&mut pane.start_date),
        Field::TimeZone => FieldMut::Text(&mut pane.zone),
        Field::Retry => FieldMut::Check(&mut pane.retry),
        Field::RetryMinutes => FieldMut::Text(&mut pane.retry_minutes),
        Field::RetryAtMost => FieldMut::Text(&mut pane.retry_at_most),
        Field::UpdateMethod => FieldMut::Choice { index: pane.update as usize, count: UPDATES.len() },
        Field::OnlyWhenUpdated => FieldMut::Check(&mut pane.only_when_updated),
        Field::Keep => FieldMut::Text(&mut pane.keep),
        _ => FieldMut::None,
    }
}

fn choose(model: &mut Model, field: Field, index: usize) {
    let pane = &mut model.scheduling;
    match field {
        Field::ScheduleMode => pane.mode = MODES.get(index).copied().unwrap_or_default(),
        Field::Interval => pane.unit = UNITS.get(index).copied().unwrap_or_default(),
        Field::ByInterval => pane.by_interval = index == 1,
        Field::UpdateMethod => pane.update = UPDATES.get(index).copied().unwrap_or_default(),
        _ => {}
    }
}

fn forward(model: &mut Model) -> Vec<Effect> {
    let wrong = validate(model);
    if model.show_errors(wrong) { Vec::new() } else { model.advance() }
}

fn validate(model: &Model) -> Vec<(Field, String)> {
    let pane = &model.scheduling;
    let mut wrong: Vec<_> = fields(model).into_iter().filter_map(|field| pane.field_error(field)).collect();
    wrong.extend(pane.retry().err());
    wrong.extend(pane.keep(model.details.file.append).err());
    wrong.extend(model.updates_error().map(|why| (Field::OnlyWhenUpdated, why)));
    wrong
}

/// Drops errors that no longer apply, because they may depend on another field.
fn changed(model: &mut Model, _: Field) -> Vec<Effect> {
    let wrong = validate(model);
    model.errors.retain(|field, error| wrong.iter().any(|(at, sentence)| (at, sentence) == (field, &*error)));
    Vec::new()
}

/// The days may be left empty only if the schedule turns out to be an interval, which a later field decides.
pub(super) fn may_be_empty_yet(model: &Model, field: Field) -> bool {
    field == Field::MonthDays && model.scheduling.month_days.value().trim().is_empty()
}

impl Model {
    fn updates_error(&self) -> Option<String> {
        let data_set = self.details.input.dataset.data.ready().filter(|_| self.scheduling.only_when_updated)?;
        let refused = check_updates(data_set).err()?;
        Some(explain::failure(&Failure::Refused(refused)).to_string())
    }
}

impl Scheduling {
    pub(super) fn from_export(export: &Export) -> Self {
        let line = |text: String| Input::new(text);
        let mut pane = Self {
            update: export.log.update,
            only_when_updated: export.input.only_when_updated,
            keep: line(export.output.keep.map(|keep| keep.to_string()).unwrap_or_default()),
            retry: export.retry.is_some(),
            ..Self::default()
        };
        if let Some(retry) = export.retry {
            pane.retry_minutes = line(retry.minutes.to_string());
            pane.retry_at_most = line(retry.at_most.to_string());
        }
        pane.fill(&export.schedule);
        pane
    }

    pub fn is_manual(&self) -> bool {
        self.mode == Mode::Basic && self.unit == Unit::Manually
    }

    pub fn retry(&self) -> Result<Option<Retry>, (Field, String)> {
        if !self.retry || self.is_manual() {
            return Ok(None);
        }
        // Treats text as zero, which is refused too.
        let [minutes, at_most] =
            [&self.retry_minutes, &self.retry_at_most].map(|input| parse_number(input).unwrap_or(0));
        Retry::new(minutes, at_most).map(Some).map_err(|error| match error {
            RetryError::Minutes => (Field::RetryMinutes, "Enter the minutes between attempts, 1 to 1440.".to_owned()),
            RetryError::AtMost => (Field::RetryAtMost, "Enter the most attempts to make, 1 to 99.".to_owned()),
        })
    }

    /// *Keep last N*, for file names that change.
    pub fn keep(&self, append: Append) -> Result<Option<Keep>, (Field, String)> {
        let text = self.keep.value().trim();
        if append == Append::None || text.is_empty() {
            return Ok(None);
        }
        let wrong = || (Field::Keep, "Enter how many files to keep, or leave it empty to keep all.".to_owned());
        let count = text.parse().map_err(|_| wrong())?;
        Keep::new(count).map(Some).map_err(|_| wrong())
    }

    /// The next runs, if the input is a valid schedule.
    pub fn next_runs(&self, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        self.schedule(now).map(|schedule| schedule.next_runs(now).take(SHOWN).collect()).unwrap_or_default()
    }
}

fn parse_number(input: &Input) -> Option<u16> {
    input.value().trim().parse().ok()
}

pub fn warning(schedule: &Schedule) -> Option<&'static str> {
    schedule.is_faster_than(FAST).then_some(
        "This runs more often than every 15 minutes. Domo itself allows that only with its account team's approval.",
    )
}
