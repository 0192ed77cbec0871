//! The progress and outcome of a run, as plain data.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::export::{Keep, Service};
use crate::text::format::counted;

use super::{Failure, FileAfter, Pause, RunNote};
use crate::history::{Phase, RowCount};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhaseState {
    #[default]
    Waiting,
    Running,
    Done(Duration),
    Failed,
    /// Not ended by itself: the run was cancelled, or failed in another phase.
    Stopped,
    /// Left out: a dry run uploads nothing.
    Skipped,
}

/// A snapshot of a run. It is sampled: each one replaces the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub phases: [PhaseState; 5],
    pub input: Option<String>,
    /// `owner/id/name.csv`, once known.
    pub file: Option<String>,
    pub replaces: Option<bool>,
    pub rows_stated: Option<u64>,
    pub rows: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Bytes of the whole file, once all have arrived.
    pub bytes_total: Option<u64>,
    pub attempt: u32,
    pub attempts: u32,
    pub failed_by: Option<Service>,
    pub note: Option<Pause>,
    pub elapsed: Duration,
}

impl Progress {
    pub fn has_sent_all(&self) -> bool {
        matches!(self.phases[Phase::Upload as usize], PhaseState::Done(_))
    }

    /// The upload waits: for all rows if the file exists already, else for the first ones.
    pub fn upload_waits(&self) -> bool {
        self.phases[Phase::Upload as usize] == PhaseState::Waiting
    }

    /// Bytes for the speed of the run: those received while the upload waits, else those sent.
    pub fn bytes_moved(&self) -> u64 {
        if self.upload_waits() { self.bytes_in } else { self.bytes_out }
    }

    /// Describes [`Phase::Ask`], in which both services are asked at once: after a failure, the service at fault.
    pub fn ask_summary(&self) -> String {
        match (self.phases[Phase::Ask as usize], self.failed_by, self.rows_stated) {
            (PhaseState::Failed, Some(service), _) => service.name().to_owned(),
            (_, _, Some(rows)) => format!("Domo states {}", counted(rows, "row")),
            (_, _, None) => "Domo and data.world".to_owned(),
        }
    }

    /// The phase that failed, else the last one that has begun.
    pub fn reached(&self) -> Option<Phase> {
        let state = |phase: Phase| self.phases[phase as usize];
        let failed = Phase::ALL.into_iter().find(|phase| state(*phase) == PhaseState::Failed);
        let has_begun = |phase: &Phase| !matches!(state(*phase), PhaseState::Waiting | PhaseState::Skipped);
        failed.or_else(|| Phase::ALL.into_iter().rev().find(has_begun))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every row has arrived (or, in a dry run, would have).
    Done(Summary),
    Skipped(Unchanged),
    Failed {
        failure: Failure,
        /// `None` if the run failed before it knew its file.
        file_now: Option<FileAfter>,
    },
    Cancelled {
        /// `None` if the run was cancelled before it knew its file.
        file_now: Option<FileAfter>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    pub input: String,
    /// `owner/id/name.csv`.
    pub file: String,
    pub rows: u64,
    pub data_date: DateTime<Utc>,
}

/// A setting that a person may change after a check has refused an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    HashRows,
    AllowUnreadable,
    AllowEmpty,
    AllowShrink,
    AllowUnproven,
    ConfirmOwner,
    ConfirmSeesAll,
}

impl Remedy {
    pub(crate) fn may_be_allowed(self) -> bool {
        use Remedy::{AllowEmpty, AllowShrink, AllowUnproven, AllowUnreadable, HashRows};
        matches!(self, HashRows | AllowUnreadable | AllowEmpty | AllowShrink | AllowUnproven)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub input: String,
    /// `owner/id/name.csv`.
    pub file: String,
    pub link: String,
    /// Without the header.
    pub rows: u64,
    pub row_count: RowCount,
    pub bytes: u64,
    pub took: Duration,
    pub attempts: u32,
    pub replaced: Option<Replaced>,
    /// Date of the data's last change, by Domo; also `None` when only the file's size proves its arrival, so that the
    /// next run is not skipped.
    pub data_date: Option<DateTime<Utc>>,
    /// The file's date on data.world, after the run's own changes.
    pub updated: Option<DateTime<Utc>>,
    pub keep: Option<Keep>,
    /// Names of files that were, or would be, deleted.
    pub deleted: Vec<String>,
    pub dry_run: bool,
    pub notes: Vec<RunNote>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// `None` while data.world processes it.
    pub bytes: Option<u64>,
    pub updated: Option<DateTime<Utc>>,
}
