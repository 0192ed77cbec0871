//! Drafts: unfinished exports that are kept until the next start.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::export::{DatasetKey, Export, Label};
use crate::tui::form::Field;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub began: DateTime<Utc>,
    /// The name of the saved export that is edited, if any.
    pub edits: Option<String>,
    /// The file name of that export, without `.toml`.
    #[serde(default)]
    pub(crate) edits_in: Option<String>,
    /// The saved export as it was when editing began.
    #[serde(default)]
    pub(crate) replaces: Option<Box<Export>>,
    /// The step's index and the name of the focused field.
    #[serde(default, deserialize_with = "left_at")]
    pub(crate) left_at: Option<(usize, String)>,
    pub(crate) dataworld: CredentialChoice,
    pub(crate) domo: CredentialChoice,
    /// By the names of fields.
    pub(crate) fields: BTreeMap<String, DraftValue>,
    /// The export that ran already, with the decisions about it.
    pub(crate) decided: Option<Export>,
    #[serde(flatten, skip_serializing)]
    pub(crate) earlier: Earlier,
}

/// Values that earlier versions kept beside the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Earlier {
    dataset: Option<DatasetKey>,
    file: Option<String>,
    #[serde(default)]
    labels: Vec<Label>,
}

/// Earlier versions named a label by its number, as in `{ file-label = 2 }`.
fn left_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(usize, String)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Name(String),
        Label {
            #[serde(rename = "file-label")]
            _at: usize,
        },
    }
    let left_at: Option<(usize, Named)> = Deserialize::deserialize(deserializer)?;
    Ok(left_at.map(|(step, named)| match named {
        Named::Name(name) => (step, name),
        Named::Label { .. } => (step, Field::FILE_LABELS.name().to_owned()),
    }))
}

impl Draft {
    /// Orders drafts: new exports before edited ones, then the latest.
    pub(crate) fn rank(&self) -> (bool, DateTime<Utc>) {
        (self.edits.is_none(), self.began)
    }

    pub(crate) fn value(&self, field: Field) -> Option<DraftValue> {
        let Earlier { dataset, file, labels } = &self.earlier;
        let words = || labels.iter().map(|label| label.into_str()).collect::<Vec<_>>().join(", ");
        let earlier = || match field {
            Field::DATASET => Some(DraftValue::Text(dataset.as_ref()?.to_string())),
            Field::FILES => Some(DraftValue::Text(file.clone()?)),
            Field::FILE_LABELS => Some(DraftValue::Text(words())),
            _ => None,
        };
        self.fields.get(field.name()).cloned().or_else(earlier)
    }

    pub(crate) fn name(&self) -> Option<String> {
        self.text(Field::EXPORT_NAME)
    }

    pub(crate) fn destination(&self) -> Option<String> {
        let dataset: DatasetKey =
            self.text(self.chosen(Field::DATASET_METHOD, [Field::DATASET, Field::DATASET_ID]))?.parse().ok()?;
        let file = self.text(self.chosen(Field::FILE_METHOD, [Field::FILES, Field::FILE_NAME]));
        Some(file.map_or(dataset.to_string(), |file| format!("{dataset}/{file}")))
    }

    pub(crate) fn input(&self) -> Option<String> {
        self.text(Field::INPUT_DATA_SET)
    }

    fn text(&self, field: Field) -> Option<String> {
        match self.value(field) {
            Some(DraftValue::Text(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The field that the method stands for.
    fn chosen(&self, method: Field, [select, enter]: [Field; 2]) -> Field {
        if self.value(method) == Some(DraftValue::Choice(1)) { enter } else { select }
    }
}

/// The credentials that were chosen; accounts by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CredentialChoice {
    Account(String),
    Environment,
    New,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum DraftValue {
    On(bool),
    Choice(usize),
    Text(String),
}
