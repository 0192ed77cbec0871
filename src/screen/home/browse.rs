//! What is on data.world.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::home::Home;
use crate::screen::Theme;

/// Draws the tab Browse.
pub(super) fn draw(_frame: &mut Frame<'_>, _area: Rect, _home: &Home, _theme: &Theme) {}
