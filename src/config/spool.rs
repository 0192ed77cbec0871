//! The default folder of the spool file.

use std::path::{Path, PathBuf};

/// Linux keeps large temporary files here, on disk.
const ON_DISK: &str = "/var/tmp";

/// The platform's folder for temporary files. Many Linux systems keep `/tmp` in memory, where a large export would take
/// as much, so there a folder on disk is preferred. `chosen` is `TMPDIR`, which wins.
pub(super) fn default_folder(chosen: Option<&Path>) -> PathBuf {
    if let Some(chosen) = chosen {
        return chosen.to_owned();
    }
    // An empty variable would mean the current folder.
    let usual = Some(std::env::temp_dir()).filter(|folder| !folder.as_os_str().is_empty());
    let usual = usual.unwrap_or_else(|| PathBuf::from("/tmp"));
    if is_in_memory(&usual) { prefer_disk(usual, Path::new(ON_DISK)) } else { usual }
}

/// Returns `folder` if it is writable and not in memory too, else `usual`.
fn prefer_disk(usual: PathBuf, folder: &Path) -> PathBuf {
    if is_writable(folder) && !is_in_memory(folder) { folder.to_owned() } else { usual }
}

#[cfg(target_os = "linux")]
fn is_in_memory(folder: &Path) -> bool {
    /// `TMPFS_MAGIC` of linux/magic.h.
    const TMPFS: rustix::fs::FsWord = 0x0102_1994;
    rustix::fs::statfs(folder).is_ok_and(|about| about.f_type == TMPFS)
}

#[cfg(target_os = "linux")]
fn is_writable(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    folder.is_dir() && access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_: &Path) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn is_writable(_: &Path) -> bool {
    false
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn tmpfs_is_recognized() {
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
        let of_shm = mounts.lines().rfind(|line| line.split(' ').nth(1) == Some("/dev/shm"));
        let is_tmpfs = of_shm.is_some_and(|line| line.split(' ').nth(2) == Some("tmpfs"));
        assert_eq!(is_in_memory(Path::new("/dev/shm")), is_tmpfs);
        assert!(!is_in_memory(Path::new("/proc")) && !is_in_memory(Path::new("/nowhere")));
    }

    #[test]
    fn a_missing_or_in_memory_folder_is_not_preferred() {
        let (usual, folder) = (PathBuf::from("/tmp"), tempfile::tempdir().unwrap());
        assert_eq!(prefer_disk(usual.clone(), Path::new("/nowhere")), usual);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(prefer_disk(usual.clone(), &file), usual);
        let expected = if is_in_memory(folder.path()) { usual.as_path() } else { folder.path() };
        assert_eq!(prefer_disk(usual.clone(), folder.path()), expected);
    }
}
