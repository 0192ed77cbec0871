//! Saved exports: the files of the exports folder.

use std::path::{Path, PathBuf};

pub(crate) use super::definition::slug;
use super::{DefinitionError, Export, edit};

/// The file that is meant by a name or a path. What looks like a path is one; everything else is the name of a saved
/// export.
pub fn find(folder: &Path, name: &str) -> PathBuf {
    let is_path =
        name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|extension| extension == "toml");
    if is_path { PathBuf::from(name) } else { file_of(folder, name) }
}

/// The file of the export of that name.
pub fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}.toml", slug(name)))
}

/// Saves an export under its name, in place of the one that was called `replaces`, whose file goes when the name is
/// another now. No third one is ever replaced.
///
/// # Errors
/// When another export has the name, or a file cannot be written.
pub fn put(folder: &Path, export: &Export, replaces: Option<&str>) -> Result<(), DefinitionError> {
    write(folder, &export.name, replaces, |path| export.save(path))
}

/// Gives the export of that name another one. Nothing else in its definition changes, comments neither.
///
/// # Errors
/// When another export has the new name, the definition cannot be read, or a file cannot be written.
pub fn rename(folder: &Path, name: &str, new: &str) -> Result<(), DefinitionError> {
    let text = edit::renamed(&file_of(folder, name), new)?;
    write(folder, new, Some(name), |path| edit::write(path, &text))
}

/// Has the file of the export `name` written, in place of that of `replaces`.
fn write(
    folder: &Path,
    name: &str,
    replaces: Option<&str>,
    write: impl FnOnce(&Path) -> Result<(), DefinitionError>,
) -> Result<(), DefinitionError> {
    let path = file_of(folder, name);
    let before = replaces.map(|name| file_of(folder, name));
    if before.as_ref() != Some(&path) && path.exists() {
        return Err(DefinitionError::Taken { name: name.to_owned(), path });
    }
    write(&path)?;
    match before.filter(|before| *before != path && before.exists()) {
        Some(before) => remove(&before),
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

/// All saved exports with their files, by file name. One that cannot be read is listed with the reason.
pub fn all(folder: &Path) -> Vec<(PathBuf, Result<Export, DefinitionError>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), Export::load(&path))).collect()
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
    fn a_name_is_used_once_and_another_name_moves_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        put(folder, &export("Daily sales"), None).unwrap();
        let refused = put(folder, &export("daily  SALES"), None).unwrap_err().to_string();
        assert!(refused.starts_with("There is an export daily  SALES already"), "{refused}");
        put(folder, &export("Daily sales"), Some("Daily sales")).unwrap();
        put(folder, &export("Costs"), None).unwrap();
        assert!(put(folder, &export("Costs"), Some("Daily sales")).is_err(), "not even by another name's change");
        put(folder, &export("Sales"), Some("Daily sales")).unwrap();
        assert_eq!(names(folder), ["Costs", "Sales"]);
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
    fn a_name_is_not_a_path() {
        let folder = Path::new("/config/exports");
        assert_eq!(find(folder, "daily-sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "Daily Sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "./daily-sales"), Path::new("./daily-sales"));
        assert_eq!(find(folder, "daily-sales.toml"), Path::new("daily-sales.toml"));
    }
}
