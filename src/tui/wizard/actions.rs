//! The wizard's table of actions, and the place that receives its keys.

mod table;

use super::{Model, Overlay};
use crate::tui::state::Shell;
use crate::tui::state::actions::{self, Keyed};
pub use crate::tui::state::actions::{Action, Binding, Hint, Place, footer, help};

/// The wizard's actions, in the order of look-up.
pub fn table() -> impl Iterator<Item = &'static Action<Model>> {
    actions::table()
}

impl Keyed for Model {
    fn tables() -> &'static [&'static [Action<Self>]] {
        static TABLES: [&[Action<Model>]; 1] = [&table::TABLE];
        &TABLES
    }

    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn place(&self) -> Place {
        match self.overlay {
            Some(Overlay::Help) => Place::Help,
            Some(Overlay::Leave) => Place::Leave,
            Some(Overlay::Draft) => Place::Draft,
            None => self.place_below(),
        }
    }

    fn place_below(&self) -> Place {
        if self.list.is_some() { Place::List } else { Place::Form }
    }

    fn is_typing(&self) -> bool {
        match self.place_below() {
            Place::List => true,
            Place::Form => self.focused().takes_text(),
            _ => false,
        }
    }
}
