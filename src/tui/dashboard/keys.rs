//! Handles messages.

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{Home, Overlay, Tab, accounts, browse, check, exports};
use crate::text::secret::Secret;
use crate::tui::state::actions::{action_for_key, enter_action};
use crate::tui::state::typing::{editing, paste_text};
use crate::tui::state::{self, Effect, Msg, Reply, Request, Weight};

pub fn update(home: &mut Home, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Start => super::enter_home(home, None),
        Msg::Vault(_) | Msg::Focus(_) | Msg::Choose(..) | Msg::Ending => Vec::new(),
        Msg::Now(now) => super::set_time(home, now),
        Msg::Tick => {
            if home.is_animated() {
                home.ticks = home.ticks.wrapping_add(1);
            }
            Vec::new()
        }
        Msg::Key(key) => handle_key(home, key),
        Msg::Paste(text) => paste(home, &text),
        Msg::Tab(_) | Msg::Point { .. } | Msg::Open | Msg::Scroll { .. } if home.overlay.is_some() => Vec::new(),
        Msg::Tab(tab) => {
            home.notice = None;
            home.enter(tab)
        }
        Msg::Point { row, top } => {
            home.notice = None;
            // Pointing at a row ends the search.
            home.filtering = false;
            scroll_to(home, row, top)
        }
        Msg::Open => {
            home.notice = None;
            enter_action(home).map(|action| (action.run)(home)).unwrap_or_default()
        }
        Msg::Scroll { row, top } => scroll_to(home, row, top),
        Msg::Reply(request, reply) => handle_reply(home, request, *reply),
    }
}

fn handle_key(home: &mut Home, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    home.notice = None;
    if let Some(effects) = type_key(home, key) {
        return effects;
    }
    action_for_key(home, key).map(|action| (action.run)(home)).unwrap_or_default()
}

/// Types into the prompt or the filter; `None` if the key is not for them.
fn type_key(home: &mut Home, key: KeyEvent) -> Option<Vec<Effect>> {
    if let Some(Overlay::Prompt(entry)) = &mut home.overlay {
        entry.typed.handle(editing(key)?);
        entry.wrong = None;
        return Some(Vec::new());
    }
    if home.overlay.is_some() || !home.filtering {
        return None;
    }
    let edit = editing(key)?;
    let changed = home.list_mut()?.filter.handle(edit).is_some_and(|change| change.value);
    Some(if changed { filtered(home) } else { Vec::new() })
}

fn paste(home: &mut Home, text: &Secret) -> Vec<Effect> {
    if let Some(Overlay::Prompt(entry)) = &mut home.overlay {
        paste_text(&mut entry.typed, text);
        entry.wrong = None;
        return Vec::new();
    }
    if home.overlay.is_some() || !home.filtering {
        return Vec::new();
    }
    home.notice = None;
    match home.list_mut() {
        Some(search) => paste_text(&mut search.filter, text),
        None => return Vec::new(),
    }
    filtered(home)
}

fn scroll_to(home: &mut Home, row: usize, top: usize) -> Vec<Effect> {
    if home.is_open() {
        home.top = top;
        browse::scroll(home, top);
        return Vec::new();
    }
    if let Some(search) = home.list_mut() {
        search.point_at(row, top);
    }
    (home.tab.spec().moved)(home)
}

pub(super) fn filtered(home: &mut Home) -> Vec<Effect> {
    (home.tab.spec().filtered)(home)
}

fn handle_reply(home: &mut Home, request: Request, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Home(kept) => {
            let (kept, answer) = state::split_reply(kept);
            let failed = answer.as_ref().err().map(|explanation| explanation.what.clone());
            match (home.loaded.answer(request, answer), kept, failed) {
                (true, Some(kept), _) => {
                    home.saved_accounts = kept.accounts;
                    exports::rebuild_rows(home, kept.exports);
                    accounts::rebuild_rows(home);
                    return exports::ask_schedulers(home);
                }
                (true, _, Some(what)) => home.notify(Weight::Warning, what),
                _ => {}
            }
            Vec::new()
        }
        Reply::Checked(checked) => {
            check::progress(home, request, *checked);
            Vec::new()
        }
        Reply::CheckEnded(result) => check::ended(home, request, result),
        Reply::Copied(copied, text) => {
            home.notice = home.copying.answer(request, copied, &text).or(home.notice.take());
            Vec::new()
        }
        reply => {
            let mut reply = Box::new(reply);
            for tab in Tab::ALL {
                match (tab.spec().reply)(home, request, reply) {
                    Ok(effects) => return effects,
                    Err(other) => reply = other,
                }
            }
            Vec::new()
        }
    }
}
