//! The help for the focused field: beside the form if there is room, else under it.
//!
//! ```text
//!  Daily Sales by Region
//!  1,204,331 rows · 14 columns · owner Ada Analyst
//!  updated 21 Nov 2026 06:00 UTC
//!
//!  date        region   store   units
//!  2026-11-21  North     0412      37
//!  2026-11-21  South     0877     105
//!
//!  Paste the DataSet's address from Domo, or press ↓ to choose from your DataSets.
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::{Rows, wrap};
use super::{Theme, scheduling};
use crate::explain::Explanation;
use crate::services::dataworld::{File, Visibility};
use crate::services::domo::Preview;
use crate::text::format::{bytes, count, counted};
use crate::text::terminal_text::{columns, fit, name, pad, pad_left};
use crate::tui::form::Field;
use crate::tui::state::actions::keys;
use crate::tui::wizard::details::{APPENDS, facts};
use crate::tui::wizard::{Model, Step, spec};

const MAX_COLUMN_WIDTH: usize = 18;
const PREVIEW_ROWS: usize = 3;
const MIN_LIST_ROWS: u16 = 8;

pub(super) fn draw_beside(buffer: &mut Buffer, area: Rect, model: &Model, theme: &Theme) {
    let mut rows = Rows::new(buffer, area);
    let field = model.focus;
    let known = match field {
        Field::INPUT_DATA_SET | Field::OWNER_CONFIRMED | Field::UNOWNED_CONFIRMED => {
            input_facts(&mut rows, model, theme)
        }
        Field::DATASET_METHOD | Field::DATASET | Field::DATASET_ID => output_facts(&mut rows, model, theme),
        Field::FILE_METHOD | Field::FILES | Field::FILE_NAME => file_facts(&mut rows, model, theme),
        Field::APPEND => next_file_names(&mut rows, model, theme),
        _ if model.step == Step::Scheduling => scheduling::next_runs(&mut rows, model, theme),
        _ => false,
    };
    if known {
        rows.blank();
    }
    if !known || model.step == Step::Scheduling {
        rows.text(model.focused().label, theme.heading);
    }
    for (text, style) in hints(model, theme) {
        rows.sentences(&text, style);
    }
}

/// The help under the form, in at most `most` rows: the hint, whole if it fits, and known facts above it.
pub(super) fn under(model: &Model, width: u16, most: u16, theme: &Theme) -> Vec<Line<'static>> {
    let is_scheduled = model.step == Step::Scheduling && !scheduling::is_manual(model);
    // The next run is worth more than the end of a hint.
    let texts: Vec<String> = hints(model, theme).into_iter().map(|(text, _)| text).collect();
    let hint = cut_lines(wrap(&texts.join(" "), width), most.saturating_sub(u16::from(is_scheduled)), width);
    let room = usize::from(most).saturating_sub(hint.len());
    let mut lines = match model.focus {
        _ if is_scheduled => {
            scheduling::next_runs_under(model, if most < MIN_LIST_ROWS { 1 } else { room }, width, theme)
        }
        Field::INPUT_DATA_SET => preview_under(model, room, width, theme),
        _ => Vec::new(),
    };
    lines.extend(hint.into_iter().map(|line| Line::styled(line, theme.hint)));
    lines
}

/// The help for the focused field; after an error, what to do about it.
fn hints(model: &Model, theme: &Theme) -> Vec<(String, Style)> {
    let Some(Explanation { advice, support_id, .. }) = model.explained() else {
        return vec![(model.focused().hint_on_screen(keys::DOWN.name), theme.hint)];
    };
    let id = support_id.map(|id| (format!("Support id {id}."), theme.hint));
    let copy = ("Ctrl-Y copies all of it.".to_owned(), theme.hint);
    [Some((advice, Style::new())), id, Some(copy)].into_iter().flatten().collect()
}

fn cut_lines(mut lines: Vec<String>, most: u16, width: u16) -> Vec<String> {
    let most = usize::from(most);
    if lines.len() <= most {
        return lines;
    }
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        let words = last.rsplit_once(' ').map(|(words, _)| words.to_owned());
        match words.filter(|_| columns(last) + 2 > usize::from(width)) {
            Some(words) => *last = format!("{words} …"),
            None => last.push_str(" …"),
        }
    }
    lines
}

fn preview_under(model: &Model, room: usize, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let preview = model.details.input.preview.ready().filter(|preview| !preview.columns.is_empty());
    let Some(preview) = preview.filter(|_| room > 1) else { return Vec::new() };
    let mut lines = table(preview, width.into(), PREVIEW_ROWS.min(room - 1), theme);
    lines.truncate(room);
    if lines.len() < room {
        lines.push(Line::default());
    }
    lines
}

