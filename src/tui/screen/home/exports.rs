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
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::history::{TREND_HEIGHT, draw_charts};
use super::list::{beside, count_label, draw_head, draw_rows, frame_details, nothing_matches};
use crate::explain::{Explanation, whole_seconds};
use crate::export::schedule::Punctuality;
use crate::history::{self, Phase, RunResult};
use crate::schedulers::SchedulerStatus;
use crate::text::format::{ago_in_short, bytes, counted, in_short, moment_and_utc, speed, took};
use crate::text::terminal_text::{columns, fit, fit_middle, name, pad, pad_left};
use crate::transfer::{PhaseState, export_ratio, upload_ratio};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::exports::{ExportRow, Standing};
use crate::tui::screen::run::push_bar;
use crate::tui::screen::scroll_view::ScrollView;
use crate::tui::screen::text::{Rows, Sign, columns_of_row};
use crate::tui::screen::{HitMap, HitTarget, Theme, outcome, run};
use crate::tui::state::actions::{Hint, listed};
use crate::tui::state::{Remote, Run, RunState};

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
    let (area, beside) = beside(area);
    if let (Some(place), Some(row)) = (beside, list.under_cursor()) {
        draw_beside(frame.buffer_mut(), place, home, row, theme);
    }
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
    let about = if beside.is_some() { 0 } else { details_height(free.height) };
    let place = Rect { height: free.height - about, ..free };
    let targets = draw_rows(frame, place, list, |row| widths.line(home, row, theme), theme);
    if let (true, Some(row)) = (about > 0, list.under_cursor()) {
        let under = Rect { y: free.bottom() - about, height: about, ..free };
        draw_details(&mut Rows::new(frame.buffer_mut(), under), home, row, theme);
    }
    targets
}

