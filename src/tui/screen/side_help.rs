//! The help for the focused field: beside the form if there is room, else under it.
//!
//! ```text
//!  Daily Sales by Region
//!  1,204,331 rows · 14 columns · owner Ada Analyst
//!  updated 21 Nov 2026 06:00 UTC
//!
//!  date        region   store   units
//!  date        text      text  number
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
use crate::services::domo::{Column, Preview};
use crate::text::format::{bytes, count, counted};
use crate::text::terminal_text::{columns, fit, name, pad, pad_left};
use crate::tui::form::Field;
use crate::tui::state::actions::keys;
use crate::tui::wizard::details::{APPENDS, facts};
use crate::tui::wizard::{Model, Step, spec};

const MAX_COLUMN_WIDTH: usize = 18;
/// Rows of a preview under a form.
const PREVIEW_ROWS: usize = 3;
/// Rows that name the columns beyond a preview.
const MOST_REST_ROWS: u16 = 3;
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

/// The rows that the hint, and a blank one above it, leave free.
fn room_above_hint(rows: &Rows<'_>, model: &Model, theme: &Theme) -> usize {
    let hint: usize = hints(model, theme).iter().map(|(text, _)| wrap(text, rows.width()).len()).sum();
    usize::from(rows.free_rows()).saturating_sub(hint + 1)
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
    let Some(table) = Table::of(model).filter(|_| room > 1) else { return Vec::new() };
    // The names, some rows, and a line on the columns that do not fit.
    let mut lines = Table { has_kinds: false, most_rest: 1, ..table }.lines(width, (PREVIEW_ROWS + 2).min(room), theme);
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
    if let Some(table) = Table::of(model) {
        rows.blank();
        for line in table.lines(rows.width(), room_above_hint(rows, model, theme), theme) {
            rows.line(&line);
        }
    }
    true
}

/// The first rows of a DataSet, under the names of its columns and, where they are known, their types.
struct Table<'a> {
    preview: &'a Preview,
    schema: &'a [Column],
    has_kinds: bool,
    /// Lines for the names of the columns that do not fit beside each other.
    most_rest: u16,
}

/// A column of a [`Table`] that is in sight.
struct Shown {
    at: usize,
    width: usize,
    /// Numbers end where the column ends.
    is_number: bool,
}

impl<'a> Table<'a> {
    /// The preview of the DataSet, if it has come and has a column.
    fn of(model: &'a Model) -> Option<Self> {
        let input = &model.details.input;
        let preview = input.preview.ready().filter(|preview| !preview.columns.is_empty())?;
        let schema = input.dataset.data.ready().map(|data_set| &data_set.schema[..]).unwrap_or_default();
        let table = Self { preview, schema, has_kinds: false, most_rest: MOST_REST_ROWS };
        let has_kinds = (0..preview.columns.len()).any(|at| table.kind(at).is_some());
        Some(Self { has_kinds, ..table })
    }

    fn kind(&self, at: usize) -> Option<&str> {
        let column = self.schema.iter().find(|column| column.name == self.preview.columns[at]);
        column.map(Column::kind_words)
    }

    /// Takes at most `most` lines, the last ones for the names of the columns that do not fit.
    fn lines(&self, width: u16, most: usize, theme: &Theme) -> Vec<Line<'static>> {
        let shown = self.fit(width.into(), most);
        let mut rest = self.rest(shown.len(), width);
        rest.truncate(most.saturating_sub(2));
        let rows = most.saturating_sub(1 + usize::from(self.has_kinds) + rest.len());
        let name = |at: usize| self.preview.columns[at].clone();
        let head = line_of(&shown, name, theme.heading);
        let kind = |at: usize| self.kind(at).unwrap_or_default().to_owned();
        let kinds = self.has_kinds.then(|| line_of(&shown, kind, theme.hint));
        let cells = self.preview.rows.iter().take(rows).map(|row| line_of(&shown, |at| cell(row, at), Style::new()));
        let rest = rest.into_iter().map(|line| Line::styled(line, theme.hint));
        std::iter::once(head).chain(kinds).chain(cells).chain(rest).collect()
    }

    /// The columns that fit, each as wide as its widest cell of the first `rows`.
    fn fit(&self, width: usize, rows: usize) -> Vec<Shown> {
        let Preview { columns: names, rows: all } = self.preview;
        let cells = |at: usize| all.iter().take(rows).map(move |row| cell(row, at));
        let mut shown: Vec<Shown> = Vec::new();
        let mut free = width + 2;
        for (at, name) in names.iter().enumerate() {
            let kind = self.kind(at).filter(|_| self.has_kinds).map(str::to_owned);
            let texts = cells(at).chain([name.clone()]).chain(kind);
            let width = texts.map(|text| columns(&text)).max().unwrap_or(0).clamp(1, MAX_COLUMN_WIDTH);
            if width + 2 > free {
                break;
            }
            free -= width + 2;
            let looks_like_number = || cells(at).next().is_some() && cells(at).all(|cell| cell.parse::<f64>().is_ok());
            let is_number = self.kind(at).map_or_else(looks_like_number, |kind| kind == Column::NUMBER);
            shown.push(Shown { at, width, is_number });
        }
        shown
    }

    /// The columns from `first` on, with their types.
    fn rest(&self, first: usize, width: u16) -> Vec<String> {
        let names = (first..self.preview.columns.len()).map(|at| match self.kind(at) {
            Some(kind) => format!("{} ({kind})", self.preview.columns[at]),
            None => self.preview.columns[at].clone(),
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() {
            return Vec::new();
        }
        let text = format!("and {}: {}", counted(names.len() as u64, "more column"), names.join(", "));
        cut_lines(wrap(&text, width), self.most_rest, width)
    }
}

fn cell(row: &[String], at: usize) -> String {
    row.get(at).cloned().unwrap_or_default()
}

fn line_of(shown: &[Shown], text: impl Fn(usize) -> String, style: Style) -> Line<'static> {
    let cells = shown.iter().map(|&Shown { at, width, is_number }| match is_number {
        true => pad_left(&text(at), width),
        false => pad(&text(at), width),
    });
    Line::styled(cells.collect::<Vec<_>>().join("  "), style)
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
        Some(files) => list(rows, files, model, theme),
        None => rows.sentences(&crate::explain::no_file_list().what, theme.hint),
    }
    true
}

fn file_facts(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    let dataset = model.details.output.dataset.data.ready();
    let Some(files) = dataset.and_then(|dataset| dataset.files.as_deref()) else { return false };
    rows.text("Files", theme.heading);
    list(rows, files, model, theme);
    true
}

fn list(rows: &mut Rows<'_>, files: &[File], model: &Model, theme: &Theme) {
    let room = room_above_hint(rows, model, theme);
    let most = if files.len() > room { room.saturating_sub(1) } else { room };
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
