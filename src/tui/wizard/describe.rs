//! The Name & Describe pane: the export's name and purpose, and the description of its file on data.world.

use tui_input::Input;

use super::field::FieldMut;
use super::pane::Pane;
use super::{Effect, Model, review};
use crate::export::saved::slug;
use crate::export::{DescriptionError, Export, FileDescription, Label, check_export_name};
use crate::tui::state::Field;

pub(super) const PANE: Pane = Pane {
    label: Some("Name & Describe"),
    fields: |_| {
        let labels = (0..Label::ALL.len()).map(Field::FileLabel);
        [Field::ExportName, Field::ExportDescription, Field::FileDescription].into_iter().chain(labels).collect()
    },
    field_mut,
    choose: |_, _, _| {},
    changed,
    completed: |_, _| Vec::new(),
    validate,
    forward,
    entered,
};

#[derive(Debug, Default)]
pub struct Describe {
    pub name: Input,
    /// The export's purpose.
    pub description: Input,
    pub file_description: Input,
    /// In the order of [`Label::ALL`].
    pub labels: [bool; Label::ALL.len()],
    /// The user has entered a name, so none is proposed.
    has_own_name: bool,
}

fn field_mut(model: &mut Model, field: Field) -> FieldMut<'_> {
    let pane = &mut model.describe;
    match field {
        Field::ExportName => FieldMut::Text(&mut pane.name),
        Field::ExportDescription => FieldMut::Text(&mut pane.description),
        Field::FileDescription => FieldMut::Text(&mut pane.file_description),
        Field::FileLabel(at) => pane.labels.get_mut(at).map_or(FieldMut::None, FieldMut::Check),
        _ => FieldMut::None,
    }
}

fn changed(model: &mut Model, field: Field) -> Vec<Effect> {
    if field == Field::ExportName {
        model.describe.has_own_name = true;
    }
    Vec::new()
}

/// Proposes a name, unless the user has entered one.
fn entered(model: &mut Model) -> Vec<Effect> {
    if !model.describe.has_own_name || model.describe.name.value().trim().is_empty() {
        model.describe.has_own_name = false;
        model.describe.name = Input::new(proposed_name(model));
    }
    Vec::new()
}

/// The DataSet's name, with a number if it is taken.
fn proposed_name(model: &Model) -> String {
    let Some(name) = review::base_name(model) else { return String::new() };
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| model.same_named(name).is_none()).unwrap_or(name)
}

fn forward(model: &mut Model) -> Vec<Effect> {
    let wrong = validate(model);
    if model.show_errors(wrong) { Vec::new() } else { model.advance() }
}

fn validate(model: &Model) -> Vec<(Field, String)> {
    let pane = &model.describe;
    let name = pane.name.value().trim();
    let name = match (check_export_name(name), model.same_named(name)) {
        (Err(error), _) => Some(error.to_string()),
        (Ok(()), Some(other)) => Some(format!(
            "There is already an export {other}. Choose another name, or change that one with `writeback edit`."
        )),
        (Ok(()), None) => None,
    };
    let description = pane.file_description().err().map(|error| (Field::FileDescription, error.to_string()));
    name.map(|sentence| (Field::ExportName, sentence)).into_iter().chain(description).collect()
}

impl Describe {
    pub(super) fn from_export(export: &Export) -> Self {
        let text = |text: Option<&str>| Input::new(text.unwrap_or_default().to_owned());
        Self {
            name: Input::new(export.name.clone()),
            description: text(export.description.as_deref()),
            file_description: text(export.output.description.as_ref().map(FileDescription::as_str)),
            labels: Label::ALL.map(|label| export.output.labels.contains(&label)),
            has_own_name: true,
        }
    }

    pub fn description(&self) -> Option<String> {
        Some(self.description.value().trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The file's description on data.world.
    ///
    /// # Errors
    /// When it is too long.
    pub fn file_description(&self) -> Result<Option<FileDescription>, DescriptionError> {
        match FileDescription::parse(self.file_description.value()) {
            Err(DescriptionError::Empty) => Ok(None),
            parsed => parsed.map(Some),
        }
    }

    pub fn labels(&self) -> Vec<Label> {
        Label::ALL.into_iter().zip(self.labels).filter_map(|(label, on)| on.then_some(label)).collect()
    }
}

impl Model {
    /// Another export whose file would have the same name.
    pub(super) fn same_named(&self, name: &str) -> Option<&str> {
        let file = slug(name);
        let own = self.saved_as.as_deref().map(slug);
        let other = self.exports.iter().find(|other| slug(other) == file)?;
        (own.as_deref() != Some(file.as_str())).then_some(other)
    }
}
