//! Saved exports: listed for home, saved, and given to schedulers.

use super::Shared;
use crate::explain;
use crate::export::saved::{self, Original};
use crate::export::{DefinitionError, Export};
use crate::ops::exports::{self, Listed, SaveError};
use crate::ops::schedules::{self, Installation, ScheduleError};
use crate::transfer::NotBegun;
use crate::tui::state::{Answer, LocalData, SaveReply, SavedExport, ScheduleChange, ScheduleReply};

/// The saved exports, each with its newest run, and the accounts.
pub(super) async fn kept(shared: &Shared) -> Answer<LocalData> {
    let accounts = shared.workspace.book().await.map_err(NotBegun::from)?.all().to_vec();
    // The tab History says what is wrong with the history.
    let (exports, _) = exports::list(&shared.workspace).await;
    let saved = |Listed { file, export, last, punctuality }| {
        let export = export.map(Box::new).map_err(|error: DefinitionError| error.to_string());
        SavedExport { file, export, last, punctuality }
    };
    Ok(LocalData { exports: exports.into_iter().map(saved).collect(), accounts })
}

/// Saves an export, in place of the one that `replaces` was read from.
pub(super) async fn save(shared: &Shared, export: Export, replaces: Option<Original>) -> SaveReply {
    match exports::save(&shared.workspace, export, replaces).await {
        Ok(saved) => {
            let sentences = saved.schedulers().map(|(_, sentence)| sentence);
            let notes = sentences.chain(saved.notes.iter().cloned()).collect();
            SaveReply::Saved { name: saved::argument(&saved.file), notes }
        }
        Err(SaveError::Definition(error @ DefinitionError::Changed { .. })) => {
            let explanation = explain::changed_meanwhile(&error);
            let DefinitionError::Changed { found, .. } = error else { return SaveReply::Failed(explanation) };
            SaveReply::Changed { found, explanation }
        }
        Err(error) => SaveReply::Failed(explain::in_its_words(&error)),
    }
}

pub(super) async fn schedule(shared: &Shared, slug: &str, change: ScheduleChange) -> ScheduleReply {
    let done = |sentences| ScheduleReply::Done { sentences, first_run: None };
    let changed: Result<ScheduleReply, ScheduleError> = async {
        Ok(match change {
            ScheduleChange::Install(target) => {
                let Installation { sentences, first_run, .. } =
                    schedules::install(&shared.workspace, slug, target, None).await?;
                ScheduleReply::Done { sentences, first_run }
            }
            ScheduleChange::Remove(target) => done(vec![schedules::remove(&shared.workspace, slug, target).await?]),
            ScheduleChange::Write { target, to, replace } => {
                match schedules::write_file(&shared.workspace, slug, target, to, replace).await? {
                    (to, true) => done(vec![format!("Written to {}.", to.display())]),
                    (to, false) => ScheduleReply::Exists(to),
                }
            }
        })
    }
    .await;
    changed.unwrap_or_else(|error| ScheduleReply::Failed(explain::in_its_words(&error)))
}
