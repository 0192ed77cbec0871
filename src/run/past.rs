//! What a run knows of those before it.

use super::Numbers;
use crate::history::{LastGood, Written};

/// What a run knows of those before it; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Gives the run its number, for the file's name.
    pub numbers: Numbers,
    /// What the last good run wrote. Where that is given, the run is skipped if it would write the same again.
    pub last_good: Option<LastGood>,
    /// The files of the dataset that this export itself wrote: no other is ever deleted.
    pub written: Vec<Written>,
}
