//! The tab Exports: the saved exports, their last results, and their runs.

mod actions;
mod row;
mod scheduler_status;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

pub(super) use actions::{ACTIONS, cancel, cancel_all, remove};
pub use row::{ExportRow, Standing};
pub(super) use scheduler_status::ask_schedulers;

use super::{ConfirmedAction, Home, Overlay, Question, TabSpec};
use crate::explain;
use crate::schedulers::LocalSchedules;
use crate::transfer::{Outcome, Summary};
use crate::tui::state::actions::Place;
use crate::tui::state::{Effect, Picker, RequestId, Run, RunReply, SavedExport, Severity, Slot};

pub(super) const SPEC: TabSpec = TabSpec {
    label: "Exports",
    place: Place::Exports,
    entered: |_| Vec::new(),
    list: |home| Some(&home.exports.list.search),
    list_mut: |home| Some(&mut home.exports.list.search),
    filtered: |home| {
        home.exports.list.rematch();
        Vec::new()
    },
    moved: |_| Vec::new(),
    is_open: |home| home.exports.opened.is_some(),
    is_animated: |home| home.exports.running() > 0,
};

#[derive(Debug)]
pub struct Exports {
    pub list: Picker<ExportRow>,
    /// The newest run of this session, by the definition's file.
    pub runs: BTreeMap<PathBuf, SessionRun>,
    pub opened: Option<PathBuf>,
    schedules: Slot<LocalSchedules>,
    /// The export to select once it is loaded.
    wanted: Option<String>,
}

#[derive(Debug)]
pub struct SessionRun {
    pub run: Run,
    pub dry_run: bool,
    pub started: DateTime<Utc>,
    pub ended: Option<DateTime<Utc>>,
}

impl Default for Exports {
    fn default() -> Self {
        let list = Picker::new(
            |row: &ExportRow| format!("{} {}", row.name, row.destination()),
            |a, b| (a.name.to_lowercase(), &a.file).cmp(&(b.name.to_lowercase(), &b.file)),
        );
        Self { list, runs: BTreeMap::new(), opened: None, schedules: Slot::idle(), wanted: None }
    }
}

impl Exports {
    pub fn names(&self) -> Vec<String> {
        self.list.all().filter(|row| row.export.is_ok()).map(|row| row.name.clone()).collect()
    }

    pub fn running(&self) -> u64 {
        self.runs.values().filter(|live| live.run.is_running()).count() as u64
    }

    /// A run in progress has sent its whole file.
    pub(super) fn has_sent_all(&self) -> bool {
        self.runs.values().any(|live| live.run.is_running() && live.run.progress.has_sent_all())
    }

    pub fn in_progress(&self, row: &ExportRow) -> Option<&SessionRun> {
        self.runs.get(&row.file).filter(|live| live.run.is_running())
    }

    /// The newest run of this session, unless the history has a newer one.
    pub fn newest(&self, row: &ExportRow) -> Option<&SessionRun> {
        let started = row.last.as_ref().map(|last| last.started);
        self.runs.get(&row.file).filter(|live| match (live.ended, started) {
            (Some(ended), Some(started)) => started <= ended,
            _ => true,
        })
    }

    pub fn opened_row(&self) -> Option<&ExportRow> {
        let file = self.opened.as_ref()?;
        self.list.all().find(|row| row.file == *file)
    }

    pub(super) fn select_when_loaded(&mut self, name: Option<String>) {
        if name.is_some() {
            self.wanted = name;
        }
    }
}

pub(super) fn rebuild_rows(home: &mut Home, saved: Vec<SavedExport>) {
    let now = home.now;
    let exports = &mut home.exports;
    let wanted = exports.wanted.take();
    let held = exports.list.under_cursor().map(|row| row.file.clone());
    let is_held = |row: &ExportRow| match &wanted {
        Some(name) => row.name == *name,
        None => held.as_ref() == Some(&row.file),
    };
    exports.list.replace(saved.into_iter().map(|saved| ExportRow::new(saved, now)), is_held);
    if exports.opened_row().is_none() {
        exports.opened = None;
    }
}

fn run_replied(home: &mut Home, id: RequestId, reply: RunReply) -> Vec<Effect> {
    match reply {
        RunReply::Progress(progress) => {
            if let Some((file, live)) = home.exports.runs.iter_mut().find(|(_, live)| live.run.is_current(id)) {
                live.run.sample(progress);
                renew_cancel_question(&mut home.overlay, file, &live.run);
            }
            Vec::new()
        }
        RunReply::Ended(outcome) => ended(home, id, outcome),
    }
}

/// Ends a run and reloads, since the history has it now.
fn ended(home: &mut Home, id: RequestId, outcome: Outcome) -> Vec<Effect> {
    let now = home.now;
    let exports = &mut home.exports;
    let found = exports.runs.iter_mut().find(|(_, live)| live.run.is_current(id));
    let Some((file, live)) = found else { return Vec::new() };
    let name = live.run.export.as_ref().map(|export| export.name.clone()).unwrap_or_default();
    let (severity, text) = outcome_notice(&name, &outcome);
    live.ended = Some(now);
    let mut effects = live.run.end(outcome);
    renew_cancel_question(&mut home.overlay, file, &live.run);
    if exports.opened.as_ref() == Some(file) {
        home.top = 0;
    } else {
        home.notify(severity, text);
    }
    effects.extend(home.reload());
    effects
}

/// Keeps the question whether to cancel this run true while it is open.
fn renew_cancel_question(overlay: &mut Option<Overlay>, file: &Path, run: &Run) {
    if let Some(Overlay::Ask(Question { action: ConfirmedAction::CancelRun(of), text, .. })) = overlay
        && of == file
    {
        run.cancel_text().clone_into(text);
    }
}

/// The outcome as a notice, for a person who looks at something else.
fn outcome_notice(name: &str, outcome: &Outcome) -> (Severity, String) {
    match outcome {
        Outcome::Done(Summary { dry_run: true, .. }) => {
            (Severity::Info, format!("The dry run of {name} went well. Press Enter to see it."))
        }
        Outcome::Done(summary) => (Severity::Info, format!("{name}: {} is on data.world.", summary.file)),
        Outcome::Failed { failure, .. } => (Severity::Warning, format!("{name}: {}", explain::failure(failure).what)),
        Outcome::Skipped(unchanged) => (Severity::Idle, format!("{name}: {}", explain::skipped(unchanged))),
        Outcome::Cancelled { file_now: Some(now) } if now.is_in_doubt() => {
            (Severity::Warning, format!("{name} was cancelled. {}", explain::file_now(now)))
        }
        Outcome::Cancelled { .. } => (Severity::Idle, format!("{name} was cancelled.")),
    }
}
