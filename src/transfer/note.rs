//! Notes of a run, as plain data. [`crate::explain`] makes the sentences.

use super::{Failure, NoCount};
use crate::services::domo::Hiding;
use crate::services::http::{ApiError, Retry, Skew};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    Call(Retry),
    Length(ApiError),
    /// A file has appeared under the free name: it is replaced once the export is proven.
    Appeared(String),
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunNote {
    /// The API token claims to be read-only, and yet data.world accepted the file.
    ReadToken,
    /// Rows may be left out for somebody who is no owner, and only a person's word makes the account one.
    OwnerConfirmed(Hiding),
    /// The account is not known to own the DataSet; it sees all rows, and a person has confirmed the export.
    NoOwner,
    NotProven(NoCount),
    /// The file's name has the date in it, and this computer's clock differs from data.world's.
    Clock(Skew),
    /// Fields that begin with an apostrophe and `=`, `+`, `-` or `@`, as Domo escapes formulas.
    FormulaEscapes(u64),
    Unreadable {
        not_utf8: u64,
        nul: u64,
    },
    StillProcessing,
    /// data.world shows another size than was sent, or none, but returns the bytes that were sent.
    ReadBack(Option<u64>),
    /// The numbered file could not be read back: another run may have taken the same number.
    NotReadBack,
    /// The size is right, the date is that of the previous file, and the file could not be read back.
    OldDate,
    /// The dataset had a processing error before the run, and still has it.
    BrokenBefore,
    LeftOut(LeftOut),
    NotDescribed(ApiError),
    /// An old file could not be deleted; without a name, none could be listed.
    NotDeleted {
        file: Option<String>,
        error: ApiError,
    },
    /// A part of the run that is missing in the history: a sentence of `crate::ops::run`.
    NotKept(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    Description,
    Deletion {
        /// The file that was being deleted: it may be gone.
        under_way: Option<String>,
    },
}
