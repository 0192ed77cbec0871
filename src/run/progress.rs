//! What a run shows while it goes and when it has ended, as plain data.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::export::Keep;
use crate::figures::counted;
use crate::service::Service;

use super::{Failure, FileAfter, Note, Pause, RowCount};

/// The phases of a run, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Both services are asked what is there.
    Ask,
    /// Rows come from Domo.
    Export,
    /// Bytes go to data.world.
    Upload,
    /// data.world takes the file in.
    Processing,
    /// What data.world shows is compared with what was sent: the size, and where that tells nothing, the bytes.
    Verify,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Ask, Self::Export, Self::Upload, Self::Processing, Self::Verify];

    /// One word: the history and programs know it by this.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Export => "export",
            Self::Upload => "upload",
            Self::Processing => "processing",
            Self::Verify => "verify",
        }
    }

    /// What people call it.
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

/// How far a phase is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhaseState {
    /// Not begun.
    #[default]
    Waiting,
    /// Under way.
    Running,
    /// Ended well, after this time.
    Done(Duration),
    /// Ended badly.
    Failed,
    /// Under way when the run was cancelled, which is no failure of it.
    Cancelled,
    /// Left out: a dry run uploads nothing.
    Skipped,
}

/// A moment of a run. It is sampled: each one replaces the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The state of each of [`Phase::ALL`].
    pub phases: [PhaseState; 5],
    /// The DataSet's name, once known.
    pub input: Option<String>,
    /// The file, `owner/id/name.csv`, once known.
    pub file: Option<String>,
    /// Whether a file of that name was there when the run asked, once known.
    pub replaces: Option<bool>,
    /// Rows that Domo states.
    pub rows_stated: Option<u64>,
    /// Rows counted so far.
    pub rows: u64,
    /// Bytes received from Domo.
    pub bytes_in: u64,
    /// Bytes handed to data.world in this attempt.
    pub bytes_out: u64,
    /// Bytes of the whole file, once all have come.
    pub bytes_total: Option<u64>,
    /// The attempt that is under way, from 1.
    pub attempt: u32,
    /// The most attempts there will be.
    pub attempts: u32,
    /// Of a run that has failed: the service whose answer was the reason.
    pub failed_by: Option<Service>,
    /// What the run waits for, and why.
    pub note: Option<Pause>,
    /// Time since the start.
    pub elapsed: Duration,
}

impl Progress {
    /// Whether the whole file has gone to data.world.
    pub fn has_sent_all(&self) -> bool {
        matches!(self.phases[Phase::Upload as usize], PhaseState::Done(_))
    }

    /// Tells whether the upload waits: for every row where the file is there already, else for the first ones.
    pub fn upload_waits(&self) -> bool {
        self.phases[Phase::Upload as usize] == PhaseState::Waiting
    }

    /// Bytes by which the speed of the run goes: those that come while the upload waits, else those that go.
    pub fn moved(&self) -> u64 {
        if self.upload_waits() { self.bytes_in } else { self.bytes_out }
    }

    /// What is known of [`Phase::Ask`], in which both services are asked at once: of a failure, whose it is.
    pub fn asked(&self) -> String {
        match (self.phases[Phase::Ask as usize], self.failed_by, self.rows_stated) {
            (PhaseState::Failed, Some(service), _) => service.name().to_owned(),
            (_, _, Some(rows)) => format!("Domo states {}", counted(rows, "row")),
            (_, _, None) => "Domo and data.world".to_owned(),
        }
    }

    /// The last phase that was begun.
    pub fn reached(&self) -> Option<Phase> {
        let begun = |phase: &Phase| !matches!(self.phases[*phase as usize], PhaseState::Waiting | PhaseState::Skipped);
        Phase::ALL.into_iter().rev().find(begun)
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every row has arrived (or, in a dry run, would have).
    Done(Summary),
    /// There was nothing to do: the data has not changed since the last good run.
    Skipped(Unchanged),
    /// It failed.
    Failed {
        /// Why.
        failure: Failure,
        /// What is on data.world now, if the run came so far as to know its file.
        file_now: Option<FileAfter>,
    },
    /// It was cancelled.
    Cancelled {
        /// What is on data.world now, if the run came so far as to know its file.
        file_now: Option<FileAfter>,
    },
}

/// Data that is on data.world already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    /// The DataSet's name.
    pub input: String,
    /// The file that holds it, `owner/id/name.csv`.
    pub file: String,
    /// The rows that Domo states.
    pub rows: u64,
    /// When it was changed last.
    pub data_date: DateTime<Utc>,
}

/// What a person may allow after a check has refused an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Quote or allow rows that begin with `#`.
    HashRows,
    /// Send bytes that are no text.
    AllowUnreadable,
    /// Replace a file with rows by one without.
    AllowEmpty,
    /// Replace a file by one of less than half its size.
    AllowShrink,
    /// Export without a proof that all rows came.
    AllowUnproven,
    /// Confirm to own or co-own the DataSet.
    ConfirmOwner,
    /// Confirm the export of a DataSet that the account sees whole and does not own.
    ConfirmSeesAll,
}

impl Remedy {
    /// Tells what can be allowed for one run alone, or always.
    pub(crate) fn may_be_allowed(self) -> bool {
        use Remedy::{AllowEmpty, AllowShrink, AllowUnproven, AllowUnreadable, HashRows};
        matches!(self, HashRows | AllowUnreadable | AllowEmpty | AllowShrink | AllowUnproven)
    }
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The DataSet's name.
    pub input: String,
    /// The file, `owner/id/name.csv`.
    pub file: String,
    /// The file's page on data.world.
    pub link: String,
    /// Rows, the header not counted.
    pub rows: u64,
    /// The count that they were compared with.
    pub row_count: RowCount,
    /// Bytes of the file.
    pub bytes: u64,
    /// How long it took.
    pub took: Duration,
    /// Attempts that the upload took.
    pub attempts: u32,
    /// The file that was, or would be, replaced.
    pub replaced: Option<Replaced>,
    /// When Domo says that the data in it was changed last; `None` also when only the file's size says that it has
    /// arrived, so that a later run is not skipped because of this one.
    pub data_date: Option<DateTime<Utc>>,
    /// The date that data.world gives the file, after the run's own changes; `None` where it gives none.
    pub updated: Option<DateTime<Utc>>,
    /// *Keep last N*, if older files are deleted.
    pub keep: Option<Keep>,
    /// The names of those that were, or would be, deleted.
    pub deleted: Vec<String>,
    /// Whether nothing was uploaded.
    pub dry_run: bool,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
}

/// A file that is replaced, as data.world shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// Its size; `None` while data.world processes it.
    pub bytes: Option<u64>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
}
