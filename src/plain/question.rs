//! How a field is asked for, and what an answer means.

use crate::secret::Secret;
use crate::wizard::words::{hint, label};
use crate::wizard::{Field, Value};

/// What works at every question.
pub(super) const WAYS: &str = "\"back\" goes back, and \"quit\" leaves.";

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was answered.
    Given,
    /// The one before shall be asked again.
    Back,
}

/// What an answer does to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// It stays as it is.
    Keep,
    /// Its text goes.
    Empty,
    /// It gets another text.
    Write(Secret),
    /// Another choice, from 0; on or off is changed.
    Choose(usize),
}

/// What a field is called where nothing stands around it: on the screen its neighbours say the rest.
pub(super) fn name(field: Field) -> String {
    let name = match field {
        Field::DataWorldToken => "data.world API Token",
        Field::DataWorldAddress => "data.world API address",
        Field::DataWorldName => "Name of the data.world account",
        Field::DomoName => "Name of the Domo account",
        Field::DomoClientId => "Domo client id",
        Field::DomoClientSecret => "Domo client secret",
        Field::DomoInstance => "Domo instance",
        Field::DomoToken => "Domo access token",
        Field::NewOwner => "Owner of the new dataset",
        Field::NewTitle => "Title of the new dataset",
        Field::NewVisibility => "Visibility of the new dataset",
        Field::OnDays => "On which days",
        Field::ActiveTo => "Active hours to",
        Field::RetryMinutes => "Retry every so many minutes",
        Field::RetryAtMost => "Retry at most so many times",
        Field::UpdateMethod => "Update Method of the log of runs",
        Field::Keep => "Keep only the last so many files",
        Field::ExportName => "Name of the export",
        Field::ExportDescription => "Description of the export",
        Field::FileLabel(_) => return format!("Label the file as {}", label(field)),
        _ => label(field),
    };
    name.to_owned()
}

/// The lines that ask for a field, the question last. In brackets stands what Enter alone takes: nothing where what is
/// there would be `wrong`.
pub(super) fn ask(field: Field, value: &Value, has_list: bool, wrong: bool) -> Vec<String> {
    let name = name(field);
    let list = if has_list { ", or \"list\"" } else { "" };
    let kept = |kept: &str| if wrong { String::new() } else { format!(" [{kept}]") };
    match value {
        Value::Text(text) if text.is_empty() => vec![format!("{name}{list}{}:", kept("empty"))],
        Value::Text(text) => vec![format!("{name}{list}{}:", kept(text))],
        Value::Secret(there) => {
            let there = if *there { kept("the one that was entered") } else { String::new() };
            vec![format!("{name}, which is not shown{there}:")]
        }
        Value::Choice { choices, chosen } => {
            let held = choices.get(*chosen).map_or("", String::as_str);
            let question = format!("{name}, a number{}:", kept(&format!("{}, {held}", chosen + 1)));
            numbered(choices).chain([question]).collect()
        }
        Value::Check(on) => vec![format!("{name}, yes or no{}:", kept(if *on { "yes" } else { "no" }))],
        Value::Selected(_) | Value::Nothing => vec![format!("{name}:")],
    }
}

/// Choices by their numbers.
pub(super) fn numbered(choices: &[impl AsRef<str>]) -> impl Iterator<Item = String> {
    choices.iter().enumerate().map(|(at, choice)| format!("  {}. {}", at + 1, choice.as_ref()))
}

/// What helps to answer, without the keys that only the screen has, and what else works here.
pub(super) fn help(field: Field) -> String {
    let hint = hint(field)
        .replace(" ↓ or typing opens the list.", "")
        .replace("press ↓", "answer \"list\"")
        .replace("the time zone below", "the time zone that is asked for later");
    format!("{hint} {WAYS}")
}

