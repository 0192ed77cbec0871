//! The tabs, and the number of runs under way.
//!
//! ```text
//!  Writeback                                                          2 runs under way
//!  1 Exports   2 Browse   3 Accounts   4 History
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use strum::VariantArray as _;

use crate::text::format::counted;
use crate::tui::dashboard::{Home, Tab};
use crate::tui::screen::text::columns_of_row;
use crate::tui::screen::{HitMap, HitTarget, Theme};

pub(in crate::tui::screen) fn running(home: &Home) -> String {
    match home.exports.running() {
        0 => String::new(),
        running => format!("{} under way", counted(running, "run")),
    }
}

pub(in crate::tui::screen) fn draw_tabs(buffer: &mut Buffer, row: Rect, home: &Home, theme: &Theme) -> HitMap {
    let row = Rect { x: row.x.saturating_sub(1), width: row.width + 1, ..row };
    let mut targets = HitMap::default();
    let mut line = Line::default();
    for (at, &tab) in Tab::VARIANTS.iter().enumerate() {
        let style = if tab == home.tab { theme.focus.add_modifier(Modifier::UNDERLINED) } else { theme.hint };
        let label = Span::styled(format!("{} {}", at + 1, tab.label()), style);
        targets.add(columns_of_row(row, line.width(), label.width() + 2), HitTarget::Tab(tab));
        line.spans.extend([Span::raw(" "), label, Span::raw(" ")]);
    }
    buffer.set_line(row.x, row.y, &line, row.width);
    targets
}
