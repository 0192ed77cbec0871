//! Home's logic: the saved exports and their runs, what is on data.world, the accounts, the history.
//!
//! Plain state like the wizard's. One file a tab: [`exports`], [`browse`], [`accounts`], [`history`], each with its own
//! state and its own table of actions, and an entry of [`Tab`] by which the rest of home knows it. A [`check`] lies over two
//! of them.

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

/// What is older is read again: schedulers run exports too.
const STALE: TimeDelta = TimeDelta::seconds(55);

/// Everything that home shows.
#[derive(Debug)]
pub struct Home {
    /// The tab that is on screen.
    pub tab: Tab,
    /// Whether keys type into the filter of the tab's list.
    pub filtering: bool,
    /// What lies over the tab; it takes the keys before all else.
    pub overlay: Option<Overlay>,
    /// The first row in sight of a run that is open. Where there are fewer rows, the last ones are in sight.
    pub top: usize,
    /// One line about what has just happened, until the next key.
    pub notice: Option<Notice>,
    /// The tab Exports.
    pub exports: Exports,
    /// The tab Browse.
    pub browse: Browse,
    /// The tab Accounts.
    pub accounts: Accounts,
    /// The tab History.
    pub history: History,
    /// The check that is on screen, over the tab that it was begun on.
    pub check: Option<Check>,
    /// What the environment says.
    environment: Environment,
    /// The saved accounts.
    pub kept_accounts: Vec<Account>,
    /// How far the exports and accounts are.
    pub kept: Slot<()>,
    /// When the export was begun that a new one goes on with, if one is unfinished.
    pub unfinished: Option<DateTime<Utc>>,
    /// The time, as of the last key or minute.
    pub now: DateTime<Utc>,
    /// Whether both services are the embedded sandbox.
    pub demo: bool,
    /// The log's file, if there is one.
    pub log: Option<PathBuf>,
    /// The keys of the person's own.
    pub keymap: Arc<Keymap>,
    /// Counts ticks, for what turns while one waits.
    pub ticks: usize,
    /// When what is kept was asked for last.
    read: DateTime<Utc>,
    requests: Requests,
    /// The text that was copied last.
    copying: Copying,
}

/// What follows from an answer, or the answer itself where it is not for this tab.
type Taken = Result<Vec<Effect>, Box<Reply>>;

/// What home needs to know of a tab.
struct Page {
    label: &'static str,
    place: Place,
    /// The tab has come on screen.
    entered: fn(&mut Home) -> Vec<Effect>,
    /// An answer has come. One that is not the tab's is given back.
    reply: fn(&mut Home, Request, Box<Reply>) -> Taken,
    /// The list of the tab, with its filter; `None` where there is none now.
    list: fn(&Home) -> Option<&Search>,
    /// The same, to change it.
    list_mut: fn(&mut Home) -> Option<&mut Search>,
    /// The filter was changed.
    filtered: fn(&mut Home) -> Vec<Effect>,
    /// The cursor was moved.
    moved: fn(&mut Home) -> Vec<Effect>,
    /// Whether one thing of the list is open, and takes the tab's place on screen.
    is_open: fn(&Home) -> bool,
    /// Whether something in it moves by itself.
    moves: fn(&Home) -> bool,
}

/// What lies over a tab.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// The keys.
    Help,
    /// Something that is not done before the person says yes.
    Ask(Question),
    /// Something that is typed first.
    Type(Entry),
}

/// Something to be typed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is for, in a few words.
    pub title: String,
    /// What is to be typed; sentences.
    pub text: String,
    /// What is wrong with what was typed.
    pub wrong: Option<String>,
    /// What was typed.
    pub typed: Input,
    then: Then,
}

/// What is done with what was typed, and to what: lists are read again while a person types.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    Download { key: DatasetKey, file: String, size: Option<u64> },
    DeleteFile { key: DatasetKey, file: String },
    RenameAccount(Service, String),
    MoveExports(Service, String),
}

