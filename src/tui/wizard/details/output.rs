//! *data.world DataSet*: selected from a list, entered, or created.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::check::Warning;
use crate::explain::{self, Explanation};
use crate::export::{DatasetKey, IdError};
use crate::services::dataworld::{Dataset, NewDataset, Visibility};
use crate::text::format::counted;
use crate::text::terminal_text::nfc;
use crate::transfer::Refusal;
use crate::tui::form::{Field, Note, Remark, Value};
use crate::tui::state::{
    Answer, AnyPicker, CreateReply, DatasetReply, Effect, HasShell as _, Page, Picker, Remote, RequestId, Slot,
};
use crate::tui::wizard::{Model, Severity, lists};

use super::{Details, RetryFailed, request};

/// In characters (data.world API, `POST /datasets/{owner}`).
const LONGEST_TITLE: usize = 60;

#[derive(Debug)]
pub struct OutputState {
    pub dataset: Slot<Dataset>,
    /// The last number given to each file, by the name without number and extension.
    pub numbers: BTreeMap<String, u64>,
    /// Writable datasets come first.
    pub list: Picker<Dataset>,
    pub new: Option<NewDatasetForm>,
    looked_up: Option<DatasetKey>,
}

#[derive(Debug, Default)]
pub struct NewDatasetForm {
    /// The user, then their organizations.
    pub owners: Vec<String>,
    /// An index of `owners`.
    pub owner: usize,
    /// The organizations. If they cannot be listed, only the user remains as an owner.
    pub organizations: Slot<()>,
    pub create: Slot<DatasetKey>,
    /// data.world has refused the title, because a dataset has its id.
    is_taken: bool,
}

