//! *Input DataSet ID*: the DataSet, and the right to export it.

use tui_input::Input;

use crate::explain;
use crate::explain::OWNER_RULE;
use crate::export::{DataSetAddress, DataSetId, IdError};
use crate::services::domo::{DataSet, Hiding, Ownership, Preview};
use crate::transfer::{Failure, Refusal, check_exportable};
use crate::tui::state::{DataSetReply, Effect, Page, Picker, Remote, RequestId, Slot};
use crate::tui::wizard::{Field, Model};

use super::{RetryFailed, request};

#[derive(Debug)]
pub struct InputFields {
    pub id: Input,
    pub dataset: Slot<DataSet>,
    pub ownership: Remote<Ownership>,
    pub preview: Remote<Preview>,
    pub list: Picker<DataSet>,
    pub confirmed: bool,
    looked_up: Option<DataSetId>,
}

impl Default for InputFields {
    fn default() -> Self {
        Self {
            id: Input::default(),
            dataset: Slot::idle(),
            ownership: Remote::Idle,
            preview: Remote::Idle,
            list: Picker::new(
                |dataset| format!("{} {}", dataset.name, dataset.owner_name.as_deref().unwrap_or_default()),
                |a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then_with(|| a.id.cmp(&b.id)),
            ),
            confirmed: false,
            looked_up: None,
        }
    }
}

impl InputFields {
    /// The id, with the instance if an address was pasted.
    pub fn address(&self) -> Result<DataSetAddress, IdError> {
        self.id.value().parse()
    }

    /// The credentials cannot show the owner, so the user has to confirm.
    pub fn needs_confirmation(&self) -> bool {
        matches!(self.ownership, Remote::Ready(Ownership::SeesAll | Ownership::Unknown) | Remote::Failed(_))
            && self.dataset.data.ready().is_some()
    }

    pub fn is_confirmed(&self) -> bool {
        self.needs_confirmation() && self.confirmed
    }

    pub(crate) fn confirmation_field(&self) -> Field {
        match self.ownership {
            Remote::Ready(Ownership::SeesAll) => Field::UnownedConfirmed,
            _ => Field::OwnerConfirmed,
        }
    }

    /// The reason to ask for confirmation; stronger when rows may be left out.
    pub fn confirmation_reason(&self) -> String {
        let hiding = self.dataset.data.ready().map(DataSet::hiding).unwrap_or_default();
        match (self.confirmation_field(), hiding) {
            (Field::UnownedConfirmed, _) => explain::sees_all(),
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
    pub(crate) fn export_refusal(&self) -> Option<String> {
        let refused = check_exportable(self.dataset.data.ready()?).err()?;
        Some(explain::failure(&Failure::Refused(refused)).to_string())
    }

    /// Explains why the first rows cannot be shown; an export may fail for the same reason.
    pub(crate) fn preview_error(&self) -> Option<String> {
        self.preview.failed().filter(|_| self.export_refusal().is_none()).map(ToString::to_string)
    }

    pub(super) fn validate(&self) -> Vec<(Field, String)> {
        if let Err(error) = self.address() {
            return vec![(Field::InputDataSet, error.to_string())];
        }
        if let Some(why) = self.export_refusal() {
            return vec![(Field::InputDataSet, why)];
        }
        if matches!(self.ownership, Remote::Ready(Ownership::Denied)) {
            let why = explain::failure(&Failure::Refused(Refusal::NotOwner));
            return vec![(Field::InputDataSet, why.to_string())];
        }
        if self.needs_confirmation() && !self.confirmed {
            let field = self.confirmation_field();
            let ask = match field {
                Field::UnownedConfirmed => "Confirm that it is to be exported all the same.",
                _ => "Confirm that you are an owner or co-owner.",
            };
            return vec![(field, format!("{ask} {OWNER_RULE}"))];
        }
        Vec::new()
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
    let input = &mut model.details.input;
    let id = input.address().ok().map(|address| address.id);
    if id.is_some() && id == input.looked_up {
        return None;
    }
    // A confirmation holds for a single DataSet.
    input.confirmed = false;
    input.forget();
    look_up(model, RetryFailed::No)
}

pub(super) fn look_up(model: &mut Model, retry: RetryFailed) -> Option<Effect> {
    let id = model.details.input.address().ok()?.id;
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

/// Opens the list of DataSets. A name typed instead of an id becomes the filter.
pub(super) fn open_list(model: &mut Model) -> Option<Effect> {
    let input = &mut model.details.input;
    let text = input.id.value().trim();
    let is_of_id = |c: char| c.is_ascii_hexdigit() || matches!(c, '-' | '/' | ':');
    if !text.is_empty() && !text.contains("://") && !text.chars().all(is_of_id) && input.address().is_err() {
        input.list.search.filter = text.into();
        input.list.rematch();
    }
    ask_list(model)
}

fn ask_list(model: &mut Model) -> Option<Effect> {
    if matches!(model.details.input.list.load.data, Remote::Ready(()) | Remote::Loading) {
        return None;
    }
    let login = model.credentials.domo_login()?;
    let request = request(model, listed);
    model.details.input.list.ask(&request);
    Some(Effect::ListDataSets { request, login })
}

pub(super) fn pick(model: &mut Model) -> Option<Effect> {
    let id = model.details.input.list.under_cursor()?.id.to_string();
    model.details.input.id = Input::new(id);
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
    Vec::new()
}
