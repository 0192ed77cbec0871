//! The wizard's logic: plain state, and one function that changes it.
//!
//! [`update`] turns a [`Msg`] into changes and [`Effect`]s; nothing here draws, waits or calls a service. A request
//! carries the function that takes its replies; stale replies are dropped. The time is data in the model.
//!
//! Each pane has a file with its fields, its state, and what it does as they change, and an entry of [`Step`]. Keys are
//! looked up in the table of [`actions`].

pub mod actions;
pub mod credentials;
pub mod describe;
pub mod details;
mod draft;
mod intents;
mod keys;
mod lists;
mod pane;
pub mod review;
mod saving;
pub mod scheduling;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

pub use credentials::Credentials;
pub use describe::Describe;
pub use details::Details;
pub use draft::draft_question;
pub(crate) use draft::{continue_draft, decline_draft, postpone_draft};
pub use keys::update;
pub use pane::Step;
pub(crate) use saving::take_decision;
pub use saving::{Next, Saving};
pub use scheduling::Scheduling;

use pane::Pane;

use crate::accounts::Account;
use crate::config::Environment;
use crate::explain::Explanation;
use crate::export::{DatasetKey, Export, Service, saved};
pub use crate::tui::form::Field;
use crate::tui::form::{self, Editing, FieldSpec, Group, Note, Value, Values};
use crate::tui::state::typing::LastEnter;
use crate::tui::state::{Answer, CredentialChoice, HasShell as _, RequestId, Shell};
pub use crate::tui::state::{
    DataWorldLogin, DomoLogin, Draft, Effect, Login, Msg, Notice, Original, Page, Picker, Remote, Request, Severity,
    Slot,
};

#[derive(Debug, Clone)]
pub struct Start {
    pub environment: Environment,
    pub accounts: Vec<Account>,
    /// The saved exports.
    pub exports: Vec<Export>,
    pub edit: Option<Original>,
    /// Drafts kept from earlier starts.
    pub drafts: Vec<Draft>,
    /// In the local time zone.
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
    /// The zone of this computer's clock.
    pub zone: Option<Tz>,
    /// Both services are the embedded sandbox.
    pub demo: bool,
}

/// The wizard's whole state.
#[derive(Debug)]
pub struct Model {
    pub shell: Shell,
    pub step: Step,
    pub focus: Field,
    pub errors: BTreeMap<Field, Explanation>,
    /// The first visible row of a scrolling pane. Drawing limits it, so that the last rows stay visible.
    pub top: usize,
    /// Receives keys before the focused field.
    pub list: Option<List>,
    /// Receives keys before everything else.
    pub overlay: Option<Overlay>,
    /// The edits of the focused text; `None` until it is touched.
    editing: Option<Editing>,
    /// The pane advances as soon as awaited replies are in.
    pub advancing: bool,
    pub credentials: Credentials,
    pub details: Details,
    pub scheduling: Scheduling,
    pub describe: Describe,
    pub saving: Saving,
    /// The zone of this computer's clock.
    pub zone: Option<Tz>,
    /// The saved exports.
    pub exports: Vec<Export>,
    /// The name of the latest save.
    pub saved_as: Option<String>,
    /// The file of the latest save, without `.toml`.
    pub saved_in: Option<String>,
    /// The export in that file, as last read or saved.
    pub(crate) saved_over: Option<Box<Export>>,
    /// The name of the export that was copied; cleared by saving.
    pub copy_of: Option<String>,
    /// In the local time zone.
    pub today: NaiveDate,
    /// As of the latest key, at most a minute old.
    pub now: DateTime<Utc>,
    /// Both services are the embedded sandbox.
    pub demo: bool,
    /// Counts ticks, for spinners.
    pub ticks: usize,
    /// Something was entered since the latest save.
    pub touched: bool,
    pub origin: Origin,
    after_save: Option<Next>,
    /// Something was entered since the latest save began.
    touched_since_save: bool,
    /// The key before was Enter, pressed then.
    pub(crate) last_enter: LastEnter,
    pub began: DateTime<Utc>,
    /// A draft of this export is on disk.
    has_stored_draft: bool,
    /// The draft before any input; a draft equal to it is not kept.
    pristine: Option<Box<Draft>>,
    /// The draft that the user is asked about.
    pub draft: Option<Box<Draft>>,
    /// The pane that is gone to, through those before it, until it is reached.
    heading_for: Option<(Step, Arrival)>,
}

