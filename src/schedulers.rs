//! Schedulers that run saved exports: systemd, cron, launchd and Windows on this computer, Kubernetes and Airflow elsewhere.
//!
//! Each is a [`Scheduler`] in a file of its own, which writes a [`Task`], and, on this computer, installs what is written,
//! reads it back and removes it. [`plan`] and [`cron_fields`] turn a schedule into times that a scheduler can express, and
//! say whether they are exact; [`due`] is the guard of those that are not. What does not bear Writeback's mark stays as it
//! is. A local scheduler's own tool runs meanwhile, so calls block.

mod airflow;
mod clock_changes;
mod credentials;
mod cron;
mod cron_fields;
mod due;
mod kubernetes;
mod launchd;
mod plan;
mod status;
mod systemd;
mod task;
mod tool;
mod windows;

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
pub use credentials::CredentialGaps;
pub use due::{IntendedStart, IntendedStartError, is_due};
pub use status::{LocalSchedule, LocalSchedules, Renamed, ScheduleState, SchedulerStatus, clock, rename, task};
pub use task::{Named, Task, WriteError, WrittenTask};
use tool::Tool;

use crate::system::files::{self, Lock, PathError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SchedulerKind {
    Systemd,
    Cron,
    Launchd,
    Windows,
    Kubernetes,
    Airflow,
}

trait Scheduler {
    /// Its name within a sentence.
    fn title(&self) -> &'static str;

    /// Writes the documents that make it run a task on schedule.
    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError>;

    /// `None` for a scheduler elsewhere, whose documents say how they are installed.
    fn local(&self) -> Option<&dyn LocalScheduler> {
        None
    }
}

trait LocalScheduler {
    /// The tool that is there where the scheduler is.
    fn tool(&self) -> Tool;

    /// Times are by the clock of this computer, not of the schedule's zone.
    fn goes_by_clock(&self) -> bool {
        true
    }

    /// The name under which it has an export.
    fn name_of(&self, slug: &str) -> String;

    /// Installs a task in place of what the scheduler has of it. After an error, the scheduler has what it had, or the
    /// error says that it has not.
    fn install(&self, task: &Task, written: &WrittenTask) -> Result<HandedOver, SchedulerError>;

    /// Returns whether there was anything.
    fn remove(&self, slug: &str) -> Result<bool, SchedulerError>;

    /// The slugs of installed exports, each with what [`stored`](Self::stored) is compared with.
    fn installed(&self) -> Result<Vec<(String, String)>, SchedulerError>;

    /// The part of what is written that the scheduler returns as it was.
    fn stored(&self, written: &WrittenTask) -> String {
        written.text()
    }

    /// Its runs are part of the person's session, whose keyring they reach.
    fn is_in_session(&self) -> bool {
        true
    }

    /// Its runs of the export are given that environment variable.
    fn has_variable(&self, name: &str, slug: &str) -> bool;

    /// The part of what is stored that sets `WRITEBACK_HOME`; `None` where what is stored does not tell it.
    fn home_setting(&self, home: &str) -> Option<String>;
}

impl SchedulerKind {
    /// The scheduler that belongs to this platform.
    pub const OWN: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::Launchd
    } else {
        Self::Systemd
    };

    fn scheduler(self) -> &'static dyn Scheduler {
        match self {
            Self::Systemd => &systemd::Systemd,
            Self::Cron => &cron::Cron,
            Self::Launchd => &launchd::Launchd,
            Self::Windows => &windows::Windows,
            Self::Kubernetes => &kubernetes::Kubernetes,
            Self::Airflow => &airflow::Airflow,
        }
    }

    fn local(self) -> Result<&'static dyn LocalScheduler, SchedulerError> {
        self.scheduler().local().ok_or(SchedulerError::Elsewhere(self.title()))
    }

    /// The value of `--to`.
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    pub fn title(self) -> &'static str {
        self.scheduler().title()
    }

    pub fn goes_by_clock(self) -> bool {
        self.local().is_ok_and(|local| local.goes_by_clock())
    }

    /// The name under which it has an export; `None` for a scheduler elsewhere.
    pub fn name_of(self, slug: &str) -> Option<String> {
        self.local().ok().map(|local| local.name_of(slug))
    }

    /// A scheduler of a computer, not of a cluster.
    pub fn is_local(self) -> bool {
        self.local().is_ok()
    }

    /// A scheduler of this computer.
    pub fn is_here(self) -> bool {
        self.local().is_ok_and(|local| local.tool().is_there())
    }

    /// The scheduler of this computer to be proposed.
    pub fn proposed() -> Option<Self> {
        std::iter::once(Self::OWN).chain(Self::value_variants().iter().copied()).find(|kind| kind.is_here())
    }
}

