//! Texts of the wizard's fields: labels, choices, hints, and notes about known facts.

use std::sync::LazyLock;

use super::credentials::Section;
use super::{Draft, Field, Model, Step};
use crate::accounts::SecretHome;
use crate::export::Label;
use crate::export::schedule::CLOCK_RULE;
use crate::text::format;
use crate::text::terminal_text::printable;

static ZONE_HINT: LazyLock<String> =
    LazyLock::new(|| format!("UTC, as in Domo, or a zone like America/Denver. {CLOCK_RULE}"));

/// Labels, in the words of Domo's connector where it has the field.
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
        Field::DomoToken => "Access token",
        Field::InputDataSet => "Input DataSet ID",
        Field::OwnerConfirmed => "I am an owner or co-owner of this DataSet",
        Field::UnownedConfirmed => "Export it all the same: this account sees all rows",
        Field::DatasetMethod => "Select data.world DataSet Method",
        Field::Dataset | Field::DatasetId => "data.world DataSet",
        Field::NewOwner => "Owner",
        Field::NewTitle => "Title",
        Field::NewVisibility => "Visibility",
        Field::FileMethod => "Select File Name Method",
        Field::Files => "Files",
        Field::FileName => "File Name",
        Field::Append => "Append Date or Number to Filename",
        Field::ScheduleMode => "Scheduling",
        Field::Interval => "Update interval",
        Field::Every => "Every",
        Field::OnDays => "On",
        Field::StartTime => "Start time",
        Field::ActiveFrom => "Active hours from",
        Field::ActiveTo => "to",
        Field::MonthDays => "Days of the month",
        Field::ByInterval => "Runs",
        Field::AdvancedInterval => "Every",
        Field::StartAtOnce => "Start immediately",
        Field::Cron => "Cron expression",
        Field::StartDate => "Start date",
        Field::TimeZone => "Time zone",
        Field::Retry => "Always retry when an update fails",
        Field::RetryMinutes => "Retry every",
        Field::RetryAtMost => "at most",
        Field::UpdateMethod => "Update Method",
        Field::OnlyWhenUpdated => "Only when updated",
        Field::Keep => "Keep last",
        Field::ExportName => "Name",
        Field::ExportDescription => "Description",
        Field::FileDescription => "The file's description",
        Field::FileLabel(at) => Label::ALL.get(at).map_or("", |label| label.as_str()),
        Field::Start => "Start",
        Field::Progress => "Run",
    }
}

/// Labels of a field's choices, in order. Accounts ([`super::credentials::Source::label`]) and owners have their own.
pub fn choices(field: Field) -> &'static [&'static str] {
    match field {
        Field::DomoMethod => &["client id and secret", "access token"],
        Field::DatasetMethod => &["select", "enter id"],
        Field::NewVisibility => &["open", "private"],
        Field::FileMethod => &["select", "enter"],
        Field::Append => &["None", "Append date", "Append number"],
        Field::ScheduleMode => &["Basic Scheduling", "Advanced Scheduling", "Cron"],
        Field::Interval => &["Manually", "Every hour", "Every day", "Every weekday", "Every week", "Every month"],
        Field::ByInterval => &["at a time", "at an interval"],
        Field::UpdateMethod => &["Append", "Replace"],
        _ => &[],
    }
}

