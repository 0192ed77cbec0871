//! The saved accounts.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::home::Home;
use crate::screen::Theme;

/// Draws the tab Accounts.
pub(super) fn draw(_frame: &mut Frame<'_>, _area: Rect, _home: &Home, _theme: &Theme) {}
