//! Schedules: when an export runs, and what schedulers are given for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

mod cluster;
mod handoff;
mod schedules;

#[path = "../support/clock.rs"]
mod clock;
#[path = "../support/rhythms.rs"]
mod rhythms;
#[allow(dead_code, reason = "other programs use the rest")]
#[path = "../support/stage.rs"]
mod stage;
