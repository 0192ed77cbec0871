//! State and logic of home: exports and their runs, data.world's datasets, accounts, history.
//!
//! Plain state like the wizard's. Each tab is a file, [`exports`], [`browse`], [`accounts`] and [`history`], with its
//! own state and table of actions, and an entry of [`Tab`] that connects it to the rest. A [`check`] covers a tab.

pub mod accounts;
mod actions;
pub mod browse;
pub mod check;
pub mod exports;
pub mod history;
mod keys;
pub mod schedule;

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use strum::VariantArray;
use tui_input::{Input, InputRequest};

pub use crate::tui::state::Tab;
pub use accounts::Accounts;
pub use browse::Browse;
pub use check::Check;
pub use exports::Exports;
pub(crate) use exports::open_run;
pub use history::History;
pub use keys::update;
pub use schedule::SchedulePage;

use crate::accounts::Account;
use crate::config::Environment;
use crate::explain;
use crate::export::{DatasetKey, Service};
use crate::history::Run as PastRun;
use crate::schedulers::SchedulerKind;
use crate::text::secret::Secret;
use crate::text::terminal_text;
use crate::tui::state::actions::{Place, key_of};
use crate::tui::state::typing::LastEnter;
use crate::tui::state::typing::paste_text;
use crate::tui::state::{
    Answer, Effect, HasShell as _, LocalData, RequestId, Runs, Search, Severity, Shell, Slot, split_reply,
};
use crate::tui::wizard::Start;

/// Age at which loaded data is read again: schedulers run exports too.
const STALE: TimeDelta = TimeDelta::seconds(55);

#[derive(Debug)]
pub struct Home {
    pub shell: Shell,
    pub tab: Tab,
    /// Keys type into the filter of the tab's list.
    pub filtering: bool,
    /// Covers the tab and takes the keys first.
    pub overlay: Option<Overlay>,
    pub top: usize,
    pub exports: Exports,
    pub browse: Browse,
    pub accounts: Accounts,
    pub history: History,
    /// Good runs and statistics of the export under the cursor.
    pub trend: Slot<Runs>,
    /// The definition's file that the trend belongs to.
    trend_of: Option<PathBuf>,
    pub check: Option<Check>,
    pub schedule: Option<SchedulePage>,
    environment: Environment,
    pub saved_accounts: Vec<Account>,
    pub loaded: Slot<()>,
    /// Start of the unfinished draft that a new export continues.
    pub unfinished: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    /// For times of lists; details have UTC too.
    pub zone: Tz,
    pub demo: bool,
    pub ticks: usize,
    /// The opened run is one of the wizard's export, and lies over the wizard.
    pub over_wizard: bool,
    pub(crate) last_enter: LastEnter,
    loaded_at: DateTime<Utc>,
}

struct TabSpec {
    label: &'static str,
    place: Place,
    entered: fn(&mut Home) -> Vec<Effect>,
    list: fn(&Home) -> Option<&Search>,
    list_mut: fn(&mut Home) -> Option<&mut Search>,
    filtered: fn(&mut Home) -> Vec<Effect>,
    moved: fn(&mut Home) -> Vec<Effect>,
    /// An item of the list is open and takes the tab's place.
    is_open: fn(&Home) -> bool,
    /// Something in the tab is animated.
    is_animated: fn(&Home) -> bool,
}

#[derive(Debug, Clone)]
pub enum Overlay {
    Help,
    Ask(Question),
    Choose(Menu),
    Prompt(TextPrompt),
}

#[derive(Debug, Clone)]
pub struct TextPrompt {
    pub title: String,
    pub text: String,
    pub wrong: Option<String>,
    pub typed: Input,
    /// The text is as it was proposed, so what is typed replaces it.
    pub is_untouched: bool,
    action: PromptAction,
}

/// The action for the typed text. Names its target, since lists are reloaded while a person types.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PromptAction {
    Download { key: DatasetKey, file: String, size: Option<u64> },
    DeleteFile { key: DatasetKey, file: String },
    RenameAccount(Service, String),
    MoveExports(Service, String),
    WriteSchedule(SchedulerKind),
}

