//! `writeback run` and its neighbours: the real binary against the sandbox, with every fault that it has to survive.
//!
//! Whatever goes wrong: the old file stays whole, nothing stays on disk, a sentence says what happened, and the exit code
//! is right.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

#[path = "support/stage.rs"]
mod stage;
#[path = "support/way.rs"]
mod way;

#[path = "headless/accounts.rs"]
mod accounts;
#[path = "headless/appearance.rs"]
mod appearance;
#[path = "headless/at_once.rs"]
mod at_once;
#[path = "headless/counts.rs"]
mod counts;
#[path = "headless/definitions.rs"]
mod definitions;
#[path = "headless/delivery.rs"]
mod delivery;
#[path = "headless/exports.rs"]
mod exports;
#[path = "headless/faults.rs"]
mod faults;
#[path = "headless/get.rs"]
mod get;
#[path = "headless/interruptions.rs"]
mod interruptions;
#[path = "headless/listing.rs"]
mod listing;
#[path = "headless/log.rs"]
mod log;
#[path = "headless/names.rs"]
mod names;
#[path = "headless/plain.rs"]
mod plain;
#[path = "headless/process.rs"]
mod process;
#[path = "headless/reader.rs"]
mod reader;
#[path = "headless/refusals.rs"]
mod refusals;
#[path = "headless/schedules.rs"]
mod schedules;
#[path = "headless/shell.rs"]
mod shell;
#[path = "headless/successes.rs"]
mod successes;
#[path = "headless/upkeep.rs"]
mod upkeep;
#[path = "headless/variables.rs"]
mod variables;
