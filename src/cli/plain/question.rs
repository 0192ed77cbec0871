//! Questions about fields, and the meaning of answers.

use crate::text::secret::Secret;
use crate::tui::wizard::words::{hint, label};
use crate::tui::wizard::{Field, FieldValue};

/// Commands that work at every question.
pub(super) const COMMANDS: &str = "\"back\" goes back, and \"quit\" leaves.";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Given,
    /// Repeats the previous question.
    Back,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    Keep,
    Empty,
    Write(Secret),
    /// Picks a choice by index, or toggles a checkbox.
    Choose(usize),
}

/// Label of a field on its own. On the screen, neighbors add context.
pub(super) fn spoken_label(field: Field) -> String {
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

/// Lines that ask for a field; the last is the question. Brackets show what Enter takes; there are none if the current
/// value is `wrong`.
pub(super) fn question_lines(field: Field, value: &FieldValue, has_list: bool, wrong: bool) -> Vec<String> {
    let name = spoken_label(field);
    let list = if has_list { ", or \"list\"" } else { "" };
    let in_brackets = |text: &str| if wrong { String::new() } else { format!(" [{text}]") };
    match value {
        FieldValue::Text(text) if text.is_empty() => vec![format!("{name}{list}{}:", in_brackets("empty"))],
        FieldValue::Text(text) => vec![format!("{name}{list}{}:", in_brackets(text))],
        FieldValue::Secret(is_there) => {
            let current = if *is_there { in_brackets("the one that was entered") } else { String::new() };
            vec![format!("{name}, which is not shown{current}:")]
        }
        FieldValue::Choice { choices, chosen } => {
            let current = choices.get(*chosen).map_or("", String::as_str);
            let question = format!("{name}, a number{}:", in_brackets(&format!("{}, {current}", chosen + 1)));
            numbered(choices).chain([question]).collect()
        }
        FieldValue::Check(on) => vec![format!("{name}, yes or no{}:", in_brackets(if *on { "yes" } else { "no" }))],
        FieldValue::Selected(_) | FieldValue::Nothing => vec![format!("{name}:")],
    }
}

pub(super) fn numbered(choices: &[impl AsRef<str>]) -> impl Iterator<Item = String> {
    choices.iter().enumerate().map(|(at, choice)| format!("  {}. {}", at + 1, choice.as_ref()))
}

/// The hint without keys of the screen, followed by the commands.
pub(super) fn help(field: Field) -> String {
    let hint = hint(field)
        .replace(" ↓ or typing opens the list.", "")
        .replace("press ↓", "answer \"list\"")
        .replace("the time zone below", "the time zone that is asked for later");
    format!("{hint} {COMMANDS}")
}

/// Parses an answer for a field with `value`.
///
/// # Errors
/// Returns a sentence about valid answers.
pub(super) fn parse_answer(value: &FieldValue, answer: &str) -> Result<Edit, String> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Ok(Edit::Keep);
    }
    match value {
        FieldValue::Choice { choices, chosen } => {
            let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let by_name = || choices.iter().position(|choice| choice.eq_ignore_ascii_case(answer));
            match number.filter(|at| *at < choices.len()).or_else(by_name) {
                Some(at) if at == *chosen => Ok(Edit::Keep),
                Some(at) => Ok(Edit::Choose(at)),
                None => Err(format!("Enter a number from 1 to {}.", choices.len())),
            }
        }
        FieldValue::Check(on) => match answer.to_ascii_lowercase().as_str() {
            "y" | "yes" if !on => Ok(Edit::Choose(0)),
            "n" | "no" if *on => Ok(Edit::Choose(0)),
            "y" | "yes" | "n" | "no" => Ok(Edit::Keep),
            _ => Err("Enter yes or no.".to_owned()),
        },
        _ if answer == "-" => Ok(Edit::Empty),
        _ => Ok(Edit::Write(Secret::new(answer))),
    }
}

pub(super) fn parse_secret(answer: Secret) -> Edit {
    match answer.expose() {
        "" => Edit::Keep,
        "-" => Edit::Empty,
        _ => Edit::Write(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_asked_for_and_understood_by_number_and_name() {
        let value = FieldValue::Choice { choices: vec!["None".to_owned(), "Append date".to_owned()], chosen: 0 };
        let lines = ["  1. None", "  2. Append date", "Append Date or Number to Filename, a number [1, None]:"];
        assert_eq!(question_lines(Field::Append, &value, false, false), lines);
        assert_eq!(parse_answer(&value, "2"), Ok(Edit::Choose(1)));
        assert_eq!(parse_answer(&value, " append DATE "), Ok(Edit::Choose(1)));
        assert_eq!(parse_answer(&value, "1"), Ok(Edit::Keep));
        assert_eq!(parse_answer(&value, ""), Ok(Edit::Keep));
        for answer in ["0", "3", "date", "-"] {
            assert_eq!(parse_answer(&value, answer), Err("Enter a number from 1 to 2.".to_owned()), "{answer}");
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
        for (on, answer, edit) in [
            (false, "yes", Edit::Choose(0)),
            (false, "no", Edit::Keep),
            (true, "Y", Edit::Keep),
            (true, "n", Edit::Choose(0)),
        ] {
            assert_eq!(parse_answer(&FieldValue::Check(on), answer), Ok(edit));
        }
        assert!(parse_answer(&FieldValue::Check(true), "2").is_err());
    }

    #[test]
    fn text_is_kept_emptied_or_replaced() {
        let value = FieldValue::Text("sales".to_owned());
        assert_eq!(question_lines(Field::FileName, &value, true, false), ["File Name, or \"list\" [sales]:"]);
        assert_eq!(parse_answer(&value, ""), Ok(Edit::Keep));
        assert_eq!(parse_answer(&value, "-"), Ok(Edit::Empty));
        assert_eq!(parse_answer(&value, "costs"), Ok(Edit::Write(Secret::new("costs"))));
        assert_eq!(parse_secret(Secret::new("-")), Edit::Empty);
        let token = question_lines(Field::DataWorldToken, &FieldValue::Secret(false), false, true);
        assert_eq!(token, ["data.world API Token, which is not shown:"]);
    }

    #[test]
    fn brackets_hold_what_enter_takes_and_nothing_else() {
        let empty = FieldValue::Text(String::new());
        assert_eq!(
            question_lines(Field::ExportDescription, &empty, false, false),
            ["Description of the export [empty]:"]
        );
        assert_eq!(question_lines(Field::FileName, &empty, false, true), ["File Name:"]);
        assert_eq!(
            question_lines(Field::StartTime, &FieldValue::Text("25:00".to_owned()), false, true),
            ["Start time:"]
        );
        assert_eq!(
            question_lines(Field::FileLabel(0), &FieldValue::Check(false), false, false),
            ["Label the file as raw data, yes or no [no]:"]
        );
    }
}
