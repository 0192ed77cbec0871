//! What has just happened, and the keys that do something now.
//!
//! ```text
//!  ! You may read acme-analytics/archive but not write to it.
//! ────────────────────────────────────────────────────────────────────────────────
//!  Ctrl-N continue   Ctrl-P back   ↓ choose   Tab next field   Esc leave   F1 help
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Theme;
use super::text::{Rows, Sign, wrap};
use crate::printable::columns;
use crate::wizard::actions::{self, Hint};
use crate::wizard::{Model, Weight};

/// Between two keys.
const GAP: usize = 3;

/// Draws the keys, as many as there is room for; the last one, the help, always is.
pub(super) fn draw_keys(buffer: &mut Buffer, row: Rect, model: &Model, theme: &Theme) {
    let mut hints = actions::footer(model);
    let last = hints.pop();
    let mut room = usize::from(row.width).saturating_sub(last.as_ref().map_or(0, width));
    let mut line = Line::default();
    for hint in hints {
        let needed = width(&hint) + GAP;
        if needed > room {
            continue;
        }
        room -= needed;
        push(&mut line, &hint, theme);
        line.push_span(Span::raw(" ".repeat(GAP)));
    }
    if let Some(hint) = last {
        push(&mut line, &hint, theme);
    }
    buffer.set_line(row.x, row.y, &line, row.width);
}

fn width(hint: &Hint) -> usize {
    columns(first(hint)) + 1 + columns(hint.label)
}

fn push(line: &mut Line<'_>, hint: &Hint, theme: &Theme) {
    line.push_span(Span::styled(first(hint).to_owned(), theme.accent));
    line.push_span(Span::styled(format!(" {}", hint.label), theme.hint));
}

/// The key to name where there is room for one.
fn first(hint: &Hint) -> &str {
    hint.keys.split(' ').next().unwrap_or_default()
}

/// How many rows the notice takes.
pub(super) fn notice_height(model: &Model, width: u16) -> u16 {
    let lines = model.notice.as_ref().map_or(0, |notice| wrap(&notice.text, width.saturating_sub(2)).len());
    u16::try_from(lines).unwrap_or(u16::MAX).min(3)
}

/// Draws what has just happened.
pub(super) fn draw_notice(buffer: &mut Buffer, area: Rect, model: &Model, theme: &Theme) {
    let Some(notice) = &model.notice else { return };
    let sign = match notice.weight {
        Weight::Info => Sign::Done,
        Weight::Warning => Sign::Warning,
    };
    Rows::new(buffer, area).signed(sign, &notice.text, Style::new(), theme);
}
