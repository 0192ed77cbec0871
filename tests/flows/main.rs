//! The program as its manual would tell it: keys in, state, effects and screens out. No terminal, no services, no clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

mod dashboard;
mod screens;
mod wizard;

#[path = "../support/requests.rs"]
mod requests;
#[path = "../support/samples.rs"]
mod samples;
#[path = "../support/screen.rs"]
mod screen;
