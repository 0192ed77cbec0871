//! One run of an export, for the screen and for the command line.

mod progress;

pub use progress::{Outcome, Phase, PhaseState, Progress, Remedy, Summary};
