//! Why a definition cannot be used: what is wrong, where, and what was probably meant.

use std::path::PathBuf;

use super::{Export, NameError};
use crate::files::FileError;

/// Why a definition cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// There is no such file.
    #[error("There is no export at {}. {}", path.display(), or_hint(nearest.as_deref()))]
    Missing {
        /// The file.
        path: PathBuf,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// No export is saved under that name.
    #[error("There is no export `{name}`. {}", or_hint(nearest.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// The file cannot be read, or something in it is unknown or wrong.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder of the saved exports cannot be read.
    #[error("The saved exports in {} cannot be read: {source}. Check what is there, and that you may read it.", path.display())]
    UnreadableFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("The export could not be saved to {}: {source}.", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it was when it was opened to be changed.
    #[error(
        "{} was {} by another program after you opened it here, so nothing was saved.",
        path.file_name().unwrap_or_default().display(),
        if found.is_some() { "changed" } else { "renamed or removed" }
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The definition that is there now, if there is one.
        found: Option<Box<Export>>,
    },
    /// Another export has the name.
    #[error("There is an export {name} already, {}. Choose another name, or remove that one first.", path.display())]
    Taken {
        /// The name.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// The file cannot be deleted.
    #[error("The export {} could not be removed: {source}.", path.display())]
    Unremovable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file name with its suffix is over the limit.
    #[error("{}: {source}", path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// What is wrong with the name.
        source: NameError,
    },
    /// Files are to be deleted that do not come to be.
    #[error(
        "{}: `keep` is for files with a date or a number. Without `append` there is only one file, which is replaced.",
        path.display()
    )]
    Keep {
        /// The file.
        path: PathBuf,
    },
}

fn or_hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("Did you mean `{nearest}`?"),
        None => {
            "`writeback exports list` shows those that are saved; any other definition goes by its path.".to_owned()
        }
    }
}
