//! Why a command could not do what it was asked to: a sentence, and the exit code.

use super::say::{say, say_where_the_log_is};
use std::process::ExitCode;

use super::accounts::AccountsError;
use crate::accounts::{BookError, CredentialError};
use crate::config::{ConfigError, InstanceError};
use crate::explain::{self, Explanation};
use crate::export::{DefinitionError, IdError};
use crate::history::HistoryError;
use crate::http::ApiError;
use crate::journal::AlreadyRunning;
use crate::printable::printable;
use crate::run::Outcome;

/// Why a command could not do what it was asked to.
#[derive(Debug)]
pub(super) struct Trouble {
    sentence: String,
    code: u8,
}

impl Trouble {
    /// Something failed: exit code 1.
    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 1 }
    }

    /// Wrong usage or a wrong definition: exit code 2.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 2 }
    }

    /// Credentials are missing or refused: exit code 3.
    pub(super) fn credentials(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 3 }
    }

    /// What is wrong.
    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The exit code that stands for it.
    pub(super) fn code(&self) -> u8 {
        self.code
    }

    /// Interrupted before anything was begun: exit code 130.
    pub(super) fn interrupted() -> Self {
        Self { sentence: "Interrupted before the run began.".to_owned(), code: 130 }
    }

    /// The same as the end of a run that was not begun.
    pub(super) fn as_outcome(&self) -> Outcome {
        if self.code == 130 {
            return Outcome::Cancelled { file_now: None };
        }
        Outcome::Failed {
            explanation: Explanation::new(self.sentence.clone(), ""),
            file_now: None,
            exit_code: self.code,
            remedy: None,
        }
    }

    /// Says it on standard error.
    pub(super) fn report(&self) -> ExitCode {
        tracing::error!(exit_code = self.code, "{}", printable(&self.sentence));
        say(&format!("writeback: {}", printable(&self.sentence)));
        if self.code == 1 {
            say_where_the_log_is();
        }
        ExitCode::from(self.code)
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

impl From<AlreadyRunning> for Trouble {
    fn from(error: AlreadyRunning) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<HistoryError> for Trouble {
    fn from(error: HistoryError) -> Self {
        Self::failed(format!("The history cannot be read: {error}."))
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        let explanation = explain::api(&error);
        let id = explanation.support_id.map(|id| format!(" Support id {id}.")).unwrap_or_default();
        let code = crate::run::Failure::Api(error).exit_code();
        Self { sentence: format!("{} {}{id}", explanation.what, explanation.advice), code }
    }
}

impl From<AccountsError> for Trouble {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Test(error) => error.into(),
            AccountsError::Name(_) | AccountsError::Address(_) | AccountsError::Instance(_) => {
                Self::usage(error.to_string())
            }
            other => Self::failed(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::failed(format!("The answer could not be written: {error}."))
    }
}
