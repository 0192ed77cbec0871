//! What the screen's state is told.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;

use super::Field;
use super::copying::Copied;
use super::remote::Request;
use crate::accounts::{Account, Named, SecretHome};
use crate::check::Checked;
use crate::dataworld::{Dataset, Head, Listed, User};
use crate::domo::{DataSet, DomoIdentity, Ownership, Preview};
use crate::download::Fetched;
use crate::explain::Explanation;
use crate::export::schedule::Punctuality;
use crate::export::{DatasetKey, Export};
use crate::history;
use crate::run::{Outcome, Progress};
use crate::schedulers::Handed;
use crate::secret::Secret;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// The screen is there; sent once, first.
    Start,
    /// A key.
    Key(KeyEvent),
    /// Pasted text. It may be a token, so it is a [`Secret`] until the field that takes it is known.
    Paste(Secret),
    /// The person wants to answer that field, by pointing at it or by being asked.
    Go(Field),
    /// The person points at a choice of that field: one of several, off or on, or what there is to press.
    Choose(Field, usize),
    /// The person points at a match of the list.
    Point {
        /// Which.
        row: usize,
        /// The first match in sight, which stays where it is.
        top: usize,
    },
    /// The person points again at the match under the cursor.
    Open,
    /// The person turns the wheel over the list.
    Scroll {
        /// The match under the cursor from now on.
        row: usize,
        /// The first match in sight from now on.
        top: usize,
    },
    /// The person points at that tab.
    Tab(Tab),
    /// What time it is; sent before each key, and once a minute.
    Now(DateTime<Utc>),
    /// Time has passed; sent only while something on screen moves.
    Tick,
    /// The program is ended from outside: a signal, a terminal that is gone.
    Ending,
    /// Where secrets will be kept.
    Vault(SecretHome),
    /// An answer to the effect that carried the number.
    Reply(Request, Box<Reply>),
}

/// The tabs of home, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The saved exports.
    Exports,
    /// What is on data.world.
    Browse,
    /// The saved accounts.
    Accounts,
    /// Past runs.
    History,
}

