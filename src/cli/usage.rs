//! Errors in the arguments, in the words of their parser.

use std::process::ExitCode;

use super::say::say;
use crate::config::Environment;
use crate::printable::printable;
use crate::secret::may_be_secret;

/// Prints an error of the parser, or what was asked for with `--help` or `--version`.
pub(super) fn say_usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    // The parser repeats arguments as they are, escape sequences with them, and a secret that was given as one.
    Environment::of_process().remember_secrets();
    let is_odd = |argument: String| printable(&argument) != argument || may_be_secret(&argument);
    let has_odd = std::env::args_os().any(|argument| is_odd(argument.to_string_lossy().into_owned()));
    if !has_odd || !error.use_stderr() {
        // A reader that has gone misses nothing.
        let _ = error.print();
        return code;
    }
    let text = error.render().to_string();
    text.trim_end().lines().for_each(|line| say(&printable(&without_secrets(line))));
    code
}

/// A line in which `…` stands for each word that may be a secret, also where only a part of an argument is repeated.
fn without_secrets(line: &str) -> String {
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '=' | ':' | ',');
    let words = line.split_inclusive(ends_word).map(|piece| {
        let word = piece.trim_end_matches(ends_word);
        if may_be_secret(word) { format!("…{}", &piece[word.len()..]) } else { piece.to_owned() }
    });
    words.collect()
}
