//! The tab History: past runs, with the trend of each export.

use std::path::PathBuf;

use strum::{IntoStaticStr, VariantArray};

use super::actions::Q;
use super::{Home, Tab, TabSpec};
use crate::history::{Run, RunResult};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{Answer, Effect, HasShell as _, Picker, RequestId, Runs, Severity, Slot, split_reply};

const MAX_RUNS: u32 = 1000;
const MAX_TREND: u32 = 120;

pub(super) const SPEC: TabSpec = TabSpec {
    label: "History",
    place: Place::History,
    entered: load,
    list: |home| Some(&home.history.list.search),
    list_mut: |home| Some(&mut home.history.list.search),
    filtered: |home| {
        home.history.list.rematch();
        update_trend(home)
    },
    moved: update_trend,
    is_open: |home| home.history.opened,
    is_animated: |_| false,
};

pub(super) static ACTIONS: [Action<Home>; 5] = [
    Action::new(&[ENTER], "open", Place::History, has_run, open),
    Action::new(&[letter('f', "f")], "other results", Place::History, |home| home.tab == Tab::History, next_results),
    Action::new(&[letter('y', "y")], "copy", Place::History, has_run, copy),
    Action::new(&[letter('y', "y")], "copy", Place::Opened, has_run, copy),
    Action::new(&[ESC, Q, ENTER, LEFT], "back", Place::Opened, has_run, close),
];

#[derive(Debug)]
pub struct History {
    pub list: Picker<Run>,
    pub shown: ResultChoice,
    pub total: u64,
    pub load: Slot<()>,
    pub opened: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum ResultChoice {
    #[default]
    All,
    #[strum(serialize = "failed, refused, interrupted")]
    Failed,
    Done,
    /// Ended without a file on purpose.
    #[strum(serialize = "cancelled, skipped")]
    Idle,
}

impl Default for History {
    fn default() -> Self {
        let list = Picker::new(
            |run: &Run| {
                let (file, result) = (run.file.as_deref().unwrap_or_default(), run.result_words());
                format!("{} {file} {result}", run.export)
            },
            |a, b| b.started.cmp(&a.started),
        );
        Self { list, shown: ResultChoice::All, total: 0, load: Slot::idle(), opened: false }
    }
}

impl ResultChoice {
    fn results(self) -> &'static [RunResult] {
        match self {
            Self::All => &[],
            Self::Failed => &[RunResult::Failed, RunResult::Refused, RunResult::Interrupted],
            Self::Done => &[RunResult::Done],
            Self::Idle => &[RunResult::Cancelled, RunResult::Skipped],
        }
    }

    fn next(self) -> Self {
        Self::VARIANTS[(self as usize + 1) % Self::VARIANTS.len()]
    }
}

fn has_run(home: &Home) -> bool {
    home.tab == Tab::History && home.history.list.under_cursor().is_some()
}

fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request(loaded);
    home.history.load.ask_again(&request);
    vec![Effect::ListRuns { request, definition: None, results: home.history.shown.results(), most: MAX_RUNS }]
}

fn update_trend(home: &mut Home) -> Vec<Effect> {
    let definition = home.history.list.under_cursor().map(|run| PathBuf::from(&run.definition));
    show_trend(home, definition)
}

/// Asks for the trend of the export in that file, unless it is the one that is shown.
pub(super) fn show_trend(home: &mut Home, definition: Option<PathBuf>) -> Vec<Effect> {
    if home.trend_of == definition {
        return Vec::new();
    }
    home.trend_of = definition;
    home.trend = Slot::idle();
    ask_trend(home)
}

pub(super) fn ask_trend(home: &mut Home) -> Vec<Effect> {
    let Some(definition) = home.trend_of.clone() else { return Vec::new() };
    let request = home.request(trend_loaded);
    home.trend.ask_again(&request);
    vec![Effect::ListRuns {
        request,
        definition: Some(definition),
        results: ResultChoice::Done.results(),
        most: MAX_TREND,
    }]
}

fn trend_loaded(home: &mut Home, id: RequestId, result: Answer<Runs>) -> Vec<Effect> {
    home.trend.answer(id, result);
    Vec::new()
}

fn loaded(home: &mut Home, id: RequestId, result: Answer<Runs>) -> Vec<Effect> {
    let (runs, answer) = split_reply(result);
    let failed = answer.as_ref().err().map(|explanation| explanation.what.clone());
    if !home.history.load.answer(id, answer) {
        return Vec::new();
    }
    if let Some(what) = failed {
        home.notify(Severity::Warning, what);
    }
    runs.map(|runs| take_runs(home, runs)).unwrap_or_default()
}

/// Takes the runs. The selection stays on its run, or at the top if it was there.
fn take_runs(home: &mut Home, Runs { runs, total, .. }: Runs) -> Vec<Effect> {
    let history = &mut home.history;
    let held = history.list.under_cursor().filter(|_| history.opened || history.list.search.cursor > 0);
    let held = held.map(|run| (run.definition.clone(), run.started));
    let is_held = |run: &Run| {
        held.as_ref().is_some_and(|(definition, started)| run.definition == *definition && run.started == *started)
    };
    history.list.replace(runs, is_held);
    history.total = total;
    history.opened &= history.list.under_cursor().is_some_and(is_held);
    let mut effects = update_trend(home);
    if effects.is_empty() {
        // The trend may have grown as well.
        effects = ask_trend(home);
    }
    effects
}

pub(super) fn show_export(home: &mut Home, name: &str) -> Vec<Effect> {
    let history = &mut home.history;
    history.list.search.filter = format!("\"{name}\"").into();
    history.list.rematch();
    (history.shown, history.opened) = (ResultChoice::All, false);
    home.enter(Tab::History)
}

fn next_results(home: &mut Home) -> Vec<Effect> {
    home.history.shown = home.history.shown.next();
    load(home)
}

fn open(home: &mut Home) -> Vec<Effect> {
    home.history.opened = true;
    home.top = 0;
    Vec::new()
}

fn close(home: &mut Home) -> Vec<Effect> {
    home.history.opened = false;
    Vec::new()
}

fn copy(home: &mut Home) -> Vec<Effect> {
    let text = home.history.list.under_cursor().map(|run| home.report(run));
    home.copy(text)
}
