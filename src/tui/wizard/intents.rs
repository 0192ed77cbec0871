//! Applies intents to the current pane, whichever front they come from.

use std::collections::BTreeSet;

use tui_input::InputRequest;

use super::pane::Step;
use super::{Arrival, Effect, List, Model, details, draft, lists, spec};
use crate::text::secret::Secret;
use crate::tui::form::{Editing, Field, Intent, Kind, Value, lines};
use crate::tui::state::AnyPicker;

pub(super) fn apply(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match intent {
        Intent::Focus(field) => focus(model, field),
        Intent::Set(field, text) => set(model, field, &text),
        Intent::Choose(field, option) => choose(model, field, option),
        Intent::Mark(field, chosen) => mark(model, field, chosen),
        Intent::Open(field) => open(model, field),
        Intent::Filter(text) => filter(model, &text),
        Intent::Pick(row) => {
            let search = model.picker_mut().map(AnyPicker::search_mut).filter(|search| row < search.len());
            search.map(|search| search.point_at(row, row)).map_or_else(Vec::new, |()| lists::pick(model))
        }
        Intent::Close => {
            model.list = None;
            Vec::new()
        }
        Intent::Create if model.list == Some(List::Datasets) => details::begin_new(model),
        Intent::Create => Vec::new(),
        Intent::Next => model.step.pane().forward(model),
        Intent::Back if details::describes_dataset(model) => details::leave_new(model),
        Intent::Back => model.step.before().map(|step| go_to(model, step)).unwrap_or_default(),
    }
}

/// Goes to a pane: back at once, forward as far as the panes between are valid.
pub(super) fn go_to(model: &mut Model, step: Step) -> Vec<Effect> {
    model.heading_for = None;
    if step <= model.step { model.enter(step) } else { head_for(model, step, Arrival::Stay) }
}

/// Goes forward through the panes as far as they are valid, and does something on arrival.
pub(super) fn head_for(model: &mut Model, step: Step, then: Arrival) -> Vec<Effect> {
    model.heading_for = Some((step, then));
    draft::go_on(model)
}

/// Moves the focus, which completes the field that it leaves.
fn focus(model: &mut Model, field: Field) -> Vec<Effect> {
    if model.is_covered() || field == model.focus || !model.fields().contains(&field) {
        return Vec::new();
    }
    let effects = model.leave_field();
    model.focus = field;
    effects
}

/// Takes one of several options, sets a check box, opens a list, or presses a button.
fn choose(model: &mut Model, field: Field, option: usize) -> Vec<Effect> {
    let mut effects = focus(model, field);
    if model.is_covered() || field != model.focus {
        return effects;
    }
    let focused = model.focused();
    let is_other =
        |model: &Model| option < focused.choices(model).len() && option != focused.chosen(model, model.values());
    match focused.kind {
        Kind::Item { choose, .. } if is_other(model) => choose(model, option),
        Kind::Choice(_) if is_other(model) => model.replace(field, Value::Choice(option)),
        Kind::Check if matches!(model.value(field), Value::Check(on) if *on != (option == 1)) => {
            model.replace(field, Value::Check(option == 1));
        }
        Kind::Several(options) if option < options.len() => {
            if let Some(Value::Several(several)) = model.value_mut(field) {
                several.cursor = option;
                if !several.chosen.remove(&option) {
                    several.chosen.insert(option);
                }
            }
        }
        Kind::Pick => return [effects, lists::open(model)].concat(),
        Kind::Button => return [effects, model.step.pane().pressed(model, field)].concat(),
        _ => return effects,
    }
    effects.extend(model.edited(field));
    effects
}

/// Chooses several options.
fn mark(model: &mut Model, field: Field, options: BTreeSet<usize>) -> Vec<Effect> {
    let mut effects = focus(model, field);
    if model.is_covered() || field != model.focus || !matches!(model.focused().kind, Kind::Several(_)) {
        return effects;
    }
    model.replace(field, Value::several(options));
    effects.extend(model.edited(field));
    effects
}

/// Replaces the text of a field. What is known of the old text is dropped, even if the new one is the same.
pub(super) fn set(model: &mut Model, field: Field, text: &Secret) -> Vec<Effect> {
    let mut effects = focus(model, field);
    if model.is_covered() || field != model.focus {
        return effects;
    }
    if let Some(options) = lines::options_of(model.focused(), text.expose()) {
        return [effects, mark(model, field, options)].concat();
    }
    if model.edit(InputRequest::DeleteLine) == Some(true) {
        effects.extend(model.edited(field));
    }
    if !text.is_empty() {
        effects.extend(paste(model, text));
    }
    effects
}

