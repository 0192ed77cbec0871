//! The real program in a pseudo-terminal, on the sandbox, and its event loop.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

#[cfg(unix)]
mod browse;
#[cfg(target_os = "linux")]
mod check;
#[cfg(target_os = "linux")]
mod command_line;
#[cfg(target_os = "linux")]
mod dashboard;
#[cfg(target_os = "linux")]
mod mouse;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod program;
mod session;

#[cfg(unix)]
#[path = "../support/clock.rs"]
mod clock;
#[cfg(unix)]
#[path = "../support/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "other programs use the rest")]
#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/tools.rs"]
mod tools;
