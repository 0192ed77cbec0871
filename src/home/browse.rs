//! The tab Browse: what is on data.world.

use super::{Home, Page};
use crate::state::actions::{Action, Place};

pub(super) const PAGE: Page = Page {
    label: "Browse",
    place: Place::Browse,
    entered: |_| Vec::new(),
    reply: |_, _, reply| Err(reply),
    list: |_| None,
    list_mut: |_| None,
    filtered: |_| Vec::new(),
    moved: |_| Vec::new(),
    is_open: |_| false,
    moves: |_| false,
};

/// What keys do on the tab Browse.
pub(super) static ACTIONS: [Action<Home>; 0] = [];

/// The tab Browse.
#[derive(Debug, Default)]
pub struct Browse {}
