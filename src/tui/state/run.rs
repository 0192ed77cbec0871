//! A run as the screen shows it: the export, the latest progress, and the outcome.

use super::effect::{Effect, RunReply};
use super::remote::Slot;
use super::request::{Request, RequestId};
use crate::explain::{self, Explanation};
use crate::export::{Export, HashRows, Setting};
use crate::history::RowCount;
use crate::schedulers::LocalSchedules;
use crate::text::format;
use crate::transfer::{Outcome, Pace, Progress, Remedy, Summary};

/// The question before a run is cancelled that has sent something.
pub(crate) const CANCEL_TITLE: &str = "Cancel the export?";

#[derive(Debug, Default)]
pub struct Run {
    pub export: Option<Export>,
    pub state: RunState,
    pub progress: Progress,
    /// The speed of the upload.
    pub pace: Pace,
    pub dry_run: bool,
    /// The name for `writeback run`, once the export is saved.
    pub saved: Slot<String>,
    /// The local schedulers, asked once the export is saved.
    pub(crate) schedules: Slot<LocalSchedules>,
    /// Allowed for the next run only; in no definition.
    allowed_once: Vec<Setting>,
    request: Option<RequestId>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum RunState {
    #[default]
    Idle,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// Applies to the next run only.
    Once,
    /// The export has the setting; its definition file still needs it.
    Kept(Setting),
}

impl Run {
    /// A run of a saved export; `name` is the one for `writeback run`.
    pub(crate) fn of_saved(export: Export, name: String) -> Self {
        Self { export: Some(export), saved: Slot::known(name), ..Self::default() }
    }

    /// A part of the file has been sent.
    pub(crate) fn has_sent(&self) -> bool {
        self.progress.bytes_out > 0
    }

    /// The consequence of cancelling now.
    pub(crate) fn cancel_text(&self) -> &'static str {
        if !self.is_running() {
            "It has ended meanwhile."
        } else if self.progress.has_sent_all() || self.progress.bytes_total == Some(self.progress.bytes_out) {
            "The whole file has been sent. If you cancel, it may stay, without the proof that it arrived."
        } else {
            "A part of the file has been sent. If you cancel, data.world keeps what it had before."
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Cancelling)
    }

    pub fn is_waiting(&self) -> bool {
        self.is_running() || self.saved.data.is_loading() || self.schedules.data.is_loading()
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

    /// The decision that would let the next run pass.
    pub fn remedy(&self) -> Option<Remedy> {
        match self.outcome()? {
            Outcome::Failed { failure, .. } => failure.remedy(),
            _ => None,
        }
    }

    /// The command that runs the saved export again.
    pub fn command(&self) -> Option<String> {
        Some(explain::commands::run(self.saved.data.ready()?))
    }

    /// Advice for a saved export that no scheduler runs yet.
    pub fn schedule_advice(&self) -> Option<Explanation> {
        self.export.as_ref().filter(|export| !export.schedule.is_manual())?;
        let (slug, schedules) = (self.saved.data.ready()?, self.schedules.data.ready()?);
        explain::scheduler_status(&schedules.status(slug, None), slug, schedules.proposed)
    }

    pub(crate) fn mark_started(&mut self, request: &Request<RunReply>) {
        self.request = Some(request.id);
        self.state = RunState::Running;
        self.progress = Progress::default();
        self.pace = Pace::default();
    }

    pub(crate) fn is_current(&self, id: RequestId) -> bool {
        self.request == Some(id)
    }

    /// Stores sampled progress; ignored after the end.
    pub(crate) fn sample(&mut self, progress: Progress) {
        if self.outcome().is_none() {
            self.pace.add(progress.elapsed, progress.bytes_moved());
            self.progress = progress;
        }
    }

    /// Stores the outcome, and tells someone who looks elsewhere.
    pub(crate) fn end(&mut self, outcome: Outcome) -> Vec<Effect> {
        let announcement = match &outcome {
            Outcome::Done(Summary { dry_run: true, input, .. }) => {
                Some(format!("The dry run of {input} has ended well."))
            }
            Outcome::Done(summary) => Some(format!("{} is on data.world.", summary.file)),
            Outcome::Failed { failure, .. } => Some(explain::failure(failure).what),
            Outcome::Skipped(_) | Outcome::Cancelled { .. } => None,
        };
        self.state = RunState::Ended(Box::new(outcome));
        announcement.map(Effect::Announce).into_iter().collect()
    }

    /// Cancels a running transfer; `None` if it is not running or is cancelled already.
    pub(crate) fn cancel(&mut self) -> Option<Effect> {
        let id = self.request.filter(|_| self.state == RunState::Running)?;
        self.state = RunState::Cancelling;
        Some(Effect::Cancel(id))
    }

    /// Applies a decision to the next run; `None` if nothing was refused.
    pub(crate) fn decide(&mut self, decision: Decision) -> Option<Decided> {
        let (remedy, export) = (self.remedy()?, self.export.as_mut()?);
        let setting = match (remedy, decision) {
            (Remedy::HashRows, Decision::Quote) => Setting::HashRows(HashRows::Quote),
            (Remedy::HashRows, Decision::Once | Decision::Always) => Setting::HashRows(HashRows::Allow),
            (Remedy::AllowUnreadable, _) => Setting::AllowUnreadable,
            (Remedy::AllowEmpty, _) => Setting::AllowEmpty,
            (Remedy::AllowShrink, _) => Setting::AllowShrink,
            (Remedy::AllowUnproven, _) => Setting::AllowUnproven,
            (Remedy::ConfirmOwner | Remedy::ConfirmSeesAll, _) => Setting::OwnerConfirmed,
        };
        if decision == Decision::Once {
            self.allowed_once.push(setting);
            return Some(Decided::Once);
        }
        setting.apply(export);
        Some(Decided::Kept(setting))
    }

    pub(crate) fn forget_allowed_once(&mut self) {
        self.allowed_once.clear();
    }

    /// The export with the permissions of this run.
    pub(crate) fn export_for_run(&self) -> Option<Export> {
        let mut export = self.export.clone()?;
        self.allowed_once.iter().for_each(|setting| setting.apply(&mut export));
        Some(export)
    }

    /// The outcome as text, for a message to a colleague or to support.
    pub fn report(&self) -> Option<String> {
        let export = self.export.as_ref()?;
        let head = format!("{} → {}/{}", export.name, export.output.dataset, export.output.file);
        let body = match self.outcome()? {
            Outcome::Done(summary) => {
                let (rows, bytes) = (format::counted(summary.rows, "row"), format::bytes(summary.bytes));
                let end = if summary.dry_run { "A dry run: nothing was uploaded." } else { &summary.link };
                let unproven = (summary.row_count == RowCount::NotProven).then(|| explain::done(summary));
                let figures = unproven.unwrap_or(format!("{rows}, {bytes}, in {}", format::took(summary.took)));
                vec![figures, end.to_owned()]
            }
            outcome => explain::ended(outcome),
        };
        Some([vec![head], body].concat().join("\n"))
    }
}
