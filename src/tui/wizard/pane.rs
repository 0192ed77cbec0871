//! Common parts of the wizard's panes.

use super::{Effect, Model};
use crate::tui::form::{self, Field};

pub(super) type FieldSpec = form::FieldSpec<Model>;
pub(super) type Group = form::Group<Model>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Credentials,
    Details,
    Scheduling,
    Describe,
    Review,
}

/// The behavior of a pane as its fields change, and on the way forward.
pub(super) trait Pane: Sync {
    fn changed(&self, _: &mut Model, _: Field) -> Vec<Effect> {
        Vec::new()
    }

    /// Runs after a field was left, pasted into, or confirmed with Enter.
    fn completed(&self, _: &mut Model, _: Field) -> Vec<Effect> {
        Vec::new()
    }

    /// Runs when a button is pressed.
    fn pressed(&self, _: &mut Model, _: Field) -> Vec<Effect> {
        Vec::new()
    }

    /// Validates the input, requests what is missing, and advances.
    fn forward(&self, model: &mut Model) -> Vec<Effect> {
        let wrong = model.wrong_fields();
        if model.show_errors(wrong) { Vec::new() } else { model.advance() }
    }

    /// Runs when the pane is shown, and requests what it needs.
    fn entered(&self, _: &mut Model) -> Vec<Effect> {
        Vec::new()
    }
}

/// Declares lists of fields, each with a constant of [`Field`] by its name, so that no two fields have the same.
macro_rules! fields {
    ($($list:ident: [$($name:ident = $key:literal => $spec:expr,)*])*) => {
        impl $crate::tui::form::Field { $($(pub const $name: Self = Self::new($key);)*)* }
        $(static $list: &[$crate::tui::wizard::pane::FieldSpec] =
            &[$($spec.identified_by($crate::tui::form::Field::$name)),*];)*
    };
}
pub(super) use fields;

impl Step {
    pub const ALL: [Self; 5] = [Self::Credentials, Self::Details, Self::Scheduling, Self::Describe, Self::Review];

    pub fn labels() -> impl Iterator<Item = (Self, &'static str)> {
        Self::ALL.into_iter().map(|step| (step, step.parts().0))
    }

    pub(super) fn before(self) -> Option<Self> {
        Self::ALL.into_iter().take_while(|step| *step < self).last()
    }

    pub(super) fn after(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }
}
