//! Home's actions: those of all tabs here, the others in one table for each tab.

use super::{
    ConfirmedAction, Home, Overlay, PromptAction, Question, Tab, TextPrompt, accounts, browse, check, exports, history,
    keys, schedule,
};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Binding, Keyed, Place};
use crate::tui::state::{Effect, HasShell as _, Severity, Shell};

impl Keyed for Home {
    fn tables() -> &'static [&'static [Action<Self>]] {
        static TABLES: [&[Action<Home>]; 9] = [
            &OVER,
            &exports::ACTIONS,
            &browse::ACTIONS,
            &accounts::ACTIONS,
            &history::ACTIONS,
            &check::ACTIONS,
            &schedule::ACTIONS,
            &OPENED,
            &EVERYWHERE,
        ];
        &TABLES
    }

    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn place(&self) -> Place {
        match self.overlay {
            Some(Overlay::Help) => Place::Help,
            Some(Overlay::Ask(_)) => Place::Question,
            Some(Overlay::Choose(_)) => Place::Menu,
            Some(Overlay::Prompt(_)) => Place::Entry,
            None => self.place_below(),
        }
    }

    fn place_below(&self) -> Place {
        if self.filtering {
            Place::Filter
        } else if self.open_check().is_some() {
            Place::Check
        } else if self.open_schedule().is_some() {
            Place::Schedule
        } else if self.is_open() {
            if self.tab == Tab::Exports { Place::Run } else { Place::Opened }
        } else {
            self.tab.spec().place
        }
    }

    fn is_typing(&self) -> bool {
        self.filtering
    }
}

const J: Binding = letter('j', "j");
const K: Binding = letter('k', "k");
const G: Binding = letter('g', "g");
const SHIFT_G: Binding = letter('G', "G");
pub(super) const Q: Binding = letter('q', "q");

static OVER: [Action<Home>; 15] = [
    Action::new(&[ESC, F1, letter('?', "?"), ENTER], "close", Place::Help, always, close),
    Action::new(&[letter('y', "y")], "yes", Place::Question, asks, confirm),
    Action::new(&[letter('n', "n"), ESC, ENTER], "no, or Enter", Place::Question, asks, decline).named("no"),
    Action::new(&[ENTER, ESC, letter('y', "y"), letter('n', "n")], "close", Place::Question, is_settled, close),
    Action::new(&[DOWN], "move", Place::Menu, always, |home| step_menu(home, 1)).named("down"),
    Action::new(&[UP], "move", Place::Menu, always, |home| step_menu(home, -1)).named("up"),
    Action::new(&[ENTER], "choose", Place::Menu, always, take_choice),
    Action::new(&[ESC], "close", Place::Menu, always, close),
    Action::new(&[ENTER], "confirm", Place::Entry, always, submit_prompt),
    Action::new(&[ESC], "cancel", Place::Entry, always, close),
    Action::new(&[ENTER, TAB], "keep the filter", Place::Filter, always, end_filter),
    Action::new(&[ESC], "clear the filter", Place::Filter, always, clear_filter),
    Action::new(&[DOWN], "move", Place::Filter, always, |home| step(home, 1)).quiet().named("down"),
    Action::new(&[UP], "move", Place::Filter, always, |home| step(home, -1)).quiet().named("up"),
    Action::new(&[F5], "reload", Place::Filter, always, Home::reload).quiet(),
];

static OPENED: [Action<Home>; 6] = [
    Action::scroll(&[DOWN, J], Place::Opened, "scroll-down", Home::scrolls, |home| scroll_by(home, 1)),
    Action::scroll(&[UP, K], Place::Opened, "scroll-up", Home::scrolls, |home| scroll_by(home, -1)),
    Action::scroll(&[PAGE_DOWN], Place::Opened, "scroll-page-down", Home::scrolls, |home| scroll_by(home, PAGE)),
    Action::scroll(&[PAGE_UP], Place::Opened, "scroll-page-up", Home::scrolls, |home| scroll_by(home, -PAGE)),
    Action::scroll(&[HOME, G], Place::Opened, "scroll-first", Home::scrolls, |home| scroll_by(home, isize::MIN)),
    Action::scroll(&[END, SHIFT_G], Place::Opened, "scroll-last", Home::scrolls, |home| scroll_by(home, isize::MAX)),
];

