//! The wizard as its manual would tell it: keys in, state and effects out. No screen, no network, no clock.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are no tests to clippy, and fail like them")]

#[path = "flows/accounts.rs"]
mod accounts;
#[path = "flows/credentials.rs"]
mod credentials;
#[path = "flows/details.rs"]
mod details;
#[path = "flows/draft.rs"]
mod draft;
#[path = "flows/keys.rs"]
mod keys;
#[path = "flows/lists.rs"]
mod lists;
#[path = "flows/properties.rs"]
mod properties;
#[path = "flows/run.rs"]
mod run;
#[path = "flows/scheduling.rs"]
mod scheduling;
#[path = "flows/support.rs"]
mod support;
#[path = "flows/unsaved.rs"]
mod unsaved;
