//! What is kept on this computer: saved exports, accounts, the history.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Shared;
use super::keep::{blocking, book, plain};
use crate::explain::Explanation;
use crate::export::{DefinitionError, Export, Setting, saved};
use crate::files::canonical;
use crate::history::{self, History, HistoryError, RunResult, Which};
use crate::journal;
use crate::state::{Kept, Runs, SavedExport};

/// The saved exports, each with its newest run, and the accounts. Without a history that can be read, no export has run.
pub(super) async fn kept(shared: &Shared) -> Result<Kept, Explanation> {
    let accounts = book(shared).await?.all().to_vec();
    let (folder, state) = (shared.tools.exports.clone(), shared.tools.state.clone());
    let exports = blocking(move || {
        let (history, now) = (history(&state).ok().flatten(), Utc::now());
        saved::all(&folder).into_iter().map(|(file, export)| with_past(history.as_ref(), file, export, now)).collect()
    });
    Ok(Kept { exports: exports.await?, accounts })
}

fn with_past(
    history: Option<&History>,
    file: PathBuf,
    export: Result<Export, DefinitionError>,
    now: DateTime<Utc>,
) -> SavedExport {
    let definition = canonical(&file);
    let which = Which::Export { slug: "", definition: &definition };
    let last = history.and_then(|history| history.runs(which, 1).ok()?.into_iter().next());
    let schedule = export.as_ref().ok().map(|export| &export.schedule);
    let punctuality = schedule.and_then(|schedule| match history {
        Some(history) => history.punctuality(&definition, schedule, now).ok(),
        None => Some(schedule.punctuality(None, None, None, now)),
    });
    SavedExport { export: export.map(Box::new).map_err(|error| error.to_string()), last, punctuality, file }
}

/// The history, if there is one: looking makes none. Runs that were killed are found.
fn history(state: &Path) -> Result<Option<History>, HistoryError> {
    if !history::file(state).exists() {
        return Ok(None);
    }
    let history = History::open(state, Utc::now())?.history;
    // Who may not write may still read.
    let _ = history.find_interrupted(state);
    Ok(Some(history))
}

/// Runs of the history, the newest first. Where there is no history there are none.
pub(super) async fn runs(
    shared: &Shared,
    definition: Option<PathBuf>,
    results: &'static [RunResult],
    most: u32,
) -> Result<Runs, Explanation> {
    let state = shared.tools.state.clone();
    let read = move || -> Result<Runs, HistoryError> {
        let Some(history) = history(&state)? else { return Ok(Runs::default()) };
        let which = match &definition {
            Some(definition) => Which::Export { slug: "", definition },
            None => Which::All,
        };
        let (runs, total) = history.ended_as(which, results, most)?;
        let statistics = definition.is_some().then(|| history.statistics(which)).transpose()?;
        Ok(Runs { runs, total, statistics })
    };
    let unreadable = |error| Explanation::new(format!("The history cannot be read: {error}."), "");
    blocking(read).await?.map_err(unreadable)
}

/// Writes a decision into a definition; the name that `writeback run` takes.
pub(super) async fn change(file: PathBuf, setting: Setting) -> Result<String, Explanation> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    blocking(move || setting.save(&file)).await?.map_err(|error| plain(&error))?;
    Ok(name)
}

/// Deletes a definition.
pub(super) async fn remove(shared: &Shared, file: PathBuf) -> Result<(), Explanation> {
    let state = shared.tools.state.clone();
    // What the history could not forget is nothing that home shows.
    blocking(move || journal::remove(&state, &file)).await?.map(drop).map_err(|error| plain(&error))
}
