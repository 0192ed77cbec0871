//! Findings of checks, and what can be done about them.

use super::{Explanation, api};
use crate::history::RowCount;
use crate::services::domo::Hiding;
use crate::text::format::{bytes, count, counted};
use crate::transfer::{Failure, NoCount, Refusal};

/// From Domo's data.world Writeback connector.
pub const OWNER_RULE: &str = "The owner of a writeback dataset must also be an owner or co-owner of the input dataset.";

const NO_FILE_LIST: &str = "Try again in a few minutes. If the dataset is new and has no file yet, upload any file to it \
                            once. If it has more than 100,000 files, use another dataset: they cannot all be read.";

/// The files are unknown: data.world does not list them, or they are too many.
pub fn no_file_list() -> Explanation {
    Explanation::new("data.world does not list the files of this dataset.", NO_FILE_LIST)
}

const CANNOT_SHOW: &str = "These credentials cannot show whether this Domo account is one.";

pub(super) fn refusal(refusal: &Refusal) -> Explanation {
    explained! { refusal;
        Refusal::NotOwner => "{OWNER_RULE} This Domo account is neither.",
            "Ask an owner to make you a co-owner of the DataSet in Domo, or use an owner's account.";
        Refusal::SeesAll => ("{OWNER_RULE} {}", sees_all()),
            "To export it all the same, confirm it in the wizard, or set owner_confirmed = true under [input] in the \
             export's definition.";
        Refusal::OwnerUnconfirmed(Hiding::Nothing) => "{OWNER_RULE} {CANNOT_SHOW}",
            "If you own or co-own the DataSet, confirm it in the wizard, or set owner_confirmed = true under [input] in \
             the export's definition; an access token can prove it.";
        Refusal::OwnerUnconfirmed(hiding) => "{OWNER_RULE} {CANNOT_SHOW}",
            ("{} Confirm in the wizard that you are an owner, set owner_confirmed = true under [input] in the export's \
              definition, or use an owner's access token.", self::hiding(*hiding));
        Refusal::Archived => "The DataSet is archived in Domo: its rows can be neither queried nor exported.",
            "Press Start on the DataSet's page in Domo, and try again once it has started.";
        Refusal::DataFusion => "The DataSet is a DataFusion, which Domo does not export.",
            "Export the DataSets that it joins, or make a DataFlow or a View of it in Domo and export that.";
        Refusal::UpdatesUnknown =>
            "\"Only when updated\" cannot be used with this DataSet: Domo does not keep when its rows change (as with \
             federated DataSets, Cloud Integrations and Views), so runs might be skipped for ever.",
            "Turn it off in the wizard under Scheduling, or remove only_when_updated from the export's definition.";
        Refusal::ReadOnly(key) => "You can read {key} on data.world but not write to it.",
            "Ask its owner for write access, or choose another dataset.";
        Refusal::HashRows { first, found, rows, .. } => {hash_rows(*first, *found, *rows)},
            "Set hash_rows under [csv] in the export's definition to \"quote\", which puts the first field of such a \
             row in quotes, or to \"allow\".";
        Refusal::Unreadable { first, not_utf8, nul, rows, .. } => {unreadable(*first, *not_utf8, *nul, *rows)},
            "Correct the text where the DataSet gets it from: it may have been loaded into Domo in another encoding \
             than it has. To send it as it is, set allow_unreadable = true under [checks] in the export's \
             definition.";
        Refusal::Endless { rows, bytes: length } =>
            ("The export from Domo goes on for {} after {} without the end of another row: more than any row of a \
              DataSet can have.", bytes(*length), counted(*rows, "row")),
            "A quotation mark that is never closed can cause it. Look at the next row in Domo; if nothing is wrong \
             there, give Domo's support the DataSet's ID.";
        Refusal::NoFileList =>
            "data.world does not say which files the dataset has, so there is no telling what the export would \
             replace.",
            {NO_FILE_LIST};
        Refusal::NameTaken(name) => "A file {name} exists by now, and a numbered export never replaces a file.",
            "Run the export again: it will take another number. If it keeps happening, choose another file name.";
        Refusal::NoRowCount(why @ NoCount::NotCounted(_)) => {no_count(why)},
            "Open the DataSet in Domo: it may never have been loaded, or be loading now. To export it without that \
             proof, set allow_unproven = true under [checks] in the export's definition.";
        Refusal::NoRowCount(why @ NoCount::Filtered(_)) => {no_count(why)},
            "Use an account that owns the DataSet. To export it without that proof, set allow_unproven = true under \
             [checks] in the export's definition.";
        Refusal::Rows { is_all: true, hiding: Hiding::Pdp, .. } => {wrong_rows(refusal)},
            "PDP is enabled on this DataSet and may be hiding rows from this account. Use an account that owns it.";
        Refusal::Rows { is_all: true, hiding: Hiding::NoFullAccess, .. } => {wrong_rows(refusal)},
            "Domo says that this account does not have full access to the DataSet's rows. Use an account that owns it.";
        Refusal::Rows { .. } => {wrong_rows(refusal)},
            "Run the export again. If it keeps happening, give Domo's support the DataSet's ID and both numbers.";
        Refusal::CutOff { stated, counted: came } =>
            ("The export from Domo was cut off after {}.", of_stated(*came, *stated)),
            "Run the export again. If it keeps happening, a proxy on the way may be limiting large downloads.";
        Refusal::NoHeader { columns, found: came } =>
            ("The DataSet has no rows, and what Domo sent is not its header: a line of {} instead of {}.",
             counted(*came, "column"), count(*columns)),
            "It may be the text of an error. Open the DataSet in Domo to see whether it can be shown, and run the \
             export again.";
        Refusal::Moved => "The DataSet kept being updated in Domo while it was exported.",
            "Run the export when Domo is not updating the DataSet.";
        Refusal::WouldEmpty { old, new } =>
            ("The DataSet has no rows now. A file of {} would be replaced by one of {}.",
             old.map_or_else(|| "unknown size".to_owned(), bytes), bytes(*new)),
            "If this is expected, set allow_empty = true under [checks] in the export's definition.";
        Refusal::WouldShrink { old, new } =>
            ("The export has {}, less than half of the {} of the file that it would replace.",
             bytes(*new), bytes(*old)),
            "If this is expected, set allow_shrink = true under [checks] in the export's definition.";
    }
}

