//! Drafts: unfinished exports that are kept until the next start.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Field;
use crate::export::{DatasetKey, Export, Label};

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
    /// The step's index and the focused field.
    #[serde(default)]
    pub(crate) left_at: Option<(usize, Field)>,
    pub(crate) dataworld: CredentialChoice,
    pub(crate) domo: CredentialChoice,
    pub(crate) dataset: Option<DatasetKey>,
    pub(crate) file: Option<String>,
    pub(crate) labels: Vec<Label>,
    pub(crate) fields: BTreeMap<Field, DraftValue>,
    /// The export that ran already, with the decisions about it.
    pub(crate) decided: Option<Export>,
}

impl Draft {
    /// Orders drafts: new exports before edited ones, then the latest.
    pub(crate) fn rank(&self) -> (bool, DateTime<Utc>) {
        (self.edits.is_none(), self.began)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text(Field::ExportName)
    }

    pub(crate) fn destination(&self) -> Option<String> {
        let dataset = match self.is_entered(Field::DatasetMethod) {
            true => self.text(Field::DatasetId)?.parse().ok()?,
            false => self.dataset.clone()?,
        };
        let file = if self.is_entered(Field::FileMethod) { self.text(Field::FileName) } else { self.file.as_deref() };
        Some(file.map_or(dataset.to_string(), |file| format!("{dataset}/{file}")))
    }

    pub(crate) fn input(&self) -> Option<&str> {
        self.text(Field::InputDataSet)
    }

    fn text(&self, field: Field) -> Option<&str> {
        match self.fields.get(&field) {
            Some(DraftValue::Text(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn is_entered(&self, method: Field) -> bool {
        matches!(self.fields.get(&method), Some(DraftValue::Choice(1)))
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
