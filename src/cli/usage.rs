use std::process::ExitCode;

use super::say::say;
use crate::config::Environment;
use crate::text::terminal_text::printable;

/// Prints the parser's error, or the text of `--help` or `--version`.
pub(super) fn say_usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    // The parser repeats arguments with their escape sequences, and a secret that was given as one.
    Environment::of_process().remember_secrets();
    let is_odd = |argument: String| printable(&argument) != argument;
    let has_odd = std::env::args_os().any(|argument| is_odd(argument.to_string_lossy().into_owned()));
    if !has_odd || !error.use_stderr() {
        // A reader that has gone misses nothing.
        let _ = error.print();
        return code;
    }
    let text = error.render().to_string();
    text.trim_end().lines().for_each(|line| say(&printable(line)));
    code
}
