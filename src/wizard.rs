//! The wizard's logic: plain state, and one function that changes it.
//!
//! [`update`] takes what happened ([`Msg`]) and returns what is to be done ([`Effect`]); nothing here draws, waits or
//! calls a service. An effect that asks for something carries a number ([`Request`]); its answer comes back with that
//! number, and is ignored when a newer question was asked in between. Today's date is data in the model.
//!
//! One file a pane: [`credentials`], [`details`], [`scheduling`], [`describe`], [`review`], [`run`]. A pane is described
//! by a `Pane` of functions in its file and an entry of [`Step`]; keys are looked up in the table of [`actions`].

pub mod actions;
mod answer;
pub mod credentials;
pub mod describe;
pub mod details;
mod draft;
mod field;
mod keys;
mod pane;
pub mod review;
pub mod run;
pub mod scheduling;
mod unsaved;
pub mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

pub use answer::Value;
pub use credentials::Credentials;
pub use describe::Describe;
pub use details::Details;
pub use field::SecretField;
pub use keys::update;
pub use pane::Step;
pub use scheduling::Scheduling;
pub use unsaved::Way;

use field::Entry;

use crate::accounts::Account;
use crate::config::Environment;
use crate::export::{Export, saved};
use crate::service::Service;
use crate::state::actions::Keymap;
use crate::state::{Copying, Decided, Decision, Requests};
pub use crate::state::{
    DataWorldLogin, DomoLogin, Draft, Effect, Field, Login, Msg, Notice, Original, Page, Picker, Remote, Reply,
    Request, Run, RunState, Search, Slot, Weight,
};

/// What the wizard starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// What the environment says.
    pub environment: Environment,
    /// The saved accounts of both services.
    pub accounts: Vec<Account>,
    /// The names of the saved exports.
    pub exports: Vec<String>,
    /// The saved export to change; without one, a new one is made.
    pub edit: Option<Original>,
    /// What was begun and not finished before.
    pub drafts: Vec<Draft>,
    /// Today, where the person is.
    pub today: NaiveDate,
    /// The time.
    pub now: DateTime<Utc>,
    /// Whether both services are the embedded sandbox.
    pub demo: bool,
}

/// Everything that the screen shows.
#[derive(Debug)]
pub struct Model {
    /// The pane that is on screen.
    pub step: Step,
    /// The field that keys go to.
    pub focus: Field,
    /// What is wrong with fields of this pane, as sentences.
    pub errors: BTreeMap<Field, String>,
    /// The first row in sight of what scrolls: what will happen, and the run. Where there are fewer rows, the last ones
    /// are in sight.
    pub top: usize,
    /// The list that is open; it takes the keys before the field does.
    pub list: Option<List>,
    /// What lies over the pane; it takes the keys before all else.
    pub overlay: Option<Overlay>,
    /// One line about what has just happened, until the next key.
    pub notice: Option<Notice>,
    /// Whether the pane will be left as soon as what it waits for has come.
    pub leaving: bool,
    /// The pane Credentials.
    pub credentials: Credentials,
    /// The pane Details.
    pub details: Details,
    /// The pane Scheduling.
    pub scheduling: Scheduling,
    /// The pane Name & Describe.
    pub describe: Describe,
    /// The run.
    pub run: Run,
    /// The names of the saved exports.
    pub exports: Vec<String>,
    /// The name that this export was saved under last.
    pub saved_as: Option<String>,
    /// The file that it was saved to last, without `.toml`.
    pub saved_in: Option<String>,
    /// The export in that file, as it was opened or saved last.
    pub(crate) saved_over: Option<Box<Export>>,
    /// The name of the export that this one is a copy of, until it is saved.
    pub copy_of: Option<String>,
    /// Today, where the person is.
    pub today: NaiveDate,
    /// The time, as of the last key.
    pub now: DateTime<Utc>,
    /// Whether both services are the embedded sandbox.
    pub demo: bool,
    /// The file of the log, where there is one.
    pub log: Option<PathBuf>,
    /// The keys of the person's own.
    pub keymap: Arc<Keymap>,
    /// Counts ticks, for what turns while one waits.
    pub ticks: usize,
    /// Whether anything was entered that is not saved.
    pub touched: bool,
    /// Where it was opened from.
    pub origin: Origin,
    /// Where to go once the export is saved.
    after: Option<Way>,
    /// When this export was begun.
    pub began: DateTime<Utc>,
    /// Whether something is kept of it, which goes once it is finished.
    drafted: bool,
    /// What would be kept of it before anything was entered.
    untouched: Option<Box<Draft>>,
    /// What was begun before, as long as it is not decided whether to go on with it.
    pub draft: Option<Box<Draft>>,
    /// Where a draft was left, as long as the way there goes on.
    resumes: Option<(Step, Field)>,
    requests: Requests,
    /// The text that was copied last.
    copying: Copying,
}

