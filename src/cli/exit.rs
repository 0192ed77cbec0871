//! Exit codes, for programs that call Writeback. The only place where a cause becomes a number.

use std::process::ExitCode;

use super::ask::EntryError;
use crate::accounts::{BookError, ChangeError, CredentialError};
use crate::config::ConfigError;
use crate::export::schedule::ScheduleError;
use crate::export::{DefinitionError, ExportNameError, IdError, OutputError};
use crate::ops::exports::SaveError;
use crate::ops::schedules::ScheduleError as NotScheduled;
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

    /// The `result` of a run, for programs, as the history has it.
    pub(super) fn result(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
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

/// Gives causes their exit codes, by the arms of a match.
macro_rules! exits {
    ($($($cause:ty),+ => $arms:tt)+) => {
        $($(impl Cause for $cause {
            fn exit(&self) -> Exit {
                match self $arms
            }
        })+)+
    };
}

exits! {
    BookError, NetworkError => { _ => Exit::Failed }
    ConfigError, DefinitionError, ExportNameError, IdError, OutputError, ScheduleError, WriteError => { _ => Exit::Usage }
    CredentialError => { _ => Exit::Credentials }
    ApiError => {
        error if error.refuses_credentials() => Exit::Credentials,
        _ => Exit::Failed,
    }
    Outcome => {
        Self::Done(_) | Self::Skipped(_) => Exit::Done,
        Self::Failed { failure, .. } => failure.exit(),
        Self::Cancelled { .. } => Exit::Cancelled,
    }
    Failure => {
        Self::NotBegun(why) => why.exit(),
        Self::Api(error) => error.exit(),
        Self::Refused(_) => Exit::Refused,
        Self::Spool(_) | Self::Unproven(_) | Self::BrokeOff(_) => Exit::Failed,
    }
    NotBegun => {
        Self::Cancelled => Exit::Cancelled,
        Self::Credentials(error) => error.exit(),
        Self::Running { .. } | Self::Accounts(_) | Self::Network(_) => Exit::Failed,
    }
    ChangeError => {
        Self::Test(error) => error.exit(),
        // Like an export that names a missing account.
        Self::Credential(_) | Self::Unknown { .. } => Exit::Credentials,
        Self::Name(_) | Self::Taken(_) => Exit::Usage,
        _ => Exit::Failed,
    }
    SaveError => {
        Self::Definition(error) => error.exit(),
        Self::Running(why) => why.exit(),
    }
    NotScheduled => {
        Self::Definition(error) => error.exit(),
        Self::Scheduler(error) => error.exit(),
    }
    SchedulerError => {
        Self::Write(WriteError::Program(_) | WriteError::NoClock) => Exit::Failed,
        Self::Write(_) | Self::Elsewhere(_) => Exit::Usage,
        _ => Exit::Failed,
    }
    DownloadError => {
        Self::Api(error) => error.exit(),
        Self::Exists(_) | Self::Name(_) | Self::NoFolder(_) => Exit::Usage,
        _ => Exit::Failed,
    }
    EntryError => {
        Self::Interrupted => Exit::Cancelled,
        _ => Exit::Failed,
    }
}