pub fn hint(field: Field) -> &'static str {
    match field {
        Field::DataWorldAccount | Field::DomoAccount => "Choose a saved account, or enter a new one.",
        Field::DataWorldToken => {
            "The \"Read/Write\" token from data.world › Settings › Advanced, which Domo's connector calls \"User \
             Setting >> Advanced Tab\". If no tokens are shown there, an administrator has hidden them: ask one."
        }
        Field::DataWorldAddress => {
            "Leave it empty for https://api.data.world, which private instances use too. Only a customer VPC has its \
             own: https://api.<customer>.data.world."
        }
        Field::DataWorldName => "Your name for this account. If empty, it is named after its user.",
        Field::DomoName => "Your name for this account. If empty, it is named after the instance.",
        Field::DomoMethod => {
            "Create a client under Admin › Authentication › API Clients, or an access token under Access tokens; the \
             token can also prove that you own a DataSet, and tells what kind of DataSet it is."
        }
        Field::DomoClientId => "Domo › Admin › Authentication › API Clients. It is not your e-mail address.",
        Field::DomoClientSecret => {
            "Shown once, when the client was created. Your Domo password is not a client secret, and does not work \
             here."
        }
        Field::DomoInstance => "acme, acme.domo.com, or any address in your Domo.",
        Field::DomoToken => "Domo › Admin › Authentication › Access tokens. Shown once, when it was created.",
        Field::InputDataSet => "Paste the DataSet's address from Domo, or press ↓ to choose from your DataSets.",
        Field::OwnerConfirmed | Field::UnownedConfirmed => crate::explain::OWNER_RULE,
        Field::DatasetMethod => "Choose the data.world dataset from a list, or enter its id.",
        Field::Dataset => "The data.world dataset that the file goes to. ↓ or typing opens the list.",
        Field::DatasetId => "owner/id, or the dataset's address from the browser.",
        Field::NewOwner => "You, or one of your organizations.",
        Field::NewTitle => "1 to 60 characters. data.world makes the id from it.",
        Field::NewVisibility => {
            "Private: visible to those it is shared with. Open: to everyone who can see the \
                                 owner's page."
        }
        Field::FileMethod => "Choose one of the dataset's files, or enter a name.",
        Field::Files => "The file to replace. ↓ or typing opens the list.",
        Field::FileName => "Without the extension. A file with the same name is replaced.",
        Field::Append => {
            "None: the file is replaced on every run. Append date: a new file every day. Append number: a new file \
             every run."
        }
        Field::ScheduleMode => {
            "Basic: every few hours, days or weeks. Advanced: certain days of the month. Use one or the other."
        }
        Field::Interval => {
            "Manually: it runs when you run it. Otherwise a scheduler runs it, once the schedule is \
                            handed over to it."
        }
        Field::Every => "How many hours, days or weeks there are between two runs.",
        Field::OnDays => {
            "Every week: days like Mon, Thu. Every month: a day, 1 to 31; in a shorter month, its last day."
        }
        Field::StartTime => "When the run starts, like 06:30, in the time zone below.",
        Field::ActiveFrom => "The first run of each day. The others are counted from it.",
        Field::ActiveTo => "No runs from this time on. It may be past midnight. Empty: the whole day.",
        Field::MonthDays => {
            "1, 15; or 2nd Sunday, 4th Sunday; or last Friday. 31 is the last day. Empty, with an interval: every day."
        }
        Field::ByInterval => "Once, at a set time, or repeatedly, at an interval.",
        Field::AdvancedInterval => "15 minutes, 8 hours.",
        Field::StartAtOnce => "The first run starts as soon as the schedule is handed over to a scheduler.",
        Field::Cron => "Minute, hour, day of the month, month, day of the week: 30 6 * * 1-5.",
        Field::StartDate => {
            "Nothing runs before it. \"Every 2 weeks\" is counted from it or, without one, from the \
                             first run."
        }
        Field::TimeZone => ZONE_HINT.as_str(),
        Field::Retry => "For scheduled runs, not manual ones. Off: \"Do not retry when update fails\".",
        Field::RetryMinutes => "Minutes between attempts.",
        Field::RetryAtMost => "The most attempts after the first.",
        Field::UpdateMethod => {
            "How the log of runs is kept. Append: every run is a row. Replace: the latest run only. The file itself is \
             written as Details says."
        }
        Field::OnlyWhenUpdated => {
            "A run is skipped when the DataSet's data has not changed since the last successful \
                                   run."
        }
        Field::Keep => {
            "How many of the files that this export wrote are kept. Older ones are deleted after a proven \
                        run."
        }
        Field::ExportName => "What you run it by. Its definition is named after it.",
        Field::ExportDescription => "What the export is for: a note for you and your colleagues.",
        Field::FileDescription => "What data.world shows beside the file, up to 120 characters. Empty: left as it is.",
        Field::FileLabel(_) => "The labels that data.world shows beside the file. None: left as they are.",
        Field::Start => "Nothing has been sent yet.",
        Field::Progress => "",
    }
}

