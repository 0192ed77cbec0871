//! Writes a schedule for the scheduler that will keep it.
//!
//! Pure: turns a [`Task`] into the text that a scheduler reads. If a scheduler cannot express a schedule, it gets the
//! narrowest wider one, and the command has a guard, `run --if-due` or `--if-due-at`, which lets only the right times
//! through.

mod airflow;
mod changes;
pub(crate) mod cron;
mod days;
mod due;
mod fields;
mod kubernetes;
mod label;
pub(crate) mod launchd;
mod literal;
mod meant;
mod numbers;
mod place;
mod plan;
mod systemd;
mod ticks;
mod windows;
mod xml;

use std::path::{Path, PathBuf};

pub use due::is_due;
pub use meant::IntendedStart;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
pub(crate) use systemd::unit_name;

use crate::export::Export;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The name that `writeback run` takes.
    pub slug: String,
    pub export: Export,
    pub program: PathBuf,
    /// `WRITEBACK_HOME`, if set.
    pub home: Option<PathBuf>,
    /// The zone of the computer's clock, which cron, launchd and Windows use.
    pub clock: chrono_tz::Tz,
    pub begins: chrono::DateTime<chrono::Utc>,
}

impl Task {
    fn arguments(&self, guard: bool) -> [&str; 3] {
        ["run", &self.slug, if guard { "--if-due" } else { "--scheduled" }]
    }

    fn program(&self) -> Result<&str, HandoffError> {
        path_text(&self.program)
    }

    fn home(&self) -> Result<Option<&str>, HandoffError> {
        self.home.as_deref().map(path_text).transpose()
    }

    /// Refuses characters that no line of a unit, a crontab or a task can hold: a carriage return would begin a
    /// directive of its own. Kubernetes and Airflow read them as escapes.
    fn check_characters(&self, target: SchedulerKind) -> Result<(), HandoffError> {
        if matches!(target, SchedulerKind::Kubernetes | SchedulerKind::Airflow) {
            return Ok(());
        }
        // XML cannot express the last two.
        let is_bad = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}');
        let texts = [
            ("WRITEBACK_HOME", self.home()?.unwrap_or_default()),
            ("The path of this program", self.program()?),
            ("The name of the export's file", &self.slug),
        ];
        for (what, text) in texts {
            if let Some(character) = text.chars().find(is_bad) {
                return Err(HandoffError::Character { what, character, scheduler: target.title() });
            }
        }
        Ok(())
    }
}

fn path_text(path: &Path) -> Result<&str, HandoffError> {
    path.to_str().ok_or_else(|| HandoffError::Path(path.to_owned()))
}

fn short_hash(text: &str, bytes: usize) -> String {
    Sha256::digest(text).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// No scheduler needs quotes around such an argument.
fn is_plain(argument: &str) -> bool {
    argument.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// Marks everything that Writeback has written; the export's name follows.
pub(crate) const MARK: &str = "# writeback: ";

/// The mark of an export. It is ASCII, because some schedulers return other letters broken, and has no blanks, because
/// other words follow it.
fn marker(slug: &str) -> String {
    /// Keeps most names readable.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    // A comment in XML cannot contain two hyphens.
    format!("{MARK}{}", utf8_percent_encode(slug, ENCODED).to_string().replace("--", "-%2D"))
}

pub(crate) fn parse_mark(text: &str) -> Option<String> {
    let slug = text.strip_prefix(MARK)?.split_whitespace().next()?;
    Some(percent_decode_str(slug).decode_utf8().ok()?.into_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SchedulerKind {
    Systemd,
    Cron,
    Launchd,
    Windows,
    Kubernetes,
    Airflow,
}

impl SchedulerKind {
    /// The value of `--to`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Cron => "cron",
            Self::Launchd => "launchd",
            Self::Windows => "windows",
            Self::Kubernetes => "kubernetes",
            Self::Airflow => "airflow",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Cron => "your crontab",
            Self::Launchd => "launchd",
            Self::Windows => "the Task Scheduler",
            Self::Kubernetes => "Kubernetes",
            Self::Airflow => "Airflow",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Without a folder.
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandoffError {
    #[error("{0} has no schedule: it runs only when someone runs it. `writeback edit {0}` gives it one.")]
    Manual(String),
    #[error("The path {} cannot be written for a scheduler. Move it to one of plain characters.", .0.display())]
    Path(PathBuf),
    #[error(
        "No scheduler can be told to run a file with such a name: {0}.toml. Give the file a name of letters, digits and \
         hyphens."
    )]
    Name(String),
    #[error(
        "{what} contains the control character U+{:04X}, which cannot be written for {scheduler}. Rename it without that \
         character.",
        u32::from(*.character)
    )]
    Character { what: &'static str, character: char, scheduler: &'static str },
    #[error("The definition cannot be written: {0}.")]
    Definition(#[from] toml::ser::Error),
}

/// Writes the documents that make a scheduler run the export on schedule.
///
/// # Errors
/// When the export has no schedule, or a path or the definition cannot be expressed for the scheduler.
pub fn write(task: &Task, target: SchedulerKind) -> Result<Vec<Document>, HandoffError> {
    if task.export.schedule.is_manual() {
        return Err(HandoffError::Manual(task.slug.clone()));
    }
    if task.slug.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) || task.slug.starts_with('-') {
        return Err(HandoffError::Name(task.slug.clone()));
    }
    task.check_characters(target)?;
    match target {
        SchedulerKind::Systemd => systemd::documents(task),
        SchedulerKind::Cron => Ok(vec![cron::document(task)?]),
        SchedulerKind::Launchd => Ok(vec![launchd::document(task)?]),
        SchedulerKind::Windows => Ok(vec![windows::document(task)?]),
        SchedulerKind::Kubernetes => Ok(vec![kubernetes::document(task)?]),
        SchedulerKind::Airflow => Ok(vec![airflow::document(task)?]),
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::{SchedulerKind, marker, parse_mark};

    #[test]
    fn a_mark_is_one_ascii_word_that_names_its_export() {
        for slug in ["daily-sales", "nightly sales", "größe", "日本", "a--b---c", "5% of $x's; & more", "a%20b"] {
            let marker = marker(slug);
            assert!(marker.is_ascii() && !marker.contains("--"), "{marker}");
            assert_eq!(marker.split(' ').count(), 3, "{marker}");
            assert_eq!(parse_mark(&format!("{marker} (every day)")).as_deref(), Some(slug));
        }
        assert_eq!(marker("daily-sales"), "# writeback: daily-sales");
        assert_eq!(parse_mark("# writeback: "), None);
        assert_eq!(parse_mark("# Writeback: sales"), None);
    }

    #[test]
    fn the_command_line_takes_the_word_of_a_scheduler() {
        for target in SchedulerKind::value_variants() {
            assert_eq!(SchedulerKind::from_str(target.word(), false), Ok(*target));
        }
    }
}
