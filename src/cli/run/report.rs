//! What is said when a run has ended: for a person on standard output or standard error, for a program as JSON.

use crate::cli::say::{say, say_where_the_log_is};
use std::io::{self, Write as _};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use super::lines::Shown;
use crate::cli::trouble::Trouble;
use crate::figures;
use crate::printable::printable;
use crate::run::{Outcome, Summary};

/// How a run ended, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ran(u8);

impl Ran {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.0)
    }

    pub(super) fn is_well(self) -> bool {
        self.0 == 0
    }

    pub(super) fn is_interrupted(self) -> bool {
        self.0 == 130
    }
}

/// Says how a run ended, and what else is worth knowing.
pub(super) fn ended(export: &str, outcome: &Outcome, notes: &[String], shown: &Shown) -> io::Result<Ran> {
    let ran = Ran(outcome.exit_code());
    if shown.json {
        return print_json(&as_json(export, outcome, notes)).map(|()| ran);
    }
    match outcome {
        Outcome::Done(summary) => {
            let mut out = anstream::stdout().lock();
            for line in done_lines(summary) {
                writeln!(out, "{line}")?;
            }
            for note in notes {
                writeln!(out, "! {}", printable(note))?;
            }
            return Ok(ran);
        }
        Outcome::Failed { explanation, file_now, .. } => {
            let id = explanation.support_id.as_ref().map(|id| format!("Support id {id}."));
            say_bad("✗", &explanation.what, [Some(&explanation.advice), file_now.as_ref(), id.as_ref()]);
        }
        Outcome::Cancelled { file_now } => say_bad("!", "Interrupted.", [file_now.as_ref()]),
    }
    say_notes(notes);
    if ran.0 == 1 {
        say_where_the_log_is();
    }
    Ok(ran)
}

/// Says why an export was not begun.
pub(super) fn not_begun(export: &str, trouble: &Trouble, json: bool) -> io::Result<Ran> {
    let ran = Ran(trouble.code());
    if json {
        let object = json!({
            "export": export, "result": "failed", "exit_code": trouble.code(), "message": trouble.sentence(),
        });
        return print_json(&object).map(|()| ran);
    }
    trouble.report();
    Ok(ran)
}

/// Says on standard error what else is worth knowing.
pub(super) fn say_notes(notes: &[String]) {
    for note in notes {
        say(&format!("! {}", printable(note)));
    }
}

fn say_bad<'a>(sign: &str, what: &str, more: impl IntoIterator<Item = Option<&'a String>>) {
    say(&format!("{sign} {}", printable(what)));
    for line in more.into_iter().flatten().filter(|line| !line.is_empty()) {
        say(&format!("  {}", printable(line)));
    }
}

fn done_lines(summary: &Summary) -> Vec<String> {
    let rows = figures::counted(summary.rows, "row");
    let (bytes, took) = (figures::bytes(summary.bytes), figures::took(summary.took));
    let mut lines = if summary.dry_run {
        let effect = match &summary.replaced {
            Some((Some(size), Some(updated))) => {
                format!("would replace {} of {}", figures::bytes(*size), updated.format("%-d %b %Y %H:%M UTC"))
            }
            Some(_) => "would replace a file that data.world is processing".to_owned(),
            None => "would be new".to_owned(),
        };
        vec![
            format!("✓ Dry run: {rows}, {bytes}, in {took}. Proven: rows equal Domo's. Nothing was uploaded."),
            format!("  {} {effect}", printable(&summary.file)),
        ]
    } else {
        vec![
            format!("✓ {rows}, {bytes}, in {took}. Proven: rows equal Domo's, size equals data.world's."),
            format!("  {}", printable(&summary.link)),
        ]
    };
    lines.extend(summary.notes.iter().map(|note| format!("! {}", printable(note))));
    lines
}

#[derive(Serialize)]
struct Replaced {
    size: Option<u64>,
    updated: Option<chrono::DateTime<chrono::Utc>>,
}

fn as_json(export: &str, outcome: &Outcome, notes: &[String]) -> serde_json::Value {
    let exit_code = outcome.exit_code();
    match outcome {
        Outcome::Done(summary) => json!({
            "export": export,
            "result": if summary.dry_run { "dry run" } else { "done" },
            "exit_code": exit_code,
            "input": summary.input,
            "file": summary.file,
            "link": summary.link,
            "rows": summary.rows,
            "bytes": summary.bytes,
            "seconds": (summary.took.as_secs_f64() * 1000.0).round() / 1000.0,
            "attempts": summary.attempts,
            "replaced": summary.replaced.map(|(size, updated)| Replaced { size, updated }),
            "notes": summary.notes.iter().chain(notes).collect::<Vec<_>>(),
        }),
        Outcome::Failed { explanation, file_now, .. } => json!({
            "export": export,
            "result": "failed",
            "exit_code": exit_code,
            "message": explanation.what,
            "advice": explanation.advice,
            "support_id": explanation.support_id,
            "file_now": file_now,
            "notes": notes,
        }),
        Outcome::Cancelled { file_now } => json!({
            "export": export,
            "result": "cancelled",
            "exit_code": exit_code,
            "file_now": file_now,
            "notes": notes,
        }),
    }
}

fn print_json(object: &serde_json::Value) -> io::Result<()> {
    // JSON may hold what a terminal obeys, or what turns the reading direction; escaped it means the same.
    let mut line = String::new();
    for c in object.to_string().chars() {
        if printable(c.encode_utf8(&mut [0; 4])) == c.to_string() {
            line.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    writeln!(anstream::stdout(), "{line}")
}
