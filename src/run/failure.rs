//! Why a run ends without its file, as plain data. The sentences are made in [`crate::explain`].

use super::count::Counted;
use super::{NoCount, Remedy, RowCount, RowStart};
use crate::domo::Hiding;
use crate::export::DatasetKey;
use crate::history::Holder;
use crate::http::ApiError;
use crate::service::Service;

/// Why a run ended without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It could not begin.
    NotBegun(NotBegun),
    /// A call to a service failed.
    Api(ApiError),
    /// A check refused the export. Nothing was replaced.
    Refused(Refusal),
    /// The spool's disk is full or cannot be written or read: the system's words.
    Spool {
        /// Whether there is no room left, rather than something else.
        full: bool,
        /// What the system says.
        reason: String,
    },
    /// The file was sent, but data.world shows something else than what was sent.
    Unproven(Unproven),
}

/// Why a run could not begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotBegun {
    /// The export runs already.
    Running {
        /// What people call the export.
        export: String,
        /// Who runs it, if that can be read.
        holder: Option<Holder>,
    },
    /// There are no credentials, or they cannot be read: the sentences of [`crate::accounts`].
    Credentials(String),
    /// Something else that a run needs is missing: sentences of whoever looked for it.
    Unprepared(String),
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Neither owner nor co-owner of the DataSet.
    NotOwner,
    /// Not shown to be owner or co-owner, but the account sees all rows, and nobody has confirmed the export.
    SeesAll,
    /// The credentials cannot tell who owns the DataSet, and nobody has confirmed it. For somebody who does not own it,
    /// rows may be left out.
    OwnerUnconfirmed(Hiding),
    /// Archived: somebody has to press *Start* on its page in Domo first.
    Archived,
    /// A DataFusion, which Domo does not export.
    DataFusion,
    /// *Only when updated* of a DataSet of which Domo does not know when its rows change.
    UpdatesUnknown,
    /// The user may read the data.world dataset but not write to it.
    ReadOnly(DatasetKey),
    /// Rows begin with `#`. It is seen while the export comes, which then ends.
    HashRows {
        /// The first of them, counted from 1; `None` is the header.
        first: Option<u64>,
        /// How many had come by then, the header not counted.
        found: u64,
        /// Of how many rows.
        rows: u64,
        /// How the first begins.
        begins: RowStart,
    },
    /// The export has bytes that are no text. It is seen while the export comes, which then ends.
    Unreadable {
        /// The first row with such bytes, counted from 1; `None` is the header.
        first: Option<u64>,
        /// The bytes that are no UTF-8 and had come by then.
        not_utf8: u64,
        /// The bytes that are NUL.
        nul: u64,
        /// In how many rows.
        rows: u64,
        /// The line of the first.
        line: RowStart,
    },
    /// A record of the export has no end.
    Endless {
        /// The rows that had come before it.
        rows: u64,
        /// Its length when the export was given up, in bytes.
        bytes: u64,
    },
    /// data.world does not say which files the dataset has, so nobody knows what would be replaced.
    NoFileList,
    /// Somebody else has written a file of the name that the number had made.
    NameTaken(String),
    /// Domo does not say how many rows there are, neither in the metadata nor by a query.
    NoRowCount(NoCount),
    /// The CSV has other than the stated number of rows, however often it is taken.
    Rows {
        /// Rows that Domo states, or counts.
        stated: u64,
        /// Rows that came.
        counted: u64,
        /// The source of that number.
        by: RowCount,
        /// A reason why rows may have been left out.
        hiding: Hiding,
    },
    /// The CSV was cut off, each time that the export was taken: it had no header, it ended within a quoted field, or its
    /// last line had no end and nothing said that the answer was whole.
    CutOff {
        /// Rows that Domo states, if it does.
        stated: Option<u64>,
        /// Rows that came.
        counted: u64,
    },
    /// There are no rows, and the one line that came is not the header of the DataSet: it may be an error's text.
    NoHeader {
        /// Columns that Domo states.
        columns: u64,
        /// Columns of the line.
        came: u64,
    },
    /// The DataSet changed while it was exported, however often it was taken.
    Moved,
    /// The export has no rows, and the file that is there is another one than an export without rows has made.
    WouldEmpty {
        /// Bytes of the file that is there; `None` while data.world processes it.
        old: Option<u64>,
        /// Bytes of the export.
        new: u64,
    },
    /// The export has less than half the size of the file that is there.
    WouldShrink {
        /// Bytes of the file that is there.
        old: u64,
        /// Bytes of the export.
        new: u64,
    },
}

