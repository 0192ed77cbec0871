//! Draws a pane from the declarations of its fields. The form scrolls so that the focused field is visible.
//!
//! ```text
//!   data.world
//! ▌ API Token                                   3 of 3 parts
//! ▌ ••••••••••••••••••••••••
//!   ✓ analyst
//!
//!   Method                   (•) client  ( ) access token
//! ```

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::{MARGIN, Sign, both_ends, columns_of_row, visible_input, wrap};
use super::{HitMap, HitTarget, Theme};
use crate::text::terminal_text::{columns, fit, harmless, pad};
use crate::tui::form::{Field, FieldSpec, Kind, Layout, Note, Value, Values};
use crate::tui::wizard::Model;

const LABEL_WIDTH: usize = 18;
const OPTION_GAP: usize = 2;
/// Columns of `(•) ` and `[x] `.
const MARK_WIDTH: usize = 4;

pub(super) struct Form<'t> {
    rows: Vec<Row>,
    width: u16,
    focus: Option<Field>,
    /// Typing replaces the focused text.
    is_untouched: bool,
    theme: &'t Theme,
}

#[derive(Default)]
struct Row {
    left: Line<'static>,
    right: Line<'static>,
    field: Option<Field>,
    cursor: Option<u16>,
    /// Hit areas of choices: first column, columns, choice.
    choices: Vec<(usize, usize, usize)>,
}

impl<'t> Form<'t> {
    /// Without a focus, something else takes the keys.
    pub(super) fn new(width: u16, focus: Option<Field>, theme: &'t Theme) -> Self {
        Self { rows: Vec::new(), width: width.saturating_sub(2 * MARGIN), focus, is_untouched: false, theme }
    }

    /// The rows of the current pane. `alone` means that no side help shows what is known.
    pub(super) fn of_pane(model: &Model, width: u16, alone: bool, theme: &'t Theme) -> Self {
        let mut form = Self { is_untouched: model.is_untouched(), ..Self::new(width, super::form_focus(model), theme) };
        for group in model.groups().iter().filter(|group| (group.shown)(model)) {
            let remarks = (group.remarks)(model);
            let is_empty = group.heading.is_none() && group.fields.is_empty() && remarks.is_empty();
            if !is_empty {
                form.blank();
            }
            if let Some(heading) = group.heading {
                form.heading(heading);
            }
            for spec in group.visible(model) {
                form.field(spec, model, model.values(), group.layout);
                form.notes(spec, model, model.error(spec.field), alone);
            }
            for (field, note) in remarks {
                form.known(field, &note, alone);
            }
        }
        form
    }

    /// The label of a field, and its value.
    fn field<M>(&mut self, spec: &FieldSpec<M>, state: &M, values: &Values, layout: Layout) {
        let (field, label, placeholder) = (spec.field, spec.short_label(state), spec.placeholder_now(state));
        let beside = if layout == Layout::Above || spec.is_unlabeled { "" } else { label };
        let room = usize::from(self.width) - if beside.is_empty() { 0 } else { LABEL_WIDTH };
        match (&spec.kind, values.get(spec.value_of())) {
            (Kind::Choice(_) | Kind::Item { .. }, _) => {
                let (labels, chosen) = (spec.choices(state), spec.chosen(state, values));
                let is_chosen = |at| at == chosen;
                let options = Options { labels: &labels, signs: ["(•)", "( )"], is_chosen: &is_chosen, cursor: None };
                self.options(field, label, &options, layout);
            }
            (_, Value::Several(several)) => {
                let (labels, is_chosen) = (spec.choices(state), |at| several.chosen.contains(&at));
                let cursor = self.has_focus(field).then_some(several.cursor);
                let options = Options { labels: &labels, signs: ["[x]", "[ ]"], is_chosen: &is_chosen, cursor };
                self.options(field, label, &options, layout);
            }
            (_, Value::Check(on)) => self.check(field, *on, label),
            (_, Value::Text(input)) => {
                if layout == Layout::Above && !spec.is_unlabeled {
                    self.label(field, label, Line::default());
                }
                let (shown, cursor) = visible_input(input, room.saturating_sub(1));
                self.value(field, beside, shown, placeholder, Some(cursor));
            }
            (_, Value::Secret(secret)) => {
                let shown = visible_end(&secret.shown(), room.saturating_sub(1));
                let cursor = columns(&shown);
                self.value(field, beside, shown, placeholder, Some(cursor));
            }
            (_, Value::Picked(picked)) => {
                self.value(field, beside, fit(picked.as_deref().unwrap_or_default(), room), placeholder, None);
                self.add_choice_area(usize::from(self.width) - room, 0);
            }
            (_, Value::Choice(_) | Value::None) => {}
        }
    }

