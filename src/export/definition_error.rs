//! Errors of definitions.

use std::path::PathBuf;

use super::{Export, OutputError};
use crate::system::files::{FileError, IoError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    Missing {
        path: PathBuf,
        nearest: Option<String>,
    },
    Unknown {
        name: String,
        nearest: Option<String>,
    },
    /// Not among the saved exports, which are in `folder`.
    Elsewhere {
        path: PathBuf,
        folder: PathBuf,
    },
    File(#[from] FileError),
    UnreadableFolder {
        path: PathBuf,
        source: IoError,
    },
    Unwritable {
        path: PathBuf,
        source: IoError,
    },
    /// The file has changed since it was opened for editing.
    Changed {
        path: PathBuf,
        found: Option<Box<Export>>,
    },
    Taken {
        name: String,
        path: PathBuf,
    },
    Unremovable {
        path: PathBuf,
        source: IoError,
    },
    Output {
        path: PathBuf,
        source: OutputError,
    },
    /// `keep` without `append`.
    Keep {
        path: PathBuf,
    },
}
