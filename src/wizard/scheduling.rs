//! The Scheduling pane: schedule, retries and upkeep, in Domo's words. Every field has a default.

mod entered;

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

use super::Effect;
use super::Model;
use super::field::Entry;
use super::pane::Pane;
use crate::explain;
use crate::export::schedule::Schedule;
use crate::export::{Append, Export, Keep, Retry, RetryError, Update};
use crate::run::{Failure, check_updates};
use crate::state::Field;

pub(super) const PANE: Pane = Pane {
    label: Some("Scheduling"),
    fields,
    entry,
    choose,
    changed,
    completed: |_, _| Vec::new(),
    wrong,
    forward,
    entered: |_| Vec::new(),
};

/// Domo requires its account team's approval below this interval.
const FAST: TimeDelta = TimeDelta::minutes(15);
/// The number of next runs that are shown.
const SHOWN: usize = 5;

#[derive(Debug)]
pub struct Scheduling {
    pub mode: Mode,
    pub unit: Unit,
    pub every: Input,
    /// Days of the week, or the day of the month.
    pub on: Input,
    pub at: Input,
    pub from: Input,
    /// Exclusive.
    pub to: Input,
    pub by_interval: bool,
    pub interval: Input,
    /// Days of the month, for *Advanced Scheduling*.
    pub days: Input,
    pub start_at_once: bool,
    pub cron: Input,
    pub start: Input,
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
            on: Input::default(),
            at: Input::new("06:00".to_owned()),
            from: Input::new("00:00".to_owned()),
            to: Input::default(),
            by_interval: false,
            interval: Input::new("15 minutes".to_owned()),
            days: Input::default(),
            start_at_once: false,
            cron: Input::default(),
            start: Input::default(),
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

fn entry(model: &mut Model, field: Field) -> Entry<'_> {
    let pane = &mut model.scheduling;
    match field {
        Field::ScheduleMode => Entry::Choice { index: pane.mode as usize, count: MODES.len() },
        Field::Interval => Entry::Choice { index: pane.unit as usize, count: UNITS.len() },
        Field::Every => Entry::Text(&mut pane.every),
        Field::OnDays => Entry::Text(&mut pane.on),
        Field::StartTime => Entry::Text(&mut pane.at),
        Field::ActiveFrom => Entry::Text(&mut pane.from),
        Field::ActiveTo => Entry::Text(&mut pane.to),
        Field::ByInterval => Entry::Choice { index: usize::from(pane.by_interval), count: 2 },
        Field::AdvancedInterval => Entry::Text(&mut pane.interval),
        Field::MonthDays => Entry::Text(&mut pane.days),
        Field::StartAtOnce => Entry::Check(&mut pane.start_at_once),
        Field::Cron => Entry::Text(&mut pane.cron),
        Field::StartDate => Entry::Text(&mut pane.start),
        Field::TimeZone => Entry::Text(&mut pane.zone),
        Field::Retry => Entry::Check(&mut pane.retry),
        Field::RetryMinutes => Entry::Text(&mut pane.retry_minutes),
        Field::RetryAtMost => Entry::Text(&mut pane.retry_at_most),
        Field::UpdateMethod => Entry::Choice { index: pane.update as usize, count: UPDATES.len() },
        Field::OnlyWhenUpdated => Entry::Check(&mut pane.only_when_updated),
        Field::Keep => Entry::Text(&mut pane.keep),
        _ => Entry::None,
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
    let wrong = wrong(model);
    if model.refuse(wrong) { Vec::new() } else { model.advance() }
}

fn wrong(model: &Model) -> Vec<(Field, String)> {
    let pane = &model.scheduling;
    let mut wrong: Vec<_> = fields(model).into_iter().filter_map(|field| pane.wrong_in(field)).collect();
    wrong.extend(pane.retry().err());
    wrong.extend(pane.keep(model.details.file.append).err());
    wrong.extend(model.updates_unknown().map(|why| (Field::OnlyWhenUpdated, why)));
    wrong
}

/// Drops errors that no longer apply, because they may depend on another field.
fn changed(model: &mut Model, _: Field) -> Vec<Effect> {
    let wrong = wrong(model);
    model.errors.retain(|field, said| wrong.iter().any(|(at, sentence)| (at, sentence) == (field, &*said)));
    Vec::new()
}

/// The days may be left empty only if the schedule turns out to be an interval, which a later field decides.
pub(super) fn may_be_empty_yet(model: &Model, field: Field) -> bool {
    field == Field::MonthDays && model.scheduling.days.value().trim().is_empty()
}

impl Model {
    /// Explains why *only when updated* cannot be used with the DataSet.
    fn updates_unknown(&self) -> Option<String> {
        let data_set = self.details.input.dataset.data.ready().filter(|_| self.scheduling.only_when_updated)?;
        let refused = check_updates(data_set).err()?;
        Some(explain::failure(&Failure::Refused(refused)).to_string())
    }
}

impl Scheduling {
    pub(super) fn of(export: &Export) -> Self {
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

    /// Runs only when someone starts it.
    pub fn is_manual(&self) -> bool {
        self.mode == Mode::Basic && self.unit == Unit::Manually
    }

    /// Settings of *Always retry when an update fails*.
    pub fn retry(&self) -> Result<Option<Retry>, (Field, String)> {
        if !self.retry || self.is_manual() {
            return Ok(None);
        }
        // Treats text as zero, which is refused too.
        let [minutes, at_most] = [&self.retry_minutes, &self.retry_at_most].map(|input| number(input).unwrap_or(0));
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
        Keep::of(count).map(Some).map_err(|_| wrong())
    }

    /// The next runs, if the input is a valid schedule.
    pub fn next_runs(&self, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        self.schedule(now).map(|schedule| schedule.next_runs(now).take(SHOWN).collect()).unwrap_or_default()
    }
}

fn number(input: &Input) -> Option<u16> {
    input.value().trim().parse().ok()
}

pub fn warning(schedule: &Schedule) -> Option<&'static str> {
    schedule.is_faster_than(FAST).then_some(
        "This runs more often than every 15 minutes. Domo itself allows that only with its account team's approval.",
    )
}
