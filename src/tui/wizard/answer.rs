//! Values of fields, and changes to them by mouse or line by line.

use super::field::FieldMut;
use super::{Effect, Model, details, words};
use crate::tui::state::Field;

/// The value of a field, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    Text(String),
    /// `true` if a secret was entered.
    Secret(bool),
    Choice {
        choices: Vec<String>,
        chosen: usize,
    },
    Check(bool),
    /// The choice from a list.
    Selected(Option<String>),
    Nothing,
}

impl Model {
    pub fn value(&mut self, field: Field) -> FieldValue {
        let choices = self.choices(field);
        let selected = match field {
            Field::Dataset => self.details.output.selected.as_ref().map(ToString::to_string),
            Field::Files => self.details.file.selected.clone(),
            _ => None,
        };
        match (self.step.pane().field_mut)(self, field) {
            FieldMut::Text(input) => FieldValue::Text(input.value().to_owned()),
            FieldMut::Secret(secret) => FieldValue::Secret(!secret.value.is_empty()),
            FieldMut::Choice { index, .. } => FieldValue::Choice { choices, chosen: index },
            FieldMut::Check(on) => FieldValue::Check(*on),
            FieldMut::Select => FieldValue::Selected(selected),
            FieldMut::None => FieldValue::Nothing,
        }
    }

    fn choices(&self, field: Field) -> Vec<String> {
        let (dataworld, domo) = (&self.credentials.dataworld.account, &self.credentials.domo.account);
        match (field, &self.details.output.new) {
            (Field::DataWorldAccount, _) => dataworld.sources.iter().map(|source| source.label(self.today)).collect(),
            (Field::DomoAccount, _) => domo.sources.iter().map(|source| source.label(self.today)).collect(),
            (Field::NewOwner, Some(form)) => form.owners.clone(),
            _ => words::choices(field).iter().map(|&choice| choice.to_owned()).collect(),
        }
    }
}

/// Moves the focus, which completes the field that it leaves.
pub(super) fn focus_field(model: &mut Model, field: Field) -> Vec<Effect> {
    if model.overlay.is_some() || model.list.is_some() || field == model.focus || !model.fields().contains(&field) {
        return Vec::new();
    }
    let effects = model.leave_field();
    model.focus = field;
    effects
}

/// Picks a choice by index, sets a checkbox, opens a list, or presses a button.
pub(super) fn choose_option(model: &mut Model, field: Field, option: usize) -> Vec<Effect> {
    let mut effects = focus_field(model, field);
    if model.overlay.is_some() || model.list.is_some() || field != model.focus {
        return effects;
    }
    let pane = model.step.pane();
    match (pane.field_mut)(model, field) {
        FieldMut::Choice { index, count } if option < count && option != index => (pane.choose)(model, field, option),
        FieldMut::Check(on) if *on != (option == 1) => *on = option == 1,
        FieldMut::Select => {
            effects.extend(details::open_list(model));
            return effects;
        }
        FieldMut::None => {
            effects.extend((pane.forward)(model));
            return effects;
        }
        _ => return effects,
    }
    effects.extend(model.edited(field));
    effects
}

/// Moves the cursor of the open list and its first visible match; without a list, scrolls the pane.
pub(super) fn point_at(model: &mut Model, row: usize, top: usize) -> Vec<Effect> {
    if model.overlay.is_some() {
        return Vec::new();
    }
    match model.search() {
        Some(search) => search.point_at(row, top),
        None => model.top = top,
    }
    Vec::new()
}
