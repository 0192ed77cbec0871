//! What the states of the screen share: what they are told and what they ask for, data that comes from elsewhere, lists
//! that are narrowed by typing, a run, and the mechanism behind the tables of keys.

pub mod actions;
mod copying;
mod draft;
mod effect;
mod field;
mod message;
mod picker;
mod remote;
mod run;
pub(crate) mod typing;

pub use crate::export::saved::Original;
pub use copying::Copied;
pub(crate) use copying::Copying;
pub use draft::Draft;
pub(crate) use draft::{Chosen, Entered};
pub use effect::{AccountChange, DataWorldLogin, DomoLogin, Effect, Login, Opening, Subject};
pub use field::Field;
pub use message::{Kept, Msg, Page, Reply, Runs, SavedExport, Tab, Tested};
pub use picker::{Picker, Search};
pub(crate) use remote::apart;
pub use remote::{Remote, Request, Requests, Slot};
pub(crate) use run::{Decided, Decision};
pub use run::{Run, RunState};

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Something was done, or is good to know.
    Info,
    /// Nothing was done, and nothing need be: it was cancelled, or there was nothing to do.
    Idle,
    /// To be heeded.
    Warning,
}

/// One line about what has just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub weight: Weight,
    /// The sentence.
    pub text: String,
}
