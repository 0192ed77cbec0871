//! Exit codes, for programs that call Writeback. The only place where a cause becomes a number.

use std::process::ExitCode;

use super::ask::EntryError;
use crate::accounts::{BookError, ChangeError, CredentialError};
use crate::config::ConfigError;
use crate::export::schedule::ScheduleError;
use crate::export::{DefinitionError, ExportNameError, IdError, OutputError};
use crate::ops::exports::SaveError;
use crate::schedulers::{SchedulerError, WriteError};
use crate::services::NetworkError;
use crate::services::http::ApiError;
use crate::transfer::download::DownloadError;
use crate::transfer::{Failure, NotBegun, Outcome};

/// The end of a command: the word and the number that programs get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Also for commands that had nothing to do.
    Done = 0,
    Failed = 1,
    /// Wrong arguments, or a wrong definition.
    Usage = 2,
    Credentials = 3,
    Refused = 4,
    /// By Ctrl-C, or by a signal that asks the program to end. Shells use the same number.
    Cancelled = 130,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        self as u8
    }

    /// The `result` of a run, for programs.
    pub(super) fn result(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            _ => "failed",
        }
    }

    /// The word for a run that ended so.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "not run",
            Self::Credentials => "without valid credentials",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An end of a command. The sentence of an error is its `Display`.
pub(super) trait Cause {
    fn exit(&self) -> Exit;
}

/// Causes that always have the same exit code.
macro_rules! always {
    ($($exit:ident: $($cause:ty),+;)*) => {$($(
        impl Cause for $cause {
            fn exit(&self) -> Exit {
                Exit::$exit
            }
        }
    )+)*};
}

always! {
    Failed: BookError, NetworkError;
    Usage: ConfigError, DefinitionError, ExportNameError, IdError, OutputError, ScheduleError, WriteError;
    Credentials: CredentialError;
}

impl Cause for Outcome {
    fn exit(&self) -> Exit {
        match self {
            Self::Done(_) | Self::Skipped(_) => Exit::Done,
            Self::Failed { failure, .. } => failure.exit(),
            Self::Cancelled { .. } => Exit::Cancelled,
        }
    }
}

impl Cause for Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::NotBegun(why) => why.exit(),
            Self::Api(error) => error.exit(),
            Self::Refused(_) => Exit::Refused,
            Self::Spool(_) | Self::Unproven(_) | Self::BrokeOff(_) => Exit::Failed,
        }
    }
}

impl Cause for NotBegun {
    fn exit(&self) -> Exit {
        match self {
            Self::Cancelled => Exit::Cancelled,
            Self::Credentials(error) => error.exit(),
            Self::Accounts(error) => error.exit(),
            Self::Network(error) => error.exit(),
            Self::Running { .. } => Exit::Failed,
        }
    }
}

impl Cause for ApiError {
    fn exit(&self) -> Exit {
        if self.refuses_credentials() { Exit::Credentials } else { Exit::Failed }
    }
}

impl Cause for ChangeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Test(error) => error.exit(),
            // Like an export that names a missing account.
            Self::Credential(_) | Self::Unknown { .. } => Exit::Credentials,
            Self::Name(_) | Self::Taken { .. } => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

impl Cause for SaveError {
    fn exit(&self) -> Exit {
        match self {
            Self::Definition(error) => error.exit(),
            Self::Running(why) => why.exit(),
        }
    }
}

impl Cause for SchedulerError {
    fn exit(&self) -> Exit {
        match self {
            Self::Write(error) => error.exit(),
            Self::Elsewhere(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

impl Cause for DownloadError {
    fn exit(&self) -> Exit {
        match self {
            Self::Api(error) => error.exit(),
            Self::Exists(_) | Self::NoFolder(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

impl Cause for EntryError {
    fn exit(&self) -> Exit {
        if matches!(self, Self::Interrupted) { Exit::Cancelled } else { Exit::Failed }
    }
}
