//! Names of the files that runs write.
//!
//! `NAME.csv`; with the date of the run `NAME_MM-DD-YYYY.csv`; with its number `NAME_1.csv`, as in Domo's data.world
//! Writeback connector.

use std::str::FromStr;

use chrono::NaiveDate;
use derive_more::Display;
use serde::{Deserialize, Serialize};

use super::Label;
use crate::text::serde_as_text;
use crate::text::terminal_text::nfc;

serde_as_text!(FileStem);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Display, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Append {
    #[default]
    None,
    /// A second run on the same day replaces the file.
    #[display("Append date")]
    Date,
    #[display("Append number")]
    Number,
}

/// In characters, with suffix and extension (data.world API, path parameter `file`).
const LONGEST: usize = 128;
const EXTENSION: &str = ".csv";
const DATE_SUFFIX: usize = "_MM-DD-YYYY".len();
const NUMBER_SUFFIX: usize = "_9999999".len();
/// Higher numbers are not from runs: the name may contain a date or a mistake.
const HIGHEST: u64 = 9_999_999;

/// *File Name*, without extension and suffix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Display)]
pub struct FileStem(String);

/// A setting of the file that is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    NoName,
    /// Has so many characters with suffix and extension.
    LongName(usize),
    Slash,
    Backslash,
    Control,
    OnlyDots,
    NoDescription,
    LongDescription(usize),
    LabelTwice(Label),
    /// Zero would delete even the new file.
    KeepNone,
}

impl FromStr for FileStem {
    type Err = OutputError;

    /// Trims a typed name, drops `.csv`, and composes its letters, as in the names of uploaded files.
    fn from_str(text: &str) -> Result<Self, OutputError> {
        let text = nfc(text);
        let mut name = text.trim();
        while let Some(head) = name.len().checked_sub(EXTENSION.len()).and_then(|at| name.split_at_checked(at))
            && head.1.eq_ignore_ascii_case(EXTENSION)
        {
            name = head.0.trim_end();
        }
        if name.is_empty() {
            return Err(OutputError::NoName);
        }
        if name.chars().all(|c| c == '.') {
            return Err(OutputError::OnlyDots);
        }
        for c in name.chars() {
            match c {
                '/' => return Err(OutputError::Slash),
                '\\' => return Err(OutputError::Backslash),
                c if c.is_control() => return Err(OutputError::Control),
                _ => {}
            }
        }
        let stem = Self(name.to_owned());
        stem.fits(Append::None)?;
        Ok(stem)
    }
}

