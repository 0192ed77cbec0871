//! Home as its manual would tell it: keys in, state, effects and screens out. No terminal, no services, no clock.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are no tests to clippy, and fail like them")]
#![allow(clippy::expect_used, reason = "the same")]

#[path = "home/accounts.rs"]
mod accounts;
#[path = "home/browse.rs"]
mod browse;
#[path = "home/check.rs"]
mod check;
#[path = "home/exports.rs"]
mod exports;
#[path = "home/history.rs"]
mod history;
#[path = "home/keys.rs"]
mod keys;
#[path = "home/mouse.rs"]
mod mouse;
#[path = "home/names.rs"]
mod names;
#[allow(dead_code, reason = "the wizard's tests use the rest")]
#[path = "support/screen.rs"]
mod screen;
#[path = "home/screens.rs"]
mod screens;
#[path = "home/scroll.rs"]
mod scroll;
#[path = "home/signs.rs"]
mod signs;
#[path = "home/support.rs"]
mod support;
#[path = "home/wizard.rs"]
mod wizard;
