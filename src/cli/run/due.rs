//! `run --if-due` and `--if-due-at`: skips a scheduled run that is not due.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::RunArgs;
use crate::cli::stderr::eprint_line;
use crate::export::Export;
use crate::history::History;
use crate::schedulers;
use crate::system::files::canonical;
use crate::text::format;
use crate::text::terminal_text::printable;

/// Tells if the export is due, or nobody asked; else prints that, with the next run.
pub(super) fn is_due(args: &RunArgs, state: &Path, definition: &Path, export: &Export) -> bool {
    let now = Utc::now();
    let is_due = match args.if_due_at {
        Some(start) => start.is_due(&export.schedule),
        None if args.if_due => schedulers::is_due(&export.schedule, last_begun(state, definition, export, now), now),
        None => true,
    };
    if !is_due {
        let zone = export.schedule.zone;
        let next = match export.schedule.next_runs(now).next() {
            Some(next) => format!("its next run is on {}", format::moment_in(zone, next)),
            None => "no further run is scheduled".to_owned(),
        };
        eprint_line(&format!("{} is not due: {next}.", printable(&export.name)));
    }
    is_due
}

/// The last scheduled run; `None` if the history cannot be read.
fn last_begun(state: &Path, definition: &Path, export: &Export, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let opened = History::existing(state, now).ok()??;
    let _ = opened.history.find_moved([(definition, export)]);
    opened.history.last_scheduled(&canonical(definition), now).ok()?
}
