//! The saved exports in the schedulers of this computer.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Installed, SchedulerError, SchedulerKind, Task, WriteError, install, installed, remove, write};
use crate::export::schedule::{Punctuality, Schedule, parse_zone};
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

impl LocalSchedule {
    pub fn is_of_other_home(&self) -> bool {
        matches!(self.state, ScheduleState::OtherHome { .. })
    }
}

/// A scheduler's copy of an export, compared with the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleState {
    /// The same would be installed now.
    Matches,
    Differs,
    /// The export has no schedule any more.
    Manual,
    /// There is no such definition any more.
    Gone(PathBuf),
    Unreadable(DefinitionError),
    /// It belongs to another `WRITEBACK_HOME`.
    OtherHome {
        /// The other export has a `WRITEBACK_HOME`.
        has_home: bool,
    },
}

/// The scheduler that runs an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchedulerStatus {
    /// Not looked for yet, or why a scheduler could not be asked.
    Unknown(Option<SchedulerError>),
    Scheduler(SchedulerKind),
    /// The scheduler has something else than what is saved.
    Outdated(SchedulerKind),
    /// The scheduler has it, although it has no schedule any more.
    Leftover(SchedulerKind),
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
                _ if found.is_of(home) == Some(false) => {
                    (ScheduleState::OtherHome { has_home: found.has_home() }, None)
                }
                Err(DefinitionError::Missing { path, .. }) => (ScheduleState::Gone(path), None),
                Err(error) => (ScheduleState::Unreadable(error), None),
                Ok(export) if export.schedule.is_manual() => (ScheduleState::Manual, None),
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

    /// The scheduler of an export whose runs have come as `punctuality` says. `None` for one without a schedule that no
    /// scheduler has.
    pub fn status(&self, slug: &str, schedule: &Schedule, punctuality: Option<Punctuality>) -> Option<SchedulerStatus> {
        let of_export = || self.all.iter().filter(|has| has.slug == slug && !has.is_of_other_home());
        if schedule.is_manual() {
            return of_export()
                .find(|has| has.state == ScheduleState::Manual)
                .map(|has| SchedulerStatus::Leftover(has.target));
        }
        let has_run = matches!(punctuality, Some(Punctuality::OnTime | Punctuality::Late(_)));
        let matching = of_export().find(|has| has.state == ScheduleState::Matches);
        Some(match (matching, of_export().next(), self.unasked.first()) {
            (Some(has), ..) => SchedulerStatus::Scheduler(has.target),
            (None, Some(has), _) => SchedulerStatus::Outdated(has.target),
            _ if has_run => SchedulerStatus::Other,
            (None, None, Some((_, why))) => SchedulerStatus::Unknown(Some(why.clone())),
            (None, None, None) => SchedulerStatus::Nobody,
        })
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
    let replace = |target| {
        install(&new, &write(&new, target)?, target)?;
        remove(before, target, home)
    };
    let result = |found: &Installed| match found.matches(&old) {
        true => Some(replace(found.target).map(drop).map_err(Some)),
        false => (found.is_of(home) == Some(true)).then_some(Err(None)),
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
    use crate::export::schedule::{Rhythm, TimeOfDay};

    fn has(slug: &str, target: SchedulerKind, state: ScheduleState) -> LocalSchedule {
        LocalSchedule { slug: slug.to_owned(), target, state, next: None }
    }

    fn weekdays() -> Schedule {
        Schedule { rhythm: Rhythm::Weekdays { at: TimeOfDay::default() }, ..Schedule::default() }
    }

    fn status(
        schedules: &LocalSchedules,
        slug: &str,
        punctuality: impl Into<Option<Punctuality>>,
    ) -> Option<SchedulerStatus> {
        schedules.status(slug, &weekdays(), punctuality.into())
    }

    #[test]
    fn the_scheduler_that_has_what_is_saved_runs_it() {
        let all = vec![
            has("sales", SchedulerKind::Cron, ScheduleState::Differs),
            has("sales", SchedulerKind::Systemd, ScheduleState::Matches),
        ];
        let schedules =
            LocalSchedules { all, unasked: vec![(SchedulerKind::Cron, SchedulerError::NoHome)], proposed: None };
        assert_eq!(status(&schedules, "sales", None), Some(SchedulerStatus::Scheduler(SchedulerKind::Systemd)));
        let all = vec![has("sales", SchedulerKind::Cron, ScheduleState::Differs)];
        let schedules = LocalSchedules { all, ..schedules };
        let outdated = Some(SchedulerStatus::Outdated(SchedulerKind::Cron));
        assert_eq!(status(&schedules, "sales", Punctuality::OnTime), outdated);
        let unknown = Some(SchedulerStatus::Unknown(Some(SchedulerError::NoHome)));
        assert_eq!(status(&schedules, "sales-2", None), unknown, "it may be in what is not known");
    }

    #[test]
    fn what_a_scheduler_ran_has_one_even_if_nobody_knows_which() {
        let schedules = LocalSchedules::default();
        for run in [Punctuality::OnTime, Punctuality::Late(Utc::now())] {
            assert_eq!(status(&schedules, "sales", run), Some(SchedulerStatus::Other));
        }
        for none in [None, Some(Punctuality::NotYet)] {
            assert_eq!(status(&schedules, "sales", none), Some(SchedulerStatus::Nobody));
        }
    }

    #[test]
    fn an_export_of_another_home_is_not_this_one() {
        let all = vec![has("sales", SchedulerKind::Cron, ScheduleState::OtherHome { has_home: true })];
        let schedules = LocalSchedules { all, ..LocalSchedules::default() };
        assert_eq!(status(&schedules, "sales", None), Some(SchedulerStatus::Nobody));
        assert_eq!(schedules.status("sales", &Schedule::default(), None), None);
    }

    #[test]
    fn an_export_without_a_schedule_is_left_over_where_a_scheduler_has_it() {
        let all = vec![has("sales", SchedulerKind::Cron, ScheduleState::Manual)];
        let schedules = LocalSchedules { all, ..LocalSchedules::default() };
        let leftover = Some(SchedulerStatus::Leftover(SchedulerKind::Cron));
        assert_eq!(schedules.status("sales", &Schedule::default(), None), leftover);
        assert_eq!(schedules.status("costs", &Schedule::default(), None), None);
    }
}
