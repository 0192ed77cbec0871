//! Saved exports: the files of the exports folder.

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use super::definition::slug;
use super::{DefinitionError, Export, edit, resave};
use crate::files::{folder_of, nearest, read_text};
use crate::shell;

/// The file that is meant by a name or a path. What looks like a path is one; everything else is the name of a saved
/// export.
pub fn find(folder: &Path, name: &str) -> PathBuf {
    if is_path(name) { PathBuf::from(name) } else { file_of(folder, name) }
}

/// Whether that is the path of a definition and not the name of a saved export.
pub(crate) fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

/// Reads the export that is meant by a name or a path, and says which file it is in.
///
/// # Errors
/// As [`Export::load`]; of one that is not there, also what was probably meant.
pub fn load(folder: &Path, name: &str) -> Result<(PathBuf, Export), DefinitionError> {
    let (path, text) = text(folder, name)?;
    Export::parse(&text, &path).map(|export| (path, export))
}

/// Reads the text of the export that is meant by a name or a path, and says which file it is.
///
/// # Errors
/// When it cannot be read; of one that is not there, also what was probably meant.
pub fn text(folder: &Path, name: &str) -> Result<(PathBuf, String), DefinitionError> {
    let path = find(folder, name);
    match read_text(&path, "export at")? {
        Some(text) => Ok((path, text)),
        None if is_path(name) => Err(DefinitionError::Missing { nearest: nearest_file(folder, &path), path }),
        None => Err(unknown(folder, name)),
    }
}

/// Reads the saved export of that name.
///
/// # Errors
/// As [`load`].
pub fn load_saved(folder: &Path, name: &str) -> Result<Export, DefinitionError> {
    Export::load(&file_of(folder, name)).map_err(|error| of_name(error, folder, name))
}

/// That no export is saved under that name, and which was probably meant.
pub fn unknown(folder: &Path, name: &str) -> DefinitionError {
    DefinitionError::Unknown { name: name.to_owned(), nearest: nearest_name(folder, name) }
}

/// The name, as `writeback run` takes it, of the saved export that was probably meant.
pub fn nearest_name(folder: &Path, name: &str) -> Option<String> {
    let stems =
        files(folder).unwrap_or_default().into_iter().filter_map(|file| file.file_stem()?.to_str().map(str::to_owned));
    // One in a file of another name than its own is only found by its path.
    let names: Vec<String> = stems.filter(|stem| slug(stem) == *stem).collect();
    nearest(&slug(name), names.iter().map(String::as_str)).map(str::to_owned)
}

/// The file beside `path` that was probably meant, or else the saved export.
fn nearest_file(folder: &Path, path: &Path) -> Option<String> {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let beside: Vec<String> = files(folder_of(path)).unwrap_or_default().iter().filter_map(|file| stem(file)).collect();
    let typed = stem(path)?;
    let meant = nearest(&typed, beside.iter().map(String::as_str));
    let meant = meant.map(|stem| path.with_file_name(format!("{stem}.toml")).display().to_string());
    meant.or_else(|| nearest_name(folder, &typed))
}

/// An error about a file, as one about the name that it was found by.
fn of_name(error: DefinitionError, folder: &Path, name: &str) -> DefinitionError {
    match error {
        DefinitionError::Missing { .. } => unknown(folder, name),
        error => error,
    }
}

/// The file of the export of that name.
pub fn file_of(folder: &Path, name: &str) -> PathBuf {
    in_file(folder, &slug(name))
}

/// The file whose name is that, without `.toml`, in the exports folder.
pub fn in_file(folder: &Path, stem: &str) -> PathBuf {
    folder.join(format!("{stem}.toml"))
}

/// The name of the file, without `.toml`, that an export called `name` is saved to. It follows the name, but for one that
/// was called otherwise than its file `before`: that file keeps its name, which schedulers and people run it by.
pub(crate) fn stem_of(name: &str, before: Option<(&str, &str)>) -> String {
    match before {
        Some((called, stem)) if slug(called) != stem => stem.to_owned(),
        _ => slug(name),
    }
}

