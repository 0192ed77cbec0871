//! Rows of the table: keys, condition, and effect.

use super::{Action, Binding, Place};
use crate::explain;
use crate::tui::form::{Field, Intent, Kind, Value};
use crate::tui::state::actions::keys::*;
use crate::tui::state::{Effect, HasShell as _};
use crate::tui::wizard::pane::Step;
use crate::tui::wizard::{List, Model, Overlay, credentials, details, draft, intents, lists, review};

const fn action(
    keys: &'static [Binding],
    label: &'static str,
    place: Place,
    applies: fn(&Model) -> bool,
    run: fn(&mut Model) -> Vec<Effect>,
) -> Action<Model> {
    Action::new(keys, label, place, applies, run)
}

const fn quiet(action: Action<Model>) -> Action<Model> {
    action.quiet()
}

const fn scroll(
    keys: &'static [Binding],
    place: Place,
    name: &'static str,
    run: fn(&mut Model) -> Vec<Effect>,
) -> Action<Model> {
    Action::scroll(keys, place, name, Model::scrolls, run)
}

pub(super) static TABLE: [Action<Model>; 58] = [
    // Help and the question whether to leave.
    action(&[ESC, F1, letter('?', "?"), ENTER], "close", Place::Help, always, close),
    action(&[letter('y', "y")], "leave", Place::Leave, always, leave_at_once),
    action(&[letter('n', "n"), ESC, ENTER], "stay", Place::Leave, always, close),
    // Drafts.
    action(&[letter('y', "y"), ENTER], "continue", Place::Draft, always, draft::continue_draft),
    action(&[letter('n', "n")], "start over", Place::Draft, always, |m| then_review(m, draft::decline_draft)),
    action(&[ESC], "later", Place::Draft, always, |m| then_review(m, draft::postpone_draft)),
    // Lists.
    action(&[DOWN, ctrl('n', "Ctrl-N")], "down", Place::List, always, |model| step_list(model, 1)),
    action(&[UP, ctrl('p', "Ctrl-P")], "up", Place::List, always, |model| step_list(model, -1)),
    quiet(action(&[PAGE_DOWN], "page down", Place::List, always, |model| step_list(model, PAGE))),
    quiet(action(&[PAGE_UP], "page up", Place::List, always, |model| step_list(model, -PAGE))),
    action(&[ENTER, TAB], "choose", Place::List, has_match, lists::pick),
    action(&[ENTER, TAB], "enter it", Place::List, lists::takes_filter, lists::enter_filter),
    action(&[F2], "new dataset", Place::List, |model| model.list == Some(List::Datasets), details::begin_new),
    action(&[F5], "reload", Place::List, list_failed, lists::load),
    action(&[ESC], "close the list", Place::List, always, close_list),
    // Parts of the review, and buttons.
    action(&[letter('e', "e"), ENTER, SPACE], "change this part", Place::Form, is_part, press).short("change"),
    action(&[ENTER, SPACE], "press the button", Place::Form, is_button, press).short("press"),
    action(&[TAB, RIGHT], "next button", Place::Form, is_button, |model| move_focus(model, 1)),
    quiet(action(&[BACK_TAB, LEFT], "previous button", Place::Form, is_button, |model| move_focus(model, -1))),
    quiet(action(&[ctrl('n', "Ctrl-N")], "first button", Place::Form, is_button, forward)),
    action(&[F2], "use that dataset", Place::Form, details::is_title_taken, details::use_titled).short("use it"),
    // Panes. Enter moves from field to field and, in the last one, advances.
    action(&[TAB], "next field", Place::Form, has_fields, |model| move_focus(model, 1)),
    quiet(action(&[BACK_TAB, UP], "previous field", Place::Form, has_fields, |model| move_focus(model, -1))),
    action(&[DOWN], "choose", Place::Form, |model| model.focused().has_list, lists::open),
    action(&[DOWN], "choose", Place::Form, selects_next_field, lists::open_below),
    action(&[ENTER, SPACE], "choose", Place::Form, selects, lists::open),
    action(&[SPACE], "check or uncheck", Place::Form, is_several, turn_option).short("check"),
    action(&[RIGHT], "next box", Place::Form, is_several, |model| move_option(model, 1)),
    quiet(action(&[LEFT], "previous box", Place::Form, is_several, |model| move_option(model, -1))),
    action(&[SPACE], "change", Place::Form, chooses, |model| choose(model, 1)),
    quiet(action(&[RIGHT], "next choice", Place::Form, chooses, |model| choose(model, 1))),
    quiet(action(&[LEFT], "previous choice", Place::Form, chooses, |model| choose(model, -1))),
    action(&[ctrl('r', "Ctrl-R")], "show or hide", Place::Form, |model| model.focused().is_secret(), reveal),
    quiet(action(&[ctrl('_', "Ctrl-_")], "undo", Place::Form, |model| model.focused().takes_text(), Model::undo)),
    action(&[ctrl('o', "Ctrl-O")], "open the page", Place::Form, has_token_page, credentials::open_token_page),
    action(&[ctrl('y', "Ctrl-Y")], "copy the error", Place::Form, |model| model.explained().is_some(), copy_error),
    action(&[F2], "new dataset", Place::Form, is_at_dataset, details::begin_new),
    quiet(action(&[ENTER], "next field", Place::Form, has_next, |model| move_focus(model, 1))),
    quiet(action(&[DOWN], "next field", Place::Form, has_fields, |model| move_focus(model, 1))),
    action(&[ctrl('n', "Ctrl-N"), ENTER], "continue", Place::Form, continues, forward),
    action(&[ctrl('n', "Ctrl-N"), ENTER], "create", Place::Form, details::describes_dataset, forward),
    action(&[ctrl('s', "Ctrl-S")], "save", Place::Form, is_edit, review::save),
    quiet(action(&[ctrl('s', "Ctrl-S")], "save", Place::Form, is_of_export, review::save)),
    quiet(action(&[alt('1', "Alt-1")], "go to that pane", Place::Form, is_of_export, |m| go_to(m, Step::Credentials)))
        .named("to-credentials"),
    quiet(action(&[alt('2', "Alt-2")], "go to that pane", Place::Form, is_of_export, |m| go_to(m, Step::Details)))
        .named("to-details"),
    quiet(action(&[alt('3', "Alt-3")], "go to that pane", Place::Form, is_of_export, |m| go_to(m, Step::Scheduling)))
        .named("to-scheduling"),
    quiet(action(&[alt('4', "Alt-4")], "go to that pane", Place::Form, is_of_export, |m| go_to(m, Step::Describe)))
        .named("to-describe"),
    quiet(action(&[alt('5', "Alt-5")], "go to that pane", Place::Form, is_of_export, |m| go_to(m, Step::Review)))
        .named("to-review"),
    action(&[ctrl('p', "Ctrl-P"), ALT_LEFT], "back", Place::Form, has_before, back),
    scroll(&[DOWN], Place::Form, "scroll-down", |model| scroll_by(model, 1)),
    scroll(&[UP], Place::Form, "scroll-up", |model| scroll_by(model, -1)),
    scroll(&[PAGE_DOWN], Place::Form, "scroll-page-down", |model| scroll_by(model, PAGE)),
    scroll(&[PAGE_UP], Place::Form, "scroll-page-up", |model| scroll_by(model, -PAGE)),
    action(&[ESC], "close", Place::Form, details::describes_dataset, details::leave_new),
    action(&[ESC], "leave", Place::Form, |model| !details::describes_dataset(model), leave),
    action(&[F1, letter('?', "?")], "help", Place::Anywhere, |model| model.overlay.is_none(), open_help),
    quiet(action(&[ctrl('t', "Ctrl-T")], "mouse on or off", Place::Anywhere, always, |_| vec![Effect::ToggleMouse])),
    quiet(action(&[ctrl('c', "Ctrl-C")], "quit at once", Place::Anywhere, always, quit)),
];

