//! The page that gives an export to a scheduler.
//!
//! ```text
//!   Schedule of Daily sales
//!   Every day at 06:30 (Europe/Berlin). The next run is on 1 Dec 2026 06:30 CET.
//!
//!   systemd         not installed
//!   your crontab    installed
//!   Kubernetes      takes a file
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
use crate::tui::dashboard::schedule::SchedulePage;
use crate::tui::screen::text::{Rows, Sign};
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
    let length = schedules.options.len();
    let list = Rect { height: u16::try_from(length).unwrap_or(u16::MAX).min(rows.free_rows()), ..rows.free_area() };
    (0..list.height).for_each(|_| rows.blank());
    if roomy {
        rows.blank();
    }
    draw_state(&mut rows, home, page, theme);
    let widest = schedules.options.iter().map(|option| columns(option.target.title())).max().unwrap_or(0);
    for (at, (option, y)) in schedules.options.iter().zip(list.top()..list.bottom()).enumerate() {
        let line = option_line(option, widest, theme);
        draw_row(frame, Rect { y, height: 1, ..list }, &line, at == page.chosen, theme);
    }
    HitMap::rows(list, ScrollState { top: 0, length, cursor: Some(page.chosen) })
}

fn draw_when(rows: &mut Rows<'_>, home: &Home, ExportSchedules { export, .. }: &ExportSchedules, theme: &Theme) {
    let schedule = &export.schedule;
    let next = schedule.next_runs(home.now).next();
    let next = next.map(|next| format!(" The next run is on {}.", moment_in(schedule.zone, next))).unwrap_or_default();
    rows.sentences(&format!("{}.{next}", schedule.describe()), theme.hint);
}

fn option_line(option: &ScheduleOption, widest: usize, theme: &Theme) -> Line<'static> {
    let (sign, words) = match &option.presence {
        Presence::Elsewhere => (Sign::Waiting, "takes a file"),
        Presence::NotInstalled => (Sign::Waiting, "not installed"),
        Presence::Installed(ScheduleState::Matches) => (Sign::Done, "installed"),
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

/// Draws what has just happened, or else what would be installed, and what may go wrong with it.
fn draw_state(rows: &mut Rows<'_>, home: &Home, page: &SchedulePage, theme: &Theme) {
    let Some(option) = page.option() else { return };
    if page.is_changing() {
        return rows.signed(Sign::Running, &format!("asking {}…", option.target.title()), theme.hint, theme);
    }
    if let Some(explanation) = &page.failed {
        return rows.signed(Sign::Failed, &explanation.to_string(), Style::new(), theme);
    }
    for sentence in &page.done {
        rows.signed(Sign::Done, sentence, Style::new(), theme);
    }
    if let Presence::Unknown(why) | Presence::Taken(why) = &option.presence {
        rows.signed(Sign::Warning, &why.to_string(), Style::new(), theme);
    }
    for warning in &option.warnings {
        rows.signed(Sign::Warning, warning, Style::new(), theme);
    }
    if home.demo {
        rows.sentences("The demo installs nothing. This is what would be installed:", theme.hint);
    }
    match &option.written {
        Err(error) => rows.signed(Sign::Failed, &error.to_string(), Style::new(), theme),
        Ok(written) => {
            if !written.exact && page.done.is_empty() {
                rows.sentences(explain::GUARDED, theme.hint);
            }
            if rows.free_rows() > 3 {
                rows.blank();
            }
            let lines = written.documents.iter().flat_map(|document| {
                let head = (document.name.as_str(), theme.heading);
                std::iter::once(head).chain(document.text.lines().map(|line| (line, theme.hint)))
            });
            draw_cut(rows, &lines.collect::<Vec<_>>(), theme);
        }
    }
}

/// Draws as many lines as there is room for.
fn draw_cut(rows: &mut Rows<'_>, lines: &[(&str, Style)], theme: &Theme) {
    let room = usize::from(rows.free_rows());
    let fits = lines.len() <= room;
    for (text, style) in lines.iter().take(if fits { room } else { room.saturating_sub(1) }) {
        rows.text(&printable(text), *style);
    }
    if !fits {
        rows.text("… y copies all of it", theme.hint);
    }
}
