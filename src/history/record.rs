//! What the history keeps of a run, as plain data.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::export::{DatasetKey, Update};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Manual,
    Scheduled,
    /// The export itself, after a scheduled run had failed.
    Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunResult {
    /// Every row has arrived.
    Done,
    Failed,
    /// A check refused the export; nothing was replaced.
    Refused,
    /// It was cancelled: by a key, by Ctrl-C, or by a signal that asks the program to end.
    Cancelled,
    /// Its program ended without saying how: it was killed, or the computer lost power.
    Interrupted,
    Skipped,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Manual, Self::Scheduled, Self::Retry];

    pub fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Scheduled => "scheduled",
            Self::Retry => "retry",
        }
    }

    pub fn starter(self) -> &'static str {
        match self {
            Self::Manual => "a person",
            Self::Scheduled => "a scheduler",
            Self::Retry => "the export itself, after a failed run",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl RunResult {
    const ALL: [Self; 6] = [Self::Done, Self::Failed, Self::Refused, Self::Cancelled, Self::Interrupted, Self::Skipped];

    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Skipped => "skipped",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.word() == word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(pub(super) i64);

#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// What people call the export.
    pub export: &'a str,
    /// The name as `writeback run` takes it.
    pub slug: &'a str,
    /// The definition's file, always by the same path: it stands for the export.
    pub definition: &'a Path,
    /// Its DataSet and files, as `Export::route` gives them.
    pub writes: &'a str,
    /// Whether it holds its export's lock, by which others see that it runs.
    pub is_locked: bool,
    pub kind: Kind,
    pub started: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// The last phase that was begun, in one word.
    pub phase: Option<&'static str>,
    /// The file, `owner/id/name.csv`.
    pub file: Option<String>,
    pub rows: u64,
    pub bytes: u64,
    pub attempts: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// What the export is to write, and where to ([`crate::export::Export::content`]).
    pub content: String,
    pub dataset: DatasetKey,
    /// The name of the file in it.
    pub file: String,
    /// When Domo says that the data was changed last.
    pub data_date: Option<DateTime<Utc>>,
    /// The date that data.world gave the file.
    pub updated: Option<DateTime<Utc>>,
    /// The names of older files that were deleted.
    pub deleted: Vec<String>,
}

/// How a run ended, with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub result: RunResult,
    /// What it has brought, if it ended well.
    pub arrived: Option<Arrived>,
    /// Whether the export's other runs are kept.
    pub log: Update,
    pub reached: Reached,
    /// The count that the rows were compared with, if all came.
    pub row_count: Option<RowCount>,
    /// Why it did not end well, a sentence.
    pub reason: Option<String>,
    pub advice: Option<String>,
    /// What was on data.world afterwards, a sentence.
    pub file_now: Option<String>,
    pub support_id: Option<String>,
    /// Notes for the person, a sentence each.
    pub notes: Vec<String>,
}

/// A run as the history has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// What people call the export.
    pub export: String,
    pub definition: String,
    /// Who started it; `None` is a word that this version does not know.
    pub kind: Option<Kind>,
    /// How it ended; `None` while it runs.
    pub result: Option<RunResult>,
    pub started: DateTime<Utc>,
    /// When it ended; for one that was interrupted, when it last said how far it was.
    pub ended: Option<DateTime<Utc>>,
    /// The last phase that was begun, in one word.
    pub phase: Option<String>,
    pub rows: Option<u64>,
    /// The count that the rows were compared with, if it ended well and that is known.
    #[serde(serialize_with = "word")]
    pub row_count: Option<RowCount>,
    pub bytes: Option<u64>,
    /// The file, `owner/id/name.csv`.
    pub file: Option<String>,
    pub attempts: u32,
    /// Why it did not end well, a sentence.
    pub reason: Option<String>,
    pub advice: Option<String>,
    /// What was on data.world afterwards, a sentence.
    pub file_now: Option<String>,
    pub support_id: Option<String>,
    /// Notes for the person, a sentence each.
    pub notes: Vec<String>,
}

fn word<S: Serializer>(row_count: &Option<RowCount>, serializer: S) -> Result<S::Ok, S::Error> {
    row_count.map(RowCount::word).serialize(serializer)
}

impl Run {
    /// How long it took; `None` while it runs.
    pub fn took(&self) -> Option<Duration> {
        (self.ended? - self.started).to_std().ok()
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    All,
    Export {
        /// Its name as `writeback run` takes it.
        slug: &'a str,
        definition: &'a Path,
    },
}

/// What all runs of an export say together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Statistics {
    pub runs: u64,
    /// Those that were to bring a file and have ended: neither cancelled nor skipped.
    pub tried: u64,
    pub good: u64,
    /// How long a good one takes on average.
    pub average: Option<Duration>,
    pub last_good: Option<DateTime<Utc>>,
}

impl Statistics {
    /// The part that ended well, from 0 to 1; `None` where none was tried.
    pub fn success_rate(&self) -> Option<f64> {
        (self.tried > 0).then(|| self.good as f64 / self.tried as f64)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Ask,
    Export,
    Upload,
    Processing,
    /// Compares data.world's file with what was sent: the size and, if that proves nothing, the bytes.
    Verify,
}

impl Phase {
    pub const ALL: [Self; 5] = [Self::Ask, Self::Export, Self::Upload, Self::Processing, Self::Verify];

    /// The name in the history and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Export => "export",
            Self::Upload => "upload",
            Self::Processing => "processing",
            Self::Verify => "verify",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Ask => "Ask",
            Self::Export => "Export",
            Self::Upload => "Upload",
            Self::Processing => "Processing",
            Self::Verify => "Proof",
        }
    }
}

/// The source of the number that exported rows are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCount {
    Metadata,
    /// A query before the export and one after it.
    Query,
    /// No number exists, and a person has allowed an export without proof.
    NotProven,
}

impl RowCount {
    const ALL: [Self; 3] = [Self::Metadata, Self::Query, Self::NotProven];

    pub fn word(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Query => "query",
            Self::NotProven => "not proven",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|count| count.word() == word)
    }
}
