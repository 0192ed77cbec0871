//! An export is saved or removed, and what the history knows of it goes along with its name or goes with it.

use std::path::Path;

use chrono::Utc;

use crate::explain;
use crate::export::{DefinitionError, Export, saved};
use crate::files::canonical;
use crate::history::{self, ExportLock, History, HistoryError, LockError};
use crate::run::NotBegun;

/// Why an export is not saved or removed.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Its definition cannot be written under that name, or not be deleted.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// It runs, and would have another name, or none, in the midst of it.
    #[error("{}", explain::not_begun(.0))]
    Running(NotBegun),
}

/// Saves an export under its name, in place of the one that was called `replaces`; what the history knows of that one
/// goes with it. Of one that had the new name before, and is gone, all but its runs is forgotten. What is returned the
/// person should know: a sentence.
///
/// # Errors
/// When another export has the name, the old name's export runs, or a file cannot be written.
pub fn save(state: &Path, folder: &Path, export: &Export, replaces: Option<&str>) -> Result<Option<String>, SaveError> {
    let content = export.content().ok();
    with_history((state, folder), &export.name, replaces, content.as_deref(), || saved::put(folder, export, replaces))
}

/// Gives the saved export of that name another one; what the history knows of it goes with it, and nothing else in its
/// definition changes. What is returned the person should know: a sentence.
///
/// # Errors
/// As [`save`].
pub fn rename(state: &Path, folder: &Path, name: &str, new: &str) -> Result<Option<String>, SaveError> {
    with_history((state, folder), new, Some(name), None, || saved::rename(folder, name, new))
}

/// Has the export `name` written in place of `replaces`, and takes the history along. If it is new, what is known of an
/// earlier one of that name stays only if its last good run had this `content`.
fn with_history(
    (state, folder): (&Path, &Path),
    name: &str,
    replaces: Option<&str>,
    content: Option<&str>,
    write: impl FnOnce() -> Result<(), DefinitionError>,
) -> Result<Option<String>, SaveError> {
    let to = saved::file_of(folder, name);
    // Asked while the file is still there: afterwards a link would no longer be followed.
    let from = replaces.map(|name| saved::file_of(folder, name)).filter(|from| *from != to && from.exists());
    let from = from.map(|from| canonical(&from));
    let _lock = from.as_ref().map(|from| not_running(state, from, replaces.unwrap_or(name))).transpose()?;
    let is_new = !to.exists();
    write()?;
    let to = canonical(&to);
    Ok(match from {
        Some(from) => in_history(state, |history| history.rename(&from, &to, name, &saved::slug(name)))
            .map(|error| format!("Its past runs are still listed under its old name: {error}.")),
        None if is_new => in_history(state, |history| history.forget(&to, content)).map(|error| not_forgotten(&error)),
        None => None,
    })
}

/// Removes an export's definition. What the history knows of it is forgotten, except for its runs. What is returned the
/// person should know: a sentence.
///
/// # Errors
/// When the export runs, or the file cannot be deleted.
pub fn remove(state: &Path, file: &Path) -> Result<Option<String>, SaveError> {
    let definition = canonical(file);
    let _lock = not_running(state, &definition, &file.file_stem().unwrap_or_default().to_string_lossy())?;
    saved::remove(file)?;
    // Where the file was a link, the definition is still there.
    if definition.exists() {
        return Ok(None);
    }
    Ok(in_history(state, |history| history.forget(&definition, None)).map(|error| not_forgotten(&error)))
}

/// Keeps an export from being run. Where no lock can be made, it is done without one.
fn not_running(state: &Path, definition: &Path, name: &str) -> Result<Option<ExportLock>, SaveError> {
    match ExportLock::take(state, definition, Utc::now()) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Held(holder)) => Err(SaveError::Running(NotBegun::Running { export: name.to_owned(), holder })),
        Err(LockError::Unusable(_)) => Ok(None),
    }
}

/// Changes the history, if there is one, and gives the error if it could not be changed.
fn in_history(state: &Path, change: impl FnOnce(&History) -> Result<(), HistoryError>) -> Option<HistoryError> {
    if !history::file(state).exists() {
        return None;
    }
    History::open(state, Utc::now()).and_then(|opened| change(&opened.history)).err()
}

fn not_forgotten(error: &HistoryError) -> String {
    format!("The history still counts the files of an export that had this name to it: {error}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Arrived, Ending, Kind, NewRun, Reached, RunResult};

    fn export(input: &str) -> Export {
        let text = format!(
            "name = \"Daily sales\"\n[input]\ndataset = \"{input}\"\n\
             [output]\ndataset = \"acme/sales\"\nfile = \"sales\"\nappend = \"number\""
        );
        Export::parse(&text, Path::new("x.toml")).unwrap()
    }

    #[test]
    fn what_ran_before_it_was_saved_is_its_own_and_what_another_of_its_name_wrote_is_not() {
        let (one, other) =
            (export("845305d8-da3d-4107-a9d6-13ef3f86d4a4"), export("00000000-da3d-4107-a9d6-13ef3f86d4a4"));
        let folder = tempfile::tempdir().unwrap();
        let (state, folder) = (folder.path().join("state"), folder.path().join("exports"));
        std::fs::create_dir_all(&state).unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        let definition = canonical(&saved::file_of(&folder, &one.name));
        let open = || History::open(&state, Utc::now()).unwrap().history;
        let written = || open().written(&definition, &one.output.dataset).unwrap().len();
        let new = NewRun {
            export: &one.name,
            slug: "daily-sales",
            definition: &definition,
            kind: Kind::Manual,
            started: Utc::now(),
        };
        let arrived = Arrived {
            content: one.content().unwrap(),
            dataset: one.output.dataset.clone(),
            file: "sales_1.csv".to_owned(),
            data_date: None,
            deleted: Vec::new(),
        };
        let ending = Ending {
            result: RunResult::Done,
            arrived: Some(arrived),
            log: crate::export::Update::Append,
            reached: Reached::default(),
            reason: None,
            advice: None,
            file_now: None,
            support_id: None,
        };
        open().end(open().begin(&new).unwrap(), &ending, Utc::now()).unwrap();
        save(&state, &folder, &one, None).unwrap();
        save(&state, &folder, &other, Some("Daily sales")).unwrap();
        assert_eq!(written(), 1, "it may be changed");
        // Removed by hand.
        std::fs::remove_file(&definition).unwrap();
        save(&state, &folder, &other, None).unwrap();
        assert_eq!(written(), 0);
    }
}
