//! Schedules of saved exports in the schedulers of this computer, and as files for those elsewhere.

use std::io::ErrorKind;
use std::path::PathBuf;

use chrono::Utc;
use chrono_tz::Tz;
use clap::ValueEnum as _;

use super::{Tools, Workspace, local_file};
use crate::accounts::Book;
use crate::explain;
use crate::export::schedule::{Advanced, Rhythm};
use crate::export::{DefinitionError, Export, saved};
use crate::schedulers::{
    self, LocalSchedule, LocalSchedules, ScheduleState, SchedulerError, SchedulerKind, Task, WriteError, WrittenTask,
};
use crate::system::files;
use crate::system::process::blocking;
use crate::text::format;

/// Finds the saved exports in the schedulers of this computer. `clock` replaces the zone of its clock.
pub async fn find(workspace: &Workspace, clock: Option<Tz>) -> LocalSchedules {
    let folders = Folders::of(workspace);
    blocking(move || folders.find(clock)).await
}

#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
}

impl From<WriteError> for ScheduleError {
    fn from(error: WriteError) -> Self {
        Self::Scheduler(error.into())
    }
}

/// An export, and the schedulers that may be given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSchedules {
    pub export: Export,
    pub options: Vec<ScheduleOption>,
}

/// An export as it would be given to a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleOption {
    pub target: SchedulerKind,
    pub presence: Presence,
    pub written: Result<WrittenTask, WriteError>,
    /// Sentences on credentials that a run would not find.
    pub warnings: Vec<String>,
}

/// An export in a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The scheduler is not of this computer, and takes a file.
    Elsewhere,
    NotInstalled,
    Installed(ScheduleState),
    /// The scheduler has an export of the same name, of another `WRITEBACK_HOME`, and refuses this one.
    Taken(SchedulerError),
    /// The scheduler could not be asked.
    Unknown(SchedulerError),
}

/// The schedulers that may be given an export: those of this computer, and those elsewhere. None of them has
/// one of the demo.
///
/// # Errors
/// The definition cannot be read.
pub async fn options(workspace: &Workspace, slug: &str, demo: bool) -> Result<ExportSchedules, ScheduleError> {
    let (folders, slug) = (Folders::of(workspace), slug.to_owned());
    blocking(move || folders.options(&slug, demo)).await
}

/// The export for a scheduler, with what is written for it.
///
/// # Errors
/// When the definition cannot be read, or not be expressed for the scheduler.
pub async fn write(
    workspace: &Workspace,
    name: &str,
    target: SchedulerKind,
    clock: Option<Tz>,
) -> Result<(Task, WrittenTask), ScheduleError> {
    let (folders, name) = (Folders::of(workspace), name.to_owned());
    blocking(move || {
        let task = folders.task(&name, target, clock)?;
        let written = schedulers::write(&task, target)?;
        Ok((task, written))
    })
    .await
}

/// Writes an export for a scheduler elsewhere into the file that a person has `typed`, or into that folder. Without
/// `replace`, a file that is there stays. Returns the file, and whether it was written.
///
/// # Errors
/// As [`write()`], and when the file cannot be written.
pub async fn write_file(
    workspace: &Workspace,
    slug: &str,
    target: SchedulerKind,
    typed: PathBuf,
    replace: bool,
) -> Result<(PathBuf, bool), ScheduleError> {
    let (_, written) = write(workspace, slug, target, None).await?;
    blocking(move || {
        let (text, own) = (written.text(), written.documents.first().map_or("", |document| &document.name));
        let to = local_file::path(&typed, own).unwrap_or(typed);
        let kept = match replace {
            true => files::write_whole(&to, text.as_bytes()),
            false => files::write_new(&to, text.as_bytes()),
        };
        match kept {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && !replace => Ok((to, false)),
            Err(error) => Err(SchedulerError::File(files::PathError::new(&to, error)).into()),
            Ok(()) => Ok((to, true)),
        }
    })
    .await
}

/// An export that a scheduler has been given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    pub slug: String,
    pub sentences: Vec<String>,
    /// Sentences on what may go wrong.
    pub warnings: Vec<String>,
    /// The export, if its first run is due.
    pub first_run: Option<Box<Export>>,
}

/// Installs an export in a scheduler of this computer, in place of what it has of it.
///
/// # Errors
/// When the definition cannot be read or not be expressed for the scheduler, or the scheduler refuses.
pub async fn install(
    workspace: &Workspace,
    name: &str,
    target: SchedulerKind,
    clock: Option<Tz>,
) -> Result<Installation, ScheduleError> {
    let (folders, name) = (Folders::of(workspace), name.to_owned());
    blocking(move || {
        let task = folders.task(&name, target, clock)?;
        let written = schedulers::write(&task, target)?;
        let mut sentences = explain::handed_over(target, &task.slug, &schedulers::install(&task, &written, target)?);
        let schedule = &task.export.schedule;
        if !written.exact {
            sentences.push(explain::GUARDED.to_owned());
        }
        if let Some(next) = schedule.next_runs(Utc::now()).next() {
            sentences.push(format!("The next run is on {}.", format::moment_in(schedule.zone, next)));
        }
        let starts_now = matches!(schedule.rhythm, Rhythm::Advanced(Advanced { start_at_once: true, .. }));
        let warnings = folders.warnings(&task.slug, &task.export, target);
        let first_run = starts_now.then(|| Box::new(task.export));
        Ok(Installation { slug: task.slug, sentences, warnings, first_run })
    })
    .await
}

