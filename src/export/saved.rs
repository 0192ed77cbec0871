//! Saved exports: the files of the exports folder.
//!
//! A single lock guards them all, because renaming an account changes several, and names are unique.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use super::definition::slug;
use super::{DefinitionError, Export, edit, resave};
use crate::system::files::{self, Lock, Text, canonical, folder_of, nearest, read_text, rename_new, write_new};
use crate::text::shell;
use crate::text::terminal_text::nfc;

/// A saved export as it was read; saving over anything newer is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    pub export: Box<Export>,
    /// The file name without `.toml`.
    pub stem: String,
}

impl Original {
    pub fn new(export: Export) -> Self {
        Self { stem: export.slug(), export: Box::new(export) }
    }
}

/// Resolves a name or a path. Anything that does not look like a path is the name of a saved export.
pub fn find(folder: &Path, name: &str) -> PathBuf {
    if is_path(name) { PathBuf::from(name) } else { file_of(folder, name) }
}

pub(crate) fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

/// Loads an export by name or path, and returns its file too.
///
/// # Errors
/// As [`Export::load`], with a suggestion if it is missing.
pub fn load(folder: &Path, name: &str) -> Result<(PathBuf, Export), DefinitionError> {
    let (path, text) = load_text(folder, name)?;
    Export::parse(&text, &path).map(|export| (path, export))
}

/// Reads an export's text by name or path, and returns its file too.
///
/// # Errors
/// When it cannot be read, with a suggestion if it is missing.
pub fn load_text(folder: &Path, name: &str) -> Result<(PathBuf, String), DefinitionError> {
    let path = find(folder, name);
    match read_text(&path, "export at")? {
        Some(text) => Ok((path, text)),
        None if is_path(name) => Err(DefinitionError::Missing { nearest: nearest_file(folder, &path), path }),
        None => Err(unknown(folder, name)),
    }
}

/// Finds the file of a saved export by its name or its path, and returns the file's name without `.toml`.
///
/// # Errors
/// When the path leads to no file of the folder.
pub fn find_stem(folder: &Path, name: &str) -> Result<String, DefinitionError> {
    let (stem, path) = (stem_by_name(folder, name), Path::new(name));
    if !is_path(name) || (!path.exists() && definition_path(folder, &stem).exists()) {
        return Ok(stem);
    }
    let stem = path.file_stem().and_then(OsStr::to_str).map(str::to_owned);
    stem.filter(|stem| canonical(path) == canonical(&definition_path(folder, stem))).ok_or_else(|| {
        match path.exists() {
            true => DefinitionError::Elsewhere { path: path.to_owned(), folder: folder.to_owned() },
            false => DefinitionError::Missing { nearest: nearest_file(folder, path), path: path.to_owned() },
        }
    })
}

/// Loads a saved export by its name or its path, with the name of its file without `.toml`.
///
/// # Errors
/// As [`find_stem`] and [`load`].
pub fn load_saved(folder: &Path, name: &str) -> Result<(String, Export), DefinitionError> {
    let stem = find_stem(folder, name)?;
    let named = if is_path(name) { &stem } else { name };
    let export = Export::load(&definition_path(folder, &stem)).map_err(|error| as_unknown(error, folder, named))?;
    Ok((stem, export))
}

pub fn unknown(folder: &Path, name: &str) -> DefinitionError {
    DefinitionError::Unknown { name: name.to_owned(), nearest: nearest_name(folder, name) }
}

/// The saved export with the most similar name, as `writeback run` takes it.
pub fn nearest_name(folder: &Path, name: &str) -> Option<String> {
    let (typed, stems) = (slug(name), stems(folder));
    let slugs: Vec<String> = stems.iter().map(|stem| slug(stem)).collect();
    let suggestion = nearest(&typed, slugs.iter().map(String::as_str))?;
    stems.into_iter().find(|stem| slug(stem) == suggestion)
}

fn stems(folder: &Path) -> Vec<String> {
    let stem = |file: PathBuf| file.file_stem()?.to_str().map(str::to_owned);
    files(folder).unwrap_or_default().into_iter().filter_map(stem).collect()
}

/// The most similar file beside `path`, or else the most similar saved export.
fn nearest_file(folder: &Path, path: &Path) -> Option<String> {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let beside: Vec<String> = files(folder_of(path)).unwrap_or_default().iter().filter_map(|file| stem(file)).collect();
    let typed = stem(path)?;
    let suggestion = nearest(&typed, beside.iter().map(String::as_str));
    let suggestion = suggestion.map(|stem| path.with_file_name(format!("{stem}.toml")).display().to_string());
    suggestion.or_else(|| nearest_name(folder, &typed))
}

