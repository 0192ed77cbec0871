//! `schedule --list`: the schedulers' copies of exports, and the schedulers that could not be asked.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ScheduleArgs, clock};
use crate::cli::context::Context;
use crate::cli::json;
use crate::cli::out::{out, room};
use crate::cli::table::{Column, Table};
use crate::cli::trouble::Trouble;
use crate::explain;
use crate::ops::schedules;
use crate::schedulers::{LocalSchedule, LocalSchedules, ScheduleState, SchedulerError, SchedulerKind};
use crate::text::format;
use crate::text::terminal_text::printable;

/// An export in a scheduler, or a scheduler that could not be asked.
#[derive(Serialize)]
struct ScheduleRow {
    /// `None` for a scheduler that could not be asked.
    export: Option<String>,
    scheduler: String,
    next: Option<DateTime<Utc>>,
    state: State,
    /// The error of the scheduler or of the definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Credentials that its runs will not find.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// The names are stable: programs may rely on them.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Matches,
    Differs,
    /// The export has no schedule any more.
    Manual,
    /// The definition is deleted.
    Gone,
    /// The definition cannot be read.
    Unreadable,
    /// It belongs to another `WRITEBACK_HOME`.
    Other,
    /// The scheduler could not be asked.
    Unknown,
}

/// Lists the copies, then reports errors. The exit code is that of a scheduler that could not be asked, or else that of
/// a definition that cannot be read.
pub(super) async fn list(args: &ScheduleArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let LocalSchedules { all, unasked, .. } = schedules::find(&context.workspace, clock(args)?).await;
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for LocalSchedule { slug, target, state, next } in all {
        let (state, error) = match state {
            ScheduleState::Matches => (State::Matches, None),
            ScheduleState::Differs => (State::Differs, None),
            ScheduleState::Manual => (State::Manual, None),
            ScheduleState::OtherHome { .. } => (State::Other, None),
            ScheduleState::Gone(path) => (State::Gone, Some(format!("There is no {}.", path.display()))),
            ScheduleState::Unreadable(error) => {
                let sentence = error.to_string();
                wrong.push(Trouble::from(error));
                (State::Unreadable, Some(sentence))
            }
        };
        let warnings = match state {
            State::Other => Vec::new(),
            _ => schedules::warnings(&context.workspace, &slug, target).await,
        };
        rows.push(ScheduleRow { export: Some(slug), scheduler: target.word(), next, state, error, warnings });
    }
    for (target, error) in unasked {
        let sentence = not_asked(target, &error, "list");
        let (scheduler, error) = (target.word(), Some(sentence.clone()));
        rows.push(ScheduleRow {
            export: None,
            scheduler,
            next: None,
            state: State::Unknown,
            error,
            warnings: Vec::new(),
        });
        wrong.push(Trouble::failed(sentence));
    }
    let write = |text: &str| out().write_all(text.as_bytes()).map_err(Trouble::unwritten);
    if args.json {
        json::pretty(&mut out(), &rows).map_err(Trouble::unwritten)?;
    } else if rows.is_empty() {
        write(&format!("{}\n", explain::NOTHING_INSTALLED))?;
    } else if rows.iter().any(|row| row.export.is_some()) {
        write(&table_of(&rows).text(room()))?;
        rows.iter().filter_map(removal).try_for_each(|line| write(&line))?;
        for (export, warning) in rows.iter().flat_map(|row| row.warnings.iter().map(|it| (row.export.as_deref(), it))) {
            out()
                .line(&printable(&format!("! {}: {warning}", export.unwrap_or_default())))
                .map_err(Trouble::unwritten)?;
        }
    }
    // The last one decides.
    Ok(wrong.iter().fold(ExitCode::SUCCESS, |_, trouble| trouble.report()))
}

/// `again` is what to do once it can be asked.
pub(super) fn not_asked(target: SchedulerKind, error: &SchedulerError, again: &str) -> String {
    let next = match error {
        SchedulerError::Refused { command, .. } => format!("once `{command}` works here"),
        _ => "once it can be read".to_owned(),
    };
    // A tool's own sentence stands last: it may lack its full stop.
    format!("What {} has could not be found out; {again} again {next}. {error}", target.title())
}

fn table_of(rows: &[ScheduleRow]) -> Table<4> {
    let mut table = Table::new([
        Column::new("Export").at_least(12).typed(),
        Column::new("Scheduler"),
        Column::new("Next run (UTC)"),
        Column::new("State"),
    ]);
    for ScheduleRow { export, scheduler, next, state, .. } in rows {
        let Some(export) = export else { continue };
        let next = next.map_or_else(|| "-".to_owned(), format::date_and_time);
        let state = match state {
            State::Matches => "matches",
            State::Differs => "no longer matches: install it again",
            State::Manual => "has no schedule any more: remove it",
            State::Gone => "its definition is gone",
            State::Unreadable => "its definition cannot be read",
            State::Other => "of another WRITEBACK_HOME",
            State::Unknown => "?",
        };
        table.row([export.clone(), scheduler.clone(), next, state.to_owned()]);
    }
    table
}

/// The command that removes an export without a definition from its scheduler.
fn removal(row: &ScheduleRow) -> Option<String> {
    let (State::Gone, Some(export), Some(error)) = (row.state, &row.export, &row.error) else { return None };
    Some(format!("{error} {}\n", explain::take_out(export, &row.scheduler)))
}