/// What a key asks for next.
#[derive(Debug, Clone)]
pub struct Menu {
    pub title: &'static str,
    pub items: Vec<MenuItem>,
    pub cursor: usize,
}

#[derive(Debug, Clone, Copy)]
pub struct MenuItem {
    pub key: char,
    pub label: &'static str,
    run: fn(&mut Home) -> Vec<Effect>,
}

impl TextPrompt {
    fn overlay(title: impl Into<String>, text: impl Into<String>, typed: String, then: PromptAction) -> Overlay {
        let (title, text) = (title.into(), text.into());
        Overlay::Prompt(Self { title, text, wrong: None, typed: Input::new(typed), is_untouched: true, action: then })
    }

    fn edit(&mut self, edit: InputRequest) {
        self.begin(matches!(edit, InputRequest::InsertChar(_)));
        self.typed.handle(edit);
    }

    fn paste(&mut self, text: &Secret) {
        self.begin(true);
        paste_text(&mut self.typed, text);
    }

    fn begin(&mut self, is_typed: bool) {
        self.wrong = None;
        if std::mem::take(&mut self.is_untouched) && is_typed {
            self.typed.reset();
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub title: String,
    pub text: String,
    /// `None` once there is nothing left to decide.
    action: Option<ConfirmedAction>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ConfirmedAction {
    Quit,
    RemoveExport(PathBuf),
    RemoveAccount(Service, String),
    /// The run of the export with that slug.
    CancelRun(String),
    ReplaceSchedule(SchedulerKind, PathBuf),
    ReplaceDownload(browse::Wanted, PathBuf),
}

impl Home {
    pub fn new(start: &Start) -> Self {
        Self {
            shell: Shell::new(0),
            tab: Tab::Exports,
            filtering: false,
            overlay: None,
            top: 0,
            exports: Exports::default(),
            browse: Browse::new(start.environment.dataworld_token.is_some()),
            accounts: Accounts::new(&start.environment),
            history: History::default(),
            trend: Slot::idle(),
            trend_of: None,
            check: None,
            schedule: None,
            environment: start.environment.clone(),
            saved_accounts: start.accounts.clone(),
            loaded: Slot::idle(),
            unfinished: None,
            now: start.now,
            zone: start.zone.unwrap_or_default(),
            demo: start.demo,
            ticks: 0,
            over_wizard: false,
            last_enter: LastEnter::default(),
            loaded_at: start.now,
        }
    }

    /// Something on screen is animated, so ticks are needed.
    pub fn is_animated(&self) -> bool {
        Tab::VARIANTS.iter().any(|tab| (tab.spec().is_animated)(self))
    }

    pub(crate) fn list(&self) -> Option<&Search> {
        (self.tab.spec().list)(self)
    }

    pub fn open_check(&self) -> Option<&Check> {
        self.check.as_ref().filter(|check| check.tab() == self.tab)
    }

    pub fn is_open(&self) -> bool {
        (self.tab.spec().is_open)(self)
    }

    fn scrolls(&self) -> bool {
        self.is_open() && matches!(self.tab, Tab::Exports | Tab::History)
    }

    fn list_mut(&mut self) -> Option<&mut Search> {
        (self.tab.spec().list_mut)(self)
    }

    fn ask(&mut self, title: impl Into<String>, text: impl Into<String>, yes: ConfirmedAction) {
        self.overlay = Some(Overlay::Ask(Question { title: title.into(), text: text.into(), action: Some(yes) }));
    }

    fn ask_to_replace(&mut self, file: &Path, yes: ConfirmedAction) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{} is there already.", file.display());
        self.ask(format!("Replace {}?", terminal_text::name(&name)), terminal_text::printable(&text), yes);
    }

    /// Does the only one of several things, or asks which.
    fn choose(&mut self, title: &'static str, items: Vec<MenuItem>) -> Vec<Effect> {
        match items.as_slice() {
            [] => Vec::new(),
            [only] => (only.run)(self),
            _ => {
                self.overlay = Some(Overlay::Choose(Menu { title, items, cursor: 0 }));
                Vec::new()
            }
        }
    }

    /// The key of an action, for sentences.
    pub fn key(&self, action: &str) -> &'static str {
        key_of(self, action)
    }

    /// Opens a page of data.world in the browser, or else copies its address.
    fn open_link(&mut self, link: String) -> Vec<Effect> {
        let to_copy = link.clone();
        let request = self.request(move |home: &mut Self, _, opened| match opened {
            true => Vec::new(),
            false => home.copy_after("No browser can be opened here.", to_copy.clone()),
        });
        vec![Effect::OpenLink { request, link }]
    }

    /// The report on a past run, with the ids of its export as it is saved now.
    pub fn report(&self, run: &PastRun) -> String {
        let is_its = |row: &&exports::ExportRow| row.file.as_os_str() == run.definition.as_str();
        let export = self.exports.list.all().find(is_its).and_then(|row| row.export.as_deref().ok());
        explain::report_text(&explain::run_report(run, export, None, self.shell.log.as_deref()))
    }

    fn reload(&mut self) -> Vec<Effect> {
        let mut effects = self.load();
        effects.extend((self.tab.spec().entered)(self));
        effects
    }

    fn load(&mut self) -> Vec<Effect> {
        let request = self.request(loaded);
        self.loaded.ask_again(&request);
        self.loaded_at = self.now;
        vec![Effect::LoadHome { request }]
    }

    /// Goes to a tab, and from a page of it to its list.
    fn enter(&mut self, tab: Tab) -> Vec<Effect> {
        let mut effects = if tab == self.tab { self.close_page() } else { Vec::new() };
        self.tab = tab;
        self.filtering = false;
        self.top = 0;
        effects.extend((tab.spec().entered)(self));
        effects
    }

    /// Closes the page that covers the tab.
    fn close_page(&mut self) -> Vec<Effect> {
        if self.open_check().is_some() {
            return check::close(self);
        }
        match self.tab {
            Tab::Exports => (self.exports.opened, self.schedule) = (None, None),
            Tab::Browse => self.browse.opened = None,
            Tab::History => self.history.opened = false,
            Tab::Accounts => {}
        }
        Vec::new()
    }
}

impl Tab {
    pub fn label(self) -> &'static str {
        self.spec().label
    }

