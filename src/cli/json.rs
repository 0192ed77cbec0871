//! JSON, as every command writes it.
//!
//! `serde_json` leaves raw what JSON allows: C1 control characters, which a terminal obeys, and those that turn the
//! reading direction. Names come from services, so these are escaped, which does not change their meaning.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::out::out;
use super::trouble::Trouble;
use crate::text::secret::mask;
use crate::text::terminal_text::harmless;

/// The JSON of a command; if the command fails, at least its reason is written.
#[derive(Debug, Clone)]
pub(super) enum JsonForm {
    /// An object for each of these exports.
    Runs(Vec<String>),
    Object,
    Array,
}

impl JsonForm {
    /// Writes the reason in place of the result.
    pub(super) fn write(&self, trouble: &Trouble) -> io::Result<()> {
        let (message, exit_code) = (trouble.sentence(), trouble.exit().code());
        match self {
            Self::Runs(exports) => exports.iter().try_for_each(|export| run_not_begun(export, trouble)),
            Self::Object => line(&mut out(), &json!({ "message": message, "exit_code": exit_code })),
            Self::Array => line(&mut out(), &json!([{ "error": message }])),
        }
    }
}

pub(super) fn run_not_begun(export: &str, trouble: &Trouble) -> io::Result<()> {
    let exit = trouble.exit();
    let object =
        json!({ "export": export, "result": exit.result(), "exit_code": exit.code(), "message": trouble.sentence() });
    line(&mut out(), &object)
}

pub(super) fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string(value)?))
}

/// Writes an indented value.
pub(super) fn pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string_pretty(value)?))
}

fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in mask(json).chars() {
        // In a string a line break is escaped already, so a raw one stands between two values.
        let mut bytes = [0; 4];
        let shown: &str = c.encode_utf8(&mut bytes);
        if c == '\n' || harmless(shown) == shown {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_written_and_the_value_stays(
            text in "[a-z\n\"\u{1b}\u{7f}-\u{9f}\u{200b}\u{202a}-\u{202e}\u{e0041}]{0,20}",
        ) {
            let value = serde_json::json!([{ "name": text }]);
            let (mut short, mut long) = (Vec::new(), Vec::new());
            line(&mut short, &value).unwrap();
            pretty(&mut long, &value).unwrap();
            for written in [short, long] {
                let written = String::from_utf8(written).unwrap();
                let is_obeyed = |c: char| c != '\n' && harmless(&c.to_string()) != c.to_string();
                prop_assert!(!written.contains(is_obeyed), "{:?}", written);
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&written).unwrap(), &value);
            }
        }
    }
}
