//! Sentences about a run in progress and its outcome.

use std::time::Duration;

use super::checks::not_text;
use super::{Explanation, api, checks, failure};
use crate::history::{Phase, RowCount};
use crate::services::http::{Retry, Skew};
use crate::text::format::{about, bytes, clock, count, counted, took};
use crate::transfer::{Failure, FileAfter, FileNow, LeftOut, Outcome, Pause, Progress, RunNote, Summary, Unchanged};

/// The path of Domo's setting and its label, from Domo's "Exporting DataSets".
const FORMULA_SETTING: &str = "Admin › Security › Exporting data";

/// What happens in a phase, as its name is explained.
pub fn phase_meaning(phase: Phase) -> &'static str {
    match phase {
        Phase::Ask => "both services say whether it can be made",
        Phase::Export => "Domo sends the rows, and they are counted",
        Phase::Upload => "the file is sent to data.world",
        Phase::Processing => "data.world reads the file",
        Phase::Proof => "rows equal Domo's, size equals data.world's",
    }
}

pub fn done(summary: &Summary) -> String {
    let figures = format!("{}, {}, in {}.", counted(summary.rows, "row"), bytes(summary.bytes), took(summary.took));
    let rows = match summary.row_count {
        RowCount::Metadata => "Proven: rows equal Domo's",
        RowCount::Query => "Proven: rows equal those that a query in Domo counts",
        RowCount::NotProven => "Not proven: Domo gives no row count to compare with",
    };
    match (summary.dry_run, summary.row_count) {
        (true, _) => format!("Dry run: {figures} {rows}. Nothing was uploaded."),
        (false, RowCount::NotProven) => format!("{figures} {rows}. Its size equals data.world's."),
        (false, _) => format!("{figures} {rows}, size equals data.world's."),
    }
}

/// Explains a failed run in lines: the cause, the advice, and the file that is there now.
fn failed(why: &Failure, file_after: Option<&FileAfter>) -> Vec<String> {
    let Explanation { what, advice, support_id } = failure(why);
    let advice = Some(advice).filter(|advice| !advice.is_empty());
    let id = support_id.map(|id| format!("Support id {id}."));
    [Some(what), advice, file_after.map(file_now), id].into_iter().flatten().collect()
}

/// The lines about a run that did not send its file; none after [`Outcome::Done`].
pub fn ended(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Done(_) => Vec::new(),
        Outcome::Skipped(unchanged) => vec![skipped(unchanged)],
        Outcome::Failed { failure, file_now } => failed(failure, file_now.as_ref()),
        Outcome::Cancelled { file_now: file } => {
            std::iter::once("Cancelled.".to_owned()).chain(file.as_ref().map(file_now)).collect()
        }
    }
}

pub fn meanwhile(progress: &Progress, dry_run: bool) -> &'static str {
    match progress.replaces {
        _ if dry_run => "A dry run sends nothing: data.world stays as it is.",
        _ if progress.has_sent_all() => "The whole file was sent. What is left is the proof that it arrived.",
        Some(true) if !progress.upload_waits() => "Every row is here. The old file is being replaced now.",
        Some(true) => "The old file stays until every row has arrived.",
        Some(false) => "The file is new: it is there once every row has arrived.",
        None => "A file that is there stays until every row has arrived.",
    }
}

/// The reason and the advice for a run that was killed, by its last known phase.
pub fn interrupted(phase: Option<Phase>) -> [&'static str; 2] {
    let advice = match phase {
        Some(Phase::Processing | Phase::Proof) => {
            "The file had been sent whole, and data.world may show it by now. Run the export again if it does not."
        }
        Some(Phase::Upload) => {
            "Look at the file, then run the export again. Unless all of it had been sent, it replaced nothing."
        }
        _ => "Run the export again. When it was last seen, nothing had been sent.",
    };
    ["The program ended in the midst of the run: it was killed, or the computer went down.", advice]
}

pub fn retry(retry: &Retry) -> String {
    let (why, wait) = (api(&retry.error).what, took(retry.wait));
    format!("{why} Trying again in {wait} (attempt {} of {}).", retry.attempt, retry.attempts)
}

/// The note while it waits: what is left of the wait counts down.
pub fn pause_after(pause: &Pause, waited: Duration) -> String {
    let Pause::Call(Retry { error, wait, attempt, attempts }) = pause else { return self::pause(pause) };
    let when = match wait.saturating_sub(waited) {
        Duration::ZERO => "now".to_owned(),
        left => format!("in {}", whole_seconds(left)),
    };
    format!("{} Trying again {when} (attempt {attempt} of {attempts}).", api(error).what)
}

/// Rounds up, since `0 s` would mean that it is over.
pub fn whole_seconds(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    if seconds < 60 { format!("{seconds} s") } else { clock(Duration::from_secs(seconds)) }
}

pub fn pause(pause: &Pause) -> String {
    explained! { pause;
        Pause::Call(call) => [retry(call)];
        Pause::Length(error) =>
            ("{} It is sent again with its size, once every row has arrived from Domo.", api(error).what);
        Pause::Appeared(name) =>
            "{name} has appeared on data.world meanwhile: it is replaced once every row has arrived from Domo.";
        Pause::NameTaken { name, next } => "Someone else has written {name} meanwhile: sending {next} instead.";
        Pause::Export { why, attempt, attempts } =>
            ("{} Exporting again (attempt {attempt} of {attempts}).", failure(why).what);
    }
}

/// A clock difference, as in `2 hours ahead of`.
pub(super) fn skew(skew: Skew) -> String {
    format!("{} {}", about(skew.by), if skew.ahead { "ahead of" } else { "behind" })
}

