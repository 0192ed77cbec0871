//! A run as the screen shows it: what was ordered, the latest progress, and the outcome.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::effect::{Effect, RunReply};
use super::request::{Request, RequestId};
use crate::explain;
use crate::export::{Export, HashRows, Setting};
use crate::history::Kind;
use crate::ops::run::{RunEntry, RunOrder};
use crate::ops::{self, DataWorldLogin, DomoLogin};
use crate::transfer::{Outcome, Pace, Pause, Progress, Remedy, Summary};

/// The question before a run is cancelled that has sent something.
pub(crate) const CANCEL_TITLE: &str = "Cancel the export?";

/// A pause that is worth saying.
const STALLED: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct Run {
    pub order: RunOrder,
    pub state: RunState,
    pub progress: Progress,
    /// The speed of the upload.
    pub pace: Pace,
    pub started: DateTime<Utc>,
    pub ended: Option<DateTime<Utc>>,
    /// The time of the run at which its latest note came.
    noted: Duration,
    /// Allowed for this run only; in no definition.
    allowed_once: Vec<Setting>,
    request: RequestId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    Running,
    /// A cancel was requested; the run reports its own end.
    Cancelling,
    Ended(Box<Outcome>),
}

/// A decision about a refused run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Quotes the first field of rows that begin with `#`.
    Quote,
    /// Allows the refused thing for the next run.
    Once,
    /// Allows the refused thing from now on.
    Always,
    ConfirmOwner,
    /// Exports what the account sees, though it does not own it.
    ConfirmSeesAll,
}

impl Decision {
    pub(crate) const ALL: [Self; 5] = [Self::Quote, Self::Once, Self::Always, Self::ConfirmOwner, Self::ConfirmSeesAll];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Quote => "quote these fields",
            Self::Once => "allow this time",
            Self::Always => "always allow",
            Self::ConfirmOwner => "I am an owner or co-owner",
            Self::ConfirmSeesAll => "export it all the same",
        }
    }

    fn suits(self, remedy: Remedy) -> bool {
        match self {
            Self::Quote => remedy == Remedy::HashRows,
            Self::Once | Self::Always => remedy.may_be_allowed(),
            Self::ConfirmOwner => remedy == Remedy::ConfirmOwner,
            Self::ConfirmSeesAll => remedy == Remedy::ConfirmSeesAll,
        }
    }
}

/// Orders a run that a person wants now, whether the data has changed or not.
pub(crate) fn order(
    export: Export,
    definition: impl Into<std::path::PathBuf>,
    dry_run: bool,
    (domo, dataworld): (DomoLogin, DataWorldLogin),
) -> RunOrder {
    let entry = RunEntry { export, definition: definition.into(), kind: Kind::Manual, dry_run };
    RunOrder { entry, domo, dataworld, even_if_unchanged: true }
}

impl Run {
    /// Begins a run, with permissions that hold for it alone.
    pub(crate) fn begin(
        order: RunOrder,
        allowed_once: Vec<Setting>,
        request: Request<RunReply>,
        now: DateTime<Utc>,
    ) -> (Self, Effect) {
        let mut allowed = order.clone();
        allowed_once.iter().for_each(|setting| setting.apply(&mut allowed.entry.export));
        let run = Self {
            order,
            state: RunState::Running,
            progress: Progress::default(),
            pace: Pace::default(),
            started: now,
            ended: None,
            noted: Duration::ZERO,
            allowed_once,
            request: request.id,
        };
        (run, Effect::StartRun { request, order: Box::new(allowed) })
    }

    pub fn export(&self) -> &Export {
        &self.order.entry.export
    }

    pub fn is_dry(&self) -> bool {
        self.order.entry.dry_run
    }

    /// A part of the file has been sent.
    pub(crate) fn has_sent(&self) -> bool {
        self.progress.bytes_out > 0
    }

    /// The whole file has been sent, whether data.world has accepted it or not.
    pub(crate) fn has_sent_all(&self) -> bool {
        self.progress.has_sent_all() || self.progress.bytes_total == Some(self.progress.bytes_out)
    }

