//! A field asked line by line: its question, and what an answer means.

use std::collections::BTreeSet;
use std::fmt;

use super::spec::{FieldSpec, Kind, Note};
use super::values::{Value, Values};
use super::{Field, Intent};
use crate::text::secret::Secret;

/// Commands that work at every question.
pub const COMMANDS: &str = "\"back\" goes back, and \"quit\" leaves.";

/// Lines that ask for a field; the last is the question. Brackets show what Enter takes; there are none if the current
/// value is wrong.
pub fn question<M>(spec: &FieldSpec<M>, state: &M, values: &Values, is_wrong: bool) -> Vec<String> {
    let name = spec.spoken_label();
    let list = if spec.has_list { ", or \"list\"" } else { "" };
    let in_brackets = |text: &str| if is_wrong { String::new() } else { format!(" [{text}]") };
    let choices = spec.choices(state);
    if let Value::Several(several) = values.get(spec.value_of()) {
        let chosen = labels_of(&several.chosen, &choices);
        let current = in_brackets(if chosen.is_empty() { "none" } else { &chosen });
        return numbered(&choices).chain([format!("{name}, numbers or names{current}:")]).collect();
    }
    if !choices.is_empty() {
        let chosen = spec.chosen(state, values);
        let current = choices.get(chosen).map_or("", String::as_str);
        let question = format!("{name}, a number{}:", in_brackets(&format!("{}, {current}", chosen + 1)));
        return numbered(&choices).chain([question]).collect();
    }
    let question = match values.get(spec.value_of()) {
        Value::Text(input) if input.value().is_empty() => format!("{name}{list}{}:", in_brackets("empty")),
        Value::Text(input) => format!("{name}{list}{}:", in_brackets(input.value())),
        Value::Secret(secret) if secret.value.is_empty() => format!("{name}, which is not shown:"),
        Value::Secret(_) => format!("{name}, which is not shown{}:", in_brackets("the one that was entered")),
        Value::Check(on) => format!("{name}, yes or no{}:", in_brackets(if *on { "yes" } else { "no" })),
        Value::Picked(_) | Value::Choice(_) | Value::Several(_) | Value::None => format!("{name}:"),
    };
    vec![question]
}

pub fn numbered(choices: &[impl AsRef<str>]) -> impl Iterator<Item = String> {
    choices.iter().enumerate().map(|(at, choice)| format!("  {}. {}", at + 1, choice.as_ref()))
}

pub fn help<M>(spec: &FieldSpec<M>) -> String {
    format!("{} {COMMANDS}", spec.hint_in_lines())
}

/// The intent of an answer; `None` keeps the value.
///
/// # Errors
/// Returns a sentence about valid answers.
pub fn intent<M>(spec: &FieldSpec<M>, state: &M, answer: &str) -> Result<Option<Intent>, String> {
    let (field, answer) = (spec.field, answer.trim());
    if answer.is_empty() {
        return Ok(None);
    }
    match spec.kind {
        Kind::Choice(_) | Kind::Item { .. } => {
            let choices = spec.choices(state);
            let by_name = || choices.iter().position(|choice| choice.eq_ignore_ascii_case(answer));
            match number(answer).filter(|at| *at < choices.len()).or_else(by_name) {
                Some(at) => Ok(Some(Intent::Choose(field, at))),
                None => Err(format!("Enter a number from 1 to {}.", choices.len())),
            }
        }
        Kind::Several(options) => match options_of(spec, answer) {
            Some(chosen) => Ok(Some(Intent::Mark(field, chosen))),
            None => Err(format!("Enter numbers from 1 to {}, like 1, 3. - chooses none.", options.len())),
        },
        Kind::Check => match answer.to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(Some(Intent::Choose(field, 1))),
            "n" | "no" => Ok(Some(Intent::Choose(field, 0))),
            _ => Err("Enter yes or no.".to_owned()),
        },
        _ => Ok(secret_intent(field, Secret::new(answer))),
    }
}

