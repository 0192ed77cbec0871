//! One run of an export, for the screen and for the command line.

pub mod meter;
mod pace;
mod progress;
pub mod rewrite;
pub mod spool;

pub use pace::{Pace, estimated_total, upload_ratio};
pub use progress::{Outcome, Phase, PhaseState, Progress, Summary};