/// What data.world shows after an upload that it accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproven {
    /// A file of another size.
    Size {
        /// Bytes sent.
        sent: u64,
        /// Bytes that data.world shows.
        shown: u64,
    },
    /// No file of that name, or one without a size, until the time was up.
    NotShown,
    /// A file of the same size with other bytes, until the time was up.
    OtherBytes,
    /// Its processing failed: the dataset's status.
    Processing(String),
}

impl Failure {
    /// The service whose answer was the reason; `None` where something else was.
    pub fn service(&self) -> Option<Service> {
        match self {
            Self::Api(error) => Some(error.service),
            Self::Refused(refusal) => refusal.service(),
            Self::Unproven(_) => Some(Service::DataWorld),
            Self::NotBegun(_) | Self::Spool { .. } => None,
        }
    }

    /// What the person may allow, after which a run would go on.
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
    /// Other rows came than Domo states or counts.
    pub(super) fn rows(input: &Counted, stated: u64, counted: u64) -> Self {
        Self::Rows { stated, counted, by: input.by, hiding: input.data_set.hiding() }
    }

    /// The service whose answer was refused.
    fn service(&self) -> Option<Service> {
        match self {
            Self::NotOwner | Self::SeesAll | Self::OwnerUnconfirmed(_) => Some(Service::Domo),
            Self::Archived | Self::DataFusion | Self::UpdatesUnknown | Self::NoRowCount(_) => Some(Service::Domo),
            Self::Rows { .. } | Self::CutOff { .. } | Self::NoHeader { .. } | Self::Moved => Some(Service::Domo),
            Self::Unreadable { .. } | Self::Endless { .. } => Some(Service::Domo),
            Self::ReadOnly(_) | Self::NoFileList | Self::NameTaken(_) => Some(Service::DataWorld),
            // What one of them has is measured by what the other has.
            Self::HashRows { .. } | Self::WouldEmpty { .. } | Self::WouldShrink { .. } => None,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<NotBegun> for Failure {
    fn from(why: NotBegun) -> Self {
        Self::NotBegun(why)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let full = matches!(error.kind(), StorageFull | QuotaExceeded);
        let reason = match error.kind() {
            FileTooLarge if cfg!(unix) => {
                "a file may not be that large here, as `ulimit -f` or the disk limits it".to_owned()
            }
            _ => error.to_string(),
        };
        Self::Spool { full, reason }
    }
}

/// The file that a run was to write, after the run ended without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAfter {
    /// Its name, with suffix and extension.
    pub name: String,
    /// What is there.
    pub now: FileNow,
}

impl FileAfter {
    /// Whether somebody has to look at it.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self.now, FileNow::Late | FileNow::Changed { .. } | FileNow::Unknown)
    }
}

/// What is on data.world after a run that ended without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileNow {
    /// Nothing was sent.
    NothingSent {
        /// Whether there is a file of that name.
        exists: bool,
    },
    /// Something was sent, and data.world has taken nothing of it: it was refused, or never reached.
    NothingArrived {
        /// True if there is a file of that name, as before.
        exists: bool,
    },
    /// The file that was there before, unchanged.
    Untouched {
        /// Its size in bytes, when known.
        size: Option<u64>,
    },
    /// As before, no file of that name.
    StillNone,
    /// As before, or none, although all of the new one was handed over: data.world may only be late in showing it.
    Late,
    /// Something else than before.
    Changed {
        /// Its size in bytes, when known.
        size: Option<u64>,
    },
    /// data.world could not be asked.
    Unknown,
}
