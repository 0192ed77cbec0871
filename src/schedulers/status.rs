//! The saved exports in the schedulers of this computer.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Installed, SchedulerError, SchedulerKind, Task, WriteError, install, installed, remove};
use crate::export::schedule::{Punctuality, parse_zone};
use crate::export::{DefinitionError, Export, saved};

/// All that the schedulers of this computer have of Writeback's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalSchedules {
    pub all: Vec<LocalSchedule>,
    /// Those that could not be asked.
    pub unasked: Vec<(SchedulerKind, SchedulerError)>,
    /// For exports that none of them has.
    pub proposed: Option<SchedulerKind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSchedule {
    pub slug: String,
    pub target: SchedulerKind,
    pub state: ScheduleState,
    pub next: Option<DateTime<Utc>>,
}

/// A scheduler's copy of an export, compared with the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleState {
    /// The same would be installed now.
    Matches,
    Differs,
    /// There is no such definition any more.
    Gone(PathBuf),
    Unreadable(DefinitionError),
}

/// The scheduler that runs an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchedulerStatus {
    /// Not looked for yet, or why a scheduler could not be asked.
    Unknown(Option<SchedulerError>),
    Scheduler(SchedulerKind),
    /// The scheduler has something else than what is saved.
    Outdated(SchedulerKind),
    /// None in which Writeback installed it, but one has begun a run of it here.
    Other,
    /// None here; schedulers elsewhere may have it.
    Nobody,
}

impl LocalSchedules {
    /// Asks the schedulers, and waits for their tools. `clock` is the zone by which they go, where it is known.
    pub fn find(folder: &Path, home: Option<&Path>, clock: Option<Tz>) -> Self {
        let (found, unasked) = installed();
        let compare = |found: Installed| {
            let (state, next) = match Export::load(&saved::definition_path(folder, &found.slug)) {
                Err(DefinitionError::Missing { path, .. }) => (ScheduleState::Gone(path), None),
                Err(error) => (ScheduleState::Unreadable(error), None),
                Ok(export) => {
                    let next = export.schedule.next_runs(Utc::now()).next();
                    // Times for an unknown clock cannot be compared.
                    let clock = clock.unwrap_or(export.schedule.zone);
                    let task = task(found.slug.clone(), export, clock, home);
                    match task.is_ok_and(|task| found.matches(&task)) {
                        true => (ScheduleState::Matches, next),
                        false => (ScheduleState::Differs, next),
                    }
                }
            };
            LocalSchedule { slug: found.slug, target: found.target, state, next }
        };
        Self { all: found.into_iter().map(compare).collect(), unasked, proposed: SchedulerKind::proposed() }
    }

    /// The scheduler of an export whose runs have come as `punctuality` says.
    pub fn status(&self, slug: &str, punctuality: Option<Punctuality>) -> SchedulerStatus {
        let of_export = || self.all.iter().filter(|has| has.slug == slug);
        let has_run = matches!(punctuality, Some(Punctuality::OnTime | Punctuality::Late(_)));
        match (of_export().find(|has| has.state == ScheduleState::Matches), of_export().next(), self.unasked.first()) {
            (Some(has), ..) => SchedulerStatus::Scheduler(has.target),
            (None, Some(has), _) => SchedulerStatus::Outdated(has.target),
            _ if has_run => SchedulerStatus::Other,
            (None, None, Some((_, why))) => SchedulerStatus::Unknown(Some(why.clone())),
            (None, None, None) => SchedulerStatus::Nobody,
        }
    }
}

#[derive(Debug)]
pub struct Renamed {
    pub target: SchedulerKind,
    /// Success if it has the export under its new name; the error, if it was tried.
    pub result: Result<(), Option<SchedulerError>>,
}

/// Installs a renamed export under its new name in the schedulers of this computer that have it, and removes the old one. A
/// schedule that differs from the saved one stays: somebody may have wanted it so. `before` and `after` are the names of its
/// file without `.toml`.
pub fn rename(folder: &Path, home: Option<&Path>, before: &str, after: &str) -> Vec<Renamed> {
    if before == after {
        return Vec::new();
    }
    let Ok(export) = Export::load(&saved::definition_path(folder, after)) else { return Vec::new() };
    let clock = clock().unwrap_or(export.schedule.zone);
    let of = |slug: &str| task(slug.to_owned(), export.clone(), clock, home);
    let (Ok(old), Ok(new)) = (of(before), of(after)) else { return Vec::new() };
    let result = |found: &Installed| match found.matches(&old) {
        true => Some(install(&new, found.target).and_then(|_| remove(before, found.target)).map(drop).map_err(Some)),
        false => found.is_of(home).then_some(Err(None)),
    };
    let has_it = installed().0.into_iter().filter(|found| found.slug == before);
    has_it.filter_map(|found| Some(Renamed { target: found.target, result: result(&found)? })).collect()
}

/// A saved export as it would be scheduled now.
///
/// # Errors
/// When this program, or the folder it was started in, cannot be found.
pub fn task(slug: String, export: Export, clock: Tz, home: Option<&Path>) -> Result<Task, WriteError> {
    let lost = |error: io::Error| WriteError::Program(error.into());
    let home = home.map(std::path::absolute).transpose().map_err(lost)?;
    Ok(Task { slug, export, program: std::env::current_exe().map_err(lost)?, home, clock, begins: Utc::now() })
}

/// The zone of this computer's clock, where it can be found.
pub fn clock() -> Option<Tz> {
    iana_time_zone::get_timezone().ok().and_then(|zone| parse_zone(&zone).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(slug: &str, target: SchedulerKind, state: ScheduleState) -> LocalSchedule {
        LocalSchedule { slug: slug.to_owned(), target, state, next: None }
    }

    #[test]
    fn the_scheduler_that_has_what_is_saved_runs_it() {
        let all = vec![
            has("sales", SchedulerKind::Cron, ScheduleState::Differs),
            has("sales", SchedulerKind::Systemd, ScheduleState::Matches),
        ];
        let schedules =
            LocalSchedules { all, unasked: vec![(SchedulerKind::Cron, SchedulerError::NoHome)], proposed: None };
        assert_eq!(schedules.status("sales", None), SchedulerStatus::Scheduler(SchedulerKind::Systemd));
        let all = vec![has("sales", SchedulerKind::Cron, ScheduleState::Differs)];
        let schedules = LocalSchedules { all, ..schedules };
        assert_eq!(
            schedules.status("sales", Some(Punctuality::OnTime)),
            SchedulerStatus::Outdated(SchedulerKind::Cron)
        );
        assert_eq!(
            schedules.status("sales-2", None),
            SchedulerStatus::Unknown(Some(SchedulerError::NoHome)),
            "it may be in what is not known"
        );
    }

    #[test]
    fn what_a_scheduler_ran_has_one_even_if_nobody_knows_which() {
        let schedules = LocalSchedules::default();
        let late = Punctuality::Late(Utc::now());
        assert_eq!(
            [Punctuality::OnTime, late].map(|it| schedules.status("sales", Some(it))),
            [SchedulerStatus::Other, SchedulerStatus::Other]
        );
        let none = [None, Some(Punctuality::NotYet)];
        assert_eq!(none.map(|it| schedules.status("sales", it)), [SchedulerStatus::Nobody, SchedulerStatus::Nobody]);
    }
}
