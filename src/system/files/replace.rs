//! Writes small files whole. The new file keeps the access rights of the old one.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use super::{FileFault, folder_of, make_folder, no_device, not_replaced, sync_folder, unwritable};

/// Writes `bytes` to `path` in one step, and creates the folders on the way. A new file can be read by its owner only.
/// If `path` is a link, its target is replaced, not the link.
///
/// # Errors
///
/// The folder or the file cannot be written. The old file is still there.
pub(crate) fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    persist(beside(&path, bytes)?, &path)
}

/// Writes a new file.
///
/// # Errors
///
/// `AlreadyExists` if it exists; or the folder or the file cannot be written.
pub(crate) fn whole_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = beside(path, bytes)?;
    file.persist_noclobber(path)?;
    sync_folder(path);
    Ok(())
}

/// Replaces a file, as [`whole`] does, if its content is still `before`.
///
/// # Errors
///
/// The file has changed, or cannot be written. It stays as it was.
pub(super) fn whole_if(path: &Path, before: &[u8], bytes: &[u8]) -> io::Result<()> {
    let path = dunce::canonicalize(path)?;
    let file = beside(&path, bytes)?;
    if std::fs::read(&path)? != before {
        return Err(FileFault::Changed.into());
    }
    persist(file, &path)
}

fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map_err(|error| not_replaced(error.error, path))?;
    sync_folder(path);
    Ok(())
}

/// Renames a file to a name that is free. A link is renamed itself.
///
/// # Errors
///
/// `AlreadyExists` if the name is taken; or the folder cannot be written.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    rename_no_replace(from, to).map_err(|error| unwritable(error, folder_of(to)))?;
    sync_folder(to);
    Ok(())
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system knows the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => link_and_remove(from, to),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    link_and_remove(from, to)
}

/// Renames by a hard link, which never replaces a file; on a file system without hard links, the folder's lock keeps
/// other Writebacks away.
fn link_and_remove(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

/// Creates a temporary file in the folder of `path`, with the access rights of the file there.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    no_device(path)?;
    let folder = folder_of(path);
    make_folder(folder)?;
    // Its mode is 0600 from the start.
    let mut file = NamedTempFile::new_in(folder).map_err(|error| unwritable(error, folder))?;
    keep_access(file.as_file(), path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a file the group, mode and access list of the one that it is to replace, and its owner if that is allowed. On
/// Windows the folder decides who may read a file.
///
/// # Errors
///
/// The group may do more with the replaced file than everybody, and cannot be kept: its members would lose access, or
/// others get it.
pub(crate) fn keep_access(file: &File, replaced: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt, fchown};
        let (Ok(there), ours) = (replaced.metadata(), file.metadata()?) else { return Ok(()) };
        if there.uid() != ours.uid() {
            // Only root may give files away; the file belongs to this user from now on.
            let _ = fchown(file, Some(there.uid()), None);
        }
        if there.gid() != ours.gid()
            && let Err(error) = fchown(file, None, Some(there.gid()))
            && there.mode() >> 3 & 0o7 & !there.mode() != 0
        {
            return Err(FileFault::Group { id: there.gid(), error: error.into() }.into());
        }
        // A disk without permissions refuses to change them, and reports the same for every file.
        if file.metadata()?.permissions() != there.permissions() {
            file.set_permissions(PermissionsExt::from_mode(there.mode() & 0o7777))?;
        }
        #[cfg(target_os = "linux")]
        keep_access_list(file, replaced)?;
    }
    #[cfg(not(unix))]
    let _ = (file, replaced);
    Ok(())
}

/// Copies the access control list that `setfacl` sets (acl(5)), if there is one.
#[cfg(target_os = "linux")]
fn keep_access_list(file: &File, replaced: &Path) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fsetxattr, getxattr};
    const LIST: &str = "system.posix_acl_access";
    // Far more than the 500 entries that file systems allow.
    let mut list = vec![0_u8; 64 * 1024];
    match getxattr(replaced, LIST, &mut list[..]) {
        Ok(size) => Ok(fsetxattr(file, LIST, &list[..size], XattrFlags::empty())?),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_kept_from_new_and_from_renamed_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        whole_new(&path("a"), b"a").unwrap();
        whole_new(&path("b"), b"b").unwrap();
        assert_eq!(whole_new(&path("a"), b"x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        for rename in [rename_new, link_and_remove] {
            assert_eq!(rename(&path("a"), &path("b")).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            rename(&path("a"), &path("c")).unwrap();
            rename(&path("c"), &path("a")).unwrap();
        }
        assert_eq!(std::fs::read(path("a")).unwrap(), b"a");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_has_changed_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        whole(&path, b"theirs").unwrap();
        let error = whole_if(&path, b"seen", b"ours").unwrap_err().to_string();
        assert_eq!(error, "another program has just changed it; try again");
        whole_if(&path, b"theirs", b"ours").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"ours");
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_group_stay_through_links_too() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
        whole(&file, b"old").unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o600);
        symlink("real.toml", &link).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        // Only root may give a file to any group.
        let group = if chown(&file, None, Some(4)).is_ok() { 4 } else { file.metadata().unwrap().gid() };
        for path in [&file, &link] {
            whole(path, b"new").unwrap();
            whole_if(path, b"new", b"newer").unwrap();
            let there = file.metadata().unwrap();
            assert_eq!((there.mode() & 0o7777, there.gid()), (0o640, group));
            assert!(link.is_symlink());
            assert_eq!(std::fs::read(&file).unwrap(), b"newer");
        }
    }
}
