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

    /// Marks the running phases as failed. While rows come, only the phase of the service at fault has failed:
    /// data.world may refuse the upload before anything of it is sent.
    pub(super) fn mark_failed(&self, by: Option<Service>) {
        self.update(|progress| {
            progress.failed_by = by;
            let [_, export, upload, ..] = &mut progress.phases;
            match by.filter(|_| *export == PhaseState::Running) {
                Some(Service::Domo) if *upload == PhaseState::Running => *upload = PhaseState::Stopped,
                Some(Service::DataWorld) => (*export, *upload) = (PhaseState::Stopped, PhaseState::Failed),
                _ => {}
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

    #[test]
    fn while_rows_come_the_phase_of_the_service_at_fault_has_failed() {
        use PhaseState::{Failed, Stopped, Waiting};
        let (domo, dataworld) = (Some(Service::Domo), Some(Service::DataWorld));
        for (begun, by, export, upload, reached) in [
            (&[Phase::Export, Phase::Upload][..], domo, Failed, Stopped, Phase::Export),
            (&[Phase::Export, Phase::Upload], dataworld, Stopped, Failed, Phase::Upload),
            (&[Phase::Export, Phase::Upload], None, Failed, Failed, Phase::Export),
            (&[Phase::Export], domo, Failed, Waiting, Phase::Export),
            (&[Phase::Export], dataworld, Stopped, Failed, Phase::Upload),
            (&[Phase::Upload], domo, Waiting, Failed, Phase::Upload),
        ] {
            let (reporter, progress) = Reporter::new();
            begun.iter().for_each(|phase| reporter.begin_phase(*phase));
            reporter.mark_failed(by);
            let progress = progress.borrow();
            assert_eq!(progress.phases, [Waiting, export, upload, Waiting, Waiting], "{begun:?} {by:?}");
            assert_eq!(progress.reached(), Some(reached));
        }
    }
}
