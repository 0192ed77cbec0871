//! Errors of definitions.

use std::path::PathBuf;

use super::{Export, OutputError};
use crate::system::files::{FileError, PathError};

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
    UnreadableFolder(PathError),
    Unwritable(PathError),
    /// The file has changed since it was opened for editing.
    Changed {
        path: PathBuf,
        found: Option<Box<Export>>,
    },
    Taken {
        name: String,
        path: PathBuf,
    },
    Unremovable(PathError),
    Output {
        path: PathBuf,
        source: OutputError,
    },
    /// `keep` without `append`.
    Keep(PathBuf),
}
