//! Errors in the arguments, in the words of their parser.

use std::process::ExitCode;

use super::say::say;
use crate::printable::printable;
use crate::secret::may_be_secret;

/// Prints an error of the parser, or what was asked for with `--help` or `--version`.
pub(super) fn say_usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    // The parser repeats arguments as they are, escape sequences with them, and a secret that was given as one.
    let odd = |argument: &String| printable(argument) != *argument || may_be_secret(argument);
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let odd: Vec<String> = arguments.filter(odd).collect();
    if odd.is_empty() || !error.use_stderr() {
        // A reader that has gone misses nothing.
        let _ = error.print();
        return code;
    }
    let mut text = error.render().to_string();
    for argument in odd.iter().filter(|argument| may_be_secret(argument)) {
        text = text.replace(argument.as_str(), "…");
    }
    text.trim_end().lines().for_each(|line| say(&printable(line)));
    code
}
