//! Home: one file for each tab, drawn under the line of tabs.
//!
//! ```text
//!  Writeback                                                                    2 runs under way
//!  1 Exports   2 Browse   3 Accounts   4 History
//! ────────────────────────────────────────────────────────────────────────────────
//!   the tab's list, or one thing of it that is open
//! ────────────────────────────────────────────────────────────────────────────────
//!  Enter open   r run   n new   e edit   / filter   q quit   F1 help
//! ```

mod accounts;
mod browse;
mod check;
mod exports;
pub(super) mod header;
mod history;
mod list;
mod schedule;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::text::Rows;
use super::{HitMap, Theme};
use crate::check::StepResult;
use crate::explain;
use crate::history::Phase;
use crate::tui::dashboard::{Home, Tab};
use crate::tui::state::actions::{Keyed as _, Place};

/// Words of the open page with their meanings, for the help.
pub(super) fn terms(home: &Home) -> Vec<(&'static str, &'static str)> {
    if let Some(check) = home.open_check() {
        let term = |it: &StepResult| Some((explain::step(it.service, it.step), explain::step_meaning(it.step)?));
        return check.results().iter().filter_map(term).collect();
    }
    match home.place_below() {
        Place::Run => Phase::ALL.map(|phase| (phase.label(), explain::phase_meaning(phase))).into(),
        _ => Vec::new(),
    }
}

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    if let Some(check) = home.open_check() {
        check::draw(&mut Rows::new(frame.buffer_mut(), area), home, check, theme);
        return HitMap::default();
    }
    if let Some(page) = home.open_schedule() {
        return schedule::draw(frame, area, home, page, theme);
    }
    match home.tab {
        Tab::Exports => exports::draw(frame, area, home, theme),
        Tab::Browse => browse::draw(frame, area, home, theme),
        Tab::Accounts => accounts::draw(frame, area, home, theme),
        Tab::History => history::draw(frame, area, home, theme),
    }
}
