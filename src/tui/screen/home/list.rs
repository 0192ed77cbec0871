//! Shared parts of the tabs' lists: the row with filter and count, and the visible rows.
//!
//! ```text
//!   > sales                                                         12/340 datasets
//! ```

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::format::{count, counted};
use crate::text::terminal_text::{columns, fit};
use crate::tui::screen::text::{both_ends, visible_input};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::{Picker, Search};

/// The count of a list, `matches/total` if it `is_narrowed`. Until it `is_here`, the count is partial, and an empty
/// list has none.
pub(super) fn count_label<T>(list: &Picker<T>, one: &str, is_narrowed: bool, is_here: bool) -> String {
    let (matches, total) = (list.search.len() as u64, list.total() as u64);
    match (is_here, total) {
        (false, 0) => String::new(),
        (false, _) => format!("{} so far", counted(total, one)),
        (true, _) if is_narrowed => format!("{}/{}", count(matches), counted(total, one)),
        (true, _) => counted(total, one),
    }
}

/// For example `list 2 of 6: your own`, for a key that cycles through the lists.
pub(super) fn position_label(what: &str, (at, of): (usize, usize), label: &str, theme: &Theme) -> Line<'static> {
    let head = Span::styled(format!("{what} {at} of {of}: "), theme.hint);
    Line::from(vec![head, Span::raw(label.to_owned())])
}

pub(super) fn draw_head(
    frame: &mut Frame<'_>,
    row: Rect,
    search: &Search,
    filtering: bool,
    (summary, count): (Line<'_>, &str),
    theme: &Theme,
) {
    let filter = search.filter.value();
    if !filtering && filter.is_empty() {
        return both_ends(frame.buffer_mut(), row, &summary, &Line::styled(count.to_owned(), theme.hint));
    }
    let room = usize::from(row.width).saturating_sub(columns(count) + 4);
    let (shown, cursor) = visible_input(&search.filter, room);
    let value = match (shown.is_empty(), filtering) {
        (true, _) => Span::styled(fit("type to narrow the list", room), theme.hint),
        (false, true) => Span::raw(shown),
        (false, false) => Span::styled(shown, theme.heading),
    };
    let sign = Span::styled(if filtering { "> " } else { "/ " }, theme.focus);
    let left = Line::from(vec![sign, value]);
    both_ends(frame.buffer_mut(), row, &left, &Line::styled(count.to_owned(), theme.hint));
    if filtering {
        let x = row.x + 2 + u16::try_from(cursor).unwrap_or(0);
        frame.set_cursor_position(Position { x, y: row.y });
    }
}

pub(super) fn draw_rows<'l, T>(
    frame: &mut Frame<'_>,
    area: Rect,
    list: &'l Picker<T>,
    line: impl Fn(&'l T) -> Line<'l>,
    theme: &Theme,
) -> HitMap {
    let first = list.search.first_in_sight(area.height.into());
    for ((at, item), y) in list.matches(first).enumerate().zip(area.top()..area.bottom()) {
        draw_row(frame, Rect { y, height: 1, ..area }, line(item), first + at == list.search.cursor, theme);
    }
    HitMap::list(area, &list.search)
}

/// The selected row is reversed from end to end, and without colors.
fn draw_row(frame: &mut Frame<'_>, row: Rect, line: Line<'_>, selected: bool, theme: &Theme) {
    let buffer = frame.buffer_mut();
    if !selected {
        buffer.set_line(row.x, row.y, &line, row.width);
        return;
    }
    let plain: Vec<Span<'_>> = line.spans.into_iter().map(|span| Span::raw(span.content)).collect();
    buffer.set_line(row.x, row.y, &Line::from(plain), row.width);
    buffer.set_style(row, Style::new().patch(theme.selected));
}
