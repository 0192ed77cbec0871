//! Exits from the end of a run, with the question whether to save the export first.

use super::{Effect, Model, Overlay, Weight, draft, run};

/// The destination after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Home,
    Quit,
    New,
}

/// Exits, or asks first if the export would be lost.
pub(super) fn leave(model: &mut Model, way: Way) -> Vec<Effect> {
    // A failed run is kept as a draft; the demo keeps nothing.
    let is_finished = model.run.summary().is_some() || !model.keeps_draft();
    if model.touched && is_finished && !model.run.saved.data.is_loading() {
        model.overlay = Some(Overlay::Unsaved(way));
        return Vec::new();
    }
    go(model, way)
}

/// Saves the export, and exits once that is done.
pub(super) fn save(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Unsaved(way)) = model.overlay.take() {
        model.after = Some(way);
    }
    run::save(model)
}

pub(super) fn lose(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Unsaved(way)) = model.overlay.take() else { return Vec::new() };
    model.touched = false;
    let mut effects = draft::discard(model);
    effects.extend(go(model, way));
    effects
}

/// Exits, and keeps the input as a draft if it is not saved.
pub(super) fn go(model: &mut Model, way: Way) -> Vec<Effect> {
    let mut effects = draft::keep(model);
    if way != Way::Quit && !effects.is_empty() {
        model.say(Weight::Info, "What you entered is kept, except for secrets, and offered next time.");
    }
    match way {
        Way::Home => effects.push(Effect::GoHome),
        Way::Quit => {
            effects.extend(run::cancel(model));
            effects.push(Effect::Quit);
        }
        Way::New => effects.extend(run::new_export(model)),
    }
    effects
}
