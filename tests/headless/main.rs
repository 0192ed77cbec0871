//! `writeback run` and its neighbours: the real binary against the sandbox, with every fault that it has to survive.
//!
//! Whatever goes wrong: the old file stays whole, nothing stays on disk, a sentence says what happened, and the exit code
//! is right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

mod accounts;
mod appearance;
mod at_once;
mod cancel;
mod causes;
mod check;
mod counts;
mod definitions;
mod delivery;
mod exports;
mod faults;
mod get;
mod history;
#[cfg(unix)]
mod hostile;
mod interruptions;
mod listing;
mod log;
mod names;
mod plain;
mod process;
mod reader;
mod refusals;
mod schedules;
mod shell;
mod successes;
mod upkeep;
mod variables;

#[path = "../support/clock.rs"]
mod clock;
#[path = "../support/network.rs"]
mod network;
#[cfg(unix)]
#[allow(dead_code, reason = "other programs use the rest")]
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/way.rs"]
mod way;
