//! A list to choose from, filtered by typing.
//!
//! ```text
//!   Choose a data.world dataset                                                     12/340
//!   > sales▏
//!   Dataset                          Title                                    Access
//!   acme-analytics/sales-mart        Sales mart                               ✓ may write
//!   acme-analytics/sales-archive     Sales archive                            – read only
//!   ● loading…
//! ```

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::{MARGIN, Rows, Sign, mark_matches, visible_input};
use super::{HitMap, Theme};
use crate::explain::Explanation;
use crate::services::dataworld::{Dataset, File};
use crate::services::domo::DataSet;
use crate::text::format::{bytes, counted};
use crate::text::terminal_text::{columns, fit, name, pad, pad_left};
use crate::tui::state::actions::key_of;
use crate::tui::wizard::scheduling::ZoneRow;
use crate::tui::wizard::{List, Model, Picker, Remote};

struct ListText {
    heading: &'static str,
    empty: String,
    fallback: &'static str,
}

/// The columns of a list: at the left of a row, and at its right.
struct Columns<T> {
    heads: fn(usize) -> (String, String),
    row: fn(&T, usize) -> (String, String),
}

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, list: List, theme: &Theme) -> HitMap {
    let details = &model.details;
    match list {
        List::DataSets => {
            let words = ListText {
                heading: "Choose a DataSet",
                empty: "Domo lists no DataSets for these credentials.".to_owned(),
                fallback: "Close the list, and enter the DataSet's id or address.",
            };
            draw_list(frame, area, &details.input.list, &words, &DATA_SET_COLUMNS, theme)
        }
        List::Datasets => {
            let words = ListText {
                heading: "Choose a data.world dataset",
                empty: format!(
                    "data.world lists no datasets for this token. Press {} to create one.",
                    key_of(model, "list.new-dataset")
                ),
                fallback: "Close the list, and enter the dataset's id instead.",
            };
            draw_list(frame, area, &details.output.list, &words, &DATASET_COLUMNS, theme)
        }
        List::Files => {
            let words = ListText {
                heading: "Choose the file to replace",
                empty: "The dataset has no CSV files yet. Enter a name instead.".to_owned(),
                fallback: "Close the list, and enter the file's name instead.",
            };
            draw_list(frame, area, &details.files, &words, &FILE_COLUMNS, theme)
        }
        List::Zones => {
            let words = ListText { heading: "Choose a time zone", empty: String::new(), fallback: "" };
            draw_list(frame, area, &model.scheduling.zones, &words, &ZONE_COLUMNS, theme)
        }
    }
}

fn draw_list<T>(
    frame: &mut Frame<'_>,
    area: Rect,
    list: &Picker<T>,
    words: &ListText,
    of: &Columns<T>,
    theme: &Theme,
) -> HitMap {
    let (cursor, targets) = {
        let mut rows = Rows::new(frame.buffer_mut(), area);
        let heading = Line::styled(fit(words.heading, area.width.into()), theme.heading);
        rows.line_with_right(&heading, &Line::styled(list.count(), theme.hint));
        let cursor = draw_filter(&mut rows, list, theme);
        if area.height > 8 {
            let width = usize::from(rows.width());
            let heads = if list.search.is_empty() { String::new() } else { at_both_ends((of.heads)(width), width) };
            rows.text(&heads, theme.hint);
        }
        let targets = draw_items(&mut rows, list, of.row, theme);
        draw_state(&mut rows, list, words, theme);
        (cursor, targets)
    };
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    targets
}

fn draw_filter<T>(rows: &mut Rows<'_>, list: &Picker<T>, theme: &Theme) -> Option<Position> {
    let row = rows.take()?;
    let (shown, cursor) = visible_input(&list.search.filter, usize::from(row.width.saturating_sub(3)));
    let value = match shown.is_empty() {
        true => Span::styled(fit("type to narrow the list", usize::from(row.width.saturating_sub(2))), theme.hint),
        false => Span::raw(shown),
    };
    let line = Line::from(vec![Span::styled("> ", theme.focus), value]);
    rows.buffer().set_line(row.x, row.y, &line, row.width);
    Some(Position { x: row.x + 2 + u16::try_from(cursor).unwrap_or(0), y: row.y })
}

