use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::explain;
use crate::export::schedule::Punctuality;
use crate::export::{Export, Output, file_name_form, saved};
use crate::history::{self, RunResult};
use crate::transfer::{Failure, Outcome};
use crate::tui::state::{Run, RunEntry, SavedExport};

#[derive(Debug, Clone)]
pub struct ExportRow {
    /// The export's name; for an unreadable definition, its file's name.
    pub name: String,
    pub file: PathBuf,
    /// The error of an unreadable definition is a sentence.
    pub export: Result<Box<Export>, String>,
    /// `false` for an export that has run in this session and is in no file.
    pub is_saved: bool,
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
        let name = export.as_ref().map_or_else(|_| slug_of(&file), |export| export.name.clone());
        let next = export.as_ref().ok().and_then(|export| export.schedule.next_runs(now).next());
        Self { name, file, export, is_saved: true, last, punctuality, next }
    }

    /// The row of a run whose export is not among the saved ones.
    pub(super) fn of_run(run: &Run) -> Self {
        let RunEntry { export, definition, .. } = &run.order.entry;
        let (name, file, export) = (export.name.clone(), definition.clone(), Ok(Box::new(export.clone())));
        Self { name, file, export, is_saved: false, last: None, punctuality: None, next: None }
    }

    pub fn destination(&self) -> String {
        let Ok(export) = &self.export else { return String::new() };
        format!("{}/{}", export.output.dataset, export.output.file)
    }

    /// The destination with the extension, and the form of a date or number in the name.
    pub fn files(&self) -> String {
        let Ok(Output { dataset, file, append, .. }) = self.export.as_ref().map(|export| &export.output) else {
            return String::new();
        };
        format!("{dataset}/{}", file_name_form(file, *append))
    }

    pub fn slug(&self) -> String {
        slug_of(&self.file)
    }

    /// Tells if this export is saved, with the settings of `export`.
    pub fn is_saved_as(&self, export: &Export) -> bool {
        self.is_saved && self.export.as_deref().is_ok_and(|saved| saved == export)
    }

    /// Runs what is saved.
    pub fn command(&self) -> String {
        explain::commands::run(&saved::argument(&self.file))
    }

    /// Judges by the newer of the last run in the history and the one of this session.
    pub fn standing(&self, live: Option<&Run>) -> Standing {
        if self.export.is_err() {
            return Standing::Unreadable;
        }
        let newer =
            live.filter(|live| !live.is_dry() && self.last.as_ref().is_none_or(|last| last.started < live.started));
        if let Some((outcome, ended)) = newer.and_then(|live| Some((live.outcome()?, live.ended?))) {
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

/// The name of a definition's file, which schedulers use.
pub(super) fn slug_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
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
