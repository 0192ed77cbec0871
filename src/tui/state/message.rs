//! Messages to the screen's state.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;

use super::Field;
use super::copying::Copied;
use super::remote::Request;
use crate::accounts::{Account, Named, SecretHome};
use crate::check::Checked;
use crate::explain::Explanation;
use crate::export::schedule::Punctuality;
use crate::export::{DatasetKey, Export};
use crate::history;
use crate::schedulers::LocalSchedules;
use crate::services::dataworld::{Dataset, Head, Listed, User};
use crate::services::domo::{DataSet, DomoIdentity, Ownership, Preview};
use crate::text::secret::Secret;
use crate::transfer::download::Fetched;
use crate::transfer::{Outcome, Progress};

/// An event from the terminal, the clock, or a request.
#[derive(Debug, Clone)]
pub enum Msg {
    /// Sent once, before any other.
    Start,
    Key(KeyEvent),
    /// May be a token, so it stays a [`Secret`] until the field that takes it is known.
    Paste(Secret),
    /// Focuses a field, by a click or because it is asked for.
    Focus(Field),
    /// Picks a choice of a field by index, by a click.
    Choose(Field, usize),
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
    Vault(SecretHome),
    Reply(Request, Box<Reply>),
}

/// Tabs of home, in display order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Exports,
    Browse,
    Accounts,
    History,
}

/// Replies to effects. Comments tell the order where a request has several replies.
#[derive(Debug, Clone)]
pub enum Reply {
    DataWorldTested(Result<User, Explanation>),
    DomoTested(Result<DomoIdentity, Explanation>),
    /// First reply to [`Effect::KeepAccount`](super::Effect::KeepAccount), if exports used the only account without
    /// naming it.
    ExportsNamed(Box<Named>),
    /// Last reply to [`Effect::KeepAccount`](super::Effect::KeepAccount).
    AccountKept(Result<SecretHome, Explanation>),
    /// Answers [`Effect::LookUpDataSet`](super::Effect::LookUpDataSet), as do `Ownership` and `Preview`.
    DataSet(Result<DataSet, Explanation>),
    Ownership(Ownership),
    Preview(Result<Preview, Explanation>),
    /// Sent page by page.
    DataSets(Page<DataSet>),
    /// Sent page by page, each dataset once.
    Datasets(Page<Dataset>),
    /// Organization ids.
    Organizations(Result<Vec<String>, Explanation>),
    /// First reply to [`Effect::LookUpDataset`](super::Effect::LookUpDataset): the last number given to each file, by
    /// the name without number and extension.
    Numbers(BTreeMap<String, u64>),
    /// Last reply to [`Effect::LookUpDataset`](super::Effect::LookUpDataset), with its files.
    Dataset(Result<Dataset, Explanation>),
    /// The key that data.world chose.
    DatasetCreated(Result<DatasetKey, Explanation>),
    /// Sent page by page, each dataset once.
    Listed(Page<Listed>),
    /// A reply to [`Effect::Browse`](super::Effect::Browse): the address of the person's site, if data.world states it.
    Site(Option<String>),
    Head(Result<Head, Explanation>),
    /// Sampled progress of [`Effect::Download`](super::Effect::Download).
    Fetched(Fetched),
    /// Last reply to [`Effect::Download`](super::Effect::Download): path and size in bytes; `None` when cancelled.
    Downloaded(Result<Option<(PathBuf, u64)>, Explanation>),
    FileDeleted(Result<(), Explanation>),
    /// `false` where there is no browser.
    LinkOpened(bool),
    /// The copied text comes back too.
    Copied(Copied, String),
    AccountTested(Tested),
    /// A sentence about the change.
    AccountChanged(Result<String, Explanation>),
    /// Sampled progress of [`Effect::Check`](super::Effect::Check).
    Checked(Box<Checked>),
    /// Last reply to [`Effect::Check`](super::Effect::Check); fails if the check did not begin or its result was not
    /// recorded.
    CheckEnded(Result<(), Explanation>),
    Home(Result<LocalData, Explanation>),
    LocalSchedules(Result<LocalSchedules, Explanation>),
    Runs(Result<Runs, Explanation>),
    ExportRemoved(Result<(), Explanation>),
    /// The name for `writeback run`.
    ExportSaved(Result<String, Explanation>),
    /// Sent instead of `ExportSaved` if a scheduler had the export under its old name.
    ExportRenamed {
        name: String,
        /// A sentence for each scheduler.
        schedulers: Vec<String>,
    },
    /// Nothing was saved, because another program has changed the file.
    ExportChanged {
        /// The content of the file now; `None` if it is gone.
        found: Option<Box<Export>>,
        explanation: Explanation,
    },
    /// Sampled progress of [`Effect::StartRun`](super::Effect::StartRun).
    Progress(Progress),
    /// Last reply to [`Effect::StartRun`](super::Effect::StartRun).
    Ended(Box<Outcome>),
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
