//! The tab Exports: the saved exports, their last results, and their runs.

mod actions;
mod row;
mod scheduler_status;

use std::collections::BTreeMap;

pub(super) use actions::{ACTIONS, cancel, cancel_all, remove, start_first_run};
pub use row::{ExportRow, Standing};
pub(super) use scheduler_status::ask_schedulers;

use super::{Home, Tab, TabSpec, check, history};
use crate::explain;
use crate::export::{Export, Setting};
use crate::schedulers::LocalSchedules;
use crate::transfer::{Outcome, Summary};
use crate::tui::state::actions::Place;
use crate::tui::state::{
    Effect, HasShell as _, Picker, RequestId, Run, RunOrder, RunReply, SavedExport, Severity, Slot,
};

pub(super) const SPEC: TabSpec = TabSpec {
    label: "Exports",
    place: Place::Exports,
    entered: update_trend,
    list: |home| Some(&home.exports.list.search),
    list_mut: |home| Some(&mut home.exports.list.search),
    filtered: |home| {
        home.exports.list.rematch();
        update_trend(home)
    },
    moved: update_trend,
    is_open: |home| home.exports.opened.is_some(),
    is_animated: |home| home.exports.running() > 0,
};

#[derive(Debug)]
pub struct Exports {
    pub list: Picker<ExportRow>,
    /// The newest run of this session, by the slug of its export.
    pub runs: BTreeMap<String, Run>,
    /// The export whose run is open.
    pub opened: Option<String>,
    schedules: Slot<LocalSchedules>,
    /// The export to select once it is loaded.
    wanted: Option<String>,
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
    /// The saved exports whose definitions can be read.
    pub(crate) fn saved(&self) -> impl Iterator<Item = &Export> {
        self.list.all().filter(|row| row.is_saved).filter_map(|row| row.export.as_deref().ok())
    }

    fn names(&self) -> Vec<String> {
        self.list.all().map(|row| row.name.clone()).collect()
    }

    pub fn running(&self) -> u64 {
        self.runs.values().filter(|run| run.is_running()).count() as u64
    }

    /// A run in progress has sent its whole file.
    pub(super) fn has_sent_all(&self) -> bool {
        self.runs.values().any(|run| run.is_running() && run.has_sent_all())
    }

    /// The newest run of this session.
    pub fn run_of(&self, row: &ExportRow) -> Option<&Run> {
        self.runs.get(&row.slug())
    }

    pub fn in_progress(&self, row: &ExportRow) -> Option<&Run> {
        self.run_of(row).filter(|run| run.is_running())
    }

    /// The newest run of this session, unless the history has a newer one.
    pub fn newest(&self, row: &ExportRow) -> Option<&Run> {
        let started = row.last.as_ref().map(|last| last.started);
        self.run_of(row).filter(|run| match (run.ended, started) {
            (Some(ended), Some(started)) => started <= ended,
            _ => true,
        })
    }

    pub fn opened_row(&self) -> Option<&ExportRow> {
        let slug = self.opened.as_ref()?;
        self.list.all().find(|row| row.slug() == *slug)
    }

    pub(super) fn select_when_loaded(&mut self, name: Option<String>) {
        if name.is_some() {
            self.wanted = name;
        }
    }
}

fn update_trend(home: &mut Home) -> Vec<Effect> {
    let file = home.exports.list.under_cursor().map(|row| row.file.clone());
    history::show_trend(home, file)
}

/// Asks for the trend again, since a run may have been added.
pub(super) fn renew_trend(home: &mut Home) -> Vec<Effect> {
    let effects = update_trend(home);
    if effects.is_empty() { history::ask_trend(home) } else { effects }
}

