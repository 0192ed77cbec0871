//! A schedule, written for the scheduler that will keep it.
//!
//! Pure: from a [`Task`] to the text that a scheduler reads. Where a scheduler cannot say a schedule, its nearest honest
//! form is wider, and the command has a guard, `run --if-due` or `--if-due-at`, that lets only the right times through.

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

pub use due::{LATE, is_due};
pub use meant::{Meant, NotMeant};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
pub(crate) use systemd::unit;

use crate::export::Export;

/// A saved export, as a scheduler has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name as `writeback run` takes it.
    pub slug: String,
    /// The export.
    pub export: Export,
    /// The program: an absolute path.
    pub program: PathBuf,
    /// `WRITEBACK_HOME`, where it is set.
    pub home: Option<PathBuf>,
    /// The zone of the computer's clock, by which cron, launchd and Windows go.
    pub clock: chrono_tz::Tz,
    /// When it is handed over.
    pub begins: chrono::DateTime<chrono::Utc>,
}

impl Task {
    /// What `writeback` is called with.
    fn arguments(&self, guard: bool) -> [&str; 3] {
        ["run", &self.slug, if guard { "--if-due" } else { "--scheduled" }]
    }

    fn program(&self) -> Result<&str, HandoffError> {
        text(&self.program)
    }

    fn home(&self) -> Result<Option<&str>, HandoffError> {
        self.home.as_deref().map(text).transpose()
    }

    /// Refuses characters that no line of a unit, a crontab or a task can hold: a carriage return would begin a directive of
    /// its own. Kubernetes and Airflow read them by their numbers.
    fn check_characters(&self, target: Target) -> Result<(), HandoffError> {
        if matches!(target, Target::Kubernetes | Target::Airflow) {
            return Ok(());
        }
        // XML has no way to write the last two.
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

fn text(path: &Path) -> Result<&str, HandoffError> {
    path.to_str().ok_or_else(|| HandoffError::Path(path.to_owned()))
}

/// The first bytes of a hash, hexadecimal: enough that no two texts have the same.
fn short_hash(text: &str, bytes: usize) -> String {
    Sha256::digest(text).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// Tells an argument that no scheduler has to be given in quotes.
fn is_plain(argument: &str) -> bool {
    argument.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// How what Writeback has written begins; the export's name follows.
pub(crate) const MARK: &str = "# writeback: ";

/// The mark of an export. In ASCII, because some schedulers give other letters back broken, and without blanks, because
/// other words follow it.
fn marker(slug: &str) -> String {
    /// Characters that most names consist of stay readable.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    // Two hyphens may not stand in a comment of XML.
    format!("{MARK}{}", utf8_percent_encode(slug, ENCODED).to_string().replace("--", "-%2D"))
}

/// The export whose mark a text begins with.
pub(crate) fn marked(text: &str) -> Option<String> {
    let slug = text.strip_prefix(MARK)?.split_whitespace().next()?;
    Some(percent_decode_str(slug).decode_utf8().ok()?.into_owned())
}

/// A scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// A user timer of systemd.
    Systemd,
    /// A line of a crontab.
    Cron,
    /// A launch agent of macOS.
    Launchd,
    /// A task of the Windows Task Scheduler.
    Windows,
    /// A CronJob of Kubernetes.
    Kubernetes,
    /// A DAG of Airflow.
    Airflow,
}

impl Target {
    /// The word that `--to` takes.
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

    /// What people call it.
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

/// A file that a scheduler reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is called, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Why a schedule cannot be handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandoffError {
    /// It runs only when someone runs it.
    #[error("{0} has no schedule: it runs only when someone runs it. `writeback edit {0}` gives it one.")]
    Manual(String),
    /// A path that the scheduler's form has no way to write.
    #[error("The path {} cannot be written for a scheduler. Move it to one of plain characters.", .0.display())]
    Path(PathBuf),
    /// The name of a definition's file that not every scheduler could write.
    #[error(
        "No scheduler can be told to run a file with such a name: {0}.toml. Give the file a name of letters, digits and \
         hyphens."
    )]
    Name(String),
    /// A character that the scheduler's form has no way to write.
    #[error(
        "{what} contains the control character U+{:04X}, which cannot be written for {scheduler}. Rename it without that \
         character.",
        u32::from(*.character)
    )]
    Character {
        /// The text that it is in.
        what: &'static str,
        /// The character.
        character: char,
        /// The scheduler.
        scheduler: &'static str,
    },
    /// A definition that has no form in TOML.
    #[error("The definition cannot be written: {0}.")]
    Definition(#[from] toml::ser::Error),
}

/// What a scheduler has to be given so that it runs the export when its schedule says so.
///
/// # Errors
/// When the export has no schedule, or a path or the definition cannot be written in the scheduler's form.
pub fn write(task: &Task, target: Target) -> Result<Vec<Document>, HandoffError> {
    if task.export.schedule.is_manual() {
        return Err(HandoffError::Manual(task.slug.clone()));
    }
    if task.slug.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) || task.slug.starts_with('-') {
        return Err(HandoffError::Name(task.slug.clone()));
    }
    task.check_characters(target)?;
    match target {
        Target::Systemd => systemd::documents(task),
        Target::Cron => Ok(vec![cron::document(task)?]),
        Target::Launchd => Ok(vec![launchd::document(task)?]),
        Target::Windows => Ok(vec![windows::document(task)?]),
        Target::Kubernetes => Ok(vec![kubernetes::document(task)?]),
        Target::Airflow => Ok(vec![airflow::document(task)?]),
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::{Target, marked, marker};

    #[test]
    fn a_mark_is_one_word_of_ascii_and_says_whose_it_is() {
        for slug in ["daily-sales", "nightly sales", "größe", "日本", "a--b---c", "5% of $x's; & more", "a%20b"] {
            let marker = marker(slug);
            assert!(marker.is_ascii() && !marker.contains("--"), "{marker}");
            assert_eq!(marker.split(' ').count(), 3, "{marker}");
            assert_eq!(marked(&format!("{marker} (every day)")).as_deref(), Some(slug));
        }
        assert_eq!(marker("daily-sales"), "# writeback: daily-sales");
        assert_eq!(marked("# writeback: "), None);
        assert_eq!(marked("# Writeback: sales"), None);
    }

    #[test]
    fn the_word_of_a_scheduler_is_the_one_that_the_command_line_takes() {
        for target in Target::value_variants() {
            assert_eq!(Target::from_str(target.word(), false), Ok(*target));
        }
    }
}
