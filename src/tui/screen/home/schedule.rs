//! The page that gives an export to a scheduler.
//!
//! ```text
//!   Schedule of Daily sales
//!   Every day at 06:30 (Europe/Berlin). The next run is on 1 Dec 2026 06:30 CET.
//!
//!   systemd       ○ this computer, not scheduled yet
//!   your crontab  ✓ this computer, scheduled
//!   Kubernetes    ○ another computer, takes a file
//!
//!   ! Runs by systemd will not find the Domo credentials: …
//!
//!   writeback-daily-sales.timer
//!     [Timer]
//!   … y copies all of it
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::draw_row;
use crate::explain;
use crate::ops::schedules::{ExportSchedules, Presence, ScheduleOption};
use crate::schedulers::ScheduleState;
use crate::text::format::moment_in;
use crate::text::terminal_text::{columns, name, pad, printable};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::schedule::{LatestChange, SchedulePage};
use crate::tui::screen::text::{Rows, Sign, wrap};
use crate::tui::screen::{HitMap, ScrollState, Theme};
use crate::tui::state::Remote;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, page: &SchedulePage, theme: &Theme) -> HitMap {
    let mut rows = Rows::new(frame.buffer_mut(), area);
    rows.text(&format!("Schedule of {}", name(&page.name)), theme.heading);
    let schedules = match &page.schedules.data {
        Remote::Ready(schedules) => schedules,
        Remote::Failed(explanation) => {
            rows.blank();
            rows.signed(Sign::Failed, &explanation.to_string(), Style::new(), theme);
            return HitMap::default();
        }
        Remote::Idle | Remote::Loading => {
            rows.blank();
            rows.signed(Sign::Running, "asking the schedulers of this computer…", theme.hint, theme);
            return HitMap::default();
        }
    };
    draw_when(&mut rows, home, schedules, theme);
    let roomy = rows.free_rows() > 8;
    if roomy {
        rows.blank();
    }
    // The list leaves half of the room, or more where there is more to be said.
    let (length, room) = (schedules.options.len(), usize::from(rows.free_rows()));
    let said = sentences(page);
    let width = rows.width().saturating_sub(2);
    let needed = said.iter().map(|(_, text)| wrap(text, width).len()).sum::<usize>() + usize::from(roomy);
    let height = length.min(room.saturating_sub(needed.max(room / 2))).max(1);
    let list = Rect { height: u16::try_from(height).unwrap_or(u16::MAX).min(rows.free_rows()), ..rows.free_area() };
    (0..list.height).for_each(|_| rows.blank());
    if roomy {
        rows.blank();
    }
    said.iter().for_each(|(sign, text)| rows.signed(*sign, text, Style::new(), theme));
    draw_document(&mut rows, home, page, theme);
    let widest = schedules.options.iter().map(|option| columns(option.target.title())).max().unwrap_or(0);
    let top = (page.row() + 1).saturating_sub(height);
    for (at, y) in (top..length).zip(list.top()..list.bottom()) {
        let line = option_line(&schedules.options[at], widest, theme);
        draw_row(frame, Rect { y, height: 1, ..list }, &line, at == page.row(), theme);
    }
    HitMap::rows(list, ScrollState { top, length, cursor: Some(page.row()) })
}

fn draw_when(rows: &mut Rows<'_>, home: &Home, schedules: &ExportSchedules, theme: &Theme) {
    let schedule = &schedules.export.schedule;
    let is_scheduled = |option: &ScheduleOption| matches!(option.presence, Presence::Installed(ScheduleState::Matches));
    let words = match schedules.options.iter().any(is_scheduled) {
        true => "The next run is on",
        false => "Once scheduled, it runs next on",
    };
    let next = schedule.next_runs(home.now).next();
    let next = next.map(|next| format!(" {words} {}.", moment_in(schedule.zone, next))).unwrap_or_default();
    rows.sentences(&format!("{}.{next}", schedule.describe()), theme.hint);
}

fn option_line(option: &ScheduleOption, widest: usize, theme: &Theme) -> Line<'static> {
    let (sign, words) = match &option.presence {
        Presence::Elsewhere => (Sign::Waiting, "another computer, takes a file"),
        Presence::NotInstalled => (Sign::Waiting, "this computer, not scheduled yet"),
        Presence::Installed(ScheduleState::Matches) => (Sign::Done, "this computer, scheduled"),
        Presence::Installed(ScheduleState::Manual) => (Sign::Warning, "still installed, without a schedule"),
        Presence::Taken(_) => (Sign::Warning, "has one of this name, of another WRITEBACK_HOME"),
        Presence::Installed(_) => (Sign::Warning, "installed, but not as it is saved now"),
        Presence::Unknown(_) => (Sign::Warning, "could not be asked"),
    };
    Line::from(vec![
        Span::raw(format!("{}  ", pad(option.target.title(), widest))),
        sign.span(theme),
        Span::raw(format!(" {words}")),
    ])
}

/// What has just happened, and what may go wrong.
fn sentences(page: &SchedulePage) -> Vec<(Sign, String)> {
    let Some(option) = page.option() else { return Vec::new() };
    let mut said = match &page.latest {
        LatestChange::Running(_, target) => return vec![(Sign::Running, format!("asking {}…", target.title()))],
        LatestChange::Failed(explanation) => return vec![(Sign::Failed, explanation.to_string())],
        LatestChange::Done(sentences) => sentences.iter().map(|sentence| (Sign::Done, sentence.clone())).collect(),
        LatestChange::None => Vec::new(),
    };
    if let Presence::Unknown(why) | Presence::Taken(why) = &option.presence {
        said.push((Sign::Warning, why.to_string()));
    }
    said.extend(option.warnings.iter().map(|warning| (Sign::Warning, warning.clone())));
    said.extend(option.written.as_ref().err().map(|error| (Sign::Warning, error.to_string())));
    said
}

/// Draws what would be installed.
fn draw_document(rows: &mut Rows<'_>, home: &Home, page: &SchedulePage, theme: &Theme) {
    let is_read = matches!(page.latest, LatestChange::None | LatestChange::Done(_));
    let option = page.option().filter(|_| is_read);
    let Some(written) = option.and_then(|option| option.written.as_ref().ok()) else { return };
    if home.demo {
        rows.sentences("The demo installs nothing. This is what would be installed:", theme.hint);
    }
    if !written.exact && page.latest == LatestChange::None {
        rows.sentences(explain::GUARDED, theme.hint);
    }
    if rows.free_rows() > 3 {
        rows.blank();
    }
    let lines = written.documents.iter().flat_map(|document| {
        let head = (document.name.as_str(), theme.heading);
        std::iter::once(head).chain(document.text.lines().map(|line| (line, theme.hint)))
    });
    draw_cut(rows, home, &lines.collect::<Vec<_>>(), theme);
}

/// Draws as many lines as there is room for.
fn draw_cut(rows: &mut Rows<'_>, home: &Home, lines: &[(&str, Style)], theme: &Theme) {
    let room = usize::from(rows.free_rows());
    let fits = lines.len() <= room;
    for (text, style) in lines.iter().take(if fits { room } else { room.saturating_sub(1) }) {
        rows.text(&printable(text), *style);
    }
    if !fits {
        rows.text(&format!("… {} copies all of it", home.key("schedule.copy")), theme.hint);
    }
}
