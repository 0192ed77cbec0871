//! Past runs and the numbers given to them, in an SQLite file of the state folder, and the locks by which an export
//! runs once at a time.
//!
//! The history helps a run and never stops it: a run that cannot open it goes on without ([`crate::ops::run`]). A
//! damaged file is renamed with the date, and a new one is begun. Even then a number replaces no file, because it is
//! one above the highest of the history *and* of the files on data.world.

mod exports;
mod lock;
mod numbers;
mod record;
mod runs;
mod schema;
mod words;

pub use exports::{LastGood, WrittenFile};
pub use lock::{ExportLock, LockError, LockHolder};
pub use record::{
    Arrived, Ending, Kind, NewRun, Phase, Reached, RowCount, Run, RunFilter, RunId, RunResult, Statistics,
};

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::system::files::{self, PathError, folder_of};

/// The longest wait for another Writeback's change, which takes milliseconds.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A later version of Writeback has written the file.
    Newer {
        path: PathBuf,
        form: i64,
        known: i64,
    },
    Unusable(PathError),
    Damaged,
    /// The thread that wrote has panicked.
    BrokeOff,
    Sqlite(rusqlite::Error),
}

impl HistoryError {
    /// Tells if another disk may help: this one cannot be written, or has no locks.
    pub fn is_of_its_disk(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::Sqlite(_))
    }
}

impl From<rusqlite::Error> for HistoryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Sqlite(error),
        }
    }
}

#[derive(Debug)]
pub struct History {
    connection: Connection,
}

#[derive(Debug)]
pub struct Opened {
    pub history: History,
    /// The old history, which was damaged and has been renamed to this.
    pub damaged: Option<PathBuf>,
}

pub fn file(state: &Path) -> PathBuf {
    state.join("history.sqlite")
}

