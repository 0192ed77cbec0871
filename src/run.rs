//! One run of an export, for the screen and for the command line.

mod pace;
mod progress;

pub use pace::{Pace, estimated_total, upload_ratio};
pub use progress::{Outcome, Phase, PhaseState, Progress, Remedy, Summary};