fn as_unknown(error: DefinitionError, folder: &Path, name: &str) -> DefinitionError {
    match error {
        DefinitionError::Missing { .. } => unknown(folder, name),
        error => error,
    }
}

/// The file name, without `.toml`, of a saved export: a file of exactly that name, or else the name's slug. A file
/// copied from a Mac may have decomposed letters; it is shown with composed ones, and has to be found by these.
pub(crate) fn stem_by_name(folder: &Path, name: &str) -> String {
    let (stems, slug) = (stems(folder), slug(name));
    let composed = |stem: &str, name: &str| nfc(stem) == nfc(name);
    let matchers: [&dyn Fn(&str) -> bool; 3] =
        [&|stem| stem == name, &|stem| composed(stem, name), &|stem| composed(stem, &slug)];
    let found = matchers.into_iter().find_map(|matches| stems.iter().find(|stem| matches(stem)));
    found.cloned().unwrap_or(slug)
}

/// The file of a saved export by name, as in `stem_by_name`.
pub fn file_of(folder: &Path, name: &str) -> PathBuf {
    definition_path(folder, &stem_by_name(folder, name))
}

pub(crate) fn new_file(folder: &Path, name: &str) -> PathBuf {
    definition_path(folder, &slug(name))
}

pub fn definition_path(folder: &Path, stem: &str) -> PathBuf {
    folder.join(format!("{stem}.toml"))
}

/// The file name, without `.toml`, to save an export under. It follows the name, except if the earlier file (`before`:
/// name and file name) was named differently: schedulers and people run it by that name.
pub(crate) fn stem_of(name: &str, before: Option<(&str, &str)>) -> String {
    match before {
        Some((called, stem)) if slug(called) != stem => stem.to_owned(),
        _ => slug(name),
    }
}

pub(crate) fn save_path(folder: &Path, name: &str, replaces: Option<&Original>) -> PathBuf {
    let before = replaces.map(|original| (original.export.name.as_str(), original.stem.as_str()));
    definition_path(folder, &stem_of(name, before))
}

/// The argument of `writeback run` for a definition, quoted for a shell. A path, if the name would be misread.
pub(crate) fn argument(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if is_path(&stem) || stem.starts_with('-') {
        return shell::argument(&path.display().to_string());
    }
    shell::argument(&stem)
}

#[derive(Debug)]
pub(crate) struct ExportsLock {
    folder: PathBuf,
    _lock: Lock,
}

/// Locks the saved exports of a folder against other processes.
///
/// # Errors
/// When the lock file cannot be created, or another process holds the lock for too long.
pub(crate) fn lock(folder: &Path) -> Result<ExportsLock, DefinitionError> {
    let unwritable = |error: io::Error| DefinitionError::Unwritable { path: folder.to_owned(), source: error.into() };
    Ok(ExportsLock { folder: folder.to_owned(), _lock: files::lock(folder).map_err(unwritable)? })
}

impl ExportsLock {
    /// Saves an export in place of `replaces`, or as a new one, and returns its file. Renames the file if the name has
    /// changed and determined it. Never replaces a third one. Unchanged text stays as it is, including comments.
    ///
    /// # Errors
    /// When the file no longer matches `replaces`, the name is taken, or a file cannot be written.
    pub(crate) fn save(&self, export: &Export, replaces: Option<&Original>) -> Result<PathBuf, DefinitionError> {
        let path = save_path(&self.folder, &export.name, replaces);
        let unwritable = |error: io::Error| DefinitionError::Unwritable { path: path.clone(), source: error.into() };
        let full_text = || export.to_toml().map_err(|error| unwritable(io::Error::other(error)));
        let Some(original) = replaces else {
            return match write_new(&path, full_text()?.as_bytes()) {
                Ok(()) => Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(name_taken(&export.name, path)),
                Err(error) => Err(unwritable(error)),
            };
        };
        let file = definition_path(&self.folder, &original.stem);
        let changed = |found| DefinitionError::Changed { path: file.clone(), found };
        let before = Text::read(&file, "export at")?.ok_or_else(|| changed(None))?;
        let found = Export::parse(&before.text, &file)?;
        if found != *original.export {
            return Err(changed(Some(Box::new(found))));
        }
        if path == file && found == *export {
            return Ok(path);
        }
        let text = resave::merged_text(&before.text, &found, export).map_or_else(full_text, Ok)?;
        replace(&export.name, (&file, &before), &text, &path)?;
        Ok(path)
    }