pub fn note(note: &RunNote) -> String {
    explained! { note;
        RunNote::ReadToken => "The API token says that it is read-only.";
        RunNote::OwnerConfirmed(hiding) => ("{} You confirmed that you own or co-own it.", checks::hiding(*hiding));
        RunNote::NoOwner =>
            "Domo does not show this account as an owner or co-owner of the DataSet; it sees all rows, unmasked, and \
             the export was confirmed.";
        RunNote::NotProven(why) => ("It is not proven that all rows came. {}", checks::no_count(why));
        RunNote::Clock(skew) =>
            ("This computer's clock is {} data.world's, and the date in the file's name goes by it: check whether it \
              is the right one, and set the clock.", self::skew(*skew));
        RunNote::FormulaEscapes(cells) =>
            ("{} with an apostrophe before =, +, - or @. Domo puts it there while \"Disable Excel formulas\" is \
              checked under {FORMULA_SETTING}; the file has it too.",
             cells_begin(*cells));
        RunNote::Unreadable { not_utf8, nul } =>
            ("{}: data.world may not show that text as it is in Domo.", not_text(*not_utf8, *nul));
        RunNote::StillProcessing => "The file arrived in full; data.world is still processing it.";
        RunNote::ReadBack(shown) =>
            ("data.world shows {} for the file, but it was read back, and its bytes are those that were sent.",
             shown.map_or("no size".to_owned(), |shown| format!("a size of {}", counted(shown, "byte"))));
        RunNote::NotReadBack =>
            "The file could not be read back. If another computer runs this export too, check that it has not taken \
             the same number.";
        RunNote::OldDate =>
            "data.world shows the size that was sent but still the old file's date, and the file could not be read \
             back. Only its size says that it is the new one: check the file.";
        RunNote::BrokenBefore =>
            "The dataset had a processing error before this run and still has it, so it is unknown whether data.world \
             can read this file. The dataset's page says which file it could not read.";
        RunNote::LeftOut(LeftOut::Description) =>
            "Cancelled after the file had arrived: its description may not have been set.";
        RunNote::LeftOut(LeftOut::Deletion { under_way: None }) =>
            "Cancelled after the file had arrived: older files may be left; the next run deletes them.";
        RunNote::LeftOut(LeftOut::Deletion { under_way: Some(name) }) =>
            "Cancelled while {name} was being deleted: it may be gone. Other older files may be left; the next run \
             deletes them.";
        RunNote::NotDescribed(error) => ("The file is there, but its description could not be set. {}", api(error).what);
        RunNote::NotDeleted { file, error } =>
            ("{} could not be deleted; the next run tries again. {}",
             file.as_deref().unwrap_or("Older files"), api(error).what);
        RunNote::NotKept(sentence) => [sentence.clone()];
    }
}

fn cells_begin(cells: u64) -> String {
    if cells == 1 { "1 cell begins".to_owned() } else { format!("{} cells begin", count(cells)) }
}

pub fn deleted(summary: &Summary) -> Option<String> {
    let keep = summary.keep.filter(|_| !summary.deleted.is_empty())?;
    let verb = if summary.dry_run { "Would delete" } else { "Deleted" };
    let kept = match keep.count() {
        1 => "only the newest of its files is kept".to_owned(),
        count => format!("the last {count} of its files are kept"),
    };
    Some(format!("{verb} {}: {kept}.", summary.deleted.join(", ")))
}

pub fn skipped(Unchanged { input, file, data_date, .. }: &Unchanged) -> String {
    let since = data_date.format("%-d %b %Y %H:%M UTC");
    format!("Skipped: the data of {input} has not changed since {since}, and {file} already holds it.")
}

/// Describes the file on data.world after a run that did not replace it.
pub fn file_now(FileAfter { name, now }: &FileAfter) -> String {
    let size = |size: &Option<u64>| size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
    explained! { now;
        FileNow::NothingSent { exists: true } => "Nothing was sent: {name} on data.world is untouched.";
        FileNow::NothingSent { exists: false } => "Nothing was sent: there is no {name} on data.world.";
        FileNow::NothingArrived { exists: true } => "Nothing arrived: the old {name} is as it was.";
        FileNow::NothingArrived { exists: false } => "Nothing arrived: as before, there is no {name}.";
        FileNow::Untouched(bytes) => ("The old {name}{} is untouched.", size(bytes));
        FileNow::StillNone => "As before, there is no {name} on data.world.";
        FileNow::Late => "data.world does not show a new {name}, but all of it was sent: check again in a few minutes.";
        FileNow::Changed(bytes) =>
            ("{name} on data.world has changed{}: check it before you rely on it.", size(bytes));
        FileNow::Unknown => "data.world could not be asked what became of {name}: check it before you rely on it.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Phase;
    use crate::transfer::PhaseState;

    #[test]
    fn an_old_file_is_mentioned_only_if_it_exists() {
        let said = |replaces, dry_run| meanwhile(&Progress { replaces, ..Progress::default() }, dry_run);
        assert!(said(Some(true), false).starts_with("The old file stays"));
        for replaces in [None, Some(false)] {
            assert!(!said(replaces, false).contains("old file"), "{replaces:?}");
        }
        assert!(said(Some(true), true).contains("data.world stays as it is"), "a dry run sends nothing");
        let mut sent = Progress { replaces: Some(true), ..Progress::default() };
        sent.phases[Phase::Upload as usize] = PhaseState::Done(Duration::ZERO);
        assert!(meanwhile(&sent, false).starts_with("The whole file was sent."));
    }
}
