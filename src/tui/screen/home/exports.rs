//! The tab Exports.
//!
//! ```text
//!   ✗ 1 failing                                                                    3
//!   Name             To                              Last                 Next
//!   Costs            acme-finance/closed-books/co…   ✗ failed 3 h ago     in 4 h
//!   Daily sales      acme-analytics/sales-mart/da…   ● Upload ━━━━━╸───  67 %  8.2 MB/s
//!   Weekly           acme-analytics/sales-mart/we…   ✓ 2 d ago            in 5 d
//!
//!   acme-finance/closed-books/costs.csv · every day at 06:30
//!   ✗ data.world refused the upload: the token is read-only (403).
//! ```

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{count_label, draw_head, draw_rows};
use crate::explain::Explanation;
use crate::export::schedule::Punctuality;
use crate::history::{self, Phase, RunResult};
use crate::schedulers::SchedulerStatus;
use crate::text::format::{ago_in_short, bytes, counted, in_short, speed, took};
use crate::text::terminal_text::{columns, fit, fit_middle, name, pad, pad_left};
use crate::transfer::{PhaseState, export_ratio, upload_ratio};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::exports::{ExportRow, SessionRun, Standing};
use crate::tui::screen::run::push_bar;
use crate::tui::screen::text::{Rows, Sign, wrap};
use crate::tui::screen::{HitMap, RunContext, Theme, draw_run_view};
use crate::tui::state::{Remote, RunState};