    /// Renames an export. Nothing else in its definition changes, including comments.
    ///
    /// # Errors
    /// When the name is taken, the definition cannot be read, or a file cannot be written.
    pub(crate) fn rename(&self, name: &str, new: &str) -> Result<(), DefinitionError> {
        let (file, path) =
            (definition_path(&self.folder, &find_stem(&self.folder, name)?), new_file(&self.folder, new));
        let (before, text) = edit::with_name(&file, new).map_err(|error| as_unknown(error, &self.folder, name))?;
        replace(new, (&file, &before), &text, &path)
    }
}

/// Writes `text` into a definition, and renames the file to `path`. Renaming keeps links and permissions.
fn replace(name: &str, (file, before): (&Path, &Text), text: &str, path: &Path) -> Result<(), DefinitionError> {
    let unwritable = |error: io::Error| DefinitionError::Unwritable { path: path.to_owned(), source: error.into() };
    if path != file && path.symlink_metadata().is_ok() {
        return Err(name_taken(name, path.to_owned()));
    }
    before.replace(text).map_err(unwritable)?;
    if path == file {
        return Ok(());
    }
    rename_new(file, path).map_err(|error| {
        let _ = before.put_back(text);
        if error.kind() == io::ErrorKind::AlreadyExists { name_taken(name, path.to_owned()) } else { unwritable(error) }
    })
}

fn name_taken(name: &str, path: PathBuf) -> DefinitionError {
    DefinitionError::Taken { name: name.to_owned(), path }
}

/// Deletes a saved export.
///
/// # Errors
/// When the file cannot be deleted.
pub fn remove(path: &Path) -> Result<(), DefinitionError> {
    std::fs::remove_file(path)
        .map_err(|error| DefinitionError::Unremovable { path: path.to_owned(), source: error.into() })
}

pub fn names(folder: &Path) -> Vec<String> {
    all(folder).into_iter().filter_map(|(_, export)| Some(export.ok()?.name)).collect()
}

/// All saved exports, by file name. Unreadable ones, and an unreadable folder, are listed with their error.
pub fn all(folder: &Path) -> Vec<(PathBuf, Result<Export, DefinitionError>)> {
    match files(folder) {
        Ok(files) => files.into_iter().map(|path| (path.clone(), Export::load(&path))).collect(),
        Err(error) => {
            let error = DefinitionError::UnreadableFolder { path: folder.to_owned(), source: error.into() };
            vec![(folder.to_owned(), Err(error))]
        }
    }
}

