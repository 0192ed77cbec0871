//! Publishes the progress of a run. It is sampled: a watcher sees the newest, and the run never waits for a watcher.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Pause, PhaseState, Progress};
use crate::export::Service;
use crate::history::Phase;
use crate::services::http::{OnRetry, Retry};

/// Least interval between wake-ups for counters alone: shorter than any screen's frame.
const WAKE_INTERVAL: Duration = Duration::from_millis(16);

#[derive(Debug, Clone)]
pub(super) struct Reporter {
    progress: Arc<watch::Sender<Progress>>,
    start: Instant,
}

impl Reporter {
    pub(super) fn new() -> (Self, watch::Receiver<Progress>) {
        let (progress, receiver) = watch::channel(Progress::default());
        (Self { progress: Arc::new(progress), start: Instant::now() }, receiver)
    }

    pub(super) fn update(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_modify(|progress| {
            change(progress);
            progress.elapsed = self.start.elapsed();
        });
    }

    /// Changes counters, as every piece of a transfer does. A waiting watcher is woken only now and then, because that
    /// costs more than moving the piece.
    pub(super) fn update_counters(&self, change: impl FnOnce(&mut Progress)) {
        let elapsed = self.start.elapsed();
        self.progress.send_if_modified(|progress| {
            change(progress);
            let is_news = elapsed.saturating_sub(progress.elapsed) >= WAKE_INTERVAL;
            if is_news {
                progress.elapsed = elapsed;
            }
            is_news
        });
    }

    pub(super) fn begin_phase(&self, phase: Phase) {
        tracing::info!(phase = phase.into_str(), "begins");
        self.set(phase, PhaseState::Running);
    }

    pub(super) fn finish(&self, phase: Phase, since: Instant) {
        let took = since.elapsed();
        tracing::info!(phase = phase.into_str(), ms = took.as_millis(), "done");
        self.set(phase, PhaseState::Done(took));
    }

    pub(super) fn set(&self, phase: Phase, state: PhaseState) {
        self.update(|progress| progress.phases[phase as usize] = state);
    }

    /// Resets a phase that has not begun after all: what it did counts no more.
    pub(super) fn reset(&self, phase: Phase) {
        self.set(phase, PhaseState::Waiting);
        if phase == Phase::Upload {
            self.update(|progress| progress.bytes_out = 0);
        }
    }

    pub(super) fn skip(&self, phases: &[Phase]) {
        for phase in phases {
            self.set(*phase, PhaseState::Skipped);
        }
    }

    /// Marks the running phases as failed. Where an export and its upload run at once, only that of the service at
    /// fault has failed.
    pub(super) fn mark_failed(&self, by: Option<Service>) {
        self.update(|progress| {
            progress.failed_by = by;
            let [export, upload] = [Phase::Export, Phase::Upload].map(|phase| phase as usize);
            let run_at_once = [export, upload].map(|phase| progress.phases[phase]) == [PhaseState::Running; 2];
            match by.filter(|_| run_at_once) {
                Some(Service::Domo) => progress.phases[upload] = PhaseState::Stopped,
                Some(Service::DataWorld) => progress.phases[export] = PhaseState::Stopped,
                None => {}
            }
            end_running(progress, PhaseState::Failed);
        });
    }

    pub(super) fn mark_cancelled(&self) {
        self.update(|progress| end_running(progress, PhaseState::Stopped));
    }

    pub(super) fn set_note(&self, note: Option<Pause>) {
        if let Some(note) = &note {
            tracing::warn!("{note:?}");
        }
        self.update(|progress| progress.note = note);
    }

    pub(super) fn on_retry(&self) -> OnRetry {
        let reporter = self.clone();
        Arc::new(move |retry: &Retry| reporter.set_note(Some(Pause::Call(retry.clone()))))
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

fn end_running(progress: &mut Progress, end: PhaseState) {
    progress.phases.iter_mut().filter(|state| **state == PhaseState::Running).for_each(|state| *state = end);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phases of a run that fails while it exports and uploads at once.
    fn broken_stream(by: Option<Service>) -> Progress {
        let (reporter, progress) = Reporter::new();
        reporter.begin_phase(Phase::Export);
        reporter.begin_phase(Phase::Upload);
        reporter.mark_failed(by);
        progress.borrow().clone()
    }

    #[test]
    fn of_two_phases_at_once_that_of_the_service_at_fault_has_failed() {
        use PhaseState::{Failed, Stopped, Waiting};
        for (by, export, upload, reached) in [
            (Some(Service::Domo), Failed, Stopped, Phase::Export),
            (Some(Service::DataWorld), Stopped, Failed, Phase::Upload),
            (None, Failed, Failed, Phase::Export),
        ] {
            let progress = broken_stream(by);
            assert_eq!(progress.phases, [Waiting, export, upload, Waiting, Waiting]);
            assert_eq!(progress.reached(), Some(reached));
        }
    }
}
