//! The error of a command: a sentence, and the exit code.

use std::process::ExitCode;

use super::exit::Exit;
use super::stderr::{eprint_line, eprint_log_location};
use crate::accounts::{BookError, ChangeError, CredentialError};
use crate::config::{ConfigError, InstanceError};
use crate::explain;
use crate::export::{DefinitionError, IdError};
use crate::history::HistoryError;
use crate::ops::run::SaveError;
use crate::schedulers::{SchedulerError, WriteError};
use crate::services::http::ApiError;
use crate::text::terminal_text::printable;
use crate::transfer::download::DownloadError;
use crate::transfer::{NotBegun, Outcome};

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

impl From<CredentialError> for Trouble {
    fn from(error: CredentialError) -> Self {
        Self::credentials(error.to_string())
    }
}

impl From<ConfigError> for Trouble {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<DefinitionError> for Trouble {
    fn from(error: DefinitionError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<IdError> for Trouble {
    fn from(error: IdError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<InstanceError> for Trouble {
    fn from(error: InstanceError) -> Self {
        Self::credentials(error.to_string())
    }
}

impl From<BookError> for Trouble {
    fn from(error: BookError) -> Self {
        Self::failed(error.to_string())
    }
}

/// The end of the run that it kept from beginning.
impl From<&Trouble> for Outcome {
    fn from(trouble: &Trouble) -> Self {
        let sentence = trouble.sentence.clone();
        (&match trouble.exit {
            Exit::Cancelled => NotBegun::Cancelled,
            Exit::Credentials => NotBegun::Credentials(sentence),
            _ => NotBegun::Unprepared(sentence),
        })
            .into()
    }
}

impl From<NotBegun> for Trouble {
    fn from(why: NotBegun) -> Self {
        Self { sentence: explain::not_begun(&why).to_string(), exit: Exit::from(&why) }
    }
}

impl From<SaveError> for Trouble {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Definition(error) => error.into(),
            SaveError::Running(error) => error.into(),
        }
    }
}

impl From<WriteError> for Trouble {
    fn from(error: WriteError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<SchedulerError> for Trouble {
    fn from(error: SchedulerError) -> Self {
        match error {
            SchedulerError::Write(error) => error.into(),
            SchedulerError::Elsewhere(_) => Self::usage(error.to_string()),
            other => Self::failed(other.to_string()),
        }
    }
}

impl From<HistoryError> for Trouble {
    fn from(error: HistoryError) -> Self {
        Self::failed(format!("The history cannot be read: {error}."))
    }
}

impl From<DownloadError> for Trouble {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Api(error) => error.into(),
            DownloadError::Exists(_) => Self::usage(format!("{error} Name another with -o, or add --force.")),
            DownloadError::NoFolder(_) => Self::usage(format!("{error} Create it first, or name another with -o.")),
            error => Self::failed(explain::download(&error).to_string()),
        }
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self { sentence: explain::api(&error).to_string(), exit: Exit::from(&error) }
    }
}

impl From<ChangeError> for Trouble {
    fn from(error: ChangeError) -> Self {
        let sentence = explain::account(&error).to_string();
        match error {
            ChangeError::Test(error) => Self { sentence, exit: Exit::from(&error) },
            // Like an export that names a missing account.
            ChangeError::Credential(_) | ChangeError::Unknown { .. } => Self::credentials(sentence),
            ChangeError::Name(_) | ChangeError::Instance(_) | ChangeError::Taken { .. } => Self::usage(sentence),
            _ => Self::failed(sentence),
        }
    }
}
