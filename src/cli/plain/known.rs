//! Sentences about the services' replies to answers.

use std::fmt;

use crate::text::format::counted;
use crate::tui::wizard::credentials::{identity_label, user_label};
use crate::tui::wizard::words::{other_instance, replaced_account, replaced_file};
use crate::tui::wizard::{Field, Model, Remote, Slot, Step};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    Fact(String),
    Warning(String),
    /// The answer has to change.
    Error(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(text) => f.write_str(text),
            Self::Warning(text) => write!(f, "Warning: {text}"),
            Self::Error(text) => write!(f, "Error: {text}"),
        }
    }
}

pub(super) fn field_notes(model: &Model, field: Field) -> Vec<Note> {
    let wrong = model.input_error(field).map(Note::Error);
    facts(model, field).into_iter().chain(wrong).collect()
}

fn facts(model: &Model, field: Field) -> Vec<Note> {
    let (credentials, details) = (&model.credentials, &model.details);
    match field {
        Field::DataWorldToken => warning(credentials.token_warning()),
        Field::DataWorldName => warning(replaced_account(&credentials.dataworld.account)),
        Field::DomoName => warning(replaced_account(&credentials.domo.account)),
        Field::InputDataSet => {
            let data_set = slot_note(&details.input.dataset, |data_set| {
                let rows = data_set.stated_rows().map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
                Note::Fact(format!("DataSet: {}{rows}.", data_set.name))
            });
            let confirmation = details.input.needs_confirmation().then(|| details.input.confirmation_reason());
            [data_set, warning(details.input.preview_error()), warning(other_instance(model)), warning(confirmation)]
                .concat()
        }
        Field::Dataset | Field::DatasetId if model.input_error(field).is_some() => Vec::new(),
        Field::Dataset | Field::DatasetId => {
            slot_note(&details.output.dataset, |dataset| Note::Fact(format!("{}: you may write here.", dataset.key)))
        }
        Field::Files | Field::FileName => warning(replaced_file(model)),
        Field::Append => {
            let next = model.next_file(details.file.append);
            next.map(|next| Note::Fact(format!("Next file: {}.", next.name))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn pane_notes(model: &Model, step: Step) -> Vec<Note> {
    match step {
        Step::Credentials => {
            let credentials = &model.credentials;
            let user = slot_note(&credentials.dataworld.account.test, |user| {
                Note::Fact(format!("data.world: {}.", user_label(user)))
            });
            let domo = slot_note(&credentials.domo.account.test, |identity| {
                Note::Fact(format!("Domo: {}.", identity_label(identity)))
            });
            [user, domo, warning(credentials.environment_error())].concat()
        }
        Step::Details if model.step == step => {
            [Field::InputDataSet, Field::Dataset].into_iter().flat_map(|field| field_notes(model, field)).collect()
        }
        _ => Vec::new(),
    }
}

fn warning(sentence: Option<impl fmt::Display>) -> Vec<Note> {
    sentence.map(|sentence| Note::Warning(sentence.to_string())).into_iter().collect()
}

fn slot_note<T>(slot: &Slot<T>, note: impl Fn(&T) -> Note) -> Vec<Note> {
    match &slot.data {
        Remote::Ready(data) => vec![note(data)],
        Remote::Failed(explanation) => vec![Note::Error(format!("{} {}", explanation.what, explanation.advice))],
        Remote::Idle | Remote::Loading => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::accounts::Account;
    use crate::config::Environment;
    use crate::export::Service;
    use crate::services::domo::DomoIdentity;
    use crate::text::secret::Secret;
    use crate::tui::wizard::{Msg, Start, update};

    #[test]
    fn warnings_of_the_screen_are_printed_too() {
        let environment = Environment { domo_client_id: Some("id".to_owned()), ..Environment::default() };
        let mut model = Model::new(Start {
            environment,
            accounts: vec![Account::new(Service::DataWorld, "analyst")],
            exports: Vec::new(),
            edit: None,
            drafts: Vec::new(),
            today: chrono::NaiveDate::default(),
            now: chrono::DateTime::UNIX_EPOCH,
            demo: false,
        });
        let lines = |notes: &[Note]| notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let answer = |model: &mut Model, field, text: &str| {
            update(model, Msg::Focus(field));
            update(model, Msg::Paste(Secret::new(text)));
            lines(&field_notes(model, field))
        };
        update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Right, KeyModifiers::NONE)));
        let printed = answer(&mut model, Field::DataWorldToken, "half-of.it");
        assert!(printed.starts_with("Warning: This does not look like a data.world token"), "{printed}");
        let printed = answer(&mut model, Field::DataWorldName, "analyst");
        assert_eq!(printed, "Warning: The account analyst exists: it will get these credentials.");
        let printed = lines(&pane_notes(&model, Step::Credentials));
        assert!(printed.starts_with("Warning: ") && printed.contains("DOMO_CLIENT_SECRET"), "{printed}");

        model.credentials.domo.account.test =
            Slot::known(DomoIdentity { instance: Some("other".to_owned()), ..DomoIdentity::default() });
        model.step = Step::Details;
        let address = "https://acme.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4/details/data";
        let printed = answer(&mut model, Field::InputDataSet, address);
        assert!(
            printed.contains("Warning: The address belongs to acme.domo.com, but your credentials are for another"),
            "{printed}"
        );
    }
}