pub(super) fn rebuild_rows(home: &mut Home, saved: Vec<SavedExport>) {
    let now = home.now;
    let exports = &mut home.exports;
    let wanted = exports.wanted.take();
    let rows: Vec<ExportRow> = saved.into_iter().map(|saved| ExportRow::new(saved, now)).collect();
    let slugs: Vec<String> = rows.iter().map(ExportRow::slug).collect();
    // Of an export that is gone from its file, nothing is left; one that was never saved stays.
    let was_saved: Vec<String> = exports.list.all().filter(|row| row.is_saved).map(ExportRow::slug).collect();
    exports.runs.retain(|slug, run| slugs.contains(slug) || run.is_running() || !was_saved.contains(slug));
    show_rows(exports, rows, wanted.as_deref());
    if exports.opened_row().is_none() {
        exports.opened = None;
    }
}

/// Lists the saved exports, and those of this session's runs that are not saved, as they ran last. The cursor moves to
/// the export that is `wanted`, or stays on its row.
fn show_rows(exports: &mut Exports, mut rows: Vec<ExportRow>, wanted: Option<&str>) {
    let held = exports.list.under_cursor().map(|row| row.file.clone());
    let slugs: Vec<String> = rows.iter().map(ExportRow::slug).collect();
    let unsaved = exports.runs.iter().filter(|(slug, _)| !slugs.contains(slug));
    rows.extend(unsaved.map(|(_, run)| ExportRow::of_run(run)));
    exports.list.replace(rows, |row| match wanted {
        Some(name) => row.name == name,
        None => held.as_ref() == Some(&row.file),
    });
}

/// Starts a run, and shows it in a row of its own if its export is not saved.
fn start_run(home: &mut Home, order: RunOrder, allowed_once: Vec<Setting>) -> Vec<Effect> {
    let slug = row::slug_of(&order.entry.definition);
    let request = home.request(run_replied);
    let (run, effect) = Run::begin(order, allowed_once, request, home.now);
    let exports = &mut home.exports;
    exports.runs.insert(slug, run);
    let saved = exports.list.all().filter(|row| row.is_saved).cloned().collect();
    show_rows(exports, saved, None);
    home.top = 0;
    vec![effect]
}

/// Starts a run that was ordered in the wizard, and shows its page. One that goes on is shown as it is.
pub(crate) fn open_run(home: &mut Home, order: RunOrder) -> Vec<Effect> {
    let slug = row::slug_of(&order.entry.definition);
    let mut effects = check::close(home);
    home.schedule = None;
    (home.tab, home.filtering, home.overlay) = (Tab::Exports, false, None);
    home.exports.opened = Some(slug.clone());
    if home.exports.runs.get(&slug).is_some_and(Run::is_running) {
        home.notify(Severity::Warning, format!("{} is already running.", order.entry.export.name));
    } else {
        effects.extend(start_run(home, order, Vec::new()));
    }
    effects
}

fn run_replied(home: &mut Home, id: RequestId, reply: RunReply) -> Vec<Effect> {
    match reply {
        RunReply::Progress(progress) => {
            if let Some(run) = home.exports.runs.values_mut().find(|run| run.is_current(id)) {
                run.sample(progress);
            }
            Vec::new()
        }
        RunReply::Ended(outcome) => ended(home, id, outcome),
    }
}

/// Ends a run and reloads, since the history has it now.
fn ended(home: &mut Home, id: RequestId, outcome: Outcome) -> Vec<Effect> {
    let open = home.key("exports.open");
    let exports = &mut home.exports;
    let found = exports.runs.iter_mut().find(|(_, run)| run.is_current(id));
    let Some((slug, run)) = found else { return Vec::new() };
    let (severity, text) = outcome_notice(&run.export().name, &outcome, open);
    let mut effects = run.end(outcome, home.now);
    if exports.opened.as_ref() == Some(slug) && home.tab == Tab::Exports {
        home.top = 0;
    } else {
        home.notify(severity, text);
    }
    effects.extend(home.reload());
    effects
}

/// The outcome as a notice, for a person who looks at something else.
fn outcome_notice(name: &str, outcome: &Outcome, open: &str) -> (Severity, String) {
    match outcome {
        Outcome::Done(Summary { dry_run: true, .. }) => {
            (Severity::Info, format!("The dry run of {name} went well. Press {open} to see it."))
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
