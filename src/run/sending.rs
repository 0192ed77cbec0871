//! The progress of sending a file, for whoever has to say afterwards what may have arrived.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::http::ApiError;

/// The attempts to send a file so far.
#[derive(Debug, Default)]
pub(super) struct Sending(Mutex<Attempts>);

#[derive(Debug, Default)]
struct Attempts {
    /// An attempt was begun.
    begun: bool,
    /// The latest one has no end yet, or was given up.
    is_open: bool,
    /// In the latest one all of the file was handed over.
    is_whole: bool,
    /// An attempt ended without a definite answer, as by a connection that was lost.
    lost: bool,
    /// The same, after all of the file had been handed over.
    lost_whole: bool,
    /// data.world has accepted one, be it before all of the file was handed over.
    accepted: bool,
    /// data.world, or a gateway before it, takes no file of unknown length.
    wants_length: bool,
}

impl Sending {
    /// Nothing of the file has been sent: it is another one now.
    pub(super) fn start_over(&self) {
        let mut attempts = self.lock();
        *attempts = Attempts { wants_length: attempts.wants_length, ..Attempts::default() };
    }

    /// An attempt begins.
    pub(super) fn begin(&self) {
        let mut attempts = self.lock();
        attempts.lost |= attempts.is_open;
        (attempts.begun, attempts.is_open, attempts.is_whole) = (true, true, false);
    }

    /// All of the file is handed over.
    pub(super) fn hand_over(&self) {
        self.lock().is_whole = true;
    }

    /// data.world has accepted what was sent.
    pub(super) fn accept(&self) {
        self.lock().accepted = true;
    }

    /// The attempt has failed: if nothing of it can have arrived it is as if it had not been made.
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

    /// From now on the length of the file is stated.
    pub(super) fn state_length(&self) {
        self.lock().wants_length = true;
    }

    /// Tells whether a file of unknown length may be sent.
    pub(super) fn may_omit_length(&self) -> bool {
        !self.lock().wants_length
    }

    /// Tells whether an attempt was begun.
    pub(super) fn has_begun(&self) -> bool {
        self.lock().begun
    }

    /// Tells whether it is certain that nothing has arrived: each attempt was refused, or did not even reach
    /// data.world.
    pub(super) fn nothing_arrived(&self) -> bool {
        let attempts = self.lock();
        !attempts.is_open && !attempts.lost && !attempts.accepted
    }

    /// Tells whether all of the file may have arrived, for all that is known here.
    pub(super) fn all_may_have_arrived(&self) -> bool {
        let attempts = self.lock();
        attempts.lost_whole || attempts.is_whole
    }

    /// Tells whether a file of that size on data.world may be what was sent of `bytes`, or a part of it.
    pub(super) fn may_be(&self, size: Option<u64>, bytes: u64) -> bool {
        let accepted = self.lock().accepted;
        accepted || (self.all_may_have_arrived() && size.is_none_or(|size| size == bytes))
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
