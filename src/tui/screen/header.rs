//! The title, the accounts and the steps.
//!
//! ```text
//!  Writeback  editing Daily sales                              Domo: acme · data.world: analyst
//!  ✓ Credentials  ›  2 Details  ›  3 Scheduling  ›  4 Name & Describe  ›  5 Review & run
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Theme;
use super::text::both_ends;
use crate::text::terminal_text::{columns, fit, fit_middle};
use crate::tui::wizard::{Model, Step};

const MIN_SUBJECT_WIDTH: usize = 12;

pub(super) fn draw_title(buffer: &mut Buffer, row: Rect, demo: bool, (about, right): (&str, &str), theme: &Theme) {
    let mut left = Line::from(Span::styled("Writeback", theme.heading));
    if demo {
        left.push_span(Span::styled("  demo: nothing here is real, or kept afterwards", theme.hint));
    }
    let width = usize::from(row.width);
    // In the demo the accounts are made up, so the demo's notice wins the room.
    let room = width.saturating_sub(left.width() + 2);
    let right = if columns(right) <= room || !demo { right } else { "" };
    let right = fit(right, width.saturating_sub(11));
    let room = width.saturating_sub(left.width() + columns(&right) + if right.is_empty() { 2 } else { 4 });
    if !about.is_empty() && room >= MIN_SUBJECT_WIDTH {
        left.push_span(Span::raw(format!("  {}", fit_middle(about, room))));
    }
    both_ends(buffer, row, &left, &Line::styled(right, theme.hint));
}

pub(super) fn connected_accounts(model: &Model) -> String {
    let credentials = &model.credentials;
    let domo = credentials.domo.test.data.ready().map(|identity| {
        let owner = identity.instance.as_ref().or(identity.user_name.as_ref()).or(identity.user_id.as_ref());
        format!("Domo: {}", owner.map_or("connected", String::as_str))
    });
    let dataworld = credentials.dataworld.test.data.ready().map(|user| format!("data.world: {}", user.id));
    domo.into_iter().chain(dataworld).collect::<Vec<_>>().join(" · ")
}

/// Draws the steps, closer together if there is little room; if they do not fit, only the current one and the subject.
pub(super) fn draw_steps(buffer: &mut Buffer, row: Rect, model: &Model, theme: &Theme) {
    if let Some(service) = model.credentials.only_service {
        let line = Line::styled(format!("{service} account"), theme.focus);
        buffer.set_line(row.x, row.y, &line, row.width);
        return;
    }
    let shown = model.step;
    if let Some(line) = fitting_steps(shown, row.width.into(), theme) {
        buffer.set_line(row.x, row.y, &line, row.width);
        return;
    }
    let at = Step::labels().position(|(step, _)| step == shown).unwrap_or_default();
    let label = Step::labels().nth(at).map_or("", |(_, label)| label);
    let line = Line::from(vec![
        Span::styled(label, theme.focus),
        Span::styled(format!("  step {} of {}", at + 1, Step::labels().count()), theme.hint),
    ]);
    let about =
        fit_middle(&model.subject().unwrap_or_default(), usize::from(row.width).saturating_sub(line.width() + 2));
    both_ends(buffer, row, &line, &Line::raw(about));
}

/// The subject for the title, if the steps leave no room for it in their row.
pub(super) fn title_subject(model: &Model, width: u16, theme: &Theme) -> String {
    let steps = fitting_steps(model.step, width.into(), theme);
    steps.and_then(|_| model.subject()).unwrap_or_default()
}

fn fitting_steps(shown: Step, width: usize, theme: &Theme) -> Option<Line<'static>> {
    let steps: Vec<(Step, &str)> = Step::labels().collect();
    let lines = ["  ›  ", " › "].into_iter().map(|between| steps_line(&steps, shown, between, theme));
    lines.into_iter().find(|line| line.width() <= width)
}

fn steps_line<'a>(steps: &[(Step, &'a str)], shown: Step, between: &'a str, theme: &Theme) -> Line<'a> {
    let mut line = Line::default();
    for (at, (step, label)) in steps.iter().enumerate() {
        if at > 0 {
            line.push_span(Span::styled(between, theme.hint));
        }
        let number = at + 1;
        if *step < shown {
            line.push_span(Span::styled("✓", theme.done));
            line.push_span(Span::raw(format!(" {label}")));
        } else if *step == shown {
            line.push_span(Span::styled(format!("{number} {label}"), theme.focus));
        } else {
            line.push_span(Span::styled(format!("{number} {label}"), theme.hint));
        }
    }
    line
}
