//! The tab History: past runs, with the trend of each export.
//!
//! ```text
//!   all  failed, refused, interrupted  done  cancelled, skipped                       3 runs
//!   Start (UTC)       Export            Result              Rows      Bytes     Time
//!   21 Nov 06:00      Daily sales       ✗ failed       1,204,331    84.7 MB   10.4 s
//!   20 Nov 06:00      Daily sales       ✓ done         1,204,120    84.6 MB    9.8 s
//!
//!   Daily sales   98 % good (49 of 50) · 10.2 s on average
//!   rows  ▅▅▆▆▆▇▇█  1,204,331         time  ▃▃▄▃▅▃▃█  10.4 s
//! ```

use chrono::{DateTime, Datelike, Utc};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{Trend, beside, choice_label, draw_head, draw_rows, frame_details, nothing_matches};
use crate::explain::Explanation;
use crate::history::{Phase, Run, RunResult};
use crate::system::log;
use crate::text::format::{bytes, count, counted, second_and_utc, took};
use crate::text::terminal_text::{columns, fit, fit_middle, name, pad, pad_left};
use crate::tui::dashboard::history::ResultChoice;
use crate::tui::dashboard::{History, Home};
use crate::tui::screen::outcome::draw_log;
use crate::tui::screen::scroll_view::ScrollView;
use crate::tui::screen::text::{Rows, Sign};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::{Remote, Runs};

