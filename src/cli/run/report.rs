//! The report at the end of a run: for people on standard output or standard error, for programs as JSON.

use std::io;
use std::process::ExitCode;

use chrono::Utc;
use serde::Serialize;
use serde_json::json;

use super::again::Next;
use super::lines::Shown;
use crate::cli::exit::{Cause as _, Exit};
use crate::cli::json;
use crate::cli::out::out;
use crate::cli::stderr::{eprint_line, eprint_log_location, eprint_notes};
use crate::cli::trouble::Trouble;
use crate::explain;
use crate::export::Export;
use crate::history::RowCount;
use crate::ops;
use crate::system::log;
use crate::text::format;
use crate::text::terminal_text::printable;
use crate::transfer::{Outcome, Progress, Replaced, Summary};

/// The result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ran(Exit);

impl Ran {
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.0.into()
    }

    #[cfg(test)]
    pub(super) fn new(exit: Exit) -> Self {
        Self(exit)
    }

    pub(super) fn exit(self) -> Exit {
        self.0
    }

    pub(super) fn is_well(self) -> bool {
        self.0 == Exit::Done
    }

    pub(super) fn is_cancelled(self) -> bool {
        self.0 == Exit::Cancelled
    }
}

/// Reports the end of a run, with its notes.
pub(super) fn ended(export: &str, outcome: &Outcome, notes: &[String], shown: &Shown) -> io::Result<Ran> {
    let ran = Ran(outcome.exit());
    if shown.json {
        return json::line(&mut out(), &as_json(export, outcome, notes)).map(|()| ran);
    }
    match outcome {
        Outcome::Done(summary) => {
            let mut out = out();
            for line in done_lines(summary) {
                out.line(&line)?;
            }
            for note in notes {
                out.line(&format!("! {}", printable(note)))?;
            }
            return Ok(ran);
        }
        Outcome::Skipped(unchanged) => {
            out().line(&format!("✓ {}", printable(&explain::skipped(unchanged))))?;
        }
        Outcome::Failed { failure, .. } => {
            let mut lines = explain::ended(outcome);
            lines.splice(1..1, explain::row_start(failure));
            eprint_signed('✗', lines);
        }
        Outcome::Cancelled { .. } => eprint_signed('!', explain::ended(outcome)),
    }
    eprint_notes(notes);
    // The report names the log too.
    if ran.0 == Exit::Failed && !shown.is_watched() {
        eprint_log_location();
    }
    Ok(ran)
}

/// Prints the report for a support ticket on standard error.
pub(super) fn print_ticket(export: &Export, outcome: &Outcome, progress: &Progress) {
    let log = log::file().filter(|file| file.exists());
    eprint_line("");
    eprint_line("For a support ticket");
    for line in ops::run::report(export, outcome, progress, Utc::now(), log.as_deref()) {
        eprint_line(&format!("  {line}"));
    }
}

/// Reports why an export was not begun.
pub(super) fn not_begun(export: &str, trouble: &Trouble, json: bool) -> io::Result<Ran> {
    let ran = Ran(trouble.exit());
    if json {
        return json::run_not_begun(export, trouble).map(|()| ran);
    }
    trouble.report();
    Ok(ran)
}

/// Announces the retry of a failed run; of one that did not begin, also the reason.
pub(super) fn again(export: &str, ran: &Result<Ran, Trouble>, next: Next, shown: &Shown) -> io::Result<()> {
    if let Err(trouble) = ran {
        not_begun(export, trouble, shown.json)?;
    }
    eprint_line(&format!("! {next}"));
    Ok(())
}

fn eprint_signed(sign: char, lines: impl IntoIterator<Item = String>) {
    for (n, line) in lines.into_iter().enumerate() {
        let sign = if n == 0 { sign } else { ' ' };
        eprint_line(&format!("{sign} {}", printable(&line)));
    }
}

/// The lines about a run that ended well.
pub(crate) fn done_lines(summary: &Summary) -> Vec<String> {
    let where_to = if summary.dry_run {
        let effect = match &summary.replaced {
            Some(Replaced { bytes: Some(bytes), updated: Some(updated) }) => {
                format!("would replace {} of {}", format::bytes(*bytes), format::moment(*updated))
            }
            Some(_) => "would replace a file that data.world is processing".to_owned(),
            None => "would be new".to_owned(),
        };
        format!("{} {effect}", summary.file)
    } else {
        summary.link.clone()
    };
    let sign = if summary.row_count == RowCount::NotProven { '!' } else { '✓' };
    let mut lines = vec![format!("{sign} {}", explain::done(summary)), format!("  {}", printable(&where_to))];
    lines.extend(explain::deleted(summary).map(|text| format!("  {}", printable(&text))));
    lines.extend(summary.notes.iter().map(|note| format!("! {}", printable(&explain::note(note)))));
    lines
}

#[derive(Serialize)]
struct ReplacedJson {
    size: Option<u64>,
    updated: Option<chrono::DateTime<chrono::Utc>>,
}

fn as_json(export: &str, outcome: &Outcome, notes: &[String]) -> serde_json::Value {
    let (exit_code, word) = (outcome.exit().code(), outcome.exit().result());
    match outcome {
        Outcome::Done(summary) => json!({
            "export": export,
            "result": if summary.dry_run { "dry run" } else { word },
            "exit_code": exit_code,
            "input": summary.input,
            "file": summary.file,
            "link": summary.link,
            "rows": summary.rows,
            "row_count": summary.row_count.into_str(),
            "bytes": summary.bytes,
            "seconds": (summary.took.as_secs_f64() * 1000.0).round() / 1000.0,
            "attempts": summary.attempts,
            "replaced": summary.replaced.map(|Replaced { bytes, updated }| ReplacedJson { size: bytes, updated }),
            "deleted": summary.deleted,
            "notes": summary.notes.iter().map(explain::note).chain(notes.iter().cloned()).collect::<Vec<_>>(),
        }),
        Outcome::Skipped(unchanged) => json!({
            "export": export,
            "result": "skipped",
            "exit_code": exit_code,
            "message": explain::skipped(unchanged),
            "input": unchanged.input,
            "file": unchanged.file,
            "data_date": unchanged.data_date,
            "notes": notes,
        }),
        Outcome::Failed { failure, file_now } => {
            let explanation = explain::failure(failure);
            json!({
                "export": export,
                "result": word,
                "exit_code": exit_code,
                "service": failure.service(),
                "message": explanation.what,
                "advice": explanation.advice,
                "support_id": explanation.support_id,
                "file_now": file_now.as_ref().map(explain::file_now),
                "notes": notes,
            })
        }
        Outcome::Cancelled { file_now } => json!({
            "export": export,
            "result": word,
            "exit_code": exit_code,
            "file_now": file_now.as_ref().map(explain::file_now),
            "notes": notes,
        }),
    }
}
