//! Saved exports: the files of the exports folder.

use std::path::{Path, PathBuf};

pub(crate) use super::definition::slug;
use super::{DefinitionError, Export};

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

    #[test]
    fn a_name_is_not_a_path() {
        let folder = Path::new("/config/exports");
        assert_eq!(find(folder, "daily-sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "Daily Sales"), Path::new("/config/exports/daily-sales.toml"));
        assert_eq!(find(folder, "./daily-sales"), Path::new("./daily-sales"));
        assert_eq!(find(folder, "daily-sales.toml"), Path::new("daily-sales.toml"));
    }
}