    /// The error of a field, or else what is known about its value; and warnings.
    fn notes<M>(&mut self, spec: &FieldSpec<M>, state: &M, error: Option<&str>, alone: bool) {
        let field = Some(spec.field);
        if let Some(error) = error {
            self.note(field, Sign::Failed, error);
        }
        for note in (spec.notes)(state) {
            if error.is_none() || matches!(note, Note::Details(_)) {
                self.known(field, &note, alone);
            }
        }
        for warning in (spec.warnings)(state) {
            self.note(field, Sign::Warning, &warning.what);
        }
    }

    fn known(&mut self, field: Option<Field>, note: &Note, alone: bool) {
        match note {
            Note::Fact(text) => self.note(field, Sign::Done, text),
            Note::Warning(known) => self.note(field, Sign::Warning, &known.what),
            Note::Failed(known) => self.note(field, Sign::Failed, &known.what),
            Note::Running(text) => self.note(field, Sign::Running, text),
            Note::Hint(text) => {
                for line in wrap(text, self.width) {
                    self.push(field, Line::styled(line, self.theme.hint), Line::default());
                }
            }
            Note::Details(facts) if alone => self.details(field, facts),
            Note::Details(_) => {}
        }
    }

    fn details(&mut self, field: Option<Field>, facts: &[String]) {
        let room = usize::from(self.width).saturating_sub(2);
        let mut rows: Vec<String> = Vec::new();
        for fact in facts {
            match rows.last_mut() {
                Some(row) if columns(row) + 3 + columns(fact) <= room => row.push_str(&format!(" · {fact}")),
                _ => rows.push(fact.clone()),
            }
        }
        rows.truncate(if field == self.focus { usize::MAX } else { 1 });
        for row in rows {
            self.push(field, Line::raw(format!("  {row}")), Line::default());
        }
    }

    pub(super) fn height(&self) -> u16 {
        u16::try_from(self.rows.len()).unwrap_or(u16::MAX)
    }

    pub(super) fn focus_height(&self) -> u16 {
        let focused = self.rows.iter().filter(|row| row.field.is_some() && row.field == self.focus);
        u16::try_from(focused.count()).unwrap_or(u16::MAX)
    }

    fn has_focus(&self, field: Field) -> bool {
        self.focus == Some(field)
    }

    fn blank(&mut self) {
        if !self.rows.is_empty() {
            self.rows.push(Row::default());
        }
    }

    fn heading(&mut self, text: &str) {
        let line = Line::styled(fit(text, self.width.into()), self.theme.heading);
        self.rows.push(Row { left: line, ..Row::default() });
    }

    fn label(&mut self, field: Field, label: &str, right: Line<'static>) {
        self.push(Some(field), Line::styled(label.to_owned(), self.label_style(field)), right);
    }

