//! The pane Run: the export goes, and ends.

use super::field::{Entry, Field};
use super::message::{Effect, Reply};
use super::pane::{Pane, Step};
use super::remote::{Request, Slot};
use super::{Model, Weight};
use crate::explain::{self, Explanation};
use crate::export::{Export, HashRows};
use crate::figures;
use crate::run::{Outcome, Pace, Progress, Remedy, Summary};

pub(super) const PANE: Pane = Pane {
    label: None,
    fields: |_| vec![Field::Progress],
    entry: |_, _| Entry::None,
    choose: |_, _, _| {},
    changed: |_, _| Vec::new(),
    completed: |_, _| Vec::new(),
    forward: |_| Vec::new(),
    entered: start,
};

/// The pane Run.
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

impl Run {
    /// Whether the run goes on, or an answer is awaited.
    pub fn waits(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Cancelling) || self.saved.data.is_loading()
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

    /// Takes the definition of the next run; the one that was saved may no longer be it.
    pub(super) fn prepare(&mut self, export: Export) {
        if self.export.as_ref() != Some(&export) {
            self.saved = Slot::idle();
        }
        self.export = Some(export);
    }

    fn sample(&mut self, progress: Progress) {
        self.pace.add(progress.elapsed, progress.bytes_out);
        self.progress = progress;
    }
}

/// Starts the run, or starts it again.
pub(super) fn start(model: &mut Model) -> Vec<Effect> {
    let (Some(export), Some(domo), Some(dataworld)) =
        (model.run.export.clone(), model.credentials.domo_login(), model.credentials.dataworld_login())
    else {
        return Vec::new();
    };
    let request = model.request();
    let run = &mut model.run;
    run.request = Some(request);
    run.state = RunState::Running;
    run.progress = Progress::default();
    run.pace = Pace::default();
    vec![Effect::StartRun { request, export: Box::new(export), domo, dataworld }]
}

/// Cancels the run. It says itself when it has stopped.
pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    match (&model.run.state, model.run.request) {
        (RunState::Running, Some(request)) => {
            model.run.state = RunState::Cancelling;
            vec![Effect::CancelRun(request)]
        }
        _ => Vec::new(),
    }
}

/// What a person decides about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Rows that begin with `#`: quote their first fields.
    Quote,
    /// What was refused is allowed.
    Allow,
}

/// Writes the decision into the definition and runs it again. A definition that was saved before is no longer the one
/// that ran.
pub(super) fn decide(model: &mut Model, decision: Decision) -> Vec<Effect> {
    let (Some(remedy), Some(export)) = (model.run.remedy(), &mut model.run.export) else { return Vec::new() };
    match (remedy, decision) {
        (Remedy::HashRows, Decision::Quote) => export.csv.hash_rows = HashRows::Quote,
        (Remedy::HashRows, Decision::Allow) => export.csv.hash_rows = HashRows::Allow,
        (Remedy::AllowEmpty, _) => export.checks.allow_empty = true,
        (Remedy::AllowShrink, _) => export.checks.allow_shrink = true,
        (Remedy::ConfirmOwner, _) => {
            export.input.owner_confirmed = true;
            model.details.input.confirmed = true;
        }
    }
    model.run.saved = Slot::idle();
    start(model)
}

/// Saves the export under its name. What was saved before under another goes.
pub(super) fn save(model: &mut Model) -> Vec<Effect> {
    let Some(export) = model.run.export.clone().filter(|_| !model.run.saved.data.is_loading()) else {
        return Vec::new();
    };
    let request = model.request();
    model.run.saved.ask(request);
    vec![Effect::SaveExport { request, export: Box::new(export), replaces: model.saved_as.clone() }]
}

/// Back to Details, where all is asked anew: the run has changed what is there.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    model.details.forget();
    model.enter(Step::Details)
}

/// A new export with the same credentials.
pub(super) fn new_export(model: &mut Model) -> Vec<Effect> {
    model.run = Run::default();
    model.details = super::Details::default();
    model.scheduling = super::Scheduling::default();
    model.describe = super::Describe::default();
    model.saved_as = None;
    model.touched = false;
    model.enter(Step::Details)
}

/// Takes an answer about the run.
pub(super) fn reply(model: &mut Model, request: Request, reply: Reply) {
    let current = model.run.request == Some(request);
    match reply {
        Reply::Progress(progress) if current && model.run.outcome().is_none() => model.run.sample(progress),
        Reply::Ended(outcome) if current => model.run.state = RunState::Ended(outcome),
        Reply::ExportSaved(result) => saved(model, request, result),
        _ => {}
    }
}

fn saved(model: &mut Model, request: Request, result: Result<String, Explanation>) {
    let failed = result.as_ref().err().map(ToString::to_string);
    if !model.run.saved.answer(request, result) {
        return;
    }
    if let Some(sentence) = failed {
        model.say(Weight::Warning, sentence);
        return;
    }
    if let Some(name) = model.run.export.as_ref().map(|export| export.name.clone()) {
        let before = model.saved_as.replace(name.clone());
        model.exports.retain(|other| Some(other) != before.as_ref());
        model.exports.push(name);
    }
    model.touched = false;
    let unnamed = model
        .run
        .export
        .as_ref()
        .is_some_and(|export| export.credentials.domo.is_none() || export.credentials.dataworld.is_none());
    match (model.run.command(), unnamed) {
        (Some(command), false) => model.say(Weight::Info, format!("Saved. `{command}` runs it again.")),
        (Some(command), true) => model.say(
            Weight::Warning,
            format!(
                "Saved. `{command}` runs it again, with credentials from the environment where no account is saved."
            ),
        ),
        _ => {}
    }
}

/// The outcome as text, for a message to a colleague or to support.
pub fn report(model: &Model) -> Option<String> {
    let export = model.run.export.as_ref()?;
    let head = format!("{} → {}/{}", export.name, export.output.dataset, export.output.file);
    let body = match model.run.outcome()? {
        Outcome::Done(summary) => vec![
            format!(
                "{}, {}, in {}",
                figures::counted(summary.rows, "row"),
                figures::bytes(summary.bytes),
                figures::took(summary.took)
            ),
            summary.link.clone(),
        ],
        Outcome::Failed { failure, file_now } => explain::failed(failure, file_now.as_ref()),
        Outcome::Cancelled { file_now } => {
            [Some("Cancelled.".to_owned()), file_now.as_ref().map(explain::file_now)].into_iter().flatten().collect()
        }
    };
    Some([vec![head], body].concat().join("\n"))
}
