//! The beginning of a file: a table that scrolls both ways, or lines of text.
//!
//! ```text
//!   daily-sales.csv   the first 200 rows                     columns 1–4 of 14
//!   date        region   store   units
//!   2026-11-21  North    0412    37
//!   2026-11-21  South    0877    105
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::files::draw_download;
use super::{GAP, draw_failure};
use crate::services::dataworld::{Content, Head};
use crate::text::format::counted;
use crate::text::terminal_text::{columns, fit, name, pad, printable};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::browse::{Files, OpenedFile, View};
use crate::tui::screen::text::{Rows, Sign};
use crate::tui::screen::{HitMap, ScrollState, Theme};
use crate::tui::state::Remote;

/// A wide room has wider columns: a third of it at most.
const MAX_COLUMN_WIDTH: usize = 28;

pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    files: &Files,
    opened: &OpenedFile,
    home: &Home,
    theme: &Theme,
) -> HitMap {
    let mut area = area;
    if let Some(fetching) = &home.browse.fetching {
        let height = 2.min(area.height);
        let under = Rect { y: area.bottom() - height, height, ..area };
        draw_download(&mut Rows::new(frame.buffer_mut(), under), fetching, theme);
        area.height -= height;
    }
    let mut rows = Rows::new(frame.buffer_mut(), area);
    match &opened.head.data {
        Remote::Ready(head) => return draw_content(&mut rows, home, opened, head, theme),
        Remote::Failed(explanation) => {
            rows.text(&opened.file, theme.heading);
            draw_failure(&mut rows, explanation, theme);
        }
        Remote::Idle | Remote::Loading => {
            rows.text(&format!("{}  {}", opened.file, files.listed.dataset.key), theme.heading);
            rows.signed(Sign::Running, "loading…", theme.hint, theme);
        }
    }
    HitMap::default()
}

fn draw_content(rows: &mut Rows<'_>, home: &Home, opened: &OpenedFile, head: &Head, theme: &Theme) -> HitMap {
    let (height, _) = head.size();
    let amount = match (&head.content, head.is_whole) {
        (Content::Table { .. }, true) => counted(height as u64, "row"),
        (Content::Table { .. }, false) => format!("the first {}", counted(height as u64, "row")),
        (Content::Text(_), true) => counted(height as u64, "line"),
        (Content::Text(_), false) => format!("the first {}", counted(height as u64, "line")),
        (Content::Binary, _) => String::new(),
    };
    let (lines, right) = match &head.content {
        Content::Table { header, rows: cells } => {
            let table =
                Table::fit(header, cells, opened.view, usize::from(rows.width()), usize::from(rows.free_rows()));
            (table.lines(theme), table.position_label())
        }
        Content::Text(lines) => {
            let line = |line: &String| Line::raw(fit(line, usize::from(rows.width())));
            let place = format!("from line {}", opened.view.row + 1);
            (lines.iter().skip(opened.view.row).map(line).collect(), place)
        }
        Content::Binary => {
            let text = format!("This is not a text file. Press {} to download it.", home.key("opened.download"));
            let line = Line::styled(text, theme.hint);
            (vec![line], String::new())
        }
    };
    let room = usize::from(rows.width()).saturating_sub(columns(&amount) + columns(&right) + 8);
    let left = Line::from(vec![
        Span::styled(fit(&name(&opened.file), room.max(8)), theme.heading),
        Span::styled(format!("   {amount}"), theme.hint),
    ]);
    rows.line_with_right(&left, &Line::styled(right, theme.hint));
    let place = rows.free_area();
    for line in lines {
        if rows.free_rows() == 0 {
            break;
        }
        rows.line(&line);
    }
    // The column names stay in place.
    let names = if matches!(head.content, Content::Table { .. }) { 1.min(place.height) } else { 0 };
    let scrolls = Rect { y: place.y + names, height: place.height - names, ..place };
    HitMap::rows(scrolls, ScrollState { top: opened.view.row, length: height, cursor: None })
}

struct Table<'a> {
    header: &'a [String],
    rows: &'a [Vec<String>],
    first: usize,
    row: usize,
    total: usize,
    widths: Vec<usize>,
}

impl<'a> Table<'a> {
    fn fit(header: &'a [String], rows: &'a [Vec<String>], view: View, width: usize, height: usize) -> Self {
        let total = rows.iter().map(Vec::len).max().unwrap_or(0).max(header.len());
        let rows = &rows[view.row.min(rows.len())..];
        let mut widths = Vec::new();
        let mut free = width;
        // Only visible rows decide a column's width, so that a row far below does not shift it.
        for at in view.column..total {
            let in_sight = rows.iter().take(height).filter_map(|row| row.get(at)).chain(header.get(at));
            let cells = in_sight.map(|cell| columns(&printable(cell))).max();
            let wanted = cells.unwrap_or(0).clamp(1, MAX_COLUMN_WIDTH.max(width / 3));
            if !widths.is_empty() && wanted + GAP.len() > free {
                break;
            }
            let taken = wanted.min(free);
            widths.push(taken);
            free = free.saturating_sub(taken + GAP.len());
        }
        Self { header, rows, first: view.column, row: view.row, total, widths }
    }

    fn lines(&self, theme: &Theme) -> Vec<Line<'static>> {
        let line = |cells: &[String], style: Style| {
            let cell =
                |(at, width): (usize, &usize)| pad(cells.get(self.first + at).map_or("", String::as_str), *width);
            Line::styled(self.widths.iter().enumerate().map(cell).collect::<Vec<_>>().join(GAP), style)
        };
        let rows = self.rows.iter().map(|cells| line(cells, Style::new()));
        std::iter::once(line(self.header, theme.heading)).chain(rows).collect()
    }

    /// For example `columns 1–4 of 14`.
    fn position_label(&self) -> String {
        let row = if self.row > 0 { format!("from row {} · ", self.row + 1) } else { String::new() };
        let last = self.first + self.widths.len();
        format!("{row}columns {}–{last} of {}", self.first + 1, self.total)
    }
}