    fn label_beside(&self, field: Field, label: &str) -> Line<'static> {
        match label {
            "" => Line::default(),
            label => Line::from(Span::styled(pad(label, LABEL_WIDTH), self.label_style(field))),
        }
    }

    fn label_style(&self, field: Field) -> Style {
        if self.has_focus(field) { self.theme.heading } else { Style::new() }
    }

    fn value(&mut self, field: Field, label: &str, shown: String, placeholder: &str, cursor: Option<usize>) {
        let mut line = self.label_beside(field, label);
        let start = line.width();
        line.push_span(match shown.is_empty() {
            true => Span::styled(fit(placeholder, usize::from(self.width) - start), self.theme.hint),
            false if cursor.is_some() && self.is_untouched && self.has_focus(field) => {
                Span::styled(shown, self.theme.selected)
            }
            false => Span::raw(shown),
        });
        self.push(Some(field), line, Line::default());
        if let (true, Some(row)) = (self.has_focus(field), self.rows.last_mut()) {
            row.cursor = cursor.and_then(|cursor| u16::try_from(start + cursor).ok());
        }
    }

    /// Options beside their label, at the end of its row, or below it, as the layout says and as they fit.
    fn options(&mut self, field: Field, label: &str, options: &Options<'_>, layout: Layout) {
        let room = usize::from(self.width);
        let (whole, beside) = (options.rows(room), options.rows(room.saturating_sub(LABEL_WIDTH)));
        match layout {
            Layout::Above => {
                let width = options.width(&whole[0]);
                if whole.len() == 1 && columns(label) + 3 + width <= room {
                    self.label(field, label, options.line(&whole[0], self.theme));
                    return self.add_option_areas(field, options, &whole[0], room - width);
                }
                self.label(field, label, Line::default());
                self.option_rows(field, "", options, &whole);
            }
            Layout::Beside if options.widest() <= room.saturating_sub(LABEL_WIDTH) => {
                self.option_rows(field, label, options, &beside);
            }
            Layout::Beside => {
                self.label(field, label, Line::default());
                self.option_rows(field, "", options, &whole);
            }
        }
    }

    /// Rows of options; the first has their label, if there is one.
    fn option_rows(&mut self, field: Field, label: &str, options: &Options<'_>, rows: &[OptionRow]) {
        let start = if label.is_empty() { 0 } else { LABEL_WIDTH };
        for (at, row) in rows.iter().enumerate() {
            let mut line = match (start, at) {
                (0, _) => Line::default(),
                (_, 0) => self.label_beside(field, label),
                _ => Line::raw(" ".repeat(LABEL_WIDTH)),
            };
            line.extend(options.line(row, self.theme));
            self.push(Some(field), line, Line::default());
            self.add_option_areas(field, options, row, start);
        }
    }

    /// Adds the hit areas of options that begin at a column of the last row, and the cursor if it is there.
    fn add_option_areas(&mut self, field: Field, options: &Options<'_>, row: &OptionRow, start: usize) {
        let mut next = start;
        let mut cursor = None;
        let places = row.options.clone().map(|at| {
            let (first, width) = (next, options.option_width(at));
            next += width + row.gap;
            if options.cursor == Some(at) {
                cursor = u16::try_from(first + 1).ok();
            }
            (first, width, at)
        });
        let places = places.collect();
        self.set_choice_areas(places);
        if let (true, Some(row)) = (self.has_focus(field), self.rows.last_mut()) {
            row.cursor = cursor;
        }
    }

    fn check(&mut self, field: Field, on: bool, text: &str) {
        let style = self.label_style(field);
        for (at, line) in wrap(text, self.width.saturating_sub(4)).into_iter().enumerate() {
            let sign = match (at, on) {
                (0, true) => "[x] ",
                (0, false) => "[ ] ",
                _ => "    ",
            };
            self.push(Some(field), Line::from(vec![Span::raw(sign), Span::styled(line, style)]), Line::default());
            self.add_choice_area(0, usize::from(!on));
        }
    }

    /// A sentence after a sign. Without a field, it is about several.
    fn note(&mut self, field: Option<Field>, sign: Sign, text: &str) {
        let style = match sign {
            Sign::Failed if field.is_some() => self.theme.failed,
            Sign::Running if field.is_some() => self.theme.hint,
            _ => Style::new(),
        };
        for (at, line) in wrap(text, self.width.saturating_sub(2)).into_iter().enumerate() {
            let mark = if at == 0 { sign.span(self.theme) } else { Span::raw(" ") };
            self.push(field, Line::from(vec![mark, Span::raw(" "), Span::styled(line, style)]), Line::default());
        }
    }

    fn push(&mut self, field: Option<Field>, left: Line<'static>, right: Line<'static>) {
        self.rows.push(Row { left, right, field, ..Row::default() });
    }

    fn set_choice_areas(&mut self, choices: Vec<(usize, usize, usize)>) {
        if let Some(row) = self.rows.last_mut() {
            row.choices = choices;
        }
    }

    fn add_choice_area(&mut self, start: usize, choice: usize) {
        self.set_choice_areas(vec![(start, usize::from(self.width).saturating_sub(start), choice)]);
    }

    pub(super) fn draw(self, frame: &mut Frame<'_>, area: Rect) -> HitMap {
        let mut targets = HitMap::default();
        if area.height == 0 || area.width == 0 {
            return targets;
        }
        let first = self.first_row(usize::from(area.height));
        for (row, y) in self.rows.iter().skip(first).zip(area.top()..area.bottom()) {
            let focused = row.field.is_some() && row.field == self.focus;
            if focused {
                frame.buffer_mut().set_stringn(area.x, y, "▌", area.width.into(), self.theme.focus);
            }
            let inner = Rect { x: area.x + MARGIN, y, width: self.width.min(area.width - MARGIN), height: 1 };
            both_ends(frame.buffer_mut(), inner, &row.left, &row.right);
            if let Some(field) = row.field {
                targets.add(Rect { y, height: 1, ..area }, HitTarget::Field(field));
                for &(start, width, choice) in &row.choices {
                    targets.add(columns_of_row(inner, start, width), HitTarget::Choice(field, choice));
                }
            }
            if let Some(cursor) = row.cursor {
                frame.set_cursor_position(Position { x: inner.x + cursor.min(inner.width.saturating_sub(1)), y });
            }
        }
        self.draw_scroll_marks(frame, area, first);
        targets
    }

    /// Marks at the right edge show that there are rows above or below.
    fn draw_scroll_marks(&self, frame: &mut Frame<'_>, area: Rect, first: usize) {
        let x = area.right() - 1;
        if first > 0 {
            frame.buffer_mut().set_string(x, area.y, "↑", self.theme.hint);
        }
        if first + usize::from(area.height) < self.rows.len() {
            frame.buffer_mut().set_string(x, area.bottom() - 1, "↓", self.theme.hint);
        }
    }

    /// The first visible row: the top, unless the focused field would not be visible with a row around it. The first
    /// field keeps its heading in sight.
    fn first_row(&self, height: usize) -> usize {
        let of_focus = |row: &Row| row.field.is_some() && row.field == self.focus;
        let last_first = self.rows.len().saturating_sub(height);
        let Some(top) = self.rows.iter().position(of_focus) else { return 0 };
        let bottom = self.rows.iter().rposition(of_focus).unwrap_or(top);
        if bottom + 1 < height || top <= 1 && bottom < height {
            return 0;
        }
        // A field higher than the area shows its first rows.
        (bottom + 2).saturating_sub(height).min(top).min(last_first)
    }
}

