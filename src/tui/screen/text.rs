//! Rows of text: signs, wrapped sentences, text at both ends, and the visible part of an input.
//!
//! ```text
//!   ✓ you may write here            ! daily-sales.csv exists           ✗ That is not a DataSet ID.
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget as _};
use tui_input::Input;

use super::Theme;
pub(super) use crate::text::terminal_text::wrap;
use crate::text::terminal_text::{columns, fit, harmless, pad, printable};
use crate::tui::state::Search;

pub(super) const MARGIN: u16 = 2;

/// A state with a sign of its own, so that color is never needed to tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Done,
    Warning,
    Failed,
    Running,
    Waiting,
    Skipped,
}

impl Sign {
    pub(super) fn span(self, theme: &Theme) -> Span<'static> {
        let (sign, style) = match self {
            Self::Done => ("✓", theme.done),
            Self::Warning => ("!", theme.warning),
            Self::Failed => ("✗", theme.failed),
            Self::Running => ("●", theme.accent),
            Self::Waiting => ("○", theme.hint),
            Self::Skipped => ("–", theme.hint),
        };
        Span::styled(sign, style)
    }
}

/// The rows of a region, filled from the top; the rest is left out.
pub(super) struct Rows<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    next: u16,
}

impl<'a> Rows<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        let area = area.intersection(*buffer.area());
        Self { buffer, area, next: 0 }
    }

    pub(super) fn free_rows(&self) -> u16 {
        self.area.height.saturating_sub(self.next)
    }

    pub(super) fn free_area(&self) -> Rect {
        let height = self.free_rows();
        Rect { y: self.area.bottom() - height, height, ..self.area }
    }

    /// For drawing on a row from [`Rows::take`].
    pub(super) fn buffer(&mut self) -> &mut Buffer {
        self.buffer
    }

    pub(super) fn width(&self) -> u16 {
        self.area.width
    }

    pub(super) fn take(&mut self) -> Option<Rect> {
        let row = (self.free_rows() > 0).then(|| Rect { y: self.area.y + self.next, height: 1, ..self.area });
        self.next += 1;
        row
    }

    /// The next rows, if there is room for all of them.
    pub(super) fn take_rows(&mut self, height: u16) -> Option<Rect> {
        let rows = (self.free_rows() >= height).then(|| Rect { height, ..self.free_area() })?;
        self.next += height;
        Some(rows)
    }

    /// Puts each known value, wrapped, beside its label.
    pub(super) fn facts<'l>(&mut self, facts: impl IntoIterator<Item = (&'l str, Option<String>)>, theme: &Theme) {
        for (label, value) in facts {
            if let Some(value) = value {
                self.fact(label, &value, theme);
            }
        }
    }

    fn fact(&mut self, label: &str, value: &str, theme: &Theme) {
        for (at, part) in wrap(value, self.width().saturating_sub(14)).into_iter().enumerate() {
            let label = Span::styled(pad(if at == 0 { label } else { "" }, 12), theme.hint);
            self.line(&Line::from(vec![Span::raw("  "), label, Span::raw(part)]));
        }
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        if let Some(row) = self.take() {
            self.buffer.set_line(row.x, row.y, line, row.width);
        }
    }

    /// Puts a line at each end of the next row; the right one wins the room.
    pub(super) fn line_with_right(&mut self, left: &Line<'_>, right: &Line<'_>) {
        let Some(row) = self.take() else { return };
        both_ends(self.buffer, row, left, right);
    }

    pub(super) fn text(&mut self, text: &str, style: Style) {
        self.line(&Line::styled(fit(text, usize::from(self.width())), style));
    }

    pub(super) fn sentences(&mut self, text: &str, style: Style) {
        for line in wrap(text, self.width()) {
            self.line(&Line::styled(line, style));
        }
    }

    /// Puts wrapped text after a sign; further rows begin under its first word.
    pub(super) fn signed(&mut self, sign: Sign, text: &str, style: Style, theme: &Theme) {
        for (at, line) in wrap(text, self.width().saturating_sub(2)).into_iter().enumerate() {
            let mark = if at == 0 { sign.span(theme) } else { Span::raw(" ") };
            self.line(&Line::from(vec![mark, Span::raw(" "), Span::styled(line, style)]));
        }
    }

    /// Puts wrapped text under the first word of signed text.
    pub(super) fn indented(&mut self, text: &str, style: Style) {
        for line in wrap(text, self.width().saturating_sub(2)) {
            self.line(&Line::from(vec![Span::raw("  "), Span::styled(line, style)]));
        }
    }

    pub(super) fn blank(&mut self) {
        self.next += 1;
    }
}