/// An export that a scheduler of this computer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub target: SchedulerKind,
    pub slug: String,
    /// Compared with [`LocalScheduler::stored`].
    stored: String,
}

/// An export that was installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// The folder or file that has it, where there is one.
    pub place: PathBuf,
    /// It stops when the person logs out.
    pub while_logged_in: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchedulerError {
    Write(#[from] WriteError),
    /// Not from this computer.
    Elsewhere(&'static str),
    Missing {
        tool: &'static str,
        scheduler: SchedulerKind,
    },
    /// A tool failed.
    Refused {
        command: String,
        /// Without a full stop.
        said: String,
    },
    /// The crontab is not text, and could not be put back.
    NotText(String),
    /// The tool prints `?` for letters, which would be run.
    LettersLost(String),
    /// The scheduler took something else than it was given.
    Misunderstood {
        scheduler: SchedulerKind,
        difference: Difference,
    },
    /// Installing failed, and so did giving the scheduler back what it had.
    NotGivenBack {
        scheduler: SchedulerKind,
        failed: Box<SchedulerError>,
        why: Box<SchedulerError>,
    },
    /// Someone else has written what would be replaced or removed.
    Foreign(Foreign),
    /// An export of the same name, of another `WRITEBACK_HOME`, would be replaced or removed.
    OtherHome {
        scheduler: SchedulerKind,
        slug: String,
        /// The other export has a `WRITEBACK_HOME`.
        has_home: bool,
    },
    File(PathError),
    /// The platform knows no home folder.
    NoHome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A zone that the scheduler does not know.
    Zone(String),
    Times {
        has: usize,
        of: usize,
    },
    /// The lines are gone when they are read back.
    Lost,
    Triggers {
        task: String,
        has: usize,
        of: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    File(PathBuf),
    Task(String),
}

/// Writes the documents that make a scheduler run the export on schedule.
///
/// # Errors
/// When the export has no schedule, or a path or the definition cannot be expressed for the scheduler.
pub fn write(task: &Task, target: SchedulerKind) -> Result<WrittenTask, WriteError> {
    task.check()?;
    if target.local().is_ok() {
        task.check_characters(target.title())?;
    }
    target.scheduler().write(task)
}

/// Installs an export's schedule, as it was [written](write()) for the scheduler, in place of what that has of it.
///
/// # Errors
/// The scheduler is not here, refuses, has something of that name that Writeback did
/// not write for this `WRITEBACK_HOME`, or does not give it back as it was written. It then has what it had, or the error
/// says that it has not.
pub fn install(task: &Task, written: &WrittenTask, target: SchedulerKind) -> Result<HandedOver, SchedulerError> {
    let local = target.local()?;
    let _lock = lock(target)?;
    refuse_other_home(&task.slug, target, task.home.as_deref())?;
    local.install(task, written)
}

/// Removes an export of that `WRITEBACK_HOME` from a scheduler. Returns whether there was anything.
///
/// # Errors
/// The scheduler is not here, refuses, or has something of that name that Writeback did not write for this home.
pub fn remove(slug: &str, target: SchedulerKind, home: Option<&Path>) -> Result<bool, SchedulerError> {
    let local = target.local()?;
    let _lock = lock(target)?;
    refuse_other_home(slug, target, home)?;
    local.remove(slug)
}

/// Keeps an export of the same name that belongs to another `WRITEBACK_HOME` from being taken for this one.
fn refuse_other_home(slug: &str, target: SchedulerKind, home: Option<&Path>) -> Result<(), SchedulerError> {
    // Where it cannot be told, nobody is asked.
    if target.local()?.home_setting("").is_none() {
        return Ok(());
    }
    let found = installed_in(target)?.into_iter().find(|found| found.slug == slug);
    match found.filter(|found| found.is_of(home) == Some(false)) {
        None => Ok(()),
        Some(found) => {
            Err(SchedulerError::OtherHome { scheduler: target, slug: slug.to_owned(), has_home: found.has_home() })
        }
    }
}

/// Installs in steps, and where one fails gives the scheduler back what it had `before`.
fn exchange<B>(
    target: SchedulerKind,
    before: &B,
    hand_over: impl FnOnce() -> Result<(), SchedulerError>,
    give_back: impl FnOnce(&B) -> Result<(), SchedulerError>,
) -> Result<(), SchedulerError> {
    let Err(failed) = hand_over() else { return Ok(()) };
    match give_back(before) {
        Ok(()) => Err(failed),
        Err(why) => {
            let (failed, why) = (Box::new(failed), Box::new(why));
            Err(SchedulerError::NotGivenBack { scheduler: target, failed, why })
        }
    }
}

/// Keeps other Writebacks of this person, whatever their `WRITEBACK_HOME`, from handing anything to a scheduler, whose
/// tools read all that they have and write it anew. `None` where there is no home folder.
fn lock(target: SchedulerKind) -> Result<Option<Lock>, SchedulerError> {
    let Some(folders) = directories::ProjectDirs::from("", "", "writeback") else { return Ok(None) };
    let path = folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).join(target.word());
    let failed = |error: io::Error| SchedulerError::File(PathError::new(&path, error));
    files::lock(&path).map(Some).map_err(failed)
}

/// All that the schedulers of this computer have of Writeback's, and why some could not be asked.
pub fn installed() -> (Vec<Installed>, Vec<(SchedulerKind, SchedulerError)>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for &target in SchedulerKind::value_variants() {
        match installed_in(target) {
            Ok(found) => all.extend(found),
            // Not every computer has every scheduler.
            Err(SchedulerError::Missing { .. } | SchedulerError::NoHome | SchedulerError::Elsewhere(_)) => {}
            Err(error) => errors.push((target, error)),
        }
    }
    (all, errors)
}

fn installed_in(target: SchedulerKind) -> Result<Vec<Installed>, SchedulerError> {
    let found = target.local()?.installed()?;
    Ok(found.into_iter().map(|(slug, stored)| Installed { target, slug, stored }).collect())
}

/// The exports that cron has, by the names that `writeback run` takes; none where it cannot be asked.
pub fn in_cron() -> Vec<String> {
    cron::Cron.installed().unwrap_or_default().into_iter().map(|(slug, _)| slug).collect()
}

impl Installed {
    /// The same would be installed now.
    pub fn matches(&self, task: &Task) -> bool {
        let Ok(local) = self.target.local() else { return false };
        write(task, self.target).is_ok_and(|written| local.stored(&written) == self.stored)
    }

    /// Belongs to the saved exports of that `WRITEBACK_HOME`: another one may have an export of the same name. `None` where
    /// the scheduler does not tell.
    pub fn is_of(&self, home: Option<&Path>) -> Option<bool> {
        let local = self.target.local().ok()?;
        local.home_setting("")?;
        let Some(home) = home.and_then(|home| std::path::absolute(home).ok()) else { return Some(!self.has_home()) };
        // The same folder, whether the variable ends with a separator or not.
        let home: PathBuf = home.components().collect();
        let spelled = [home.join(""), home].map(|home| local.home_setting(&home.to_string_lossy()));
        Some(spelled.into_iter().flatten().any(|setting| self.stored.contains(&setting)))
    }

    fn has_home(&self) -> bool {
        self.stored.contains("WRITEBACK_HOME")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_known_in_what_was_written_for_it_and_nowhere_else() {
        let text = "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales-mart\"\nfile = \"x\"\n[schedule]\nevery = \"hour\"";
        let export = crate::export::Export::parse(text, Path::new("x")).unwrap();
        let homes = ["/home/a", "/home/ab", "/home/a/b", "/home/a b", "/home/50%", "/a&b", "/it's", "/a\"b\\c"];
        let homes: Vec<_> = homes.iter().map(|home| Some(Path::new(home))).chain([None]).collect();
        for target in [SchedulerKind::Systemd, SchedulerKind::Cron, SchedulerKind::Launchd] {
            for &has in &homes {
                let task = Task {
                    slug: "sales".to_owned(),
                    export: export.clone(),
                    program: PathBuf::from("/bin/writeback"),
                    home: has.map(Path::to_owned),
                    clock: chrono_tz::UTC,
                    begins: chrono::DateTime::default(),
                };
                let stored = target.local().unwrap().stored(&write(&task, target).unwrap());
                let installed = Installed { target, slug: task.slug, stored };
                for &home in &homes {
                    assert_eq!(installed.is_of(home), Some(home == has), "{target:?}, {has:?}, {home:?}");
                    // A separator at the end makes no other home of it.
                    let ended = home.map(|home| home.join(""));
                    assert_eq!(installed.is_of(ended.as_deref()), Some(home == has), "{target:?}, {has:?}, {ended:?}");
                }
            }
        }
    }
}