/// The saved exports that could be loaded.
pub(crate) fn readable<E>(all: &[(PathBuf, Result<Export, E>)]) -> impl Iterator<Item = (&Path, &Export)> {
    all.iter().filter_map(|(file, export)| Some((file.as_path(), export.as_ref().ok()?)))
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn export(name: &str) -> Export {
        let text = format!(
            "name = \"{name}\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
             [output]\ndataset = \"acme/sales\"\nfile = \"sales\""
        );
        Export::parse(&text, Path::new("x.toml")).unwrap()
    }

    #[test]
    fn an_unreadable_folder_is_not_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exports");
        assert!(all(&path).is_empty(), "there is none yet");
        std::fs::write(&path, "no folder").unwrap();
        let found = all(&path);
        let [(of, Err(error))] = &found[..] else { panic!("{found:?}") };
        assert_eq!(of, &path);
        assert!(error.to_string().starts_with(&format!("The saved exports in {} cannot be read: ", path.display())));
    }

    /// Saves an export over the file `replaces` as it is now.
    pub(in crate::export) fn save_over(
        folder: &Path,
        export: &Export,
        replaces: Option<&str>,
    ) -> Result<PathBuf, DefinitionError> {
        let original = |stem: &str| {
            let export = Export::load(&definition_path(folder, stem))?;
            Ok::<_, DefinitionError>(Original { export: Box::new(export), stem: stem.to_owned() })
        };
        lock(folder)?.save(export, replaces.map(original).transpose()?.as_ref())
    }

    fn rename(folder: &Path, name: &str, new: &str) -> Result<(), DefinitionError> {
        lock(folder).unwrap().rename(name, new)
    }

    #[test]
    fn a_name_is_used_once_and_another_name_moves_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        save_over(folder, &export("Daily sales"), None).unwrap();
        let refused = save_over(folder, &export("daily  SALES"), None).unwrap_err().to_string();
        assert!(refused.starts_with("There is an export daily  SALES already"), "{refused}");
        save_over(folder, &export("Daily sales"), Some("daily-sales")).unwrap();
        save_over(folder, &export("Costs"), None).unwrap();
        assert!(save_over(folder, &export("Costs"), Some("daily-sales")).is_err(), "not even by another name's change");
        save_over(folder, &export("Sales"), Some("daily-sales")).unwrap();
        assert_eq!(names(folder), ["Costs", "Sales"]);
    }

    #[test]
    fn changes_of_another_program_are_not_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let folder = &home.path().join("exports");
        save_over(folder, &export("Sales"), None).unwrap();
        let opened = Original::new(export("Sales"));
        let mut theirs = export("Sales");
        theirs.checks.allow_empty = true;
        save_over(folder, &theirs, Some("sales")).unwrap();
        for name in ["Sales", "Costs"] {
            let refused = lock(folder).unwrap().save(&export(name), Some(&opened)).unwrap_err();
            let expected = "sales.toml was changed by another program after you opened it here, so nothing was saved.";
            assert_eq!(refused.to_string(), expected);
            let DefinitionError::Changed { found: Some(found), .. } = refused else { panic!("{refused:?}") };
            assert_eq!((*found, all(folder).len()), (theirs.clone(), 1));
        }
        rename(folder, "Sales", "Costs").unwrap();
        let refused = lock(folder).unwrap().save(&export("Sales"), Some(&opened)).unwrap_err();
        assert!(matches!(refused, DefinitionError::Changed { found: None, .. }), "{refused}");
        assert_eq!(names(folder), ["Costs"]);
    }

    #[cfg(unix)]
    #[test]
    fn saving_and_renaming_keep_permissions_group_and_links() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown, symlink};
        let home = tempfile::tempdir().unwrap();
        let (folder, shared) = (&home.path().join("exports"), home.path().join("shared.toml"));
        export("Sales").save(&shared).unwrap();
        std::fs::set_permissions(&shared, PermissionsExt::from_mode(0o640)).unwrap();
        // Only root may assign any group.
        let group = if chown(&shared, None, Some(4)).is_ok() { 4 } else { shared.metadata().unwrap().gid() };
        std::fs::create_dir(folder).unwrap();
        symlink("../shared.toml", definition_path(folder, "sales")).unwrap();
        let mut changed = export("Sales");
        changed.checks.allow_empty = true;
        save_over(folder, &changed, Some("sales")).unwrap();
        rename(folder, "Sales", "Costs").unwrap();
        save_over(folder, &export("Stock"), Some("costs")).unwrap();
        assert_eq!(names(folder), ["Stock"]);
        assert_eq!(std::fs::read_link(definition_path(folder, "stock")).unwrap(), Path::new("../shared.toml"));
        let metadata = shared.metadata().unwrap();
        assert_eq!((metadata.mode() & 0o7777, metadata.gid()), (0o640, group));
        assert_eq!(Export::load(&shared).unwrap(), export("Stock"));
    }

    #[test]
    fn a_definition_keeps_the_encoding_that_it_was_written_in() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        let utf16 =
            |text: &str| std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let text = format!("# für Jo\n{}", export("Umsätze").to_toml().unwrap());
        let (before, after): (Vec<u8>, Vec<u8>) = (utf16(&text), utf16(&text.replace("Umsätze", "Übersicht")));
        std::fs::write(definition_path(folder, "umsätze"), before).unwrap();
        rename(folder, "Umsätze", "Übersicht").unwrap();
        assert_eq!(std::fs::read(definition_path(folder, "übersicht")).unwrap(), after);
        std::fs::write(definition_path(folder, "old"), b"name = \"Ums\xe4tze\"").unwrap();
        let error = load(folder, "old").unwrap_err().to_string();
        assert!(
            error.contains("old.toml cannot be read: it is not UTF-8 in line 1, it looks like Windows-1252"),
            "{error}"
        );
    }

    #[test]
    fn a_file_named_unlike_its_export_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for stem in ["s2", "My Sales"] {
            export("Sales Two").save(&definition_path(folder, stem)).unwrap();
            for name in ["Sales Two", "Sales Three"] {
                assert_eq!(save_over(folder, &export(name), Some(stem)).unwrap(), definition_path(folder, stem));
                assert_eq!(names(folder), [name]);
            }
            remove(&definition_path(folder, stem)).unwrap();
        }
        assert_eq!(argument(&definition_path(Path::new("/x"), "s2")), "s2");
        assert_eq!(argument(&definition_path(Path::new("/x"), "Jo's")), "\"Jo's\"");
        let path = definition_path(Path::new("/x"), "-v");
        assert_eq!(argument(&path), shell::argument(&path.display().to_string()));
    }

    #[test]
    fn a_file_named_by_hand_is_found_by_that_name() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for stem in ["nightly sales", "Big Costs", "5% of $x"] {
            export("Another name").save(&definition_path(folder, stem)).unwrap();
            assert_eq!(find(folder, stem), definition_path(folder, stem));
            assert_eq!(load_saved(folder, stem).unwrap().1.name, "Another name");
        }
        export("Big costs").save(&definition_path(folder, "big-costs")).unwrap();
        assert_eq!(load_saved(folder, "Big Costs").unwrap().1.name, "Another name", "the file of exactly that name");
        assert_eq!(load_saved(folder, "big-costs").unwrap().1.name, "Big costs");
        let error = load(folder, "nightly sale").unwrap_err().to_string();
        assert!(error.ends_with("Did you mean `nightly sales`?"), "{error}");
        rename(folder, "nightly sales", "Nightly sales").unwrap();
        assert!(!definition_path(folder, "nightly sales").exists());
        assert_eq!(load_saved(folder, "nightly sales").unwrap().1.name, "Nightly sales");
    }

    #[test]
    fn another_name_changes_nothing_else_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let text = "# Mine.\nname = 'Sales' # and no costs\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"sales\" # without .csv\n";
        std::fs::write(file_of(folder, "Sales"), text).unwrap();
        save_over(folder, &export("Costs"), None).unwrap();
        assert!(rename(folder, "Sales", "Costs").is_err());
        assert!(rename(folder, "None", "Other").is_err());
        rename(folder, "Sales", "Daily sales").unwrap();
        assert_eq!(names(folder), ["Costs", "Daily sales"]);
        let now = std::fs::read_to_string(file_of(folder, "Daily sales")).unwrap();
        assert_eq!(now, text.replace("'Sales'", "\"Daily sales\""));
    }

    #[test]
    fn a_mistyped_name_or_path_gets_a_suggestion() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("exports");
        for name in ["Daily sales", "Costs"] {
            save_over(&folder, &export(name), None).unwrap();
        }
        std::fs::write(folder.join("Called By Hand.toml"), "").unwrap();
        std::fs::write(home.path().join("weekly.toml"), "").unwrap();
        let error_for = |name: &str| load(&folder, name).unwrap_err().to_string();
        for name in ["dialy-sales", "Daily Sale", "daily-sale"] {
            assert_eq!(error_for(name), format!("There is no export `{name}`. Did you mean `daily-sales`?"));
        }
        let help = "`writeback exports list` shows those that are saved; any other definition goes by its path.";
        assert_eq!(error_for("xyz"), format!("There is no export `xyz`. {help}"));
        assert_eq!(error_for("called-by-han"), "There is no export `called-by-han`. Did you mean `Called By Hand`?");
        let (typed, nearest) = (home.path().join("wekly.toml"), home.path().join("weekly.toml"));
        let error_for_path = |typed: &Path| error_for(typed.to_str().unwrap());
        let no_export = format!("There is no export at {}. ", typed.display());
        assert_eq!(error_for_path(&typed), format!("{no_export}Did you mean `{}`?", nearest.display()));
        assert!(error_for_path(&home.path().join("xyz.toml")).ends_with(help));
        assert!(error_for_path(Path::new("/no/such/folder/costs.toml")).ends_with("Did you mean `costs`?"));
        let renamed = rename(&folder, "dialy-sales", "Sales").unwrap_err().to_string();
        let saved = load_saved(&folder, "dialy-sales").unwrap_err().to_string();
        assert_eq!((renamed.as_str(), saved), (error_for("dialy-sales").as_str(), error_for("dialy-sales")));
    }

    #[test]
    fn a_file_with_decomposed_letters_is_found_by_its_displayed_name() {
        let home = tempfile::tempdir().unwrap();
        for (stem, names) in [("u\u{308}bung", ["\u{fc}bung", "u\u{308}bung"]), ("caf\u{e9}", ["cafe\u{301}", "Café"])]
        {
            std::fs::write(definition_path(home.path(), stem), "").unwrap();
            for name in names {
                assert!(file_of(home.path(), name).exists(), "{name:?}");
            }
        }
    }

    #[test]
    fn a_name_is_not_a_path() {
        let folder = Path::new("/config/exports");
        assert_eq!(find(folder, "daily-sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "Daily Sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "./daily-sales"), Path::new("./daily-sales"));
        assert_eq!(find(folder, "daily-sales.toml"), Path::new("daily-sales.toml"));
    }
}