fn draw_items<T>(
    rows: &mut Rows<'_>,
    list: &Picker<T>,
    row: fn(&T, usize) -> (String, String),
    theme: &Theme,
) -> HitMap {
    // A row stays free for the state of the list, so that it stays in place while items arrive.
    let says = !matches!(list.load.data, Remote::Ready(())) || list.search.is_empty();
    let place = rows.free_area();
    let place = Rect { height: place.height.saturating_sub(if says { 2 } else { 0 }), ..place };
    let height = usize::from(place.height);
    let first = list.search.first_in_sight(height);
    for (at, item) in list.matches(first).take(height).enumerate() {
        let width = usize::from(rows.width());
        let text = at_both_ends(row(item, width), width);
        let is_selected = first + at == list.search.cursor;
        let Some(place) = rows.take() else { break };
        if is_selected {
            rows.buffer().set_stringn(place.x.saturating_sub(MARGIN), place.y, "▌", 1, theme.focus);
        }
        let style = if is_selected { theme.heading } else { Style::new() };
        rows.buffer().set_stringn(place.x, place.y, &text, place.width.into(), style);
        mark_matches(rows.buffer(), place, &list.search, theme);
    }
    HitMap::list(place, &list.search)
}

fn draw_state<T>(rows: &mut Rows<'_>, list: &Picker<T>, words: &ListText, theme: &Theme) {
    match &list.load.data {
        Remote::Failed(explanation) => draw_failure(rows, explanation, words, theme),
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
        Remote::Ready(()) if list.total() == 0 => rows.sentences(&words.empty, theme.hint),
        Remote::Ready(()) if list.search.is_empty() => rows.sentences("Nothing matches.", theme.hint),
        Remote::Ready(()) => {}
    }
}

fn draw_failure(rows: &mut Rows<'_>, explanation: &Explanation, words: &ListText, theme: &Theme) {
    rows.signed(Sign::Failed, &explanation.what, theme.failed, theme);
    rows.sentences(&format!("{} {}", explanation.advice, words.fallback), Style::new());
}

fn at_both_ends((left, right): (String, String), width: usize) -> String {
    let gap = width.saturating_sub(columns(&left) + columns(&right));
    format!("{left}{}{right}", " ".repeat(gap))
}

const DATA_SET_COLUMNS: Columns<DataSet> = Columns {
    heads: |width| data_set_columns(["DataSet", "Owner", "Updated", "Rows"], width),
    row: |data_set, width| {
        let rows = data_set.rows.map_or(String::new(), |rows| counted(rows, "row"));
        let owner = data_set.owner_name.as_deref().unwrap_or_default();
        data_set_columns([&name(&data_set.name), &name(owner), &day_of(data_set.data_date()), &rows], width)
    },
};

fn data_set_columns([name, owner, updated, rows]: [&str; 4], width: usize) -> (String, String) {
    let right = match width {
        ..70 => pad_left(rows, 18),
        70..90 => format!("{}{}", pad(owner, 20), pad_left(rows, 18)),
        _ => format!("{}  {}{}", pad(owner, 20), pad_left(updated, 11), pad_left(rows, 18)),
    };
    (fit(name, width.saturating_sub(columns(&right) + 2)), right)
}

const DATASET_COLUMNS: Columns<Dataset> = Columns {
    heads: |width| dataset_columns(["Dataset", "Title", "Updated", "Access"], width),
    row: |dataset, width| {
        let access = if dataset.access.may_write() { "✓ may write" } else { "– read only" };
        let key = dataset.key.to_string();
        dataset_columns([&name(&key), &name(&dataset.title), &day_of(dataset.updated), access], width)
    },
};

fn dataset_columns([key, title, updated, access]: [&str; 4], width: usize) -> (String, String) {
    let access = pad(access, 11);
    let keys = 36;
    match width {
        ..70 => (fit(key, width.saturating_sub(13)), access),
        70..90 => (format!("{}  {}", pad(key, keys), fit(title, width.saturating_sub(keys + 15))), access),
        _ => {
            let right = format!("{}  {access}", pad_left(updated, 11));
            (format!("{}  {}", pad(key, keys), fit(title, width.saturating_sub(keys + columns(&right) + 4))), right)
        }
    }
}

const FILE_COLUMNS: Columns<File> = Columns {
    heads: |width| file_columns(["File", "Size", "Updated"], width),
    row: |file, width| {
        let size = file.size.map_or(String::new(), bytes);
        file_columns([&name(&file.name), &size, &day_of(file.updated.or(file.created))], width)
    },
};

fn file_columns([name, size, updated]: [&str; 3], width: usize) -> (String, String) {
    (fit(name, width.saturating_sub(25)), format!("{}  {}", pad_left(size, 10), pad_left(updated, 11)))
}

fn day_of(date: Option<DateTime<Utc>>) -> String {
    date.map_or(String::new(), |date| date.format("%-d %b %Y").to_string())
}

const ZONE_COLUMNS: Columns<ZoneRow> = Columns {
    heads: |_| ("Time zone".to_owned(), "Now".to_owned()),
    row: |row, width| {
        let here = if row.is_here { "this computer's" } else { "" };
        let right = format!("{}  {}", pad_left(here, 15), row.time);
        (fit(row.zone.name(), width.saturating_sub(columns(&right) + 2)), right)
    },
};
