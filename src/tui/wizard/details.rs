//! The Details pane, in the order of Domo's connector: DataSet, data.world dataset, file.
//!
//! Input survives a change of account or method, and going back.
//!
//! ```text
//!   Input DataSet ID
//! ▌ 845305d8-da3d-4107-a9d6-13ef3f86d4a4
//!   ✓ Daily Sales by Region
//!     1,204,331 rows · 14 columns · owner Ada Analyst · updated 12 minutes ago
//!
//!   data.world DataSet       (•) select   ( ) enter id
//!   acme-analytics/sales-mart
//!   ✓ you may write here · 9 files
//!
//!   File Name                ( ) select   (•) enter
//!   daily-sales
//!   ! daily-sales.csv exists (84.2 MB): it will be replaced.
//!
//!   Append Date or Number to Filename
//!   (•) None   ( ) Append date   ( ) Append number
//!   next file: daily-sales.csv
//! ```

mod file;
pub(super) mod input;
pub(super) mod output;

pub use file::{replaced_file, shared_file};
pub use input::{InputState, facts};
pub use output::OutputState;
pub(super) use output::{begin_new, is_title_taken, use_titled};

use super::pane::{FieldSpec, Group, Pane, Step, fields};
use super::{DataWorldLogin, DomoLogin, Effect, Model, Picker, Request, RequestId};
use crate::explain::Explanation;
use crate::export::{Append, Export};
use crate::services::dataworld::File;
use crate::tui::form::{Field, Layout, Part, Value, Values};
use crate::tui::state::HasShell as _;

fields! {
    INPUT: [
        INPUT_DATA_SET = "input-data-set" =>
            FieldSpec::text("Input DataSet ID", "paste the DataSet's address, or type to choose")
                .listed()
                .searched(input::is_name)
                .hint_of(&[
                    Part::Text("Paste the DataSet's address from Domo, or "),
                    Part::Either("type a part of its name", "answer \"list\""),
                    Part::Text(" to choose from your DataSets."),
                ])
                .error(|model| model.details.input_error())
                .fault(|model| model.details.input_fault())
                .notes(input::notes)
                .facts(input::spoken_facts)
                .warnings(input::warnings),
        OWNER_CONFIRMED = "owner-confirmed" => FieldSpec::check("I am an owner or co-owner of this DataSet")
            .hint(crate::explain::OWNER_RULE)
            .shown(|model| model.details.input.asks(Field::OWNER_CONFIRMED))
            .fault(|model| model.details.confirmation_fault())
            .notes(input::confirmation_notes),
        // Asked where the account sees all of a DataSet that it does not own.
        UNOWNED_CONFIRMED = "unowned-confirmed" =>
            FieldSpec::check("Export it all the same: this account sees all rows")
                .shares(Field::OWNER_CONFIRMED)
                .hint(crate::explain::OWNER_RULE)
                .shown(|model| model.details.input.asks(Field::UNOWNED_CONFIRMED))
                .fault(|model| model.details.confirmation_fault())
                .notes(input::confirmation_notes),
    ]
    OUTPUT: [
        DATASET_METHOD = "dataset-method" =>
            FieldSpec::choice("Select data.world DataSet Method", &["select", "enter id"])
                .short(|_| "data.world DataSet")
                .hint("Choose the data.world dataset from a list, or enter its id."),
        DATASET = "dataset" => FieldSpec::pick("data.world DataSet", "type, or ↓ to choose")
            .unlabeled()
            .hint("The data.world dataset that the file goes to.")
            .creates("\"new\" makes a dataset on data.world.")
            .shown(|model| model.details.dataset_field() == Field::DATASET)
            .error(|model| model.details.output_error())
            .fault(|model| model.details.output_fault())
            .notes(output::notes)
            .facts(output::spoken_facts),
        DATASET_ID = "dataset-id" => FieldSpec::text("data.world DataSet", "owner/id, or its address")
            .unlabeled()
            .hint("owner/id, or the dataset's address from the browser.")
            .shown(|model| model.details.dataset_field() == Field::DATASET_ID)
            .error(|model| model.details.output_error())
            .fault(|model| model.details.output_fault())
            .notes(output::notes)
            .facts(output::spoken_facts),
    ]
    FILE: [
        FILE_METHOD = "file-method" => FieldSpec::choice("Select File Name Method", &["select", "enter"])
            .short(|model| if model.details.file_field() == Field::FILES { "Files" } else { "File Name" })
            .hint("Choose one of the dataset's files, or enter a name.")
            // The connector offers both; a new file is the more common wish.
            .initially(|| Value::Choice(1)),
        FILES = "files" => FieldSpec::pick("Files", "type, or ↓ to choose")
            .unlabeled()
            .hint("The file to replace.")
            .shown(|model| model.details.file_field() == Field::FILES)
            .error(|model| model.details.file_error())
            .warnings(file::warnings),
        FILE_NAME = "file-name" => FieldSpec::text("File Name", "without .csv")
            .unlabeled()
            .hint("Without the extension. A file with the same name is replaced.")
            .shown(|model| model.details.file_field() == Field::FILE_NAME)
            .error(|model| model.details.file_error())
            .warnings(file::warnings),
    ]
    APPEND: [
        APPEND = "append" =>
            FieldSpec::choice("Append Date or Number to Filename", &["None", "Append date", "Append number"])
                .hint("None: the file is replaced on every run. Append date: a new file every day. Append number: a \
                     new file every run.")
                .notes(file::next_file_note)
                .facts(file::spoken_next_file),
    ]
    OWNER: [
        NEW_OWNER = "new-owner" => FieldSpec::item(
                "Owner",
                |model| model.details.output.new.as_ref().map(|form| form.owners.clone()).unwrap_or_default(),
                |model| model.details.output.new.as_ref().map(|form| form.owner).unwrap_or_default(),
                |model, index| if let Some(form) = &mut model.details.output.new { form.owner = index },
            )
            .spoken("Owner of the new dataset")
            .hint("You, or one of your organizations.")
            .notes(output::owner_notes),
    ]
    TITLE: [
        NEW_TITLE = "new-title" => FieldSpec::text("Title", "such as Sales mart")
            .spoken("Title of the new dataset")
            .not_kept()
            .hint("1 to 60 characters. data.world makes the id from it.")
            .error(|model| output::title_error(model.details.values.trimmed(Field::NEW_TITLE)))
            .notes(output::title_notes)
            .facts(output::title_notes)
            .warnings(output::title_warnings),
    ]
    VISIBILITY: [
        NEW_VISIBILITY = "new-visibility" => FieldSpec::choice("Visibility", &["open", "private"])
            .spoken("Visibility of the new dataset")
            .not_kept()
            .hint("Private: visible to those it is shared with. Open: to everyone who can see the owner's page.")
            // Company data is private unless the user chooses otherwise.
            .initially(|| Value::Choice(1)),
    ]
}

