//! Saved exports: the files of the exports folder.
//!
//! A single lock guards them all, because renaming an account changes several, and names are unique.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use super::definition::slug;
use super::{DefinitionError, Export, edit, resave};
use crate::system::files::{
    self, Lock, PathError, Text, canonical, folder_of, nearest, read_text, rename_new, write_new,
};
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
    let unwritable = |error: io::Error| DefinitionError::Unwritable(PathError::new(folder, error));
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
        let unwritable = |error: io::Error| DefinitionError::Unwritable(PathError::new(&path, error));
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
    let unwritable = |error: io::Error| DefinitionError::Unwritable(PathError::new(path, error));
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
    std::fs::remove_file(path).map_err(|error| DefinitionError::Unremovable(PathError::new(path, error)))
}

/// All saved exports, by file name. Unreadable ones, and an unreadable folder, are listed with their error.
pub fn all(folder: &Path) -> Vec<(PathBuf, Result<Export, DefinitionError>)> {
    match files(folder) {
        Ok(files) => files.into_iter().map(|path| (path.clone(), Export::load(&path))).collect(),
        Err(error) => {
            let error = DefinitionError::UnreadableFolder(PathError::new(folder, error));
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
pub(super) mod tests;