    /// The consequence of cancelling now.
    pub(crate) fn cancel_text(&self) -> &'static str {
        if !self.is_running() {
            "It has ended meanwhile."
        } else if self.has_sent_all() {
            "The whole file has been sent. If you cancel, it may stay, without the proof that it arrived."
        } else {
            "A part of the file has been sent. If you cancel, data.world keeps what it had before."
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Cancelling)
    }

    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            RunState::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    pub fn summary(&self) -> Option<&Summary> {
        match self.outcome()? {
            Outcome::Done(summary) => Some(summary),
            _ => None,
        }
    }

    /// The decision would let the next run pass.
    pub(crate) fn offers(&self, decision: Decision) -> bool {
        let remedy = match self.outcome() {
            Some(Outcome::Failed { failure, .. }) => failure.remedy(),
            _ => None,
        };
        remedy.is_some_and(|remedy| decision.suits(remedy))
    }

    /// The latest note, with the rest of a wait that it tells of.
    pub fn note(&self) -> Option<String> {
        let waited = self.progress.elapsed.saturating_sub(self.noted);
        self.progress.note.as_ref().map(|note| explain::pause_after(note, waited))
    }

    /// For how long nothing moves. Shorter pauses than some seconds come with every connection.
    pub fn stalled(&self) -> Option<Duration> {
        let quiet = self.pace.quiet();
        // While a call waits to be made again, its note says so.
        let waits = matches!(self.progress.note, Some(Pause::Call(_)));
        (quiet >= STALLED && !waits).then(|| Duration::from_secs(quiet.as_secs()))
    }

    pub(crate) fn is_current(&self, id: RequestId) -> bool {
        self.request == id
    }

    /// Stores sampled progress; ignored after the end.
    pub(crate) fn sample(&mut self, progress: Progress) {
        if self.outcome().is_none() {
            self.pace.add(progress.elapsed, progress.bytes_moved());
            if progress.note != self.progress.note {
                self.noted = progress.elapsed;
            }
            self.progress = progress;
        }
    }

    /// Stores the outcome, and tells someone who looks elsewhere.
    pub(crate) fn end(&mut self, outcome: Outcome, now: DateTime<Utc>) -> Vec<Effect> {
        let announcement = match &outcome {
            Outcome::Done(Summary { dry_run: true, input, .. }) => {
                Some(format!("The dry run of {input} has ended well."))
            }
            Outcome::Done(summary) => Some(format!("{} is on data.world.", summary.file)),
            Outcome::Failed { failure, .. } => Some(explain::failure(failure).what),
            Outcome::Skipped(_) | Outcome::Cancelled { .. } => None,
        };
        self.state = RunState::Ended(Box::new(outcome));
        self.ended = Some(now);
        announcement.map(Effect::Announce).into_iter().collect()
    }

    /// Cancels a running transfer; `None` if it is not running or is cancelled already.
    pub(crate) fn cancel(&mut self) -> Option<Effect> {
        if self.state != RunState::Running {
            return None;
        }
        self.state = RunState::Cancelling;
        Some(Effect::Cancel(self.request))
    }

    /// The order and the permissions of the next run after a decision, and the setting of a lasting one, which its
    /// definition still needs; `None` if nothing was refused that it suits.
    pub(crate) fn decide(&self, decision: Decision) -> Option<(RunOrder, Vec<Setting>, Option<Setting>)> {
        let Some(Outcome::Failed { failure, .. }) = self.outcome() else { return None };
        let remedy = failure.remedy().filter(|remedy| decision.suits(*remedy))?;
        let setting = match remedy {
            Remedy::HashRows if decision == Decision::Quote => Setting::HashRows(HashRows::Quote),
            Remedy::HashRows => Setting::HashRows(HashRows::Allow),
            Remedy::AllowUnreadable => Setting::AllowUnreadable,
            Remedy::AllowEmpty => Setting::AllowEmpty,
            Remedy::AllowShrink => Setting::AllowShrink,
            Remedy::AllowUnproven => Setting::AllowUnproven,
            Remedy::ConfirmOwner | Remedy::ConfirmSeesAll => Setting::OwnerConfirmed,
        };
        let (mut order, mut allowed_once) = (self.order.clone(), self.allowed_once.clone());
        if decision == Decision::Once {
            allowed_once.push(setting);
            return Some((order, allowed_once, None));
        }
        setting.apply(&mut order.entry.export);
        Some((order, allowed_once, Some(setting)))
    }

    /// The outcome as text, for a message to a colleague or to support.
    pub fn report(&self, log: Option<&Path>) -> Option<String> {
        let (outcome, ended) = (self.outcome()?, self.ended?);
        Some(explain::report_text(&ops::run::report(self.export(), outcome, &self.progress, ended, log)))
    }
}
