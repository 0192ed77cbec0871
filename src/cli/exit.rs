//! Exit codes, for programs that call Writeback. The only place where a cause becomes a number.

use std::process::ExitCode;

use crate::services::http::ApiError;
use crate::transfer::{Failure, NotBegun, Outcome};

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

impl From<&Outcome> for Exit {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done(_) | Outcome::Skipped(_) => Self::Done,
            Outcome::Failed { failure, .. } => failure.into(),
            Outcome::Cancelled { .. } => Self::Cancelled,
        }
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::NotBegun(why) => why.into(),
            Failure::Api(error) => error.into(),
            Failure::Refused(_) => Self::Refused,
            Failure::Spool { .. } | Failure::Unproven(_) => Self::Failed,
        }
    }
}

impl From<&NotBegun> for Exit {
    fn from(why: &NotBegun) -> Self {
        match why {
            NotBegun::Cancelled => Self::Cancelled,
            NotBegun::Credentials(_) => Self::Credentials,
            NotBegun::Running { .. } | NotBegun::Unprepared(_) => Self::Failed,
        }
    }
}

impl From<&ApiError> for Exit {
    fn from(error: &ApiError) -> Self {
        if error.refuses_credentials() { Self::Credentials } else { Self::Failed }
    }
}
