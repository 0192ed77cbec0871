//! Says how far a run is. What it says is sampled: whoever looks sees the newest, and nothing waits for them to look.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Pause, Phase, PhaseState, Progress};
use crate::http::{OnRetry, Retry};
use crate::service::Service;

/// How often whoever waits for news is woken for counters alone: more often than any screen is drawn.
const NEWS: Duration = Duration::from_millis(16);

/// Where a run says how far it is.
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

    /// Changes what is said.
    pub(super) fn say(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_modify(|progress| {
            change(progress);
            progress.elapsed = self.start.elapsed();
        });
    }

    /// Changes counters, as every piece of a transfer does. Whoever looks sees them; whoever waits is woken only now and
    /// then, because being woken costs more than moving the piece.
    pub(super) fn count(&self, change: impl FnOnce(&mut Progress)) {
        let elapsed = self.start.elapsed();
        self.progress.send_if_modified(|progress| {
            change(progress);
            let is_news = elapsed.saturating_sub(progress.elapsed) >= NEWS;
            if is_news {
                progress.elapsed = elapsed;
            }
            is_news
        });
    }

    /// A phase begins.
    pub(super) fn begin(&self, phase: Phase) {
        tracing::info!(phase = phase.word(), "begins");
        self.set(phase, PhaseState::Running);
    }

    /// A phase that began at `since` has ended well.
    pub(super) fn done(&self, phase: Phase, since: Instant) {
        let took = since.elapsed();
        tracing::info!(phase = phase.word(), ms = took.as_millis(), "done");
        self.set(phase, PhaseState::Done(took));
    }

    pub(super) fn set(&self, phase: Phase, state: PhaseState) {
        self.say(|progress| progress.phases[phase as usize] = state);
    }

    /// A phase that was under way has not begun after all: what it did counts no more.
    pub(super) fn wait_again(&self, phase: Phase) {
        self.set(phase, PhaseState::Waiting);
        if phase == Phase::Upload {
            self.say(|progress| progress.bytes_out = 0);
        }
    }

    /// Phases are left out.
    pub(super) fn skip(&self, phases: &[Phase]) {
        for phase in phases {
            self.set(*phase, PhaseState::Skipped);
        }
    }

    /// The run has failed, because of that service's answer if there was one: so has whatever was under way.
    pub(super) fn failed(&self, by: Option<Service>) {
        self.say(|progress| {
            progress.failed_by = by;
            end_running(progress, PhaseState::Failed);
        });
    }

    /// The run was cancelled, and with it whatever was under way.
    pub(super) fn cancelled(&self) {
        self.say(|progress| end_running(progress, PhaseState::Cancelled));
    }

    /// Says what the run waits for, or nothing any more.
    pub(super) fn note(&self, note: Option<Pause>) {
        if let Some(note) = &note {
            tracing::warn!("{note:?}");
        }
        self.say(|progress| progress.note = note);
    }

    /// Says of each call that is tried again why, and when.
    pub(super) fn on_retry(&self) -> OnRetry {
        let reporter = self.clone();
        Arc::new(move |retry: &Retry| reporter.note(Some(Pause::Call(retry.clone()))))
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Whatever was under way has ended so.
fn end_running(progress: &mut Progress, end: PhaseState) {
    progress.phases.iter_mut().filter(|state| **state == PhaseState::Running).for_each(|state| *state = end);
}
