//! The file of an unfinished export: `draft.toml` in the state folder.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{read_toml_text, write_whole};
use crate::state::Draft;

fn file(state: &Path) -> PathBuf {
    state.join("draft.toml")
}

/// The draft that was kept. One that cannot be read, such as another version's, is none: it is only a convenience.
pub fn read(state: &Path) -> Option<Draft> {
    let path = file(state);
    read_toml_text(&std::fs::read_to_string(&path).ok()?, &path).ok()
}

/// Keeps a draft in place of the one before, readable by its owner only.
pub(super) fn keep(state: &Path, draft: &Draft) -> io::Result<()> {
    let text = toml::to_string(draft).map_err(io::Error::other)?;
    write_whole(&file(state), text.as_bytes())
}

/// Drops the draft, if there is one.
pub(super) fn discard(state: &Path) -> io::Result<()> {
    match std::fs::remove_file(file(state)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