fn input_facts(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    let input = &model.details.input;
    let Some(data_set) = input.dataset.data.ready() else { return false };
    rows.text(&data_set.name, theme.heading);
    rows.sentences(&facts(data_set).join(" · "), Style::new());
    if let Some(at) = data_set.data_date() {
        rows.text(&format!("updated {}", at.format("%-d %b %Y %H:%M UTC")), Style::new());
    }
    if let Some(preview) = input.preview.ready().filter(|preview| !preview.columns.is_empty()) {
        rows.blank();
        // Room for the hint below.
        let most = usize::from(rows.free_rows()).saturating_sub(6);
        for line in table(preview, usize::from(rows.width()), most, theme) {
            rows.line(&line);
        }
    }
    true
}

fn table(preview: &Preview, width: usize, most: usize, theme: &Theme) -> Vec<Line<'static>> {
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let shown = &preview.rows[..preview.rows.len().min(most)];
    let mut chosen = Vec::new();
    let mut used = 0;
    for (at, name) in preview.columns.iter().enumerate() {
        let widest = shown
            .iter()
            .map(|row| columns(&cell(row, at)))
            .max()
            .unwrap_or(0)
            .max(columns(name))
            .clamp(1, MAX_COLUMN_WIDTH);
        let needed = widest + if chosen.is_empty() { 0 } else { 2 };
        if used + needed > width {
            break;
        }
        used += needed;
        let number = !shown.is_empty() && shown.iter().all(|row| cell(row, at).parse::<f64>().is_ok());
        chosen.push((at, widest, number));
    }
    let line = |texts: &dyn Fn(usize) -> String, style: Style| {
        let cells = chosen.iter().map(|&(at, widest, number)| {
            let text = texts(at);
            if number { pad_left(&text, widest) } else { pad(&text, widest) }
        });
        Line::styled(cells.collect::<Vec<_>>().join("  "), style)
    };
    let head = line(&|at| preview.columns[at].clone(), theme.heading);
    let rest = preview.columns.len() - chosen.len();
    let more = (rest > 0)
        .then(|| Line::from(Span::styled(format!("and {}", counted(rest as u64, "more column")), theme.hint)));
    std::iter::once(head).chain(shown.iter().map(|row| line(&|at| cell(row, at), Style::new()))).chain(more).collect()
}

fn output_facts(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    let Some(dataset) = model.details.output.dataset.data.ready() else { return false };
    rows.text(&dataset.title, theme.heading);
    rows.text(&dataset.key.to_string(), Style::new());
    let visibility = dataset.visibility.map(Visibility::words);
    let updated = dataset.updated.map(|at| format!("updated {}", at.format("%-d %b %Y")));
    let facts: Vec<String> = visibility.map(str::to_owned).into_iter().chain(updated).collect();
    rows.sentences(&facts.join(" · "), Style::new());
    rows.blank();
    match &dataset.files {
        Some(files) => list(rows, files, theme),
        None => rows.sentences(&crate::explain::no_file_list().what, theme.hint),
    }
    true
}

fn file_facts(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    let dataset = model.details.output.dataset.data.ready();
    let Some(files) = dataset.and_then(|dataset| dataset.files.as_deref()) else { return false };
    rows.text("Files", theme.heading);
    list(rows, files, theme);
    true
}

fn list(rows: &mut Rows<'_>, files: &[File], theme: &Theme) {
    // Room for the hint below.
    let most = usize::from(rows.free_rows()).saturating_sub(5);
    for file in files.iter().take(most) {
        let size = file.size.map_or(String::new(), bytes);
        let shown = fit(&name(&file.name), usize::from(rows.width()).saturating_sub(columns(&size) + 2));
        rows.line_with_right(&Line::raw(shown), &Line::styled(size, theme.hint));
    }
    match files.len().saturating_sub(most) {
        0 if files.is_empty() => rows.text("no files yet", theme.hint),
        0 => {}
        more => rows.text(&format!("and {} more", count(more as u64)), theme.hint),
    }
}

fn next_file_names(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    rows.text("The next file", theme.heading);
    let mut known = false;
    for (append, choice) in APPENDS.into_iter().zip(spec(Field::APPEND).choices(model)) {
        if let Some(next) = model.next_file(append) {
            known = true;
            let shown = fit(&name(&next.name), usize::from(rows.width()).saturating_sub(16));
            rows.line(&Line::from(vec![Span::styled(pad(&choice, 16), theme.hint), Span::raw(shown)]));
        }
    }
    if !known {
        rows.text("has no name yet", theme.hint);
    }
    true
}