/// The lists to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// DataSets of Domo, for *Input DataSet ID*.
    DataSets,
    /// Datasets of data.world.
    Datasets,
    /// Files of the dataset.
    Files,
}

/// Where the wizard was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// There is nothing besides it.
    Alone,
    /// It is what the program opened with; home may come after it.
    Program,
    /// Home; leaving it goes back there.
    Home,
}

/// What lies over a pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    /// The keys.
    Help,
    /// The question whether to leave.
    Leave,
    /// The question whether to save the export that has run, before that way is gone.
    Unsaved(Way),
    /// The question whether to go on with what was begun before.
    Draft,
}

impl Model {
    /// The wizard at its first pane, with nothing entered. [`Msg::Start`] sets it going.
    pub fn new(start: Start) -> Self {
        let mut model = Self {
            step: Step::Credentials,
            focus: Field::DataWorldAccount,
            errors: BTreeMap::new(),
            top: 0,
            list: None,
            overlay: None,
            notice: None,
            leaving: false,
            credentials: Credentials::new(start.environment, &start.accounts),
            details: Details::default(),
            scheduling: Scheduling::default(),
            describe: Describe::default(),
            run: Run::default(),
            exports: start.exports,
            saved_as: None,
            saved_in: None,
            saved_over: None,
            copy_of: None,
            today: start.today,
            now: start.now,
            demo: start.demo,
            log: None,
            keymap: Arc::default(),
            ticks: 0,
            touched: false,
            origin: Origin::Alone,
            after: None,
            began: start.now,
            drafted: false,
            untouched: None,
            draft: None,
            resumes: None,
            requests: Requests::of(1),
            copying: Copying::default(),
        };
        if let Some(original) = start.edit {
            model.fill(original);
        }
        model.focus_first();
        model.offer(start.drafts);
        model
    }

    /// As [`Model::new`], with numbers for its requests that are given out nowhere else.
    pub(crate) fn numbered(start: Start, requests: Requests) -> Self {
        Self { requests, ..Self::new(start) }
    }

    /// Whether it has asked what has that number.
    pub(crate) fn asked(&self, request: Request) -> bool {
        self.requests.gave(request)
    }

    /// Asks for the credentials of one service and nothing else; those of `replaces` are replaced, if there is one.
    pub(crate) fn ask_alone(&mut self, service: Service, replaces: Option<&Account>) {
        self.credentials.ask_alone(service, replaces);
        self.focus_first();
    }

    /// Fills every pane from a saved export.
    fn fill(&mut self, Original { export, stem }: Original) {
        self.credentials.choose(&export.credentials);
        self.details = Details::of(&export);
        self.scheduling = Scheduling::of(&export);
        self.describe = Describe::of(&export);
        (self.saved_as, self.saved_in) = (Some(export.name.clone()), Some(stem));
        self.run.export = Some(Export::clone(&export));
        self.saved_over = Some(export);
    }

    /// The saved export that is replaced when this is saved; `None` makes a new file.
    pub(crate) fn original(&self) -> Option<Original> {
        Some(Original { stem: self.saved_in.clone()?, export: self.saved_over.clone()? })
    }

