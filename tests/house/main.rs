//! The source and the pages of `docs`: what they say of the program is true.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

mod readme;
mod rooms;
