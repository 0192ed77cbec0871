//! Handles messages.

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::field::{self, FieldMut};
use super::{Effect, List, Model, Msg, Search, answer, credentials, details, draft};
use crate::text::secret::Secret;
use crate::tui::state::Field;
use crate::tui::state::actions::{action_for_key, enter_action};
use crate::tui::state::typing::{editing, paste_text};

/// Applies a message to the model and returns the effects.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Start => vec![credentials::find_vault(model)],
        Msg::Now(now) => {
            model.now = now;
            Vec::new()
        }
        Msg::Ending => draft::keep(model),
        Msg::Tick => {
            if model.moves() {
                model.ticks = model.ticks.wrapping_add(1);
            }
            Vec::new()
        }
        Msg::Key(key) => press(model, key),
        Msg::Paste(text) => paste(model, &text),
        Msg::Focus(field) => {
            model.notice = None;
            answer::focus_field(model, field)
        }
        Msg::Choose(field, option) => {
            model.notice = None;
            answer::choose_option(model, field, option)
        }
        Msg::Point { row, top } => {
            model.notice = None;
            answer::point_at(model, row, top)
        }
        Msg::Open if model.list.is_some() && model.overlay.is_none() => {
            model.notice = None;
            enter_action(model).map(|action| (action.run)(model)).unwrap_or_default()
        }
        Msg::Scroll { row, top } => answer::point_at(model, row, top),
        Msg::Open | Msg::Tab(_) => Vec::new(),
        Msg::Reply(reply) => reply.deliver(model),
    }
}

fn press(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    model.notice = None;
    if let Some(effects) = type_key(model, key) {
        return effects;
    }
    action_for_key(model, key).map(|action| (action.run)(model)).unwrap_or_default()
}

/// Types into the filter of the open list, or into the focused field. `None` if the key does not type there.
fn type_key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    if model.overlay.is_some() {
        return None;
    }
    let edit = editing(key)?;
    if let Some(search) = model.search() {
        if search.filter.handle(edit).is_some_and(|change| change.value) {
            model.rematch();
        }
        return Some(Vec::new());
    }
    let focus = model.focus;
    let changed = match (model.step.pane().field_mut)(model, focus) {
        FieldMut::Text(input) => input.handle(edit).is_some_and(|change| change.value),
        FieldMut::Secret(secret) => field::edit_secret(secret, edit),
        FieldMut::Select => return typed_into_list(model, key, edit, |model, c| open_list_with(model, &c.to_string())),
        FieldMut::Choice { .. } => {
            let chosen = details::field_of_method(model, focus)?;
            return typed_into_list(model, key, edit, |model, _| {
                model.focus = chosen;
                type_key(model, key).unwrap_or_default()
            });
        }
        _ => return None,
    };
    Some(if changed { model.edited(focus) } else { Vec::new() })
}

/// Takes a typed character for a list or a line, unless its key is bound to an action.
fn typed_into_list(
    model: &mut Model,
    key: KeyEvent,
    edit: InputRequest,
    then: impl FnOnce(&mut Model, char) -> Vec<Effect>,
) -> Option<Vec<Effect>> {
    match edit {
        InputRequest::InsertChar(c) if !c.is_whitespace() && action_for_key(model, key).is_none() => {
            Some(then(model, c))
        }
        _ => None,
    }
}

fn open_list_with(model: &mut Model, filter: &str) -> Vec<Effect> {
    let effects = details::open_list(model);
    if let Some(search) = model.search() {
        search.filter = filter.into();
        model.rematch();
    }
    effects
}

fn paste(model: &mut Model, text: &Secret) -> Vec<Effect> {
    if model.overlay.is_some() {
        return Vec::new();
    }
    model.notice = None;
    if let Some(search) = model.search() {
        paste_text(&mut search.filter, text);
        model.rematch();
        return Vec::new();
    }
    let focus = details::field_of_method(model, model.focus).unwrap_or(model.focus);
    model.focus = focus;
    match (model.step.pane().field_mut)(model, focus) {
        FieldMut::Text(input) => paste_text(input, text),
        FieldMut::Secret(secret) => field::paste_secret(secret, text),
        FieldMut::Select => {
            return details::paste(model, text.expose()).unwrap_or_else(|filter| open_list_with(model, &filter));
        }
        _ => return Vec::new(),
    }
    let mut effects = model.edited(focus);
    effects.extend((model.step.pane().completed)(model, focus));
    effects
}

impl Model {
    /// Updates the state after an edit: clears the field's error and cancels advancing.
    pub(super) fn edited(&mut self, field: Field) -> Vec<Effect> {
        self.errors.remove(&field);
        self.leaving = false;
        self.stop_resuming();
        self.touched = true;
        let effects = (self.step.pane().changed)(self, field);
        let fields = self.fields();
        self.errors.retain(|field, _| fields.contains(field));
        effects
    }

    pub(super) fn search(&mut self) -> Option<&mut Search> {
        let details = &mut self.details;
        Some(match self.list? {
            List::DataSets => &mut details.input.list.search,
            List::Datasets => &mut details.output.list.search,
            List::Files => &mut details.file.list.search,
        })
    }

    fn rematch(&mut self) {
        let details = &mut self.details;
        match self.list {
            Some(List::DataSets) => details.input.list.rematch(),
            Some(List::Datasets) => details.output.list.rematch(),
            Some(List::Files) => details.file.list.rematch(),
            None => {}
        }
    }
}
