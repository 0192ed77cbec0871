//! An export that was begun and not finished, as it is kept until the next start.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Field;
use crate::export::{DatasetKey, Export, Label};

/// What was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// When it was begun.
    pub began: DateTime<Utc>,
    /// The saved export that was being changed; without one, a new one was being made.
    pub edits: Option<String>,
    /// The file that one is in, without `.toml`.
    #[serde(default)]
    pub(crate) edits_in: Option<String>,
    /// The saved export as it was when the change was begun.
    #[serde(default)]
    pub(crate) replaces: Option<Box<Export>>,
    /// Where the person was: how many panes stood before the one on screen, and the field with the focus.
    #[serde(default)]
    pub(crate) left_at: Option<(usize, Field)>,
    pub(crate) dataworld: Chosen,
    pub(crate) domo: Chosen,
    pub(crate) dataset: Option<DatasetKey>,
    pub(crate) file: Option<String>,
    pub(crate) labels: Vec<Label>,
    pub(crate) fields: BTreeMap<Field, Entered>,
    /// What ran already, with what was decided about it.
    pub(crate) decided: Option<Export>,
}

impl Draft {
    /// Of several it is a new export, and the one that was begun last, that is offered.
    pub(crate) fn rank(&self) -> (bool, DateTime<Utc>) {
        (self.edits.is_none(), self.began)
    }

    /// What the export was called.
    pub(crate) fn name(&self) -> Option<&str> {
        self.text(Field::ExportName)
    }

    /// Where its file was to go: the dataset, and the file if it was named.
    pub(crate) fn destination(&self) -> Option<String> {
        let dataset = match self.enters(Field::DatasetMethod) {
            true => self.text(Field::DatasetId)?.parse().ok()?,
            false => self.dataset.clone()?,
        };
        let file = if self.enters(Field::FileMethod) { self.text(Field::FileName) } else { self.file.as_deref() };
        Some(file.map_or(dataset.to_string(), |file| format!("{dataset}/{file}")))
    }

    /// Where its rows were to come from.
    pub(crate) fn input(&self) -> Option<&str> {
        self.text(Field::InputDataSet)
    }

    /// What was typed into a field.
    fn text(&self, field: Field) -> Option<&str> {
        match self.fields.get(&field) {
            Some(Entered::Text(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether what that field chooses the method of was typed, and not selected.
    fn enters(&self, method: Field) -> bool {
        matches!(self.fields.get(&method), Some(Entered::Choice(1)))
    }
}

/// Where credentials come from; an account is meant by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Chosen {
    Account(String),
    Environment,
    New,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entered {
    On(bool),
    Choice(usize),
    Text(String),
}
