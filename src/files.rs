//! Small files of the configuration folder: written whole, one writer at a time, and read as TOML with errors that name
//! the line.

mod wrong;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait for another Writeback to finish its change; one takes milliseconds.
const LOCK_LIMIT: Duration = Duration::from_secs(2);

/// Writes `bytes` to `path` in one step, readable by its owner only, and makes the folders on the way. Where `path` is a
/// link, the file that it leads to is replaced, not the link.
///
/// # Errors
/// When the folder or the file cannot be written; the old file is then still there.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(&path);
    make_folder(folder)?;
    // A `NamedTempFile` has mode 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    sync_folder(&path);
    Ok(())
}

/// Makes a folder, and those on the way to it, for its owner only. Of one that is there nothing is changed.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens the file of a lock, and makes it if there is none, for its owner only: whoever may read it may hold the lock.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the renaming of a file to `path` outlive a power cut: only once its folder is on the disk, it does. Not every
/// file system can be asked.
pub(crate) fn sync_folder(path: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = path;
}

/// Keeps other programs from changing `path` while the returned file lives. The lock is a file beside it, because
/// `path` itself is replaced by a change. It blocks for 2 s at most.
///
/// # Errors
/// When the lock's file cannot be made, or another program holds the lock for longer than that.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let beside: PathBuf = path.with_file_name(name);
    make_folder(folder_of(path))?;
    let file = open_lock(&beside)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() > LOCK_LIMIT => {
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another Writeback is changing it; try again"));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// The one path that a file has however it is named, as far as it or its folder is there.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    let of_folder = || Some(std::fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
    std::fs::canonicalize(path)
        .ok()
        .or_else(of_folder)
        .or_else(|| std::path::absolute(path).ok())
        .unwrap_or_else(|| path.to_owned())
}

/// Why a small file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("The {what} {} cannot be read: {source}.", path.display())]
    Unreadable {
        /// What it is, before its path: `export at`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something in it is unknown or wrong.
    #[error("{}, line {line}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, and the nearest right key if there is one.
        reason: String,
    },
}

/// Reads a file's text; `None` when it is not there. `what` is what it is, before its path: `export at`.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_text(path: &Path, what: &'static str) -> Result<Option<String>, FileError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FileError::Unreadable { what, path: path.to_owned(), source }),
    }
}

/// Reads `text` as TOML; `path` is named in the error.
///
/// # Errors
/// When it is not what `T` wants: the line, and the nearest known key for an unknown one.
pub(crate) fn read_toml_text<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text[..at].matches('\n').count();
        FileError::Wrong { path: path.to_owned(), line, reason: wrong::sentence(error.message(), text, at) }
    })
}

/// The one of `known` that `typed` was probably meant to be.
pub(crate) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(typed, name);
    known.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|name| likeness(name) > 0.7)
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_free_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        let held = lock(&path).unwrap();
        let other = OpenOptions::new().write(true).open(folder.path().join("accounts.toml.lock")).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        drop(lock(&path).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_one_path_whether_it_is_there_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(canonical(&link.join("x.toml")), canonical(&real.join("x.toml")));
        std::fs::write(real.join("x.toml"), "").unwrap();
        assert_eq!(canonical(&link.join("../link/x.toml")), canonical(&real.join("x.toml")));
        assert!(canonical(Path::new("nowhere/x.toml")).is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/exports/daily.toml");
        drop(lock(&path).unwrap());
        write_whole(&path, b"x").unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("state"), mode("state/exports")), (0o700, 0o700));
        assert_eq!((mode("state/exports/daily.toml.lock"), mode("state/exports/daily.toml")), (0o600, 0o600));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
        std::fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_whole(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "new");
    }

    #[test]
    fn the_nearest_name_is_only_proposed_when_it_is_near() {
        assert_eq!(nearest("analist", ["acme", "analyst"].into_iter()), Some("analyst"));
        assert_eq!(nearest("xyz", ["acme", "analyst"].into_iter()), None);
    }
}
