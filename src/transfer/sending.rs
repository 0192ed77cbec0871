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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Service;
    use crate::services::http::{Action, Broken};

    fn error(broken: Broken) -> ApiError {
        ApiError { service: Service::DataWorld, action: Action::Upload, host: String::new(), broken }
    }

    fn handed_over() -> Sending {
        let sending = Sending::default();
        sending.mark_begun();
        sending.hand_over();
        sending
    }

    #[test]
    fn a_file_may_be_ours_once_all_of_it_was_handed_over_and_its_size_fits() {
        let sending = Sending::default();
        sending.mark_begun();
        assert!(!sending.may_be_ours(Some(5), 5), "a part is no file");
        let sending = handed_over();
        assert!(sending.may_be_ours(Some(5), 5) && sending.may_be_ours(None, 5));
        assert!(!sending.may_be_ours(Some(4), 5));
        sending.accept();
        assert!(sending.may_be_ours(Some(4), 5), "accepted before all of it was handed over");
    }

    #[test]
    fn only_a_definite_answer_means_that_nothing_arrived() {
        let sending = handed_over();
        assert!(!sending.nothing_arrived(), "the answer is not there yet");
        sending.fail(&error(Broken::Redirect(String::new())));
        assert!(sending.nothing_arrived() && !sending.all_may_have_arrived());
        let sending = handed_over();
        sending.fail(&error(Broken::Timeout));
        assert!(!sending.nothing_arrived() && sending.all_may_have_arrived());
        sending.mark_begun();
        sending.fail(&error(Broken::Redirect(String::new())));
        assert!(!sending.nothing_arrived() && sending.all_may_have_arrived(), "the attempt before may have arrived");
        let sending = handed_over();
        sending.mark_begun();
        sending.fail(&error(Broken::Redirect(String::new())));
        assert!(!sending.nothing_arrived(), "the attempt before was given up without an answer");
    }

    #[test]
    fn starting_over_forgets_the_attempts_but_not_that_a_length_is_wanted() {
        let sending = handed_over();
        sending.fail(&error(Broken::Timeout));
        assert!(sending.may_omit_length());
        sending.state_length();
        sending.start_over();
        assert!(!sending.may_omit_length());
        assert!(sending.nothing_arrived() && !sending.all_may_have_arrived() && !sending.has_begun());
    }
}