fn wrong_rows(refusal: &Refusal) -> String {
    let Refusal::Rows { stated, counted: came, is_all, by, .. } = refusal else { return String::new() };
    let verb = if *by == RowCount::Query { "counts" } else { "states" };
    let (stated, came) = (counted(*stated, "row"), count(*came));
    match is_all {
        true => format!("Domo {verb} {stated}, but {came} arrived."),
        false => format!("Domo {verb} {stated}, but at least {came} arrived; then the export was stopped."),
    }
}

fn of_stated(came: u64, stated: Option<u64>) -> String {
    stated.map_or_else(|| counted(came, "row"), |stated| format!("{} of {}", count(came), counted(stated, "row")))
}

pub fn sees_all() -> String {
    "Domo does not show this account as either, but lets it see all rows, unmasked, so the export would be complete."
        .to_owned()
}

pub fn hiding(hiding: Hiding) -> String {
    explained! { hiding;
        Hiding::Nothing => "Domo says of nothing that would leave rows out.";
        Hiding::Pdp => "PDP is enabled on this DataSet: for anyone who is not an owner, rows may be left out silently.";
        Hiding::NoFullAccess =>
            "Domo says that this account does not have full access to the DataSet's rows: some may be left out \
             silently, or masked.";
    }
}

pub(super) fn no_count(why: &NoCount) -> String {
    explained! { why;
        NoCount::NotCounted(error) =>
            ("Domo keeps no row count for this DataSet and did not count its rows when asked, so it could not be \
              proven that all of them arrived. {}", api::explain(error).what);
        NoCount::Filtered(_) =>
            "Domo keeps no row count for this DataSet, and may leave rows out for this account, also where it counts \
             them, so it could not be proven that all of them arrived.";
    }
}

/// Locates rows that begin with `#` among the rows received before the export was stopped.
fn hash_rows(first: Option<u64>, found: u64, rows: u64) -> String {
    let rows = count(rows);
    let (which, they) = match (first.map(count), found) {
        (None, 0) => ("The export's header begins with #".to_owned(), "it"),
        (None, found) => {
            (format!("The export's header begins with #, as do {} of the first {rows} rows", count(found)), "they")
        }
        (Some(row), 0 | 1) => {
            (format!("The export has a row that begins with #: row {row}, the only one of the first {rows}"), "it")
        }
        (Some(row), found) => {
            let more = count(found - 1);
            (format!("The export has rows that begin with #: row {row}, and {more} more of the first {rows}"), "they")
        }
    };
    format!("{which}. data.world ignores such lines in a CSV file, so {they} would be missing.")
}

/// Locates rows that are not text among the rows received so far.
fn unreadable(first: Option<u64>, not_utf8: u64, nul: u64, rows: u64) -> String {
    let which =
        first.map_or_else(|| "The export's header".to_owned(), |row| format!("Row {} of the export", count(row)));
    let bytes = not_text(not_utf8, nul);
    format!("{which} has bytes that data.world cannot read as text. So far, in {}, {bytes}.", counted(rows, "row"))
}

/// Counts bytes that are not text, as in `2 bytes are not UTF-8 and 1 byte is NUL`.
pub(super) fn not_text(not_utf8: u64, nul: u64) -> String {
    let are = |number, what| format!("{} {} {what}", counted(number, "byte"), if number == 1 { "is" } else { "are" });
    match (not_utf8, nul) {
        (_, 0) => are(not_utf8, "not UTF-8"),
        (0, _) => are(nul, "NUL"),
        _ => format!("{} and {}", are(not_utf8, "not UTF-8"), are(nul, "NUL")),
    }
}

/// The start of the row that was refused, for the person at the screen only: history and reports contain no rows.
pub fn row_start(failure: &Failure) -> Option<String> {
    let (first, verb, text) = match failure {
        Failure::Refused(Refusal::HashRows { first, begins, .. }) => (first, "begins", begins),
        Failure::Refused(Refusal::Unreadable { first, line, .. }) => (first, "has", line),
        _ => return None,
    };
    let which = first.map_or_else(|| "The header".to_owned(), |row| format!("Row {}", count(row)));
    Some(format!("{which} {verb}: {}", text.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_the_rows_that_begin_with_a_hash() {
        let rest = "data.world ignores such lines in a CSV file, so";
        for (first, found, said) in [
            (Some(3), 1, "a row that begins with #: row 3, the only one of the first 1,204. {} it would be missing."),
            (Some(3), 12, "rows that begin with #: row 3, and 11 more of the first 1,204. {} they would be missing."),
        ] {
            let said = said.replace("{}", rest);
            assert_eq!(hash_rows(first, found, 1204), format!("The export has {said}"));
        }
        let header = "The export's header begins with #";
        assert_eq!(hash_rows(None, 0, 9), format!("{header}. {rest} it would be missing."));
        assert_eq!(
            hash_rows(None, 2, 9),
            format!("{header}, as do 2 of the first 9 rows. {rest} they would be missing.")
        );
    }
}
