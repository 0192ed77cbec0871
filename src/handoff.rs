//! A schedule, written for the scheduler that will keep it.

use std::path::PathBuf;

use crate::export::Export;

/// A saved export, as a scheduler has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name as `writeback run` takes it.
    pub slug: String,
    /// The export.
    pub export: Export,
    /// The program: an absolute path.
    pub program: PathBuf,
    /// `WRITEBACK_HOME`, where it is set.
    pub home: Option<PathBuf>,
}
