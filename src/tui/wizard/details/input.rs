//! *Input DataSet ID*: the DataSet, and the right to export it.

use crate::explain::{self, Explanation, OWNER_RULE};
use crate::export::{DataSetAddress, DataSetId, IdError};
use crate::services::domo::{DataSet, Hiding, Ownership, Preview};
use crate::text::format::{ago, counted};
use crate::transfer::{Refusal, check_exportable};
use crate::tui::form::{Field, Note, Value};
use crate::tui::state::{DataSetReply, Effect, Page, Picker, Remote, RequestId, Slot};
use crate::tui::wizard::{Model, lists};

use super::{Details, RetryFailed, request};

#[derive(Debug)]
pub struct InputState {
    pub dataset: Slot<DataSet>,
    pub ownership: Remote<Ownership>,
    pub preview: Remote<Preview>,
    pub list: Picker<DataSet>,
    looked_up: Option<DataSetId>,
}

impl Default for InputState {
    fn default() -> Self {
        Self {
            dataset: Slot::idle(),
            ownership: Remote::Idle,
            preview: Remote::Idle,
            list: Picker::new(
                |dataset| format!("{} {}", dataset.name, dataset.owner_name.as_deref().unwrap_or_default()),
                |a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then_with(|| a.id.cmp(&b.id)),
            ),
            looked_up: None,
        }
    }
}

impl Details {
    /// The id, with the instance if an address was pasted.
    pub fn address(&self) -> Result<DataSetAddress, IdError> {
        self.values.text(Field::INPUT_DATA_SET).parse()
    }

    pub fn is_confirmed(&self) -> bool {
        self.input.needs_confirmation() && self.values.is_on(Field::OWNER_CONFIRMED)
    }

    pub(super) fn input_error(&self) -> Option<String> {
        self.address().err().map(|error| error.to_string())
    }

    pub(super) fn input_fault(&self) -> Option<Explanation> {
        let denied = || {
            let is_denied = matches!(self.input.ownership, Remote::Ready(Ownership::Denied));
            is_denied.then(|| Refusal::NotOwner.into())
        };
        self.input.export_refusal().or_else(denied)
    }

    pub(super) fn confirmation_fault(&self) -> Option<Explanation> {
        if self.is_confirmed() || self.address().is_err() || self.input_fault().is_some() {
            return None;
        }
        let ask = match self.input.confirmation_field() {
            Field::UNOWNED_CONFIRMED => "Confirm that it is to be exported all the same.",
            _ => "Confirm that you are an owner or co-owner.",
        };
        Some(Explanation::new(ask, OWNER_RULE))
    }
}

impl InputState {
    /// The credentials cannot show the owner, so the user has to confirm.
    fn needs_confirmation(&self) -> bool {
        matches!(self.ownership, Remote::Ready(Ownership::SeesAll | Ownership::Unknown) | Remote::Failed(_))
            && self.dataset.data.ready().is_some()
    }

    fn confirmation_field(&self) -> Field {
        match self.ownership {
            Remote::Ready(Ownership::SeesAll) => Field::UNOWNED_CONFIRMED,
            _ => Field::OWNER_CONFIRMED,
        }
    }

    /// A confirmation is needed, and this is the field for it.
    pub(super) fn asks(&self, field: Field) -> bool {
        self.needs_confirmation() && self.confirmation_field() == field
    }

    /// The reason to ask for confirmation; stronger when rows may be left out.
    pub fn confirmation_reason(&self) -> String {
        let hiding = self.dataset.data.ready().map(DataSet::hiding).unwrap_or_default();
        match (self.confirmation_field(), hiding) {
            (Field::UNOWNED_CONFIRMED, _) => explain::sees_all(),
            (_, Hiding::Pdp) => {
                "PDP is enabled on this DataSet: unless you are an owner or co-owner, Domo silently leaves out \
                 the rows that its policies hide from you, and the file would be incomplete."
                    .to_owned()
            }
            (_, Hiding::NoFullAccess) => explain::hiding(hiding),
            (_, Hiding::Nothing) => {
                "These credentials cannot show who co-owns a DataSet. For anyone who is not an owner, Domo may leave out \
                 rows silently."
                    .to_owned()
            }
        }
    }

    /// Explains why Domo does not export the DataSet, if known.
    fn export_refusal(&self) -> Option<Explanation> {
        check_exportable(self.dataset.data.ready()?).err().map(Explanation::from)
    }

    /// Explains why the first rows cannot be shown; an export may fail for the same reason.
    fn preview_error(&self) -> Option<Explanation> {
        self.preview.failed().filter(|_| self.export_refusal().is_none()).cloned()
    }

    /// The pane cannot advance before these replies.
    pub(super) fn is_waiting(&self) -> bool {
        self.dataset.data.is_loading() || self.ownership.is_loading()
    }

    pub(super) fn forget(&mut self) {
        self.dataset = Slot::idle();
        self.ownership = Remote::Idle;
        self.preview = Remote::Idle;
        self.looked_up = None;
    }
}

/// Drops replies about another DataSet, and looks up a complete id at once.
pub(super) fn changed(model: &mut Model) -> Option<Effect> {
    let details = &mut model.details;
    let id = details.address().ok().map(|address| address.id);
    if id.is_some() && id == details.input.looked_up {
        return None;
    }
    // A confirmation holds for a single DataSet.
    details.values.set(Field::OWNER_CONFIRMED, Value::Check(false));
    details.input.forget();
    look_up(model, RetryFailed::No)
}

