//! Knowledge from earlier runs.

use super::Numbers;
use crate::history::{LastGood, WrittenFile};

#[derive(Debug, Clone, Default)]
pub struct Past {
    pub numbers: Numbers,
    /// If given, the run is skipped when it would write the same again.
    pub last_good: Option<LastGood>,
    /// Files that this export itself wrote: no other is ever deleted.
    pub written: Vec<WrittenFile>,
}
