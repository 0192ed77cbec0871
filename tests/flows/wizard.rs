//! The wizard as its manual would tell it: keys in, state and effects out. No screen, no network, no clock.

mod accounts;
mod credentials;
mod details;
mod draft;
mod fields;
mod hands;
mod keys;
mod lists;
mod properties;
mod run;
mod scheduling;
pub(crate) mod support;
