//! The tab Accounts: the saved accounts.

use super::{Home, Page};
use crate::state::actions::{Action, Place};

pub(super) const PAGE: Page = Page {
    label: "Accounts",
    place: Place::Accounts,
    entered: |_| Vec::new(),
    reply: |_, _, reply| Err(reply),
    list: |_| None,
    list_mut: |_| None,
    filtered: |_| Vec::new(),
    moved: |_| Vec::new(),
    is_open: |_| false,
    moves: |_| false,
};

/// What keys do on the tab Accounts.
pub(super) static ACTIONS: [Action<Home>; 0] = [];

/// The tab Accounts.
#[derive(Debug, Default)]
pub struct Accounts {}
