//! What lies over a pane: the keys, and the questions whether to leave, and whether to go on.
//!
//! ```text
//!   Keys                                        ┌ Leave Writeback? ──────────────────────┐
//!                                               │                                        │
//!   Ctrl-N            continue                  │ What you entered is kept, …            │
//!   Tab Enter ↓       next field                │                                        │
//!   Esc               leave                     └────────────────────────────────────────┘
//! ```

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::Theme;
use super::text::{Rows, wrap};
use crate::printable::{columns, fit, pad};
use crate::state::actions::Hint;

/// Columns of the question.
const QUESTION: u16 = 46;

/// Draws the keys of the place that the help was opened from, in two columns where one is too short.
pub(super) fn draw_help(buffer: &mut Buffer, area: Rect, hints: &[Hint], log: Option<&Path>, theme: &Theme) {
    let mut rows = Rows::new(buffer, area);
    rows.text("Keys", theme.heading);
    if area.height > 12 {
        rows.blank();
    }
    // The last row is for the log.
    let log = log.filter(|_| area.height > 12);
    let height = usize::from(rows.left()).saturating_sub(if log.is_some() { 2 } else { 0 }).max(1);
    let parts: Vec<&[Hint]> = hints.chunks(height).collect();
    let width = rows.width() / u16::try_from(parts.len()).unwrap_or(1).max(1);
    let top = area.y + (area.height - rows.left());
    for (part, x) in parts.into_iter().zip((area.x..).step_by(usize::from(width.max(1)))) {
        let keys = part.iter().map(|hint| columns(&hint.keys)).max().unwrap_or(0) + 2;
        for (hint, y) in part.iter().zip(top..area.bottom()) {
            let line = Line::from(vec![Span::styled(pad(&hint.keys, keys), theme.accent), Span::raw(hint.label)]);
            rows.buffer().set_line(x, y, &line, width);
        }
    }
    if let Some(log) = log {
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        Rows::new(buffer, last).text(&format!("Log: {}", log.display()), theme.hint);
    }
}

/// Draws a question, with what follows from a yes.
pub(super) fn draw_question(buffer: &mut Buffer, area: Rect, title: &str, text: &str, theme: &Theme) {
    let width = QUESTION.min(area.width);
    let lines = wrap(text, width.saturating_sub(4));
    let height = (lines.len() as u16 + 4).min(area.height);
    let frame = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(frame, buffer);
    // Half of a wide character would take the border with it.
    for y in frame.top()..frame.bottom() {
        let left = buffer.cell_mut((frame.x.saturating_sub(1), y)).filter(|cell| columns(cell.symbol()) > 1);
        if let (Some(cell), true) = (left, frame.x > area.x) {
            cell.set_symbol(" ");
        }
    }
    let title = Line::styled(format!(" {} ", fit(title, usize::from(width.saturating_sub(4)))), theme.heading);
    Block::bordered().border_style(theme.line).title(title).render(frame, buffer);
    let inner =
        Rect { x: frame.x + 2, y: frame.y + 2, width: width.saturating_sub(4), height: height.saturating_sub(3) };
    let mut rows = Rows::new(buffer, inner);
    for line in lines {
        rows.text(&line, Style::new());
    }
}