static EVERYWHERE: [Action<Home>; 19] = [
    Action::new(&[DOWN, J], "move", Place::Home, has_list, |home| step(home, 1)).quiet().named("down"),
    Action::new(&[UP, K], "move", Place::Home, has_list, |home| step(home, -1)).quiet().named("up"),
    Action::new(&[PAGE_DOWN], "move a page", Place::Home, has_list, |home| step(home, PAGE)).quiet().named("page-down"),
    Action::new(&[PAGE_UP], "move a page", Place::Home, has_list, |home| step(home, -PAGE)).quiet().named("page-up"),
    Action::new(&[HOME, G], "first or last", Place::Home, has_list, |home| step(home, isize::MIN))
        .quiet()
        .named("first"),
    Action::new(&[END, SHIFT_G], "first or last", Place::Home, has_list, |home| step(home, isize::MAX))
        .quiet()
        .named("last"),
    Action::new(&[letter('/', "/")], "filter", Place::Home, has_list, begin_filter),
    Action::new(&[ESC], "clear the filter", Place::Home, is_filtered, clear_filter).short("clear"),
    Action::new(&[F5], "reload", Place::Home, always, Home::reload).quiet(),
    Action::new(&[letter('1', "1")], "go to tab", Place::HomePages, shows_tabs, |home| home.enter(Tab::Exports))
        .quiet()
        .named("tab-exports"),
    Action::new(&[letter('2', "2")], "go to tab", Place::HomePages, shows_tabs, |home| home.enter(Tab::Browse))
        .quiet()
        .named("tab-browse"),
    Action::new(&[letter('3', "3")], "go to tab", Place::HomePages, shows_tabs, |home| home.enter(Tab::Accounts))
        .quiet()
        .named("tab-accounts"),
    Action::new(&[letter('4', "4")], "go to tab", Place::HomePages, shows_tabs, |home| home.enter(Tab::History))
        .quiet()
        .named("tab-history"),
    Action::new(&[TAB, RIGHT], "next tab", Place::Home, always, |home| home.enter(home.tab.next(1))),
    Action::new(&[BACK_TAB, LEFT], "previous tab", Place::Home, always, |home| home.enter(home.tab.next(3))).quiet(),
    Action::new(&[Q], "quit", Place::Home, always, leave),
    Action::new(&[F1, letter('?', "?")], "help", Place::Anywhere, |home| home.overlay.is_none(), open_help),
    Action::new(&[ctrl('t', "Ctrl-T")], "mouse on or off", Place::Anywhere, always, |_| vec![Effect::ToggleMouse])
        .quiet(),
    Action::new(&[ctrl('c', "Ctrl-C")], "quit at once", Place::Anywhere, always, quit).quiet(),
];

pub(super) fn always(_: &Home) -> bool {
    true
}

/// Over the wizard, the page of a run has the wizard's steps on top.
fn shows_tabs(home: &Home) -> bool {
    !home.over_wizard
}

fn has_list(home: &Home) -> bool {
    home.list().is_some()
}

fn is_filtered(home: &Home) -> bool {
    home.list().is_some_and(|list| !list.filter.value().is_empty())
}

fn open_help(home: &mut Home) -> Vec<Effect> {
    home.overlay = Some(Overlay::Help);
    Vec::new()
}

fn close(home: &mut Home) -> Vec<Effect> {
    home.overlay = None;
    Vec::new()
}

/// The open question can still be answered.
fn asks(home: &Home) -> bool {
    matches!(home.overlay, Some(Overlay::Ask(Question { action: Some(_), .. })))
}

/// What the question is about has ended meanwhile.
fn is_settled(home: &Home) -> bool {
    !asks(home)
}

fn decline(home: &mut Home) -> Vec<Effect> {
    let question = home.overlay.take();
    if let Some(Overlay::Ask(Question { action: Some(ConfirmedAction::ReplaceDownload(_, to)), .. })) = question {
        home.notify(Severity::Idle, format!("Nothing was downloaded: {} is as it was.", to.display()));
    }
    Vec::new()
}

fn step_menu(home: &mut Home, by: isize) -> Vec<Effect> {
    if let Some(Overlay::Choose(menu)) = &mut home.overlay {
        menu.cursor = menu.cursor.saturating_add_signed(by).min(menu.items.len() - 1);
    }
    Vec::new()
}

fn take_choice(home: &mut Home) -> Vec<Effect> {
    let Some(Overlay::Choose(menu)) = home.overlay.take() else { return Vec::new() };
    (menu.items[menu.cursor].run)(home)
}

