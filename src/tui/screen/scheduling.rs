//! The next runs of the schedule that is entered.
//!
//! ```text
//!  Next runs, UTC         America/Denver
//!  Mon 23 Nov 2026 13:30  Mon 06:30 -07:00
//!  Thu 26 Nov 2026 13:30  Thu 06:30 -07:00
//! ```

use chrono_tz::Tz;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Theme;
use super::text::Rows;
use crate::text::terminal_text::{fit, pad};
use crate::tui::wizard::Model;

/// Columns of `Mon 23 Nov 2026 06:30`.
const MOMENT_WIDTH: usize = 21;

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
