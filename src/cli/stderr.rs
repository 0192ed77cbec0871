//! Standard error. A line that cannot be written, as on a full disk, is no reason to end a run.

use std::io::{self, Write as _};
use std::process::ExitCode;

use super::line::{room, styled};
use crate::config::Environment;
use crate::explain;
use crate::services::http::Retry;
use crate::system::log;
use crate::text::terminal_text::printable;

pub(super) fn eprint_line(line: &str) {
    let _ = writeln!(anstream::stderr(), "{}", styled(line, room(&io::stderr())));
}

pub(super) fn eprint_retry(retry: &Retry) {
    eprint_line(&retry_line(retry));
}

pub(super) fn retry_line(retry: &Retry) -> String {
    format!("  ! {}", printable(&explain::retry(retry)))
}

pub(super) fn eprint_notes(notes: &[String]) {
    for note in notes {
        eprint_line(&format!("! {}", printable(note)));
    }
}

pub(super) fn eprint_log_location() {
    if let Some(file) = log::file().filter(|file| file.exists()) {
        eprint_line(&format!("The log is {}.", file.display()));
    }
}

/// Prints the parser's error, or the text of `--help` or `--version`.
pub(super) fn print_usage_error(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    // The parser repeats arguments with their escape sequences, and a secret that was given as one.
    Environment::from_process().remember_secrets();
    let is_odd = |argument: String| printable(&argument) != argument;
    let has_odd = std::env::args_os().any(|argument| is_odd(argument.to_string_lossy().into_owned()));
    if !has_odd || !error.use_stderr() {
        // A reader that has gone misses nothing.
        let _ = error.print();
        return code;
    }
    let text = error.render().to_string();
    text.trim_end().lines().for_each(|line| eprint_line(&printable(line)));
    code
}
