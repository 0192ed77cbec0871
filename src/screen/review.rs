//! What will happen, before it does.
//!
//! ```text
//!   From          DataSet Daily Sales by Region (845305d8-…), 1,204,331 rows according to Domo
//!   To            acme-analytics/sales-mart (Sales mart)
//! ! File          daily-sales.csv exists (84.2 MB, 21 Nov 2026): it will be replaced.
//!   Each run      The file is replaced on every run.
//!
//! ▌  Start
//! ```

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Theme;
use super::form::Form;
use super::text::{Sign, wrap};
use crate::printable::pad;
use crate::wizard::{Field, Model, Weight, review};

/// Columns of the labels.
const LABELS: u16 = 14;

/// What is left out last where there is no room for all: what goes where.
const ESSENTIAL: [&str; 3] = ["From", "To", "File"];

/// The form of the pane. There is nothing to move to in it, so that it is made to fit into `area` rather than scrolled.
pub(super) fn form<'t>(model: &Model, area: Rect, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(area.width, super::form_focus(model), theme);
    let width = form.width().saturating_sub(LABELS);
    let mut lines = review::lines(model);
    let height = |lines: &[review::Line]| lines.iter().map(|line| wrap(&line.text, width).len()).sum::<usize>() + 2;
    let spare = |line: &review::Line| line.weight == Weight::Info && !ESSENTIAL.contains(&line.label);
    while height(&lines) > usize::from(area.height) {
        let Some(at) = lines.iter().rposition(spare) else { break };
        lines.remove(at);
    }
    for line in &lines {
        let warns = line.weight == Weight::Warning;
        for (at, text) in wrap(&line.text, width).into_iter().enumerate() {
            let label = if at == 0 { line.label } else { "" };
            let sign = if warns && at == 0 { Sign::Warning.span(theme) } else { Span::raw(" ") };
            let label = Span::styled(pad(label, usize::from(LABELS) - 2), theme.hint);
            form.row(Line::from(vec![label, sign, Span::raw(" "), Span::styled(text, Style::new())]), Line::default());
        }
    }
    form.blank();
    form.button(Field::Start, "Start the export");
    form
}