/// Tells where secrets will be kept; shown before one is typed.
pub fn secret_storage(home: Option<&SecretHome>) -> String {
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

pub fn replaced_file(model: &Model) -> Option<String> {
    let file = model.replaced_file()?;
    let date = file.updated.or(file.created);
    let known = format::in_brackets([file.size.map(format::bytes), date.map(format::moment)]);
    Some(format!("{} exists{known}: it will be replaced.", file.name))
}

pub fn replaced_account<I>(section: &Section<I>) -> Option<String> {
    Some(format!("The account {} exists: it will get these credentials.", section.replaces()?.name))
}

pub fn other_instance(model: &Model) -> Option<String> {
    let instance = model.other_instance()?;
    Some(format!("The address belongs to {instance}.domo.com, but your credentials are for another instance."))
}

/// Names the export that is edited or copied. The Run pane names it itself.
pub fn subject(model: &Model) -> Option<String> {
    match (&model.saved_as, &model.copy_of) {
        _ if model.step == Step::Run => None,
        (Some(name), _) => Some(format!("editing {name}")),
        (None, Some(name)) => Some(format!("copy of {name}")),
        (None, None) => None,
    }
}

pub fn unsaved(model: &Model) -> String {
    let name = model.run.export.as_ref().map(|export| printable(&export.name).into_owned()).unwrap_or_default();
    match model.saved_as {
        Some(_) => format!("What you changed of {name} is not saved. Without saving it, it is lost."),
        None => format!("{name} is not saved. Without saving it, you would have to set it up again."),
    }
}

pub fn draft_question(draft: &Draft) -> String {
    let what = match (&draft.edits, draft.name(), draft.destination(), draft.input()) {
        (Some(name), ..) => format!("to change {}", printable(name)),
        (_, Some(name), ..) => format!("the export {}", printable(name)),
        (_, _, Some(file), _) => format!("an export to {}", printable(&file)),
        (.., Some(input)) => format!("an export of DataSet {}", printable(input)),
        _ => "an export".to_owned(),
    };
    format!("You started {what} on {}. Continue with it?", draft.began.format("%-d %b %Y"))
}

fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words come from Domo's pages "data.world Writeback Connector" and "Adding a DataSet Using a Connector".
    #[test]
    fn labels_match_the_words_of_domos_pages() {
        for (field, words) in [
            (Field::DataWorldToken, "API Token"),
            (Field::InputDataSet, "Input DataSet ID"),
            (Field::DatasetMethod, "Select data.world DataSet Method"),
            (Field::Dataset, "data.world DataSet"),
            (Field::DatasetId, "data.world DataSet"),
            (Field::FileMethod, "Select File Name Method"),
            (Field::FileName, "File Name"),
            (Field::Files, "Files"),
            (Field::Append, "Append Date or Number to Filename"),
            (Field::ScheduleMode, "Scheduling"),
            (Field::StartAtOnce, "Start immediately"),
            (Field::UpdateMethod, "Update Method"),
            (Field::Retry, "Always retry when an update fails"),
        ] {
            assert_eq!(label(field), words);
        }
        assert_eq!(choices(Field::Append), ["None", "Append date", "Append number"]);
        assert_eq!(choices(Field::ScheduleMode)[..2], ["Basic Scheduling", "Advanced Scheduling"]);
        let intervals = ["Manually", "Every hour", "Every day", "Every weekday", "Every week", "Every month"];
        assert_eq!(choices(Field::Interval), intervals);
        assert_eq!(choices(Field::UpdateMethod), ["Append", "Replace"]);
        assert!(hint(Field::DataWorldToken).contains("\"User Setting >> Advanced Tab\""));
        assert!(hint(Field::Retry).contains("\"Do not retry when update fails\""));
        for choice in choices(Field::Append) {
            assert!(hint(Field::Append).contains(&format!("{choice}: ")), "{choice}");
        }
        let rule = "The owner of a writeback dataset must also be an owner or co-owner of the input dataset.";
        assert_eq!(hint(Field::OwnerConfirmed), rule);
        let panes: Vec<&str> = Step::labels().map(|(_, label)| label).take(3).collect();
        assert_eq!(panes, ["Credentials", "Details", "Scheduling"]);
    }
}
