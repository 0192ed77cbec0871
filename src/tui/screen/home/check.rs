//! A check, step by step, in progress or ended.
//!
//! ```text
//!   Test of analyst                                                     ✗ 1 step failed
//!
//!   ✓ Credentials   done     account analyst                                       2 ms
//!   ✓ Connection    done     1.2.3.4:443                                          48 ms
//!   ✗ API token     failed                                                       0.2 s
//!     data.world does not accept the API token (401).
//!     Copy the token again in data.world under Settings, Advanced: …
//!   – May write     skipped  the API token was not accepted
//! ```
//!
//! If they do not all fit, uneventful steps share a row, so that a failure stays visible:
//!
//! ```text
//!   ✓ Credentials to Clock: 7 steps done                                         0.1 s
//! ```

use std::ops::Range;
use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::accounts::{AccountRef, FromEnvironment};
use crate::check::{State, Step, StepResult};
use crate::explain;
use crate::text::format::counted;
use crate::text::terminal_text::{fit, pad, pad_left, printable, wrap};
use crate::tui::dashboard::{Check, Home};
use crate::tui::screen::Theme;
use crate::tui::screen::text::{Rows, Sign};
use crate::tui::state::Subject;

const TITLE: usize = 15;
const STATE: usize = 9;
const TOOK: usize = 8;

pub(super) fn draw(rows: &mut Rows<'_>, home: &Home, check: &Check, theme: &Theme) {
    let title = match &check.subject {
        Subject::Account(AccountRef::Account(_, name)) => format!("Test of {name}"),
        Subject::Account(AccountRef::Environment(service)) => format!("Test of {service}, {}", FromEnvironment::NAME),
        Subject::Export(export) => format!("Check of {}", export.name),
    };
    let results = check.results();
    rows.line_with_right(&Line::styled(printable(&title).into_owned(), theme.heading), &verdict(results, theme));
    let room = usize::from(rows.free_rows());
    let mut list = List::new(results, Fold::None, rows.width(), theme);
    for fold in [Fold::Connection, Fold::All] {
        if list.lines.len() > room {
            list = List::new(results, fold, rows.width(), theme);
        }
    }
    if list.lines.len() < room {
        rows.blank();
    }
    for line in list.visible_lines(room, check.problem, home) {
        rows.line(&line);
    }
}

fn verdict(results: &[StepResult], theme: &Theme) -> Line<'static> {
    let ended = results.iter().filter(|result| result.has_ended()).count();
    let any = |is: fn(&State) -> bool| results.iter().any(|result| is(&result.state));
    let (sign, words) = if results.is_empty() {
        (Sign::Running, "testing…".to_owned())
    } else if ended < results.len() {
        (Sign::Running, format!("testing, {ended} of {}", counted(results.len() as u64, "step")))
    } else if any(|state| matches!(state, State::Failed(_))) {
        (Sign::Failed, explain::verdict(results))
    } else if any(|state| matches!(state, State::Warned(..))) {
        (Sign::Warning, explain::verdict(results))
    } else {
        (Sign::Done, explain::verdict(results))
    };
    Line::from(vec![sign.span(theme), Span::raw(format!(" {words}"))])
}

/// Steps that share a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    None,
    /// Steps of the connection, which are the same for every check, and skipped steps.
    Connection,
    All,
}

impl Fold {
    fn joins(self, a: &StepResult, b: &StepResult) -> bool {
        let of_way = |result: &StepResult| {
            use Step::{Clock, Connection, Credentials, Name, Proxy, Service, Tls};
            matches!(result.step, Credentials | Proxy | Name | Connection | Tls | Service | Clock)
        };
        let is_skipped = |result: &StepResult| matches!(result.state, State::Skipped(_));
        let is_over = |result: &StepResult| is_skipped(result) || matches!(result.state, State::Done(_));
        let waits = |result: &StepResult| result.state == State::Waiting;
        let may = match self {
            Self::None => false,
            Self::Connection => of_way(a) && of_way(b) || is_skipped(a) && is_skipped(b),
            Self::All => true,
        };
        may && a.service == b.service && (is_over(a) && is_over(b) || waits(a) && waits(b))
    }
}

struct List<'a> {
    lines: Vec<Line<'static>>,
    problems: Vec<Range<usize>>,
    width: usize,
    theme: &'a Theme,
}

impl<'a> List<'a> {
    fn new(results: &[StepResult], fold: Fold, width: u16, theme: &'a Theme) -> Self {
        let mut list = Self { lines: Vec::new(), problems: Vec::new(), width: usize::from(width), theme };
        for of_service in results.chunk_by(|a, b| a.service == b.service) {
            if let (true, Some(first)) = (of_service.len() < results.len(), of_service.first()) {
                list.lines.push(Line::from(vec![
                    Span::styled(first.service.name(), theme.heading),
                    Span::styled(format!("  {}", printable(&first.account.to_string())), theme.hint),
                ]));
            }
            for group in of_service.chunk_by(|a, b| fold.joins(a, b)) {
                match group {
                    [result] => list.add_step(result),
                    group => list.add_group(group),
                }
            }
        }
        list
    }

