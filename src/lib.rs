//! Writeback exports a Domo DataSet as CSV to a file in a data.world dataset, proves that every row arrived, and never
//! replaces a good file with a bad one.
//!
//! # A tour of the rooms
//!
//! A room uses the rooms below it, never one above it (`tests/house/rooms.rs` checks this).
//!
//! | room | holds |
//! |---|---|
//! | `cli` | the command line, one file a command; `cli::plain` asks the wizard's questions line by line |
//! | `tui` | the screen: the terminal and its event loop, the state (`app`, `state`), forms (`form`), the wizard and the dashboard, drawing (`screen`), and what talks to the services for them (`effects`) |
//! | `ops` | use cases, each one function for every front: run, save and remove an export, check, keep and change accounts |
//! | `explain` | the sentences of every error, and advice; it alone names commands |
//! | `check` | credentials and the connection to both services, tested step by step |
//! | `schedulers` | schedules, written for systemd, cron, launchd, Windows, Kubernetes and Airflow, installed, and read back |
//! | `transfer` | one run: ask, export, count, spool, upload, prove; and a file of data.world on its way to this computer's disk |
//! | `sandbox` | Domo and data.world on loopback, for the demo and the tests; it shares no type with the clients, so that a mistake in one is not hidden by the same mistake in the other |
//! | `history` | past runs in SQLite, the numbers given to them, and the locks of exports |
//! | `accounts` | accounts, their secrets in the keyring, and the exports that use them |
//! | `services` | both clients, and the HTTP that they share: time limits, retries, proxies, TLS |
//! | `config` | folders, addresses, limits; file, then environment |
//! | `export` | an export, without effects: definition, ids, file names, schedule |
//! | `system` | this computer: files, processes, signals, prompts, environment variables, the log |
//! | `text` | formats of figures and dates, terminal-safe text, quoting for shells, secrets |
//!
//! # From Enter on Review to the first byte
//!
//! `HasShell::press` (`tui/state/shell.rs`) takes the key and finds its action in `tui/wizard/actions/table.rs`. A button is
//! pressed in the file of its pane, `tui/wizard/review.rs`, whose `saving::run` returns `Effect::OpenRun`. `tui/app.rs` opens
//! the run's page in `tui/dashboard/exports.rs`, which returns `Effect::StartRun`. `tui/effects.rs` performs it by
//! `ops::run::run_export`, as the command line does: it locks the export, finds the credentials, and starts
//! `transfer/job.rs`. `transfer/ask.rs` asks both services, and `transfer/export.rs` reads the first bytes.
//!
//! # Where to change what
//!
//! - The sentence of a refused call: `status` in `explain/api.rs`. That of a refused run: `explain/run.rs`.
//! - How long a transfer may stall, and other limits: `Limits` in `config/file.rs`, and `docs/configuration.md`.
//! - A new field, error, command or scheduler: `docs/CONTRIBUTING.md` names the files.
//!
//! # Rules that hold it up
//!
//! - `tui::app::update` is the only place where the screen's state changes. Each request carries an id, and a stale reply is
//!   dropped.
//! - Progress is sampled, never queued: the newest snapshot replaces one that was not drawn yet.
//! - Secrets are `text::secret::Secret` from the first key press to the header that sends them.
//! - Text from a service passes `text::terminal_text::printable` before it reaches a terminal.
//! - Dropping undoes: dropping a run's future closes its connections before the last byte, and the file on data.world stays as
//!   it was.
//! - The history helps a run and never stops it; a number replaces no file that is there when it is sent, even when the history
//!   is lost.

mod accounts;
mod check;
mod cli;
mod config;
mod explain;
mod export;
mod history;
mod ops;
#[cfg(feature = "sandbox")]
mod sandbox;
mod schedulers;
mod services;
mod system;
pub mod testing;
mod text;
mod transfer;
mod tui;

pub use cli::main;
