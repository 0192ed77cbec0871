//! The panes in their order, and what the wizard needs to know of each.

use super::field::Entry;
use super::{Effect, Model, credentials, describe, details, review, run, scheduling};
use crate::state::Field;

/// A step of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Who one is, at both services.
    Credentials,
    /// What goes where.
    Details,
    /// When it happens by itself.
    Scheduling,
    /// What it is called.
    Describe,
    /// What will happen.
    Review,
    /// It happens.
    Run,
}

/// What the wizard needs to know of a pane.
pub(super) struct Pane {
    /// What the stepper calls it; `None` when it belongs to the step before.
    pub(super) label: Option<&'static str>,
    /// The fields that can have the focus now, in order.
    pub(super) fields: fn(&Model) -> Vec<Field>,
    /// What a field holds.
    pub(super) entry: fn(&mut Model, Field) -> Entry<'_>,
    /// Chooses one of a field's choices.
    pub(super) choose: fn(&mut Model, Field, usize),
    /// A field was changed.
    pub(super) changed: fn(&mut Model, Field) -> Vec<Effect>,
    /// A field was completed: it was left, pasted into, or Enter was pressed in it.
    pub(super) completed: fn(&mut Model, Field) -> Vec<Effect>,
    /// What is wrong with what was entered, without asking anyone; a sentence for each field.
    pub(super) wrong: fn(&Model) -> Vec<(Field, String)>,
    /// The person wants to go on: checks what was entered, asks for what is missing, and goes on when all is well.
    pub(super) forward: fn(&mut Model) -> Vec<Effect>,
    /// The pane has come on screen.
    pub(super) entered: fn(&mut Model) -> Vec<Effect>,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Credentials, Self::Details, Self::Scheduling, Self::Describe, Self::Review, Self::Run];

    /// What the stepper shows, in order.
    pub fn labels() -> impl Iterator<Item = (Self, &'static str)> {
        Self::ALL.into_iter().filter_map(|step| step.pane().label.map(|label| (step, label)))
    }

    /// The step that the stepper marks for this one.
    pub fn shown(self) -> Self {
        Self::labels().map(|(step, _)| step).take_while(|step| *step <= self).last().unwrap_or(self)
    }

    /// The step before, if there is one to go back to.
    pub(super) fn before(self) -> Option<Self> {
        Self::ALL.into_iter().take_while(|step| *step < self).last()
    }

    /// The step after.
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
