//! The notice, and the keys that do something now.
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
use super::hit_map::{HitMap, HitTarget};
use super::text::{Rows, Sign, columns_of_row, wrap};
use crate::text::terminal_text::columns;
use crate::tui::state::actions::Hint;
use crate::tui::state::{Notice, Severity};

const GAP: &str = "   ";

pub(super) fn draw_keys(buffer: &mut Buffer, row: Rect, hints: &[Hint], theme: &Theme) -> HitMap {
    let mut targets = HitMap::default();
    let mut line = Line::default();
    for (at, (hint, label)) in fitting_hints(hints, row.width.into()).into_iter().enumerate() {
        line.push_span(Span::raw(if at > 0 { GAP } else { "" }));
        targets.add(columns_of_row(row, line.width(), hint_width(hint, label)), HitTarget::Key(hint.first.event()));
        line.push_span(Span::styled(hint.first.name, theme.accent));
        line.push_span(Span::styled(format!(" {label}"), theme.hint));
    }
    buffer.set_line(row.x, row.y, &line, row.width);
    targets
}

/// Chooses the hints and labels that fit, in their order: first the hints that are always shown, then the others; the
/// remaining room goes to longer labels.
fn fitting_hints(hints: &[Hint], width: usize) -> Vec<(&Hint, &'static str)> {
    let mut room = width + GAP.len();
    let mut labels = vec![None; hints.len()];
    for first_pass in [true, false] {
        for (hint, label) in hints.iter().zip(&mut labels) {
            let needed = hint_width(hint, hint.short) + GAP.len();
            if hint.always == first_pass && needed <= room {
                room -= needed;
                *label = Some(hint.short);
            }
        }
    }
    for (hint, label) in hints.iter().zip(&mut labels).filter(|(_, label)| label.is_some()) {
        let more = columns(hint.label).saturating_sub(columns(hint.short));
        if more <= room {
            room -= more;
            *label = Some(hint.label);
        }
    }
    hints.iter().zip(labels).filter_map(|(hint, label)| Some((hint, label?))).collect()
}

fn hint_width(hint: &Hint, label: &str) -> usize {
    columns(hint.first.name) + 1 + columns(label)
}

/// The longest notice: a saved export and the next step, on a narrow screen.
const MAX_NOTICE_ROWS: u16 = 4;

pub(super) fn notice_height(notice: Option<&Notice>, width: u16) -> u16 {
    let lines = notice.map_or(0, |notice| wrap(&notice.text, width.saturating_sub(2)).len());
    u16::try_from(lines).unwrap_or(u16::MAX).min(MAX_NOTICE_ROWS)
}

pub(super) fn draw_notice(buffer: &mut Buffer, area: Rect, notice: Option<&Notice>, theme: &Theme) {
    let Some(notice) = notice else { return };
    let sign = match notice.severity {
        Severity::Info => Sign::Done,
        Severity::Idle => Sign::Skipped,
        Severity::Warning => Sign::Warning,
    };
    Rows::new(buffer, area).signed(sign, &notice.text, Style::new(), theme);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::actions::Binding;
    use crate::tui::state::actions::keys::*;

    fn hint(first: Binding, label: &'static str, short: &'static str, always: bool) -> Hint {
        Hint { keys: first.name.to_owned(), first, label, short, quiet: false, always }
    }

    fn shown(hints: &[Hint], width: usize) -> Vec<&'static str> {
        fitting_hints(hints, width).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn the_keys_to_continue_and_leave_come_first() {
        let hints = [
            hint(TAB, "next field", "next field", false),
            hint(SPACE, "change", "change", false),
            hint(ctrl('n', "Ctrl-N"), "continue", "continue", true),
            hint(ESC, "leave", "leave", true),
            hint(F1, "help", "help", true),
        ];
        assert_eq!(shown(&hints, 80), ["next field", "change", "continue", "leave", "help"]);
        assert_eq!(shown(&hints, 58), ["next field", "continue", "leave", "help"]);
        assert_eq!(shown(&hints, 40), ["continue", "leave", "help"]);
        assert_eq!(shown(&hints, 37), ["continue", "leave", "help"]);
        assert_eq!(shown(&hints, 36), ["continue", "leave"]);
    }

    #[test]
    fn labels_shorten_before_a_key_is_left_out() {
        let hints = [
            hint(letter('a', "a"), "allow this time", "allow once", false),
            hint(letter('b', "b"), "back to Details", "back", true),
            hint(letter('r', "r"), "retry", "retry", false),
        ];
        assert_eq!(shown(&hints, 47), ["allow this time", "back to Details", "retry"]);
        assert_eq!(shown(&hints, 46), ["allow this time", "back", "retry"]);
        assert_eq!(shown(&hints, 31), ["allow once", "back", "retry"]);
        assert_eq!(shown(&hints, 30), ["allow this time", "back"]);
    }
}
