//! A run, as the screen shows it: the export, the latest moment, and how it ended.

use super::remote::{Request, Slot};
use crate::explain::{self, Explanation};
use crate::export::{Export, HashRows, Setting};
use crate::figures;
use crate::run::{Outcome, Pace, Progress, Remedy, RowCount, Summary};
use crate::schedulers::Handed;

/// A run and what is known of it.
#[derive(Debug, Default)]
pub struct Run {
    /// What runs, or ran.
    pub export: Option<Export>,
    /// How far it is.
    pub state: RunState,
    /// The latest moment.
    pub progress: Progress,
    /// How fast bytes are handed to data.world.
    pub pace: Pace,
    /// The export was saved: the name that `writeback run` takes.
    pub saved: Slot<String>,
    /// What the schedulers of this computer have, once it was saved.
    pub(crate) handed: Slot<Handed>,
    /// What is allowed for this run alone, and is in no definition.
    once: Vec<Setting>,
    request: Option<Request>,
}

/// How far a run is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum RunState {
    /// None was started.
    #[default]
    Idle,
    /// It goes.
    Running,
    /// It was asked to stop, and will say when it has.
    Cancelling,
    /// It has ended.
    Ended(Box<Outcome>),
}

/// What a person decides about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Rows that begin with `#`: quote their first fields.
    Quote,
    /// What was refused is allowed, for the run that follows.
    Once,
    /// What was refused is allowed from now on.
    Always,
}

/// What comes of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// The run that follows goes by it, and no other.
    Once,
    /// The export has it now; its file is to have it too.
    Kept(Setting),
}

impl Run {
    /// One of a saved export, which `writeback run` takes by that name.
    pub(crate) fn of_saved(export: Export, name: String) -> Self {
        Self { export: Some(export), saved: Slot::known(name), ..Self::default() }
    }

    /// Whether the run goes on.
    pub fn goes_on(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Cancelling)
    }

    /// Whether the run goes on, or an answer is awaited.
    pub fn waits(&self) -> bool {
        self.goes_on() || self.saved.data.is_loading() || self.handed.data.is_loading()
    }

    /// How the run ended.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            RunState::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// What the run did, if it ended well.
    pub fn summary(&self) -> Option<&Summary> {
        match self.outcome()? {
            Outcome::Done(summary) => Some(summary),
            _ => None,
        }
    }

    /// What the person may decide, so that the next run is not refused.
    pub fn remedy(&self) -> Option<Remedy> {
        match self.outcome()? {
            Outcome::Failed { failure, .. } => failure.remedy(),
            _ => None,
        }
    }

    /// The command that runs the export again, once it is saved.
    pub fn command(&self) -> Option<String> {
        Some(format!("writeback run {}", self.saved.data.ready()?))
    }

    /// What is to be done so that the saved export runs by itself, where something is.
    pub fn unkept(&self) -> Option<Explanation> {
        self.export.as_ref().filter(|export| !export.schedule.is_manual())?;
        let (slug, handed) = (self.saved.data.ready()?, self.handed.data.ready()?);
        explain::keeper(&handed.keeper(slug, None), slug, handed.proposed)
    }

    /// It begins, under the number that its progress and its end will have.
    pub(crate) fn begin(&mut self, request: Request) {
        self.request = Some(request);
        self.state = RunState::Running;
        self.progress = Progress::default();
        self.pace = Pace::default();
    }

    /// Whether the number is that of this run.
    pub(crate) fn is_current(&self, request: Request) -> bool {
        self.request == Some(request)
    }

    /// Takes the latest moment; none comes after the end.
    pub(crate) fn sample(&mut self, progress: Progress) {
        if self.outcome().is_none() {
            self.pace.add(progress.elapsed, progress.moved());
            self.progress = progress;
        }
    }

    /// The number to cancel it by, if it goes and was not cancelled yet. It says itself when it has stopped.
    pub(crate) fn cancel(&mut self) -> Option<Request> {
        let request = self.request.filter(|_| self.state == RunState::Running)?;
        self.state = RunState::Cancelling;
        Some(request)
    }

    /// Takes a decision for the run that follows; `None` where there is nothing to decide.
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
            self.once.push(setting);
            return Some(Decided::Once);
        }
        setting.apply(export);
        Some(Decided::Kept(setting))
    }

    /// What was allowed for one run alone is not allowed any more.
    pub(crate) fn forget_once(&mut self) {
        self.once.clear();
    }

    /// The export as it runs: with what is allowed for this run alone.
    pub(crate) fn ordered(&self) -> Option<Export> {
        let mut export = self.export.clone()?;
        self.once.iter().for_each(|setting| setting.apply(&mut export));
        Some(export)
    }

    /// The outcome as text, for a message to a colleague or to support.
    pub fn report(&self) -> Option<String> {
        let export = self.export.as_ref()?;
        let head = format!("{} → {}/{}", export.name, export.output.dataset, export.output.file);
        let body = match self.outcome()? {
            Outcome::Done(summary) => {
                let (rows, bytes) = (figures::counted(summary.rows, "row"), figures::bytes(summary.bytes));
                let end = if summary.dry_run { "A dry run: nothing was uploaded." } else { &summary.link };
                let unproven = (summary.row_count == RowCount::NotProven).then(|| explain::done(summary));
                let figures = unproven.unwrap_or(format!("{rows}, {bytes}, in {}", figures::took(summary.took)));
                vec![figures, end.to_owned()]
            }
            Outcome::Skipped(unchanged) => vec![explain::skipped(unchanged)],
            Outcome::Failed { failure, file_now } => explain::failed(failure, file_now.as_ref()),
            Outcome::Cancelled { file_now } => {
                let file_now = file_now.as_ref().map(explain::file_now);
                [Some("Cancelled.".to_owned()), file_now].into_iter().flatten().collect()
            }
        };
        Some([vec![head], body].concat().join("\n"))
    }
}
