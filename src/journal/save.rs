//! An export is saved, and takes its history along when its name is another now.

use std::path::Path;

use chrono::Utc;

use crate::explain;
use crate::export::{DefinitionError, Export, saved};
use crate::files::canonical;
use crate::history::{self, ExportLock, History, LockError};
use crate::run::NotBegun;

/// Why an export is not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Its definition cannot be written under that name.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// It runs, and would have another name in the midst of it.
    #[error("{}", explain::not_begun(.0))]
    Running(NotBegun),
}

/// Saves an export under its name, in place of the one that was called `replaces`; what the history knows of that one
/// goes with it. What is returned the person should know: a sentence.
///
/// # Errors
/// When another export has the name, the old name's export runs, or a file cannot be written.
pub fn save(state: &Path, folder: &Path, export: &Export, replaces: Option<&str>) -> Result<Option<String>, SaveError> {
    with_history((state, folder), &export.name, replaces, || saved::put(folder, export, replaces))
}

/// Gives the saved export of that name another one; what the history knows of it goes with it, and nothing else in its
/// definition changes. What is returned the person should know: a sentence.
///
/// # Errors
/// As [`save`].
pub fn rename(state: &Path, folder: &Path, name: &str, new: &str) -> Result<Option<String>, SaveError> {
    with_history((state, folder), new, Some(name), || saved::rename(folder, name, new))
}

/// Has the export `name` written in place of `replaces`, and takes the history along.
fn with_history(
    (state, folder): (&Path, &Path),
    name: &str,
    replaces: Option<&str>,
    write: impl FnOnce() -> Result<(), DefinitionError>,
) -> Result<Option<String>, SaveError> {
    let to = saved::file_of(folder, name);
    // Asked while the file is still there: afterwards a link would no longer be followed.
    let from = replaces.map(|name| saved::file_of(folder, name)).filter(|from| *from != to && from.exists());
    let from = from.map(|from| canonical(&from));
    let _lock = match from.as_ref().map(|from| ExportLock::take(state, from, Utc::now())) {
        Some(Err(LockError::Held(holder))) => {
            let export = replaces.unwrap_or(name).to_owned();
            return Err(SaveError::Running(NotBegun::Running { export, holder }));
        }
        lock => lock,
    };
    write()?;
    let Some(from) = from.filter(|_| history::file(state).exists()) else { return Ok(None) };
    let moved = History::open(state, Utc::now())
        .and_then(|opened| opened.history.rename(&from, &canonical(&to), name, &saved::slug(name)));
    Ok(moved.err().map(|error| format!("Its past runs are still listed under its old name: {error}.")))
}