fn always(_: &Model) -> bool {
    true
}

fn has_match(model: &Model) -> bool {
    model.picker().is_some_and(|picker| !picker.search().is_empty())
}

fn list_failed(model: &Model) -> bool {
    model.picker().is_some_and(|picker| picker.load().failed().is_some())
}

fn continues(model: &Model) -> bool {
    model.step != Step::Review && !details::describes_dataset(model)
}

/// Changes of a saved export, which Ctrl-S saves from any pane.
fn is_edit(model: &Model) -> bool {
    continues(model) && is_of_export(model) && model.saved_as.is_some()
}

fn has_before(model: &Model) -> bool {
    model.step.before().is_some() && !details::describes_dataset(model)
}

fn has_fields(model: &Model) -> bool {
    model.fields().len() > 1 && !is_button(model)
}

fn is_part(model: &Model) -> bool {
    review::is_part(model.focus)
}

fn is_button(model: &Model) -> bool {
    matches!(model.focused().kind, Kind::Button)
}

/// All panes are those of an export.
fn is_of_export(model: &Model) -> bool {
    model.credentials.only_service.is_none() && !details::describes_dataset(model)
}

fn has_next(model: &Model) -> bool {
    model.fields().last().is_some_and(|last| *last != model.focus)
}

fn selects_next_field(model: &Model) -> bool {
    details::field_of_method(model, model.focus).is_some_and(|field| is_to_select(model, field))
}