impl Default for OutputState {
    fn default() -> Self {
        Self {
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

/// Set if the dataset is known to be read-only.
fn refusal(dataset: &Dataset) -> Option<Explanation> {
    (!dataset.access.may_write()).then(|| Refusal::ReadOnly(dataset.key.clone()).into())
}

impl OutputState {
    pub(super) fn forget(&mut self) {
        self.dataset = Slot::idle();
        self.numbers.clear();
        self.looked_up = None;
    }
}

impl Details {
    /// The field for the dataset: a list, or its id.
    pub(in crate::tui::wizard) fn dataset_field(&self) -> Field {
        if self.values.choice(Field::DATASET_METHOD) == 0 { Field::DATASET } else { Field::DATASET_ID }
    }

    pub fn key(&self) -> Result<DatasetKey, IdError> {
        match self.dataset_field() {
            Field::DATASET => self.values.picked(Field::DATASET).ok_or(IdError::NoDatasetKey)?.parse(),
            field => self.values.text(field).parse(),
        }
    }

    pub(in crate::tui) fn enter_key(&mut self, key: &DatasetKey) {
        self.values.set(Field::DATASET_METHOD, Value::Choice(1));
        self.values.set(Field::DATASET_ID, Value::text(key));
    }

    pub(super) fn output_error(&self) -> Option<String> {
        match (self.key().err()?, self.dataset_field()) {
            (_, Field::DATASET) => {
                Some("Choose a data.world dataset from the list, or enter its id instead.".to_owned())
            }
            (error, _) => Some(error.to_string()),
        }
    }

    pub(super) fn output_fault(&self) -> Option<Explanation> {
        self.output.dataset.data.ready().filter(|_| self.key().is_ok()).and_then(refusal)
    }

    /// Drops replies about another dataset.
    pub(super) fn output_changed(&mut self) {
        if self.key().ok() != self.output.looked_up || self.output.looked_up.is_none() {
            self.output.forget();
            self.files.reset();
        }
    }
}

pub(super) fn title_error(title: &str) -> Option<String> {
    match title.chars().count() {
        0 => Some("Enter a title for the new dataset.".to_owned()),
        1..=LONGEST_TITLE => None,
        n => Some(format!("A title has at most {LONGEST_TITLE} characters; this one has {n}.")),
    }
}

/// The id that data.world makes of a title, as far as is known: lower case, words joined by single hyphens, and all
/// else left out (data.world-py, issue 100).
fn id_of(title: &str) -> Option<(String, BTreeSet<char>)> {
    let is_kept = |c: char| c.is_ascii_alphanumeric() || c == '-' || c.is_whitespace();
    let (kept, dropped): (Vec<char>, Vec<char>) = title.to_lowercase().chars().partition(|c| is_kept(*c));
    let kept: String = kept.into_iter().collect();
    let words = kept.split(|c: char| c == '-' || c.is_whitespace()).filter(|word| !word.is_empty());
    let id = words.collect::<Vec<_>>().join("-");
    (!id.is_empty()).then(|| (id, dropped.into_iter().collect()))
}

fn new_key(model: &Model) -> Option<(DatasetKey, BTreeSet<char>)> {
    let form = model.details.output.new.as_ref()?;
    let (id, dropped) = id_of(&nfc(model.details.values.trimmed(Field::NEW_TITLE)))?;
    Some((DatasetKey::new(form.owners.get(form.owner)?, id), dropped))
}

pub(super) fn title_notes(model: &Model) -> Vec<Note> {
    let Some((key, dropped)) = new_key(model) else { return Vec::new() };
    let dropped: String = dropped.into_iter().map(|c| format!(" {c}")).collect();
    let without = if dropped.is_empty() { String::new() } else { format!(", without{dropped}") };
    vec![Note::Hint(format!("its id is likely {key}{without}"))]
}

/// The dataset with the id that the title would get, in the list as far as that is loaded.
fn titled(model: &Model) -> Option<&Dataset> {
    let (key, _) = new_key(model)?;
    model.details.output.list.all().find(|dataset| dataset.key == key)
}

pub(super) fn title_warnings(model: &Model) -> Vec<Explanation> {
    let words = |Dataset { key, title, .. }: &Dataset| {
        let what = format!("{key} is there already, titled {title}.");
        Explanation::new(what, "Choose it instead, or enter another title.")
    };
    titled(model).map(words).into_iter().collect()
}

/// The entered title is that of another dataset.
pub(in crate::tui::wizard) fn is_title_taken(model: &Model) -> bool {
    let is_refused = model.details.output.new.as_ref().is_some_and(|form| form.is_taken);
    titled(model).is_some() || is_refused && new_key(model).is_some()
}

/// Takes the dataset that has the entered title in place of a new one.
pub(in crate::tui::wizard) fn use_titled(model: &mut Model) -> Vec<Effect> {
    new_key(model).map(|(key, _)| choose(model, &key)).unwrap_or_default()
}

/// Another title or owner may be free.
pub(super) fn title_changed(model: &mut Model) {
    if let Some(form) = &mut model.details.output.new {
        form.is_taken = false;
    }
}

/// Closes the form for a new dataset, and takes this one.
fn choose(model: &mut Model, key: &DatasetKey) -> Vec<Effect> {
    model.errors.clear();
    model.details.output.new = None;
    model.details.values.set(Field::DATASET_METHOD, Value::Choice(0));
    model.details.values.set(Field::DATASET, Value::Picked(Some(key.to_string())));
    model.focus = Field::DATASET;
    model.touch();
    model.details.output_changed();
    look_up(model, RetryFailed::No).into_iter().collect()
}

pub(super) fn look_up(model: &mut Model, retry: RetryFailed) -> Option<Effect> {
    let key = model.details.key().ok()?;
    let output = &model.details.output;
    let failed = output.dataset.data.failed().or(model.details.files.load.data.failed());
    if output.looked_up.as_ref() == Some(&key) && (retry == RetryFailed::No || failed.is_none()) {
        return None;
    }
    let login = model.credentials.dataworld_login()?;
    let request = request(model, looked_up);
    model.details.output.dataset.ask(&request);
    model.details.output.looked_up = Some(key.clone());
    model.details.files.ask(&request);
    Some(Effect::LookUpDataset { request, login, key })
}

pub(in crate::tui::wizard) fn ask_list(model: &mut Model) -> Option<Effect> {
    if matches!(model.details.output.list.load.data, Remote::Ready(()) | Remote::Loading) {
        return None;
    }
    let login = model.credentials.dataworld_login()?;
    let request = request(model, listed);
    model.details.output.list.ask(&request);
    Some(Effect::ListDatasets { request, login })
}

/// Asks for the files of the dataset again if they could not be listed.
pub(in crate::tui::wizard) fn ask_files(model: &mut Model) -> Option<Effect> {
    look_up(model, RetryFailed::Yes)
}

/// Takes the dataset under the cursor. A read-only one is refused, and the list stays open.
pub(in crate::tui::wizard) fn pick(model: &mut Model) -> Option<Effect> {
    let dataset = model.details.output.list.under_cursor()?;
    if let Some(reason) = refusal(dataset) {
        model.notify(Severity::Warning, reason.to_string());
        return None;
    }
    let key = dataset.key.to_string();
    model.details.values.set(Field::DATASET, Value::Picked(Some(key)));
    model.list = None;
    model.details.output_changed();
    look_up(model, RetryFailed::Yes)
}

/// Opens the form for a new dataset, and asks for its possible owners. A filter that found nothing is its title.
pub(in crate::tui::wizard) fn begin_new(model: &mut Model) -> Vec<Effect> {
    let Some(login) = model.credentials.dataworld_login() else { return Vec::new() };
    let user = model.credentials.dataworld.test.data.ready().map(|user| user.id.clone());
    let request = request(model, owners_listed);
    let mut form = NewDatasetForm { owners: user.into_iter().collect(), ..NewDatasetForm::default() };
    form.organizations.ask(&request);
    model.details.output.new = Some(form);
    let searched = model.picker().map(AnyPicker::search).filter(|search| search.is_empty());
    let title = searched.map(|search| search.filter.value().to_owned());
    model.details.values.reset(super::TITLE);
    if let Some(title) = title {
        model.details.values.set(Field::NEW_TITLE, Value::text(&title));
    }
    model.details.values.reset(super::VISIBILITY);
    model.list = None;
    model.focus = Field::NEW_TITLE;
    vec![Effect::ListOrganizations { request, login }]
}

pub(super) fn create(model: &mut Model) -> Vec<Effect> {
    let Some(form) = &model.details.output.new else { return Vec::new() };
    if form.create.data.is_loading() {
        return Vec::new();
    }
    let wrong = model.wrong_fields();
    if model.show_errors(wrong) {
        return Vec::new();
    }
    let Some(login) = model.credentials.dataworld_login() else { return Vec::new() };
    let request = request(model, created);
    let Some(form) = &mut model.details.output.new else { return Vec::new() };
    let Some(owner) = form.owners.get(form.owner).cloned() else { return Vec::new() };
    let values = &model.details.values;
    let title = nfc(values.trimmed(Field::NEW_TITLE)).into_owned();
    let visibility = match values.choice(Field::NEW_VISIBILITY) {
        0 => Visibility::Open,
        _ => Visibility::Private,
    };
    let new = NewDataset { owner, title, visibility };
    form.create.ask(&request);
    vec![Effect::CreateDataset { request, login, new }]
}

fn listed(model: &mut Model, id: RequestId, page: Page<Dataset>) -> Vec<Effect> {
    model.details.output.list.page(id, page);
    lists::point_at_choice(model);
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
                super::file::set_files(&mut model.details.files, id, files);
                lists::point_at_choice(model);
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

fn created(model: &mut Model, id: RequestId, reply: CreateReply) -> Vec<Effect> {
    let Some(form) = &mut model.details.output.new else { return Vec::new() };
    let is_taken = matches!(reply, CreateReply::Taken(_));
    let result = match reply {
        CreateReply::Created(key) => Ok(key),
        CreateReply::Taken(explanation) | CreateReply::Failed(explanation) => Err(explanation),
    };
    if !form.create.answer(id, result.clone()) {
        return Vec::new();
    }
    form.is_taken = is_taken;
    match result {
        Ok(key) => {
            model.notify(Severity::Info, format!("{key} was created."));
            choose(model, &key)
        }
        Err(explanation) => {
            model.errors.insert(Field::NEW_TITLE, explanation);
            model.focus = Field::NEW_TITLE;
            Vec::new()
        }
    }
}

pub(super) fn notes(model: &Model) -> Vec<Note> {
    let dataset = &model.details.output.dataset.data;
    let claims_to_read_only = model.credentials.claims_to_read_only();
    let status = |dataset: &Dataset| status(dataset, claims_to_read_only);
    Note::of_request(dataset, Some("asking data.world…"), status).into_iter().collect()
}

fn status(dataset: &Dataset, claims_to_read_only: bool) -> Note {
    if let Some(reason) = refusal(dataset) {
        return Note::Failed(reason);
    }
    if claims_to_read_only {
        return Note::Warning(explain::warning(&Warning::ReadToken));
    }
    let files = dataset.files.as_ref().map(|files| counted(files.len() as u64, "file"));
    let open = (dataset.visibility == Some(Visibility::Open)).then(|| "open to others".to_owned());
    let parts = [Some(dataset.access.words().to_owned()), files, open];
    Note::Fact(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

pub(super) fn spoken_facts(model: &Model) -> Vec<Note> {
    if model.details.output_fault().is_some() {
        return Vec::new();
    }
    let dataset = &model.details.output.dataset.data;
    Note::of_reply(dataset, |dataset| format!("{}: you may write here.", dataset.key)).into_iter().collect()
}

pub(super) fn owner_notes(model: &Model) -> Vec<Note> {
    let note = match model.details.output.new.as_ref().map(|form| &form.organizations.data) {
        Some(Remote::Loading) => Note::Running("looking for your organizations…".to_owned()),
        Some(Remote::Failed(explanation)) => {
            let what = format!("Your organizations cannot be listed. {}", explanation.what);
            Note::Warning(Explanation { what, ..explanation.clone() })
        }
        _ => return Vec::new(),
    };
    vec![note]
}

pub(super) fn creation_remarks(model: &Model) -> Vec<Remark> {
    let is_creating = model.details.output.new.as_ref().is_some_and(|form| form.create.data.is_loading());
    is_creating.then(|| (None, Note::Running("creating it…".to_owned()))).into_iter().collect()
}
