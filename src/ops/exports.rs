//! Lists, saves, renames and removes exports, and keeps the history and the schedulers in step.

use std::path::{Path, PathBuf};

use chrono::Utc;

use super::Workspace;
use crate::explain;
use crate::export::saved::Original;
use crate::export::schedule::Punctuality;
use crate::export::{DefinitionError, Export, Setting, saved};
use crate::history::{self, ExportLock, History, HistoryError, LockError, Opened, RunFilter};
use crate::schedulers::{self, Renamed};
use crate::system::files::{canonical, folder_of};
use crate::system::process::blocking;
use crate::transfer::NotBegun;

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The definition cannot be written under that name, or cannot be deleted.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The export runs, and would lose its name in the middle of the run.
    #[error(transparent)]
    Running(NotBegun),
}

/// A saved or renamed export.
#[derive(Debug)]
pub struct Saved {
    /// The name of its file before, without `.toml`.
    before: String,
    pub file: PathBuf,
    /// Sentences on what the history could not take along.
    pub notes: Vec<String>,
    /// The schedulers that had it under its old name.
    renamed: Vec<Renamed>,
}

impl Saved {
    /// A sentence for each scheduler, and whether it has the new name.
    pub fn schedulers(&self) -> impl Iterator<Item = (bool, String)> {
        let after = self.slug();
        self.renamed.iter().map(move |it| (it.result.is_ok(), explain::rescheduled(&self.before, &after, it)))
    }

    /// The name of its file, without `.toml`.
    pub fn slug(&self) -> String {
        stem(&self.file)
    }
}

/// Saves an export in place of the one that `replaces` was read from. Its history and its schedules move along. If the
/// new name belonged to an export that is gone, everything but its runs is forgotten.
///
/// # Errors
/// When another program has changed the replaced definition, another export has the name, the export runs under its old
/// name, or a file cannot be written.
pub async fn save(workspace: &Workspace, export: Export, replaces: Option<Original>) -> Result<Saved, SaveError> {
    let folders = Folders::of(workspace);
    let work = move || {
        let file = saved::save_path(&folders.exports, &export.name, replaces.as_ref());
        let note = folders.save(&export, replaces.as_ref())?;
        let before = replaces.map_or_else(|| stem(&file), |original| original.stem);
        Ok(folders.reschedule(before, file, note))
    };
    blocking(work).await
}

/// Renames a saved export; its history and its schedules move along, and the rest of its definition stays.
///
/// # Errors
/// As [`save`].
pub async fn rename(workspace: &Workspace, name: &str, new: &str) -> Result<Saved, SaveError> {
    let (folders, name, new) = (Folders::of(workspace), name.to_owned(), new.to_owned());
    let work = move || {
        let before = saved::find_stem(&folders.exports, &name)?;
        let note = folders.rename(&name, &new)?;
        Ok(folders.reschedule(before, saved::new_file(&folders.exports, &new), note))
    };
    blocking(work).await
}

/// Writes a decision into a definition as it is now.
pub async fn change(file: PathBuf, setting: Setting) -> Result<(), DefinitionError> {
    blocking(move || setting.save(&file)).await
}

/// Removes an export's definition. The history forgets everything but its runs. Returns a sentence on what it could not
/// forget.
///
/// # Errors
/// When the export runs, or the file cannot be deleted.
pub async fn remove(workspace: &Workspace, file: PathBuf) -> Result<Option<String>, SaveError> {
    let state = workspace.tools.state.clone();
    blocking(move || remove_blocking(&state, &file)).await
}

/// A saved export with its past.
#[derive(Debug)]
pub struct Listed {
    pub file: PathBuf,
    pub export: Result<Export, DefinitionError>,
    pub last: Option<history::Run>,
    /// `None` while it is unknown.
    pub punctuality: Option<Punctuality>,
}