impl FileStem {
    /// Checks the length with the suffix and extension.
    ///
    /// # Errors
    /// [`OutputError::LongName`].
    pub fn fits(&self, append: Append) -> Result<(), OutputError> {
        let suffix = match append {
            Append::None => 0,
            Append::Date => DATE_SUFFIX,
            Append::Number => NUMBER_SUFFIX,
        };
        let length = self.0.chars().count() + suffix + EXTENSION.len();
        if length > LONGEST { Err(OutputError::LongName(length)) } else { Ok(()) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of every file that an export writes, with the form of what differs: `daily-sales_MM-DD-YYYY.csv`.
pub fn file_name_form(stem: &FileStem, append: Append) -> String {
    match append {
        Append::None => format!("{stem}{EXTENSION}"),
        Append::Date => format!("{stem}_MM-DD-YYYY{EXTENSION}"),
        Append::Number => format!("{stem}_N{EXTENSION}"),
    }
}

pub fn file_name(stem: &FileStem, append: Append, date: NaiveDate, number: u64) -> String {
    match append {
        Append::None => format!("{stem}{EXTENSION}"),
        Append::Date => format!("{stem}_{}{EXTENSION}", date.format("%m-%d-%Y")),
        Append::Number => format!("{stem}_{number}{EXTENSION}"),
    }
}

/// The number of the next run: above the highest of `files` and of `last`, the last one given out, so that it never
/// replaces a file. Numbers of more than seven digits are ignored, so the caller checks that the name is free.
pub fn next_number<'a>(stem: &FileStem, files: impl IntoIterator<Item = &'a str>, last: u64) -> u64 {
    let numbered = |name: &str| -> Option<u64> {
        let name = nfc(name);
        let digits = name.strip_prefix(stem.as_str())?.strip_prefix('_')?.strip_suffix(EXTENSION)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    files.into_iter().filter_map(numbered).filter(|number| *number <= HIGHEST).fold(last, u64::max).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stem(text: &str) -> FileStem {
        text.parse::<FileStem>().unwrap()
    }

    #[test]
    fn names_are_those_of_the_connector() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        assert_eq!(file_name(&stem("FileName"), Append::None, date, 4), "FileName.csv");
        assert_eq!(file_name(&stem("FileName"), Append::Date, date, 4), "FileName_03-07-2026.csv");
        assert_eq!(file_name(&stem("FileName"), Append::Number, date, 4), "FileName_4.csv");
    }

    #[test]
    fn a_name_is_the_same_however_its_letters_were_typed() {
        assert_eq!(stem("Umsa\u{308}tze"), stem("Umsätze"));
        assert_eq!(next_number(&stem("Umsätze"), ["Umsa\u{308}tze_4.csv"], 0), 5);
    }

    #[test]
    fn a_typed_extension_is_dropped_and_mistakes_are_named() {
        assert_eq!(stem(" sales.CSV.csv ").as_str(), "sales");
        assert_eq!(" .csv ".parse::<FileStem>(), Err(OutputError::NoName));
        assert_eq!("..".parse::<FileStem>().unwrap_err(), OutputError::OnlyDots);
        assert_eq!("a/b".parse::<FileStem>(), Err(OutputError::Slash));
        assert_eq!("a\\b".parse::<FileStem>(), Err(OutputError::Backslash));
        assert_eq!("a\u{1b}[2Jb".parse::<FileStem>(), Err(OutputError::Control));
    }

    #[test]
    fn the_longest_name_is_of_128_characters_with_all_that_is_appended() {
        for (append, most) in [(Append::None, 124), (Append::Date, 113), (Append::Number, 116)] {
            let date = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
            let longest = stem(&"ü".repeat(most));
            assert_eq!(longest.fits(append), Ok(()));
            assert_eq!(file_name(&longest, append, date, HIGHEST).chars().count(), 128);
            let longer = FileStem("ü".repeat(most + 1));
            assert_eq!(longer.fits(append), Err(OutputError::LongName(129)));
        }
    }

    #[test]
    fn only_what_a_run_would_have_written_has_a_number() {
        let next = |name: &str| next_number(&stem("sales"), [name], 0);
        assert_eq!(next("sales_9999999.csv"), 10_000_000);
        for name in ["sales_10000000.csv", "sales_+30.csv", "sales_.csv", "sales_3.txt", "sale_3.csv"] {
            assert_eq!(next(name), 1, "{name}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_name_stays_within_the_limit(text in "\\PC{1,140}", number in 1..=HIGHEST) {
            let date = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
            if let Ok(stem) = text.parse::<FileStem>() {
                for append in [Append::None, Append::Date, Append::Number] {
                    let name = file_name(&stem, append, date, number);
                    if stem.fits(append).is_ok() {
                        prop_assert!(name.chars().count() <= 128);
                    }
                    prop_assert!(!name.contains('/') && name == name.trim());
                }
            }
        }

        #[test]
        fn an_accepted_name_is_read_the_same_again(text in "[ .csvCSV/\\PC]{1,20}|\\PC{1,40}") {
            if let Ok(stem) = text.parse::<FileStem>() {
                prop_assert_eq!(&stem.as_str().parse::<FileStem>().unwrap(), &stem);
                let name = file_name(&stem, Append::None, NaiveDate::MIN, 1);
                prop_assert_eq!(&name.parse::<FileStem>().unwrap(), &stem);
                // As a segment of an address it stays a single one, and decodes to the same name.
                let mut url = reqwest::Url::parse("https://data.world/files/").unwrap();
                url.path_segments_mut().unwrap().pop_if_empty().push(&name);
                let last = url.path_segments().unwrap().next_back().unwrap();
                prop_assert_eq!(percent_encoding::percent_decode_str(last).decode_utf8().unwrap(), name);
            }
        }

        #[test]
        fn the_next_number_replaces_no_file(taken in prop::collection::vec(prop_oneof![0u64..2_000, HIGHEST + 1..=u64::MAX, Just(u64::MAX)], 0..20), last in 0u64..2_000, noise in prop::collection::vec("sales_[0-9a-z]{0,3}\\.(csv|txt)", 0..10)) {
            let stem = stem("sales");
            let mut files: Vec<String> = taken.iter().map(|n| format!("sales_{n}.csv")).collect();
            files.extend(noise);
            let next = next_number(&stem, files.iter().map(String::as_str), last);
            prop_assert!(next > last && next <= 2_000, "{}", next);
            let name = file_name(&stem, Append::Number, NaiveDate::MIN, next);
            prop_assert!(!files.contains(&name));
        }
    }
}