fn confirm(home: &mut Home) -> Vec<Effect> {
    let Some(Overlay::Ask(Question { action: Some(action), .. })) = home.overlay.take() else { return Vec::new() };
    match action {
        ConfirmedAction::Quit => quit(home),
        ConfirmedAction::RemoveExport(file) => exports::remove(home, file),
        ConfirmedAction::CancelRun(slug) => exports::cancel(home, &slug),
        ConfirmedAction::ReplaceSchedule(target, to) => schedule::replace(home, target, to),
        ConfirmedAction::ReplaceDownload(wanted, to) => browse::fetch(home, wanted, to, true),
        ConfirmedAction::RemoveAccount(service, name) => accounts::remove(home, service, &name),
    }
}

/// Runs the action for the typed text, or shows the error so that it can be corrected.
fn submit_prompt(home: &mut Home) -> Vec<Effect> {
    let Some(Overlay::Prompt(entry)) = home.overlay.take() else { return Vec::new() };
    let typed = entry.typed.value();
    let done = match &entry.action {
        PromptAction::Download { key, file, size } => browse::download(home, (key, file, *size), typed),
        PromptAction::DeleteFile { key, file } => browse::delete(home, (key, file), typed),
        PromptAction::WriteSchedule(target) => schedule::write(home, *target, typed),
        PromptAction::RenameAccount(service, name) => accounts::rename(home, (*service, name), typed),
        PromptAction::MoveExports(service, name) => accounts::move_exports(home, (*service, name), typed),
    };
    done.unwrap_or_else(|wrong| {
        home.overlay = Some(Overlay::Prompt(TextPrompt { wrong: Some(wrong), ..entry }));
        Vec::new()
    })
}

fn begin_filter(home: &mut Home) -> Vec<Effect> {
    home.filtering = true;
    Vec::new()
}

fn end_filter(home: &mut Home) -> Vec<Effect> {
    home.filtering = false;
    Vec::new()
}

fn clear_filter(home: &mut Home) -> Vec<Effect> {
    home.filtering = false;
    if let Some(search) = home.list_mut() {
        search.filter.reset();
    }
    keys::filtered(home)
}

fn step(home: &mut Home, by: isize) -> Vec<Effect> {
    if let Some(search) = home.list_mut() {
        search.step(by);
    }
    (home.tab.spec().moved)(home)
}

fn scroll_by(home: &mut Home, by: isize) -> Vec<Effect> {
    home.top = home.top.saturating_add_signed(by);
    Vec::new()
}

fn leave(home: &mut Home) -> Vec<Effect> {
    match leave_text(home) {
        Some(text) => home.ask("Leave Writeback?", text, ConfirmedAction::Quit),
        None => return quit(home),
    }
    Vec::new()
}

/// The consequence of leaving now for what is under way; `None` if nothing is.
fn leave_text(home: &Home) -> Option<String> {
    let begin = match home.exports.running() {
        0 => {
            let fetching = home.browse.fetching.as_ref();
            return fetching.map(|_| "The download will be cancelled, and nothing of it kept.".to_owned());
        }
        1 => "A run is under way. It will be cancelled".to_owned(),
        running => format!("{running} runs are under way. They will be cancelled"),
    };
    Some(match home.exports.has_sent_all() {
        false => format!("{begin}, and data.world stays as it is."),
        true => format!("{begin}. A file that was sent already stays, without the proof that it arrived."),
    })
}

/// Keeps an open question true while what it asks about goes on.
pub(super) fn renew_question(home: &mut Home) {
    let Some(Overlay::Ask(Question { action: Some(action), .. })) = &home.overlay else { return };
    let (now, is_settled) = match action {
        ConfirmedAction::Quit => (leave_text(home).unwrap_or_else(|| "It has ended meanwhile.".to_owned()), false),
        ConfirmedAction::CancelRun(slug) => match home.exports.runs.get(slug) {
            Some(run) => (run.cancel_text().to_owned(), !run.is_running()),
            None => return,
        },
        _ => return,
    };
    if let Some(Overlay::Ask(question)) = &mut home.overlay {
        question.text = now;
        question.action.take_if(|_| is_settled);
    }
}

fn quit(home: &mut Home) -> Vec<Effect> {
    let mut effects = exports::cancel_all(home);
    effects.push(Effect::Quit);
    effects
}