/// The saved exports, and sentences on a history that was damaged or cannot be read.
pub async fn list(workspace: &Workspace) -> (Vec<Listed>, Vec<String>) {
    let Folders { exports, state, .. } = Folders::of(workspace);
    blocking(move || {
        let (saved, now) = (saved::all(&exports), Utc::now());
        let (history, note) = match open_history(&state) {
            Ok(None) => (Ok(None), None),
            Ok(Some(Opened { history, damaged })) => {
                // The history works without the moved exports.
                let _ = history.find_moved(saved::readable(&saved));
                (Ok(Some(history)), damaged.map(|kept| explain::history_damaged(&kept)))
            }
            Err(error) => (Err(()), Some(explain::lateness_unknown(&error))),
        };
        let with_past = |(file, export): (PathBuf, Result<Export, DefinitionError>)| {
            let definition = canonical(&file);
            let last = history
                .as_ref()
                .ok()
                .and_then(Option::as_ref)
                .and_then(|history| history.runs(RunFilter::Definition(&definition), 1).ok()?.into_iter().next());
            let schedule = export.as_ref().ok().map(|export| &export.schedule);
            let punctuality = schedule.and_then(|schedule| match &history {
                Ok(Some(history)) => history.punctuality(&definition, schedule, now).ok(),
                Ok(None) => Some(schedule.punctuality(None, None, None, now)),
                Err(()) => None,
            });
            Listed { file, export, last, punctuality }
        };
        (saved.into_iter().map(with_past).collect(), note.into_iter().collect())
    })
    .await
}

/// The history, if there is one. Runs that were killed are found.
///
/// # Errors
/// When it cannot be read.
pub fn open_history(state: &Path) -> Result<Option<Opened>, HistoryError> {
    let now = Utc::now();
    let opened = History::existing(state, now)?;
    if let Some(Opened { history, .. }) = &opened
        // Without permission to write, the history can still be read.
        && let Err(HistoryError::Damaged) = history.find_interrupted(state, now, explain::interrupted)
    {
        return Err(HistoryError::Damaged);
    }
    Ok(opened)
}

/// The folders in which a saved export leaves traces.
#[derive(Debug)]
struct Folders {
    exports: PathBuf,
    state: PathBuf,
    /// `WRITEBACK_HOME`, which schedulers are given.
    home: Option<PathBuf>,
}

impl Folders {
    fn of(Workspace { tools, .. }: &Workspace) -> Self {
        let home = tools.environment.home.clone();
        Self { exports: tools.exports.clone(), state: tools.state.clone(), home }
    }

    fn save(&self, export: &Export, replaces: Option<&Original>) -> Result<Option<String>, SaveError> {
        let exports = saved::lock(&self.exports)?;
        let before = replaces.map(|original| saved::definition_path(&self.exports, &original.stem));
        let files = (before, saved::save_path(&self.exports, &export.name, replaces));
        with_history(&self.state, files, &export.name, export, || exports.save(export, replaces).map(drop))
    }

    fn rename(&self, name: &str, new: &str) -> Result<Option<String>, SaveError> {
        let exports = saved::lock(&self.exports)?;
        // The export may already have run under its new name, unsaved, in the wizard.
        let (stem, export) = saved::load_saved(&self.exports, name)?;
        let files = (Some(saved::definition_path(&self.exports, &stem)), saved::new_file(&self.exports, new));
        with_history(&self.state, files, new, &export, || exports.rename(name, new))
    }

    fn reschedule(&self, before: String, file: PathBuf, note: Option<String>) -> Saved {
        let renamed = schedulers::rename(&self.exports, self.home.as_deref(), &before, &stem(&file));
        Saved { before, file, notes: note.into_iter().collect(), renamed }
    }
}

/// Writes the definition of the export `name` and moves the history along. For a new export, the history under that
/// name stays only if its last good run was of this unsaved `export`.
fn with_history(
    state: &Path,
    (before, to): (Option<PathBuf>, PathBuf),
    name: &str,
    export: &Export,
    write: impl FnOnce() -> Result<(), DefinitionError>,
) -> Result<Option<String>, SaveError> {
    if let Some(before) = before.as_ref().filter(|before| before.exists()) {
        find_moved(state, before);
    }
    // Resolved while the file is still there: afterwards a link can no longer be followed.
    let from = before.filter(|from| *from != to && from.exists()).map(|from| canonical(&from));
    let _lock = from.as_ref().map(|from| lock_against_runs(state, from, &stem(from))).transpose()?;
    let is_new = !to.exists();
    write()?;
    let to = canonical(&to);
    Ok(match from {
        Some(from) => {
            change_history(state, |history| history.rename(&from, &to, name, &saved::slug(name), Some(export)))
                .map(|error| explain::runs_under_old_name(&error))
        }
        None if is_new => change_history(state, |history| history.forget(&to, Some(export)))
            .map(|error| explain::not_forgotten(&error)),
        None => None,
    })
}

