//! `run --if-due` and `--if-due-at`: whether a run that a scheduler wants to begin is due.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::RunArgs;
use crate::cli::say::say;
use crate::export::Export;
use crate::history::History;
use crate::schedulers;
use crate::system::files::canonical;
use crate::text::format;
use crate::text::terminal_text::printable;

/// Whether the export is due, if that is asked; says so, with the next run, if it is not.
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
        say(&format!("{} is not due: {next}.", printable(&export.name)));
    }
    is_due
}

/// When a scheduler last began a run. A history that cannot be read says nothing.
fn last_begun(state: &Path, definition: &Path, export: &Export, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let opened = History::existing(state, now).ok()??;
    let _ = opened.history.find_moved([(definition, export)]);
    opened.history.last_scheduled(&canonical(definition), now).ok()?
}
