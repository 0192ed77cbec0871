//! Notes of a run, as plain data. [`crate::explain`] makes the sentences.

use super::{Failure, NoCount};
use crate::domo::Hiding;
use crate::http::{ApiError, Retry, Skew};

/// Something that a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    Call(Retry),
    /// A file of unknown length was refused: it is sent again with its length.
    Length(ApiError),
    /// A file has appeared under the free name: it is replaced once the export is proven.
    Appeared {
        name: String,
    },
    /// Somebody else has written a file with the number: the next one is taken.
    NameTaken {
        name: String,
        next: String,
    },
    Export {
        why: Failure,
        attempt: u32,
        attempts: u32,
    },
}

/// Something worth knowing about a run that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The API token claims to be read-only, and yet data.world accepted the file.
    ReadToken,
    /// Rows may be left out for somebody who is no owner, and only a person's word makes the account one.
    OwnerConfirmed(Hiding),
    /// The account is not known to own the DataSet; it sees all rows, and a person has confirmed the export.
    NoOwner,
    /// No proof exists that all rows arrived.
    NotProven(NoCount),
    /// The file's name has the date in it, and this computer's clock differs from data.world's.
    Clock(Skew),
    /// Fields that begin with an apostrophe and `=`, `+`, `-` or `@`, as Domo escapes formulas.
    FormulaEscapes(u64),
    /// Bytes that are not text were sent, as a person has allowed.
    Unreadable {
        not_utf8: u64,
        nul: u64,
    },
    /// The file has arrived, and data.world still processes it.
    StillProcessing,
    /// data.world shows another size than was sent, or none, but returns the bytes that were sent.
    ReadBack {
        shown: Option<u64>,
    },
    /// The numbered file could not be read back: another run may have taken the same number.
    NotReadBack,
    /// The size is right, the date is that of the previous file, and the file could not be read back.
    OldDate,
    /// The dataset had a processing error before the run, and still has it.
    BrokenBefore,
    /// The run was cancelled after the file had arrived.
    LeftOut(LeftOut),
    NotDescribed(ApiError),
    /// An old file could not be deleted; without a name, none could be listed.
    NotDeleted {
        file: Option<String>,
        error: ApiError,
    },
    /// A part of the run that is missing in the history: a sentence of [`crate::journal`].
    NotKept(String),
}

/// Steps left out by a run that is cancelled after its file has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// The file may not be described.
    Description,
    Deletion {
        /// The file that was being deleted: it may be gone.
        under_way: Option<String>,
    },
}
