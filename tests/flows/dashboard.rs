//! The dashboard as its manual would tell it: keys in, state, effects and screens out. No terminal, no services, no clock.

mod accounts;
mod browse;
mod check;
mod exports;
mod history;
mod keys;
mod mouse;
mod names;
mod runs;
mod schedule;
mod screens;
mod scroll;
mod signs;
mod support;
mod wide;
mod wizard;