/// What an answer means for a field that holds `value`.
///
/// # Errors
/// When it means nothing: a sentence that says what would.
pub(super) fn understand(value: &Value, answer: &str) -> Result<Deed, String> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Ok(Deed::Keep);
    }
    match value {
        Value::Choice { choices, chosen } => {
            let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let named = || choices.iter().position(|choice| choice.eq_ignore_ascii_case(answer));
            match number.filter(|at| *at < choices.len()).or_else(named) {
                Some(at) if at == *chosen => Ok(Deed::Keep),
                Some(at) => Ok(Deed::Choose(at)),
                None => Err(format!("Enter a number from 1 to {}.", choices.len())),
            }
        }
        Value::Check(on) => match answer.to_ascii_lowercase().as_str() {
            "y" | "yes" if !on => Ok(Deed::Choose(0)),
            "n" | "no" if *on => Ok(Deed::Choose(0)),
            "y" | "yes" | "n" | "no" => Ok(Deed::Keep),
            _ => Err("Enter yes or no.".to_owned()),
        },
        _ if answer == "-" => Ok(Deed::Empty),
        _ => Ok(Deed::Write(Secret::new(answer))),
    }
}

/// What an answer means for a field that holds a secret.
pub(super) fn understand_secret(answer: Secret) -> Deed {
    match answer.expose() {
        "" => Deed::Keep,
        "-" => Deed::Empty,
        _ => Deed::Write(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_asked_for_and_understood_by_number_and_name() {
        let value = Value::Choice { choices: vec!["None".to_owned(), "Append date".to_owned()], chosen: 0 };
        let lines = ["  1. None", "  2. Append date", "Append Date or Number to Filename, a number [1, None]:"];
        assert_eq!(ask(Field::Append, &value, false, false), lines);
        assert_eq!(understand(&value, "2"), Ok(Deed::Choose(1)));
        assert_eq!(understand(&value, " append DATE "), Ok(Deed::Choose(1)));
        assert_eq!(understand(&value, "1"), Ok(Deed::Keep));
        assert_eq!(understand(&value, ""), Ok(Deed::Keep));
        for answer in ["0", "3", "date", "-"] {
            assert_eq!(understand(&value, answer), Err("Enter a number from 1 to 2.".to_owned()), "{answer}");
        }
    }

    #[test]
    fn help_names_no_key() {
        for field in [Field::InputDataSet, Field::Dataset, Field::Files] {
            assert!(!help(field).contains('↓'), "{}", help(field));
        }
        assert!(help(Field::InputDataSet).contains("or answer \"list\" to choose"));
        assert!(!help(Field::StartTime).contains("below"), "{}", help(Field::StartTime));
    }

    #[test]
    fn a_check_changes_only_when_the_answer_is_the_other_one() {
        for (on, answer, deed) in [
            (false, "yes", Deed::Choose(0)),
            (false, "no", Deed::Keep),
            (true, "Y", Deed::Keep),
            (true, "n", Deed::Choose(0)),
        ] {
            assert_eq!(understand(&Value::Check(on), answer), Ok(deed));
        }
        assert!(understand(&Value::Check(true), "2").is_err());
    }

    #[test]
    fn text_is_kept_emptied_or_replaced() {
        let value = Value::Text("sales".to_owned());
        assert_eq!(ask(Field::FileName, &value, true, false), ["File Name, or \"list\" [sales]:"]);
        assert_eq!(understand(&value, ""), Ok(Deed::Keep));
        assert_eq!(understand(&value, "-"), Ok(Deed::Empty));
        assert_eq!(understand(&value, "costs"), Ok(Deed::Write(Secret::new("costs"))));
        assert_eq!(understand_secret(Secret::new("-")), Deed::Empty);
        let token = ask(Field::DataWorldToken, &Value::Secret(false), false, true);
        assert_eq!(token, ["data.world API Token, which is not shown:"]);
    }

    #[test]
    fn brackets_hold_what_enter_takes_and_nothing_else() {
        let empty = Value::Text(String::new());
        assert_eq!(ask(Field::ExportDescription, &empty, false, false), ["Description of the export [empty]:"]);
        assert_eq!(ask(Field::FileName, &empty, false, true), ["File Name:"]);
        assert_eq!(ask(Field::StartTime, &Value::Text("25:00".to_owned()), false, true), ["Start time:"]);
        assert_eq!(
            ask(Field::FileLabel(0), &Value::Check(false), false, false),
            ["Label the file as raw data, yes or no [no]:"]
        );
    }
}
