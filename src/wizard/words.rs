//! The words of the fields: what they are called, what helps to fill them, and sentences about what is known.

use super::{Field, Model};
use crate::accounts::SecretHome;
use crate::explain::Explanation;
use crate::figures;

/// What a field is called, in the words of Domo's connector where it has it.
pub fn label(field: Field) -> &'static str {
    match field {
        Field::DataWorldAccount => "data.world account",
        Field::DataWorldToken => "API Token",
        Field::DataWorldAddress => "API address",
        Field::DataWorldName | Field::DomoName => "Account name",
        Field::DomoAccount => "Domo account",
        Field::DomoMethod => "Domo credentials",
        Field::DomoClientId => "Client id",
        Field::DomoClientSecret => "Client secret",
        Field::DomoInstance => "Instance",
        Field::DomoToken => "Developer token",
        Field::InputDataSet => "Input DataSet ID",
        Field::OwnerConfirmed => "I am an owner or co-owner of this DataSet",
        Field::DatasetMethod => "Select data.world DataSet Method",
        Field::Dataset | Field::DatasetId => "data.world DataSet",
        Field::NewOwner => "Owner",
        Field::NewTitle => "Title",
        Field::NewVisibility => "Visibility",
        Field::FileMethod => "Select File Name Method",
        Field::Files => "Files",
        Field::FileName => "File Name",
        Field::Append => "Append Date or Number to Filename",
        Field::Start => "Start",
        Field::Progress => "Run",
        Field::ExportName => "Save as",
    }
}

/// What the choices of a field are called, in order. The accounts name themselves
/// ([`super::credentials::Source::label`]), and so do owners.
pub fn choices(field: Field) -> &'static [&'static str] {
    match field {
        Field::DomoMethod => &["client id and secret", "developer token"],
        Field::DatasetMethod => &["select", "enter id"],
        Field::NewVisibility => &["open", "private"],
        Field::FileMethod => &["select", "enter"],
        Field::Append => &["None", "Append date", "Append number"],
        _ => &[],
    }
}

/// What helps to fill a field.
pub fn hint(field: Field) -> &'static str {
    match field {
        Field::DataWorldAccount | Field::DomoAccount => "Use an account again, or enter a new one.",
        Field::DataWorldToken => {
            "data.world › Settings › Advanced. Domo's connector calls the place \"User Settings >> Advanced Tab\". \
             The token has to be one that may read and write."
        }
        Field::DataWorldAddress => {
            "Leave it empty for https://api.data.world, which private instances use too. Only in a customer VPC it is \
             https://api.<customer>.data.world."
        }
        Field::DataWorldName => "What you call this account. Left empty, it is named after its user.",
        Field::DomoName => "What you call this account. Left empty, it is named after the instance.",
        Field::DomoMethod => {
            "A client is made under Admin › Authentication › API Clients; a developer token under Access tokens, and \
             it can also tell whether you own a DataSet."
        }
        Field::DomoClientId => "Domo › Admin › Authentication › API Clients. It is not your e-mail address.",
        Field::DomoClientSecret => {
            "Shown once, when the client was made. Your Domo password is not a client secret, and does not work here."
        }
        Field::DomoInstance => "acme, acme.domo.com, or any address of your Domo.",
        Field::DomoToken => "Domo › Admin › Authentication › Access tokens. Shown once, when it was made.",
        Field::InputDataSet => "Paste the DataSet's address from Domo, or press ↓ to choose from your DataSets.",
        Field::OwnerConfirmed => crate::explain::OWNER_RULE,
        Field::DatasetMethod => "Choose the data.world dataset from a list, or enter its id.",
        Field::Dataset => "The data.world dataset that the file goes to. ↓ opens the list.",
        Field::DatasetId => "owner/id, or the dataset's address from the browser.",
        Field::NewOwner => "You, or one of your organisations.",
        Field::NewTitle => "1 to 60 characters. data.world makes the id from it.",
        Field::NewVisibility => "Private: those it is shared with. Open: everyone who can see the owner's page.",
        Field::FileMethod => "Choose one of the dataset's files, or enter a name.",
        Field::Files => "The file to replace. ↓ opens the list.",
        Field::FileName => "Without the extension. A file of the same name is replaced.",
        Field::Append => {
            "None: the file is replaced on every run. Date: a new file every day. Number: a new file every run."
        }
        Field::Start => "Nothing has been sent yet.",
        Field::Progress => "",
        Field::ExportName => "The name to run it by, later and on a schedule.",
    }
}

/// Where a secret will be kept, as a sentence that is on screen before it is typed.
pub fn keeping(home: Option<&SecretHome>) -> String {
    match home {
        None => "looking for the keyring…".to_owned(),
        Some(SecretHome::Keyring(name)) => format!("Secrets are kept in {name}, never in a file."),
        Some(SecretHome::Environment(name)) => format!("The secret comes from {name}, and is never saved."),
        Some(SecretHome::Session(why)) => format!(
            "{} Secrets last until Writeback ends. To have them every time, set DW_AUTH_TOKEN, and \
             DOMO_CLIENT_ID with DOMO_CLIENT_SECRET or DOMO_DEVELOPER_TOKEN with DOMO_INSTANCE.",
            full_stop(why)
        ),
    }
}

/// An explanation in one line.
pub(super) fn sentence(explanation: &Explanation) -> String {
    [explanation.what.as_str(), explanation.advice.as_str()].join(" ").trim().to_owned()
}

/// That a file will be replaced, with its size and date; `None` when none will.
pub fn replaced(model: &Model) -> Option<String> {
    let file = model.replaced()?;
    let size = file.size.map(figures::bytes);
    let date = file.updated.or(file.created).map(|date| date.format("%-d %b %Y %H:%M UTC").to_string());
    let known: Vec<String> = size.into_iter().chain(date).collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    Some(format!("{} exists{known}: it will be replaced.", file.name))
}

fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