    /// The file, without `.toml`, that an export of that name is saved to from here.
    pub(crate) fn stem_of(&self, name: &str) -> String {
        saved::stem_of(name, self.saved_as.as_deref().zip(self.saved_in.as_deref()))
    }

    /// The fields of the pane that can have the focus now, in order.
    pub fn fields(&self) -> Vec<Field> {
        (self.step.pane().fields)(self)
    }

    /// What is wrong with a field.
    pub fn error(&self, field: Field) -> Option<&str> {
        self.errors.get(&field).map(String::as_str)
    }

    /// Whether what is on screen scrolls.
    pub(crate) fn scrolls(&self) -> bool {
        matches!(self.step, Step::Review | Step::Run)
    }

    /// What is wrong with what a field holds, as far as it does not hang on fields that come later.
    pub fn wrong(&self, field: Field) -> Option<String> {
        let wrong = (self.step.pane().wrong)(self).into_iter().find(|(at, _)| *at == field);
        wrong.filter(|_| !scheduling::may_be_empty_yet(self, field)).map(|(_, sentence)| sentence)
    }

    /// The focused field is left, so it is complete: what is wrong with what was entered is said now.
    fn leave_field(&mut self) -> Vec<Effect> {
        let left = self.focus;
        let pane = self.step.pane();
        let effects = (pane.completed)(self, left);
        let is_entered = matches!((pane.entry)(self, left), Entry::Text(input) if !input.value().trim().is_empty());
        if let (true, Some(sentence)) = (is_entered, self.wrong(left)) {
            self.errors.insert(left, sentence);
        }
        effects
    }

    /// Whether something on screen moves by itself, so that ticks are wanted.
    pub fn moves(&self) -> bool {
        self.credentials.waits() || self.details.waits() || self.run.waits()
    }

    /// A number for a new request.
    fn request(&mut self) -> Request {
        self.requests.next()
    }

    fn say(&mut self, weight: Weight, text: impl Into<String>) {
        self.notice = Some(Notice { weight, text: text.into() });
    }

    /// Says it behind what has just been said and nobody has answered with a key.
    fn say_too(&mut self, weight: Weight, text: &str) {
        match &mut self.notice {
            Some(notice) => {
                notice.text = format!("{} {text}", notice.text);
                if weight == Weight::Warning {
                    notice.weight = weight;
                }
            }
            None => self.say(weight, text),
        }
    }

    fn focus_first(&mut self) {
        if let Some(&first) = self.fields().first() {
            self.focus = first;
        }
    }

    /// Puts a pane on screen, at its first field.
    fn go(&mut self, step: Step) {
        self.step = step;
        self.errors.clear();
        self.top = 0;
        self.list = None;
        self.leaving = false;
        self.credentials.hide();
        self.focus_first();
    }

    /// Goes on to the next pane.
    fn advance(&mut self) -> Vec<Effect> {
        let Some(next) = self.step.after() else { return Vec::new() };
        self.enter(next)
    }

    /// Puts a pane on screen, and asks for what it needs.
    fn enter(&mut self, step: Step) -> Vec<Effect> {
        self.go(step);
        let mut effects = (step.pane().entered)(self);
        effects.extend(draft::resume(self));
        effects
    }

    /// What is wrong or changed on the way to where a draft was left ends the way; credentials are entered on it.
    fn stay(&mut self) {
        if self.step > Step::Credentials {
            self.resumes = None;
        }
    }

    /// Shows what is wrong and puts the focus on the first wrong field. `false` when nothing is.
    fn refuse(&mut self, errors: Vec<(Field, String)>) -> bool {
        self.errors = errors.into_iter().collect();
        let first = self.fields().into_iter().find(|field| self.errors.contains_key(field));
        if let Some(first) = first {
            self.focus = first;
            self.leaving = false;
            self.stay();
        }
        first.is_some()
    }
}