fn selects(model: &Model) -> bool {
    is_to_select(model, model.focus)
}

fn is_to_select(model: &Model, field: Field) -> bool {
    matches!(model.value(field), Value::Picked(None))
}

fn chooses(model: &Model) -> bool {
    matches!(model.focused().kind, Kind::Choice(_) | Kind::Item { .. } | Kind::Check)
}

fn is_several(model: &Model) -> bool {
    matches!(model.focused().kind, Kind::Several(_))
}

fn is_at_dataset(model: &Model) -> bool {
    matches!(model.focus, Field::DATASET_METHOD | Field::DATASET | Field::DATASET_ID)
}

/// Leaves a draft, and goes on with the saved export as without one.
fn then_review(model: &mut Model, leave: fn(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    [leave(model), model.open_at_review()].concat()
}

fn close(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    Vec::new()
}

fn open_help(model: &mut Model) -> Vec<Effect> {
    model.overlay = Some(Overlay::Help);
    Vec::new()
}

fn leave(model: &mut Model) -> Vec<Effect> {
    if !model.touched {
        return leave_at_once(model);
    }
    model.overlay = Some(Overlay::Leave);
    Vec::new()
}

/// Returns to where the wizard was opened from.
fn leave_at_once(model: &mut Model) -> Vec<Effect> {
    let mut effects = draft::keep(model);
    effects.push(Effect::LeaveWizard);
    effects
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let mut effects = draft::keep(model);
    effects.push(Effect::Quit);
    effects
}

fn close_list(model: &mut Model) -> Vec<Effect> {
    intents::apply(model, Intent::Close)
}

fn step_list(model: &mut Model, by: isize) -> Vec<Effect> {
    if let Some(picker) = model.picker_mut() {
        picker.search_mut().step(by);
    }
    Vec::new()
}

fn scroll_by(model: &mut Model, by: isize) -> Vec<Effect> {
    model.top = model.top.saturating_add_signed(by);
    Vec::new()
}

fn forward(model: &mut Model) -> Vec<Effect> {
    intents::apply(model, Intent::Next)
}

fn back(model: &mut Model) -> Vec<Effect> {
    intents::apply(model, Intent::Back)
}

/// Moves the focus, wrapping around at the ends.
fn move_focus(model: &mut Model, by: isize) -> Vec<Effect> {
    let left = model.focus;
    let effects = model.leave_field();
    let fields = model.fields();
    if let (Some(at), Ok(count)) = (fields.iter().position(|field| *field == left), isize::try_from(fields.len())) {
        let next = (isize::try_from(at).unwrap_or_default() + by).rem_euclid(count);
        model.focus = fields[next.unsigned_abs()];
    }
    effects
}

fn press(model: &mut Model) -> Vec<Effect> {
    let focus = model.focus;
    intents::apply(model, Intent::Choose(focus, 0))
}

fn go_to(model: &mut Model, step: Step) -> Vec<Effect> {
    let effects = model.leave_field();
    [effects, intents::go_to(model, step)].concat()
}

/// Changes a choice or toggles a checkbox.
fn choose(model: &mut Model, by: isize) -> Vec<Effect> {
    let focused = model.focused();
    let option = match (model.value(model.focus), focused.choices(model).len()) {
        (Value::Check(on), _) => usize::from(!on),
        (_, 0) => return Vec::new(),
        (_, count) => {
            let chosen = focused.chosen(model, model.values());
            (if by < 0 { chosen + count - 1 } else { chosen + 1 }) % count
        }
    };
    intents::apply(model, Intent::Choose(focused.field, option))
}

fn turn_option(model: &mut Model) -> Vec<Effect> {
    let focus = model.focus;
    match model.value(focus) {
        Value::Several(several) => intents::apply(model, Intent::Choose(focus, several.cursor)),
        _ => Vec::new(),
    }
}

fn move_option(model: &mut Model, by: isize) -> Vec<Effect> {
    model.move_option(|cursor, options| Some(cursor.saturating_add_signed(by).min(options.len() - 1)));
    Vec::new()
}

fn reveal(model: &mut Model) -> Vec<Effect> {
    model.toggle_secret();
    Vec::new()
}

fn has_token_page(model: &Model) -> bool {
    credentials::token_page(model).is_some()
}

/// Copies the error of the focused field, as support needs it.
fn copy_error(model: &mut Model) -> Vec<Effect> {
    let report = model.explained().map(|explanation| explain::error_report(&explanation, model.now));
    model.copy(report)
}
