//! What both services have said of what was answered, in sentences.

use std::fmt;

use crate::figures::counted;
use crate::wizard::credentials::{identity_label, user_label};
use crate::wizard::words::{other_instance, replaced, takes_place};
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
    let wrong = model.wrong(field).map(Known::Error);
    facts(model, field).into_iter().chain(wrong).collect()
}

fn facts(model: &Model, field: Field) -> Vec<Known> {
    let (credentials, details) = (&model.credentials, &model.details);
    match field {
        Field::DataWorldToken => warning(credentials.token_doubt()),
        Field::DataWorldName => warning(takes_place(&credentials.dataworld.account)),
        Field::DomoName => warning(takes_place(&credentials.domo.account)),
        Field::InputDataSet => {
            let said = said(&details.input.dataset, |data_set| {
                let rows = data_set.stated_rows().map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
                Known::Fact(format!("DataSet: {}{rows}.", data_set.name))
            });
            let word = details.input.needs_word().then(|| details.input.why_word());
            [said, warning(details.input.unshown()), warning(other_instance(model)), warning(word)].concat()
        }
        Field::Dataset | Field::DatasetId if model.wrong(field).is_some() => Vec::new(),
        Field::Dataset | Field::DatasetId => {
            said(&details.output.dataset, |dataset| Known::Fact(format!("{}: you may write here.", dataset.key)))
        }
        Field::Files | Field::FileName => warning(replaced(model)),
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
            [user, domo, warning(credentials.half_set())].concat()
        }
        Step::Details if model.step == step => {
            [Field::InputDataSet, Field::Dataset].into_iter().flat_map(|field| of_field(model, field)).collect()
        }
        _ => Vec::new(),
    }
}

fn warning(sentence: Option<impl fmt::Display>) -> Vec<Known> {
    sentence.map(|sentence| Known::Warning(sentence.to_string())).into_iter().collect()
}

fn said<T>(slot: &Slot<T>, known: impl Fn(&T) -> Known) -> Vec<Known> {
    match &slot.data {
        Remote::Ready(it) => vec![known(it)],
        Remote::Failed(explanation) => vec![Known::Error(format!("{} {}", explanation.what, explanation.advice))],
        Remote::Idle | Remote::Loading => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::accounts::Account;
    use crate::config::Environment;
    use crate::domo::DomoIdentity;
    use crate::secret::Secret;
    use crate::service::Service;
    use crate::wizard::{Msg, Start, update};

    #[test]
    fn what_the_screen_warns_of_is_said() {
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
        let lines = |known: &[Known]| known.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let answer = |model: &mut Model, field, text: &str| {
            update(model, Msg::Go(field));
            update(model, Msg::Paste(Secret::new(text)));
            lines(&of_field(model, field))
        };
        update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Right, KeyModifiers::NONE)));
        let said = answer(&mut model, Field::DataWorldToken, "half-of.it");
        assert!(said.starts_with("Warning: This does not look like a data.world token"), "{said}");
        let said = answer(&mut model, Field::DataWorldName, "analyst");
        assert_eq!(said, "Warning: The account analyst exists: it will get these credentials.");
        let said = lines(&of_pane(&model, Step::Credentials));
        assert!(said.starts_with("Warning: ") && said.contains("DOMO_CLIENT_SECRET"), "{said}");

        model.credentials.domo.account.test =
            Slot::known(DomoIdentity { instance: Some("other".to_owned()), ..DomoIdentity::default() });
        model.step = Step::Details;
        let address = "https://acme.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4/details/data";
        let said = answer(&mut model, Field::InputDataSet, address);
        assert!(
            said.contains("Warning: The address belongs to acme.domo.com, but your credentials are for another"),
            "{said}"
        );
    }
}