const GAP: usize = 2;
const LAST_WIDTH: usize = 22;
const NEXT_WIDTH: usize = 11;
const MIN_NAME_WIDTH: usize = 14;
const MIN_DESTINATION_WIDTH: usize = 16;
const MIN_WIDTH_FOR_NEXT: usize = 50;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    if let Some(row) = home.exports.opened_row() {
        return draw_opened_run(frame, area, home, row, theme);
    }
    let list = &home.exports.list;
    let head = Rect { height: 1, ..area };
    let filtered = !list.search.filter.value().is_empty();
    let count = count_label(list, "export", filtered, list.total() > 0 || home.loaded.data.ready().is_some());
    draw_head(frame, head, &list.search, home.filtering, (summary(home, theme), &count), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if list.search.is_empty() {
        draw_empty(frame, free, home, theme);
        return HitMap::default();
    }
    // All names count, so that nothing moves while the list is filtered.
    let longest = list.all().map(|row| columns(&name(&row.name))).max().unwrap_or(0);
    let widths = Widths::fit(usize::from(area.width), longest);
    if free.height >= 5 {
        let line = Line::styled(widths.headings(), theme.hint);
        frame.buffer_mut().set_line(free.x, free.y, &line, free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    let about = details_height(free.height);
    let place = Rect { height: free.height - about, ..free };
    let targets = draw_rows(frame, place, list, |row| widths.line(home, row, theme), theme);
    if let Some(row) = list.under_cursor() {
        let under = Rect { y: free.bottom() - about, height: about, ..free };
        draw_details(&mut Rows::new(frame.buffer_mut(), under), home, row, theme);
    }
    targets
}

fn summary<'a>(home: &Home, theme: &Theme) -> Line<'a> {
    let standings = home.exports.list.all().map(|row| row.standing(home.exports.runs.get(&row.file)));
    let (mut failing, mut late) = (0, 0);
    for standing in standings {
        match standing {
            Standing::Failing(..) | Standing::Unreadable => failing += 1,
            Standing::Late(_) => late += 1,
            _ => {}
        }
    }
    let mut line = Line::default();
    for (number, sign, word) in [(failing, Sign::Failed, "failing"), (late, Sign::Warning, "late")] {
        if number > 0 {
            line.push_span(sign.span(theme));
            line.push_span(Span::raw(format!(" {number} {word}   ")));
        }
    }
    if let Some(began) = home.unfinished {
        line.push_span(Span::raw(format!("unfinished since {}: n", began.format("%-d %b"))));
    }
    line
}

fn draw_empty(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) {
    let mut rows = Rows::new(frame.buffer_mut(), area);
    rows.blank();
    match &home.loaded.data {
        Remote::Failed(Explanation { what, advice, .. }) => {
            rows.signed(Sign::Failed, what, theme.failed, theme);
            rows.indented(advice, Style::new());
        }
        _ if home.exports.list.total() > 0 => {
            rows.sentences("Nothing matches. Press Esc to clear the filter.", theme.hint);
        }
        Remote::Ready(()) => {
            rows.sentences("There are no exports yet.", theme.heading);
            rows.sentences("Press n to create one.", theme.hint);
        }
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
    }
}

struct Widths {
    name: usize,
    to: usize,
    last: usize,
    next: usize,
}

impl Widths {
    /// Names take room from the destination, which stands under the list too.
    fn fit(width: usize, longest: usize) -> Self {
        let next = if width >= MIN_WIDTH_FOR_NEXT { NEXT_WIDTH } else { 0 };
        let last = LAST_WIDTH.min(width.saturating_sub(MIN_NAME_WIDTH + GAP));
        let free = width.saturating_sub(last + GAP + if next > 0 { next + GAP } else { 0 });
        let name = free.saturating_sub(GAP).div_euclid(2).max(MIN_NAME_WIDTH).max(longest);
        if free < name + GAP + MIN_DESTINATION_WIDTH {
            return Self { name: free, to: 0, last, next };
        }
        Self { name, to: free - GAP - name, last, next }
    }

    fn headings(&self) -> String {
        let cells = [("Name", self.name), ("To", self.to), ("Last", self.last), ("Next", self.next)];
        let cells: Vec<String> =
            cells.into_iter().filter(|(_, width)| *width > 0).map(|(text, width)| pad(text, width)).collect();
        cells.join(&" ".repeat(GAP))
    }

    fn line(&self, home: &Home, row: &ExportRow, theme: &Theme) -> Line<'static> {
        let gap = || Span::raw(" ".repeat(GAP));
        let mut line = Line::from(vec![Span::raw(pad(&fit_middle(&name(&row.name), self.name), self.name)), gap()]);
        if self.to > 0 {
            line.push_span(Span::styled(destination(row, self.to), theme.hint));
            line.push_span(gap());
        }
        if let Some(live) = home.exports.in_progress(row) {
            let room = self.last + if self.next > 0 { GAP + self.next } else { 0 };
            push_progress(&mut line, room, live, theme);
            return line;
        }
        let (sign, words) = standing_label(row.standing(home.exports.runs.get(&row.file)), home.now);
        line.push_span(sign.span(theme));
        line.push_span(Span::raw(pad(&format!(" {words}"), self.last.saturating_sub(1))));
        if self.next > 0 {
            line.push_span(gap());
            line.push_span(Span::styled(fit(&next_run_label(home, row), self.next), theme.hint));
        }
        line
    }
}

fn next_run_label(home: &Home, row: &ExportRow) -> String {
    match (home.exports.scheduler_status(row), row.next) {
        (Some(SchedulerStatus::Nobody), _) => "none here".to_owned(),
        (Some(SchedulerStatus::Outdated(_)), _) => "outdated".to_owned(),
        (Some(SchedulerStatus::Unknown(None)), _) => "…".to_owned(),
        (Some(SchedulerStatus::Unknown(Some(_))), _) => "not known".to_owned(),
        (Some(SchedulerStatus::Scheduler(_) | SchedulerStatus::Other), Some(next)) => in_short(home.now, next),
        (None, _) | (_, None) => "–".to_owned(),
    }
}

/// Leaves out the owner if the path does not fit.
fn destination(row: &ExportRow, width: usize) -> String {
    let whole = name(&row.destination()).into_owned();
    let without_owner = whole.split_once('/').map_or("", |(_, rest)| rest);
    pad(&fit_middle(if columns(&whole) <= width { &whole } else { without_owner }, width), width)
}

fn standing_label(standing: Standing, now: DateTime<Utc>) -> (Sign, String) {
    match standing {
        Standing::Unreadable => (Sign::Failed, "cannot be read".to_owned()),
        Standing::NeverRan => (Sign::Waiting, "not run yet".to_owned()),
        Standing::RunsElsewhere => (Sign::Running, "running elsewhere".to_owned()),
        Standing::Late(due) => (Sign::Warning, format!("late: due {}", ago_in_short(now, due))),
        Standing::Good(then) => (Sign::Done, ago_in_short(now, then)),
        Standing::Failing(result, then) => (Sign::Failed, format!("{} {}", result.into_str(), ago_in_short(now, then))),
        Standing::Idle(result, then) => (Sign::Skipped, format!("{} {}", result.into_str(), ago_in_short(now, then))),
    }
}

fn push_progress(line: &mut Line<'_>, room: usize, live: &SessionRun, theme: &Theme) {
    let progress = &live.run.progress;
    line.push_span(Sign::Running.span(theme));
    line.push_span(Span::raw(" "));
    let room = room.saturating_sub(2);
    if live.run.state == RunState::Cancelling {
        line.push_span(Span::raw(fit("cancelling…", room)));
        return;
    }
    let (sends, moves) = (progress.bytes_out > 0, progress.bytes_moved() > 0);
    let (word, ratio) = match progress.reached() {
        None | Some(Phase::Ask) => ("asking", None),
        // The upload waits for the first rows.
        Some(Phase::Upload) if !sends && progress.phases[Phase::Export as usize] == PhaseState::Running => {
            ("Export", export_ratio(progress))
        }
        Some(Phase::Export) => ("Export", export_ratio(progress)),
        Some(Phase::Upload) => ("Upload", upload_ratio(progress)),
        Some(Phase::Processing) => ("processing by data.world", None),
        Some(Phase::Verify) => ("proof", None),
    };
    let Some(ratio) = ratio else {
        line.push_span(Span::raw(fit(word, room)));
        return;
    };
    let percent = pad_left(&format!("{:.0} %", (ratio * 100.0).floor()), 6);
    let rate = pad_left(&speed(live.run.pace.rate()), 11);
    let used = columns(word) + 1 + columns(&percent);
    // The speed is left out first, then the bar.
    let with_rate = room >= used + 4 + columns(&rate) && moves;
    let bar = room.saturating_sub(used + if with_rate { columns(&rate) } else { 0 });
    line.push_span(Span::raw(format!("{word} ")));
    if bar >= 4 {
        push_bar(line, bar, ratio, theme);
    }
    line.push_span(Span::raw(percent));
    if with_rate {
        line.push_span(Span::styled(rate, theme.hint));
    }
}

fn details_height(height: u16) -> u16 {
    match height {
        0..5 => 0,
        5..8 => 1,
        8..12 => 2,
        12..15 => 4,
        _ => 6,
    }
}

/// Draws details of the selected export; with one or two rows, the most important ones.
fn draw_details(rows: &mut Rows<'_>, home: &Home, row: &ExportRow, theme: &Theme) {
    let low = rows.free_rows() <= 2;
    if !low {
        rows.blank();
    }
    let Ok(export) = &row.export else {
        let why = row.export.as_ref().err().map_or("", String::as_str);
        return draw_signed(rows, Sign::Failed, why, theme);
    };
    let live = home.exports.runs.get(&row.file).filter(|live| !live.dry_run);
    let standing = row.standing(live);
    let is_good = matches!(standing, Standing::Good(_));
    let (file, style) = (format!("{}.csv", row.destination()), if low { theme.hint } else { Style::new() });
    let schedule = format!("{}{}", export.schedule.describe(), scheduler_label(home, row));
    if !low {
        rows.text(&file, style);
        rows.text(&schedule, theme.hint);
    }
    match standing {
        Standing::Failing(..) => draw_signed(rows, Sign::Failed, &failure_reason(row, live), theme),
        Standing::Late(due) => {
            let due = due.format("%-d %b %Y %H:%M UTC");
            let text = format!("The run due {due} has not begun. Check the scheduler, or press r to run it now.");
            draw_signed(rows, Sign::Warning, &text, theme);
        }
        _ => {}
    }
    if rows.free_rows() > 0 {
        draw_scheduling_advice(rows, home, row, low, theme);
    }
    if low && (!is_good || rows.free_rows() > 1) {
        rows.text(&file, style);
    }
    match is_good {
        true => rows.text(&last_run_summary(row), theme.hint),
        false if low => rows.text(&schedule, theme.hint),
        false => {}
    }
}

/// Draws how to make the export run by itself. If only one row is left, the row above already says that it does not, so
/// the command wins, if it fits.
fn draw_scheduling_advice(rows: &mut Rows<'_>, home: &Home, row: &ExportRow, low: bool, theme: &Theme) {
    let Some(Explanation { what, advice, .. }) = home.exports.schedule_advice(row, home.demo) else { return };
    let fits = wrap(&advice, rows.width().saturating_sub(2)).len() <= usize::from(rows.free_rows());
    if low && fits && !home.demo && !advice.is_empty() {
        return rows.signed(Sign::Warning, &advice, Style::new(), theme);
    }
    draw_signed(rows, Sign::Warning, &what, theme);
    rows.indented(&advice, Style::new());
}

/// The scheduler that has the export, and whether it has run it yet.
fn scheduler_label(home: &Home, row: &ExportRow) -> String {
    let scheduler = match home.exports.scheduler_status(row) {
        Some(SchedulerStatus::Scheduler(target)) => target.title(),
        Some(SchedulerStatus::Other) => return " · kept by another scheduler".to_owned(),
        _ => return String::new(),
    };
    let not_yet = row.punctuality.filter(|punctuality| *punctuality == Punctuality::NotYet);
    let not_yet = not_yet.map(|punctuality| format!(" · {}", punctuality.words())).unwrap_or_default();
    format!(" · kept by {scheduler}{not_yet}")
}

fn draw_signed(rows: &mut Rows<'_>, sign: Sign, text: &str, theme: &Theme) {
    if rows.free_rows() > 1 {
        return rows.signed(sign, text, Style::new(), theme);
    }
    let width = usize::from(rows.width()).saturating_sub(2);
    rows.line(&Line::from(vec![sign.span(theme), Span::raw(" "), Span::raw(fit(text, width))]));
}

fn failure_reason(row: &ExportRow, live: Option<&SessionRun>) -> String {
    let of_live = live.and_then(|live| match live.run.outcome()? {
        crate::transfer::Outcome::Failed { failure, .. } => Some(crate::explain::failure(failure).what),
        _ => None,
    });
    let of_last = || row.last.as_ref()?.reason.clone();
    of_live.or_else(of_last).unwrap_or_default()
}

fn last_run_summary(row: &ExportRow) -> String {
    let Some(run @ history::Run { result: Some(RunResult::Done), rows, bytes: sent, .. }) = &row.last else {
        return String::new();
    };
    let took = run.took().map(|time| format!("in {}", took(time)));
    let unproven = run.is_unproven().then(|| "not proven".to_owned());
    let parts = [rows.map(|rows| counted(rows, "row")), sent.map(bytes), took, unproven];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Draws the opened run: this session's, or else the newest of the history.
fn draw_opened_run(frame: &mut Frame<'_>, area: Rect, home: &Home, row: &ExportRow, theme: &Theme) -> HitMap {
    if let Some(live) = home.exports.newest(row) {
        let around = RunContext { dry_run: live.dry_run, demo: home.demo, log: home.log.as_deref(), top: home.top };
        return draw_run_view(frame, area, &live.run, &around, theme);
    }
    match &row.last {
        Some(run) => super::history::draw_run(frame, area, home, run, theme),
        None => HitMap::default(),
    }
}
