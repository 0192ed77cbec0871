//! What has just happened, and the keys that do something now.
//!
//! ```text
//!  ! You can read acme-analytics/archive but not write to it.
//! ────────────────────────────────────────────────────────────────────────────────
//!  Ctrl-N continue   Ctrl-P back   ↓ choose   Tab next field   Esc leave   F1 help
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Theme;
use super::targets::{Target, Targets};
use super::text::{Rows, Sign, part, wrap};
use crate::printable::columns;
use crate::state::actions::Hint;
use crate::state::{Notice, Weight};

/// Between two keys.
const GAP: &str = "   ";

/// Keys that are named even where there is little room: the ways on, out, and to the names of all others.
const ALWAYS: [&str; 7] = ["Ctrl-N", "Enter", "F5", "Esc", "/", "q", "F1"];

/// Draws the keys, as many as there is room for.
pub(super) fn draw_keys(buffer: &mut Buffer, row: Rect, hints: &[Hint], theme: &Theme) -> Targets {
    let mut targets = Targets::default();
    let mut line = Line::default();
    for (at, hint) in that_fit(hints, row.width.into()).into_iter().enumerate() {
        line.push_span(Span::raw(if at > 0 { GAP } else { "" }));
        targets.add(part(row, line.width(), columns_of(hint)), Target::Key(hint.first.event()));
        line.push_span(Span::styled(hint.first.name, theme.accent));
        line.push_span(Span::styled(format!(" {}", hint.label), theme.hint));
    }
    buffer.set_line(row.x, row.y, &line, row.width);
    targets
}

/// The hints that fit, in their order: first those that are always named, then the others from the first.
fn that_fit(hints: &[Hint], width: usize) -> Vec<&Hint> {
    let always = |hint: &Hint| ALWAYS.contains(&hint.first.name);
    let mut room = width + GAP.len();
    let mut fits = vec![false; hints.len()];
    for first_pass in [true, false] {
        for (hint, fits) in hints.iter().zip(&mut fits) {
            let needed = columns_of(hint) + GAP.len();
            if always(hint) == first_pass && needed <= room {
                room -= needed;
                *fits = true;
            }
        }
    }
    hints.iter().zip(fits).filter_map(|(hint, fits)| fits.then_some(hint)).collect()
}

fn columns_of(hint: &Hint) -> usize {
    columns(hint.first.name) + 1 + columns(hint.label)
}

/// The most rows that a notice takes: what was saved, and what is to be done next, on a narrow screen.
const NOTICE: u16 = 4;

/// How many rows the notice takes.
pub(super) fn notice_height(notice: Option<&Notice>, width: u16) -> u16 {
    let lines = notice.map_or(0, |notice| wrap(&notice.text, width.saturating_sub(2)).len());
    u16::try_from(lines).unwrap_or(u16::MAX).min(NOTICE)
}

/// Draws what has just happened.
pub(super) fn draw_notice(buffer: &mut Buffer, area: Rect, notice: Option<&Notice>, theme: &Theme) {
    let Some(notice) = notice else { return };
    let sign = match notice.weight {
        Weight::Info => Sign::Done,
        Weight::Warning => Sign::Warning,
    };
    Rows::new(buffer, area).signed(sign, &notice.text, Style::new(), theme);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::actions::keys::*;

    #[test]
    fn the_ways_on_and_out_are_named_first() {
        let hints =
            [(TAB, "next field"), (SPACE, "change"), (ctrl('n', "Ctrl-N"), "continue"), (ESC, "leave"), (F1, "help")]
                .map(|(first, label)| Hint { keys: first.name.to_owned(), first, label, quiet: false });
        let shown = |width| that_fit(&hints, width).into_iter().map(|hint| hint.label).collect::<Vec<_>>();
        assert_eq!(shown(80), ["next field", "change", "continue", "leave", "help"]);
        assert_eq!(shown(58), ["next field", "continue", "leave", "help"]);
        assert_eq!(shown(40), ["continue", "leave", "help"]);
        assert_eq!(shown(37), ["continue", "leave", "help"]);
        assert_eq!(shown(36), ["continue", "leave"]);
    }
}
