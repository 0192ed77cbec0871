//! Reasons why a run ends without its file, as plain data. [`crate::explain`] makes the sentences.

use super::count::Counted;
use super::{NoCount, Outcome, Remedy, RowStart};
use crate::accounts::{BookError, CredentialError};
use crate::export::{DatasetKey, Service};
use crate::history::{LockHolder, RowCount};
use crate::services::NetworkError;
use crate::services::domo::Hiding;
use crate::services::http::ApiError;
use crate::system::files::IoError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    NotBegun(#[from] NotBegun),
    Api(#[from] ApiError),
    /// A check of ours refused the export. Nothing was replaced. What a service refuses is [`Failure::Api`].
    Refused(#[from] Refusal),
    Spool(SpoolFault),
    Unproven(Unproven),
    /// The task of the run has panicked: the runtime's message.
    BrokeOff(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpoolFault {
    Full,
    /// A limit of the system or the disk on the size of a file.
    TooLarge,
    Other(IoError),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBegun {
    Cancelled,
    Running {
        export: String,
        /// The lock holder, if it can be read.
        holder: Option<LockHolder>,
    },
    Credentials(#[from] CredentialError),
    /// The book of accounts cannot be read.
    Accounts(#[from] BookError),
    Network(#[from] NetworkError),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    NotOwner,
    /// Not known to own the DataSet, but sees all its rows; a person has not confirmed the export.
    SeesAll,
    /// The credentials cannot tell who owns the DataSet, and a person has not confirmed it. Rows may be left out for
    /// somebody who does not own it.
    OwnerUnconfirmed(Hiding),
    Archived,
    DataFusion,
    /// *Only when updated* of a DataSet whose changes Domo does not track.
    UpdatesUnknown,
    ReadOnly(DatasetKey),
    /// Rows begin with `#`. The export stops at the first piece with one.
    HashRows {
        /// Counted from 1; `None` is the header.
        first: Option<u64>,
        found: u64,
        rows: u64,
        begins: RowStart,
    },
    /// The export has bytes that are not text. It stops at the first piece with one.
    Unreadable {
        /// First row with such bytes, counted from 1; `None` is the header.
        first: Option<u64>,
        not_utf8: u64,
        nul: u64,
        rows: u64,
        /// The line of the first such byte.
        line: RowStart,
    },
    /// A record of the export does not end.
    Endless {
        rows: u64,
        bytes: u64,
    },
    /// data.world lists no files, so the file that would be replaced is unknown.
    NoFileList,
    NameTaken(String),
    NoRowCount(NoCount),
    /// The CSV has another number of rows than stated, in each attempt.
    Rows {
        stated: u64,
        counted: u64,
        /// False where the export was stopped at more rows than stated.
        is_all: bool,
        by: RowCount,
        /// A possible reason for missing rows.
        hiding: Hiding,
    },
    /// The CSV was cut off in each attempt: it had no header, it ended within a quoted field, or its last line had no
    /// end and the answer had no known length.
    CutOff {
        stated: Option<u64>,
        counted: u64,
    },
    /// There are no rows, and the only line is not the DataSet's header: it may be the text of an error.
    NoHeader {
        columns: u64,
        found: u64,
    },
    Moved,
    /// The export has no rows, and the existing file was not made by an export without rows.
    WouldEmpty {
        /// Bytes of the existing file; `None` while data.world processes it.
        old: Option<u64>,
        new: u64,
    },
    WouldShrink {
        old: u64,
        new: u64,
    },
}

/// A mismatch on data.world after an accepted upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproven {
    Size {
        sent: u64,
        shown: u64,
    },
    /// No file of that name, or none with a size, until the time was up.
    NotShown,
    /// A file of the same size with other bytes, until the time was up.
    OtherBytes,
    /// Processing failed, with the dataset's status.
    Processing(String),
}

impl Failure {
    pub fn service(&self) -> Option<Service> {
        match self {
            Self::Api(error) => Some(error.service),
            Self::Refused(refusal) => refusal.service(),
            Self::Unproven(_) => Some(Service::DataWorld),
            Self::NotBegun(_) | Self::Spool(_) | Self::BrokeOff(_) => None,
        }
    }

    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Refused(Refusal::OwnerUnconfirmed(_)) => Some(Remedy::ConfirmOwner),
            Self::Refused(Refusal::SeesAll) => Some(Remedy::ConfirmSeesAll),
            Self::Refused(Refusal::NoRowCount(_)) => Some(Remedy::AllowUnproven),
            Self::Refused(Refusal::HashRows { .. }) => Some(Remedy::HashRows),
            Self::Refused(Refusal::Unreadable { .. }) => Some(Remedy::AllowUnreadable),
            Self::Refused(Refusal::WouldEmpty { .. }) => Some(Remedy::AllowEmpty),
            Self::Refused(Refusal::WouldShrink { .. }) => Some(Remedy::AllowShrink),
            _ => None,
        }
    }
}

impl Refusal {
    pub(super) fn rows(input: &Counted, stated: u64, counted: u64) -> Self {
        Self::Rows { stated, counted, is_all: true, by: input.by, hiding: input.data_set.hiding() }
    }

    /// More rows came than Domo states or counts, before the end of the export.
    pub(super) fn too_many_rows(input: &Counted, stated: u64, counted: u64) -> Self {
        Self::Rows { stated, counted, is_all: false, by: input.by, hiding: input.data_set.hiding() }
    }

    fn service(&self) -> Option<Service> {
        match self {
            Self::NotOwner | Self::SeesAll | Self::OwnerUnconfirmed(_) => Some(Service::Domo),
            Self::Archived | Self::DataFusion | Self::UpdatesUnknown | Self::NoRowCount(_) => Some(Service::Domo),
            Self::Rows { .. } | Self::CutOff { .. } | Self::NoHeader { .. } | Self::Moved => Some(Service::Domo),
            Self::Unreadable { .. } | Self::Endless { .. } => Some(Service::Domo),
            Self::ReadOnly(_) | Self::NoFileList | Self::NameTaken(_) => Some(Service::DataWorld),
            // These compare an export of one service with a file or limit of the other.
            Self::HashRows { .. } | Self::WouldEmpty { .. } | Self::WouldShrink { .. } => None,
        }
    }
}

impl From<&NotBegun> for Outcome {
    fn from(why: &NotBegun) -> Self {
        match why {
            NotBegun::Cancelled => Self::Cancelled { file_now: None },
            why => Self::Failed { failure: why.clone().into(), file_now: None },
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        Self::Spool(match error.kind() {
            StorageFull | QuotaExceeded => SpoolFault::Full,
            FileTooLarge if cfg!(unix) => SpoolFault::TooLarge,
            _ => SpoolFault::Other(error.into()),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAfter {
    pub name: String,
    pub now: FileNow,
}

impl FileAfter {
    /// Somebody has to look at the file.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self.now, FileNow::Late | FileNow::Changed(_) | FileNow::Unknown)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileNow {
    NothingSent {
        exists: bool,
    },
    /// data.world refused everything or was never reached.
    NothingArrived {
        exists: bool,
    },
    /// Has its size.
    Untouched(Option<u64>),
    /// Still no file of that name.
    StillNone,
    /// Unchanged or missing, although all of the new file was handed over: data.world may only be slow to show it.
    Late,
    /// Has its new size; `None` if it is gone.
    Changed(Option<u64>),
    Unknown,
}
