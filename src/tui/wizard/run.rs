//! The Run pane: progress and outcome, and the exits from it, with the question whether to save the export first.

use std::path::PathBuf;

use super::pane::{FieldSpec, Group, Pane, Step, fields};
use super::{Answer, Decided, Decision, Effect, Model, Origin, Overlay, RequestId, Run, Severity, Slot, draft};
use crate::export::Export;
use crate::export::saved::slug;
use crate::schedulers::LocalSchedules;
use crate::text::terminal_text::printable;
use crate::transfer::Remedy;
use crate::tui::form::{Field, Layout, Value};
use crate::tui::state::{RunReply, SaveReply};

fields! {
    RUN: [
        PROGRESS = "progress" => FieldSpec::button("Run"),
    ]
}

pub(super) static GROUPS: [Group; 1] = [Group::new(RUN, Layout::Beside)];

pub(super) struct RunPane;

impl Pane for RunPane {
    fn forward(&self, _: &mut Model) -> Vec<Effect> {
        Vec::new()
    }

    fn entered(&self, model: &mut Model) -> Vec<Effect> {
        start(model)
    }
}

impl Run {
    /// Sets the export of the next run. If it has changed, it counts as unsaved.
    pub(super) fn prepare(&mut self, export: Export) {
        if self.export.as_ref() != Some(&export) {
            (self.saved, self.schedules) = (Slot::idle(), Slot::idle());
        }
        self.export = Some(export);
    }
}

/// Goes on to the pane of the run, which starts it as it is entered.
pub(super) fn go_to_run(model: &mut Model, dry_run: bool) -> Vec<Effect> {
    model.run.dry_run = dry_run;
    model.advance()
}

/// Saves the export, then returns to where the wizard was opened from.
pub(super) fn save_and_leave(model: &mut Model) -> Vec<Effect> {
    model.after_save = (model.origin != Origin::Alone).then_some(Next::Home);
    save(model)
}

/// Runs the export once it is saved.
pub(super) fn save_and_run(model: &mut Model) -> Vec<Effect> {
    model.after_save = Some(Next::Run);
    save(model)
}

/// Starts the run, or repeats it without permissions that were for one run.
pub(super) fn start(model: &mut Model) -> Vec<Effect> {
    model.run.forget_allowed_once();
    start_run(model)
}

fn start_run(model: &mut Model) -> Vec<Effect> {
    let (Some(export), Some(domo), Some(dataworld)) =
        (model.run.export_for_run(), model.credentials.domo_login(), model.credentials.dataworld_login())
    else {
        return Vec::new();
    };
    let request = model.request(run_replied);
    model.run.mark_started(&request);
    model.top = 0;
    let (definition, dry_run) = (definition(model, &export.name), model.run.dry_run);
    vec![Effect::StartRun { request, export: Box::new(export), definition, dry_run, domo, dataworld }]
}

/// The file name in the exports folder, if the export's name does not determine it.
fn definition(model: &Model, name: &str) -> Option<PathBuf> {
    let stem = model.stem_of(name);
    (stem != slug(name)).then(|| PathBuf::from(format!("{stem}.toml")))
}

/// Asks whether to cancel, once a part of the file has been sent.
pub(super) fn ask_to_cancel(model: &mut Model) -> Vec<Effect> {
    if !model.run.has_sent() {
        return cancel(model);
    }
    model.overlay = Some(Overlay::Cancel);
    Vec::new()
}

pub(super) fn cancel_at_once(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    cancel(model)
}

/// Keeps a key that goes back elsewhere from ending work.
pub(super) fn keep_running(model: &mut Model) -> Vec<Effect> {
    model.notify(Severity::Info, "The export goes on until you cancel it.");
    Vec::new()
}

/// Requests a cancel; the run reports its own end.
pub(crate) fn cancel(model: &mut Model) -> Vec<Effect> {
    model.run.cancel().into_iter().collect()
}

