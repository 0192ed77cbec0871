//! How a field is asked for, and what an answer means.

use crate::secret::Secret;
use crate::wizard::words::hint;
use crate::wizard::{Field, Value};

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

/// The lines that ask for a field.
pub(super) fn ask(label: &str, value: &Value, has_list: bool) -> Vec<String> {
    let list = if has_list { ", or \"list\"" } else { "" };
    match value {
        Value::Text(text) if text.is_empty() => vec![format!("{label}{list}:")],
        Value::Text(text) => vec![format!("{label}{list} [{text}]:")],
        Value::Secret(false) => vec![format!("{label}, which is not shown:")],
        Value::Secret(true) => vec![format!("{label}, which is not shown [the one that was entered]:")],
        Value::Choice { choices, chosen } => {
            let choices = choices.iter().enumerate().map(|(at, choice)| format!("  {}. {choice}", at + 1));
            let question = format!("{label}, a number [{}]:", chosen + 1);
            std::iter::once(question).chain(choices).collect()
        }
        Value::Check(on) => vec![format!("{label}, yes or no [{}]:", if *on { "yes" } else { "no" })],
        Value::Selected(_) | Value::Nothing => vec![format!("{label}:")],
    }
}

/// What helps to answer, without the keys that only the screen has.
pub(super) fn help(field: Field) -> String {
    hint(field).replace(" ↓ or typing opens the list.", "").replace("press ↓", "answer \"list\"")
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
        assert_eq!(ask("Append", &value, false), ["Append, a number [1]:", "  1. None", "  2. Append date"]);
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
        assert_eq!(ask("File Name", &value, true), ["File Name, or \"list\" [sales]:"]);
        assert_eq!(understand(&value, ""), Ok(Deed::Keep));
        assert_eq!(understand(&value, "-"), Ok(Deed::Empty));
        assert_eq!(understand(&value, "costs"), Ok(Deed::Write(Secret::new("costs"))));
        assert_eq!(understand_secret(Secret::new("-")), Deed::Empty);
        assert_eq!(ask("API Token", &Value::Secret(false), false), ["API Token, which is not shown:"]);
    }
}
