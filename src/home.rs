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

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

pub use crate::state::Tab;
pub use accounts::Accounts;
pub use browse::Browse;
pub use check::Check;
pub use exports::Exports;
pub use history::History;
pub use keys::update;

use crate::accounts::Account;
use crate::config::Environment;
use crate::export::DatasetKey;
use crate::service::Service;
use crate::state::actions::{Keymap, Place};
use crate::state::{Copying, Effect, Notice, Reply, Request, Requests, Search, Slot, Weight};
use crate::wizard::Start;

/// Age at which loaded data is read again: schedulers run exports too.
const STALE: TimeDelta = TimeDelta::seconds(55);

#[derive(Debug)]
pub struct Home {
    pub tab: Tab,
    /// Keys type into the filter of the tab's list.
    pub filtering: bool,
    /// Covers the tab and takes the keys first.
    pub overlay: Option<Overlay>,
    pub top: usize,
    pub notice: Option<Notice>,
    pub exports: Exports,
    pub browse: Browse,
    pub accounts: Accounts,
    pub history: History,
    pub check: Option<Check>,
    environment: Environment,
    pub kept_accounts: Vec<Account>,
    pub kept: Slot<()>,
    /// Start of the unfinished draft that a new export continues.
    pub unfinished: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    pub demo: bool,
    pub log: Option<PathBuf>,
    pub keymap: Arc<Keymap>,
    pub ticks: usize,
    read: DateTime<Utc>,
    requests: Requests,
    copying: Copying,
}

/// The resulting effects, or the reply itself if it belongs to another tab.
type Taken = Result<Vec<Effect>, Box<Reply>>;

struct Page {
    label: &'static str,
    place: Place,
    entered: fn(&mut Home) -> Vec<Effect>,
    /// Handles a reply, or gives back one of another tab.
    reply: fn(&mut Home, Request, Box<Reply>) -> Taken,
    list: fn(&Home) -> Option<&Search>,
    list_mut: fn(&mut Home) -> Option<&mut Search>,
    filtered: fn(&mut Home) -> Vec<Effect>,
    moved: fn(&mut Home) -> Vec<Effect>,
    /// An item of the list is open and takes the tab's place.
    is_open: fn(&Home) -> bool,
    /// Something in the tab is animated.
    moves: fn(&Home) -> bool,
}

#[derive(Debug, Clone)]
pub enum Overlay {
    Help,
    Ask(Question),
    Type(Entry),
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub title: String,
    pub text: String,
    pub wrong: Option<String>,
    pub typed: Input,
    then: Then,
}

/// The action for the typed text. Names its target, since lists are reloaded while a person types.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    Download { key: DatasetKey, file: String, size: Option<u64> },
    DeleteFile { key: DatasetKey, file: String },
    RenameAccount(Service, String),
    MoveExports(Service, String),
}

impl Entry {
    fn over(title: impl Into<String>, text: impl Into<String>, typed: String, then: Then) -> Overlay {
        let (title, text) = (title.into(), text.into());
        Overlay::Type(Self { title, text, wrong: None, typed: Input::new(typed), then })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub title: String,
    pub text: String,
    yes: Yes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Yes {
    Quit,
    RemoveExport(PathBuf),
    RemoveAccount(Service, String),
}

impl Home {
    pub fn new(start: &Start) -> Self {
        Self {
            tab: Tab::Exports,
            filtering: false,
            overlay: None,
            top: 0,
            notice: None,
            exports: Exports::default(),
            browse: Browse::new(start.environment.dataworld_token.is_some()),
            accounts: Accounts::new(&start.environment),
            history: History::default(),
            check: None,
            environment: start.environment.clone(),
            kept_accounts: start.accounts.clone(),
            kept: Slot::idle(),
            unfinished: None,
            now: start.now,
            demo: start.demo,
            log: None,
            keymap: Arc::default(),
            ticks: 0,
            read: start.now,
            requests: Requests::new(0),
            copying: Copying::default(),
        }
    }

    /// Something on screen is animated, so ticks are needed.
    pub fn moves(&self) -> bool {
        Tab::ALL.into_iter().any(|tab| (tab.page().moves)(self))
    }

    pub(crate) fn asked(&self, request: Request) -> bool {
        self.requests.issued(request)
    }

    pub(crate) fn list(&self) -> Option<&Search> {
        (self.tab.page().list)(self)
    }

    pub fn open_check(&self) -> Option<&Check> {
        self.check.as_ref().filter(|check| check.tab() == self.tab)
    }

    pub fn is_open(&self) -> bool {
        (self.tab.page().is_open)(self)
    }

    fn scrolls(&self) -> bool {
        self.is_open() && matches!(self.tab, Tab::Exports | Tab::History)
    }

    fn list_mut(&mut self) -> Option<&mut Search> {
        (self.tab.page().list_mut)(self)
    }

    fn request(&mut self) -> Request {
        self.requests.next()
    }

    fn say(&mut self, weight: Weight, text: impl Into<String>) {
        self.notice = Some(Notice { weight, text: text.into() });
    }

    fn ask(&mut self, title: impl Into<String>, text: impl Into<String>, yes: Yes) {
        self.overlay = Some(Overlay::Ask(Question { title: title.into(), text: text.into(), yes }));
    }

    fn copy(&mut self, text: Option<String>) -> Vec<Effect> {
        let Some(text) = text else { return Vec::new() };
        self.copy_after("", text)
    }

    /// Copies the text; the notice begins with `before`.
    fn copy_after(&mut self, before: &'static str, text: String) -> Vec<Effect> {
        let request = self.request();
        self.copying.begin(request, text, before)
    }

    fn reload(&mut self) -> Vec<Effect> {
        let mut effects = self.load();
        effects.extend((self.tab.page().entered)(self));
        effects
    }

    fn load(&mut self) -> Vec<Effect> {
        let request = self.request();
        self.kept.ask_again(request);
        self.read = self.now;
        vec![Effect::LoadHome { request }]
    }

    fn enter(&mut self, tab: Tab) -> Vec<Effect> {
        self.tab = tab;
        self.filtering = false;
        self.top = 0;
        (tab.page().entered)(self)
    }
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Exports, Self::Browse, Self::Accounts, Self::History];

    pub fn label(self) -> &'static str {
        self.page().label
    }

    /// The tab that many places further, cyclically.
    fn next(self, by: usize) -> Self {
        let at = Self::ALL.into_iter().position(|tab| tab == self).unwrap_or_default();
        Self::ALL[(at + by) % Self::ALL.len()]
    }

    fn page(self) -> &'static Page {
        match self {
            Self::Exports => &exports::PAGE,
            Self::Browse => &browse::PAGE,
            Self::Accounts => &accounts::PAGE,
            Self::History => &history::PAGE,
        }
    }
}

/// Enters home and selects the export of the name `saved`.
pub(crate) fn entered(home: &mut Home, saved: Option<String>) -> Vec<Effect> {
    home.overlay = None;
    if saved.is_some() {
        home.tab = Tab::Exports;
    }
    home.exports.look_at(saved);
    home.filtering = false;
    home.reload()
}

/// Sets the time. Data that is old by then is reloaded, for schedulers run exports too.
fn now(home: &mut Home, now: DateTime<Utc>) -> Vec<Effect> {
    home.now = now;
    if now - home.read < STALE {
        return Vec::new();
    }
    home.reload()
}
