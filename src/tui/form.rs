//! Forms: declarations of fields, their values, and intents.
//!
//! A field is declared once, as a [`FieldSpec`] in a [`Group`] of its pane. Everything else follows from that: its row,
//! hint, error and hit areas on the screen, the question that is asked line by line ([`lines`]), and whether a draft keeps
//! it. Keys, clicks and answered lines become an [`Intent`] before they reach a pane.

pub mod lines;
mod spec;
mod values;

pub use spec::{Field, FieldSpec, Group, Kind, Layout, Note, Part, Remark, specs, visible};
pub(crate) use values::Editing;
pub use values::{Value, Values};

use std::collections::BTreeSet;

use crate::text::secret::Secret;

/// A wish about a form, by a key, a click, or an answered line.
#[derive(Debug, Clone)]
pub enum Intent {
    Focus(Field),
    /// Replaces the text of a field.
    Set(Field, Secret),
    /// Takes an option: one of a choice, a check box's state (1 is on), a check box of several, which it turns, or a button.
    Choose(Field, usize),
    /// Chooses these options and no others.
    Mark(Field, BTreeSet<usize>),
    /// Opens the list of a field.
    Open(Field),
    /// Replaces the filter of the open list.
    Filter(Secret),
    /// Takes a match of the open list.
    Pick(usize),
    /// Closes the open list.
    Close,
    /// Describes a new item for the open list.
    Create,
    /// Goes to the next pane.
    Next,
    /// Goes to the pane before.
    Back,
}