fn remove_blocking(state: &Path, file: &Path) -> Result<Option<String>, SaveError> {
    let _exports = saved::lock(folder_of(file))?;
    let definition = canonical(file);
    let _lock = lock_against_runs(state, &definition, &stem(file))?;
    find_moved(state, file);
    saved::remove(file)?;
    // The file was a link, and the definition itself is still there.
    if definition.exists() {
        return Ok(None);
    }
    Ok(change_history(state, |history| history.forget(&definition, None)).map(|error| explain::not_forgotten(&error)))
}

/// Moves the history to a definition whose folder has been moved, before the definition changes.
fn find_moved(state: &Path, file: &Path) {
    if let Ok(export) = Export::load(file) {
        // A history that cannot be written is reported by the change that follows.
        let _ = change_history(state, |history| history.find_moved([(file, &export)]));
    }
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Takes the export's lock, so that it cannot run meanwhile; `None` where no lock can be made.
fn lock_against_runs(state: &Path, definition: &Path, name: &str) -> Result<Option<ExportLock>, SaveError> {
    match ExportLock::take(state, definition, Utc::now()) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Held(holder)) => Err(SaveError::Running(NotBegun::Running { export: name.to_owned(), holder })),
        Err(LockError::Unusable(_)) => Ok(None),
    }
}

