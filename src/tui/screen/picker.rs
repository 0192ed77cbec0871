//! A list to choose from, filtered by typing.
//!
//! ```text
//!   Choose a data.world dataset                                                     12/340
//!   > sales▏
//!
//!   acme-analytics/sales-mart        Sales mart                               ✓ may write
//!   acme-analytics/sales-archive     Sales archive                            – read only
//!   ● loading…
//! ```

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

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, list: List, theme: &Theme) -> HitMap {
    let details = &model.details;
    match list {
        List::DataSets => {
            let words = ListText {
                heading: "Choose a DataSet",
                empty: "Domo lists no DataSets for these credentials.".to_owned(),
                fallback: "Close the list, and enter the DataSet's id or address.",
            };
            draw_list(frame, area, &details.input.list, &words, data_set_row, theme)
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
            draw_list(frame, area, &details.output.list, &words, dataset_row, theme)
        }
        List::Files => {
            let words = ListText {
                heading: "Choose the file to replace",
                empty: "The dataset has no CSV files yet. Enter a name instead.".to_owned(),
                fallback: "Close the list, and enter the file's name instead.",
            };
            draw_list(frame, area, &details.files, &words, file_row, theme)
        }
        List::Zones => {
            let words = ListText { heading: "Choose a time zone", empty: String::new(), fallback: "" };
            draw_list(frame, area, &model.scheduling.zones, &words, zone_row, theme)
        }
    }
}

fn draw_list<T>(
    frame: &mut Frame<'_>,
    area: Rect,
    list: &Picker<T>,
    words: &ListText,
    row: fn(&T, usize) -> (String, String),
    theme: &Theme,
) -> HitMap {
    let (cursor, targets) = {
        let mut rows = Rows::new(frame.buffer_mut(), area);
        let heading = Line::styled(fit(words.heading, area.width.into()), theme.heading);
        rows.line_with_right(&heading, &Line::styled(list.count(), theme.hint));
        let cursor = draw_filter(&mut rows, list, theme);
        if area.height > 8 {
            rows.blank();
        }
        let targets = draw_items(&mut rows, list, row, theme);
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
        let (left, right) = row(item, width);
        let gap = width.saturating_sub(columns(&left) + columns(&right));
        let text = format!("{left}{}{right}", " ".repeat(gap));
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

fn data_set_row(data_set: &DataSet, width: usize) -> (String, String) {
    let rows = data_set.rows.map_or(String::new(), |rows| counted(rows, "row"));
    let owner = data_set.owner_name.as_deref().unwrap_or_default();
    let rows = pad_left(&rows, 18);
    if width < 70 {
        return (fit(&name(&data_set.name), width.saturating_sub(20)), rows);
    }
    let right = format!("{}{rows}", pad(&name(owner), 20));
    (fit(&name(&data_set.name), width.saturating_sub(40)), right)
}

fn dataset_row(dataset: &Dataset, width: usize) -> (String, String) {
    let access = if dataset.access.may_write() { "✓ may write" } else { "– read only" };
    let key = name(&dataset.key.to_string()).into_owned();
    if width < 70 {
        return (fit(&key, width.saturating_sub(13)), access.to_owned());
    }
    let keys = 36;
    let title = fit(&name(&dataset.title), width.saturating_sub(keys + 15));
    (format!("{}  {title}", pad(&key, keys)), access.to_owned())
}

fn file_row(file: &File, width: usize) -> (String, String) {
    let size = file.size.map_or(String::new(), bytes);
    let date = file.updated.or(file.created).map_or(String::new(), |date| date.format("%-d %b %Y").to_string());
    let right = format!("{}  {}", pad_left(&size, 10), pad_left(&date, 11));
    (fit(&name(&file.name), width.saturating_sub(25)), right)
}

fn zone_row(row: &ZoneRow, width: usize) -> (String, String) {
    let here = if row.is_here { "this computer's" } else { "" };
    let right = format!("{}  {}", pad_left(here, 15), row.time);
    (fit(row.zone.name(), width.saturating_sub(columns(&right) + 2)), right)
}
