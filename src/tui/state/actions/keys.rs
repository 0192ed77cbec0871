//! Bindings of common keys.

use crossterm::event::KeyCode;

use super::Binding;

pub(crate) const UP: Binding = Binding::key(KeyCode::Up, "↑");
pub(crate) const DOWN: Binding = Binding::key(KeyCode::Down, "↓");
pub(crate) const LEFT: Binding = Binding::key(KeyCode::Left, "←");
pub(crate) const RIGHT: Binding = Binding::key(KeyCode::Right, "→");
pub(crate) const ENTER: Binding = Binding::key(KeyCode::Enter, "Enter");
pub(crate) const ESC: Binding = Binding::key(KeyCode::Esc, "Esc");
pub(crate) const SPACE: Binding = Binding::key(KeyCode::Char(' '), "Space");
pub(crate) const TAB: Binding = Binding::key(KeyCode::Tab, "Tab");
pub(crate) const BACK_TAB: Binding = Binding::key(KeyCode::BackTab, "Shift-Tab");
pub(crate) const F1: Binding = Binding::key(KeyCode::F(1), "F1");
pub(crate) const F2: Binding = Binding::key(KeyCode::F(2), "F2");
pub(crate) const F5: Binding = Binding::key(KeyCode::F(5), "F5");
pub(crate) const HOME: Binding = Binding::key(KeyCode::Home, "Home");
pub(crate) const END: Binding = Binding::key(KeyCode::End, "End");
pub(crate) const DELETE: Binding = Binding::key(KeyCode::Delete, "Del");
pub(crate) const PAGE_UP: Binding = Binding::key(KeyCode::PageUp, "PgUp");
pub(crate) const PAGE_DOWN: Binding = Binding::key(KeyCode::PageDown, "PgDn");
pub(crate) const ALT_LEFT: Binding = Binding::alt(KeyCode::Left, "Alt-←");

/// The number of rows that PgUp and PgDn move.
pub(crate) const PAGE: isize = 10;

pub(crate) const fn letter(c: char, name: &'static str) -> Binding {
    Binding::key(KeyCode::Char(c), name)
}

pub(crate) const fn alt(c: char, name: &'static str) -> Binding {
    Binding::alt(KeyCode::Char(c), name)
}

pub(crate) const fn ctrl(c: char, name: &'static str) -> Binding {
    Binding::ctrl(c, name)
}