impl Entry {
    /// One that lies over a tab, with something typed already.
    fn over(title: impl Into<String>, text: impl Into<String>, typed: String, then: Then) -> Overlay {
        let (title, text) = (title.into(), text.into());
        Overlay::Type(Self { title, text, wrong: None, typed: Input::new(typed), then })
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked, in a few words.
    pub title: String,
    /// What follows from a yes; sentences.
    pub text: String,
    yes: Yes,
}

/// What a yes does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Yes {
    Quit,
    RemoveExport(PathBuf),
    RemoveAccount(Service, String),
}

impl Home {
    /// Home with nothing read yet.
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
            requests: Requests::of(0),
            copying: Copying::default(),
        }
    }

    /// Whether something on screen moves by itself, so that ticks are wanted.
    pub fn moves(&self) -> bool {
        Tab::ALL.into_iter().any(|tab| (tab.page().moves)(self))
    }

    /// Whether it has asked what has that number.
    pub(crate) fn asked(&self, request: Request) -> bool {
        self.requests.gave(request)
    }

    /// The list of the tab, if it has one now.
    pub(crate) fn list(&self) -> Option<&Search> {
        (self.tab.page().list)(self)
    }

    /// The check that takes the tab's place on screen.
    pub fn open_check(&self) -> Option<&Check> {
        self.check.as_ref().filter(|check| check.tab() == self.tab)
    }

    /// Whether one thing of the tab's list is open.
    pub fn is_open(&self) -> bool {
        (self.tab.page().is_open)(self)
    }

    /// Whether a run is open: it scrolls.
    fn scrolls(&self) -> bool {
        self.is_open() && matches!(self.tab, Tab::Exports | Tab::History)
    }

    fn list_mut(&mut self) -> Option<&mut Search> {
        (self.tab.page().list_mut)(self)
    }

    /// A number for a new request.
    fn request(&mut self) -> Request {
        self.requests.next()
    }

    fn say(&mut self, weight: Weight, text: impl Into<String>) {
        self.notice = Some(Notice { weight, text: text.into() });
    }

    /// Asks before something is done.
    fn ask(&mut self, title: impl Into<String>, text: impl Into<String>, yes: Yes) {
        self.overlay = Some(Overlay::Ask(Question { title: title.into(), text: text.into(), yes }));
    }

    fn copy(&mut self, text: Option<String>) -> Vec<Effect> {
        let Some(text) = text else { return Vec::new() };
        self.copy_after("", text)
    }

    /// The same, and says a sentence before where it went.
    fn copy_after(&mut self, before: &'static str, text: String) -> Vec<Effect> {
        let request = self.request();
        self.copying.begin(request, text, before)
    }

    /// Asks anew for all that is on screen.
    fn reload(&mut self) -> Vec<Effect> {
        let mut effects = self.load();
        effects.extend((self.tab.page().entered)(self));
        effects
    }

    /// Asks for what is kept on this computer.
    fn load(&mut self) -> Vec<Effect> {
        let request = self.request();
        self.kept.ask_again(request);
        self.read = self.now;
        vec![Effect::LoadHome { request }]
    }

    /// Puts a tab on screen, and asks for what it needs.
    fn enter(&mut self, tab: Tab) -> Vec<Effect> {
        self.tab = tab;
        self.filtering = false;
        self.top = 0;
        (tab.page().entered)(self)
    }
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Exports, Self::Browse, Self::Accounts, Self::History];

    /// What it is called.
    pub fn label(self) -> &'static str {
        self.page().label
    }

    /// The tab that stands so many places further, round at the ends.
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

/// Home has come on screen; the export of the name `saved` is the one to look at.
pub(crate) fn entered(home: &mut Home, saved: Option<String>) -> Vec<Effect> {
    home.overlay = None;
    if saved.is_some() {
        home.tab = Tab::Exports;
    }
    home.exports.look_at(saved);
    home.filtering = false;
    home.reload()
}

/// The time. What was read a while ago is read again, for others run exports too.
fn now(home: &mut Home, now: DateTime<Utc>) -> Vec<Effect> {
    home.now = now;
    if now - home.read < STALE {
        return Vec::new();
    }
    home.reload()
}
