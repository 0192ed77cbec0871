//! The schedulers of this computer: what Writeback has handed to them, and how it gets there and away again.
//!
//! Each has a file that knows its tools and folders; what is written there is [`crate::schedulers::handoff`]'s. Nothing is touched that
//! does not bear Writeback's mark. All of it blocks while a scheduler's own tool runs.

mod console;
mod cron;
pub mod handoff;
mod here;
mod launchd;
mod systemd;
mod tool;
mod windows;

use std::path::{Path, PathBuf};

pub use here::{Handed, Has, Keeper, Renamed, clock, rename, task};

use crate::schedulers::handoff::{HandoffError, SchedulerKind, Task};
use crate::system::files::{self, Lock};

/// What has been handed to a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where.
    pub target: SchedulerKind,
    /// The export's name as `writeback run` takes it.
    pub slug: String,
    /// What the scheduler has, in a form that can be compared.
    stored: String,
}

/// Why something could not be handed over, taken back or listed.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// It cannot be written at all.
    #[error(transparent)]
    Handoff(#[from] HandoffError),
    /// Not from this computer.
    #[error("{0} takes what this command prints without --install; put it where {0} reads it.")]
    Elsewhere(&'static str),
    /// A tool is not there.
    #[error("There is no {tool} on this computer. {advice}")]
    Missing {
        /// Its name.
        tool: &'static str,
        /// What to do.
        advice: String,
    },
    /// A tool has refused.
    #[error("`{command}` has failed: {said}.")]
    Refused {
        /// What was called.
        command: String,
        /// What it said, without a full stop.
        said: String,
    },
    /// It has taken something else than it was given.
    #[error("{scheduler} does not have the schedule as it was written: {found}. {advice}")]
    Misunderstood {
        /// The scheduler.
        scheduler: &'static str,
        /// The schedule that it has.
        found: String,
        /// Advice to the person.
        advice: &'static str,
    },
    /// It has failed, and so has giving the scheduler back what it had.
    #[error("{failed} The schedule that {scheduler} had before could not be put back: {why}")]
    NotGivenBack {
        /// The scheduler.
        scheduler: &'static str,
        /// What failed first.
        failed: Box<SchedulerError>,
        /// What failed then.
        why: Box<SchedulerError>,
    },
    /// Someone else has written what would be replaced or removed.
    #[error("{0} was not written by Writeback, so it stays as it is. Move it away first.")]
    Foreign(String),
    /// A file or folder.
    #[error("{}: {source}.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The platform knows no home folder.
    #[error("There is no home folder to put it in.")]
    NoHome,
}

/// Hands an export's schedule to a scheduler, in place of what it has of it. Returns what the person should know:
/// sentences.
///
/// # Errors
/// When the export has no schedule, or the scheduler is not here, refuses, or has something of that name that Writeback did
/// not write, or does not give it back as it was written. It then has what it had, or the error says that it has not.
pub fn install(task: &Task, target: SchedulerKind) -> Result<Vec<String>, SchedulerError> {
    let _lock = lock(target)?;
    match target {
        SchedulerKind::Systemd => systemd::install(task),
        SchedulerKind::Cron => cron::install(task),
        SchedulerKind::Launchd => launchd::install(task),
        SchedulerKind::Windows => windows::install(task),
        SchedulerKind::Kubernetes => Err(SchedulerError::Elsewhere("Kubernetes")),
        SchedulerKind::Airflow => Err(SchedulerError::Elsewhere("Airflow")),
    }
}

/// Hands something over in steps, and where one fails gives the scheduler back what it had `before`.
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
            Err(SchedulerError::NotGivenBack { scheduler: target.title(), failed, why })
        }
    }
}

