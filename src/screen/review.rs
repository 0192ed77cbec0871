//! What will happen, before it does.
//!
//! ```text
//!   From          DataSet Daily Sales by Region (845305d8-…), 1,204,331 rows as Domo states
//!   To            acme-analytics/sales-mart (Sales mart)
//! ! File          daily-sales.csv exists (84.2 MB, 21 Nov 2026): it will be replaced.
//!   Each run      The file is replaced on every run.
//!
//! ▌  Start
//! ```

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Theme;
use super::form::Form;
use super::text::{Sign, wrap};
use crate::printable::pad;
use crate::wizard::{Field, Model, Weight, review};

/// Columns of the labels.
const LABELS: u16 = 14;

/// The form of the pane.
pub(super) fn form<'t>(model: &Model, width: u16, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    for line in review::lines(model) {
        let warns = line.weight == Weight::Warning;
        for (at, text) in wrap(&line.text, form.width().saturating_sub(LABELS)).into_iter().enumerate() {
            let mut spans = Vec::new();
            let label = if at == 0 { line.label } else { "" };
            spans.push(Span::styled(pad(label, usize::from(LABELS) - 2), theme.hint));
            spans.push(if warns && at == 0 { Sign::Warning.span(theme) } else { Span::raw(" ") });
            spans.push(Span::raw(" "));
            spans.push(Span::styled(text, Style::new()));
            form.row(Line::from(spans), Line::default());
        }
    }
    form.blank();
    form.button(Field::Start, "Start the export");
    form
}
