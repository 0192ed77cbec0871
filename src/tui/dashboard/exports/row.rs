use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::SessionRun;
use crate::explain;
use crate::export::schedule::Punctuality;
use crate::export::{Export, saved};
use crate::history::{self, RunResult};
use crate::transfer::{Failure, Outcome};
use crate::tui::state::SavedExport;

#[derive(Debug)]
pub struct ExportRow {
    /// The export's name; for an unreadable definition, its file's name.
    pub name: String,
    pub file: PathBuf,
    /// The error of an unreadable definition is a sentence.
    pub export: Result<Box<Export>, String>,
    pub last: Option<history::Run>,
    /// `None` if it is not known whether scheduled runs come in time.
    pub punctuality: Option<Punctuality>,
    pub next: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Unreadable,
    NeverRan,
    /// Another program runs it.
    RunsElsewhere,
    Late(DateTime<Utc>),
    Good(DateTime<Utc>),
    Failing(RunResult, DateTime<Utc>),
    Idle(RunResult, DateTime<Utc>),
}

impl ExportRow {
    pub(super) fn new(saved: SavedExport, now: DateTime<Utc>) -> Self {
        let SavedExport { file, export, last, punctuality } = saved;
        let stem = || file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = export.as_ref().map_or_else(|_| stem(), |export| export.name.clone());
        let next = export.as_ref().ok().and_then(|export| export.schedule.next_runs(now).next());
        Self { name, file, export, last, punctuality, next }
    }

    pub fn destination(&self) -> String {
        let Ok(export) = &self.export else { return String::new() };
        format!("{}/{}", export.output.dataset, export.output.file)
    }

    /// The name of the definition's file, which schedulers use.
    pub(super) fn slug(&self) -> String {
        self.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub fn command(&self) -> String {
        explain::commands::run(&saved::argument(&self.file))
    }

    /// Judges by the newer of the last run in the history and the one of this session.
    pub fn standing(&self, live: Option<&SessionRun>) -> Standing {
        if self.export.is_err() {
            return Standing::Unreadable;
        }
        let newer =
            live.filter(|live| !live.dry_run && self.last.as_ref().is_none_or(|last| last.started < live.started));
        if let Some((outcome, ended)) = newer.and_then(|live| Some((live.run.outcome()?, live.ended?))) {
            return Standing::from_result(result_of(outcome), ended);
        }
        let standing = match &self.last {
            None => Standing::NeverRan,
            Some(history::Run { result: Some(result), ended, started, .. }) => {
                Standing::from_result(*result, ended.unwrap_or(*started))
            }
            Some(_) => Standing::RunsElsewhere,
        };
        // A failure matters more, and a running export may be the missing run.
        match (standing, self.punctuality.and_then(Punctuality::late_since)) {
            (Standing::Good(_) | Standing::Idle(..) | Standing::NeverRan, Some(due)) => Standing::Late(due),
            _ => standing,
        }
    }
}

impl Standing {
    fn from_result(result: RunResult, ended: DateTime<Utc>) -> Self {
        match result {
            RunResult::Done => Self::Good(ended),
            RunResult::Failed | RunResult::Refused | RunResult::Interrupted => Self::Failing(result, ended),
            RunResult::Cancelled | RunResult::Skipped => Self::Idle(result, ended),
        }
    }
}

fn result_of(outcome: &Outcome) -> RunResult {
    match outcome {
        Outcome::Done(_) => RunResult::Done,
        Outcome::Failed { failure: Failure::Refused(_), .. } => RunResult::Refused,
        Outcome::Failed { .. } => RunResult::Failed,
        Outcome::Skipped(_) => RunResult::Skipped,
        Outcome::Cancelled { .. } => RunResult::Cancelled,
    }
}
