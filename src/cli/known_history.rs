//! The history, for commands that only list exports. Listing creates none, and works without one that can be read.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::say::say;
use crate::export::Export;
use crate::export::schedule::Punctuality;
use crate::history::{History, Opened};
use crate::system::files::canonical;
use crate::text::terminal_text::printable;

/// The history, as far as it can be read.
pub(super) enum KnownHistory {
    /// There is none yet.
    NoneYet,
    Kept(History),
    /// It cannot be read.
    Unreadable,
}

impl KnownHistory {
    /// Opens the history of these exports, and prints what is wrong with it.
    pub(super) fn of<'a>(
        context: &Context,
        exports: impl Iterator<Item = (&'a Path, &'a Export)>,
        now: DateTime<Utc>,
    ) -> Self {
        match History::existing(&context.paths.state, now) {
            Ok(None) => Self::NoneYet,
            Ok(Some(Opened { history, note })) => {
                note.iter().for_each(|note| say(&format!("! {}", printable(note))));
                // What cannot be taken along is not there.
                let _ = history.find_moved(exports);
                Self::Kept(history)
            }
            Err(error) => {
                say(&format!("! What is late is not known: {}.", printable(&error.to_string())));
                Self::Unreadable
            }
        }
    }

    /// Whether an export's scheduled runs come when they are due; `None` where that cannot be known.
    pub(super) fn punctuality(&self, definition: &Path, export: &Export, now: DateTime<Utc>) -> Option<Punctuality> {
        match self {
            Self::NoneYet => Some(export.schedule.punctuality(None, None, None, now)),
            Self::Kept(history) => history.punctuality(&canonical(definition), &export.schedule, now).ok(),
            Self::Unreadable => None,
        }
    }
}
