//! A run in progress.
//!
//! ```text
//!   Daily Sales by Region  →  acme-analytics/sales-mart/daily-sales.csv
//!
//!   ✓ Ask          Domo states 1,204,331 rows                                    0.4 s
//!   ● Export       812,004 of 1,204,331 rows   57.1 MB
//!   ● Upload       55.8 MB  ━━━━━━━━━━━━━━━━━━╸─────────  67 %   8.2 MB/s   0:04 left
//!   ○ Processing   by data.world
//!   ○ Proof        rows and size
//!
//!   ▁▂▅▇▇▇▆▇▇█▇▇▆▇▇▇█▇   last minute, peak 9.1 MB/s                      attempt 1 of 5
//!
//!   The file is new: it is there once every row has arrived.
//! ```

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Sparkline, Widget as _};

use super::Theme;
use super::text::{Rows, Sign, both_ends, columns_of_row, wrap};
use crate::explain;
use crate::history::Phase;
use crate::text::format::{bytes, clock, count, counted, speed, took};
use crate::text::terminal_text::{columns, fit, pad, pad_left};
use crate::transfer::{Pace, Pause, PhaseState, Progress, estimated_total, export_ratio, upload_ratio};
use crate::tui::state::{Run, RunState};

const NAME_WIDTH: usize = 13;
const MIN_BAR_WIDTH: usize = 8;
/// The size from which on the throughput of the last minute has a chart of its own.
const WIDE: u16 = 100;
const TALL: u16 = 24;
const CHART_HEIGHT: u16 = 6;

pub(super) fn draw(rows: &mut Rows<'_>, height: u16, run: &Run, theme: &Theme) {
    let Run { progress, pace, .. } = run;
    let first = rows.free_rows();
    let roomy = height >= 12;
    draw_route(rows, run, theme);
    if roomy || progress.note.is_none() && height.saturating_sub(first - rows.free_rows()) >= 9 {
        rows.blank();
    }
    draw_phases(rows, run, theme);
    if roomy {
        rows.blank();
    }
    let has_chart = rows.width() >= WIDE && height >= TALL;
    if let Some(row) = rows.take() {
        draw_last_minute(rows.buffer(), row, progress, pace, !has_chart, theme);
    }
    if let Some(area) = has_chart.then(|| rows.take_rows(CHART_HEIGHT)).flatten() {
        let parts = pace.last_minute(area.width.into());
        Sparkline::default().data(&parts).style(theme.accent).render(area, rows.buffer());
    }
    if roomy {
        rows.blank();
    }
    if run.state == RunState::Cancelling {
        rows.signed(Sign::Running, "Cancelling…", theme.heading, theme);
    } else if let Some(note) = run.note() {
        rows.signed(Sign::Warning, &note, Style::new(), theme);
    }
    // This always holds, so it is not worth scrolling for.
    let meanwhile = explain::meanwhile(progress, run.is_dry());
    let room = height.saturating_sub(first - rows.free_rows());
    if wrap(meanwhile, rows.width()).len() <= usize::from(room) {
        rows.sentences(meanwhile, theme.hint);
    }
}

pub(super) fn draw_ended(rows: &mut Rows<'_>, run: &Run, theme: &Theme) {
    rows.blank();
    draw_phases(rows, run, theme);
}

fn draw_phases(rows: &mut Rows<'_>, run: &Run, theme: &Theme) {
    for (phase, state) in Phase::ALL.into_iter().zip(run.progress.phases) {
        let Some(row) = rows.take() else { return };
        draw_phase(rows.buffer(), row, phase, state, run, theme);
    }
}

fn draw_route(rows: &mut Rows<'_>, run: &Run, theme: &Theme) {
    // Until the run has asked, the entered values stand in.
    let export = run.export();
    let input = run.progress.input.as_deref().unwrap_or(&export.name);
    let dataset = export.output.dataset.to_string();
    let file = run.progress.file.as_deref().unwrap_or(&dataset);
    let width = usize::from(rows.width());
    if *input == *export.name || columns(input) + 5 + columns(file) > width {
        if *input != *export.name {
            rows.text(input, Style::new());
        }
        let file = Span::raw(fit(file, width.saturating_sub(2)));
        rows.line(&Line::from(vec![Span::styled("→ ", theme.hint), file]));
    } else {
        rows.line(&Line::from(vec![
            Span::raw(fit(input, width)),
            Span::styled("  →  ", theme.hint),
            Span::raw(fit(file, width)),
        ]));
    }
}

