//! The Review & run pane. Text that does not fit scrolls above the buttons.
//!
//! ```text
//!   From          DataSet Daily Sales by Region (845305d8-…), 1,204,331 rows accor…  Alt-2
//!   To            acme-analytics/sales-mart (Sales mart)
//!   File        ! daily-sales.csv exists (84.2 MB, 21 Nov 2026): it will be replaced.
//!   Each run      The file is replaced on every run.
//!   Schedule      Manually.                                                          Alt-3
//!
//! ▌  Save and run    Save    Run once    Dry run
//! ```

use std::ops::Range;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::hit_map::HitTarget;
use super::scroll_view::ScrollView;
use super::text::{MARGIN, Rows, Sign, without_margins, wrap};
use super::{HitMap, Theme, side_help};
use crate::text::terminal_text::{columns, pad};
use crate::tui::form::Field;
use crate::tui::wizard::review::{self, ReviewLine};
use crate::tui::wizard::{Model, Severity};

const LABEL_WIDTH: u16 = 14;
const BUTTON_GAP: u16 = 2;
/// The hint of a button, and a blank row above it.
const HINT_HEIGHT: u16 = 2;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> HitMap {
    let place = without_margins(area);
    let focus = super::form_focus(model);
    let mut lines = review::lines(model);
    let write = |lines: &[ReviewLine], gap: u16| {
        let mut parts = Vec::new();
        let paper = ScrollView::write(place.width, |rows| parts = draw_lines(rows, lines, gap, focus, model, theme));
        (paper, parts)
    };
    let buttons = place_buttons(model, place.width);
    let button_rows = buttons.last().map_or(0, |button| button.row + 1);
    let room = area.height.saturating_sub(button_rows);
    let (mut paper, mut parts) = write(&lines, 1);
    if paper.height() + HINT_HEIGHT > room {
        (paper, parts) = write(&lines, 0);
    }
    if paper.height() > room {
        // Warnings must be visible without scrolling.
        lines.sort_by_key(|line| line.severity != Severity::Warning);
        (paper, parts) = write(&lines, 0);
    }
    let height = paper.height().min(room);
    let view = Rect { height, ..place };
    // The last row of a text that does not fit says how much there is.
    let shown = height - u16::from(paper.height() > height);
    let of_focus = || parts.iter().filter(|(_, part)| focus.is_some() && *part == focus).map(|(rows, _)| rows);
    let top = match (of_focus().next(), of_focus().next_back()) {
        (Some(first), Some(last)) => {
            model.top.max(usize::from(last.end.saturating_sub(shown))).min(usize::from(first.start))
        }
        _ => model.top,
    };
    let mut targets = paper.draw(frame.buffer_mut(), view, top, theme);
    let top = u16::try_from(targets.scroll_top().unwrap_or_default()).unwrap_or_default();
    for (rows, part) in parts {
        for row in rows.filter(|row| (top..top + shown).contains(row)) {
            let line = Rect { y: view.y + row - top, height: 1, ..view };
            if let (Some(part), Some(field)) = (part, focus)
                && part == field
            {
                frame.buffer_mut().set_stringn(area.x, line.y, "▌", 1, theme.focus);
            }
            part.into_iter().for_each(|part| targets.add(line, HitTarget::Choice(part, 0)));
        }
    }
    let gap = u16::from(height < room);
    let below = Rect { y: area.y + height + gap, height: area.height.saturating_sub(height + gap), ..area };
    targets.extend(draw_buttons(frame.buffer_mut(), below, model, &buttons, theme));
    let room = below.height.saturating_sub(button_rows + 1);
    let hint = side_help::under(model, place.width, room, theme);
    let under = u16::try_from(hint.len()).unwrap_or(room);
    let mut rows = Rows::new(frame.buffer_mut(), Rect { y: area.bottom() - under, height: under, ..place });
    hint.iter().for_each(|line| rows.line(line));
    targets
}

/// A button on its row, at a column of it.
struct Button {
    field: Field,
    text: String,
    column: u16,
    row: u16,
}

/// Places the buttons side by side, in as many rows as the width needs.
fn place_buttons(model: &Model, width: u16) -> Vec<Button> {
    let mut buttons: Vec<Button> = Vec::new();
    for spec in review::buttons(model) {
        let text = format!(" {} ", spec.label);
        let (column, row) = match buttons.last() {
            Some(before) => (before.column + columns_u16(&before.text) + BUTTON_GAP, before.row),
            None => (0, 0),
        };
        let (column, row) = if column + columns_u16(&text) > width { (0, row + 1) } else { (column, row) };
        buttons.push(Button { field: spec.field, text, column, row });
    }
    buttons
}

fn draw_buttons(buffer: &mut Buffer, area: Rect, model: &Model, buttons: &[Button], theme: &Theme) -> HitMap {
    let mut targets = HitMap::default();
    let focus = super::form_focus(model);
    for Button { field, text, column, row } in buttons {
        let place = Rect { x: area.x + MARGIN + column, y: area.y + row, width: columns_u16(text), height: 1 };
        let place = place.intersection(area);
        let has_focus = focus == Some(*field);
        if has_focus && !place.is_empty() {
            buffer.set_stringn(area.x, place.y, "▌", 1, theme.focus);
        }
        if !place.is_empty() {
            let style = if has_focus { theme.selected } else { theme.heading };
            buffer.set_stringn(place.x, place.y, text, place.width.into(), style);
        }
        targets.add(place, HitTarget::Choice(*field, 0));
    }
    targets
}

fn columns_u16(text: &str) -> u16 {
    u16::try_from(columns(text)).unwrap_or(u16::MAX)
}

/// Draws the lines, with a gap between parts, and returns the rows of each line with its part. The first line of a part
/// has the key of its pane.
fn draw_lines(
    rows: &mut Rows<'_>,
    lines: &[ReviewLine],
    gap: u16,
    focus: Option<Field>,
    model: &Model,
    theme: &Theme,
) -> Vec<(Range<u16>, Option<Field>)> {
    let (mut label_before, mut step_before) = ("", None);
    let (mut drawn, mut next) = (Vec::new(), 0);
    let is_wide = rows.width() >= 90;
    let key_width = if is_wide { 14 } else { 7 };
    for line in lines {
        let (part, key) = review::part(model, line.step).unzip();
        let warns = line.severity == Severity::Warning;
        let label = if line.label == label_before { "" } else { line.label };
        let key = if step_before == Some(line.step) { None } else { key };
        let is_next_part = step_before.is_some_and(|before| before != line.step);
        (label_before, step_before) = (line.label, Some(line.step));
        if is_next_part {
            (0..gap).for_each(|_| rows.blank());
            next += gap;
        }
        let style = if part.is_some() && part == focus { theme.heading } else { theme.hint };
        let width = rows.width().saturating_sub(LABEL_WIDTH + key_width);
        let texts = wrap(&line.text, width);
        let first = next;
        for (at, text) in texts.into_iter().enumerate() {
            let (label, key) = if at == 0 { (label, key.unwrap_or_default()) } else { ("", "") };
            let sign = if warns && at == 0 { Sign::Warning.span(theme) } else { Span::raw(" ") };
            let label = Span::styled(pad(label, usize::from(LABEL_WIDTH) - 2), style);
            let left = Line::from(vec![label, sign, Span::raw(" "), Span::raw(text)]);
            let key = if is_wide && !key.is_empty() { format!("change {key}") } else { key.to_owned() };
            rows.line_with_right(&left, &Line::styled(key, theme.hint));
            next += 1;
        }
        drawn.push((first..next, part));
    }
    drawn
}
