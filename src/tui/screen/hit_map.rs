//! Hit areas for the mouse, recorded while drawing.

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use crate::tui::dashboard::Tab;
use crate::tui::form::Field;
use crate::tui::state::Search;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitTarget {
    Key(KeyEvent),
    Tab(Tab),
    Rows(ScrollState),
    Field(Field),
    /// A choice of a field: one of several, a checkbox's other state, or a button.
    Choice(Field, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrollState {
    pub top: usize,
    pub length: usize,
    /// `None` for rows without a selection.
    pub cursor: Option<usize>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HitMap(Vec<(Rect, HitTarget)>);

impl HitMap {
    /// Later areas cover earlier ones.
    pub(super) fn add(&mut self, area: Rect, target: HitTarget) {
        if !area.is_empty() {
            self.0.push((area, target));
        }
    }

    pub(super) fn extend(&mut self, part: Self) {
        self.0.extend(part.0);
    }

    /// The rows of a list, as far as there are any.
    pub(super) fn list(area: Rect, search: &Search) -> Self {
        let height = usize::from(area.height).min(search.len());
        let state =
            ScrollState { top: search.first_in_sight(height), length: search.len(), cursor: Some(search.cursor) };
        Self::rows(Rect { height: u16::try_from(height).unwrap_or(area.height), ..area }, state)
    }

    pub(super) fn rows(area: Rect, state: ScrollState) -> Self {
        let mut targets = Self::default();
        targets.add(area, HitTarget::Rows(state));
        targets
    }

    pub fn at(&self, place: Position) -> Option<(Rect, HitTarget)> {
        self.0.iter().rev().find(|(area, _)| area.contains(place)).copied()
    }

    /// The first visible row of a scroll view without a cursor.
    pub fn scroll_top(&self) -> Option<usize> {
        self.0.iter().find_map(|(_, target)| match target {
            HitTarget::Rows(ScrollState { top, cursor: None, .. }) => Some(*top),
            _ => None,
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (Rect, HitTarget)> + '_ {
        self.0.iter().copied()
    }
}