const GAP: &str = "  ";
const START: usize = 12;
const KIND: usize = 9;
const RESULT: usize = 13;
const ROWS: usize = 13;
const BYTES: usize = 9;
const TIME: usize = 8;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    let history = &home.history;
    let list = &history.list;
    if let (true, Some(run)) = (history.opened, list.under_cursor()) {
        return draw_run(frame, area, home, run, theme);
    }
    let (area, details) = beside(area);
    if let (Some(place), Some(run)) = (details, list.under_cursor()) {
        draw_beside(frame.buffer_mut(), place, home, run, theme);
    }
    let head = Rect { height: 1, ..area };
    let mut counts = count_label(history);
    let is_filtered = home.filtering || !list.search.filter.value().is_empty();
    if is_filtered && history.shown != ResultChoice::All {
        // The filter takes the place of the other label.
        counts = format!("{counts} · {}", history.shown.into_str());
    }
    let shown = choice_label("results", history.shown, (area.width, &counts), theme);
    draw_head(frame, head, &list.search, home.filtering, (shown, &counts), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if list.search.is_empty() {
        draw_empty(frame, free, home, theme);
        return HitMap::default();
    }
    let columns = Columns::fit(usize::from(area.width));
    if free.height >= 5 {
        frame.buffer_mut().set_line(free.x, free.y, &Line::styled(columns.headings(home), theme.hint), free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    let under = match free.height {
        _ if details.is_some() => 0,
        0..7 => 0,
        7..12 => 2,
        _ => 4,
    };
    let place = Rect { height: free.height - under, ..free };
    let targets = draw_rows(frame, place, list, |run| columns.line(run, home, theme), theme);
    if let Some(run) = list.under_cursor() {
        let place = Rect { y: free.bottom() - under, height: under, ..free };
        draw_trend(&mut Rows::new(frame.buffer_mut(), place), run, home.trend.data.ready(), theme);
    }
    targets
}

fn count_label(history: &History) -> String {
    let (shown, total) = (history.list.total() as u64, history.total);
    let matches = history.list.search.len() as u64;
    if history.load.data.ready().is_none() && shown == 0 {
        return String::new();
    }
    match (history.list.search.filter.value().is_empty(), shown < total) {
        (true, false) => counted(total, "run"),
        (true, true) => format!("the newest {} of {} runs", count(shown), count(total)),
        (false, false) => format!("{}/{}", count(matches), counted(total, "run")),
        (false, true) => format!("{}/{}, the newest of {} runs", count(matches), count(shown), count(total)),
    }
}

fn draw_empty(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) {
    let history = &home.history;
    let mut rows = Rows::new(frame.buffer_mut(), area);
    rows.blank();
    match &history.load.data {
        Remote::Failed(Explanation { what, advice, .. }) => {
            rows.signed(Sign::Failed, what, theme.failed, theme);
            rows.indented(advice, Style::new());
        }
        _ if history.list.total() > 0 => rows.sentences(&nothing_matches(home), theme.hint),
        Remote::Ready(()) if history.shown != ResultChoice::All => {
            let others = home.key("history.other-results");
            rows.sentences(&format!("No runs with these results. Press {others} for others."), theme.hint);
        }
        Remote::Ready(()) => {
            rows.sentences("Nothing has run yet.", theme.heading);
            let run = home.key("exports.run");
            rows.sentences(&format!("To run an export, press {run} on the Exports tab."), theme.hint);
        }
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
    }
}

/// Columns of the cells that fit. The result always does.
struct Columns {
    export: usize,
    kind: bool,
    rows: bool,
    bytes: bool,
    time: bool,
}

impl Columns {
    fn fit(width: usize) -> Self {
        let mut free = width.saturating_sub(START + RESULT + 2 * GAP.len());
        let mut fits = |columns: usize, left: usize| {
            let fits = free >= columns + GAP.len() + left;
            if fits {
                free -= columns + GAP.len();
            }
            fits
        };
        let time = fits(TIME, 12);
        let rows = fits(ROWS, 12);
        let bytes = fits(BYTES, 12);
        let kind = fits(KIND, 24);
        Self { export: free, kind, rows, bytes, time }
    }

    fn headings(&self, home: &Home) -> String {
        let start = format!("Start ({})", home.now.with_timezone(&home.zone).format("%Z"));
        let mut cells = vec![pad(&start, START), pad("Export", self.export)];
        cells.extend(self.kind.then(|| pad("By", KIND)));
        cells.push(pad("Result", RESULT));
        cells.extend(self.rows.then(|| pad_left("Rows", ROWS)));
        cells.extend(self.bytes.then(|| pad_left("Bytes", BYTES)));
        cells.extend(self.time.then(|| pad_left("Time", TIME)));
        cells.join(GAP)
    }

    fn line(&self, run: &Run, home: &Home, theme: &Theme) -> Line<'static> {
        let export = fit_middle(&name(&run.export), self.export);
        let mut before = vec![pad(&start_label(run.started, home), START), pad(&export, self.export)];
        before.extend(self.kind.then(|| pad(run.kind.map_or("?", |kind| kind.into_str()), KIND)));
        let mut after = vec![pad(result_label(run), RESULT - 2)];
        let cell = |text: Option<String>, width| pad_left(&text.unwrap_or_default(), width);
        after.extend(self.rows.then(|| cell(run.came(run.rows).map(count), ROWS)));
        after.extend(self.bytes.then(|| cell(run.came(run.bytes).map(bytes), BYTES)));
        after.extend(self.time.then(|| cell(run.took().map(took), TIME)));
        Line::from(vec![
            Span::raw(format!("{}{GAP}", before.join(GAP))),
            sign(run).span(theme),
            Span::raw(format!(" {}", after.join(GAP))),
        ])
    }
}

/// The date replaces the time for another year.
fn start_label(started: DateTime<Utc>, home: &Home) -> String {
    let (started, now) = (started.with_timezone(&home.zone), home.now.with_timezone(&home.zone));
    let form = if started.year() == now.year() { "%-d %b %H:%M" } else { "%-d %b %Y" };
    started.format(form).to_string()
}

fn result_label(run: &Run) -> &'static str {
    match run.result {
        None => "running",
        Some(_) if run.is_unproven() => "not proven",
        Some(result) => result.into_str(),
    }
}

fn sign(run: &Run) -> Sign {
    match run.result {
        None => Sign::Running,
        Some(RunResult::Done) if run.is_unproven() => Sign::Warning,
        Some(RunResult::Done) => Sign::Done,
        Some(RunResult::Failed | RunResult::Refused | RunResult::Interrupted) => Sign::Failed,
        Some(RunResult::Cancelled | RunResult::Skipped) => Sign::Skipped,
    }
}

fn draw_trend(rows: &mut Rows<'_>, run: &Run, trend: Option<&Runs>, theme: &Theme) {
    if rows.free_rows() > 2 {
        rows.blank();
    }
    let Some(trend @ Runs { runs, statistics: Some(statistics), .. }) = trend else { return };
    let width = usize::from(rows.width());
    let words = format!("  {}", statistics.summary());
    let export = fit(&name(&run.export), width.saturating_sub(columns(&words)).max(10));
    rows.line(&Line::from(vec![Span::styled(export, theme.heading), Span::styled(words, theme.hint)]));
    if runs.len() < 2 {
        return;
    }
    let trends = Trend::of(trend);
    let Some(row) = rows.take() else { return };
    match rows.take() {
        Some(next) => [row, next].iter().zip(&trends).for_each(|(row, part)| part.draw_in_row(rows.buffer(), *row)),
        // Side by side on the only row.
        None => (0..).zip(&trends).for_each(|(at, part)| {
            let half = row.width / 2;
            part.draw_in_row(rows.buffer(), Rect { x: row.x + at * half, width: half, ..row });
        }),
    }
}

