//! Shared parts of the tabs' lists: the row with filter and count, and the visible rows.
//!
//! ```text
//!   > sales                                                         12/340 datasets
//! ```

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Bar, BarChart, BarGroup, Block, BorderType, Padding, Sparkline, Widget as _};
use strum::VariantArray;

use crate::history::Run;
use crate::text::format::{count, counted, took};
use crate::text::terminal_text::{columns, fit, name};
use crate::tui::dashboard::Home;
use crate::tui::screen::text::{MARGIN, Rows, both_ends, columns_of_row, draw_frame, mark_matches, visible_input};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::{Picker, Runs, Search};

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

/// Columns from which on the details of the selected item stand beside its list: 110 without the margins.
const WIDE: u16 = 106;
const MIN_HEIGHT: u16 = 12;

/// Divides a wide area into that of a list and that of details beside it.
pub(super) fn beside(area: Rect) -> (Rect, Option<Rect>) {
    if area.width < WIDE || area.height < MIN_HEIGHT {
        return (area, None);
    }
    let list = Rect { width: area.width * 11 / 20, ..area };
    (list, Some(Rect { x: list.right() + 2, width: area.width - list.width - 2, ..area }))
}

/// Draws a frame with a title, and returns the area in it.
pub(super) fn frame_details(buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) -> Rect {
    let block = Block::bordered().border_type(BorderType::Rounded).padding(Padding::horizontal(1));
    draw_frame(buffer, area, &block, &name(title), theme);
    block.inner(area)
}

/// Lists the exports that concern the selected item.
pub(super) fn draw_exports<'e>(
    rows: &mut Rows<'_>,
    exports: impl IntoIterator<Item = &'e str>,
    none: &str,
    theme: &Theme,
) {
    let mut exports = exports.into_iter().peekable();
    if exports.peek().is_none() {
        return rows.sentences(none, theme.hint);
    }
    rows.text("Exports", theme.heading);
    exports.for_each(|export| rows.indented(export, Style::new()));
}

/// Rows and durations of the latest good runs of an export.
pub(super) struct Trend<'a> {
    label: &'a str,
    /// The newest first.
    values: Vec<u64>,
    newest: String,
}

impl<'a> Trend<'a> {
    pub(super) fn of(runs: &Runs) -> [Self; 2] {
        let newest = runs.runs.first();
        let rows = newest.and_then(|run| run.rows).map(count);
        let time = newest.and_then(Run::took).map(took);
        let times = runs.runs.iter().map(|run| run.took().map_or(0, |took| took.as_millis() as u64));
        [
            Self {
                label: "rows",
                values: runs.runs.iter().map(|run| run.rows.unwrap_or(0)).collect(),
                newest: rows.unwrap_or_default(),
            },
            Self { label: "time", values: times.collect(), newest: time.unwrap_or_default() },
        ]
    }

    /// In one row, such as `rows  ▅▅▆▆▆▇▇█  1,204,331`, the newest value last.
    pub(super) fn draw_in_row(&self, buffer: &mut Buffer, row: Rect) {
        let before = self.label.len() + 2;
        let room = usize::from(row.width).saturating_sub(before + self.newest.len() + 4);
        let values: Vec<u64> = self.values.iter().take(room).rev().copied().collect();
        buffer.set_string(row.x, row.y, self.label, Style::new());
        let chart = columns_of_row(row, before, values.len());
        Sparkline::default().data(&values).render(chart, buffer);
        let newest = columns_of_row(row, before + values.len() + 2, self.newest.len());
        buffer.set_stringn(newest.x, newest.y, &self.newest, newest.width.into(), Style::new());
    }

    /// As bars under the label and the newest value.
    pub(super) fn draw_bars(&self, rows: &mut Rows<'_>, height: u16, theme: &Theme) {
        let label = Line::styled(format!("Last runs, {}", self.label), theme.hint);
        rows.line_with_right(&label, &Line::raw(self.newest.clone()));
        let Some(area) = rows.take_rows(height) else { return };
        let width = 3;
        let most = usize::from(area.width / (width + 1));
        let bars = self.values.iter().take(most).rev().map(|value| Bar::default().value(*value).text_value(""));
        BarChart::default()
            .data(BarGroup::default().bars(&bars.collect::<Vec<_>>()))
            .bar_width(width)
            .bar_gap(1)
            .bar_style(theme.accent)
            .render(area, rows.buffer());
    }
}

/// Said under a filter that leaves nothing.
pub(super) fn nothing_matches(home: &Home) -> String {
    format!("Nothing matches. Press {} to clear the filter.", home.key("home.clear-the-filter"))
}

/// The choices of a key that steps through them, the shown one underlined; where not all fit beside `right`, only that
/// one, as in `list 2 of 6: own`.
pub(super) fn choice_label<C>(what: &str, shown: C, (width, right): (u16, &str), theme: &Theme) -> Line<'static>
where
    C: VariantArray + Into<&'static str> + Copy + PartialEq,
{
    let choice = |choice: &C| match *choice == shown {
        true => Span::styled(shown.into(), theme.focus.add_modifier(Modifier::UNDERLINED)),
        false => Span::styled((*choice).into(), theme.hint),
    };
    let spaced = C::VARIANTS.iter().flat_map(|it| [Span::raw("  "), choice(it)]);
    let line = Line::from(spaced.skip(1).collect::<Vec<_>>());
    if line.width() + 2 + columns(right) <= usize::from(width) {
        return line;
    }
    let at = C::VARIANTS.iter().position(|choice| *choice == shown).map_or(1, |at| at + 1);
    let head = Span::styled(format!("{what} {at} of {}: ", C::VARIANTS.len()), theme.hint);
    Line::from(vec![head, Span::raw(shown.into())])
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
        let row = Rect { y, height: 1, ..area };
        draw_row(frame, row, &line(item), first + at == list.search.cursor, theme);
        mark_matches(frame.buffer_mut(), row, &list.search, theme);
    }
    HitMap::list(area, &list.search)
}

/// The selected row has a bar in the margin beside it, and is bold.
pub(super) fn draw_row(frame: &mut Frame<'_>, row: Rect, line: &Line<'_>, selected: bool, theme: &Theme) {
    let buffer = frame.buffer_mut();
    buffer.set_line(row.x, row.y, line, row.width);
    if selected {
        buffer.set_stringn(row.x.saturating_sub(MARGIN), row.y, "▌", 1, theme.focus);
        buffer.set_style(row, theme.heading);
    }
}
