//! Writeback exports a Domo DataSet as CSV to a file in a data.world dataset, proves that every row arrived, and never
//! replaces a good file with a bad one.
//!
//! # A tour of the house
//!
//! A module uses only what stands below it. One exception: the front doors share a few things.
//!
//! | where | what |
//! |---|---|
//! | [`cli`] | front door 1: the command line, one file a command |
//! | [`tui`] | front door 2: the terminal's modes, the event loop, what effects do, and the files of drafts |
//! | [`plain`] | front door 3: the wizard's questions line by line, without a screen |
//! | [`screen`] | drawing, one file a region; it reads the state and never changes it |
//! | [`app`] | the root of the screen's state: home, and the wizard while it is open; keys and answers in, effects out; no I/O, no drawing |
//! | [`home`] | home: exports and their runs, browsing, accounts, history; one file a tab |
//! | [`wizard`] | the wizard: one file a pane |
//! | [`state`] | what both share: messages and effects, data from elsewhere, lists, a run, a draft, the mechanism behind the tables of keys |
//! | [`journal`] | a run from its beginning to its end, kept in the history; one run of an export at a time |
//! | [`explain`] | the one place where a cause becomes a sentence and advice |
//! | [`schedulers`] | the schedulers of this computer: what has been handed to them, and how it gets there |
//! | [`check`] | credentials and the way to both services, tested step by step |
//! | [`run`] | one run of an export, for both doors: ask, export, count, spool, upload, prove; it knows causes, no sentences |
//! | [`download`] | a file of data.world on its way to this computer's disk |
//! | [`handoff`] | a schedule written for the scheduler that keeps it: systemd, cron, Kubernetes, Airflow, … |
//! | [`accounts`] | accounts, and where their secrets live |
//! | [`history`] | past runs in SQLite, the numbers given to them, and the locks of exports |
//! | [`services`] | both clients, ready to be called |
//! | [`config`] | folders, addresses, limits; file, then environment |
//! | [`domo`], [`dataworld`] | the clients |
//! | [`http`] | what the clients share: time limits, retries, how a failed call is read |
//! | [`export`] | what an export is, pure: definition, ids, file names, schedule |
//! | [`sandbox`] | Domo and data.world on loopback, for the demo and the tests; it shares no type with the clients, so that a mistake in one is not hidden by the same mistake in the other |
//! | [`log`] | the log of this process |
//! | [`files`] | small files: written whole, read with errors that name the line |
//! | [`figures`], [`printable`], `process`, [`secret`], [`service`], [`shell`], `unseen`, [`variable`] | words, figures and variables that all of them use |
//!
//! # Rules that hold it up
//!
//! - [`app::update`] is the only place where the screen's state changes. A request carries a number, and an answer to
//!   an older one is ignored.
//! - Progress is sampled, never queued: the newest replaces what nobody has looked at yet.
//! - Secrets are [`secret::Secret`] from the first key to the header that sends them.
//! - Text from a service passes [`printable::printable`] before it reaches a terminal.
//! - What is dropped is undone: dropping a run's future closes its connections before the last byte, and the file on
//!   data.world stays as it was.
//! - The history helps a run and never stops it; a number replaces no file that is there when it is
//!   sent, even when the history is lost.

pub mod accounts;
pub mod app;
pub mod check;
pub mod cli;
pub mod config;
pub mod dataworld;
pub mod domo;
pub mod download;
pub mod explain;
pub mod export;
pub mod figures;
pub mod files;
pub mod handoff;
pub mod history;
pub mod home;
pub mod http;
pub mod journal;
pub mod log;
pub mod plain;
pub mod printable;
mod process;
pub mod run;
pub mod sandbox;
pub mod schedulers;
pub mod screen;
pub mod secret;
pub mod service;
pub mod services;
pub mod shell;
pub mod state;
pub mod tui;
mod unseen;
pub mod variable;
pub mod wizard;