fn summary<'a>(home: &Home, theme: &Theme) -> Line<'a> {
    let standings = home.exports.list.all().map(|row| row.standing(home.exports.run_of(row)));
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
        let new = home.key("exports.new");
        line.push_span(Span::raw(format!("Unfinished export from {}: {new} continues it", began.format("%-d %b"))));
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
            rows.sentences(&nothing_matches(home), theme.hint);
        }
        Remote::Ready(()) => {
            rows.sentences("There are no exports yet.", theme.heading);
            rows.sentences(&format!("Press {} to create one.", home.key("exports.new")), theme.hint);
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
        let (sign, words) = standing_label(row.standing(home.exports.run_of(row)), home.now);
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
        (Some(SchedulerStatus::Nobody), _) => "unscheduled".to_owned(),
        (Some(SchedulerStatus::Outdated(_)), _) => "outdated".to_owned(),
        (Some(SchedulerStatus::Leftover(_)), _) => "still runs".to_owned(),
        (Some(SchedulerStatus::Unknown(None)), _) => "…".to_owned(),
        (Some(SchedulerStatus::Unknown(Some(_))), _) => "not known".to_owned(),
        (Some(SchedulerStatus::Scheduler(_) | SchedulerStatus::Other), Some(next)) => in_short(home.now, next),
        _ if !row.is_saved => "not saved".to_owned(),
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

fn push_progress(line: &mut Line<'_>, room: usize, live: &Run, theme: &Theme) {
    let progress = &live.progress;
    line.push_span(Sign::Running.span(theme));
    line.push_span(Span::raw(" "));
    let room = room.saturating_sub(2);
    if live.state == RunState::Cancelling {
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
        Some(Phase::Proof) => ("proof", None),
    };
    let Some(ratio) = ratio else {
        line.push_span(Span::raw(fit(word, room)));
        return;
    };
    let percent = pad_left(&format!("{:.0} %", (ratio * 100.0).floor()), 6);
    let rate = match live.stalled() {
        Some(time) => format!("idle {}", whole_seconds(time)),
        None => speed(live.pace.rate()),
    };
    let rate = pad_left(&rate, 11);
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
    let live = home.exports.run_of(row).filter(|live| !live.is_dry());
    let standing = row.standing(live);
    let is_good = matches!(standing, Standing::Good(_));
    let (file, style) = (row.files(), if low { theme.hint } else { Style::new() });
    let schedule = format!("{}{}", export.schedule.describe(), scheduler_label(home, row));
    if !low {
        rows.text(&file, style);
        rows.text(&schedule, theme.hint);
    }
    match standing {
        Standing::Failing(..) => draw_signed(rows, Sign::Failed, &failure_reason(row, live), theme),
        Standing::Late(due) => draw_signed(rows, Sign::Warning, &late_text(home, due), theme),
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

fn unsaved_text(home: &Home) -> String {
    format!("It is not saved. Press {} to go on with it, and save it there.", home.key("exports.edit"))
}

fn late_text(home: &Home, due: DateTime<Utc>) -> String {
    let (due, run) = (moment_and_utc(home.zone, due), home.key("exports.run"));
    format!("The run due {due} has not begun. Check the scheduler, or press {run} to run it now.")
}

/// Draws the export under the cursor beside the list: how it stands, its facts, and its latest runs.
fn draw_beside(buffer: &mut Buffer, area: Rect, home: &Home, row: &ExportRow, theme: &Theme) {
    let inner = frame_details(buffer, area, &row.name, theme);
    let mut rows = Rows::new(buffer, inner);
    let Ok(export) = &row.export else {
        let why = row.export.as_ref().err().map_or("", String::as_str);
        return rows.signed(Sign::Failed, why, Style::new(), theme);
    };
    let live = home.exports.run_of(row).filter(|live| !live.is_dry());
    let standing = row.standing(live);
    if let Some(live) = home.exports.in_progress(row) {
        let mut line = Line::default();
        push_progress(&mut line, rows.width().into(), live, theme);
        rows.line(&line);
        if let Some(note) = live.note() {
            rows.signed(Sign::Warning, &note, Style::new(), theme);
        }
    } else {
        let (sign, words) = standing_label(standing, home.now);
        rows.signed(sign, &words, theme.heading, theme);
    }
    match standing {
        Standing::Failing(..) => {
            rows.indented(&failure_reason(row, live), Style::new());
            let last = row.last.as_ref().filter(|_| live.is_none());
            let more = last.map(|last| [&last.advice, &last.file_now]).into_iter().flatten().flatten();
            more.for_each(|line| rows.indented(line, Style::new()));
        }
        Standing::Late(due) => rows.indented(&late_text(home, due), Style::new()),
        _ => {}
    }
    rows.blank();
    let next = row.next.map(|next| format!("{}, {}", in_short(home.now, next), moment_and_utc(home.zone, next)));
    let next = next.filter(|_| next_run_label(home, row).starts_with("in "));
    let facts = [
        ("To", Some(row.files())),
        ("Schedule", Some(format!("{}{}", export.schedule.describe(), scheduler_label(home, row)))),
        ("Next run", next),
        ("Last run", Some(last_run_summary(row)).filter(|text| !text.is_empty())),
        ("About", export.description.as_ref().map(ToString::to_string)),
    ];
    rows.facts(facts, theme);
    if !row.is_saved {
        rows.blank();
        rows.signed(Sign::Warning, &unsaved_text(home), Style::new(), theme);
    } else if let Some(Explanation { what, advice, .. }) = home.exports.schedule_advice(row, home.demo) {
        rows.blank();
        rows.signed(Sign::Warning, &what, Style::new(), theme);
        rows.indented(&advice, Style::new());
    }
    rows.blank();
    if rows.free_rows() >= TREND_HEIGHT {
        draw_charts(&mut rows, home, theme);
    }
}

/// Draws how to make the export run by itself. If only one row is left, the row above already says that it does not, so
/// the command wins, if it fits.
fn draw_scheduling_advice(rows: &mut Rows<'_>, home: &Home, row: &ExportRow, low: bool, theme: &Theme) {
    if !row.is_saved {
        return draw_signed(rows, Sign::Warning, &unsaved_text(home), theme);
    }
    let Some(Explanation { what, advice, .. }) = home.exports.schedule_advice(row, home.demo) else { return };
    let verb = match home.exports.scheduler_status(row) {
        Some(SchedulerStatus::Leftover(_)) => "remove it there",
        _ => "schedule it",
    };
    let advice =
        if advice.is_empty() { String::new() } else { format!("Press {} to {verb}.", home.key("exports.schedule")) };
    if low && !home.demo && !advice.is_empty() {
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

fn failure_reason(row: &ExportRow, live: Option<&Run>) -> String {
    let of_live = live.and_then(|live| match live.outcome()? {
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
        let choices = listed(home);
        let below = if choices.is_empty() { 0 } else { choices.len() as u16 + 1 };
        let height = area.height.saturating_sub(below);
        let paper = ScrollView::write(area.width, |rows| write_run(rows, height, home, row, live, theme));
        let height = paper.height().min(height);
        let mut targets = paper.draw(frame.buffer_mut(), Rect { height, ..area }, home.top, theme);
        let below = Rect { y: area.y + height, height: area.height - height, ..area };
        targets.extend(draw_choices(frame.buffer_mut(), below, &choices, theme));
        return targets;
    }
    match &row.last {
        Some(run) => super::history::draw_run(frame, area, home, run, theme),
        None => HitMap::default(),
    }
}

/// Draws the choices after a refusal, one under the other, each with its key. They stay in sight.
fn draw_choices(buffer: &mut Buffer, area: Rect, choices: &[Hint], theme: &Theme) -> HitMap {
    let mut targets = HitMap::default();
    let width = choices.iter().map(|hint| columns(&hint.keys)).max().unwrap_or_default() + 2;
    for (hint, y) in choices.iter().zip(area.y + 1..area.bottom()) {
        let row = Rect { y, height: 1, ..area };
        let key = Span::styled(pad(&hint.keys, width), theme.accent);
        let line = Line::from(vec![Span::raw("  "), key, Span::raw(hint.label)]);
        buffer.set_line(row.x, row.y, &line, row.width);
        targets.add(columns_of_row(row, 0, line.width()), HitTarget::Key(hint.first.event()));
    }
    targets
}

fn write_run(rows: &mut Rows<'_>, height: u16, home: &Home, row: &ExportRow, live: &Run, theme: &Theme) {
    // The title is worth a row where there are some.
    if height >= 10 {
        let kind = if live.is_dry() { "   dry run" } else { "" };
        let title = Span::styled(name(&live.export().name).into_owned(), theme.heading);
        rows.line(&Line::from(vec![title, Span::styled(kind, theme.hint)]));
        if live.outcome().is_some() {
            rows.blank();
        }
    }
    let Some(outcome) = live.outcome() else {
        return run::draw(rows, height.saturating_sub(1), live, theme);
    };
    let around = outcome::Around {
        command: row.is_saved_as(live.export()).then(|| row.command()),
        demo: home.demo,
        log: home.shell.log.as_deref(),
        advice: home.exports.schedule_advice(row, home.demo),
    };
    outcome::draw(rows, outcome, &around, theme);
    run::draw_ended(rows, live, theme);
}
