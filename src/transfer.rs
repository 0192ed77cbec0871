//! A run of an export, for the screen and for the command line.
//!
//! Domo answers with CSV of unknown length; data.world replaces a file by one PUT. In between stand a [`spool`], from
//! which a failed upload restarts without asking Domo, and a [`meter`] that counts rows as they pass.
//!
//! An existing file is not touched before the counted rows equal the rows that Domo states; then it gets one PUT with
//! its length. A new file is sent while it arrives, and its last bytes only after that proof.
//!
//! ```text
//! ask ──► export ──► meter ──► rewrite ──► spool ──► upload ──► processing ──► verify ──► describe ──► keep
//!            ▲                               │ ▲
//!            └── rows moved, cut off ◄───────┘ └── connection lost, 429, 503
//! ```

mod arrival;
mod ask;
mod bad_rows;
mod count;
mod delivery;
pub mod download;
mod export;
mod failure;
mod intake;
mod job;
mod keep;
pub mod meter;
mod note;
mod numbers;
mod outbox;
mod pace;
mod past;
mod progress;
mod report;
pub mod rewrite;
mod sending;
pub mod spool;
mod text_check;
mod upload;
mod verify;

pub(crate) use ask::check_owner;
pub use bad_rows::RowStart;
pub use count::NoCount;
pub(crate) use count::{Counted, StatedCount, check_exportable, check_updates, count_for};
pub use failure::{Failure, FileAfter, FileNow, NotBegun, Refusal, SpoolFault, Unproven};
pub(crate) use job::CANCEL_GRACE;
pub use job::{Job, Running, start};
pub use note::{LeftOut, Pause, RunNote};
pub use numbers::Numbers;
pub use pace::{Pace, estimated_total, export_ratio, upload_ratio};
pub use past::Past;
pub use progress::{Outcome, PhaseState, Progress, Remedy, Replaced, Summary, Unchanged};
