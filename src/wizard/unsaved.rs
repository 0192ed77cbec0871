//! The ways from the end of a run, and the question whether to save the export before it is lost on one of them.

use super::{Effect, Model, Overlay, Weight, draft, run};

/// A way from the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Home.
    Home,
    /// Out of the program.
    Quit,
    /// On to a new export.
    New,
}

/// Goes that way; asks first where the export would be lost.
pub(super) fn leave(model: &mut Model, way: Way) -> Vec<Effect> {
    // What has not gone well is kept, to be gone on with; the demo keeps nothing.
    let is_finished = model.run.summary().is_some() || !model.keeps_draft();
    if model.touched && is_finished && !model.run.saved.data.is_loading() {
        model.overlay = Some(Overlay::Unsaved(way));
        return Vec::new();
    }
    go(model, way)
}

/// Saves the export, and goes on when that is done.
pub(super) fn save(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Unsaved(way)) = model.overlay.take() {
        model.after = Some(way);
    }
    run::save(model)
}

/// Goes on without saving the export.
pub(super) fn lose(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Unsaved(way)) = model.overlay.take() else { return Vec::new() };
    model.touched = false;
    let mut effects = draft::discard(model);
    effects.extend(go(model, way));
    effects
}

/// Goes that way, and keeps what was entered, if it is to be gone on with.
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
