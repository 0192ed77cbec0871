//! *data.world DataSet*: selected from a list, entered, or created.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tui_input::Input;

use crate::explain;
use crate::export::{DatasetKey, IdError};
use crate::services::dataworld::{Dataset, NewDataset, Visibility};
use crate::text::terminal_text::nfc;
use crate::transfer::{Failure, Refusal};
use crate::tui::state::{Answer, DatasetReply, Effect, Page, Picker, Remote, RequestId, Slot};
use crate::tui::wizard::{Field, Model, Weight};

use super::{Method, RetryFailed, request};

/// In characters (data.world API, `POST /datasets/{owner}`).
const LONGEST_TITLE: usize = 60;

#[derive(Debug)]
pub struct OutputFields {
    pub method: Method,
    pub selected: Option<DatasetKey>,
    pub id: Input,
    pub dataset: Slot<Dataset>,
    /// The last number given to each file, by the name without number and extension.
    pub numbers: BTreeMap<String, u64>,
    /// Writable datasets come first.
    pub list: Picker<Dataset>,
    pub new: Option<NewDatasetForm>,
    looked_up: Option<DatasetKey>,
}

#[derive(Debug)]
pub struct NewDatasetForm {
    /// The user, then their organizations.
    pub owners: Vec<String>,
    /// An index of `owners`.
    pub owner: usize,
    pub title: Input,
    pub visibility: Visibility,
    /// The organizations. If they cannot be listed, only the user remains as an owner.
    pub organizations: Slot<()>,
    pub create: Slot<DatasetKey>,
}

impl NewDatasetForm {
    pub(super) fn validate(&self) -> Option<(Field, String)> {
        let sentence = match self.title.value().trim().chars().count() {
            0 => "Enter a title for the new dataset.".to_owned(),
            1..=LONGEST_TITLE => return None,
            n => format!("A title has at most {LONGEST_TITLE} characters; this one has {n}."),
        };
        Some((Field::NewTitle, sentence))
    }
}

impl Default for OutputFields {
    fn default() -> Self {
        Self {
            method: Method::default(),
            selected: None,
            id: Input::default(),
            dataset: Slot::idle(),
            numbers: BTreeMap::new(),
            list: Picker::new(|dataset| format!("{} {}", dataset.key, dataset.title), writable_first),
            new: None,
            looked_up: None,
        }
    }
}

fn writable_first(a: &Dataset, b: &Dataset) -> Ordering {
    b.access.may_write().cmp(&a.access.may_write()).then_with(|| a.key.cmp(&b.key))
}

/// A sentence if the dataset is known to be read-only.
pub fn refusal(dataset: &Dataset) -> Option<String> {
    let refusal = (!dataset.access.may_write()).then(|| Refusal::ReadOnly(dataset.key.clone()))?;
    Some(explain::failure(&Failure::Refused(refusal)).to_string())
}

impl OutputFields {
    pub fn key(&self) -> Result<DatasetKey, IdError> {
        match self.method {
            Method::Select => self.selected.clone().ok_or(IdError::NoDatasetKey),
            Method::Enter => self.id.value().parse(),
        }
    }

    pub(crate) fn enter(&mut self, key: &DatasetKey) {
        self.method = Method::Enter;
        self.id = Input::new(key.to_string());
    }

    pub(super) fn field(&self) -> Field {
        match self.method {
            Method::Select => Field::Dataset,
            Method::Enter => Field::DatasetId,
        }
    }

    pub(super) fn validate(&self) -> Option<(Field, String)> {
        let sentence = match (self.key(), self.method) {
            (Ok(_), _) => self.dataset.data.ready().and_then(refusal)?,
            (Err(_), Method::Select) => {
                "Choose a data.world dataset from the list, or enter its id instead.".to_owned()
            }
            (Err(error), Method::Enter) => error.to_string(),
        };
        Some((self.field(), sentence))
    }

    pub(super) fn forget(&mut self) {
        self.dataset = Slot::idle();
        self.numbers.clear();
        self.looked_up = None;
    }
}

pub(super) fn changed(model: &mut Model) {
    let output = &mut model.details.output;
    if output.key().ok() != output.looked_up || output.looked_up.is_none() {
        output.forget();
        model.details.file.list.reset();
    }
}

pub(super) fn look_up(model: &mut Model, retry: RetryFailed) -> Option<Effect> {
    let output = &model.details.output;
    let key = output.key().ok()?;
    let failed = output.dataset.data.failed().or(model.details.file.list.load.data.failed());
    if output.looked_up.as_ref() == Some(&key) && (retry == RetryFailed::No || failed.is_none()) {
        return None;
    }
    let login = model.credentials.dataworld_login()?;
    let request = request(model, looked_up);
    model.details.output.dataset.ask(&request);
    model.details.output.looked_up = Some(key.clone());
    model.details.file.list.ask(&request);
    Some(Effect::LookUpDataset { request, login, key })
}

