//! The Review & run pane. Text that does not fit scrolls above the buttons.
//!
//! ```text
//!   From          DataSet Daily Sales by Region (845305d8-…), 1,204,331 rows according to Domo
//!   To            acme-analytics/sales-mart (Sales mart)
//! ! File          daily-sales.csv exists (84.2 MB, 21 Nov 2026): it will be replaced.
//!   Each run      The file is replaced on every run.
//!
//! ▌  Save and run    Save    Run once    Dry run
//! ```

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::hit_map::HitTarget;
use super::scroll_view::ScrollView;
use super::text::{MARGIN, Rows, Sign, without_margins, wrap};
use super::{HitMap, Theme};
use crate::text::terminal_text::{columns, pad};
use crate::tui::form::{Field, visible};
use crate::tui::wizard::{Model, Severity, review};

const LABEL_WIDTH: u16 = 14;
const BUTTON_GAP: u16 = 2;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> HitMap {
    let place = without_margins(area);
    let mut lines = review::lines(model);
    let mut paper = ScrollView::write(place.width, |rows| draw_lines(rows, &lines, theme));
    let buttons = place_buttons(model, place.width);
    let button_rows = buttons.last().map_or(0, |button| button.row + 1);
    let room = area.height.saturating_sub(button_rows);
    if paper.height() > room {
        // Warnings must be visible without scrolling.
        lines.sort_by_key(|line| line.severity != Severity::Warning);
        paper = ScrollView::write(place.width, |rows| draw_lines(rows, &lines, theme));
    }
    let height = paper.height().min(room);
    let mut targets = paper.draw(frame.buffer_mut(), Rect { height, ..place }, model.top, theme);
    let gap = u16::from(height < room);
    let below = Rect { y: area.y + height + gap, height: area.height.saturating_sub(height + gap), ..area };
    targets.extend(draw_buttons(frame.buffer_mut(), below, model, &buttons, theme));
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
    for spec in visible(model.groups(), model) {
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

fn draw_lines(rows: &mut Rows<'_>, lines: &[review::ReviewLine], theme: &Theme) {
    let mut before = "";
    for line in lines {
        let warns = line.severity == Severity::Warning;
        let label = if line.label == before { "" } else { line.label };
        before = line.label;
        for (at, text) in wrap(&line.text, rows.width().saturating_sub(LABEL_WIDTH)).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let sign = if warns && at == 0 { Sign::Warning.span(theme) } else { Span::raw(" ") };
            let label = Span::styled(pad(label, usize::from(LABEL_WIDTH) - 2), theme.hint);
            rows.line(&Line::from(vec![label, sign, Span::raw(" "), Span::styled(text, Style::new())]));
        }
    }
}
