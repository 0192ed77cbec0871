//! The program's own small files: read as text, changed by one writer at a time, written whole.
//!
//! A change takes the lock, reads the file again, and replaces it only if it is unchanged since: other programs ignore
//! the lock. Errors of TOML name the line.

mod replace;
mod text;
mod windows;
mod wrong;

pub(crate) use replace::{keep_access, rename_new, whole as write_whole, whole_new as write_new};
pub(crate) use text::{Text, check_plain, decode, in_utf16, read_bytes, read_text};
use windows::not_replaced;
pub(crate) use windows::{is_device, is_held_open, no_device};
pub(crate) use wrong::{Kind, Mistake};

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait for other Writebacks to finish their changes; one takes milliseconds, a scheduler's tool a second.
const LOCK_LIMIT: Duration = Duration::from_secs(20);

/// Creates a folder and its parents, for their owner only. An existing folder stays as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unwritable(error, folder))
}

/// Checks that files can be created in a folder.
pub(crate) fn check_writable(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop).map_err(|error| unwritable(error, folder))
}

/// Adds the folder to an error if the folder cannot be written.
fn unwritable(error: io::Error, folder: &Path) -> io::Error {
    let is_there = |folder: &&Path| folder.is_dir();
    let folder = || folder.ancestors().find(is_there).unwrap_or(folder).to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied => FileFault::NoPermission(folder()).into(),
        io::ErrorKind::ReadOnlyFilesystem => FileFault::ReadOnlyDisk(folder()).into(),
        _ => error,
    }
}

/// Opens the file of a lock, or creates it, for its owner only: whoever may read it may hold the lock.
///
/// # Errors
///
/// As [`open_private`].
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    open_private(path, OpenOptions::new().create(true).truncate(false).write(true)).map_err(|error| {
        // A lock that exists and may not be opened is another user's.
        if path.exists() { error } else { unwritable(error, folder_of(path)) }
    })
}

/// Opens a file of the state folder, or creates it for its owner only. Refuses links and pipes, which others could put
/// there if they may write to that folder.
pub(crate) fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(FileFault::NotPlain.into());
    }
    Ok(file)
}

/// Makes a renaming outlive a power cut, which it does only once its folder is on the disk. Not every file system can
/// be asked.
pub(crate) fn sync_folder(path: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = path;
}

/// The right to change a file or folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Keeps other Writebacks from changing `path`, a file or a folder, until the lock is dropped. The lock is on a file
/// beside it, because a change replaces `path` itself. Blocks for 20 s at most. On a file system without locks, such as
/// some NFS, the lock keeps nobody away; then the change itself notices most others.
///
/// # Errors
///
/// The lock's file cannot be created, or another program holds the lock for longer.
pub(crate) fn lock(path: &Path) -> io::Result<Lock> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let beside: PathBuf = path.with_file_name(name);
    make_folder(folder_of(path))?;
    let file = open_lock(&beside)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::Error(error)) if has_no_locks(&error) => return Ok(Lock { _file: file }),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() > LOCK_LIMIT => return Err(FileFault::Locked.into()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error()) {
        return true;
    }
    error.kind() == io::ErrorKind::Unsupported
}

/// The canonical path of a file, as far as it or its folder exists. Avoids Windows' own form (`\\?\C:\…`) unless there
/// is no other.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    let of_folder = || Some(dunce::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
    dunce::canonicalize(path)
        .ok()
        .or_else(of_folder)
        .or_else(|| std::path::absolute(path).ok())
        .unwrap_or_else(|| path.to_owned())
}

/// A fault that the system has no error for. It travels in an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    NoPermission(PathBuf),
    ReadOnlyDisk(PathBuf),
    /// Something else than a file, such as `a folder`.
    Kind(&'static str),
    NotPlain,
    DanglingLink(PathBuf),
    Device(String),
    TooLarge,
    Empty,
    /// Bytes that are not text, or in an unknown encoding.
    NotText {
        /// From 1; `None` if all of it is wrong.
        line: Option<usize>,
        looks_like: &'static str,
    },
    /// Another Writeback has held the lock for too long.
    Locked,
    Changed,
    Changing,
    HeldOpen,
    Group {
        id: u32,
        error: IoError,
    },
}

impl From<FileFault> for io::Error {
    fn from(fault: FileFault) -> Self {
        Self::other(fault)
    }
}

/// An error of the system that can be copied and compared, as the failure of a run is.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct IoError(Arc<io::Error>);

impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

/// An error about a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    pub path: PathBuf,
    pub source: IoError,
}

impl PathError {
    pub(crate) fn new(path: &Path, error: impl Into<io::Error>) -> Self {
        Self { path: path.to_owned(), source: IoError::from(error.into()) }
    }
}

impl PartialEq for IoError {
    fn eq(&self, other: &Self) -> bool {
        self.0.kind() == other.0.kind() && self.to_string() == other.to_string()
    }
}

impl Eq for IoError {}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    Unreadable {
        /// Names the kind of file, before its path: `export at`.
        what: &'static str,
        path: PathBuf,
        source: IoError,
    },
    /// The file has an unknown key or a wrong value.
    Wrong {
        path: PathBuf,
        /// From 1.
        line: usize,
        mistake: Mistake,
    },
}

/// Reads `text` as TOML; `path` is for the error.
///
/// # Errors
///
/// Names the line, and the nearest known key for an unknown one.
pub(crate) fn read_toml_text<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text[..at].matches('\n').count();
        FileError::Wrong { path: path.to_owned(), line, mistake: wrong::read(error.message(), text, at) }
    })
}

/// The entry of `known` that `typed` was probably meant to be.
pub(crate) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(typed, name);
    known.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|name| likeness(name) > 0.7)
}

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
    fn new_files_belong_to_their_owner_alone() {
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
    fn a_link_in_the_place_of_a_private_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (folder.path().join("elsewhere"), folder.path().join("x.lock"));
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        assert!(open_lock(&link).is_err());
        assert!(!elsewhere.exists());
    }

    #[test]
    fn the_nearest_name_is_only_proposed_when_it_is_near() {
        assert_eq!(nearest("analist", ["acme", "analyst"].into_iter()), Some("analyst"));
        assert_eq!(nearest("xyz", ["acme", "analyst"].into_iter()), None);
    }
}