pub(super) static GROUPS: [Group; 9] = [
    Group::new(INPUT, Layout::Above).shown(describes_export),
    Group::new(OUTPUT, Layout::Above).shown(describes_export),
    Group::new(FILE, Layout::Above).shown(describes_export),
    Group::new(APPEND, Layout::Above).shown(describes_export),
    Group::new(&[], Layout::Above).heading("A new data.world dataset").shown(describes_dataset),
    Group::new(OWNER, Layout::Above).shown(describes_dataset),
    Group::new(TITLE, Layout::Above).shown(describes_dataset),
    Group::new(VISIBILITY, Layout::Above).shown(describes_dataset),
    Group::new(&[], Layout::Above).shown(describes_dataset).remarks(output::creation_remarks),
];

fn describes_export(model: &Model) -> bool {
    !describes_dataset(model)
}

/// The form for a new dataset is open, in place of the pane's other fields.
pub(super) fn describes_dataset(model: &Model) -> bool {
    model.step == Step::Details && model.details.output.new.is_some()
}

pub(super) struct DetailsPane;

#[derive(Debug)]
pub struct Details {
    pub values: Values,
    /// The DataSet to export.
    pub input: InputState,
    pub output: OutputState,
    /// Files that a run may replace.
    pub files: Picker<File>,
    /// The name that was proposed for the file.
    proposed_file: Option<String>,
    /// Credentials of all requests so far.
    asked_with: Option<(DomoLogin, DataWorldLogin)>,
}

/// Decides whether a failed look-up is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RetryFailed {
    Yes,
    No,
}

/// Choices of *Append Date or Number to Filename*, in order.
pub const APPENDS: [Append; 3] = [Append::None, Append::Date, Append::Number];