/// The options that a text names, by their numbers, ranges of them, or names; `-` is none of them.
pub(crate) fn options_of<M>(spec: &FieldSpec<M>, text: &str) -> Option<BTreeSet<usize>> {
    let Kind::Several(options) = spec.kind else { return None };
    let at = |text: &str| number(text.trim()).filter(|at| *at < options.len());
    let range = |text: &str| {
        let (first, last) = text.split_once('-')?;
        Some(at(first)?..at(last)? + 1).filter(|range| !range.is_empty())
    };
    let named = |text: &str| options.iter().position(|option| option.eq_ignore_ascii_case(text));
    let part = |text: &str| range(text).or_else(|| at(text).or_else(|| named(text)).map(|at| at..at + 1));
    let parts = |separators: &[char]| {
        let parts = text.split(separators).map(str::trim).filter(|text| !text.is_empty());
        parts.map(part).collect::<Option<Vec<_>>>().map(|ranges| ranges.into_iter().flatten().collect())
    };
    if text.trim() == "-" {
        return Some(BTreeSet::new());
    }
    parts(&[',']).or_else(|| parts(&[',', ' '])).or_else(|| (spec.options_of)(text))
}

/// The labels of the chosen options, as [`options_of`] understands them.
pub(crate) fn labels_of(chosen: &BTreeSet<usize>, options: &[impl AsRef<str>]) -> String {
    let labels = chosen.iter().filter_map(|at| options.get(*at).map(AsRef::as_ref));
    labels.collect::<Vec<_>>().join(", ")
}

/// The index of an item that was answered by its number.
pub fn number(answer: &str) -> Option<usize> {
    answer.parse::<usize>().ok()?.checked_sub(1)
}

