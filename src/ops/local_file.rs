//! The file on this computer that a person asked for.

use std::path::{Path, PathBuf};

use crate::system::files::is_device;
use crate::text::terminal_text::{harmless, nfc};

/// The path of a file as a person typed it: `~` is the home folder, and in a folder, or here where nothing was typed,
/// the file keeps its `own` name. `None` if [`name`] has none for it.
pub fn path(typed: &Path, own: &str) -> Option<PathBuf> {
    let to = match (typed.strip_prefix("~"), directories::UserDirs::new()) {
        (Ok(rest), Some(person)) => person.home_dir().join(rest),
        _ => typed.to_owned(),
    };
    let is_folder = to.as_os_str().is_empty() || to.is_dir();
    if is_folder { Some(to.join(name(own)?)) } else { Some(to) }
}

/// The name of a data.world file on this computer: its own, or the last part of an archive's path. `None` unless it is
/// harmless: data.world's text may not choose a folder, hide a file, or look different from what it is.
pub fn name(file: &str) -> Option<String> {
    let name = nfc(file.rsplit(['/', '\\']).next()?).into_owned();
    let name = name.as_str();
    let shown = harmless(name) == name && name.trim() == name;
    let of_windows =
        cfg!(windows) && (name.contains([':', '*', '?', '"', '<', '>', '|']) || name.ends_with('.') || is_device(name));
    (shown && !name.is_empty() && !name.starts_with(['.', '-']) && !of_windows && name.len() <= 255)
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_masked_is_still_a_name() {
        let token = format!("{}.csv", crate::sandbox::samples::DEVELOPER_TOKEN);
        assert_eq!(name(&token), Some(token));
    }

    #[test]
    fn a_name_from_elsewhere_chooses_no_folder_and_hides_nothing() {
        assert_eq!(name("daily sales.csv").as_deref(), Some("daily sales.csv"));
        assert_eq!(name("größe.csv").as_deref(), Some("größe.csv"));
        assert_eq!(name("exports/2019/orders.csv").as_deref(), Some("orders.csv"));
        assert_eq!(name("../../etc/cron.d/job").as_deref(), Some("job"));
        assert_eq!(name(r"..\job.csv").as_deref(), Some("job.csv"));
        assert_eq!(name("gro\u{308}ße.csv").as_deref(), Some("größe.csv"));
        for none in ["", "..", "a/..", ".bashrc", "x/.ssh", "-rf", "a\u{1b}[2J.csv", "a\u{202e}vsc.exe", "a\n", "x/"] {
            assert_eq!(name(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_file_keeps_its_own_name_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let here = Path::new("");
        assert_eq!(path(Path::new("sales.csv"), "daily.csv"), Some(PathBuf::from("sales.csv")));
        assert_eq!(path(folder.path(), "exports/daily.csv"), Some(folder.path().join("daily.csv")));
        assert_eq!(path(here, "daily.csv"), Some(PathBuf::from("daily.csv")));
        assert_eq!((path(folder.path(), ".bashrc"), path(here, "..")), (None, None));
        assert_eq!(path(Path::new("mine.csv"), ".bashrc"), Some(PathBuf::from("mine.csv")));
        let home = directories::UserDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(path(Path::new("~/no such.csv"), "daily.csv"), Some(home.join("no such.csv")));
        assert_eq!(path(Path::new("~"), "daily.csv"), Some(home.join("daily.csv")));
    }
}