/// The end of a secret, which is where it is typed.
fn visible_end(text: &str, room: usize) -> String {
    let skipped = text.chars().count().saturating_sub(room);
    harmless(text).chars().skip(skipped).collect()
}

/// Radio buttons or check boxes.
struct Options<'a> {
    labels: &'a [String],
    /// An option that is chosen, and one that is not.
    signs: [&'static str; 2],
    is_chosen: &'a dyn Fn(usize) -> bool,
    /// The check box that keys apply to.
    cursor: Option<usize>,
}

/// Options that stand side by side, with so many columns between them.
struct OptionRow {
    options: Range<usize>,
    gap: usize,
}

impl Options<'_> {
    fn option_width(&self, at: usize) -> usize {
        MARK_WIDTH + self.labels.get(at).map_or(0, |label| columns(label))
    }

    fn widest(&self) -> usize {
        (0..self.labels.len()).map(|at| self.option_width(at)).max().unwrap_or(0)
    }

    fn width(&self, row: &OptionRow) -> usize {
        let gaps = row.options.len().saturating_sub(1) * row.gap;
        row.options.clone().map(|at| self.option_width(at)).sum::<usize>() + gaps
    }

    /// Puts the options into as few rows as the room needs; narrow gaps where that saves a row. There is a row at least.
    fn rows(&self, room: usize) -> Vec<OptionRow> {
        let wide = self.rows_with(room, OPTION_GAP);
        let narrow = self.rows_with(room, 1);
        if narrow.len() < wide.len() { narrow } else { wide }
    }

    fn rows_with(&self, room: usize, gap: usize) -> Vec<OptionRow> {
        let mut rows = vec![OptionRow { options: 0..0, gap }];
        for at in 0..self.labels.len() {
            let last = rows.len() - 1;
            let longer = OptionRow { options: rows[last].options.start..at + 1, gap };
            if rows[last].options.is_empty() || self.width(&longer) <= room {
                rows[last] = longer;
            } else {
                rows.push(OptionRow { options: at..at + 1, gap });
            }
        }
        rows
    }

    fn line(&self, row: &OptionRow, theme: &Theme) -> Line<'static> {
        let mut line = Line::default();
        for at in row.options.clone() {
            if at > row.options.start {
                line.push_span(Span::raw(" ".repeat(row.gap)));
            }
            let label = self.labels.get(at).map_or("", String::as_str);
            let (sign, style) = match (self.is_chosen)(at) {
                true => (Span::styled(self.signs[0], theme.accent), Style::new()),
                false => (Span::styled(self.signs[1], theme.hint), theme.hint),
            };
            let style = if self.cursor == Some(at) { theme.heading } else { style };
            line.extend([sign, Span::raw(" "), Span::styled(label.to_owned(), style)]);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focused_field_is_visible_at_every_height() {
        let theme = Theme::color();
        let fields = [Field::INPUT_DATA_SET, Field::DATASET_ID, Field::FILE_NAME, Field::APPEND];
        for focus in fields {
            for height in 1..20 {
                let mut form = Form::new(60, Some(focus), &theme);
                for field in fields {
                    form.label(field, "label", Line::default());
                    form.known(Some(field), &Note::Hint("value".to_owned()), true);
                    form.blank();
                }
                let first = form.first_row(height);
                let at = form.rows.iter().position(|row| row.field == Some(focus)).unwrap();
                assert!(first <= at && at < first + height, "{focus:?} at {height}");
            }
        }
    }
}
