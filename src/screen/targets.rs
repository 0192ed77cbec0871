//! What stands where on the screen, for whoever points at it. Drawing returns it, so that nothing else has to know.

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use crate::home::Tab;
use crate::state::Search;
use crate::wizard::Field;

/// What can be pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A key of the footer.
    Key(KeyEvent),
    /// A tab of home.
    Tab(Tab),
    /// The rows of a list, or of anything that scrolls.
    Rows(ScrollState),
    /// A field of a form.
    Field(Field),
    /// A choice of a field: one of several, off or on, or what there is to press.
    Choice(Field, usize),
}

/// How far a list is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrollState {
    /// The first row in sight.
    pub top: usize,
    /// How many rows there are.
    pub length: usize,
    /// The row under the cursor; `None` where there is no cursor, and nothing to choose.
    pub cursor: Option<usize>,
}

/// All that is on the screen to be pointed at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets(Vec<(Rect, Target)>);

impl Targets {
    /// Adds a target. What was added before lies under it.
    pub(super) fn add(&mut self, area: Rect, target: Target) {
        if !area.is_empty() {
            self.0.push((area, target));
        }
    }

    /// Adds those of a part of the screen.
    pub(super) fn extend(&mut self, part: Self) {
        self.0.extend(part.0);
    }

    /// The list whose rows fill `area` from the top, as far as there are rows.
    pub(super) fn list(area: Rect, search: &Search) -> Self {
        let height = usize::from(area.height).min(search.len());
        let state =
            ScrollState { top: search.first_in_sight(height), length: search.len(), cursor: Some(search.cursor) };
        Self::rows(Rect { height: u16::try_from(height).unwrap_or(area.height), ..area }, state)
    }

    /// Rows of anything that scrolls.
    pub(super) fn rows(area: Rect, state: ScrollState) -> Self {
        let mut targets = Self::default();
        targets.add(area, Target::Rows(state));
        targets
    }

    /// What stands at a place, and where it begins and ends.
    pub fn at(&self, place: Position) -> Option<(Rect, Target)> {
        self.0.iter().rev().find(|(area, _)| area.contains(place)).copied()
    }

    /// The first row in sight of what scrolls and has no cursor.
    pub fn top(&self) -> Option<usize> {
        self.0.iter().find_map(|(_, target)| match target {
            Target::Rows(ScrollState { top, cursor: None, .. }) => Some(*top),
            _ => None,
        })
    }

    /// All of them, what lies under others first.
    pub fn iter(&self) -> impl Iterator<Item = (Rect, Target)> + '_ {
        self.0.iter().copied()
    }
}
