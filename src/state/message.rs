//! What the screen's state is told, and what it asks to be done.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;

use super::remote::Request;
use super::{Draft, Field};
use crate::accounts::{Account, Holder, SecretHome};
use crate::check::Checked;
use crate::dataworld::{Dataset, Head, Listed, NewDataset, User};
use crate::domo::{DataSet, DomoCredential, DomoIdentity, Ownership, Preview};
use crate::download::Fetched;
use crate::explain::Explanation;
use crate::export::schedule::Punctuality;
use crate::export::{DataSetId, DatasetKey, Export, Setting};
use crate::history::{self, RunResult};
use crate::run::{Outcome, Progress};
use crate::schedulers::Handed;
use crate::secret::Secret;
use crate::service::Service;

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
    /// To [`Effect::TestDataWorld`].
    DataWorldTested(Result<User, Explanation>),
    /// To [`Effect::TestDomo`].
    DomoTested(Result<DomoIdentity, Explanation>),
    /// To [`Effect::KeepAccount`]: where its secret is now.
    AccountKept(Result<SecretHome, Explanation>),
    /// To [`Effect::LookUpDataSet`], first part.
    DataSet(Result<DataSet, Explanation>),
    /// To [`Effect::LookUpDataSet`], second part.
    Ownership(Ownership),
    /// To [`Effect::LookUpDataSet`], third part.
    Preview(Result<Preview, Explanation>),
    /// To [`Effect::ListDataSets`], page after page.
    DataSets(Page<DataSet>),
    /// To [`Effect::ListDatasets`], page after page, each dataset once.
    Datasets(Page<Dataset>),
    /// To [`Effect::ListOrganizations`]: their ids.
    Organizations(Result<Vec<String>, Explanation>),
    /// To [`Effect::LookUpDataset`], first part: the numbers that the history gave last to files there, by their names
    /// without number and extension.
    Numbers(BTreeMap<String, u64>),
    /// To [`Effect::LookUpDataset`], second part, with its files.
    Dataset(Result<Dataset, Explanation>),
    /// To [`Effect::CreateDataset`]: the key that data.world gave it.
    DatasetCreated(Result<DatasetKey, Explanation>),
    /// To [`Effect::Browse`], page after page, each dataset once.
    Listed(Page<Listed>),
    /// To [`Effect::Browse`]: the address of the person's site, where data.world tells it.
    Site(Option<String>),
    /// To [`Effect::ReadHead`].
    Head(Result<Head, Explanation>),
    /// To [`Effect::Download`], as often as there is something new; the latest counts.
    Fetched(Fetched),
    /// To [`Effect::Download`], last: where the file is, and its size in bytes; `None` when it was cancelled.
    Downloaded(Result<Option<(PathBuf, u64)>, Explanation>),
    /// To [`Effect::DeleteFile`].
    FileDeleted(Result<(), Explanation>),
    /// To [`Effect::OpenLink`]: whether a browser was started. Else the link was copied.
    LinkOpened(bool),
    /// To [`Effect::TestAccount`].
    AccountTested(Tested),
    /// To [`Effect::ChangeAccount`]: what came of it, as a sentence.
    AccountChanged(Result<String, Explanation>),
    /// To [`Effect::Check`], as often as there is something new; the latest counts.
    Checked(Box<Checked>),
    /// To [`Effect::Check`], last: why it was not begun, or what came of it not kept.
    CheckEnded(Result<(), Explanation>),
    /// To [`Effect::LoadHome`].
    Home(Result<Kept, Explanation>),
    /// To [`Effect::AskSchedulers`].
    Handed(Result<Handed, Explanation>),
    /// To [`Effect::ListRuns`].
    Runs(Result<Runs, Explanation>),
    /// To [`Effect::RemoveExport`].
    ExportRemoved(Result<(), Explanation>),
    /// To [`Effect::SaveExport`] and [`Effect::ChangeExport`]: the name that `writeback run` takes.
    ExportSaved(Result<String, Explanation>),
    /// To [`Effect::StartRun`], as often as there is something new; the latest counts.
    Progress(Progress),
    /// To [`Effect::StartRun`], last.
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

