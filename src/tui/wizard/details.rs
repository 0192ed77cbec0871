//! The Details pane, in the order of Domo's connector: DataSet, data.world dataset, file.
//!
//! Input survives a change of account or method, and going back.

mod file;
mod input;
mod output;

pub use file::{FileFields, NextFile};
pub use input::InputFields;
pub use output::{NewDatasetForm, OutputFields, refusal};

use tui_input::Input;

use super::field::FieldMut;
use super::pane::{Pane, Step};
use super::{DataWorldLogin, DomoLogin, Effect, List, Model, Request, RequestId};
use crate::export::schedule::parse_zone;
use crate::export::{Append, Export};
use crate::services::dataworld::{File, Visibility};
use crate::tui::state::Field;

pub(super) const PANE: Pane =
    Pane { label: Some("Details"), fields, field_mut, choose, changed, completed, validate, forward, entered };

#[derive(Debug, Default)]
pub struct Details {
    /// The DataSet to export.
    pub input: InputFields,
    pub output: OutputFields,
    pub file: FileFields,
    /// Credentials of all requests so far.
    asked_with: Option<(DomoLogin, DataWorldLogin)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    #[default]
    Select,
    Enter,
}

impl Method {
    fn from_index(index: usize) -> Self {
        if index == 0 { Self::Select } else { Self::Enter }
    }
}

/// Decides whether a failed look-up is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RetryFailed {
    Yes,
    No,
}

/// Choices of *Append Date or Number to Filename*, in order.
pub const APPENDS: [Append; 3] = [Append::None, Append::Date, Append::Number];

fn fields(model: &Model) -> Vec<Field> {
    let Details { input, output, file, .. } = &model.details;
    if output.new.is_some() {
        return vec![Field::NewOwner, Field::NewTitle, Field::NewVisibility];
    }
    let mut fields = vec![Field::InputDataSet];
    if input.needs_confirmation() {
        fields.push(input.confirmation_field());
    }
    fields.extend([Field::DatasetMethod, output.field(), Field::FileMethod, file.field(), Field::Append]);
    fields
}

fn field_mut(model: &mut Model, field: Field) -> FieldMut<'_> {
    let Details { input, output, file, .. } = &mut model.details;
    match field {
        Field::InputDataSet => FieldMut::Text(&mut input.id),
        Field::OwnerConfirmed | Field::UnownedConfirmed => FieldMut::Check(&mut input.confirmed),
        Field::DatasetMethod => FieldMut::Choice { index: output.method as usize, count: 2 },
        Field::Dataset | Field::Files => FieldMut::Select,
        Field::DatasetId => FieldMut::Text(&mut output.id),
        Field::FileMethod => FieldMut::Choice { index: file.method as usize, count: 2 },
        Field::FileName => FieldMut::Text(&mut file.name),
        Field::Append => FieldMut::Choice { index: file.append as usize, count: APPENDS.len() },
        _ => match (&mut output.new, field) {
            (Some(form), Field::NewOwner) => FieldMut::Choice { index: form.owner, count: form.owners.len() },
            (Some(form), Field::NewTitle) => FieldMut::Text(&mut form.title),
            (Some(form), Field::NewVisibility) => FieldMut::Choice { index: form.visibility as usize, count: 2 },
            _ => FieldMut::None,
        },
    }
}

fn choose(model: &mut Model, field: Field, index: usize) {
    let Details { output, file, .. } = &mut model.details;
    match (field, &mut output.new) {
        (Field::DatasetMethod, _) => output.method = Method::from_index(index),
        (Field::FileMethod, _) => file.method = Method::from_index(index),
        (Field::Append, _) => file.append = APPENDS.get(index).copied().unwrap_or_default(),
        (Field::NewOwner, Some(form)) => form.owner = index,
        (Field::NewVisibility, Some(form)) => {
            form.visibility = if index == 0 { Visibility::Open } else { Visibility::Private };
        }
        _ => {}
    }
}

