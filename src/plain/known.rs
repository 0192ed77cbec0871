//! What both services have said of what was answered, in sentences.

use std::fmt;

use crate::figures::counted;
use crate::wizard::credentials::{identity_label, user_label};
use crate::wizard::details::refusal;
use crate::wizard::words::replaced;
use crate::wizard::{Field, Model, Remote, Slot, Step};

/// Something that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Fact(String),
    Warning(String),
    /// What was answered cannot stay.
    Error(String),
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(text) => f.write_str(text),
            Self::Warning(text) => write!(f, "Warning: {text}"),
            Self::Error(text) => write!(f, "Error: {text}"),
        }
    }
}

/// What is known of a field once it is answered.
pub(super) fn of_field(model: &Model, field: Field) -> Vec<Known> {
    let details = &model.details;
    match field {
        Field::InputDataSet => {
            if let (Err(error), false) = (details.input.address(), details.input.id.value().trim().is_empty()) {
                return vec![Known::Error(error.to_string())];
            }
            let said = said(&details.input.dataset, |data_set| {
                let rows = data_set.rows.map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
                Known::Fact(format!("DataSet: {}{rows}.", data_set.name))
            });
            let word = details.input.needs_word().then(|| Known::Warning(details.input.why_word().to_string()));
            said.into_iter().chain(word).collect()
        }
        Field::Dataset | Field::DatasetId => said(&details.output.dataset, |dataset| match refusal(dataset) {
            Some(reason) => Known::Error(reason),
            None => Known::Fact(format!("{}: you may write here.", dataset.key)),
        }),
        Field::Files | Field::FileName => replaced(model).map(Known::Warning).into_iter().collect(),
        Field::Append => {
            let next = model.next_file(details.file.append);
            next.map(|next| Known::Fact(format!("Next file: {}.", next.name))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What is known of a pane that could not be left, or was.
pub(super) fn of_pane(model: &Model, step: Step) -> Vec<Known> {
    match step {
        Step::Credentials => {
            let credentials = &model.credentials;
            let user = said(&credentials.dataworld.account.test, |user| {
                Known::Fact(format!("data.world: {}.", user_label(user)))
            });
            let domo =
                said(&credentials.domo.account.test, |who| Known::Fact(format!("Domo: {}.", identity_label(who))));
            user.into_iter().chain(domo).collect()
        }
        Step::Details if model.step == step => {
            [Field::InputDataSet, Field::Dataset].into_iter().flat_map(|field| of_field(model, field)).collect()
        }
        _ => Vec::new(),
    }
}

fn said<T>(slot: &Slot<T>, known: impl Fn(&T) -> Known) -> Vec<Known> {
    match &slot.data {
        Remote::Ready(it) => vec![known(it)],
        Remote::Failed(explanation) => vec![Known::Error(format!("{} {}", explanation.what, explanation.advice))],
        Remote::Idle | Remote::Loading => Vec::new(),
    }
}
