//! Saves the export, and goes on to what was wanted after it: back to the dashboard, or the run.

use std::path::PathBuf;

use super::pane::Step;
use super::{Answer, Effect, Model, Origin, RequestId, Severity, Slot, draft};
use crate::explain::{self, Explanation};
use crate::export::{Export, Setting};
use crate::schedulers::LocalSchedules;
use crate::tui::form::{Field, Value};
use crate::tui::state::{HasShell as _, RunOrder, SaveReply, order};

/// The export of the latest Review, and the save of it.
#[derive(Debug, Default)]
pub struct Saving {
    pub export: Option<Export>,
    /// The name for `writeback run`, once the export is saved.
    pub saved: Slot<String>,
    /// The local schedulers, asked once the export is saved.
    schedules: Slot<LocalSchedules>,
}

/// What follows a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Home,
    Run,
    /// To the schedulers that may run it.
    Schedule,
}

impl Saving {
    /// Sets the export. If it has changed, it counts as unsaved.
    pub(super) fn prepare(&mut self, export: Export) {
        if self.export.as_ref() != Some(&export) {
            (self.saved, self.schedules) = (Slot::idle(), Slot::idle());
        }
        self.export = Some(export);
    }

    pub fn is_waiting(&self) -> bool {
        self.saved.data.is_loading() || self.schedules.data.is_loading()
    }

    /// The command that runs the saved export.
    pub fn command(&self) -> Option<String> {
        Some(explain::commands::run(self.saved.data.ready()?))
    }

    /// Advice for a saved export that no scheduler runs yet.
    fn schedule_advice(&self) -> Option<Explanation> {
        let (slug, schedules) = (self.saved.data.ready()?, self.schedules.data.ready()?);
        let status = schedules.status(slug, &self.export.as_ref()?.schedule, None)?;
        explain::scheduler_status(&status, slug, schedules.proposed)
    }
}

/// Starts a run of the export as it is in the wizard.
pub(super) fn run(model: &mut Model, dry_run: bool) -> Vec<Effect> {
    run_order(model, dry_run).map(|order| Effect::OpenRun(Box::new(order))).into_iter().collect()
}

fn run_order(model: &Model, dry_run: bool) -> Option<RunOrder> {
    let export = model.saving.export.clone()?;
    let logins = (model.credentials.domo_login()?, model.credentials.dataworld_login()?);
    let definition = PathBuf::from(format!("{}.toml", model.stem_of(&export.name)));
    Some(order(export, definition, dry_run, logins))
}

/// Keeps a lasting decision on a run of the export `of`, unless the wizard's has got another DataSet or file since. An
/// export that is saved as it is stays so.
pub(crate) fn take_decision(model: &mut Model, setting: Setting, of: &Export) -> Vec<Effect> {
    let Some(export) = model.saving.export.as_mut().filter(|export| export.has_the_way_of(of)) else {
        return Vec::new();
    };
    setting.apply(export);
    if setting == Setting::OwnerConfirmed {
        model.details.values.set(Field::OWNER_CONFIRMED, Value::Check(true));
    }
    if model.saving.saved.data.ready().is_some() {
        return save(model);
    }
    model.saving.saved = Slot::idle();
    model.touch();
    Vec::new()
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

/// Goes on to the page of schedulers once the export is saved.
pub(super) fn save_and_schedule(model: &mut Model) -> Vec<Effect> {
    model.after_save = Some(Next::Schedule);
    save(model)
}

/// Saves the export. A file under its earlier name is removed.
pub(super) fn save(model: &mut Model) -> Vec<Effect> {
    let Some(export) = model.saving.export.clone().filter(|_| !model.saving.saved.data.is_loading()) else {
        return Vec::new();
    };
    model.touched_since_save = false;
    let request = model.request(save_replied);
    model.saving.saved.ask(&request);
    model.saving.schedules = Slot::idle();
    vec![Effect::SaveExport { request, export: Box::new(export), replaces: model.original() }]
}

fn save_replied(model: &mut Model, id: RequestId, reply: SaveReply) -> Vec<Effect> {
    match reply {
        SaveReply::Saved { name, notes } => export_saved(model, id, Ok(name), &notes),
        SaveReply::Changed { found, explanation } => {
            if model.saving.saved.is_current(id) {
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
    if !model.saving.saved.answer(id, result) {
        return Vec::new();
    }
    // What a button of Review wanted happens there only, and while nothing lies over it.
    let is_elsewhere = model.step < Step::Review || model.overlay.is_some();
    let wanted = model.after_save.take().filter(|_| !is_elsewhere && !model.touched_since_save);
    if let Some(sentence) = failed {
        model.notify(Severity::Warning, sentence);
        return Vec::new();
    }
    if let Some(export) = model.saving.export.clone() {
        model.saved_in = Some(model.stem_of(&export.name));
        let before = model.saved_as.replace(export.name.clone());
        model.exports.retain(|other| Some(&other.name) != before.as_ref());
        model.exports.push(export.clone());
        model.saved_over = Some(Box::new(export));
    }
    model.touched = model.touched_since_save;
    // Saving has changed which buttons there are.
    if !model.fields().contains(&model.focus) {
        model.focus_first();
    }
    if model.demo {
        // No command finds the demo's exports.
        model.notify(Severity::Info, "Saved. It is on the tab Exports until the demo ends.");
    } else if let (Some(command), Some(stem)) = (model.saving.command(), &model.saved_in) {
        let text = format!("Saved as {stem}.toml. `{command}` {}", command_note(model));
        model.notify(Severity::Info, text);
    }
    notes.iter().for_each(|sentence| model.append_notice(Severity::Info, sentence));
    let mut effects = draft::discard(model);
    match wanted {
        Some(Next::Home) => effects.push(Effect::GoHome),
        Some(Next::Schedule) => effects.push(Effect::GoToSchedule),
        Some(Next::Run) => {
            // A saved export has nothing left to do here: its run is one of the dashboard.
            effects.extend((model.origin != Origin::Alone).then_some(Effect::GoHome));
            effects.extend(run(model, false));
        }
        None => effects.extend(ask_schedulers(model)),
    }
    effects
}

fn command_note(model: &Model) -> &'static str {
    let names = model.saving.export.as_ref().map(|export| &export.credentials);
    let needs_environment = names.is_some_and(|names| names.domo.is_none() || names.dataworld.is_none());
    if needs_environment {
        "runs it, with the credentials in your environment: a scheduler needs them too."
    } else {
        "runs it."
    }
}

/// Asks the schedulers about the saved export. The demo's exports cannot be scheduled.
fn ask_schedulers(model: &mut Model) -> Vec<Effect> {
    if model.demo || model.saving.export.as_ref().is_none_or(|export| export.schedule.is_manual()) {
        return Vec::new();
    }
    let request = model.request(schedulers_answered);
    model.saving.schedules.ask(&request);
    vec![Effect::AskSchedulers { request }]
}

fn schedulers_answered(model: &mut Model, id: RequestId, result: Answer<LocalSchedules>) -> Vec<Effect> {
    if !model.saving.schedules.answer(id, result) {
        return Vec::new();
    }
    if let Some(advice) = model.saving.schedule_advice() {
        let earlier = model.shell.notice.take().map(|notice| format!("{} ", notice.text)).unwrap_or_default();
        model.notify(Severity::Info, format!("{earlier}{advice}"));
    }
    Vec::new()
}
