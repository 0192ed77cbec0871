//! The wizard's steps and the functions of each pane.

use super::field::FieldMut;
use super::{Effect, Model, credentials, describe, details, review, run, scheduling};
use crate::tui::state::Field;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Credentials,
    Details,
    Scheduling,
    Describe,
    Review,
    Run,
}

pub(super) struct Pane {
    /// The label in the stepper; `None` if the pane belongs to the step before.
    pub(super) label: Option<&'static str>,
    pub(super) fields: fn(&Model) -> Vec<Field>,
    pub(super) field_mut: fn(&mut Model, Field) -> FieldMut<'_>,
    pub(super) choose: fn(&mut Model, Field, usize),
    pub(super) changed: fn(&mut Model, Field) -> Vec<Effect>,
    /// Runs after a field was left, pasted into, or confirmed with Enter.
    pub(super) completed: fn(&mut Model, Field) -> Vec<Effect>,
    /// Validates the input without requests; a sentence for each wrong field.
    pub(super) validate: fn(&Model) -> Vec<(Field, String)>,
    /// Validates the input, requests what is missing, and advances.
    pub(super) forward: fn(&mut Model) -> Vec<Effect>,
    /// Runs when the pane is shown, and requests what it needs. The pane of the run starts the run.
    pub(super) entered: fn(&mut Model) -> Vec<Effect>,
}

impl Step {
    pub const ALL: [Self; 6] =
        [Self::Credentials, Self::Details, Self::Scheduling, Self::Describe, Self::Review, Self::Run];

    pub fn labels() -> impl Iterator<Item = (Self, &'static str)> {
        Self::ALL.into_iter().filter_map(|step| step.pane().label.map(|label| (step, label)))
    }

    /// The step that the stepper highlights for this one.
    pub fn shown(self) -> Self {
        Self::labels().map(|(step, _)| step).take_while(|step| *step <= self).last().unwrap_or(self)
    }

    pub(super) fn before(self) -> Option<Self> {
        Self::ALL.into_iter().take_while(|step| *step < self).last()
    }

    pub(super) fn after(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    pub(super) fn pane(self) -> &'static Pane {
        match self {
            Self::Credentials => &credentials::PANE,
            Self::Details => &details::PANE,
            Self::Scheduling => &scheduling::PANE,
            Self::Describe => &describe::PANE,
            Self::Review => &review::PANE,
            Self::Run => &run::PANE,
        }
    }
}