fn draw_phase(buffer: &mut Buffer, row: Rect, phase: Phase, state: PhaseState, run: &Run, theme: &Theme) {
    let progress = &run.progress;
    let (sign, end) = match state {
        PhaseState::Waiting => (Sign::Waiting, String::new()),
        PhaseState::Running => (Sign::Running, String::new()),
        PhaseState::Done(time) => (Sign::Done, took(time)),
        PhaseState::Stopped => (Sign::Skipped, "stopped".to_owned()),
        PhaseState::Failed => (Sign::Failed, "failed".to_owned()),
        PhaseState::Skipped => (Sign::Skipped, "left out".to_owned()),
    };
    let name = phase.label();
    let begun = !matches!(state, PhaseState::Waiting | PhaseState::Skipped);
    let name = Span::styled(format!("{name:NAME_WIDTH$}"), if begun { theme.heading } else { theme.hint });
    let mut line = Line::from(vec![sign.span(theme), Span::raw(" "), name]);
    let room = usize::from(row.width).saturating_sub(line.width());
    let moving = match phase {
        // Fixed widths keep the figures from moving.
        Phase::Upload => Some((pad(&bytes(progress.bytes_out), 8), upload_ratio(progress))),
        // While nothing is sent, receiving is what takes time.
        Phase::Export if progress.upload_waits() => progress.rows_stated.map(|stated| {
            let (rows, all) = (count(progress.rows), count(stated));
            (format!("{} of {all} rows", pad_left(&rows, columns(&all))), export_ratio(progress))
        }),
        _ => None,
    };
    if let Some((moved, ratio)) = moving.filter(|_| state == PhaseState::Running) {
        push_transfer(&mut line, room, &moved, ratio, run, theme);
        buffer.set_line(row.x, row.y, &line, row.width);
        return;
    }
    let style = if begun { Style::new() } else { theme.hint };
    let mut detail = phase_detail(phase, begun, progress);
    // The bytes are left out before the rows are cut.
    if let (Phase::Export, true, Some((rows, _))) =
        (phase, columns(&detail) + columns(&end) + 2 > room, detail.split_once("   "))
    {
        detail = rows.to_owned();
    }
    line.push_span(Span::styled(detail, style));
    both_ends(buffer, row, &line, &Line::styled(end, theme.hint));
}

fn phase_detail(phase: Phase, begun: bool, progress: &Progress) -> String {
    match phase {
        Phase::Ask => progress.ask_summary(),
        Phase::Export if !begun => "rows from Domo".to_owned(),
        Phase::Export => {
            let rows = match progress.rows_stated {
                Some(stated) if stated != progress.rows => {
                    format!("{} of {} rows", count(progress.rows), count(stated))
                }
                _ => counted(progress.rows, "row"),
            };
            format!("{rows}   {}", bytes(progress.bytes_in))
        }
        Phase::Upload if !begun && progress.replaces == Some(true) => {
            "to data.world, once every row is here".to_owned()
        }
        Phase::Upload if !begun => "to data.world".to_owned(),
        Phase::Upload => bytes(progress.bytes_out),
        Phase::Processing => "by data.world".to_owned(),
        Phase::Proof => "rows and size".to_owned(),
    }
}

