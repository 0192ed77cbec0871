//! The Name & Describe pane: the export's name and purpose, and the description of its file on data.world.
//!
//! ```text
//! ▌ Name
//! ▌ Daily Sales by Region
//!   writeback run daily-sales-by-region
//!
//!   Description
//!   For the weekly meeting
//!
//!   On data.world
//!   The file's description
//!   What was sold, by region and day
//!   Labels
//!   [ ] raw data  [ ] documentation  …
//! ```

use super::pane::{FieldSpec, Group, Pane, fields};
use super::{Effect, Model};
use crate::explain;
use crate::export::saved::slug;
use crate::export::{Export, FileDescription, Label, OutputError, check_export_name};
use crate::tui::form::{Field, Layout, Note, Value, Values};

fields! {
    NAME: [
        EXPORT_NAME = "export-name" => FieldSpec::text("Name", "a name")
            .spoken("Name of the export")
            .hint("What you run it by. Its definition is named after it.")
            .error(name_error)
            .notes(command),
    ]
    PURPOSE: [
        EXPORT_DESCRIPTION = "export-description" => FieldSpec::text("Description", "optional")
            .spoken("Description of the export")
            .hint("What the export is for: a note for you and your colleagues."),
    ]
    FILE: [
        FILE_DESCRIPTION = "file-description" => FieldSpec::text("The file's description", "optional")
            .hint("What data.world shows beside the file, up to 120 characters. Empty: left as it is.")
            .error(|model| Some(model.describe.file_description().err()?.to_string())),
    ]
    FILE_MARKS: [
        FILE_LABELS = "file-labels" => FieldSpec::several("Labels", &LABELS)
            .spoken("Labels of the file")
            .hint("The labels that data.world shows beside the file. None: left as they are."),
    ]
}

const LABELS: [&str; Label::ALL.len()] = {
    let mut labels = [""; Label::ALL.len()];
    let mut at = 0;
    while at < labels.len() {
        labels[at] = Label::ALL[at].into_str();
        at += 1;
    }
    labels
};

pub(super) static GROUPS: [Group; 4] = [
    Group::new(NAME, Layout::Above),
    Group::new(PURPOSE, Layout::Above),
    Group::new(FILE, Layout::Above).heading("On data.world"),
    Group::new(FILE_MARKS, Layout::Above),
];

pub(super) struct DescribePane;

impl Pane for DescribePane {
    fn changed(&self, model: &mut Model, field: Field) -> Vec<Effect> {
        model.describe.has_own_name |= field == Field::EXPORT_NAME;
        Vec::new()
    }

    fn entered(&self, model: &mut Model) -> Vec<Effect> {
        if !model.describe.has_own_name() {
            let name = proposed_name(model);
            model.describe.propose(&name);
        }
        Vec::new()
    }
}

#[derive(Debug)]
pub struct Describe {
    pub values: Values,
    /// The user has entered a name, so none is proposed.
    has_own_name: bool,
}

impl Default for Describe {
    fn default() -> Self {
        Self { values: Values::new(&GROUPS), has_own_name: false }
    }
}

/// The DataSet's name, with a number if it is taken.
fn proposed_name(model: &Model) -> String {
    let Some(name) = model.details.base_name() else { return String::new() };
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| model.same_named(name).is_none()).unwrap_or(name)
}

fn name_error(model: &Model) -> Option<String> {
    let name = model.describe.name();
    match (check_export_name(name), model.same_named(name)) {
        (Err(error), _) => Some(error.to_string()),
        (Ok(()), Some(other)) => Some(explain::name_in_use(other)),
        (Ok(()), None) => None,
    }
}

fn command(model: &Model) -> Vec<Note> {
    let name = model.describe.name();
    if name.is_empty() { Vec::new() } else { vec![Note::Hint(explain::commands::run(&slug(name)))] }
}

impl Describe {
    pub(super) fn from_export(export: &Export) -> Self {
        let mut pane = Self { has_own_name: true, ..Self::default() };
        let values = &mut pane.values;
        values.set(Field::EXPORT_NAME, Value::text(&export.name));
        values.set(Field::EXPORT_DESCRIPTION, Value::text(export.description.as_deref().unwrap_or_default()));
        let description = export.output.description.as_ref().map(FileDescription::as_str);
        values.set(Field::FILE_DESCRIPTION, Value::text(description.unwrap_or_default()));
        let labels = (0..LABELS.len()).filter(|at| export.output.labels.contains(&Label::ALL[*at]));
        values.set(Field::FILE_LABELS, Value::several(labels));
        pane
    }

    pub fn name(&self) -> &str {
        self.values.trimmed(Field::EXPORT_NAME)
    }

    fn has_own_name(&self) -> bool {
        self.has_own_name && !self.name().is_empty()
    }

    fn propose(&mut self, name: &str) {
        self.has_own_name = false;
        self.values.set(Field::EXPORT_NAME, Value::text(name));
    }

    pub fn description(&self) -> Option<String> {
        Some(self.values.trimmed(Field::EXPORT_DESCRIPTION).to_owned()).filter(|text| !text.is_empty())
    }

    /// The file's description on data.world.
    ///
    /// # Errors
    /// When it is too long.
    pub fn file_description(&self) -> Result<Option<FileDescription>, OutputError> {
        match self.values.text(Field::FILE_DESCRIPTION).parse::<FileDescription>() {
            Err(OutputError::NoDescription) => Ok(None),
            parsed => parsed.map(Some),
        }
    }

    pub fn labels(&self) -> Vec<Label> {
        self.values.chosen(Field::FILE_LABELS).iter().filter_map(|at| Label::ALL.get(*at).copied()).collect()
    }
}

impl Model {
    /// Another export whose file would have the same name.
    pub(super) fn same_named(&self, name: &str) -> Option<&str> {
        let file = slug(name);
        let own = self.saved_as.as_deref().map(slug);
        let other = self.exports.iter().map(|export| export.name.as_str()).find(|other| slug(other) == file)?;
        (own.as_deref() != Some(file.as_str())).then_some(other)
    }
}
