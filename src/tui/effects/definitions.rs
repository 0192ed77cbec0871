//! Saved exports: listed for home, saved, changed, deleted.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Shared;
use super::history;
use crate::explain::{self, Explanation};
use crate::export::saved::Original;
use crate::export::{DefinitionError, Export, Setting, saved};
use crate::history::{History, RunFilter};
use crate::ops::run::{self, SaveError};
use crate::schedulers::{self, LocalSchedules};
use crate::system::files::canonical;
use crate::system::process::blocking;
use crate::transfer::NotBegun;
use crate::tui::state::{Answer, LocalData, SaveReply, SavedExport};

/// The saved exports, each with its newest run, and the accounts. Without a history that can be read, no export has run.
pub(super) async fn kept(shared: &Shared) -> Result<LocalData, Explanation> {
    let accounts = shared.workspace.book().await.map_err(NotBegun::from)?.all().to_vec();
    let (folder, state) = (shared.workspace.tools.exports.clone(), shared.workspace.tools.state.clone());
    let exports = blocking(move || {
        let (history, now, saved) = (history::open(&state).ok().flatten(), Utc::now(), saved::all(&folder));
        if let Some(history) = &history {
            // The history works without the moved exports.
            let _ = history.find_moved(saved::readable(&saved));
        }
        saved.into_iter().map(|(file, export)| with_past(history.as_ref(), file, export, now)).collect()
    });
    Ok(LocalData { exports: exports.await, accounts })
}

fn with_past(
    history: Option<&History>,
    file: PathBuf,
    export: Result<Export, DefinitionError>,
    now: DateTime<Utc>,
) -> SavedExport {
    let definition = canonical(&file);
    let which = RunFilter::Definition(&definition);
    let last = history.and_then(|history| history.runs(which, 1).ok()?.into_iter().next());
    let schedule = export.as_ref().ok().map(|export| &export.schedule);
    let punctuality = schedule.and_then(|schedule| match history {
        Some(history) => history.punctuality(&definition, schedule, now).ok(),
        None => Some(schedule.punctuality(None, None, None, now)),
    });
    SavedExport { export: export.map(Box::new).map_err(|error| error.to_string()), last, punctuality, file }
}

/// Finds the saved exports in the schedulers of this computer.
pub(super) async fn local_schedules(shared: &Shared) -> Result<LocalSchedules, Explanation> {
    let (folder, home) = (shared.workspace.tools.exports.clone(), shared.workspace.tools.environment.home.clone());
    Ok(blocking(move || LocalSchedules::find(&folder, home.as_deref())).await)
}

/// Saves an export, in place of the one that `replaces` was read from.
pub(super) async fn save(shared: &Shared, export: Export, replaces: Option<Original>) -> SaveReply {
    let (folder, state) = (shared.workspace.tools.exports.clone(), shared.workspace.tools.state.clone());
    let home = shared.workspace.tools.environment.home.clone();
    let saved = blocking(move || {
        let file = saved::save_path(&folder, &export.name, replaces.as_ref());
        // The wizard has no place for what the history could not move along.
        run::save(&state, &folder, &export, replaces.as_ref())?;
        let (before, after) = (replaces.map(|it| it.stem), file.file_stem().unwrap_or_default().to_string_lossy());
        let before = before.as_deref().unwrap_or(&after);
        let renamed = schedulers::rename(&folder, home.as_deref(), before, &after);
        let sentences = renamed.iter().map(|it| explain::rescheduled(before, &after, it)).collect::<Vec<_>>();
        Ok((saved::argument(&file), sentences))
    });
    match saved.await {
        Ok((name, schedulers)) => SaveReply::Saved { name, schedulers },
        Err(SaveError::Definition(error @ DefinitionError::Changed { .. })) => {
            let explanation = explain::changed_meanwhile(&error);
            let DefinitionError::Changed { found, .. } = error else { return SaveReply::Failed(explanation) };
            SaveReply::Changed { found, explanation }
        }
        Err(error) => SaveReply::Failed(explain::in_its_words(&error)),
    }
}

/// Writes a decision into a definition.
pub(super) async fn change(file: PathBuf, setting: Setting) -> Answer<()> {
    blocking(move || setting.save(&file)).await.map_err(|error| explain::in_its_words(&error))
}

/// Deletes a definition.
pub(super) async fn remove(shared: &Shared, file: PathBuf) -> Result<(), Explanation> {
    let state = shared.workspace.tools.state.clone();
    // Home has no place for what the history could not forget.
    blocking(move || run::remove(&state, &file)).await.map(drop).map_err(|error| explain::in_its_words(&error))
}
