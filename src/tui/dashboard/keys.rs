//! Handles messages.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Home, Overlay, Tab, actions, browse};
use crate::text::secret::Secret;
use crate::tui::state::actions::{Keyed as _, Place, idle_notice};
use crate::tui::state::typing::{editing, paste_text};
use crate::tui::state::{Effect, HasShell, Msg, Notice, Severity, Shell};

pub fn update(home: &mut Home, msg: Msg) -> Vec<Effect> {
    let effects = apply(home, msg);
    actions::renew_question(home);
    effects
}

fn apply(home: &mut Home, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Start => super::enter_home(home, None),
        Msg::Intent(_) | Msg::Ending => Vec::new(),
        Msg::Now(now) => super::set_time(home, now),
        Msg::Tick => {
            if home.is_animated() {
                home.ticks = home.ticks.wrapping_add(1);
            }
            Vec::new()
        }
        Msg::Key(key) => home.press(key),
        Msg::Paste(text) => paste(home, &text),
        Msg::Tab(_) | Msg::Point { .. } | Msg::Open | Msg::Scroll { .. } if home.overlay.is_some() => Vec::new(),
        Msg::Tab(tab) => {
            home.shell.notice = None;
            home.enter(tab)
        }
        Msg::Point { row, top } => {
            home.shell.notice = None;
            // Pointing at a row ends the search.
            home.filtering = false;
            scroll_to(home, row, top)
        }
        // A click finds a scheduler, and installs nothing.
        Msg::Open if home.open_schedule().is_some() => Vec::new(),
        Msg::Open => home.open(),
        Msg::Scroll { row, top } => scroll_to(home, row, top),
        Msg::Reply(reply) => reply.deliver(home),
    }
}

impl HasShell for Home {
    fn shell_mut(&mut self) -> &mut Shell {
        &mut self.shell
    }

    fn take_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        // A repeated Enter installs nothing that was not read.
        if self.last_enter.is_repeated_by(key, self.now) && self.place() == Place::Schedule {
            return Some(Vec::new());
        }
        type_key(self, key)
    }

    fn idle_notice(&self, key: KeyEvent) -> Option<Notice> {
        if key.code != KeyCode::Esc || !self.place().is_tab() {
            return idle_notice(self, key);
        }
        let text = format!("There is nothing to go back to. {} quits.", self.key("home.quit"));
        Some(Notice { severity: Severity::Idle, text })
    }
}

/// Types into the prompt or the filter, or chooses by letter; `None` if the key is not for them.
fn type_key(home: &mut Home, key: KeyEvent) -> Option<Vec<Effect>> {
    if let (Some(Overlay::Choose(menu)), KeyCode::Char(c)) = (&home.overlay, key.code)
        && KeyModifiers::SHIFT.contains(key.modifiers)
    {
        let chosen = *menu.items.iter().find(|item| item.key == c.to_ascii_lowercase())?;
        home.overlay = None;
        return Some((chosen.run)(home));
    }
    if let Some(Overlay::Prompt(entry)) = &mut home.overlay {
        entry.edit(editing(key)?);
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
        entry.paste(text);
        return Vec::new();
    }
    if home.overlay.is_some() || !home.filtering {
        return Vec::new();
    }
    home.shell.notice = None;
    match home.list_mut() {
        Some(search) => paste_text(&mut search.filter, text),
        None => return Vec::new(),
    }
    filtered(home)
}

fn scroll_to(home: &mut Home, row: usize, top: usize) -> Vec<Effect> {
    if let (Tab::Exports, Some(page)) = (home.tab, &mut home.schedule) {
        page.point_at(row);
        return Vec::new();
    }
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