    /// Cuts the lines to the room, keeping the problem of that number whole.
    fn visible_lines(self, room: usize, problem: usize, home: &Home) -> Vec<Line<'static>> {
        let Self { mut lines, problems, width, theme } = self;
        if lines.len() <= room {
            return lines;
        }
        // The last row says that there is more.
        let rest = room.saturating_sub(1);
        let first = match problems.get(problem) {
            Some(range) if problem == 0 => range.end.saturating_sub(rest).min(range.start),
            Some(range) => range.start.min(lines.len() - room),
            None => 0,
        };
        lines.drain(..first);
        if lines.len() > room {
            lines.truncate(rest);
            let more = match problem + 1 < problems.len() {
                true => format!("{} shows the next problem", home.key("check.down")),
                false => format!("{} copies all of it", home.key("check.copy")),
            };
            lines.push(Line::styled(fit(&format!("… {more}"), width), theme.hint));
        }
        lines
    }

    fn add_step(&mut self, result: &StepResult) {
        let (theme, hint, plain) = (self.theme, self.theme.hint, Style::new());
        let (sign, title, state, text, style) = match &result.state {
            State::Waiting => (Sign::Waiting, hint, hint, "", hint),
            State::Running => (Sign::Running, theme.heading, theme.accent, "", plain),
            State::Done(found) => (Sign::Done, plain, hint, found.as_str(), plain),
            State::Warned(found, _) => (Sign::Warning, theme.heading, theme.warning, found.as_str(), plain),
            State::Failed(_) => (Sign::Failed, theme.heading, theme.failed, "", plain),
            State::Skipped(reason) => (Sign::Skipped, hint, hint, *reason, hint),
        };
        let parts = vec![
            Span::styled(pad(explain::step(result.service, result.step), TITLE), title),
            Span::styled(pad(explain::state(&result.state), STATE), state),
        ];
        let start = self.lines.len();
        self.add_row(sign, parts, (text, style), result.took);
        let Some(explanation) = explain::result(result) else { return };
        let id = explanation.support_id.map(|id| format!("Support id {id}")).unwrap_or_default();
        for (text, style) in [(&explanation.what, theme.heading), (&explanation.advice, plain), (&id, hint)] {
            let wrapped = wrap(text, u16::try_from(self.width.saturating_sub(2)).unwrap_or(u16::MAX));
            let under = |line| Line::from(vec![Span::raw("  "), Span::styled(line, style)]);
            self.lines.extend(wrapped.into_iter().map(under));
        }
        self.problems.push(start..self.lines.len());
    }

    fn add_group(&mut self, group: &[StepResult]) {
        let [first, .., last] = group else { return };
        let (hint, plain) = (self.theme.hint, Style::new());
        let steps = |number: usize| counted(number as u64, "step");
        let skipped = group.iter().filter(|result| matches!(result.state, State::Skipped(_))).count();
        let (sign, words, style) = match (&first.state, group.len() - skipped) {
            (State::Waiting, number) => (Sign::Waiting, format!("{} waiting", steps(number)), hint),
            (State::Skipped(reason), 0) => (Sign::Skipped, format!("{} skipped, {reason}", steps(skipped)), hint),
            (_, done) if skipped == 0 => (Sign::Done, format!("{} done", steps(done)), plain),
            (_, done) => (Sign::Done, format!("{} done, {skipped} skipped", steps(done)), plain),
        };
        let name = |result: &StepResult| explain::step(result.service, result.step);
        let took = group.iter().filter_map(|result| result.took).reduce(|a, b| a + b);
        let text = format!("{} to {}: {words}", name(first), name(last));
        self.add_row(sign, Vec::new(), (&text, style), took);
    }

    /// Adds a row with the duration at its right end. Longer text continues under itself.
    fn add_row(&mut self, sign: Sign, parts: Vec<Span<'static>>, (text, style): (&str, Style), took: Option<Duration>) {
        let mut first = Line::from(vec![sign.span(self.theme), Span::raw(" ")]);
        first.spans.extend(parts);
        let start = first.width();
        let room = self.width.saturating_sub(start + if took.is_some() { TOOK } else { 0 });
        let mut texts = wrap(text, u16::try_from(room).unwrap_or(u16::MAX)).into_iter();
        first.push_span(Span::styled(pad(&texts.next().unwrap_or_default(), room), style));
        if let Some(took) = took {
            first.push_span(Span::styled(pad_left(&explain::took(took), TOOK), self.theme.hint));
        }
        self.lines.push(first);
        let under = |text| Line::from(vec![Span::raw(" ".repeat(start)), Span::styled(text, style)]);
        self.lines.extend(texts.map(under));
    }
}
