//! Errors of definitions.

use std::path::PathBuf;

use super::{Export, NameError};
use crate::system::files::FileError;

#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    #[error("There is no export at {}. {}", path.display(), or_hint(nearest.as_deref()))]
    Missing { path: PathBuf, nearest: Option<String> },
    #[error("There is no export `{name}`. {}", or_hint(nearest.as_deref()))]
    Unknown { name: String, nearest: Option<String> },
    #[error(
        "{} is not among the saved exports, and this command is for those. Move it to {} first.",
        path.display(),
        folder.display()
    )]
    Elsewhere { path: PathBuf, folder: PathBuf },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("The saved exports in {} cannot be read: {source}. Check what is there, and that you may read it.", path.display())]
    UnreadableFolder { path: PathBuf, source: std::io::Error },
    #[error("The export could not be saved to {}: {source}.", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
    /// The file has changed since it was opened for editing.
    #[error(
        "{} was {} by another program after you opened it here, so nothing was saved.",
        path.file_name().unwrap_or_default().display(),
        if found.is_some() { "changed" } else { "renamed or removed" }
    )]
    Changed { path: PathBuf, found: Option<Box<Export>> },
    #[error("There is an export {name} already, {}. Choose another name, or remove that one first.", path.display())]
    Taken { name: String, path: PathBuf },
    #[error("The export {} could not be removed: {source}.", path.display())]
    Unremovable { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Name { path: PathBuf, source: NameError },
    #[error(
        "{}: `keep` is for files with a date or a number. Without `append` there is only one file, which is replaced.",
        path.display()
    )]
    Keep { path: PathBuf },
}

fn or_hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("Did you mean `{nearest}`?"),
        None => {
            "`writeback exports list` shows those that are saved; any other definition goes by its path.".to_owned()
        }
    }
}