impl Pane for DetailsPane {
    fn changed(&self, model: &mut Model, field: Field) -> Vec<Effect> {
        match field {
            Field::INPUT_DATA_SET => input::changed(model).into_iter().collect(),
            Field::DATASET_ID => {
                model.details.output_changed();
                Vec::new()
            }
            Field::DATASET_METHOD => {
                model.details.output_changed();
                output::look_up(model, RetryFailed::No).into_iter().collect()
            }
            Field::NEW_TITLE | Field::NEW_OWNER => {
                output::title_changed(model);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Looks up a typed `owner/id` here rather than at each key, as every prefix may be a valid id.
    fn completed(&self, model: &mut Model, field: Field) -> Vec<Effect> {
        match field {
            Field::INPUT_DATA_SET => input::look_up(model, RetryFailed::No).into_iter().collect(),
            Field::DATASET_ID => output::look_up(model, RetryFailed::No).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn forward(&self, model: &mut Model) -> Vec<Effect> {
        if describes_dataset(model) {
            return output::create(model);
        }
        let mut wrong = model.wrong_fields();
        if !wrong.is_empty() {
            // Errors that are on screen stay there.
            wrong.extend(model.details.failed());
        }
        if model.show_errors(wrong) {
            return Vec::new();
        }
        model.advancing = true;
        let effects = [input::look_up(model, RetryFailed::Yes), output::look_up(model, RetryFailed::Yes)];
        [effects.into_iter().flatten().collect(), proceed(model)].concat()
    }

    /// Requests everything again if the credentials have changed.
    fn entered(&self, model: &mut Model) -> Vec<Effect> {
        let logins = model.credentials.domo_login().zip(model.credentials.dataworld_login());
        let details = &mut model.details;
        if details.asked_with != logins {
            details.asked_with = logins;
            details.forget();
        }
        let effects =
            [input::look_up(model, RetryFailed::No), output::look_up(model, RetryFailed::No), output::ask_list(model)];
        effects.into_iter().flatten().collect()
    }
}

/// Advances once all replies are in and valid.
fn proceed(model: &mut Model) -> Vec<Effect> {
    let Details { input, output, .. } = &model.details;
    if !model.advancing || model.step != Step::Details || input.is_waiting() || output.dataset.data.is_loading() {
        return Vec::new();
    }
    let errors: Vec<_> = model.wrong_fields().into_iter().chain(model.details.failed()).collect();
    if model.show_errors(errors) { Vec::new() } else { model.advance() }
}

/// Makes a request that the pane waits for: it goes on as soon as all replies are in.
fn request<R: 'static>(model: &mut Model, then: fn(&mut Model, RequestId, R) -> Vec<Effect>) -> Request<R> {
    model.request(move |model, id, reply| [then(model, id, reply), proceed(model)].concat())
}

/// Enters the key of a dataset, because lists do not contain every dataset.
pub(super) fn enter_key(model: &mut Model, text: &str) -> Vec<Effect> {
    let Ok(key) = text.parse() else { return Vec::new() };
    model.details.enter_key(&key);
    model.focus = Field::DATASET_ID;
    let effects = model.edited(Field::DATASET_ID);
    [effects, DetailsPane.completed(model, Field::DATASET_ID)].concat()
}

/// The field that a method currently stands for; both share a label.
pub(super) fn field_of_method(model: &Model, method: Field) -> Option<Field> {
    match method {
        Field::DATASET_METHOD => Some(model.details.dataset_field()),
        Field::FILE_METHOD => Some(model.details.file_field()),
        _ => None,
    }
}

/// Closes the form for a new dataset.
pub(super) fn leave_new(model: &mut Model) -> Vec<Effect> {
    model.errors.clear();
    model.details.output.new = None;
    model.focus = model.details.dataset_field();
    Vec::new()
}

impl Default for Details {
    fn default() -> Self {
        Self {
            values: Values::new(&GROUPS),
            input: InputState::default(),
            output: OutputState::default(),
            files: Picker::new(|file| file.name.clone(), |a, b| a.name.cmp(&b.name)),
            proposed_file: None,
            asked_with: None,
        }
    }
}

impl Details {
    pub(super) fn from_export(export: &Export) -> Self {
        let mut pane = Self::default();
        pane.values.set(Field::INPUT_DATA_SET, Value::text(&export.input.dataset));
        pane.values.set(Field::OWNER_CONFIRMED, Value::Check(export.input.owner_confirmed));
        pane.enter_key(&export.output.dataset);
        pane.values.set(Field::FILE_NAME, Value::text(&export.output.file));
        pane.values.set_one_of(Field::APPEND, &APPENDS, &export.output.append);
        pane
    }

    pub fn append(&self) -> Append {
        self.values.one_of(Field::APPEND, &APPENDS)
    }

    /// A name for the export: the DataSet's, or else the file's.
    pub(super) fn base_name(&self) -> Option<String> {
        let dataset = self.input.dataset.data.ready().map(|dataset| dataset.name.trim().to_owned());
        let stem = || Some(self.stem().ok()?.as_str().to_owned());
        dataset.filter(|name| !name.is_empty()).or_else(stem)
    }

    /// Errors of failed look-ups.
    fn failed(&self) -> impl Iterator<Item = (Field, Explanation)> {
        let failed = [
            (Field::INPUT_DATA_SET, self.input.dataset.data.failed()),
            (self.dataset_field(), self.output.dataset.data.failed()),
        ];
        failed.into_iter().filter_map(|(field, why)| Some((field, why?.clone())))
    }

    /// Drops replies of services, and keeps the input.
    pub(super) fn forget(&mut self) {
        self.input.forget();
        self.input.list.reset();
        self.output.forget();
        self.output.list.reset();
        self.files.reset();
    }

    pub fn is_waiting(&self) -> bool {
        let form = self.output.new.as_ref();
        self.input.is_waiting()
            || self.input.preview.is_loading()
            || self.input.list.load.data.is_loading()
            || self.output.dataset.data.is_loading()
            || self.output.list.load.data.is_loading()
            || form.is_some_and(|form| form.create.data.is_loading() || form.organizations.data.is_loading())
    }
}