/// The end of a way through several panes.
#[derive(Debug, Clone, Copy)]
enum Arrival {
    Stay,
    Do(fn(&mut Model) -> Vec<Effect>),
    Focus(Field),
    /// A draft was left there, at that field if it still exists.
    Draft(Option<Field>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// For *Input DataSet ID*.
    DataSets,
    Datasets,
    Files,
    Zones,
}

/// The screen that the wizard was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Opened without home.
    Alone,
    /// Opened at startup; home may follow.
    Program,
    /// Opened from home; leaving returns there.
    Home,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    Help,
    /// Asks whether to leave.
    Leave,
    /// Asks whether to continue a draft.
    Draft,
}

impl Model {
    /// Creates the wizard at its first pane. [`Msg::Start`] starts it.
    pub fn new(start: Start) -> Self {
        let mut model = Self {
            shell: Shell::new(1),
            step: Step::Credentials,
            focus: Field::DATA_WORLD_ACCOUNT,
            errors: BTreeMap::new(),
            top: 0,
            list: None,
            overlay: None,
            editing: None,
            advancing: false,
            credentials: Credentials::new(start.environment, &start.accounts),
            details: Details::default(),
            scheduling: Scheduling::default(),
            describe: Describe::default(),
            saving: Saving::default(),
            zone: start.zone,
            exports: start.exports,
            saved_as: None,
            saved_in: None,
            saved_over: None,
            copy_of: None,
            today: start.today,
            now: start.now,
            demo: start.demo,
            ticks: 0,
            touched: false,
            origin: Origin::Alone,
            after_save: None,
            touched_since_save: false,
            last_enter: LastEnter::default(),
            began: start.now,
            has_stored_draft: false,
            pristine: None,
            draft: None,
            heading_for: None,
        };
        if let Some(original) = start.edit {
            model.fill(original);
        }
        model.focus_first();
        model.offer_draft(start.drafts);
        model
    }

    /// Asks only for the credentials of one service. `replaces` is the account that gets them, if any.
    pub(crate) fn ask_for_account(&mut self, service: Service, replaces: Option<&Account>) {
        self.credentials.ask_for_account(service, replaces);
        self.focus_first();
    }

    /// Fills every pane from a saved export.
    fn fill(&mut self, Original { export, stem }: Original) {
        self.credentials.choose(&export.credentials);
        self.details = Details::from_export(&export);
        self.scheduling = Scheduling::from_export(&export);
        self.describe = Describe::from_export(&export);
        (self.saved_as, self.saved_in) = (Some(export.name.clone()), Some(stem));
        self.saving.export = Some(Export::clone(&export));
        self.saved_over = Some(export);
    }

    /// The saved export that saving replaces; `None` for a new file.
    pub(crate) fn original(&self) -> Option<Original> {
        Some(Original { stem: self.saved_in.clone()?, export: self.saved_over.clone()? })
    }

    /// The file name, without `.toml`, for an export of that name.
    pub(crate) fn stem_of(&self, name: &str) -> String {
        saved::stem_of(name, self.saved_as.as_deref().zip(self.saved_in.as_deref()))
    }