/// Repeats the run with a decision. A lasting decision makes the saved export differ from the one that runs.
pub(super) fn decide(model: &mut Model, decision: Decision) -> Vec<Effect> {
    let confirms_owner = matches!(model.run.remedy(), Some(Remedy::ConfirmOwner | Remedy::ConfirmSeesAll));
    match model.run.decide(decision) {
        Some(Decided::Kept(_)) => {
            model.run.saved = Slot::idle();
            model.touch();
        }
        Some(Decided::Once) => {}
        None => return Vec::new(),
    }
    if confirms_owner {
        model.details.values.set(Field::OWNER_CONFIRMED, Value::Check(true));
    }
    start_run(model)
}

/// Saves the export. A file under its earlier name is removed.
pub(super) fn save(model: &mut Model) -> Vec<Effect> {
    let Some(export) = model.run.export.clone().filter(|_| !model.run.saved.data.is_loading()) else {
        return Vec::new();
    };
    model.touched_since_save = false;
    let request = model.request(save_replied);
    model.run.saved.ask(&request);
    model.run.schedules = Slot::idle();
    vec![Effect::SaveExport { request, export: Box::new(export), replaces: model.original() }]
}

/// Returns to Details and requests everything again, because the run has changed the dataset.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    model.details.forget();
    model.enter(Step::Details)
}

pub(super) fn new_export(model: &mut Model) -> Vec<Effect> {
    model.run = Run::default();
    model.details = super::Details::default();
    model.scheduling = super::Scheduling::default();
    model.describe = super::Describe::default();
    (model.saved_as, model.saved_in, model.saved_over, model.copy_of) = (None, None, None, None);
    model.touched = false;
    (model.began, model.has_stored_draft) = (model.now, false);
    model.enter(Step::Details)
}

fn run_replied(model: &mut Model, id: RequestId, reply: RunReply) -> Vec<Effect> {
    if !model.run.is_current(id) {
        return Vec::new();
    }
    match reply {
        RunReply::Progress(progress) => {
            model.run.sample(progress);
            Vec::new()
        }
        RunReply::Ended(outcome) => {
            model.top = 0;
            model.run.end(outcome)
        }
    }
}

fn save_replied(model: &mut Model, id: RequestId, reply: SaveReply) -> Vec<Effect> {
    match reply {
        SaveReply::Saved { name, notes } => export_saved(model, id, Ok(name), &notes),
        SaveReply::Changed { found, explanation } => {
            if model.run.saved.is_current(id) {
                // The user is warned now, so saving again replaces the file.
                model.saved_in = model.saved_in.take().filter(|_| found.is_some());
                model.saved_over = found;
            }
            export_saved(model, id, Err(explanation), &[])
        }
        SaveReply::Failed(explanation) => export_saved(model, id, Err(explanation), &[]),
    }
}

/// Handles the end of a save, and goes on to what was wanted after it. `notes` are sentences about what moved along.
fn export_saved(model: &mut Model, id: RequestId, result: Answer<String>, notes: &[String]) -> Vec<Effect> {
    let failed = result.as_ref().err().map(ToString::to_string);
    if !model.run.saved.answer(id, result) {
        return Vec::new();
    }
    // What a button of Review wanted happens there only, and while nothing lies over it.
    let is_elsewhere = model.step < Step::Review || model.step == Step::Review && model.overlay.is_some();
    let wanted = model.after_save.take().filter(|_| !is_elsewhere && !model.touched_since_save);
    if let Some(sentence) = failed {
        model.notify(Severity::Warning, sentence);
        return Vec::new();
    }
    if let Some(name) = model.run.export.as_ref().map(|export| export.name.clone()) {
        model.saved_in = Some(model.stem_of(&name));
        let before = model.saved_as.replace(name.clone());
        model.exports.retain(|other| Some(other) != before.as_ref());
        model.exports.push(name);
        model.saved_over = model.run.export.clone().map(Box::new);
    }
    model.touched = model.touched_since_save;
    // Saving has changed which buttons there are.
    if !model.fields().contains(&model.focus) {
        model.focus_first();
    }
    if model.demo {
        // No command finds the demo's exports.
        model.notify(Severity::Info, "Saved. It is on the tab Exports until the demo ends.");
    } else if let Some(command) = model.run.command() {
        let note = command_note(model);
        model.notify(Severity::Info, format!("Saved. `{command}` {note}"));
    }
    notes.iter().for_each(|sentence| model.append_notice(Severity::Info, sentence));
    let mut effects = draft::discard(model);
    effects.extend(match wanted {
        Some(to) => proceed(model, to),
        None => ask_schedulers(model),
    });
    effects
}

