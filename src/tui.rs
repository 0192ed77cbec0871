//! The screen's front door: the terminal, the event loop, and what its effects do.
//!
//! [`terminal`] enters and leaves the modes, [`session`] turns keys, messages and progress into state and frames, and
//! [`effects`] does what the state asks for. What is on the screen is drawn in [`crate::screen`].

pub mod terminal;
