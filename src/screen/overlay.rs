//! What lies over a pane: the keys, and the questions whether to leave, and whether to go on.
//!
//! ```text
//!   Keys                                        ┌ Leave Writeback? ──────────────────────┐
//!                                               │                                        │
//!   Ctrl-N            continue                  │ What you entered is kept, …            │
//!   Tab Enter ↓       next field                │                                        │
//!   Esc               leave                     └────────────────────────────────────────┘
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::Theme;
use super::text::{Rows, wrap};
use crate::printable::pad;
use crate::wizard::actions;
use crate::wizard::words::begun;
use crate::wizard::{Model, Overlay};

/// Columns for the names of keys.
const KEYS: usize = 22;
/// Columns of the question.
const QUESTION: u16 = 46;

/// Draws the keys of the place that the help was opened from, in two columns where one is too short.
pub(super) fn draw_help(buffer: &mut Buffer, area: Rect, model: &Model, theme: &Theme) {
    let hints = actions::help(model);
    let mut rows = Rows::new(buffer, area);
    rows.text("Keys", theme.heading);
    if area.height > 8 {
        rows.blank();
    }
    // The last row is for the log.
    let log = model.log.as_ref().filter(|_| area.height > 8);
    let height = usize::from(rows.left()).saturating_sub(if log.is_some() { 2 } else { 0 }).max(1);
    let lines: Vec<Line<'_>> = hints
        .iter()
        .map(|hint| Line::from(vec![Span::styled(pad(&hint.keys, KEYS), theme.accent), Span::raw(hint.label)]))
        .collect();
    let half = rows.width() / 2;
    for at in 0..height.min(lines.len()) {
        let Some(row) = rows.take() else { return };
        rows.buffer().set_line(row.x, row.y, &lines[at], row.width);
        if let Some(second) = lines.get(at + height) {
            let right = Rect { x: row.x + half, width: row.width - half, ..row };
            rows.buffer().set_line(right.x, right.y, second, right.width);
        }
    }
    if let Some(log) = log {
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        Rows::new(buffer, last).text(&format!("Log: {}", log.display()), theme.hint);
    }
}

/// Draws the question whether to leave, or to go on with what was begun before.
pub(super) fn draw_question(buffer: &mut Buffer, area: Rect, model: &Model, theme: &Theme) {
    let (title, text) = match &model.draft {
        Some(draft) if model.overlay == Some(Overlay::Draft) => (" Go on? ", begun(draft)),
        _ if model.run.waits() => {
            (" Leave Writeback? ", "The export is cancelled, and the old file stays as it is.".to_owned())
        }
        _ if model.demo => (" Leave Writeback? ", "What you entered is lost.".to_owned()),
        _ => (
            " Leave Writeback? ",
            "What you entered is kept, except for secrets, and offered at the next start.".to_owned(),
        ),
    };
    let width = QUESTION.min(area.width);
    let lines = wrap(&text, width.saturating_sub(4));
    let height = (lines.len() as u16 + 4).min(area.height);
    let frame = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(frame, buffer);
    let title = Line::styled(title, theme.heading);
    Block::bordered().border_style(theme.line).title(title).render(frame, buffer);
    let inner =
        Rect { x: frame.x + 2, y: frame.y + 2, width: width.saturating_sub(4), height: height.saturating_sub(3) };
    let mut rows = Rows::new(buffer, inner);
    for line in lines {
        rows.text(&line, Style::new());
    }
}