/// Removes an export from a scheduler of this computer, and says so.
///
/// # Errors
/// The scheduler is not here, refuses, or has one of that name of another `WRITEBACK_HOME`.
pub async fn remove(workspace: &Workspace, slug: &str, target: SchedulerKind) -> Result<String, SchedulerError> {
    let (folders, slug) = (Folders::of(workspace), slug.to_owned());
    blocking(move || {
        let removed = schedulers::remove(&slug, target, folders.environment.home.as_deref())?;
        Ok(explain::taken_out(&slug, target, removed))
    })
    .await
}

/// Sentences on the credentials that an installed export does not find.
pub async fn warnings(workspace: &Workspace, slug: &str, target: SchedulerKind) -> Vec<String> {
    let (folders, slug) = (Folders::of(workspace), slug.to_owned());
    let look = move || {
        let export = Export::load(&saved::definition_path(&folders.exports, &slug)).ok()?;
        Some(folders.warnings(&slug, &export, target))
    };
    blocking(look).await.unwrap_or_default()
}

struct Folders {
    exports: PathBuf,
    accounts: PathBuf,
    environment: crate::config::Environment,
}

impl Folders {
    fn of(Workspace { tools: Tools { exports, accounts, environment, .. }, .. }: &Workspace) -> Self {
        Self { exports: exports.clone(), accounts: accounts.clone(), environment: environment.clone() }
    }

    fn find(&self, clock: Option<Tz>) -> LocalSchedules {
        let home = self.environment.home.as_deref();
        LocalSchedules::find(&self.exports, home, clock.or_else(schedulers::clock))
    }

    /// `clock` replaces the zone of this computer's clock.
    fn task(&self, name: &str, target: SchedulerKind, clock: Option<Tz>) -> Result<Task, ScheduleError> {
        let (slug, export) = saved::load_saved(&self.exports, name)?;
        Ok(self.task_of(slug, export, target, clock)?)
    }

    fn task_of(
        &self,
        slug: String,
        export: Export,
        target: SchedulerKind,
        clock: Option<Tz>,
    ) -> Result<Task, WriteError> {
        let clock = match target.goes_by_clock() {
            true => clock.or_else(schedulers::clock).ok_or(WriteError::NoClock)?,
            false => export.schedule.zone,
        };
        schedulers::task(slug, export, clock, self.environment.home.as_deref())
    }

    /// Sentences on the credentials that runs of the export would not find.
    fn warnings(&self, slug: &str, export: &Export, target: SchedulerKind) -> Vec<String> {
        match Book::load(&self.accounts) {
            Ok(book) => {
                explain::credential_gaps(target, &target.credential_gaps((slug, export), &self.environment, &book))
            }
            Err(error) => vec![error.to_string()],
        }
    }

    fn options(&self, slug: &str, demo: bool) -> Result<ExportSchedules, ScheduleError> {
        let export = Export::load(&saved::definition_path(&self.exports, slug))?;
        let LocalSchedules { all, unasked, proposed } = if demo { LocalSchedules::default() } else { self.find(None) };
        let presence = |target: SchedulerKind| {
            let has = all.iter().find(|has| has.slug == slug && has.target == target);
            let unasked = unasked.iter().find(|(kind, _)| *kind == target);
            match (target.is_local(), has, unasked) {
                (false, ..) => Some(Presence::Elsewhere),
                (true, Some(LocalSchedule { state: ScheduleState::OtherHome { has_home }, .. }), _) => {
                    let (slug, has_home) = (slug.to_owned(), *has_home);
                    Some(Presence::Taken(SchedulerError::OtherHome { scheduler: target, slug, has_home }))
                }
                (true, Some(has), _) => Some(Presence::Installed(has.state.clone())),
                (true, None, Some((_, why))) => Some(Presence::Unknown(why.clone())),
                (true, None, None) => target.is_here().then_some(Presence::NotInstalled),
            }
        };
        let mut options = Vec::new();
        for &target in SchedulerKind::value_variants() {
            let Some(presence) = presence(target) else { continue };
            let task = self.task_of(slug.to_owned(), export.clone(), target, None);
            let written = task.and_then(|task| schedulers::write(&task, target));
            let warnings = if demo { Vec::new() } else { self.warnings(slug, &export, target) };
            options.push(ScheduleOption { target, presence, written, warnings });
        }
        // What this computer proposes, or has, comes first.
        options.sort_by_key(|option| match &option.presence {
            Presence::Installed(_) => 0,
            _ if Some(option.target) == proposed => 1,
            Presence::Elsewhere => 3,
            _ => 2,
        });
        Ok(ExportSchedules { export, options })
    }
}
