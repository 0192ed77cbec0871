//! The description and labels that data.world shows beside a file.

use std::str::FromStr;

use derive_more::Display;
use serde::{Deserialize, Deserializer, Serialize};
use strum::IntoStaticStr;

use super::OutputError;
use crate::text::serde_as_text;

serde_as_text!(FileDescription);

/// In characters (data.world API, `FileMetadataPatchRequest`).
const LONGEST: usize = 120;

/// A single line of 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, Display)]
pub struct FileDescription(String);

impl FileDescription {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileDescription {
    type Err = OutputError;

    /// Trims the text and turns line breaks into blanks.
    fn from_str(text: &str) -> Result<Self, OutputError> {
        let words = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty());
        let text = words.collect::<Vec<_>>().join(" ");
        match text.chars().count() {
            0 => Err(OutputError::NoDescription),
            1..=LONGEST => Ok(Self(text)),
            length => Err(OutputError::LongDescription(length)),
        }
    }
}

/// The kind of a file (data.world API, `FileMetadataUpdateRequest`, `labels`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    #[strum(serialize = "raw data")]
    #[serde(rename = "raw data")]
    RawData,
    Documentation,
    Visualization,
    #[strum(serialize = "clean data")]
    #[serde(rename = "clean data")]
    CleanData,
    Script,
    Report,
}

impl Label {
    pub const ALL: [Self; 6] =
        [Self::RawData, Self::Documentation, Self::Visualization, Self::CleanData, Self::Script, Self::Report];
}

/// Deserializes labels and refuses duplicates, as data.world does (`FileMetadataUpdateRequest`, `uniqueItems`).
pub(super) fn labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Label>, D::Error> {
    let labels = Vec::<Label>::deserialize(deserializer)?;
    let twice = labels.iter().enumerate().find(|(at, label)| labels[..*at].contains(label));
    match twice {
        Some((_, label)) => Err(serde::de::Error::custom(OutputError::LabelTwice(*label))),
        None => Ok(labels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_line_within_the_limit() {
        assert_eq!("  What was\nsold \u{1b}".parse::<FileDescription>().unwrap().as_str(), "What was sold");
        assert_eq!(" \n".parse::<FileDescription>(), Err(OutputError::NoDescription));
        assert!("é".repeat(120).parse::<FileDescription>().is_ok());
        assert_eq!("é".repeat(121).parse::<FileDescription>(), Err(OutputError::LongDescription(121)));
    }

    #[test]
    fn a_label_is_written_as_data_world_calls_it() {
        for label in Label::ALL {
            assert_eq!(serde_json::to_value(label).unwrap(), label.into_str());
        }
    }
}
