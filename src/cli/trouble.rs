//! The error of a command: a sentence, and the exit code.

use std::fmt::Display;
use std::process::ExitCode;

use super::exit::{Cause, Exit};
use super::stderr::{eprint_line, eprint_log_location};
use crate::explain;
use crate::text::terminal_text::printable;
use crate::transfer::download::DownloadError;

#[derive(Debug)]
pub(super) struct Trouble {
    sentence: String,
    exit: Exit,
}

impl Trouble {
    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit: Exit::Failed }
    }

    /// Wrong arguments, or a wrong definition.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit: Exit::Usage }
    }

    /// Missing or refused credentials.
    pub(super) fn credentials(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit: Exit::Credentials }
    }

    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Standard output takes no more.
    #[allow(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
    pub(super) fn unwritten(error: std::io::Error) -> Self {
        Self::failed(format!("The output could not be written: {error}."))
    }

    pub(super) fn cancelled(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit: Exit::Cancelled }
    }

    /// A download that failed: what to do instead is said with options, not with the keys of the screen.
    pub(super) fn not_downloaded(error: &DownloadError) -> Self {
        let sentence = match error {
            DownloadError::Exists(_) => format!("{error} Name another with -o, or add --force."),
            DownloadError::Name(_) => format!("{error} Choose one with -o."),
            DownloadError::NoFolder(_) => format!("{error} Create it first, or name another with -o."),
            error => explain::download(error).to_string(),
        };
        Self { sentence, exit: error.exit() }
    }

    /// Says it on standard error.
    pub(super) fn report(&self) -> ExitCode {
        tracing::error!(exit_code = self.exit.code(), "{}", printable(&self.sentence));
        eprint_line(&format!("writeback: {}", printable(&self.sentence)));
        if self.exit == Exit::Failed {
            eprint_log_location();
        }
        self.exit.into()
    }
}

impl<E: Cause + Display> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self { sentence: error.to_string(), exit: error.exit() }
    }
}
