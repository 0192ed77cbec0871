//! The wizard's table of actions, and where its keys go.

mod table;

use super::pane::Step;
use super::{Model, Overlay};
use crate::state::actions::{self, Keyed, Keymap};
pub use crate::state::actions::{Action, Binding, Hint, Place, footer, help};

/// All actions of the wizard, in the order in which they are looked up.
pub fn table() -> impl Iterator<Item = &'static Action<Model>> {
    actions::table()
}

impl Keyed for Model {
    fn tables() -> &'static [&'static [Action<Self>]] {
        static TABLES: [&[Action<Model>]; 1] = [&table::TABLE];
        &TABLES
    }

    fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    fn place(&self) -> Place {
        match self.overlay {
            Some(Overlay::Help) => Place::Help,
            Some(Overlay::Leave) => Place::Leave,
            Some(Overlay::Unsaved(_)) => Place::Unsaved,
            Some(Overlay::Draft) => Place::Draft,
            None => self.below(),
        }
    }

    fn below(&self) -> Place {
        if self.list.is_some() {
            Place::List
        } else if self.step == Step::Run {
            Place::Run
        } else {
            Place::Form
        }
    }

    fn types(&self) -> bool {
        match self.below() {
            Place::List => true,
            Place::Form => self.focus.takes_text(),
            _ => false,
        }
    }
}
