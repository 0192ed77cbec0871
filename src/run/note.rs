//! What a run wants to be known, as plain data. The sentences are made in [`crate::explain`].

use super::{Failure, NoCount};
use crate::domo::Hiding;
use crate::http::{ApiError, Retry, Skew};

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// A call is tried again.
    Call(Retry),
    /// A file of unknown length was refused: it is sent again once its length is known.
    Length(ApiError),
    /// A file has appeared under the name that was free: it is replaced once the export is proven.
    Appeared {
        /// Its name.
        name: String,
    },
    /// Somebody else has written a file with the number: the next one is taken.
    NameTaken {
        /// Its name.
        name: String,
        /// The next one.
        next: String,
    },
    /// The export is attempted again.
    Export {
        /// Why the one before was no good.
        why: Failure,
        /// The number of the next one, from 2.
        attempt: u32,
        /// The most there will be.
        attempts: u32,
    },
}

/// What is worth knowing of a run that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The API token says that it may only read, and yet data.world has taken the file.
    ReadToken,
    /// Rows may be left out for who is no owner, and that the account is one rests on somebody's word.
    OwnerConfirmed(Hiding),
    /// The account is not shown to be owner or co-owner; it sees all rows, and somebody has confirmed the export.
    NoOwner,
    /// There is no proof that all rows came.
    NotProven(NoCount),
    /// The file's name has the date in it, and this computer's clock is not data.world's.
    Clock(Skew),
    /// So many fields begin with an apostrophe and `=`, `+`, `-` or `@`, as Domo writes what could be a formula.
    FormulaEscapes(u64),
    /// Bytes that are no text were sent, as somebody has allowed.
    Unreadable {
        /// The bytes that are no UTF-8.
        not_utf8: u64,
        /// The bytes that are NUL.
        nul: u64,
    },
    /// The file has arrived, and is still being processed.
    StillProcessing,
    /// data.world shows another size than was sent, or none, and gives back the bytes that were sent.
    ReadBack {
        /// The size that it shows.
        shown: Option<u64>,
    },
    /// The file has a number, and could not be read back: another run may have given the same one.
    NotReadBack,
    /// The size is right, the date that of the file before, and the file could not be read back.
    OldDate,
    /// The dataset had a processing error before the run, and has it still.
    BrokenBefore,
    /// The run was cancelled when the file had arrived, and this was left out.
    LeftOut(LeftOut),
    /// The file could not be described.
    NotDescribed(ApiError),
    /// Of the older files that are not kept, one could not be deleted; without a name, none could be looked for.
    NotDeleted {
        /// Its name.
        file: Option<String>,
        /// Why.
        error: ApiError,
    },
    /// What the history did not keep of the run: a sentence of [`crate::journal`].
    NotKept(String),
}

/// What a run leaves out that is cancelled when its file has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// The file is not described, or perhaps not.
    Description,
    /// Older files are not deleted, or not all of them.
    Deletion {
        /// The one that was being deleted: it may be gone.
        under_way: Option<String>,
    },
}
