//! The record of a run, as plain data.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

use crate::export::{DatasetKey, Update};

/// The words of this and the enums below stand in the history and in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, Serialize)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Manual,
    Scheduled,
    /// The export itself, after a failed scheduled run.
    Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, Serialize)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum RunResult {
    /// Every row has arrived.
    Done,
    Failed,
    /// A check refused the export; nothing was replaced.
    Refused,
    /// By a key, by Ctrl-C, or by a signal that asks the program to end.
    Cancelled,
    /// The program was killed, or the computer lost power.
    Interrupted,
    Skipped,
}

impl Kind {
    pub fn starter(self) -> &'static str {
        match self {
            Self::Manual => "a person",
            Self::Scheduled => "a scheduler",
            Self::Retry => "the export itself, after a failed run",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(pub(super) i64);

#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// The display name.
    pub export: &'a str,
    /// The name for `writeback run`.
    pub slug: &'a str,
    /// The definition's canonical path, which identifies the export.
    pub definition: &'a Path,
    /// Its DataSet and files, as `Export::route` gives them.
    pub writes: &'a str,
    /// Set if the run holds its export's lock, by which others see that it is alive.
    pub is_locked: bool,
    pub kind: Kind,
    pub started: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    pub phase: Option<Phase>,
    /// `owner/id/name.csv`.
    pub file: Option<String>,
    pub rows: u64,
    pub bytes: u64,
    pub attempts: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The export's source and target ([`crate::export::Export::content`]).
    pub content: String,
    pub dataset: DatasetKey,
    pub file: String,
    /// The date of the last change, as Domo stated it.
    pub data_date: Option<DateTime<Utc>>,
    /// The date that data.world gave the file.
    pub updated: Option<DateTime<Utc>>,
    /// Names of older files.
    pub deleted: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub result: RunResult,
    /// Set after a good run.
    pub arrived: Option<Arrived>,
    /// `Update::Replace` deletes the export's other runs.
    pub log: Update,
    pub reached: Reached,
    /// Set if all rows came.
    pub row_count: Option<RowCount>,
    /// A sentence; set unless the run ended well.
    pub reason: Option<String>,
    pub advice: Option<String>,
    /// A sentence on data.world's file after the run.
    pub file_now: Option<String>,
    pub support_id: Option<String>,
    /// A sentence each.
    pub notes: Vec<String>,
}

impl Ending {
    /// An ending of which nothing else is known.
    pub fn new(result: RunResult, log: Update, reached: Reached) -> Self {
        Self {
            result,
            arrived: None,
            log,
            reached,
            row_count: None,
            reason: None,
            advice: None,
            file_now: None,
            support_id: None,
            notes: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The display name.
    pub export: String,
    pub definition: String,
    /// `None` for a word that this version does not know.
    pub kind: Option<Kind>,
    /// `None` while it runs.
    pub result: Option<RunResult>,
    pub started: DateTime<Utc>,
    /// For an interrupted run, the time of its last sign of life.
    pub ended: Option<DateTime<Utc>>,
    pub phase: Option<Phase>,
    pub rows: Option<u64>,
    /// `None` unless it ended well and that is known.
    pub row_count: Option<RowCount>,
    pub bytes: Option<u64>,
    /// `owner/id/name.csv`.
    pub file: Option<String>,
    pub attempts: u32,
    /// A sentence; set unless the run ended well.
    pub reason: Option<String>,
    pub advice: Option<String>,
    /// A sentence on data.world's file after the run.
    pub file_now: Option<String>,
    pub support_id: Option<String>,
    /// A sentence each.
    pub notes: Vec<String>,
}

impl Run {
    /// `None` while it runs.
    pub fn took(&self) -> Option<Duration> {
        (self.ended? - self.started).to_std().ok()
    }
}

#[derive(Debug, Clone, Copy)]
pub enum RunFilter<'a> {
    All,
    /// Runs of this definition.
    Definition(&'a Path),
    /// Runs of this definition, and of those that had the name before.
    Export {
        /// The name for `writeback run`.
        slug: &'a str,
        definition: &'a Path,
    },
}

/// Figures over all runs of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Statistics {
    pub runs: u64,
    /// Ended runs that were to bring a file: neither cancelled nor skipped.
    pub tried: u64,
    pub good: u64,
    /// Of the good runs.
    pub average: Option<Duration>,
    pub last_good: Option<DateTime<Utc>>,
}

impl Statistics {
    /// From 0 to 1; `None` if no run was tried.
    pub fn success_rate(&self) -> Option<f64> {
        (self.tried > 0).then(|| self.good as f64 / self.tried as f64)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, Serialize)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Ask,
    Export,
    Upload,
    Processing,
    /// Compares data.world's file with the sent one: the size and, if that proves nothing, the bytes.
    Proof,
}

impl Phase {
    pub const ALL: [Self; 5] = [Self::Ask, Self::Export, Self::Upload, Self::Processing, Self::Proof];

    pub fn label(self) -> &'static str {
        match self {
            Self::Ask => "Ask",
            Self::Export => "Export",
            Self::Upload => "Upload",
            Self::Processing => "Processing",
            Self::Proof => "Proof",
        }
    }
}

/// The source of the number that exported rows are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, Serialize)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum RowCount {
    Metadata,
    /// A query before the export and one after it.
    Query,
    /// No number exists, and a person has allowed an export without proof.
    #[strum(serialize = "not proven")]
    #[serde(rename = "not proven")]
    NotProven,
}