/// Draws the amount, the bar, the speed and the time left. Without room for a bar, the speed is left out: the row of
/// the last minute has it.
fn push_transfer(line: &mut Line<'_>, room: usize, moved: &str, ratio: Option<f64>, run: &Run, theme: &Theme) {
    let Run { progress, pace, .. } = run;
    let percent = ratio.map_or(String::new(), |ratio| pad_left(&format!("{:.0} %", (ratio * 100.0).floor()), 7));
    let (mut rate, mut left, style) = match stalled_label(run) {
        Some(stalled) => (String::new(), format!("  {stalled}"), theme.warning),
        None => {
            let rate = if progress.bytes_moved() > 0 { speed(pace.rate()) } else { String::new() };
            let left = estimated_total(progress).and_then(|total| pace.time_left(total));
            let left = left.map_or(String::new(), |left| format!("{} left", clock(whole_seconds(left))));
            (pad_left(&rate, 13), pad_left(&left, 12), theme.hint)
        }
    };
    if columns(moved) + percent.len() + left.len() > room {
        left = format!("  {}", left.trim_start());
    }
    let others = columns(moved) + percent.len() + left.len() + 2;
    if room < others + rate.len() + MIN_BAR_WIDTH {
        rate.clear();
    }
    let bar = room.saturating_sub(others + rate.len());
    line.push_span(Span::raw(moved.to_owned()));
    if let Some(ratio) = ratio.filter(|_| bar >= MIN_BAR_WIDTH) {
        line.push_span(Span::raw("  "));
        push_bar(line, bar, ratio, theme);
    }
    line.push_span(Span::raw(percent));
    line.push_span(Span::raw(rate));
    line.push_span(Span::styled(left, style));
}

/// Says for how long nothing has moved. A time left would be a guess then.
fn stalled_label(run: &Run) -> Option<String> {
    let time = explain::whole_seconds(run.stalled()?);
    Some(if run.has_sent_all() { format!("all sent, no answer for {time}") } else { format!("no bytes for {time}") })
}

/// Rounds up: `0:00` would mean that it is over.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0))
}

pub(super) fn push_bar(line: &mut Line<'_>, width: usize, ratio: f64, theme: &Theme) {
    let halves = (width as f64 * 2.0 * ratio).floor() as usize;
    let (full, half) = (halves / 2, halves % 2);
    let rest = width.saturating_sub(full + half);
    line.push_span(Span::styled(format!("{}{}", "━".repeat(full), "╸".repeat(half)), theme.accent));
    line.push_span(Span::styled("─".repeat(rest), theme.line));
}

/// Draws the throughput in a row: as words, and as small bars unless a chart has them.
fn draw_last_minute(buffer: &mut Buffer, row: Rect, progress: &Progress, pace: &Pace, has_bars: bool, theme: &Theme) {
    // Room for the words beside it, and for the attempt at the end.
    let parts = pace.last_minute(usize::from(row.width).saturating_sub(46).clamp(10, 60));
    let peak = pace.seconds().max().unwrap_or(0);
    let mut line = Line::default();
    let bars = if has_bars && peak > 0 { parts.len() } else { 0 };
    if peak > 0 && !parts.is_empty() {
        let gap = if has_bars { "  " } else { "" };
        line.push_span(Span::raw(" ".repeat(bars)));
        let words = if row.width >= 70 { "last minute".to_owned() } else { speed(pace.rate()) };
        // The current second is not in the parts.
        let peak = speed((peak as f64).max(pace.rate()));
        line.push_span(Span::styled(format!("{gap}{words}, peak {peak}"), theme.hint));
    }
    // A note of a retry has the counter already.
    let is_again = progress.attempt > 1 && !matches!(progress.note, Some(Pause::Call(_)));
    let attempt = is_again.then(|| format!("attempt {} of {}", progress.attempt, progress.attempts));
    both_ends(buffer, row, &line, &Line::styled(attempt.unwrap_or_default(), theme.warning));
    Sparkline::default().data(&parts).style(theme.accent).render(columns_of_row(row, 0, bars), buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_its_width_at_every_ratio() {
        for percent in 0..=100 {
            let mut line = Line::default();
            push_bar(&mut line, 20, f64::from(percent) / 100.0, &Theme::color());
            assert_eq!(line.width(), 20, "{percent}");
        }
    }

    #[test]
    fn the_time_left_is_never_zero_while_running() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), Duration::from_secs(1));
        assert_eq!(whole_seconds(Duration::from_secs(4)), Duration::from_secs(4));
    }
}
