//! A saved export as a row of the list.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Live;
use crate::export::schedule::Punctuality;
use crate::export::{Export, saved};
use crate::history::{self, RunResult};
use crate::run::{Failure, Outcome};
use crate::state::SavedExport;

/// A saved export.
#[derive(Debug)]
pub struct Row {
    /// What people call it; of one that cannot be read, its file's name.
    pub name: String,
    /// Its definition's file.
    pub file: PathBuf,
    /// What is in it, or why it cannot be read.
    pub export: Result<Box<Export>, String>,
    /// Its newest run in the history.
    pub last: Option<history::Run>,
    /// Whether its scheduled runs come when they are due, where that is known.
    pub punctuality: Option<Punctuality>,
    /// When it runs next by its schedule.
    pub next: Option<DateTime<Utc>>,
}

/// How an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its definition cannot be read.
    Unreadable,
    /// It has not run yet.
    NeverRan,
    /// Another program runs it.
    RunsElsewhere,
    /// A scheduled run is missing that was due then.
    Late(DateTime<Utc>),
    /// Its last run ended well, then.
    Good(DateTime<Utc>),
    /// Its last run failed, was refused or broke off, then.
    Failing(RunResult, DateTime<Utc>),
    /// Its last run was cancelled or had nothing to do, then.
    Idle(RunResult, DateTime<Utc>),
}

impl Row {
    pub(super) fn new(saved: SavedExport, now: DateTime<Utc>) -> Self {
        let SavedExport { file, export, last, punctuality } = saved;
        let stem = || file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = export.as_ref().map_or_else(|_| stem(), |export| export.name.clone());
        let next = export.as_ref().ok().and_then(|export| export.schedule.next_runs(now).next());
        Self { name, file, export, last, punctuality, next }
    }

    /// Where its file goes.
    pub fn destination(&self) -> String {
        let Ok(export) = &self.export else { return String::new() };
        format!("{}/{}", export.output.dataset, export.output.file)
    }

    /// The name of its file, by which schedulers know it.
    pub(super) fn slug(&self) -> String {
        self.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The command that runs it.
    pub fn command(&self) -> String {
        format!("writeback run {}", saved::argument(&self.file))
    }

    /// How it stands, by what is newer: its last run in the history, or one of this session.
    pub fn standing(&self, live: Option<&Live>) -> Standing {
        if self.export.is_err() {
            return Standing::Unreadable;
        }
        let newer =
            live.filter(|live| !live.dry_run && self.last.as_ref().is_none_or(|last| last.started < live.started));
        if let Some((outcome, ended)) = newer.and_then(|live| Some((live.run.outcome()?, live.ended?))) {
            return Standing::of(result_of(outcome), ended);
        }
        let standing = match &self.last {
            None => Standing::NeverRan,
            Some(history::Run { result: Some(result), ended, started, .. }) => {
                Standing::of(*result, ended.unwrap_or(*started))
            }
            Some(_) => Standing::RunsElsewhere,
        };
        // That it fails matters more, and one that runs may be the one that was due.
        match (standing, self.punctuality.and_then(Punctuality::late_since)) {
            (Standing::Good(_) | Standing::Idle(..) | Standing::NeverRan, Some(due)) => Standing::Late(due),
            _ => standing,
        }
    }
}

impl Standing {
    fn of(result: RunResult, ended: DateTime<Utc>) -> Self {
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
