//! An export for a scheduler, and its names and paths as the files of schedulers take them.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::export::Export;
use crate::system::files::IoError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The name that `writeback run` takes.
    pub slug: String,
    pub export: Export,
    pub program: PathBuf,
    /// `WRITEBACK_HOME`, if set.
    pub home: Option<PathBuf>,
    /// The zone of the computer's clock.
    pub clock: chrono_tz::Tz,
    pub begins: chrono::DateTime<chrono::Utc>,
}

/// Files that make a scheduler run a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTask {
    pub documents: Vec<Document>,
    /// The scheduler comes at the times of the schedule and at no others; otherwise the command has a guard.
    pub exact: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Without a folder.
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    Manual(String),
    Path(PathBuf),
    Name(String),
    Character {
        what: Named,
        character: char,
        scheduler: &'static str,
    },
    Definition(#[from] toml::ser::Error),
    /// Neither this program nor the current folder can be found.
    Program(IoError),
    /// The zone of this computer's clock cannot be found.
    NoClock,
}

/// A name that a scheduler has to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Home,
    Program,
    Export,
}

impl WrittenTask {
    pub(super) fn one(name: String, text: String, exact: bool) -> Self {
        Self { documents: vec![Document { name, text }], exact }
    }

    /// The texts, one after the other.
    pub fn text(&self) -> String {
        self.documents.iter().map(|document| document.text.as_str()).collect()
    }
}

impl Task {
    pub(super) fn arguments(&self, exact: bool) -> [&str; 3] {
        ["run", &self.slug, if exact { "--scheduled" } else { "--if-due" }]
    }

    pub(super) fn program(&self) -> Result<&str, WriteError> {
        path_text(&self.program)
    }

    pub(super) fn home(&self) -> Result<Option<&str>, WriteError> {
        self.home.as_deref().map(path_text).transpose()
    }

    /// Refuses what no scheduler can be given.
    pub(super) fn check(&self) -> Result<(), WriteError> {
        if self.export.schedule.is_manual() {
            return Err(WriteError::Manual(self.slug.clone()));
        }
        if self.slug.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) || self.slug.starts_with('-') {
            return Err(WriteError::Name(self.slug.clone()));
        }
        Ok(())
    }

    /// Refuses characters that no line of a unit, a crontab or a task can hold: a carriage return would begin a
    /// directive of its own. YAML and Python read them as escapes.
    pub(super) fn check_characters(&self, scheduler: &'static str) -> Result<(), WriteError> {
        // XML cannot express the last two.
        let is_bad = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}');
        let texts = [
            (Named::Home, self.home()?.unwrap_or_default()),
            (Named::Program, self.program()?),
            (Named::Export, &self.slug),
        ];
        for (what, text) in texts {
            if let Some(character) = text.chars().find(is_bad) {
                return Err(WriteError::Character { what, character, scheduler });
            }
        }
        Ok(())
    }
}

pub(super) fn path_text(path: &Path) -> Result<&str, WriteError> {
    path.to_str().ok_or_else(|| WriteError::Path(path.to_owned()))
}

/// Marks everything that Writeback has written; the export's name follows.
pub(super) const MARK: &str = "# writeback: ";

/// The mark of an export. It is ASCII, because some schedulers return other letters broken, and has no blanks, because
/// other words follow it.
pub(super) fn marker(slug: &str) -> String {
    /// Keeps most names readable.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    // A comment in XML cannot contain two hyphens.
    format!("{MARK}{}", utf8_percent_encode(slug, ENCODED).to_string().replace("--", "-%2D"))
}

pub(super) fn parse_mark(text: &str) -> Option<String> {
    let slug = text.strip_prefix(MARK)?.split_whitespace().next()?;
    Some(percent_decode_str(slug).decode_utf8().ok()?.into_owned())
}

pub(super) fn short_hash(text: &str, bytes: usize) -> String {
    Sha256::digest(text).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// The longest name of a CronJob: Kubernetes adds 11 characters for its Jobs, and 63 are allowed (kubernetes.io,
/// "CronJob").
const MAX_LABEL: usize = 52;

/// `writeback-` and the slug, as a DNS label (RFC 1123). A hash of the slug replaces the rest, so that no two exports
/// share a label.
pub(super) fn dns_label(slug: &str) -> String {
    let whole = format!("writeback-{slug}");
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if whole.chars().all(fits) && whole.len() <= MAX_LABEL && !whole.ends_with('-') {
        return whole;
    }
    let hash = short_hash(slug, 4);
    let beginning: String = whole.chars().filter(|c| fits(*c)).take(MAX_LABEL - hash.len() - 1).collect();
    format!("{}-{hash}", beginning.trim_end_matches('-'))
}

/// No scheduler needs quotes around such an argument.
pub(super) fn is_plain(argument: &str) -> bool {
    argument.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// Escapes text between two XML tags. Control characters, which XML cannot express, are left out.
pub(super) fn escape_xml(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A string in double quotes, with escapes that YAML and Python share. Invisible characters become numeric escapes.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            c if is_visible(c) => literal.push(c),
            c => literal.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    literal + "\""
}

/// Visible, and no part of the character before it.
pub(super) fn is_visible(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1
}

#[cfg(test)]
mod tests {
    use super::{marker, parse_mark};

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
}
