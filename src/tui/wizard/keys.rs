//! Handles messages.

use crossterm::event::KeyEvent;
use tui_input::InputRequest;

use super::{Effect, Model, Msg, Value, credentials, details, draft, intents, lists};
use crate::text::secret::Secret;
use crate::tui::form::Kind;
use crate::tui::state::actions::action_for_key;
use crate::tui::state::typing::{editing, paste_text};
use crate::tui::state::{HasShell, Shell};

/// Applies a message to the model and returns the effects.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let effects = apply(model, msg);
    model.forget_edits_elsewhere();
    effects
}

fn apply(model: &mut Model, msg: Msg) -> Vec<Effect> {
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
        Msg::Key(key) => model.press(key),
        Msg::Paste(text) => paste(model, &text),
        Msg::Intent(intent) => {
            model.shell.notice = None;
            intents::apply(model, intent)
        }
        Msg::Point { row, top } => {
            model.shell.notice = None;
            point_at(model, row, top)
        }
        Msg::Open if model.list.is_some() && model.overlay.is_none() => model.open(),
        Msg::Scroll { row, top } => point_at(model, row, top),
        Msg::Open | Msg::Tab(_) => Vec::new(),
        Msg::Reply(reply) => reply.deliver(model),
    }
}

impl HasShell for Model {
    fn shell_mut(&mut self) -> &mut Shell {
        &mut self.shell
    }

    fn take_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        // A repeated Enter presses no button: what it would start cannot be undone.
        let is_repeated = self.last_enter.is_repeated_by(key, self.now);
        if is_repeated && self.overlay.is_none() && matches!(self.focused().kind, Kind::Button) {
            return Some(Vec::new());
        }
        type_key(self, key)
    }
}

/// Types into the filter of the open list, or into the focused field. `None` if the key does not type there.
fn type_key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    if model.overlay.is_some() {
        return None;
    }
    let edit = editing(key)?;
    if let Some(picker) = model.picker_mut() {
        if picker.search_mut().filter.handle(edit).is_some_and(|change| change.value) {
            picker.refilter();
        }
        return Some(Vec::new());
    }
    let focus = model.focus;
    match model.focused().kind {
        Kind::Text | Kind::Secret => {
            let changed = model.edit(edit)?;
            let is_typed = matches!(edit, InputRequest::InsertChar(_));
            Some(match model.value(focus) {
                Value::Text(text) if is_typed && (model.focused().is_search)(text.value()) => {
                    lists::open_with_typed(model)
                }
                _ if changed => model.edited(focus),
                _ => Vec::new(),
            })
        }
        Kind::Pick => typed_into_list(model, key, edit, |model, c| lists::open_with(model, c.encode_utf8(&mut [0; 4]))),
        Kind::Choice(_) => {
            let chosen = details::field_of_method(model, focus)?;
            typed_into_list(model, key, edit, |model, _| {
                model.focus = chosen;
                type_key(model, key).unwrap_or_default()
            })
        }
        // The next option that begins with the letter.
        Kind::Several(_) => typed_into_list(model, key, edit, |model, c| {
            let begins = |option: &&str| option.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&c));
            model.move_option(|cursor, options| {
                let places = (cursor + 1..options.len()).chain(0..=cursor);
                places.into_iter().find(|at| options.get(*at).is_some_and(begins))
            });
            Vec::new()
        }),
        Kind::Item { .. } | Kind::Check | Kind::Button => None,
    }
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

fn paste(model: &mut Model, text: &Secret) -> Vec<Effect> {
    if model.overlay.is_some() {
        return Vec::new();
    }
    model.shell.notice = None;
    if model.list.is_some() {
        return lists::enter_in_list(model, text).unwrap_or_else(|| {
            if let Some(picker) = model.picker_mut() {
                paste_text(&mut picker.search_mut().filter, text);
                picker.refilter();
            }
            Vec::new()
        });
    }
    model.focus = details::field_of_method(model, model.focus).unwrap_or(model.focus);
    lists::paste(model, text)
}

/// Moves the cursor of the open list and its first visible match; without a list, scrolls the pane.
fn point_at(model: &mut Model, row: usize, top: usize) -> Vec<Effect> {
    if model.overlay.is_some() {
        return Vec::new();
    }
    match model.picker_mut() {
        Some(picker) => picker.search_mut().point_at(row, top),
        None => model.top = top,
    }
    Vec::new()
}