/// Keeps other Writebacks of this person, whatever their `WRITEBACK_HOME`, from handing anything to a scheduler, whose
/// tools read all that they have and write it anew. `None` for schedulers elsewhere, and where there is no home folder.
fn lock(target: SchedulerKind) -> Result<Option<Lock>, SchedulerError> {
    let folders = directories::ProjectDirs::from("", "", "writeback");
    let (Some(folders), false) = (folders, matches!(target, SchedulerKind::Kubernetes | SchedulerKind::Airflow)) else {
        return Ok(None);
    };
    let path = folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).join(target.word());
    let failed = |source| SchedulerError::File { path: path.clone(), source };
    files::lock(&path).map(Some).map_err(failed)
}

/// Takes it back. Returns whether there was anything.
///
/// # Errors
/// As [`install`].
pub fn remove(slug: &str, target: SchedulerKind) -> Result<bool, SchedulerError> {
    let _lock = lock(target)?;
    match target {
        SchedulerKind::Systemd => systemd::remove(slug),
        SchedulerKind::Cron => cron::remove(slug),
        SchedulerKind::Launchd => launchd::remove(slug),
        SchedulerKind::Windows => windows::remove(slug),
        SchedulerKind::Kubernetes => Err(SchedulerError::Elsewhere("Kubernetes")),
        SchedulerKind::Airflow => Err(SchedulerError::Elsewhere("Airflow")),
    }
}

/// All that Writeback has handed to the schedulers of this computer, and why some could not be asked.
pub fn installed() -> (Vec<Installed>, Vec<(SchedulerKind, SchedulerError)>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let asked = [
        (SchedulerKind::Systemd, systemd::installed()),
        (SchedulerKind::Cron, cron::installed()),
        (SchedulerKind::Launchd, launchd::installed()),
        (SchedulerKind::Windows, windows::installed()),
    ];
    for (target, found) in asked {
        match found {
            Ok(found) => {
                all.extend(found.into_iter().map(|(slug, stored)| Installed { target, slug, stored }));
            }
            // Not every computer has every scheduler.
            Err(SchedulerError::Missing { .. } | SchedulerError::NoHome) => {}
            Err(error) => errors.push((target, error)),
        }
    }
    (all, errors)
}

/// The exports that cron has, by the names that `writeback run` takes; none where it cannot be asked.
pub fn in_cron() -> Vec<String> {
    cron::installed().unwrap_or_default().into_iter().map(|(slug, _)| slug).collect()
}

impl Installed {
    /// Whether it is what would be handed over now.
    pub fn matches(&self, task: &Task) -> bool {
        let expected = match self.target {
            SchedulerKind::Systemd => systemd::stored(task),
            SchedulerKind::Cron => cron::stored(task),
            SchedulerKind::Launchd => launchd::stored(task),
            SchedulerKind::Windows => windows::stored(task),
            SchedulerKind::Kubernetes | SchedulerKind::Airflow => return false,
        };
        expected.is_ok_and(|expected| expected == self.stored)
    }

    /// Tells whether it is for the saved exports of that `WRITEBACK_HOME`, as far as the scheduler says: another one
    /// may have an export of the same name.
    fn is_of(&self, home: Option<&Path>) -> bool {
        match home.and_then(|home| std::path::absolute(home).ok()) {
            Some(home) => names_folder(&self.stored, &home.to_string_lossy()),
            None => self.target != SchedulerKind::Windows && !self.stored.contains("WRITEBACK_HOME"),
        }
    }
}

/// Tells whether a text names a folder, and not only one beside or below it whose name begins alike.
fn names_folder(text: &str, folder: &str) -> bool {
    let goes_on =
        |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '\\'));
    text.match_indices(folder).any(|(at, _)| !goes_on(&text[at + folder.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_not_taken_for_one_whose_name_begins_alike() {
        let stored = |home: &str| format!("Environment=\"WRITEBACK_HOME={home}\"\nExecStart=x");
        assert!(names_folder(&stored("/home/a"), "/home/a"));
        for other in ["/home/ab", "/home/a-b", "/home/a/b", "/home/a.b"] {
            assert!(!names_folder(&stored(other), "/home/a"), "{other}");
            assert!(names_folder(&(stored(other) + &stored("/home/a")), "/home/a"), "{other}");
        }
    }
}