/// An answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// To [`Effect::TestDataWorld`](super::Effect::TestDataWorld).
    DataWorldTested(Result<User, Explanation>),
    /// To [`Effect::TestDomo`](super::Effect::TestDomo).
    DomoTested(Result<DomoIdentity, Explanation>),
    /// To [`Effect::KeepAccount`](super::Effect::KeepAccount), first part, where exports used the only account that there
    /// was without naming it.
    ExportsNamed(Box<Named>),
    /// To [`Effect::KeepAccount`](super::Effect::KeepAccount), second part: where its secret is now.
    AccountKept(Result<SecretHome, Explanation>),
    /// To [`Effect::LookUpDataSet`](super::Effect::LookUpDataSet), first part.
    DataSet(Result<DataSet, Explanation>),
    /// To [`Effect::LookUpDataSet`](super::Effect::LookUpDataSet), second part.
    Ownership(Ownership),
    /// To [`Effect::LookUpDataSet`](super::Effect::LookUpDataSet), third part.
    Preview(Result<Preview, Explanation>),
    /// To [`Effect::ListDataSets`](super::Effect::ListDataSets), page after page.
    DataSets(Page<DataSet>),
    /// To [`Effect::ListDatasets`](super::Effect::ListDatasets), page after page, each dataset once.
    Datasets(Page<Dataset>),
    /// To [`Effect::ListOrganizations`](super::Effect::ListOrganizations): their ids.
    Organizations(Result<Vec<String>, Explanation>),
    /// To [`Effect::LookUpDataset`](super::Effect::LookUpDataset), first part: the numbers that the history gave last to
    /// files there, by their names without number and extension.
    Numbers(BTreeMap<String, u64>),
    /// To [`Effect::LookUpDataset`](super::Effect::LookUpDataset), second part, with its files.
    Dataset(Result<Dataset, Explanation>),
    /// To [`Effect::CreateDataset`](super::Effect::CreateDataset): the key that data.world gave it.
    DatasetCreated(Result<DatasetKey, Explanation>),
    /// To [`Effect::Browse`](super::Effect::Browse), page after page, each dataset once.
    Listed(Page<Listed>),
    /// To [`Effect::Browse`](super::Effect::Browse): the address of the person's site, where data.world tells it.
    Site(Option<String>),
    /// To [`Effect::ReadHead`](super::Effect::ReadHead).
    Head(Result<Head, Explanation>),
    /// To [`Effect::Download`](super::Effect::Download), as often as there is something new; the latest counts.
    Fetched(Fetched),
    /// To [`Effect::Download`](super::Effect::Download), last: where the file is, and its size in bytes;
    /// `None` when it was cancelled.
    Downloaded(Result<Option<(PathBuf, u64)>, Explanation>),
    /// To [`Effect::DeleteFile`](super::Effect::DeleteFile).
    FileDeleted(Result<(), Explanation>),
    /// To [`Effect::OpenLink`](super::Effect::OpenLink): whether a browser was started.
    LinkOpened(bool),
    /// To [`Effect::Copy`](super::Effect::Copy): where the text went, and the text.
    Copied(Copied, String),
    /// To [`Effect::TestAccount`](super::Effect::TestAccount).
    AccountTested(Tested),
    /// To [`Effect::ChangeAccount`](super::Effect::ChangeAccount): what came of it, as a sentence.
    AccountChanged(Result<String, Explanation>),
    /// To [`Effect::Check`](super::Effect::Check), as often as there is something new; the latest counts.
    Checked(Box<Checked>),
    /// To [`Effect::Check`](super::Effect::Check), last: why it was not begun, or what came of it not kept.
    CheckEnded(Result<(), Explanation>),
    /// To [`Effect::LoadHome`](super::Effect::LoadHome).
    Home(Result<Kept, Explanation>),
    /// To [`Effect::AskSchedulers`](super::Effect::AskSchedulers).
    Handed(Result<Handed, Explanation>),
    /// To [`Effect::ListRuns`](super::Effect::ListRuns).
    Runs(Result<Runs, Explanation>),
    /// To [`Effect::RemoveExport`](super::Effect::RemoveExport).
    ExportRemoved(Result<(), Explanation>),
    /// To [`Effect::SaveExport`](super::Effect::SaveExport) and [`Effect::ChangeExport`](super::Effect::ChangeExport): the
    /// name that `writeback run` takes.
    ExportSaved(Result<String, Explanation>),
    /// To [`Effect::SaveExport`](super::Effect::SaveExport), where a scheduler had the export under another name.
    ExportRenamed {
        /// The name that `writeback run` takes.
        name: String,
        /// The results there: sentences.
        schedulers: Vec<String>,
    },
    /// To [`Effect::SaveExport`](super::Effect::SaveExport): another program has changed what it replaces, and nothing was
    /// saved.
    ExportChanged {
        /// The export that is in its file now; `None` when there is none.
        found: Option<Box<Export>>,
        /// The explanation.
        explanation: Explanation,
    },
    /// To [`Effect::StartRun`](super::Effect::StartRun), as often as there is something new; the latest counts.
    Progress(Progress),
    /// To [`Effect::StartRun`](super::Effect::StartRun), last.
    Ended(Box<Outcome>),
}

/// What is kept on this computer.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The saved exports.
    pub exports: Vec<SavedExport>,
    /// The saved accounts of both services.
    pub accounts: Vec<Account>,
}

/// A saved export, and how it went last.
#[derive(Debug, Clone)]
pub struct SavedExport {
    /// Its definition's file.
    pub file: PathBuf,
    /// What is in it, or why it cannot be read.
    pub export: Result<Box<Export>, String>,
    /// Its newest run in the history.
    pub last: Option<history::Run>,
    /// Whether its scheduled runs come when they are due, where that is known.
    pub punctuality: Option<Punctuality>,
}

/// Runs of the history.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// The newest, the newest first.
    pub runs: Vec<history::Run>,
    /// How many there are of the kind that was asked for.
    pub total: u64,
    /// What all runs of the export say together, where it was asked for one.
    pub statistics: Option<history::Statistics>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub enum Page<T> {
    /// Some of it; there may be more.
    More(Vec<T>),
    /// That was all.
    End,
    /// The rest cannot be had.
    Failed(Explanation),
}

/// What a test of credentials came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// They are valid: what is known of the account now.
    Valid(Box<Account>),
    /// The service refuses them.
    Refused(Explanation),
    /// They could not be tested.
    Unknown(Explanation),
}