    pub fn groups(&self) -> &'static [Group<Self>] {
        self.step.groups()
    }

    /// The focusable fields of the current pane, in order.
    pub fn fields(&self) -> Vec<Field> {
        form::visible(self.groups(), self).map(|spec| spec.field).collect()
    }

    /// The declaration of the focused field.
    pub fn focused(&self) -> &'static FieldSpec<Self> {
        spec(self.focus)
    }

    /// The values of the current pane.
    pub fn values(&self) -> &Values {
        self.values_at(self.step)
    }

    fn values_at(&self, step: Step) -> &Values {
        static NONE: Values = Values::none();
        match step {
            Step::Credentials => &self.credentials.values,
            Step::Details => &self.details.values,
            Step::Scheduling => &self.scheduling.values,
            Step::Describe => &self.describe.values,
            Step::Review => &NONE,
        }
    }

    fn values_mut(&mut self, step: Step) -> Option<&mut Values> {
        match step {
            Step::Credentials => Some(&mut self.credentials.values),
            Step::Details => Some(&mut self.details.values),
            Step::Scheduling => Some(&mut self.scheduling.values),
            Step::Describe => Some(&mut self.describe.values),
            Step::Review => None,
        }
    }

    pub fn value(&self, field: Field) -> &Value {
        self.values().get(spec(field).value_of())
    }

    pub fn error(&self, field: Field) -> Option<&str> {
        self.errors.get(&field).map(|error| error.what.as_str())
    }

    /// The error or the note of the focused field of which more is known than stands under the field.
    pub fn explained(&self) -> Option<Explanation> {
        let has_more = |known: &Explanation| !known.advice.is_empty() || known.support_id.is_some();
        match self.errors.get(&self.focus) {
            Some(error) => Some(error.clone()).filter(has_more),
            None => self.focused().all_notes(self).into_iter().filter_map(Note::explanation).find(has_more),
        }
    }

    pub(crate) fn scrolls(&self) -> bool {
        self.step == Step::Review
    }

    /// The fields of the current pane whose input is wrong, each with a sentence.
    fn wrong_fields(&self) -> Vec<(Field, Explanation)> {
        self.wrong_fields_at(self.step)
    }

    fn wrong_fields_at(&self, step: Step) -> Vec<(Field, Explanation)> {
        let wrong = |spec: &FieldSpec<Self>| Some((spec.field, spec.wrong(self)?));
        form::visible(step.groups(), self).filter_map(wrong).collect()
    }

    /// Opens a saved export on Review, as far as its panes are still valid.
    pub(crate) fn open_at_review(&mut self) -> Vec<Effect> {
        let is_saved = self.saved_in.is_some() && self.credentials.only_service.is_none();
        if !is_saved || self.overlay.is_some() { Vec::new() } else { intents::go_to(self, Step::Review) }
    }

    /// Opens a copy at the name of its file, which it shall not share with the original.
    pub(crate) fn open_at_file(&mut self) -> Vec<Effect> {
        let file = self.details.file_field();
        intents::head_for(self, Step::Details, Arrival::Focus(file))
    }

    /// Opens where something is left to enter for an export to that dataset, which the account sees.
    pub(crate) fn open_to(&mut self, dataset: &DatasetKey, account: Option<String>) -> Vec<Effect> {
        self.details.enter_key(dataset);
        let Credentials { dataworld, domo, .. } = &mut self.credentials;
        dataworld.choose(&account.map_or(CredentialChoice::Environment, CredentialChoice::Account));
        let several = domo.has_several().then_some(Field::DOMO_ACCOUNT);
        let missing = self.wrong_fields().first().map(|(field, _)| *field);
        match missing.or(several) {
            Some(field) => {
                self.focus = field;
                Vec::new()
            }
            None => intents::head_for(self, Step::Details, Arrival::Stay),
        }
    }

    /// Names the export that is edited or copied.
    pub fn subject(&self) -> Option<String> {
        match (&self.saved_as, &self.copy_of) {
            (Some(name), _) => Some(format!("editing {name}")),
            (None, Some(name)) => Some(format!("copy of {name}")),
            (None, None) => None,
        }
    }

    /// The error of a field, unless a later field may still make it valid.
    pub fn input_error(&self, field: Field) -> Option<Explanation> {
        let spec = form::visible(self.groups(), self).find(|spec| spec.field == field)?;
        spec.wrong(self).filter(|_| !(spec.is_unfinished)(self))
    }

    /// Completes the focused field and shows its error.
    fn leave_field(&mut self) -> Vec<Effect> {
        let left = self.focus;
        let effects = self.step.pane().completed(self, left);
        let is_entered = matches!(self.value(left), Value::Text(input) if !input.value().trim().is_empty());
        if let (true, Some(error)) = (is_entered, self.input_error(left)) {
            self.errors.insert(left, error);
        }
        effects
    }

    /// Something on screen moves by itself, so ticks are needed.
    pub fn moves(&self) -> bool {
        self.credentials.is_waiting() || self.details.is_waiting() || self.saving.is_waiting()
    }

    /// Appends to a notice that the user has not yet dismissed with a key.
    fn append_notice(&mut self, severity: Severity, text: &str) {
        match &mut self.shell.notice {
            Some(notice) => {
                notice.text = format!("{} {text}", notice.text);
                if severity == Severity::Warning {
                    notice.severity = severity;
                }
            }
            None => self.notify(severity, text),
        }
    }

    /// Asks again what a run may have changed.
    pub(crate) fn look_again(&mut self) -> Vec<Effect> {
        self.details.forget();
        Step::Details.pane().entered(self)
    }

    fn focus_first(&mut self) {
        if let Some(&first) = self.fields().first() {
            self.focus = first;
        }
    }

    /// Shows a step with its first field focused.
    fn show_step(&mut self, step: Step) {
        self.step = step;
        self.errors.clear();
        self.top = 0;
        self.list = None;
        self.advancing = false;
        self.after_save = None;
        self.credentials.values.hide_secrets();
        self.focus_first();
    }

    /// Goes to the next step.
    fn advance(&mut self) -> Vec<Effect> {
        let Some(next) = self.step.after() else { return Vec::new() };
        self.enter(next)
    }

    /// Shows a step and requests its data.
    fn enter(&mut self, step: Step) -> Vec<Effect> {
        self.show_step(step);
        let mut effects = step.pane().entered(self);
        effects.extend(draft::go_on(self));
        effects
    }

    /// Stops on the way to a pane, as after an error or an edit. From Credentials it goes on, because missing secrets are
    /// entered there, unless something would be done on arrival.
    fn stop_heading(&mut self) {
        if self.step > Step::Credentials || matches!(self.heading_for, Some((_, Arrival::Do(_)))) {
            self.heading_for = None;
        }
    }

    /// Something was entered.
    fn touch(&mut self) {
        (self.touched, self.touched_since_save) = (true, true);
    }

    /// Shows errors and focuses the first wrong field; `false` if there are none.
    fn show_errors(&mut self, errors: Vec<(Field, Explanation)>) -> bool {
        self.errors = errors.into_iter().collect();
        let first = self.fields().into_iter().find(|field| self.errors.contains_key(field));
        if let Some(first) = first {
            self.focus = first;
            self.advancing = false;
            self.stop_heading();
        }
        first.is_some()
    }
}

