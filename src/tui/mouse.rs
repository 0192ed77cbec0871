//! Turns clicks and the wheel into messages, by the target under the pointer.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::tui::form::Intent;
use crate::tui::screen::{HitMap, HitTarget, ScrollState};
use crate::tui::state::Msg;

/// Rows that one step of the wheel moves by.
const STEP: usize = 3;

/// The message of a mouse event on a screen with these targets; `None` outside them.
pub fn meant(event: MouseEvent, targets: &HitMap) -> Option<Msg> {
    let (area, target) = targets.at(Position { x: event.column, y: event.row })?;
    match (event.kind, target) {
        (MouseEventKind::Down(MouseButton::Left), target) => click(usize::from(event.row - area.y), target),
        (MouseEventKind::ScrollDown, HitTarget::Rows(state)) => {
            let last = state.length.saturating_sub(area.height.into());
            scroll(area, state, (state.top + STEP).min(last).max(state.top))
        }
        (MouseEventKind::ScrollUp, HitTarget::Rows(state)) => scroll(area, state, state.top.saturating_sub(STEP)),
        _ => None,
    }
}

/// A click on the row `at` of a target.
fn click(at: usize, target: HitTarget) -> Option<Msg> {
    match target {
        HitTarget::Key(key) => Some(Msg::Key(key)),
        HitTarget::Tab(tab) => Some(Msg::Tab(tab)),
        HitTarget::Field(field) => Some(Msg::Intent(Intent::Focus(field))),
        HitTarget::Choice(field, choice) => Some(Msg::Intent(Intent::Choose(field, choice))),
        HitTarget::Rows(ScrollState { top, length, cursor }) => {
            let row = top + at;
            match cursor? {
                _ if row >= length => None,
                // The second click opens what the first has found.
                cursor if row == cursor => Some(Msg::Open),
                _ => Some(Msg::Point { row, top }),
            }
        }
    }
}

/// Puts `top` on top. The cursor stays on its row as long as that is in sight.
fn scroll(area: Rect, state: ScrollState, top: usize) -> Option<Msg> {
    let row = state.cursor.unwrap_or(top).clamp(top, top + usize::from(area.height) - 1);
    (top != state.top).then_some(Msg::Scroll { row, top })
}