pub(super) fn ask_list(model: &mut Model) -> Option<Effect> {
    if matches!(model.details.output.list.load.data, Remote::Ready(()) | Remote::Loading) {
        return None;
    }
    let login = model.credentials.dataworld_login()?;
    let request = request(model, listed);
    model.details.output.list.ask(&request);
    Some(Effect::ListDatasets { request, login })
}

/// Takes the dataset under the cursor. A read-only one is refused, and the list stays open.
pub(super) fn pick(model: &mut Model) -> Option<Effect> {
    let dataset = model.details.output.list.under_cursor()?;
    if let Some(reason) = refusal(dataset) {
        model.notify(Weight::Warning, reason);
        return None;
    }
    model.details.output.selected = Some(dataset.key.clone());
    model.list = None;
    changed(model);
    look_up(model, RetryFailed::Yes)
}

/// Opens the form for a new dataset, and asks for its possible owners.
pub(super) fn begin_new(model: &mut Model) -> Vec<Effect> {
    let Some(login) = model.credentials.dataworld_login() else { return Vec::new() };
    let user = model.credentials.dataworld.account.test.data.ready().map(|user| user.id.clone());
    let request = request(model, owners_listed);
    let mut form = NewDatasetForm {
        owners: user.into_iter().collect(),
        owner: 0,
        title: Input::default(),
        // Company data is private unless the user chooses otherwise.
        visibility: Visibility::Private,
        organizations: Slot::idle(),
        create: Slot::idle(),
    };
    form.organizations.ask(&request);
    model.details.output.new = Some(form);
    model.list = None;
    model.focus = Field::NewTitle;
    vec![Effect::ListOrganizations { request, login }]
}

pub(super) fn create(model: &mut Model) -> Vec<Effect> {
    let Some(form) = &model.details.output.new else { return Vec::new() };
    if form.create.data.is_loading() {
        return Vec::new();
    }
    let title = nfc(form.title.value().trim()).into_owned();
    let wrong = form.validate().into_iter().collect();
    if model.show_errors(wrong) {
        return Vec::new();
    }
    let Some(login) = model.credentials.dataworld_login() else { return Vec::new() };
    let request = request(model, created);
    let Some(form) = &mut model.details.output.new else { return Vec::new() };
    let Some(owner) = form.owners.get(form.owner).cloned() else { return Vec::new() };
    let new = NewDataset { owner, title, visibility: form.visibility };
    form.create.ask(&request);
    vec![Effect::CreateDataset { request, login, new }]
}

fn listed(model: &mut Model, id: RequestId, page: Page<Dataset>) -> Vec<Effect> {
    model.details.output.list.page(id, page);
    Vec::new()
}

fn looked_up(model: &mut Model, id: RequestId, reply: DatasetReply) -> Vec<Effect> {
    let output = &mut model.details.output;
    match reply {
        DatasetReply::Numbers(numbers) if output.dataset.is_current(id) => output.numbers = numbers,
        DatasetReply::Numbers(_) => {}
        DatasetReply::Dataset(result) => {
            let known = result.as_ref().map_err(Clone::clone);
            let files = known.and_then(|dataset| dataset.files.clone().ok_or_else(explain::no_file_list));
            if output.dataset.answer(id, result) {
                super::file::set_files(&mut model.details.file, id, files);
            }
        }
    }
    Vec::new()
}

fn owners_listed(model: &mut Model, id: RequestId, result: Answer<Vec<String>>) -> Vec<Effect> {
    let Some(form) = &mut model.details.output.new else { return Vec::new() };
    let found = result.as_ref().cloned().unwrap_or_default();
    if form.organizations.answer(id, result.map(|_| ())) {
        let known = form.owners.clone();
        form.owners.extend(found.into_iter().filter(|owner| !known.contains(owner)));
    }
    Vec::new()
}

fn created(model: &mut Model, id: RequestId, result: Answer<DatasetKey>) -> Vec<Effect> {
    let Some(form) = &mut model.details.output.new else { return Vec::new() };
    if !form.create.answer(id, result.clone()) {
        return Vec::new();
    }
    match result {
        Ok(key) => {
            let output = &mut model.details.output;
            output.new = None;
            output.method = Method::Select;
            output.selected = Some(key.clone());
            model.focus = Field::Dataset;
            model.notify(Weight::Info, format!("{key} was created."));
            changed(model);
            look_up(model, RetryFailed::No).into_iter().collect()
        }
        Err(explanation) => {
            model.errors.insert(Field::NewTitle, explanation.to_string());
            model.focus = Field::NewTitle;
            Vec::new()
        }
    }
}