/// The file that an export called `name` is saved to, in place of the one in the file `replaces`, which is named without
/// `.toml`.
pub(crate) fn target(folder: &Path, name: &str, replaces: Option<&str>) -> PathBuf {
    let before = replaces.and_then(|stem| Some((Export::load(&in_file(folder, stem)).ok()?.name, stem)));
    let before = before.as_ref().map(|(called, stem)| (called.as_str(), *stem));
    in_file(folder, &stem_of(name, before))
}

/// What `writeback run` takes for the export in that file, in a shell: the file's name if it is as [`slug`] makes them,
/// else the path.
pub(crate) fn argument(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if slug(&stem) == stem {
        return stem.into_owned();
    }
    shell::argument(&path.display().to_string())
}

/// Saves an export, in place of the one in the file `replaces`, named without `.toml`. That file goes when it is called
/// as its export was, and the export is called otherwise now. No third one is ever replaced. What is the same as before
/// stays as it is written there, comments too.
///
/// # Errors
/// When another export has the name, or a file cannot be written.
pub fn put(folder: &Path, export: &Export, replaces: Option<&str>) -> Result<PathBuf, DefinitionError> {
    let path = target(folder, &export.name, replaces);
    let before = replaces.map(|stem| in_file(folder, stem));
    if before.as_ref() == Some(&path) && Export::load(&path).is_ok_and(|before| before == *export) {
        return Ok(path);
    }
    let text = before.as_ref().and_then(|before| resave::text(before, export));
    write(&export.name, &path, before.as_deref(), |path| match &text {
        Some(text) => edit::write(path, text),
        None => export.save(path),
    })?;
    Ok(path)
}

/// Gives the export of that name another one. Nothing else in its definition changes, comments neither.
///
/// # Errors
/// When another export has the new name, the definition cannot be read, or a file cannot be written.
pub fn rename(folder: &Path, name: &str, new: &str) -> Result<(), DefinitionError> {
    let text = edit::renamed(&file_of(folder, name), new).map_err(|error| of_name(error, folder, name))?;
    write(new, &file_of(folder, new), Some(&file_of(folder, name)), |path| edit::write(path, &text))
}

/// Has the file of the export `name` written, in place of `before`.
fn write(
    name: &str,
    path: &Path,
    before: Option<&Path>,
    write: impl FnOnce(&Path) -> Result<(), DefinitionError>,
) -> Result<(), DefinitionError> {
    if before != Some(path) && path.exists() {
        return Err(DefinitionError::Taken { name: name.to_owned(), path: path.to_owned() });
    }
    write(path)?;
    match before.filter(|before| *before != path && before.exists()) {
        Some(before) => remove(before),
        None => Ok(()),
    }
}

/// Deletes a saved export's file.
///
/// # Errors
/// When it cannot be deleted.
pub fn remove(path: &Path) -> Result<(), DefinitionError> {
    std::fs::remove_file(path).map_err(|source| DefinitionError::Unremovable { path: path.to_owned(), source })
}

/// The names of all saved exports that can be read.
pub fn names(folder: &Path) -> Vec<String> {
    all(folder).into_iter().filter_map(|(_, export)| Some(export.ok()?.name)).collect()
}

/// All saved exports with their files, by file name. One that cannot be read is listed with the reason, and so is the
/// folder: it may have any.
pub fn all(folder: &Path) -> Vec<(PathBuf, Result<Export, DefinitionError>)> {
    match files(folder) {
        Ok(files) => files.into_iter().map(|path| (path.clone(), Export::load(&path))).collect(),
        Err(source) => {
            let error = DefinitionError::UnreadableFolder { path: folder.to_owned(), source };
            vec![(folder.to_owned(), Err(error))]
        }
    }
}

/// The definitions in a folder, by name. None where there is no folder yet.
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
mod tests {
    use super::*;

    fn export(name: &str) -> Export {
        let text = format!(
            "name = \"{name}\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
             [output]\ndataset = \"acme/sales\"\nfile = \"sales\""
        );
        Export::parse(&text, Path::new("x.toml")).unwrap()
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exports");
        assert!(all(&path).is_empty(), "there is none yet");
        std::fs::write(&path, "no folder").unwrap();
        let found = all(&path);
        let [(of, Err(error))] = &found[..] else { panic!("{found:?}") };
        assert_eq!(of, &path);
        assert!(error.to_string().starts_with(&format!("The saved exports in {} cannot be read: ", path.display())));
    }