fn command_note(model: &Model) -> &'static str {
    let names = model.run.export.as_ref().map(|export| &export.credentials);
    let needs_environment = names.is_some_and(|names| names.domo.is_none() || names.dataworld.is_none());
    if needs_environment {
        "runs it, with the credentials in your environment: a scheduler needs them too."
    } else {
        "runs it."
    }
}

/// Asks the schedulers about the saved export. The demo's exports cannot be scheduled.
fn ask_schedulers(model: &mut Model) -> Vec<Effect> {
    if model.demo || model.run.export.as_ref().is_none_or(|export| export.schedule.is_manual()) {
        return Vec::new();
    }
    let request = model.request(schedulers_answered);
    model.run.schedules.ask(&request);
    vec![Effect::AskSchedulers { request }]
}

fn schedulers_answered(model: &mut Model, id: RequestId, result: Answer<LocalSchedules>) -> Vec<Effect> {
    if !model.run.schedules.answer(id, result) {
        return Vec::new();
    }
    if let Some(advice) = model.run.schedule_advice() {
        let earlier = model.notice.take().map(|notice| format!("{} ", notice.text)).unwrap_or_default();
        model.notify(Severity::Info, format!("{earlier}{advice}"));
    }
    Vec::new()
}

/// The place to go to from a run or once an export is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Home,
    Quit,
    New,
    /// On from Review to the run.
    Run,
}

/// Goes there, or asks first if the export would be lost.
pub(super) fn leave(model: &mut Model, next: Next) -> Vec<Effect> {
    // A failed run is kept as a draft; the demo keeps nothing.
    let is_finished = model.run.summary().is_some() || !model.keeps_draft();
    if model.touched && is_finished && !model.run.saved.data.is_loading() {
        model.overlay = Some(Overlay::Unsaved(next));
        return Vec::new();
    }
    proceed(model, next)
}

pub(super) fn save_and_exit(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Unsaved(next)) = model.overlay.take() {
        model.after_save = Some(next);
    }
    save(model)
}

pub(super) fn exit_without_saving(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Unsaved(next)) = model.overlay.take() else { return Vec::new() };
    model.touched = false;
    let mut effects = draft::discard(model);
    effects.extend(proceed(model, next));
    effects
}

/// Goes there, and keeps the input as a draft if it is not saved.
pub(super) fn proceed(model: &mut Model, next: Next) -> Vec<Effect> {
    let mut effects = draft::keep(model);
    if next != Next::Quit && !effects.is_empty() {
        model.notify(Severity::Info, "What you entered is kept, except for secrets, and offered next time.");
    }
    match next {
        Next::Home => effects.push(Effect::GoHome),
        Next::Quit => {
            effects.extend(cancel(model));
            effects.push(Effect::Quit);
        }
        Next::New => effects.extend(new_export(model)),
        Next::Run => effects.extend(go_to_run(model, false)),
    }
    effects
}

/// Says that the export would be lost.
pub fn unsaved(model: &Model) -> String {
    let name = model.run.export.as_ref().map(|export| printable(&export.name).into_owned()).unwrap_or_default();
    match model.saved_as {
        Some(_) => format!("What you changed of {name} is not saved. Without saving it, it is lost."),
        None => format!("{name} is not saved. Without saving it, you would have to set it up again."),
    }
}
