//! The history, for commands that list exports: it is not created, and may be unreadable.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::say::say;
use crate::export::Export;
use crate::export::schedule::Punctuality;
use crate::history::{History, Opened};
use crate::system::files::canonical;
use crate::text::terminal_text::printable;

pub(super) enum KnownHistory {
    /// The file does not exist.
    NoneYet,
    Kept(History),
    Unreadable,
}

impl KnownHistory {
    /// Opens the history, takes moved exports along, and prints errors.
    pub(super) fn of<'a>(
        context: &Context,
        exports: impl Iterator<Item = (&'a Path, &'a Export)>,
        now: DateTime<Utc>,
    ) -> Self {
        match History::existing(&context.paths.state, now) {
            Ok(None) => Self::NoneYet,
            Ok(Some(Opened { history, note })) => {
                note.iter().for_each(|note| say(&format!("! {}", printable(note))));
                // The history works without the moved exports.
                let _ = history.find_moved(exports);
                Self::Kept(history)
            }
            Err(error) => {
                say(&format!("! What is late is not known: {}.", printable(&error.to_string())));
                Self::Unreadable
            }
        }
    }

    /// Compares the scheduled runs with the schedule; `None` if the history cannot be read.
    pub(super) fn punctuality(&self, definition: &Path, export: &Export, now: DateTime<Utc>) -> Option<Punctuality> {
        match self {
            Self::NoneYet => Some(export.schedule.punctuality(None, None, None, now)),
            Self::Kept(history) => history.punctuality(&canonical(definition), &export.schedule, now).ok(),
            Self::Unreadable => None,
        }
    }
}
