//! Windows' peculiarities: names that are devices, and files that a program holds open.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use super::FileFault;

/// Errors for a file that another program holds open, or a part of it: `ERROR_SHARING_VIOLATION` and
/// `ERROR_LOCK_VIOLATION` (learn.microsoft.com, "System Error Codes").
const IN_USE: [i32; 2] = [32, 33];

/// Tells if Windows takes that name for a device and not for a file, whatever stands behind the first dot or colon, and
/// with blanks before it (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default().trim_end_matches(' ').to_ascii_lowercase();
    let is_numbered = |rest: &str| {
        let mut chars = rest.chars();
        matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || ["com", "lpt"].iter().any(|kind| stem.strip_prefix(kind).is_some_and(is_numbered))
}

pub(crate) fn no_device(path: &Path) -> io::Result<()> {
    match path.file_name().and_then(|name| name.to_str()) {
        Some(name) if cfg!(windows) && is_device(name) => Err(FileFault::Device(name.to_owned()).into()),
        _ => Ok(()),
    }
}

/// Tells if another program holds a file open, so that it cannot be replaced.
pub(crate) fn is_held_open(path: &Path) -> bool {
    let in_use = |error: io::Error| error.raw_os_error().is_some_and(|code| IN_USE.contains(&code));
    cfg!(windows) && OpenOptions::new().write(true).open(path).is_err_and(in_use)
}

/// Explains why a file could not be replaced. If another program holds it open, Windows may say "access denied".
pub(super) fn not_replaced(error: io::Error, path: &Path) -> io::Error {
    if is_held_open(path) { FileFault::HeldOpen.into() } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_device_is_one_with_whatever_stands_behind_it() {
        for name in
            ["NUL", "con.csv", "COM1.txt", "lpt9", "aux . .csv", "Prn ", "nul:", "com¹.csv", "CONOUT$", "con..."]
        {
            assert!(is_device(name), "{name}");
        }
        for name in ["", "console.csv", "com.csv", "com10", "comx", "nu l", "lpt", "daily-sales.csv", "a.con", "null"] {
            assert!(!is_device(name), "{name}");
        }
        assert_eq!(no_device(Path::new("x/con.toml")).is_err(), cfg!(windows));
    }

    #[cfg(windows)]
    #[test]
    fn a_file_held_open_by_another_program_is_reported() {
        use std::os::windows::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "old").unwrap();
        // As Excel does: others may read.
        let held = OpenOptions::new().read(true).share_mode(1).open(&path).unwrap();
        let refused = crate::system::files::write_whole(&path, b"new").unwrap_err();
        let fault = refused.get_ref().and_then(|fault| fault.downcast_ref());
        assert_eq!(fault, Some(&FileFault::HeldOpen), "{refused}");
        assert!(is_held_open(&path));
        drop(held);
        crate::system::files::write_whole(&path, b"new").unwrap();
    }

    #[cfg(windows)]
    #[test]
    fn a_path_is_shown_as_people_know_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = crate::system::files::canonical(&folder.path().join("a.toml"));
        assert!(!path.display().to_string().starts_with(r"\\?\"), "{}", path.display());
    }
}