    /// The tab that many places further, cyclically.
    fn next(self, by: usize) -> Self {
        Self::VARIANTS[(self as usize + by) % Self::VARIANTS.len()]
    }

    fn spec(self) -> &'static TabSpec {
        match self {
            Self::Exports => &exports::SPEC,
            Self::Browse => &browse::SPEC,
            Self::Accounts => &accounts::SPEC,
            Self::History => &history::SPEC,
        }
    }
}

/// Enters home and selects the export of the name `saved`.
pub(crate) fn enter_home(home: &mut Home, saved: Option<String>) -> Vec<Effect> {
    home.overlay = None;
    if saved.is_some() {
        home.tab = Tab::Exports;
    }
    home.exports.select_when_loaded(saved);
    home.filtering = false;
    home.reload()
}

fn loaded(home: &mut Home, id: RequestId, result: Answer<LocalData>) -> Vec<Effect> {
    let (kept, answer) = split_reply(result);
    let failed = answer.as_ref().err().map(|explanation| explanation.what.clone());
    if !home.loaded.answer(id, answer) {
        return Vec::new();
    }
    if let Some(what) = failed {
        home.notify(Severity::Warning, what);
    }
    let Some(LocalData { exports, accounts }) = kept else { return Vec::new() };
    home.saved_accounts = accounts;
    exports::rebuild_rows(home, exports);
    accounts::rebuild_rows(home);
    let mut effects = exports::ask_schedulers(home);
    if home.tab == Tab::Exports {
        effects.extend(exports::renew_trend(home));
    } else {
        // A run may have been added: its tab asks again.
        home.trend_of = None;
    }
    effects
}

/// Sets the time. Data that is old by then is reloaded, for schedulers run exports too.
fn set_time(home: &mut Home, now: DateTime<Utc>) -> Vec<Effect> {
    home.now = now;
    if now - home.loaded_at < STALE {
        return Vec::new();
    }
    home.reload()
}