pub(super) fn look_up(model: &mut Model, retry: RetryFailed) -> Option<Effect> {
    let id = model.details.address().ok()?.id;
    let input = &model.details.input;
    if input.looked_up.as_ref() == Some(&id) && (retry == RetryFailed::No || input.dataset.data.failed().is_none()) {
        return None;
    }
    let login = model.credentials.domo_login()?;
    let request = request(model, looked_up);
    let input = &mut model.details.input;
    input.dataset.ask(&request);
    input.ownership = Remote::Loading;
    input.preview = Remote::Loading;
    input.looked_up = Some(id.clone());
    Some(Effect::LookUpDataSet { request, login, id })
}

/// A text that no id or address begins with.
pub(super) fn is_name(text: &str) -> bool {
    !text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

pub(in crate::tui::wizard) fn ask_list(model: &mut Model) -> Option<Effect> {
    if matches!(model.details.input.list.load.data, Remote::Ready(()) | Remote::Loading) {
        return None;
    }
    let login = model.credentials.domo_login()?;
    let request = request(model, listed);
    model.details.input.list.ask(&request);
    Some(Effect::ListDataSets { request, login })
}

pub(in crate::tui::wizard) fn pick(model: &mut Model) -> Option<Effect> {
    let id = model.details.input.list.under_cursor()?.id.clone();
    model.details.values.set(Field::INPUT_DATA_SET, Value::text(&id));
    model.list = None;
    changed(model).or_else(|| look_up(model, RetryFailed::Yes))
}

fn looked_up(model: &mut Model, id: RequestId, reply: DataSetReply) -> Vec<Effect> {
    let input = &mut model.details.input;
    match reply {
        DataSetReply::DataSet(result) => {
            let failed = result.is_err();
            if input.dataset.answer(id, result) && failed {
                input.ownership = Remote::Idle;
                input.preview = Remote::Idle;
            }
            super::file::propose_name(model);
        }
        DataSetReply::Ownership(ownership) if input.dataset.is_current(id) => {
            input.ownership = Remote::Ready(ownership);
        }
        DataSetReply::Preview(result) if input.dataset.is_current(id) => input.preview = result.into(),
        DataSetReply::Ownership(_) | DataSetReply::Preview(_) => {}
    }
    Vec::new()
}

fn listed(model: &mut Model, id: RequestId, page: Page<DataSet>) -> Vec<Effect> {
    model.details.input.list.page(id, page);
    lists::point_at_choice(model);
    Vec::new()
}

pub(super) fn notes(model: &Model) -> Vec<Note> {
    let input = &model.details.input;
    let data_set = input.dataset.data.ready();
    let updated = data_set.and_then(DataSet::data_date).map(|then| format!("updated {}", ago(model.now, then)));
    let details = data_set.map(|data_set| Note::Details(facts(data_set).into_iter().chain(updated).collect()));
    status(input).into_iter().chain(details).collect()
}

fn status(input: &InputState) -> Option<Note> {
    Note::of_request(&input.dataset.data, Some("asking Domo…"), |dataset| {
        match (input.export_refusal(), input.ownership.ready()) {
            (Some(refusal), _) => Note::Failed(refusal),
            (None, Some(Ownership::Denied)) => Note::Warning(format!("{}: you are not its owner", dataset.name).into()),
            (None, _) => Note::Fact(dataset.name.clone()),
        }
    })
}

pub fn facts(data_set: &DataSet) -> Vec<String> {
    let known = [
        data_set.stated_rows().map(|rows| counted(rows, "row")),
        data_set.columns.map(|columns| counted(columns, "column")),
        data_set.owner_name.as_ref().map(|owner| format!("owner {owner}")),
        match data_set.hiding() {
            Hiding::Nothing => None,
            Hiding::Pdp => Some("PDP is on".to_owned()),
            Hiding::NoFullAccess => Some("no full access to its rows".to_owned()),
        },
    ];
    known.into_iter().flatten().collect()
}

pub(super) fn spoken_facts(model: &Model) -> Vec<Note> {
    let input = &model.details.input;
    let data_set = Note::of_reply(&input.dataset.data, |data_set| {
        let rows = data_set.stated_rows().map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
        format!("DataSet: {}{rows}.", data_set.name)
    });
    let reason = input.needs_confirmation().then(|| Note::Warning(input.confirmation_reason().into()));
    data_set.into_iter().chain(reason).collect()
}

pub(in crate::tui::wizard) fn warnings(model: &Model) -> Vec<Explanation> {
    let instance = other_instance(model).map(|instance| {
        format!("The address belongs to {instance}.domo.com, but your credentials are for another instance.").into()
    });
    model.details.input.preview_error().into_iter().chain(instance).collect()
}

/// The instance of a pasted address, if the credentials belong to another one.
fn other_instance(model: &Model) -> Option<String> {
    let instance = model.details.address().ok()?.instance?;
    (model.credentials.domo_instance()? != instance).then_some(instance)
}

pub(super) fn confirmation_notes(model: &Model) -> Vec<Note> {
    let is_open = !model.details.is_confirmed();
    is_open.then(|| Note::Warning(model.details.input.confirmation_reason().into())).into_iter().collect()
}