/// The intent of an answer that is a text; `None` keeps the value.
pub fn secret_intent(field: Field, answer: Secret) -> Option<Intent> {
    match answer.expose() {
        "" => None,
        "-" => Some(Intent::Set(field, Secret::default())),
        _ => Some(Intent::Set(field, answer)),
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(text) | Self::Running(text) | Self::Hint(text) => f.write_str(text),
            Self::Warning(text) => write!(f, "Warning: {text}"),
            Self::Failed(text) => write!(f, "Error: {text}"),
            Self::Details(facts) => f.write_str(&facts.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::form::{Group, Layout, Part};

    const FILE: Field = Field::new("file");
    const APPEND: Field = Field::new("append");
    const TOKEN: Field = Field::new("token");
    const LABEL: Field = Field::new("label");
    const TIME: Field = Field::new("time");

    const DAYS: Field = Field::new("days");

    static FIELDS: [FieldSpec<()>; 6] = [
        FieldSpec::text("File Name", "").identified_by(FILE).listed().hint_of(&[
            Part::Text("Paste it, or "),
            Part::Either("press ↓", "answer \"list\""),
            Part::Text(" to choose."),
        ]),
        FieldSpec::choice("Append", &["None", "Append date"]).identified_by(APPEND),
        FieldSpec::secret("API Token", "").identified_by(TOKEN).spoken("data.world API Token"),
        FieldSpec::check("raw data").identified_by(LABEL).spoken("Label the file as raw data"),
        FieldSpec::text("Start time", "").identified_by(TIME).hint_of(&[
            Part::Text("In the time zone "),
            Part::Either("below", "that is asked for later"),
            Part::Text("."),
        ]),
        FieldSpec::several("On", &["Mon", "Tue", "Wed", "raw data"])
            .identified_by(DAYS)
            .spoken("On which days")
            .worded(|text| (text == "all").then(|| (0..3).collect())),
    ];
    static GROUPS: [Group<()>; 1] = [Group::new(&FIELDS, Layout::Beside)];

    fn ask(at: usize, values: &Values, is_wrong: bool) -> Vec<String> {
        question(&FIELDS[at], &(), values, is_wrong)
    }

    fn answer(at: usize, answer: &str) -> String {
        match intent(&FIELDS[at], &(), answer) {
            Ok(intent) => intent.map_or("keep".to_owned(), |intent| match intent {
                Intent::Set(field, text) => format!("set {field:?} {}", text.expose()),
                other => format!("{other:?}"),
            }),
            Err(sentence) => sentence,
        }
    }

    #[test]
    fn a_choice_is_asked_for_and_understood_by_number_and_name() {
        let values = Values::new(&GROUPS);
        assert_eq!(ask(1, &values, false), ["  1. None", "  2. Append date", "Append, a number [1, None]:"]);
        for (said, meant) in [
            ("2", "Choose(append, 1)"),
            (" append DATE ", "Choose(append, 1)"),
            ("1", "Choose(append, 0)"),
            ("", "keep"),
            ("0", "Enter a number from 1 to 2."),
            ("3", "Enter a number from 1 to 2."),
            ("date", "Enter a number from 1 to 2."),
            ("-", "Enter a number from 1 to 2."),
        ] {
            assert_eq!(answer(1, said), meant, "{said}");
        }
    }

    #[test]
    fn several_options_are_answered_by_numbers_ranges_and_names() {
        let mut values = Values::new(&GROUPS);
        assert_eq!(ask(5, &values, false).pop().unwrap(), "On which days, numbers or names [none]:");
        values.set(DAYS, Value::several([0, 3]));
        assert_eq!(ask(5, &values, false).pop().unwrap(), "On which days, numbers or names [Mon, raw data]:");
        for (said, meant) in [
            ("1, 3", "Mark(days, {0, 2})"),
            ("1 3", "Mark(days, {0, 2})"),
            ("1-3", "Mark(days, {0, 1, 2})"),
            ("raw data, mon", "Mark(days, {0, 3})"),
            ("all", "Mark(days, {0, 1, 2})"),
            ("-", "Mark(days, {})"),
            ("", "keep"),
            ("3-1", "Enter numbers from 1 to 4, like 1, 3. - chooses none."),
            ("5", "Enter numbers from 1 to 4, like 1, 3. - chooses none."),
            ("Mon, x", "Enter numbers from 1 to 4, like 1, 3. - chooses none."),
        ] {
            assert_eq!(answer(5, said), meant, "{said}");
        }
    }

    #[test]
    fn help_names_no_key_and_the_screen_does() {
        assert_eq!(help(&FIELDS[0]), format!("Paste it, or answer \"list\" to choose. {COMMANDS}"));
        assert_eq!(FIELDS[0].hint_on_screen("↓"), "Paste it, or press ↓ to choose.");
        assert_eq!(help(&FIELDS[4]), format!("In the time zone that is asked for later. {COMMANDS}"));
        assert_eq!(FIELDS[4].hint_on_screen("↓"), "In the time zone below.");
    }

    #[test]
    fn a_check_is_answered_by_yes_or_no() {
        let values = Values::new(&GROUPS);
        assert_eq!(ask(3, &values, false), ["Label the file as raw data, yes or no [no]:"]);
        for (said, meant) in [("yes", "Choose(label, 1)"), ("Y", "Choose(label, 1)"), ("n", "Choose(label, 0)")] {
            assert_eq!(answer(3, said), meant);
        }
        assert_eq!(answer(3, "2"), "Enter yes or no.");
    }

    #[test]
    fn text_is_kept_emptied_or_replaced() {
        let mut values = Values::new(&GROUPS);
        values.set(FILE, Value::text("sales"));
        assert_eq!(ask(0, &values, false), ["File Name, or \"list\" [sales]:"]);
        for (said, meant) in [("", "keep"), ("-", "set file "), ("costs", "set file costs")] {
            assert_eq!(answer(0, said), meant);
        }
        assert!(matches!(secret_intent(TOKEN, Secret::new("-")), Some(Intent::Set(_, text)) if text.is_empty()));
        assert_eq!(ask(2, &values, true), ["data.world API Token, which is not shown:"]);
    }

    #[test]
    fn brackets_hold_what_enter_takes_and_nothing_else() {
        let values = Values::new(&GROUPS);
        assert_eq!(ask(4, &values, false), ["Start time [empty]:"]);
        assert_eq!(ask(4, &values, true), ["Start time:"]);
    }
}