impl History {
    /// Opens the history of a state folder, or creates it. Waits for other programs that write to it, a few seconds at
    /// most.
    ///
    /// # Errors
    ///
    /// The folder cannot be written, or a newer version has written the file.
    pub fn open(state: &Path, now: DateTime<Utc>) -> Result<Opened, HistoryError> {
        let path = file(state);
        match Self::ready(&path) {
            Ok(Some(history)) => Ok(Opened { history, damaged: None }),
            Ok(None) | Err(HistoryError::Damaged) => Self::restore(state, now),
            // SQLite writes beside its file too, and its error does not name the cause.
            Err(HistoryError::Sqlite(error)) => {
                files::check_writable(state).map_err(|error| unusable(&path, error))?;
                Err(HistoryError::Sqlite(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the history as [`History::open`] does, but creates none. If it cannot be written, it is opened to be read.
    ///
    /// # Errors
    ///
    /// As [`History::open`], or it cannot be read either.
    pub fn existing(state: &Path, now: DateTime<Utc>) -> Result<Option<Opened>, HistoryError> {
        let path = file(state);
        if !is_there(&path)? {
            return Ok(None);
        }
        let opened = match Self::open(state, now) {
            Err(error) if error.is_of_its_disk() => {
                let history = Self::read_only(&path).map_err(|_| error)?;
                Ok(Opened { history, damaged: None })
            }
            opened => opened,
        };
        opened.map(Some)
    }

    /// Opens the history to read it. Even then SQLite writes beside it, unless it is told that nothing changes the
    /// file, which is true where nothing can be written (<https://www.sqlite.org/wal.html#readonly>).
    fn read_only(path: &Path) -> Result<Self, HistoryError> {
        let open = |address: &str| {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_with_flags(address, flags)?;
            connection.busy_timeout(BUSY_LIMIT)?;
            match schema::form(&connection)? {
                schema::FORM => Ok(Self { connection }),
                ..schema::FORM => Self::updated_in_memory(&connection),
                form => Err(HistoryError::Newer { path: path.to_owned(), form, known: schema::FORM }),
            }
        };
        let address = format!("file:{}", utf8_percent_encode(&path.to_string_lossy(), NON_ALPHANUMERIC));
        open(&address).or_else(|_| open(&format!("{address}?immutable=1")))
    }

    /// Copies an earlier version's history into memory and migrates it there, for a disk that cannot be written.
    fn updated_in_memory(earlier: &Connection) -> Result<Self, HistoryError> {
        let mut connection = Connection::open_in_memory()?;
        Backup::new(earlier, &mut connection)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        schema::migrate(&mut connection)?;
        // A change would vanish with the copy.
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self { connection })
    }

    /// Makes the history usable: creates it, migrates one of an earlier version, or sets a damaged one aside.
    ///
    /// # Errors
    ///
    /// As [`History::open`].
    pub fn restore(state: &Path, now: DateTime<Utc>) -> Result<Opened, HistoryError> {
        let path = file(state);
        let unusable = |error| unusable(&path, error);
        // Of several programs that find the damage only the first sets the file aside; the others find the new one.
        let _lock = files::lock(&path).map_err(unusable)?;
        match Self::prepare(&path).and_then(Self::sound) {
            Ok(history) => Ok(Opened { history, damaged: None }),
            Err(HistoryError::Damaged) => {
                let kept = set_aside(&path, now).map_err(unusable)?;
                Ok(Opened { history: Self::prepare(&path)?, damaged: Some(kept) })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the history if it needs neither creating, nor migration, nor repair.
    fn ready(path: &Path) -> Result<Option<Self>, HistoryError> {
        if !is_there(path)? {
            return Ok(None);
        }
        let connection = connect(path)?;
        let form = schema::form(&connection)?;
        match form.cmp(&schema::FORM) {
            std::cmp::Ordering::Less => Ok(None),
            std::cmp::Ordering::Equal => Ok(Some(Self { connection })),
            std::cmp::Ordering::Greater => {
                Err(HistoryError::Newer { path: path.to_owned(), form, known: schema::FORM })
            }
        }
    }

    fn prepare(path: &Path) -> Result<Self, HistoryError> {
        make_private(path).map_err(|error| unusable(path, error))?;
        let mut connection = connect(path)?;
        let form = schema::form(&connection)?;
        if form > schema::FORM {
            return Err(HistoryError::Newer { path: path.to_owned(), form, known: schema::FORM });
        }
        schema::migrate(&mut connection)?;
        Ok(Self { connection })
    }

    fn sound(self) -> Result<Self, HistoryError> {
        let report: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if report == "ok" { Ok(self) } else { Err(HistoryError::Damaged) }
    }
}

fn unusable(path: &Path, error: std::io::Error) -> HistoryError {
    HistoryError::Unusable(PathError::new(path, error))
}

/// # Errors
///
/// The path has something else than a file, or a dangling link.
fn is_there(path: &Path) -> Result<bool, HistoryError> {
    let found = match path.metadata() {
        Ok(found) => files::check_plain(found.file_type()).map(|()| true),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Err(_) => match std::fs::read_link(path) {
            Ok(to) => Err(files::FileFault::DanglingLink(folder_of(path).join(to)).into()),
            Err(_) => Ok(false),
        },
    };
    found.map_err(|error| unusable(path, error))
}

fn connect(path: &Path) -> Result<Connection, HistoryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_LIMIT)?;
    Ok(connection)
}

/// Creates the file, if there is none, readable by its owner only. SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    // Follows a link that the person has made.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    files::open_lock(&path).map(drop)
}

/// Renames a damaged history and its write-ahead log.
fn set_aside(path: &Path, now: DateTime<Utc>) -> std::io::Result<PathBuf> {
    let kept = path.with_file_name(format!("history-damaged-{}.sqlite", now.format("%Y-%m-%dT%H-%M-%S%.3fZ")));
    std::fs::rename(path, &kept)?;
    for beside in ["-wal", "-shm"] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(beside);
            PathBuf::from(name)
        };
        match std::fs::rename(with(path), with(&kept)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests;
