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
    pub(crate) dataworld: Chosen,
    pub(crate) domo: Chosen,
    pub(crate) dataset: Option<DatasetKey>,
    pub(crate) file: Option<String>,
    pub(crate) labels: Vec<Label>,
    pub(crate) fields: BTreeMap<Field, Entered>,
    /// What ran already, with what was decided about it.
    pub(crate) decided: Option<Export>,
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