/// Draws the run under the cursor, and the trend of its export, beside the list.
fn draw_beside(buffer: &mut Buffer, area: Rect, home: &Home, run: &Run, theme: &Theme) {
    let inner = frame_details(buffer, area, &run.export, theme);
    let charts = if inner.height >= 24 { TREND_HEIGHT } else { 0 };
    let text = Rect { height: inner.height - charts, ..inner };
    ScrollView::write(text.width, |rows| write_run(rows, home, run, theme)).draw(buffer, text, 0, theme);
    draw_charts(&mut Rows::new(buffer, Rect { y: text.bottom(), height: charts, ..inner }), home, theme);
}

/// Rows of the charts of a trend.
pub(super) const TREND_HEIGHT: u16 = 11;

pub(super) fn draw_charts(rows: &mut Rows<'_>, home: &Home, theme: &Theme) {
    let Some(trend @ Runs { statistics: Some(statistics), .. }) = home.trend.data.ready() else { return };
    rows.text(&statistics.summary(), theme.hint);
    if trend.runs.len() < 2 {
        return;
    }
    for part in Trend::of(trend) {
        rows.blank();
        part.draw_bars(rows, 3, theme);
    }
}

pub(super) fn draw_run(frame: &mut Frame<'_>, area: Rect, home: &Home, run: &Run, theme: &Theme) -> HitMap {
    let paper = ScrollView::write(area.width, |rows| write_run(rows, home, run, theme));
    paper.draw(frame.buffer_mut(), area, home.top, theme)
}

fn write_run(rows: &mut Rows<'_>, home: &Home, run: &Run, theme: &Theme) {
    rows.signed(sign(run), &format!("{}: {}", run.export, run.result_words()), theme.heading, theme);
    for line in [&run.reason, &run.advice, &run.file_now].into_iter().flatten() {
        rows.indented(line, Style::new());
    }
    if let Some(id) = &run.support_id {
        rows.indented(&format!("Support id {id}"), theme.hint);
    }
    for note in &run.notes {
        rows.signed(Sign::Warning, note, Style::new(), theme);
    }
    rows.blank();
    let gap = if rows.width() >= 54 { "   " } else { " " };
    let mut phases = Line::raw("  ");
    for (phase, sign) in Phase::ALL.into_iter().zip(phase_signs(run)) {
        phases.push_span(sign.span(theme));
        phases.push_span(Span::raw(format!(" {}{gap}", phase.label())));
    }
    rows.line(&phases);
    rows.blank();
    let facts = [
        ("File", run.file.clone()),
        ("Start", Some(second_and_utc(home.zone, run.started))),
        ("Time", run.took().map(took)),
        ("Rows", run.came(run.rows).map(count)),
        ("Row count", run.row_count_words().map(str::to_owned)),
        ("Bytes", run.came(run.bytes).map(bytes)),
        ("Attempts", (run.attempts > 0).then(|| run.attempts.to_string())),
        ("Started by", run.kind.map(|kind| kind.starter().to_owned())),
    ];
    rows.facts(facts, theme);
    if matches!(run.result, Some(RunResult::Failed | RunResult::Refused | RunResult::Interrupted)) {
        let then = run.ended.unwrap_or(run.started);
        let log = home.shell.log.as_deref().and_then(|log| log::of_day(log, then, home.now));
        draw_log(rows, log.as_deref(), theme);
    }
}

/// Derives each phase's sign from the last phase that began, which is all that the history knows. A new file is sent
/// while it comes, so a cancelled upload may have cancelled its export too.
fn phase_signs(run: &Run) -> [Sign; 5] {
    let last = run.phase.map(|phase| phase as usize);
    let done = run.result == Some(RunResult::Done);
    let mut signs = [Sign::Waiting; 5];
    for (at, place) in signs.iter_mut().enumerate() {
        *place = match last {
            _ if done => Sign::Done,
            Some(last)
                if last == Phase::Upload as usize && at + 1 == last && run.result == Some(RunResult::Cancelled) =>
            {
                sign(run)
            }
            Some(last) if at < last => Sign::Done,
            Some(last) if at == last => sign(run),
            _ => Sign::Waiting,
        };
    }
    signs
}
