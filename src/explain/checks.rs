//! What a check found, and what the person may do about it.

use super::Explanation;
use crate::figures::{bytes, count, counted};
use crate::run::Refusal;

/// Domo's rule, in the words of its data.world Writeback connector.
pub const OWNER_RULE: &str = "The owner of a writeback dataset must also be an owner or co-owner of the input dataset.";

const NO_FILE_LIST: &str = "Try again in a few minutes. If the dataset is new and has no file yet, upload any file to it \
                            once. If it has more than 20,000 files, use another dataset: they cannot all be read.";

/// Explains that a dataset's files are not known: data.world does not tell them, or they are too many.
pub fn no_file_list() -> Explanation {
    Explanation::new("data.world does not list the files of this dataset.", NO_FILE_LIST)
}

pub(super) fn refusal(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::NotOwner => Explanation::new(
            format!("{OWNER_RULE} This Domo account is neither."),
            "Ask an owner to make you a co-owner of the DataSet in Domo, or use an owner's account.",
        ),
        Refusal::OwnerUnconfirmed { pdp } => Explanation::new(
            format!("{OWNER_RULE} Client credentials cannot show whether this Domo account is one."),
            if *pdp {
                "PDP is enabled: for anyone who is not an owner, rows would be left out silently. Confirm in the \
                 wizard that you are an owner, set owner_confirmed = true under [input] in the export's definition, or \
                 use a developer token."
            } else {
                "If you own or co-own the DataSet, confirm it in the wizard, or set owner_confirmed = true under [input] in \
                 the export's definition; a developer token can prove it."
            },
        ),
        Refusal::ReadOnly(key) => Explanation::new(
            format!("You can read {key} on data.world but not write to it."),
            "Ask its owner for write access, or choose another dataset.",
        ),
        Refusal::HashRows => Explanation::new(
            "The export has rows that begin with #. data.world ignores such lines in a CSV file, so they would be \
             missing.",
            "Set hash_rows under [csv] in the export's definition to \"quote\", which puts the first field of such a row in \
             quotes, or to \"allow\".",
        ),
        Refusal::NoFileList => Explanation::new(
            "data.world does not say which files the dataset has, so there is no telling what the export would replace.",
            NO_FILE_LIST,
        ),
        Refusal::NameTaken(name) => Explanation::new(
            format!("A file {name} exists by now, and a numbered export never replaces a file."),
            "Run the export again: it will take another number. If it keeps happening, choose another file name.",
        ),
        Refusal::NoRowCount => Explanation::new(
            "Domo does not say how many rows the DataSet has, so it could not be proven that all of them arrived.",
            "Open the DataSet in Domo: it may never have been loaded, or be loading now.",
        ),
        Refusal::Rows { stated, counted: came, pdp } => Explanation::new(
            format!("Domo states {}, but {} arrived.", counted(*stated, "row"), count(*came)),
            if *pdp {
                "PDP is enabled on this DataSet and may be hiding rows from this account. Use an account that owns it."
            } else {
                "Run the export again. If it keeps happening, give Domo's support the DataSet's ID and both numbers."
            },
        ),
        Refusal::CutOff { stated, counted: came } => Explanation::new(
            format!("The export from Domo was cut off after {} of {}.", count(*came), counted(*stated, "row")),
            "Run the export again. If it keeps happening, a proxy on the way may be limiting large downloads.",
        ),
        Refusal::Moved => Explanation::new(
            "The DataSet kept being updated in Domo while it was exported.",
            "Run the export when Domo is not updating the DataSet.",
        ),
        Refusal::WouldEmpty { old, new } => Explanation::new(
            format!(
                "The DataSet has no rows now. A file of {} would be replaced by one of {}.",
                old.map_or_else(|| "unknown size".to_owned(), bytes),
                bytes(*new)
            ),
            "If this is expected, set allow_empty = true under [checks] in the export's definition.",
        ),
        Refusal::WouldShrink { old, new } => Explanation::new(
            format!(
                "The export has {}, less than half of the {} of the file that it would replace.",
                bytes(*new),
                bytes(*old)
            ),
            "If this is expected, set allow_shrink = true under [checks] in the export's definition.",
        ),
    }
}
