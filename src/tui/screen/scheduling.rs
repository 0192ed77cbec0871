//! The Scheduling pane.
//!
//! ```text
//!   Scheduling        (•) Basic Scheduling   ( ) Advanced Scheduling   ( ) Cron
//!   Update interval   ‹ Every week ›
//!   Every             2
//! ▌ On                Mon, Thu
//!   Start time        06:30
//!   Start date        2026-11-23
//!   Time zone         America/Denver
//!   ✓ Every 2 weeks on Monday and Thursday at 06:30, from 23 Nov 2026, America/Denver
//!
//!   [x] Always retry when an update fails
//! ```

use chrono_tz::Tz;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

use super::Theme;
use super::form::Form;
use super::text::{Rows, Sign};
use crate::text::terminal_text::{fit, pad};
use crate::tui::wizard::scheduling::{Unit, warning};
use crate::tui::wizard::words::{choices, label};
use crate::tui::wizard::{Field, Model, Scheduling};

/// Columns of `Mon 23 Nov 2026 06:30`.
const MOMENT_WIDTH: usize = 21;

pub(super) fn form<'t>(model: &Model, width: u16, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    let fields = model.fields();
    let (when, upkeep) = fields.split_at(fields.iter().position(|field| is_upkeep(*field)).unwrap_or(fields.len()));
    for field in when {
        draw_field(&mut form, model, *field);
    }
    draw_summary(&mut form, model);
    form.blank();
    for field in upkeep {
        draw_field(&mut form, model, *field);
    }
    form
}

/// A field about each run, not about its time.
fn is_upkeep(field: Field) -> bool {
    matches!(field, Field::Retry | Field::UpdateMethod)
}

fn draw_field(form: &mut Form<'_>, model: &Model, field: Field) {
    let pane = &model.scheduling;
    let label = label(field);
    match field {
        Field::ScheduleMode => form.compact_choice(field, label, choices(field), pane.mode as usize),
        Field::Interval => form.compact_choice(field, label, choices(field), pane.unit as usize),
        Field::ByInterval => form.compact_choice(field, label, choices(field), usize::from(pane.by_interval)),
        Field::UpdateMethod => form.compact_choice(field, label, choices(field), pane.update as usize),
        Field::StartAtOnce => form.check(field, pane.start_at_once, label),
        Field::Retry => form.check(field, pane.retry, label),
        Field::OnlyWhenUpdated => form.check(field, pane.only_when_updated, label),
        _ => {
            if let Some((input, placeholder)) = text_input(pane, field) {
                form.input(field, label, input, placeholder);
            }
        }
    }
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    }
}

fn text_input(pane: &Scheduling, field: Field) -> Option<(&Input, &'static str)> {
    Some(match field {
        Field::Every => (&pane.every, "1"),
        Field::OnDays if pane.unit == Unit::Weeks => (&pane.on_days, "such as Mon, Thu"),
        Field::OnDays => (&pane.on_days, "a day of the month, 1 to 31"),
        Field::StartTime => (&pane.start_time, "such as 06:30"),
        Field::ActiveFrom => (&pane.active_from, "00:00"),
        Field::ActiveTo => (&pane.active_to, "the whole day"),
        Field::MonthDays if pane.by_interval => (&pane.month_days, "every day"),
        Field::MonthDays => (&pane.month_days, "such as 2nd Sunday, 4th Sunday"),
        Field::AdvancedInterval => (&pane.interval, "such as 15 minutes"),
        Field::Cron => (&pane.cron, "such as 30 6 * * 1-5"),
        Field::StartDate => (&pane.start_date, "optional"),
        Field::TimeZone => (&pane.zone, "UTC"),
        Field::RetryMinutes => (&pane.retry_minutes, "minutes"),
        Field::RetryAtMost => (&pane.retry_at_most, "times"),
        Field::Keep => (&pane.keep, "all files"),
        _ => return None,
    })
}

fn draw_summary(form: &mut Form<'_>, model: &Model) {
    let Ok(schedule) = model.scheduling.schedule(model.now) else { return };
    if schedule.is_manual() {
        return;
    }
    form.remark(Sign::Done, &schedule.describe());
    if let Some(warning) = warning(&schedule) {
        form.remark(Sign::Warning, warning);
    }
}

/// Draws the next runs in UTC and in the schedule's zone; `false` if there are none.
pub(super) fn next_runs(rows: &mut Rows<'_>, model: &Model, theme: &Theme) -> bool {
    let lines = next_run_lines(model);
    for (at, line) in lines.iter().enumerate() {
        rows.text(line, if at == 0 { theme.heading } else { Style::new() });
    }
    !lines.is_empty()
}

fn next_run_lines(model: &Model) -> Vec<String> {
    let Ok(schedule) = model.scheduling.schedule(model.now) else { return Vec::new() };
    if schedule.is_manual() {
        return Vec::new();
    }
    let runs = model.scheduling.next_runs(model.now);
    let is_utc = schedule.zone == Tz::UTC;
    let head = match is_utc {
        true => "Next runs, UTC".to_owned(),
        false => format!("{}  {}", pad("Next runs, UTC", MOMENT_WIDTH), schedule.zone.name()),
    };
    let rows = runs.into_iter().map(|run| {
        let utc = run.format("%a %e %b %Y %H:%M").to_string();
        let there = run.with_timezone(&schedule.zone);
        // The weekday shows another date, and the offset tells the sides of a clock change apart.
        if is_utc { utc } else { format!("{}  {}", pad(&utc, MOMENT_WIDTH), there.format("%a %H:%M %:z")) }
    });
    std::iter::once(head).chain(rows).collect()
}

pub(super) fn is_manual(model: &Model) -> bool {
    next_run_lines(model).is_empty()
}

pub(super) fn next_runs_under(model: &Model, room: usize, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let lines = next_run_lines(model).into_iter().take(room).enumerate();
    if room > 1 {
        let style = |at| if at == 0 { theme.heading } else { Style::new() };
        return lines.map(|(at, line)| Line::styled(fit(&line, width.into()), style(at))).collect();
    }
    let zone = model.scheduling.schedule(model.now).map(|schedule| schedule.zone);
    let (Ok(zone), Some(next)) = (zone, model.scheduling.next_runs(model.now).first().copied()) else {
        return Vec::new();
    };
    let there = next.with_timezone(&zone).format("%a %-d %b %H:%M");
    let utc = if zone == Tz::UTC { String::new() } else { next.format(", %H:%M UTC").to_string() };
    let text = format!("{there} {}{utc}", zone.name());
    vec![Line::from(vec![Span::styled("next run ", theme.hint), Span::raw(text)])]
}
