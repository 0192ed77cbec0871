//! The Review & run pane. Text that does not fit scrolls above the button.
//!
//! ```text
//!   From          DataSet Daily Sales by Region (845305d8-…), 1,204,331 rows according to Domo
//!   To            acme-analytics/sales-mart (Sales mart)
//! ! File          daily-sales.csv exists (84.2 MB, 21 Nov 2026): it will be replaced.
//!   Each run      The file is replaced on every run.
//!
//! ▌  Start the export
//! ```

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::form::Form;
use super::scroll_view::ScrollView;
use super::text::{Rows, Sign, without_margins, wrap};
use super::{HitMap, Theme};
use crate::text::terminal_text::pad;
use crate::tui::form::Field;
use crate::tui::state::actions;
use crate::tui::wizard::{Model, Severity, review, spec};

const LABEL_WIDTH: u16 = 14;
const SAVE_LABEL: &str = "save without running";
/// Widths at which the key stands beside the button: there is room, and the footer does not fit all keys.
const BESIDE_WIDTHS: Range<u16> = 52..80;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> HitMap {
    let place = without_margins(area);
    let mut lines = review::lines(model);
    let mut paper = ScrollView::write(place.width, |rows| draw_lines(rows, &lines, theme));
    let room = area.height.saturating_sub(1);
    if paper.height() > room {
        // Warnings must be visible without scrolling.
        lines.sort_by_key(|line| line.severity != Severity::Warning);
        paper = ScrollView::write(place.width, |rows| draw_lines(rows, &lines, theme));
    }
    let height = paper.height().min(room);
    let mut targets = paper.draw(frame.buffer_mut(), Rect { height, ..place }, model.top, theme);
    let gap = u16::from(height < room);
    let below = Rect { y: area.y + height + gap, height: area.height.saturating_sub(height + gap), ..area };
    targets.extend(button(model, area.width, theme).draw(frame, below));
    targets
}

/// The button, with the key for saving beside it if the footer has no room for that.
fn button<'t>(model: &Model, width: u16, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    let save =
        actions::footer(model).into_iter().find(|hint| hint.label == SAVE_LABEL && BESIDE_WIDTHS.contains(&width));
    let save = save.map(|save| {
        let key = Span::styled(save.first.name, theme.accent);
        Line::from(vec![key, Span::styled(format!(" {}", save.label), theme.hint)])
    });
    form.button(Field::START, spec(Field::START).label, save.unwrap_or_default());
    form
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
