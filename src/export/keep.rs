//! *Keep last N*: selects outdated dated or numbered files.

use chrono::NaiveDate;
use derive_more::{Display, Into};
use serde::{Deserialize, Serialize};

use super::{Append, FileStem, OutputError, file_name};
use crate::text::terminal_text::{is_same_composed, nfc};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, Into, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Keep(u32);

impl Keep {
    /// Creates the limit.
    ///
    /// # Errors
    /// When it is zero.
    pub fn new(count: u32) -> Result<Self, OutputError> {
        if count == 0 { Err(OutputError::KeepNone) } else { Ok(Self(count)) }
    }

    pub fn count(self) -> u32 {
        self.0
    }

    /// The surplus of `present` once `newest` is there, oldest first. Includes only files that this export has
    /// `written` and would name so.
    pub fn too_many<'a>(
        self,
        stem: &FileStem,
        append: Append,
        newest: &str,
        present: impl IntoIterator<Item = &'a str>,
        written: impl Fn(&str) -> bool,
    ) -> Vec<&'a str> {
        let mut candidates: Vec<(SortKey, &str)> = present
            .into_iter()
            .filter(|name| !is_same_composed(name, newest) && written(name))
            .filter_map(|name| Some((sort_key(stem, append, name)?, name)))
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        // The new file counts among the kept ones.
        let kept = usize::try_from(self.0 - 1).unwrap_or(usize::MAX);
        let too_many = candidates.len().saturating_sub(kept);
        candidates.into_iter().take(too_many).map(|(_, name)| name).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Date(NaiveDate),
    Number(u64),
}

/// The file's sort key; `None` if its name has another form.
fn sort_key(stem: &FileStem, append: Append, name: &str) -> Option<SortKey> {
    let name = nfc(name);
    let suffix = name.strip_prefix(stem.as_str())?.strip_prefix('_')?.strip_suffix(".csv")?;
    match append {
        Append::None => None,
        Append::Date => {
            let date = NaiveDate::parse_from_str(suffix, "%m-%d-%Y").ok()?;
            (file_name(stem, append, date, 0) == name).then_some(SortKey::Date(date))
        }
        Append::Number => {
            let number = suffix.parse().ok()?;
            (file_name(stem, append, NaiveDate::default(), number) == name).then_some(SortKey::Number(number))
        }
    }
}

impl TryFrom<u32> for Keep {
    type Error = OutputError;
    fn try_from(count: u32) -> Result<Self, OutputError> {
        Self::new(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_many(keep: u32, append: Append, newest: &str, present: &[&str], not_ours: &[&str]) -> Vec<String> {
        let stem = "sales".parse::<FileStem>().unwrap();
        let ours = |name: &str| !not_ours.contains(&name);
        let found = Keep(keep).too_many(&stem, append, newest, present.iter().copied(), ours);
        found.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_oldest_are_chosen_by_number_or_date_not_by_name() {
        let numbers = ["sales_2.csv", "sales_10.csv", "sales_9.csv", "sales_11.csv"];
        assert_eq!(too_many(2, Append::Number, "sales_11.csv", &numbers, &[]), ["sales_2.csv", "sales_9.csv"]);
        let dates = ["sales_01-02-2027.csv", "sales_12-31-2026.csv", "sales_11-30-2026.csv"];
        assert_eq!(
            too_many(1, Append::Date, "sales_01-02-2027.csv", &dates, &[]),
            ["sales_11-30-2026.csv", "sales_12-31-2026.csv"]
        );
        assert!(too_many(9, Append::Date, "sales_01-02-2027.csv", &dates, &[]).is_empty());
    }

    #[test]
    fn files_of_others_are_never_chosen() {
        let present = [
            "sales.csv",
            "sales_1.csv",
            "sales_01.csv",
            "sales_1.txt",
            "sales_1-2.csv",
            "sales_2.csv",
            "other_1.csv",
            "sales_+3.csv",
            "sales_12-31-2026.csv",
        ];
        assert_eq!(too_many(1, Append::Number, "sales_3.csv", &present, &["sales_2.csv"]), ["sales_1.csv"]);
        assert!(too_many(1, Append::None, "sales.csv", &present, &[]).is_empty());
        let dates = ["sales_1-2-2026.csv", "sales_12-31-2025.csv", "sales_01-02-26.csv"];
        assert_eq!(too_many(1, Append::Date, "sales_01-03-2026.csv", &dates, &[]), ["sales_12-31-2025.csv"]);
    }
}