/// Draws a frame, and a title in it. As the block's own title it would be as gray or dim as the frame.
pub(super) fn draw_frame(buffer: &mut Buffer, area: Rect, block: &Block<'_>, title: &str, theme: &Theme) {
    block.clone().border_style(theme.line).render(area, buffer);
    let title = format!(" {} ", fit(title, usize::from(area.width.saturating_sub(6))));
    let place = columns_of_row(Rect { height: 1, ..area }, 1, columns(&title));
    Clear.render(place, buffer);
    buffer.set_stringn(place.x, place.y, title, place.width.into(), theme.heading);
}

/// Draws at both ends of a row. If both do not fit, the left one is cut.
pub(super) fn both_ends(buffer: &mut Buffer, row: Rect, left: &Line<'_>, right: &Line<'_>) {
    let right_columns: usize = right.spans.iter().map(|span| columns(&span.content)).sum();
    let width = u16::try_from(right_columns).unwrap_or(u16::MAX).min(row.width);
    let room = row.width.saturating_sub(width + u16::from(width > 0) * 2);
    buffer.set_line(row.x, row.y, left, room);
    buffer.set_line(row.right() - width, row.y, right, width);
}

/// Marks the characters of a drawn row that match the filter of its list.
pub(super) fn mark_matches(buffer: &mut Buffer, row: Rect, search: &Search, theme: &Theme) {
    if search.filter.value().is_empty() {
        return;
    }
    let (mut text, mut places) = (String::new(), Vec::new());
    let mut x = row.left();
    while x < row.right() {
        let symbol = buffer[(x, row.y)].symbol();
        text.push_str(symbol);
        places.push(x);
        x += u16::try_from(columns(symbol)).unwrap_or(1).max(1);
    }
    for at in search.matching(&text) {
        if let Some(x) = places.get(at as usize) {
            buffer[(*x, row.y)].set_style(theme.matched);
        }
    }
}

/// Columns of a row from `start` on, clipped to it.
pub(super) fn columns_of_row(row: Rect, start: usize, width: usize) -> Rect {
    let columns = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    Rect { x: row.x.saturating_add(columns(start)), width: columns(width), ..row }.intersection(row)
}

pub(super) fn without_margins(area: Rect) -> Rect {
    let margin = MARGIN.min(area.width / 4);
    Rect { x: area.x + margin, width: area.width - 2 * margin, ..area }
}

/// The part of an input that fits into `room` columns with the cursor, and the cursor's column in it.
pub(super) fn visible_input(input: &Input, room: usize) -> (String, usize) {
    let whole = harmless(input.value());
    let masked = printable(input.value());
    if masked != whole {
        // The cursor's place in hidden text stays hidden too.
        let shown = fit(&masked, room);
        let end = columns(&shown);
        return (shown, end);
    }
    let before: String = harmless(&input.value().chars().take(input.cursor()).collect::<String>()).into_owned();
    let skip = columns(&before).saturating_sub(room);
    let mut skipped = 0;
    let mut hidden = 0;
    for c in before.chars() {
        if skipped >= skip {
            break;
        }
        skipped += columns(c.encode_utf8(&mut [0; 4]));
        hidden += 1;
    }
    let shown: String = whole.chars().skip(hidden).collect();
    (fit(&shown, room + 1), columns(&before).saturating_sub(skipped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_the_visible_part() {
        let input = Input::new("845305d8-da3d-4107-a9d6-13ef3f86d4a4".to_owned());
        assert_eq!(visible_input(&input, 50), ("845305d8-da3d-4107-a9d6-13ef3f86d4a4".to_owned(), 36));
        assert_eq!(visible_input(&input, 12), ("13ef3f86d4a4".to_owned(), 12));
        assert_eq!(visible_input(&input.with_cursor(0), 12), ("845305d8-da3…".to_owned(), 0));
        let wide = Input::new("売上データ".to_owned());
        assert_eq!(visible_input(&wide, 5), ("ータ".to_owned(), 4));
    }
}