/// Something to do outside the state. Those with a number are answered with that number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Find out where secrets can be kept; answered by [`Msg::Vault`].
    FindVault,
    /// Ask data.world to whom the token belongs (GET /user).
    TestDataWorld {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
    },
    /// Ask Domo for a token, and to whom the credentials belong.
    TestDomo {
        /// The answer's number.
        request: Request,
        /// With which credentials.
        login: DomoLogin,
    },
    /// Keep a tested account and its secret. Whoever keeps it sets the time of the test.
    KeepAccount {
        /// The answer's number.
        request: Request,
        /// The account; one of the same name and service is replaced.
        account: Account,
        /// Its secret.
        secret: Secret,
    },
    /// Look up a DataSet, whether it is the person's, and its first rows. The three are answered one by one, in any
    /// order; when the first fails, the others may be left out.
    LookUpDataSet {
        /// The answers' number.
        request: Request,
        /// With which credentials.
        login: DomoLogin,
        /// Which.
        id: DataSetId,
    },
    /// List the DataSets.
    ListDataSets {
        /// The answers' number.
        request: Request,
        /// With which credentials.
        login: DomoLogin,
    },
    /// List the datasets: own, contributing, and those of the organisations, each once.
    ListDatasets {
        /// The answers' number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
    },
    /// List the organisations that may own a new dataset.
    ListOrganizations {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
    },
    /// Look up a dataset, its files, and the numbers given to them.
    LookUpDataset {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
        /// Which.
        key: DatasetKey,
    },
    /// Make a dataset.
    CreateDataset {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
        /// What it will be.
        new: NewDataset,
    },
    /// List everything on data.world that the person may browse.
    Browse {
        /// The answers' number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
    },
    /// Read the beginning of a file on data.world.
    ReadHead {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
        /// The dataset.
        key: DatasetKey,
        /// The file.
        file: String,
    },
    /// Download a file of data.world.
    Download {
        /// The answers' number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
        /// The dataset.
        key: DatasetKey,
        /// The file.
        file: String,
        /// Its size in bytes, where the dataset states it.
        size: Option<u64>,
        /// Where it goes. What is there is not replaced.
        to: PathBuf,
    },
    /// Cancel the download of that number; it still ends with [`Reply::Downloaded`].
    CancelDownload(Request),
    /// Delete a file of data.world.
    DeleteFile {
        /// The answer's number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
        /// The dataset.
        key: DatasetKey,
        /// The file.
        file: String,
    },
    /// Open a page in the browser, or copy its address where there is none.
    OpenLink {
        /// The answer's number.
        request: Request,
        /// The page.
        link: String,
    },
    /// Find out whether credentials are valid, and write down for a saved account what came of it.
    TestAccount {
        /// The answer's number.
        request: Request,
        /// Whose.
        holder: Holder,
    },
    /// Change a saved account.
    ChangeAccount {
        /// The answer's number.
        request: Request,
        /// Whose account.
        service: Service,
        /// Its name.
        name: String,
        /// What to do with it.
        change: AccountChange,
    },
    /// Test credentials and the way to their services, step by step.
    Check {
        /// The answers' number.
        request: Request,
        /// What is tested.
        subject: Subject,
    },
    /// Stop the check of that number; no answer comes after it.
    StopCheck(Request),
    /// Run an export.
    StartRun {
        /// The answers' number.
        request: Request,
        /// What to do.
        export: Box<Export>,
        /// Its definition's file; for one that is not saved, it is known by its name.
        definition: Option<PathBuf>,
        /// Whether to do everything but the upload.
        dry_run: bool,
        /// With which credentials of Domo.
        domo: DomoLogin,
        /// With which token of data.world.
        dataworld: DataWorldLogin,
    },
    /// Cancel the run of that number; it still ends with [`Reply::Ended`].
    CancelRun(Request),
    /// Save the export as a definition, under the name that is in it.
    SaveExport {
        /// The answer's number.
        request: Request,
        /// The definition.
        export: Box<Export>,
        /// The name that it was saved under before; that file is replaced, or goes when the name is another now.
        replaces: Option<String>,
    },
    /// Keep what was entered for the next start, in place of what was kept of the same export before: that was begun at
    /// the same moment.
    KeepDraft(Box<Draft>),
    /// Forget what was kept of the export that was begun then.
    DropDraft(DateTime<Utc>),
    /// Read what is kept on this computer, for home.
    LoadHome {
        /// The answer's number.
        request: Request,
    },
    /// Find out what the schedulers of this computer have of the saved exports.
    AskSchedulers {
        /// The answer's number.
        request: Request,
    },
    /// Read runs of the history.
    ListRuns {
        /// The answer's number.
        request: Request,
        /// Those of the export with this definition; without one, all.
        definition: Option<PathBuf>,
        /// Those that ended so; if empty, all.
        results: &'static [RunResult],
        /// At most so many.
        most: u32,
    },
    /// Write a decision into a saved export's file, as that is now.
    ChangeExport {
        /// The answer's number.
        request: Request,
        /// The file.
        file: PathBuf,
        /// What was decided.
        setting: Setting,
    },
    /// Delete a saved export's file.
    RemoveExport {
        /// The answer's number.
        request: Request,
        /// The file.
        file: PathBuf,
    },
    /// Open the wizard, with a saved export in it if there is one.
    OpenWizard(Opening),
    /// Leave the wizard for home.
    GoHome,
    /// Put text on the clipboard.
    Copy(String),
    /// Take the mouse, or give it back to the terminal.
    ToggleMouse,
    /// Hear of clicks and of the wheel from now on, or not any more.
    CaptureMouse(bool),
    /// End the program.
    Quit,
}

/// What a check is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Credentials. Whether those of a saved account are valid is written down.
    Account(Holder),
    /// A saved export: its accounts, DataSet, dataset and file.
    Export(Box<Export>),
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

/// What is done with a saved account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Give it another name, in its exports too.
    Rename(String),
    /// Move its exports to another account.
    MoveTo(String),
    /// Remove it and its secret.
    Remove,
}

/// What the wizard opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Nothing: a new export.
    New,
    /// A saved export, to change it.
    Edit(Box<Export>),
    /// A saved export under another name, to save it as another one.
    Copy {
        /// It, with the other name.
        export: Box<Export>,
        /// Its own name.
        of: String,
    },
    /// A dataset that the file is to go to.
    To(DatasetKey),
    /// The credentials of one service alone, to save an account, and then back home.
    Credentials {
        /// The service.
        service: Service,
        /// The account that gets them.
        replaces: Option<Box<Account>>,
    },
}

/// The credentials that a request uses, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login<C> {
    /// A saved account; its secret is read from where secrets are kept.
    Account(Account),
    /// Environment variables, which are never saved.
    Environment {
        /// What they hold.
        credential: C,
        /// The service's address, where it is not the usual one.
        address: Option<String>,
    },
    /// What a definition names; without a name, what the environment has, or the only account.
    Named(Option<String>),
    /// What was entered here.
    Entered {
        /// What was entered.
        credential: C,
        /// The service's address, where it is not the usual one.
        address: Option<String>,
    },
}

/// A token of data.world.
pub type DataWorldLogin = Login<Secret>;
/// Credentials of Domo.
pub type DomoLogin = Login<DomoCredential>;
