//! Lets an export run once at a time on a computer, by a lock that dies with its process.
//!
//! The lock is the operating system's, on an empty file of the state folder that stays there. A second file names the
//! lock holder, because on Windows nobody can read a locked file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use derive_more::Display;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The longest time for which a check may hold the lock; it takes microseconds.
const GLANCE: Duration = Duration::from_millis(100);

/// The time within which a lock holder writes its name.
const BY_NOW: Duration = Duration::from_secs(1);

/// The right to run an export, until it is dropped.
#[derive(Debug)]
pub struct ExportLock {
    holder: PathBuf,
    /// Declared last, to be dropped after the file above is gone.
    _file: File,
}

#[derive(Debug, Clone, PartialEq, Eq, Display, Serialize, Deserialize)]
#[display("process {pid} on {host}, since {}", crate::text::format::second(*since))]
pub struct LockHolder {
    pub pid: u32,
    pub host: String,
    pub since: DateTime<Utc>,
}

#[derive(Debug)]
pub enum LockError {
    /// Another run holds the lock; names it, if that can be read.
    Held(Option<LockHolder>),
    Unusable(io::Error),
}

impl ExportLock {
    /// Takes the lock of an export.
    ///
    /// # Errors
    ///
    /// Another run holds it, or the lock's file cannot be created.
    pub fn take(state: &Path, definition: &Path, now: DateTime<Utc>) -> Result<Self, LockError> {
        let name = name(definition);
        let (path, holder) = (path(state, &name), folder(state).join(format!("{name}.holder")));
        let open = || {
            crate::system::files::make_folder(&folder(state))?;
            crate::system::files::open_lock(&path)
        };
        let file = open().map_err(LockError::Unusable)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(LockError::Unusable(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if start.elapsed() > GLANCE {
                let lock_holder = read(&holder);
                if lock_holder.is_some() || start.elapsed() > BY_NOW {
                    return Err(LockError::Held(lock_holder));
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let this = LockHolder { pid: std::process::id(), host: host(), since: now };
        // The lock works without the name of its holder.
        let _ = write_holder(&holder, &this);
        Ok(Self { holder, _file: file })
    }

    pub(super) fn is_held(state: &Path, name: &str) -> bool {
        let open = crate::system::files::open_private(&path(state, name), File::options().read(true));
        let Ok(file) = open else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

impl Drop for ExportLock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.holder);
    }
}

/// The lock's name: readable, and unique for each path.
pub(super) fn name(definition: &Path) -> String {
    let hash = Sha256::digest(definition.as_os_str().as_encoded_bytes());
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let stem = definition.file_stem().unwrap_or_default().to_string_lossy();
    let stem: String = stem.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    format!("{stem}-{hash}")
}

fn folder(state: &Path) -> PathBuf {
    state.join("locks")
}

fn path(state: &Path, name: &str) -> PathBuf {
    folder(state).join(format!("{name}.lock"))
}

/// Writes the lock holder into a new file. Removes whatever is in its place, be it a link.
fn write_holder(path: &Path, holder: &LockHolder) -> io::Result<()> {
    let _ = std::fs::remove_file(path);
    let file = crate::system::files::open_private(path, File::options().write(true).create_new(true))?;
    Ok(serde_json::to_writer(file, holder)?)
}

fn read(holder: &Path) -> Option<LockHolder> {
    serde_json::from_slice(&crate::system::files::read_bytes(holder).ok()?).ok()
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    crate::system::variable::get("COMPUTERNAME")
        .map_or_else(|| "this computer".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_learns_the_lock_holder_until_the_lock_is_free() {
        let state = tempfile::tempdir().unwrap();
        let (one, other) = (Path::new("/exports/a b.toml"), Path::new("/elsewhere/a b.toml"));
        let now = DateTime::from_timestamp(1_795_300_000, 0).unwrap();
        let held = ExportLock::take(state.path(), one, now).unwrap();
        drop(ExportLock::take(state.path(), other, now).unwrap());
        let Err(LockError::Held(Some(holder))) = ExportLock::take(state.path(), one, now) else { panic!("it is held") };
        assert_eq!((holder.pid, holder.since), (std::process::id(), now));
        assert!(!holder.host.is_empty());
        assert!(ExportLock::is_held(state.path(), &name(one)));
        assert!(!ExportLock::is_held(state.path(), &name(other)));
        drop(held);
        assert!(!ExportLock::is_held(state.path(), &name(one)));
        drop(ExportLock::take(state.path(), one, now).unwrap());
        assert_eq!(std::fs::read_dir(folder(state.path())).unwrap().count(), 2, "only the two locks stay");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_open_the_lock() {
        use std::os::unix::fs::PermissionsExt as _;
        let state = tempfile::tempdir().unwrap();
        let definition = Path::new("/exports/x.toml");
        drop(ExportLock::take(state.path(), definition, DateTime::UNIX_EPOCH).unwrap());
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder(state.path())), 0o700);
        assert_eq!(mode(path(state.path(), &name(definition))), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_a_lock_file_is_not_followed() {
        let state = tempfile::tempdir().unwrap();
        let definition = Path::new("/exports/x.toml");
        std::fs::create_dir(folder(state.path())).unwrap();
        let mine = state.path().join("mine");
        std::fs::write(&mine, "mine").unwrap();
        let holder = folder(state.path()).join(format!("{}.holder", name(definition)));
        std::os::unix::fs::symlink(&mine, &holder).unwrap();
        let held = ExportLock::take(state.path(), definition, DateTime::UNIX_EPOCH).unwrap();
        assert!(read(&holder).is_some() && !holder.is_symlink());
        drop(held);
        std::fs::remove_file(path(state.path(), &name(definition))).unwrap();
        std::os::unix::fs::symlink(&mine, path(state.path(), &name(definition))).unwrap();
        assert!(ExportLock::take(state.path(), definition, DateTime::UNIX_EPOCH).is_err());
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    }

    #[test]
    fn checking_a_lock_does_not_block_a_run() {
        let state = tempfile::tempdir().unwrap();
        let definition = Path::new("/exports/x.toml");
        drop(ExportLock::take(state.path(), definition, DateTime::UNIX_EPOCH).unwrap());
        let glance = File::open(path(state.path(), &name(definition))).unwrap();
        glance.lock_shared().unwrap();
        let waiter = std::thread::scope(|scope| {
            let taken = scope.spawn(|| ExportLock::take(state.path(), definition, DateTime::UNIX_EPOCH).map(drop));
            std::thread::sleep(Duration::from_millis(20));
            drop(glance);
            taken.join().unwrap()
        });
        assert!(waiter.is_ok());
    }

    #[test]
    fn a_lock_that_cannot_be_created_is_not_reported_as_held() {
        let state = tempfile::tempdir().unwrap();
        std::fs::write(folder(state.path()), "a file where the folder should be").unwrap();
        let taken = ExportLock::take(state.path(), Path::new("/x.toml"), DateTime::UNIX_EPOCH);
        assert!(matches!(taken, Err(LockError::Unusable(_))));
    }
}
