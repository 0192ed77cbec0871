//! Exits from the end of a run, with the question whether to save the export first.

use super::{Effect, Model, Overlay, Weight, draft, run};
use crate::text::terminal_text::printable;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Home,
    Quit,
    New,
}

/// Exits, or asks first if the export would be lost.
pub(super) fn leave(model: &mut Model, to: Exit) -> Vec<Effect> {
    // A failed run is kept as a draft; the demo keeps nothing.
    let is_finished = model.run.summary().is_some() || !model.keeps_draft();
    if model.touched && is_finished && !model.run.saved.data.is_loading() {
        model.overlay = Some(Overlay::Unsaved(to));
        return Vec::new();
    }
    exit(model, to)
}

pub(super) fn save_and_exit(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Unsaved(to)) = model.overlay.take() {
        model.exit_after_save = Some(to);
    }
    run::save(model)
}

pub(super) fn exit_without_saving(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Unsaved(to)) = model.overlay.take() else { return Vec::new() };
    model.touched = false;
    let mut effects = draft::discard(model);
    effects.extend(exit(model, to));
    effects
}

/// Exits, and keeps the input as a draft if it is not saved.
pub(super) fn exit(model: &mut Model, to: Exit) -> Vec<Effect> {
    let mut effects = draft::keep(model);
    if to != Exit::Quit && !effects.is_empty() {
        model.notify(Weight::Info, "What you entered is kept, except for secrets, and offered next time.");
    }
    match to {
        Exit::Home => effects.push(Effect::GoHome),
        Exit::Quit => {
            effects.extend(run::cancel(model));
            effects.push(Effect::Quit);
        }
        Exit::New => effects.extend(run::new_export(model)),
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
