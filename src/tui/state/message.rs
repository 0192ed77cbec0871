//! Messages to the screen's state.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;

use super::request::Reply;
use crate::accounts::Account;
use crate::explain::Explanation;
use crate::export::Export;
use crate::export::schedule::Punctuality;
use crate::history;
use crate::text::secret::Secret;
use crate::tui::form::Intent;

/// An event from the terminal, the clock, or a request.
#[derive(Debug)]
pub enum Msg {
    /// Sent once, before any other.
    Start,
    Key(KeyEvent),
    /// May be a token, so it stays a [`Secret`] until the field that takes it is known.
    Paste(Secret),
    /// For the wizard's pane, by a click or an answered line.
    Intent(Intent),
    /// A click on a match of the list.
    Point {
        row: usize,
        /// The first visible match, which stays in place.
        top: usize,
    },
    /// A second click on the match under the cursor.
    Open,
    /// The mouse wheel over the list.
    Scroll {
        /// The match under the cursor after scrolling.
        row: usize,
        /// The first visible match after scrolling.
        top: usize,
    },
    Tab(Tab),
    /// The time; sent before each key and once a minute.
    Now(DateTime<Utc>),
    /// Sent only while something on screen moves.
    Tick,
    /// A signal, or the terminal is gone.
    Ending,
    Reply(Reply),
}

/// Tabs of home, in display order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum Tab {
    Exports,
    Browse,
    Accounts,
    History,
}

/// Exports and accounts kept on this computer.
#[derive(Debug, Clone, Default)]
pub struct LocalData {
    pub exports: Vec<SavedExport>,
    pub accounts: Vec<Account>,
}

/// A saved export with its latest run.
#[derive(Debug, Clone)]
pub struct SavedExport {
    pub file: PathBuf,
    /// The definition, or a sentence why it cannot be read.
    pub export: Result<Box<Export>, String>,
    pub last: Option<history::Run>,
    /// `None` while it is unknown.
    pub punctuality: Option<Punctuality>,
}

#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// Newest first, and limited in number.
    pub runs: Vec<history::Run>,
    /// The number of all matching runs.
    pub total: u64,
    /// Only for the runs of a single export.
    pub statistics: Option<history::Statistics>,
}

/// A page of a list that loads in parts.
#[derive(Debug, Clone)]
pub enum Page<T> {
    More(Vec<T>),
    End,
    /// The rest failed to load.
    Failed(Explanation),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// The account with its new facts.
    Valid(Box<Account>),
    Refused(Explanation),
    /// The test itself failed.
    Unknown(Explanation),
}
