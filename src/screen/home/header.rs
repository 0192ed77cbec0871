//! The tabs, and what goes on wherever one is.
//!
//! ```text
//!  Writeback                                                          2 runs under way
//!  1 Exports   2 Browse   3 Accounts   4 History
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::figures::counted;
use crate::home::{Home, Tab};
use crate::screen::Theme;

/// How many runs go on; nothing where none does.
pub(in crate::screen) fn running(home: &Home) -> String {
    match home.exports.running() {
        0 => String::new(),
        running => format!("{} under way", counted(running, "run")),
    }
}

/// Draws the tabs; the one on screen is reversed.
pub(in crate::screen) fn draw_tabs(buffer: &mut Buffer, row: Rect, home: &Home, theme: &Theme) {
    let mut line = Line::default();
    for (at, tab) in Tab::ALL.into_iter().enumerate() {
        let style = if tab == home.tab { theme.selected } else { theme.hint };
        line.push_span(Span::styled(format!(" {} {} ", at + 1, tab.label()), style));
    }
    buffer.set_line(row.x.saturating_sub(1), row.y, &line, row.width + 1);
}