/// Changes the history, if there is one. Returns the error.
fn change_history(state: &Path, change: impl FnOnce(&History) -> Result<(), HistoryError>) -> Option<HistoryError> {
    History::existing(state, Utc::now())
        .and_then(|opened| opened.map_or(Ok(()), |opened| change(&opened.history)))
        .err()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::accounts::Vault;
    use crate::config::Environment;
    use crate::export::{FileDescription, HashRows, Nulls};
    use crate::history::Kind;
    use crate::ops::Tools;
    use crate::ops::run::{Journal, RunEntry};
    use crate::transfer::{Outcome, Progress, Summary};

    fn export(input: &str) -> Export {
        let text = format!(
            "name = \"Daily sales\"\n[input]\ndataset = \"{input}\"\n\
             [output]\ndataset = \"acme/sales\"\nfile = \"sales\"\nappend = \"number\""
        );
        Export::parse(&text, Path::new("x.toml")).unwrap()
    }

    fn two_exports() -> (Export, Export) {
        (export("845305d8-da3d-4107-a9d6-13ef3f86d4a4"), export("00000000-da3d-4107-a9d6-13ef3f86d4a4"))
    }

    struct Fixture {
        state: PathBuf,
        folder: PathBuf,
        _root: tempfile::TempDir,
    }

    impl Fixture {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let (state, folder) = (root.path().join("state"), root.path().join("exports"));
            std::fs::create_dir_all(&state).unwrap();
            std::fs::create_dir_all(&folder).unwrap();
            Self { state, folder, _root: root }
        }

        fn folders(&self) -> Folders {
            Folders { exports: self.folder.clone(), state: self.state.clone(), home: None }
        }

        fn definition(&self, name: &str) -> PathBuf {
            canonical(&saved::file_of(&self.folder, name))
        }

        /// Records a good run, whether the export is saved or not.
        async fn run(&self, export: &Export, file: &str) {
            let definition = self.definition(&export.name);
            let entry = RunEntry { export: export.clone(), definition, kind: Kind::Manual, dry_run: false };
            let journal = Journal::open(self.state.clone(), entry).await.unwrap();
            let summary = Summary {
                input: "Sales".to_owned(),
                file: format!("{}/{file}", export.output.dataset),
                link: String::new(),
                rows: 1,
                row_count: crate::history::RowCount::Metadata,
                bytes: 8,
                took: Duration::ZERO,
                attempts: 1,
                replaced: None,
                data_date: None,
                updated: None,
                keep: None,
                deleted: Vec::new(),
                dry_run: false,
                notes: Vec::new(),
            };
            let notes = journal.end(&Outcome::Done(summary), &Progress::default()).await;
            assert_eq!(notes, [""; 0]);
        }

        fn save(&self, export: &Export, replaces: Option<&str>) {
            let original = |stem: &str| Original {
                export: Box::new(Export::load(&saved::definition_path(&self.folder, stem)).unwrap()),
                stem: stem.to_owned(),
            };
            let replaces = replaces.map(original);
            assert_eq!(self.folders().save(export, replaces.as_ref()).unwrap(), None);
        }

        fn written(&self, export: &Export) -> Vec<String> {
            let history = History::open(&self.state, Utc::now()).unwrap().history;
            let written = history.written(&self.definition(&export.name), &export.output.dataset).unwrap();
            written.into_iter().map(|written| written.file).collect()
        }
    }

    #[tokio::test]
    async fn saving_keeps_earlier_runs_of_the_export_and_drops_those_of_a_namesake() {
        let (place, (one, other)) = (Fixture::new(), two_exports());
        place.run(&one, "sales_1.csv").await;
        place.save(&one, None);
        place.save(&other, Some("daily-sales"));
        assert_eq!(place.written(&other), ["sales_1.csv"], "it may be changed");
        std::fs::remove_file(place.definition(&one.name)).unwrap();
        place.save(&other, None);
        assert_eq!(place.written(&other), [""; 0]);
    }

    #[test]
    fn a_definition_keeps_its_own_file_name() {
        let (place, (one, _)) = (Fixture::new(), two_exports());
        one.save(&saved::definition_path(&place.folder, "s2")).unwrap();
        for name in ["Daily sales", "Sales"] {
            let changed = Export { name: name.to_owned(), description: Some("New".to_owned()), ..one.clone() };
            place.save(&changed, Some("s2"));
            assert_eq!(saved::all(&place.folder).len(), 1, "{name}");
            assert_eq!(Export::load(&saved::definition_path(&place.folder, "s2")).unwrap(), changed);
        }
    }

    #[tokio::test]
    async fn saving_keeps_earlier_runs_despite_small_changes() {
        let (place, (saved, other)) = (Fixture::new(), two_exports());
        place.run(&other, "sales_1.csv").await;
        let mut allowed = saved.clone();
        allowed.csv.hash_rows = HashRows::Allow;
        place.run(&allowed, "sales_2.csv").await;
        let mut described = saved.clone();
        described.output.description = Some("What was sold".parse::<FileDescription>().unwrap());
        described.csv.nulls = Nulls::Empty;
        place.run(&described, "sales_3.csv").await;
        place.save(&saved, None);
        assert_eq!(place.written(&saved), ["sales_2.csv", "sales_3.csv"]);
    }

    #[tokio::test]
    async fn saving_under_a_new_name_keeps_runs_under_both_names() {
        let (place, (old, other)) = (Fixture::new(), two_exports());
        place.save(&old, None);
        place.run(&old, "sales_1.csv").await;
        let new = Export { name: "Sales".to_owned(), ..old };
        place.run(&Export { name: new.name.clone(), ..other }, "sales_2.csv").await;
        place.run(&new, "sales_3.csv").await;
        place.save(&new, Some("daily-sales"));
        assert_eq!(place.written(&new), ["sales_1.csv", "sales_3.csv"]);
    }

    #[tokio::test]
    async fn renaming_keeps_runs_under_the_new_name_and_drops_those_of_a_namesake() {
        let (place, (old, other)) = (Fixture::new(), two_exports());
        place.save(&old, None);
        place.run(&old, "sales_1.csv").await;
        let new = Export { name: "Sales".to_owned(), ..old.clone() };
        place.run(&new, "sales_2.csv").await;
        let renamed = |from, to| place.folders().rename(from, to).unwrap();
        assert_eq!(renamed("Daily sales", "Sales"), None);
        assert_eq!(place.written(&new), ["sales_1.csv", "sales_2.csv"]);
        place.run(&Export { name: "Daily sales".to_owned(), ..other }, "sales_3.csv").await;
        assert_eq!(renamed("Sales", "Daily sales"), None);
        assert_eq!(place.written(&old), ["sales_1.csv", "sales_2.csv"]);
    }

    #[tokio::test]
    async fn what_an_unreadable_history_says_of_scheduled_runs_is_unknown() {
        let home = tempfile::tempdir().unwrap();
        let tools = Tools::in_folder(home.path(), Environment::default(), Vault::in_memory("memory"));
        let daily =
            format!("{}\n[schedule]\nevery = \"day\"\nat = \"6:30\"", toml::to_string(&two_exports().0).unwrap());
        std::fs::create_dir(&tools.exports).unwrap();
        std::fs::write(saved::file_of(&tools.exports, "Daily sales"), daily).unwrap();
        let workspace = Workspace::new(tools);
        let punctuality = async || {
            let (listed, notes) = list(&workspace).await;
            (listed[0].punctuality, notes.len())
        };
        assert_eq!(punctuality().await, (Some(Punctuality::NotYet), 0), "there is none yet");
        std::fs::create_dir(history::file(home.path())).unwrap();
        assert_eq!(punctuality().await, (None, 1));
    }
}
