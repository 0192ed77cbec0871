//! The files of unfinished exports: in the folder `drafts` of the state folder, one for each, named by when it was begun.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::system::files::{read_text, read_toml_text, write_whole};
use crate::tui::state::Draft;

fn folder(state: &Path) -> PathBuf {
    state.join("drafts")
}

fn file(state: &Path, began: DateTime<Utc>) -> PathBuf {
    folder(state).join(format!("{}.toml", began.format("%Y%m%dT%H%M%S%.9f")))
}

/// The drafts that are kept. One that cannot be read, such as another version's, is none: it is only a convenience.
pub fn read(state: &Path) -> Vec<Draft> {
    let Ok(entries) = std::fs::read_dir(folder(state)) else { return Vec::new() };
    let one = |path: &Path| read_toml_text(&read_text(path, "draft").ok()??, path).ok();
    entries.filter_map(|entry| one(&entry.ok()?.path())).collect()
}

/// Keeps a draft in place of the one that was begun then, readable by its owner only.
pub(super) fn keep(state: &Path, draft: &Draft) -> io::Result<()> {
    let text = toml::to_string(draft).map_err(io::Error::other)?;
    write_whole(&file(state, draft.began), text.as_bytes())
}

/// Drops the draft that was begun then, if there is one.
pub(super) fn discard(state: &Path, began: DateTime<Utc>) -> io::Result<()> {
    match std::fs::remove_file(file(state, began)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
