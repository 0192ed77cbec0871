//! The attempts to send a file, for the report of what may have arrived.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::services::http::ApiError;

#[derive(Debug, Default)]
pub(super) struct Sending(Mutex<Attempts>);

#[derive(Debug, Default)]
struct Attempts {
    begun: bool,
    /// The latest attempt has not ended, or was given up.
    is_open: bool,
    /// The latest attempt has handed over the whole file.
    is_whole: bool,
    /// An attempt ended without a definite answer, for example by a lost connection.
    lost: bool,
    /// The same, after the whole file had been handed over.
    lost_whole: bool,
    /// data.world has accepted an attempt, even before the whole file was handed over.
    accepted: bool,
    /// data.world, or a gateway before it, takes no file of unknown length.
    wants_length: bool,
}

impl Sending {
    /// Forgets the attempts: the run writes another file now.
    pub(super) fn start_over(&self) {
        let mut attempts = self.lock();
        *attempts = Attempts { wants_length: attempts.wants_length, ..Attempts::default() };
    }

    pub(super) fn mark_begun(&self) {
        let mut attempts = self.lock();
        attempts.lost |= attempts.is_open;
        (attempts.begun, attempts.is_open, attempts.is_whole) = (true, true, false);
    }

    pub(super) fn hand_over(&self) {
        self.lock().is_whole = true;
    }

    pub(super) fn accept(&self) {
        self.lock().accepted = true;
    }

    /// Ends an attempt. If nothing of it can have arrived, it is as if it had not been made.
    pub(super) fn fail(&self, error: &ApiError) {
        let mut attempts = self.lock();
        attempts.is_open = false;
        if error.nothing_arrived() {
            attempts.is_whole = false;
        } else {
            attempts.lost = true;
            attempts.lost_whole |= attempts.is_whole;
        }
    }

    pub(super) fn state_length(&self) {
        self.lock().wants_length = true;
    }

    pub(super) fn may_omit_length(&self) -> bool {
        !self.lock().wants_length
    }

    pub(super) fn has_begun(&self) -> bool {
        self.lock().begun
    }

    pub(super) fn nothing_arrived(&self) -> bool {
        let attempts = self.lock();
        !attempts.is_open && !attempts.lost && !attempts.accepted
    }

    /// The whole file may have arrived, as far as known here.
    pub(super) fn all_may_have_arrived(&self) -> bool {
        let attempts = self.lock();
        attempts.lost_whole || attempts.is_whole
    }

    /// A file of that size on data.world may be what was sent of `bytes`, or a part of it.
    pub(super) fn may_be_ours(&self, size: Option<u64>, bytes: u64) -> bool {
        let accepted = self.lock().accepted;
        accepted || (self.all_may_have_arrived() && size.is_none_or(|size| size == bytes))
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