fn changed(model: &mut Model, field: Field) -> Vec<Effect> {
    match field {
        Field::InputDataSet => input::changed(model).into_iter().collect(),
        Field::DatasetId => {
            output::changed(model);
            Vec::new()
        }
        Field::DatasetMethod => {
            output::changed(model);
            output::look_up(model, RetryFailed::No).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Looks up a typed `owner/id` here rather than at each key, as every prefix may be a valid id.
fn completed(model: &mut Model, field: Field) -> Vec<Effect> {
    match field {
        Field::InputDataSet => input::look_up(model, RetryFailed::No).into_iter().collect(),
        Field::DatasetId => output::look_up(model, RetryFailed::No).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Requests everything again if the credentials have changed.
fn entered(model: &mut Model) -> Vec<Effect> {
    let logins = model.credentials.domo_login().zip(model.credentials.dataworld_login());
    let details = &mut model.details;
    if details.asked_with != logins {
        details.asked_with = logins;
        details.forget();
    }
    [input::look_up(model, RetryFailed::No), output::look_up(model, RetryFailed::No), output::ask_list(model)]
        .into_iter()
        .flatten()
        .collect()
}

fn forward(model: &mut Model) -> Vec<Effect> {
    if model.details.output.new.is_some() {
        return output::create(model);
    }
    let mut wrong = validate(model);
    if !wrong.is_empty() {
        // Errors that are on screen stay there.
        wrong.extend(failed(&model.details));
    }
    if model.show_errors(wrong) {
        return Vec::new();
    }
    model.leaving = true;
    let effects = [input::look_up(model, RetryFailed::Yes), output::look_up(model, RetryFailed::Yes)]
        .into_iter()
        .flatten()
        .collect();
    [effects, proceed(model)].concat()
}

/// Advances once all replies are in and valid.
fn proceed(model: &mut Model) -> Vec<Effect> {
    let Details { input, output, .. } = &model.details;
    if !model.leaving || model.step != Step::Details || input.is_waiting() || output.dataset.data.is_loading() {
        return Vec::new();
    }
    let errors: Vec<_> = validate(model).into_iter().chain(failed(&model.details)).collect();
    if model.show_errors(errors) { Vec::new() } else { model.advance() }
}

/// Errors of failed look-ups.
fn failed(details: &Details) -> impl Iterator<Item = (Field, String)> {
    let Details { input, output, .. } = details;
    let failed = [(Field::InputDataSet, input.dataset.data.failed()), (output.field(), output.dataset.data.failed())];
    failed.into_iter().filter_map(|(field, why)| Some((field, why?.to_string())))
}

fn validate(model: &Model) -> Vec<(Field, String)> {
    let Details { input, output, file, .. } = &model.details;
    if let Some(form) = &output.new {
        return form.validate().into_iter().collect();
    }
    [input.validate(), output.validate().into_iter().collect(), file.validate().into_iter().collect()].concat()
}

/// Makes a request that the pane waits for: it goes on as soon as all replies are in.
fn request<R: 'static>(model: &mut Model, then: fn(&mut Model, RequestId, R) -> Vec<Effect>) -> Request<R> {
    model.request(move |model, id, reply| [then(model, id, reply), proceed(model)].concat())
}

/// Enters a pasted dataset key, because lists do not contain every dataset.
///
/// # Errors
/// Returns the text as a filter if it is not a key.
pub(super) fn paste(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    match text.parse() {
        Ok(key) if model.focus == Field::Dataset => {
            model.details.output.enter(&key);
            model.focus = Field::DatasetId;
            let effects = model.edited(Field::DatasetId);
            Ok([effects, completed(model, Field::DatasetId)].concat())
        }
        _ => Err(text.trim().chars().filter(|c| !c.is_control()).collect()),
    }
}

/// The field that a method currently stands for; both share a label.
pub(super) fn field_of_method(model: &Model, method: Field) -> Option<Field> {
    match method {
        Field::DatasetMethod => Some(model.details.output.field()),
        Field::FileMethod => Some(model.details.file.field()),
        _ => None,
    }
}

/// Moves the focus from a method to its field, and opens the list.
pub(super) fn open_list_below(model: &mut Model) -> Vec<Effect> {
    model.focus = field_of_method(model, model.focus).unwrap_or(model.focus);
    open_list(model)
}

pub(super) fn open_list(model: &mut Model) -> Vec<Effect> {
    let (list, effect) = match model.focus {
        Field::InputDataSet => (List::DataSets, input::open_list(model)),
        Field::Dataset => (List::Datasets, output::ask_list(model)),
        Field::Files => (List::Files, output::look_up(model, RetryFailed::Yes)),
        _ => return Vec::new(),
    };
    model.list = Some(list);
    effect.into_iter().collect()
}

/// Takes the item under the cursor.
pub(super) fn pick(model: &mut Model) -> Vec<Effect> {
    let Some(list) = model.list else { return Vec::new() };
    let focus = model.focus;
    let effect = match list {
        List::DataSets => input::pick(model),
        List::Datasets => output::pick(model),
        List::Files => {
            if let Some(file) = model.details.file.list.under_cursor() {
                model.details.file.selected = Some(file.name.clone());
                model.list = None;
            }
            None
        }
    };
    if model.list.is_none() {
        model.errors.remove(&focus);
        model.leaving = false;
        model.touched = true;
    }
    effect.into_iter().collect()
}

pub(super) fn begin_new(model: &mut Model) -> Vec<Effect> {
    output::begin_new(model)
}

pub(super) fn leave_new(model: &mut Model) {
    model.details.output.new = None;
    model.focus = model.details.output.field();
}

impl Details {
    pub(super) fn from_export(export: &Export) -> Self {
        let mut pane = Self::default();
        pane.input.id = Input::new(export.input.dataset.to_string());
        pane.input.confirmed = export.input.owner_confirmed;
        pane.output.method = Method::Enter;
        pane.output.id = Input::new(export.output.dataset.to_string());
        pane.file.name = Input::new(export.output.file.to_string());
        pane.file.append = export.output.append;
        pane
    }

    /// Drops replies of services, and keeps the input.
    pub(super) fn forget(&mut self) {
        self.input.forget();
        self.input.list.reset();
        self.output.forget();
        self.output.list.reset();
        self.file.list.reset();
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

impl Model {
    /// The file that the next run writes with `append`.
    pub fn next_file(&self, append: Append) -> Option<NextFile> {
        let zone = parse_zone(self.scheduling.zone.value()).unwrap_or_default();
        let date = self.now.with_timezone(&zone).date_naive();
        self.details.file.next(append, date, &self.details.output)
    }

    pub fn replaced_file(&self) -> Option<&File> {
        let name = self.next_file(self.details.file.append)?.name;
        self.details.output.dataset.data.ready()?.files.as_ref()?.iter().find(|file| file.is_called(&name))
    }

    /// The instance of a pasted address, if the credentials belong to another one.
    pub fn other_instance(&self) -> Option<String> {
        let instance = self.details.input.address().ok()?.instance?;
        (self.credentials.domo.instance()? != instance).then_some(instance)
    }
}
