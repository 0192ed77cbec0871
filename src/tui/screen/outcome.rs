//! The outcome of a run.
//!
//! ```text
//!   ✓ 1,204,331 rows, 84.7 MB, in 10.4 s. Proven: rows equal Domo's, size equals data.world's.
//!     https://data.world/acme-analytics/sales-mart/workspace/file?filename=daily-sales.csv
//!
//!     Run it without this screen: writeback run daily-sales
//!
//!   ✗ The cause, in one sentence (403).
//!     Advice.
//!     Nothing arrived: the old daily-sales.csv (84.2 MB) is as it was.
//!     Support id b6267b6a-92de-4f15-b02d-10b073e76b83
//!     Log: /home/ada/.local/state/writeback/logs/writeback.2026-11-22.log
//! ```

use std::path::Path;

use ratatui::style::Style;

use super::Theme;
use super::text::{Rows, Sign};
use crate::explain::{self, Explanation};
use crate::history::RowCount;
use crate::text::format::{bytes, in_brackets, moment, speed};
use crate::text::terminal_text::fit;
use crate::transfer::{Outcome, Summary};

/// What is around the outcome on its page.
pub(super) struct Around<'a> {
    /// The command that runs the export once more, if it is saved.
    pub(super) command: Option<String>,
    pub(super) demo: bool,
    pub(super) log: Option<&'a Path>,
    /// How to make the export run by itself.
    pub(super) advice: Option<Explanation>,
}

pub(super) fn draw(rows: &mut Rows<'_>, outcome: &Outcome, around: &Around<'_>, theme: &Theme) {
    match outcome {
        Outcome::Done(summary) => draw_done(rows, summary, around, theme),
        Outcome::Skipped(unchanged) => rows.signed(Sign::Skipped, &explain::skipped(unchanged), theme.heading, theme),
        Outcome::Failed { failure, file_now } => {
            let mut explanation = explain::failure(failure);
            if let Some(remedy) = failure.remedy() {
                explanation.advice = explain::remedy(remedy);
            }
            rows.signed(Sign::Failed, &explanation.what, theme.failed, theme);
            if let Some(row) = explain::row_start(failure) {
                let room = usize::from(rows.width()).saturating_sub(2);
                rows.indented(&fit(&row, room), theme.hint);
            }
            draw_failed(rows, &explanation, file_now.as_ref().map(explain::file_now).as_deref(), theme);
            draw_log(rows, around.log, theme);
        }
        Outcome::Cancelled { file_now } => {
            rows.signed(Sign::Skipped, "Cancelled.", theme.heading, theme);
            match file_now {
                Some(now) if now.is_in_doubt() => {
                    rows.signed(Sign::Warning, &explain::file_now(now), Style::new(), theme);
                }
                Some(now) => rows.indented(&explain::file_now(now), Style::new()),
                None => {}
            }
        }
    }
}

pub(super) fn draw_log(rows: &mut Rows<'_>, log: Option<&Path>, theme: &Theme) {
    if let Some(log) = log {
        rows.indented(&format!("Log: {}", log.display()), theme.hint);
    }
}

fn draw_done(rows: &mut Rows<'_>, summary: &Summary, around: &Around<'_>, theme: &Theme) {
    let sign = if summary.row_count == RowCount::NotProven { Sign::Warning } else { Sign::Done };
    rows.signed(sign, &explain::done(summary), theme.heading, theme);
    if !summary.dry_run {
        rows.indented(&summary.link, theme.accent);
    }
    rows.blank();
    // No command finds an export of the demo.
    match (&around.command, around.demo) {
        (Some(_), true) => rows.indented("The export is saved until the demo ends.", theme.hint),
        (Some(command), false) => {
            rows.indented(&format!("Run it without this screen: {command}"), Style::new());
            let advice = around.advice.as_ref().map_or("", |advice| &advice.advice);
            rows.indented(advice, Style::new());
        }
        (None, true) => {
            rows.indented("Save the export to find it on the tab Exports until the demo ends.", theme.hint);
        }
        (None, false) => rows.indented("Save the export to run it again without this screen.", theme.hint),
    }
    for note in &summary.notes {
        rows.signed(Sign::Warning, &explain::note(note), Style::new(), theme);
    }
    rows.blank();
    rows.indented(&format!("{} → {}", summary.input, summary.file), Style::new());
    for sentence in detail_sentences(summary) {
        rows.indented(&sentence, theme.hint);
    }
}

fn detail_sentences(summary: &Summary) -> Vec<String> {
    let seconds = summary.took.as_secs_f64();
    let mean =
        (!summary.dry_run && seconds > 0.0).then(|| format!("{} on average.", speed(summary.bytes as f64 / seconds)));
    let attempts = (summary.attempts > 1).then(|| format!("The upload took {} attempts.", summary.attempts));
    let replaced = summary.replaced.as_ref().map(|file| {
        let known = in_brackets([file.bytes.map(bytes), file.updated.map(moment)]);
        let verb = if summary.dry_run { "would be" } else { "was" };
        format!("The file with the same name{known} {verb} replaced.")
    });
    let deleted = explain::deleted(summary);
    mean.into_iter().chain(attempts).chain(replaced).chain(deleted).collect()
}

fn draw_failed(rows: &mut Rows<'_>, explanation: &Explanation, file_now: Option<&str>, theme: &Theme) {
    rows.indented(&explanation.advice, Style::new());
    if let Some(now) = file_now {
        rows.indented(now, theme.heading);
    }
    if let Some(id) = &explanation.support_id {
        rows.indented(&format!("Support id {id}"), theme.hint);
    }
}