impl Step {
    /// The label in the stepper, the fields, and what the pane does.
    fn parts(self) -> (&'static str, &'static [Group<Model>], &'static dyn Pane) {
        match self {
            Self::Credentials => ("Credentials", &credentials::GROUPS, &credentials::CredentialsPane),
            Self::Details => ("Details", &details::GROUPS, &details::DetailsPane),
            Self::Scheduling => ("Scheduling", &scheduling::GROUPS, &scheduling::SchedulingPane),
            Self::Describe => ("Name & Describe", &describe::GROUPS, &describe::DescribePane),
            Self::Review => ("Review & run", &review::GROUPS, &review::ReviewPane),
        }
    }

    pub fn groups(self) -> &'static [Group<Model>] {
        self.parts().1
    }

    fn pane(self) -> &'static dyn Pane {
        self.parts().2
    }
}

/// The fields of all panes, each with its pane.
pub fn all_fields() -> impl Iterator<Item = (Step, &'static FieldSpec<Model>)> {
    Step::ALL.into_iter().flat_map(|step| form::specs(step.groups()).map(move |spec| (step, spec)))
}

/// The declaration of a field.
pub fn spec(field: Field) -> &'static FieldSpec<Model> {
    static UNDECLARED: FieldSpec<Model> = FieldSpec::button("");
    let found = all_fields().map(|(_, spec)| spec).find(|spec| spec.field == field);
    debug_assert!(found.is_some(), "{field:?} is in no pane");
    found.unwrap_or(&UNDECLARED)
}