/// Pastes into the focused field, which completes it.
pub(super) fn paste(model: &mut Model, text: &Secret) -> Vec<Effect> {
    if let Some(options) = lines::options_of(model.focused(), text.expose()) {
        return mark(model, model.focus, options);
    }
    if model.change(true, |value| value.paste(text).then_some(())).is_none() {
        return Vec::new();
    }
    let focus = model.focus;
    let mut effects = model.edited(focus);
    effects.extend(model.step.pane().completed(model, focus));
    effects
}

fn open(model: &mut Model, field: Field) -> Vec<Effect> {
    let effects = focus(model, field);
    if model.is_covered() || field != model.focus {
        return effects;
    }
    [effects, lists::open(model)].concat()
}

/// Narrows the open list. What matches nothing may be a choice by itself.
fn filter(model: &mut Model, text: &Secret) -> Vec<Effect> {
    lists::set_filter(model, text.expose());
    if lists::takes_filter(model) { lists::enter_filter(model) } else { Vec::new() }
}

impl Model {
    /// Something on top of the pane takes the keys.
    pub(super) fn is_covered(&self) -> bool {
        self.overlay.is_some() || self.list.is_some()
    }

    fn value_mut(&mut self, field: Field) -> Option<&mut Value> {
        self.values_mut(self.step)?.get_mut(spec(field).value_of())
    }

    fn replace(&mut self, field: Field, value: Value) {
        if let Some(before) = self.value_mut(field) {
            *before = value;
        }
    }

    /// Edits the focused text or secret; `true` if it has changed, `None` if it is neither.
    pub(super) fn edit(&mut self, edit: InputRequest) -> Option<bool> {
        self.change(matches!(edit, InputRequest::InsertChar(_)), |value| value.edit(edit))
    }

    /// Changes the focused value. What is typed replaces a text that was not touched since it got the focus.
    fn change<T>(&mut self, is_typed: bool, change: impl FnOnce(&mut Value) -> Option<T>) -> Option<T> {
        let (focus, is_replaced) = (self.focus, is_typed && self.is_untouched());
        let value = self.value_mut(focus)?;
        let before = value.clone();
        if is_replaced {
            value.clear();
        }
        let changed = change(value)?;
        let after = value.clone();
        self.editing.get_or_insert_with(|| Editing::of(focus)).record(before, &after, is_typed);
        Some(changed)
    }

    /// The focused text is as it was when it got the focus.
    pub fn is_untouched(&self) -> bool {
        self.editing.as_ref().is_none_or(|editing| editing.field != self.focus)
    }

    /// A text that gets the focus again is untouched.
    pub(super) fn forget_edits_elsewhere(&mut self) {
        self.editing.take_if(|editing| editing.field != self.focus);
    }

    /// Gives the focused text back what it was when it got the focus.
    pub(super) fn restore(&mut self) {
        if let Some(original) = self.editing.take().and_then(Editing::original) {
            self.replace(self.focus, original);
        }
    }

    /// Takes back the latest change of the focused text.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let Some(before) = self.editing.as_mut().and_then(Editing::undo) else { return Vec::new() };
        self.replace(self.focus, before);
        self.edited(self.focus)
    }

    /// Moves the cursor among the options of the focused field.
    pub(super) fn move_option(&mut self, to: impl FnOnce(usize, &[&'static str]) -> Option<usize>) {
        let (focus, kind) = (self.focus, &self.focused().kind);
        if let (Kind::Several(options), Some(Value::Several(several))) = (kind, self.value_mut(focus)) {
            several.cursor = to(several.cursor, options).unwrap_or(several.cursor);
        }
    }

    /// Shows or hides the focused secret.
    pub(super) fn toggle_secret(&mut self) {
        let focus = self.focus;
        if let Some(Value::Secret(secret)) = self.value_mut(focus) {
            secret.revealed = !secret.revealed;
        }
    }

    /// Updates the state after an edit: clears the field's error and cancels advancing.
    pub(super) fn edited(&mut self, field: Field) -> Vec<Effect> {
        self.errors.remove(&field);
        self.advancing = false;
        self.stop_heading();
        self.touch();
        let effects = self.step.pane().changed(self, field);
        let fields = self.fields();
        self.errors.retain(|field, _| fields.contains(field));
        effects
    }
}
