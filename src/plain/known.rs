//! What both services have said of what was answered, in sentences.

use crate::figures::counted;
use crate::wizard::credentials::{identity_label, user_label};
use crate::wizard::details::refusal;
use crate::wizard::words::replaced;
use crate::wizard::{Field, Model, Remote, Slot, Step};

/// What is known of a field once it is answered.
pub(super) fn of_field(model: &Model, field: Field) -> Vec<String> {
    let details = &model.details;
    match field {
        Field::InputDataSet => {
            if let (Err(error), false) = (details.input.address(), details.input.id.value().trim().is_empty()) {
                return vec![format!("Error: {error}")];
            }
            let said = said(&details.input.dataset, |data_set| {
                let rows = data_set.rows.map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
                format!("DataSet: {}{rows}.", data_set.name)
            });
            let word = details.input.needs_word().then(|| format!("Warning: {}", details.input.why_word()));
            said.into_iter().chain(word).collect()
        }
        Field::Dataset | Field::DatasetId => said(&details.output.dataset, |dataset| match refusal(dataset) {
            Some(reason) => format!("Error: {reason}"),
            None => format!("{}: you may write here.", dataset.key),
        }),
        Field::Files | Field::FileName => replaced(model).map(|text| format!("Warning: {text}")).into_iter().collect(),
        Field::Append => {
            let next = model.next_file(details.file.append);
            next.map(|next| format!("Next file: {}.", next.name)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What is known of a pane that could not be left, or was.
pub(super) fn of_pane(model: &Model, step: Step) -> Vec<String> {
    match step {
        Step::Credentials => {
            let credentials = &model.credentials;
            let user = said(&credentials.dataworld.account.test, |user| format!("data.world: {}.", user_label(user)));
            let domo = said(&credentials.domo.account.test, |who| format!("Domo: {}.", identity_label(who)));
            user.into_iter().chain(domo).collect()
        }
        Step::Details if model.step == step => {
            [Field::InputDataSet, Field::Dataset].into_iter().flat_map(|field| of_field(model, field)).collect()
        }
        _ => Vec::new(),
    }
}

fn said<T>(slot: &Slot<T>, sentence: impl Fn(&T) -> String) -> Vec<String> {
    match &slot.data {
        Remote::Ready(it) => vec![sentence(it)],
        Remote::Failed(explanation) => vec![format!("Error: {} {}", explanation.what, explanation.advice)],
        Remote::Idle | Remote::Loading => Vec::new(),
    }
}
