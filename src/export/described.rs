//! What data.world shows beside a file: a description, and labels.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The most characters of a file's description (data.world API, `FileMetadataPatchRequest`).
const LONGEST: usize = 120;

/// A description of a file: one line, 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileDescription(String);

/// What is wrong with a description, as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// Nothing is there.
    #[error("The description is empty. To leave data.world's as it is, leave it out.")]
    Empty,
    /// Over data.world's limit.
    #[error("A description has at most 120 characters; this one has {0}.")]
    TooLong(usize),
}

impl FileDescription {
    /// Reads a description; blanks at the ends are dropped, and line breaks become blanks.
    ///
    /// # Errors
    /// When nothing is left, or too much.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        let words = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty());
        let text = words.collect::<Vec<_>>().join(" ");
        match text.chars().count() {
            0 => Err(DescriptionError::Empty),
            1..=LONGEST => Ok(Self(text)),
            length => Err(DescriptionError::TooLong(length)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FileDescription {
    type Error = DescriptionError;
    fn try_from(text: String) -> Result<Self, DescriptionError> {
        Self::parse(&text)
    }
}

impl From<FileDescription> for String {
    fn from(description: FileDescription) -> Self {
        description.0
    }
}

/// What kind of file it is (data.world API, `FileMetadataUpdateRequest`, `labels`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// As it came.
    #[serde(rename = "raw data")]
    RawData,
    /// About the data.
    Documentation,
    /// A picture of the data.
    Visualization,
    /// Put in order.
    #[serde(rename = "clean data")]
    CleanData,
    /// A program.
    Script,
    /// Findings.
    Report,
}

impl Label {
    /// All of them, in data.world's order.
    pub const ALL: [Self; 6] =
        [Self::RawData, Self::Documentation, Self::Visualization, Self::CleanData, Self::Script, Self::Report];

    /// What data.world calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RawData => "raw data",
            Self::Documentation => "documentation",
            Self::Visualization => "visualization",
            Self::CleanData => "clean data",
            Self::Script => "script",
            Self::Report => "report",
        }
    }
}

/// Reads labels, of which data.world takes none twice (its API, `FileMetadataUpdateRequest`, `uniqueItems`).
pub(super) fn labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Label>, D::Error> {
    let labels = Vec::<Label>::deserialize(deserializer)?;
    let twice = labels.iter().enumerate().find(|(at, label)| labels[..*at].contains(label));
    match twice {
        Some((_, label)) => {
            let what = format!("The label `{}` is there twice. Leave one of the two out.", label.as_str());
            Err(serde::de::Error::custom(what))
        }
        None => Ok(labels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_line_within_the_limit() {
        assert_eq!(FileDescription::parse("  What was\nsold \u{1b}").unwrap().as_str(), "What was sold");
        assert_eq!(FileDescription::parse(" \n"), Err(DescriptionError::Empty));
        assert!(FileDescription::parse(&"é".repeat(120)).is_ok());
        assert_eq!(FileDescription::parse(&"é".repeat(121)), Err(DescriptionError::TooLong(121)));
    }

    #[test]
    fn a_label_is_written_as_data_world_calls_it() {
        for label in Label::ALL {
            assert_eq!(serde_json::to_value(label).unwrap(), label.as_str());
        }
    }
}