    #[test]
    fn a_name_is_used_once_and_another_name_moves_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        put(folder, &export("Daily sales"), None).unwrap();
        let refused = put(folder, &export("daily  SALES"), None).unwrap_err().to_string();
        assert!(refused.starts_with("There is an export daily  SALES already"), "{refused}");
        put(folder, &export("Daily sales"), Some("daily-sales")).unwrap();
        put(folder, &export("Costs"), None).unwrap();
        assert!(put(folder, &export("Costs"), Some("daily-sales")).is_err(), "not even by another name's change");
        put(folder, &export("Sales"), Some("daily-sales")).unwrap();
        assert_eq!(names(folder), ["Costs", "Sales"]);
    }

    #[test]
    fn a_file_that_is_called_otherwise_than_its_export_is_saved_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for stem in ["s2", "My Sales"] {
            export("Sales Two").save(&in_file(folder, stem)).unwrap();
            for name in ["Sales Two", "Sales Three"] {
                assert_eq!(put(folder, &export(name), Some(stem)).unwrap(), in_file(folder, stem));
                assert_eq!(names(folder), [name]);
            }
            remove(&in_file(folder, stem)).unwrap();
        }
        assert_eq!(argument(&in_file(Path::new("/x"), "s2")), "s2");
        assert_eq!(argument(&in_file(Path::new("/x"), "Jo's")), "\"/x/Jo's.toml\"");
    }

    #[test]
    fn another_name_changes_nothing_else_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let text = "# Mine.\nname = 'Sales' # and no costs\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"sales\" # without .csv\n";
        std::fs::write(file_of(folder, "Sales"), text).unwrap();
        put(folder, &export("Costs"), None).unwrap();
        assert!(rename(folder, "Sales", "Costs").is_err());
        assert!(rename(folder, "None", "Other").is_err());
        rename(folder, "Sales", "Daily sales").unwrap();
        assert_eq!(names(folder), ["Costs", "Daily sales"]);
        let now = std::fs::read_to_string(file_of(folder, "Daily sales")).unwrap();
        assert_eq!(now, text.replace("'Sales'", "\"Daily sales\""));
    }

    #[test]
    fn who_mistypes_a_name_or_a_path_is_told_what_there_is() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("exports");
        for name in ["Daily sales", "Costs"] {
            put(&folder, &export(name), None).unwrap();
        }
        std::fs::write(folder.join("Not Found By Name.toml"), "").unwrap();
        std::fs::write(home.path().join("weekly.toml"), "").unwrap();
        let said = |name: &str| load(&folder, name).unwrap_err().to_string();
        for name in ["dialy-sales", "Daily Sale", "daily-sale"] {
            assert_eq!(said(name), format!("There is no export `{name}`. Did you mean `daily-sales`?"));
        }
        let help = "`writeback exports list` shows those that are saved; any other definition goes by its path.";
        assert_eq!(said("xyz"), format!("There is no export `xyz`. {help}"));
        assert_eq!(said("not-found-by-nam"), format!("There is no export `not-found-by-nam`. {help}"));
        let (typed, meant) = (home.path().join("wekly.toml"), home.path().join("weekly.toml"));
        let said_of = |typed: &Path| said(typed.to_str().unwrap());
        let no_export = format!("There is no export at {}. ", typed.display());
        assert_eq!(said_of(&typed), format!("{no_export}Did you mean `{}`?", meant.display()));
        assert!(said_of(&home.path().join("xyz.toml")).ends_with(help));
        assert!(said_of(Path::new("/no/such/folder/costs.toml")).ends_with("Did you mean `costs`?"));
        let renamed = rename(&folder, "dialy-sales", "Sales").unwrap_err().to_string();
        let saved = load_saved(&folder, "dialy-sales").unwrap_err().to_string();
        assert_eq!((renamed.as_str(), saved), (said("dialy-sales").as_str(), said("dialy-sales")));
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
