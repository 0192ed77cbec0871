//! Effects: requests of the screen's state to the outside.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Draft;
use super::remote::Request;
use crate::accounts::{Account, AccountRef};
use crate::export::saved::Original;
use crate::export::{DataSetId, DatasetKey, Export, Service, Setting};
use crate::history::RunResult;
use crate::services::dataworld::NewDataset;
use crate::services::domo::DomoCredential;
use crate::text::secret::Secret;

/// Effects with a request id are answered by [`Reply`](super::Reply)s with the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Answered by [`Msg::Vault`](super::Msg::Vault).
    FindVault,
    /// GET /user.
    TestDataWorld {
        request: Request,
        login: DataWorldLogin,
    },
    TestDomo {
        request: Request,
        login: DomoLogin,
    },
    /// Keeps an account that has passed its test. The performer sets the time of the test.
    KeepAccount {
        request: Request,
        /// Replaces an account of the same name and service.
        account: Account,
        secret: Secret,
    },
    /// Replies with the DataSet, its ownership and its first rows, in any order. If the DataSet fails, the others may
    /// be left out.
    LookUpDataSet {
        request: Request,
        login: DomoLogin,
        id: DataSetId,
    },
    ListDataSets {
        request: Request,
        login: DomoLogin,
    },
    /// Own datasets, contributing ones, and those of the organizations, each once.
    ListDatasets {
        request: Request,
        login: DataWorldLogin,
    },
    /// Organizations that may own a new dataset.
    ListOrganizations {
        request: Request,
        login: DataWorldLogin,
    },
    /// A dataset, its files, and the numbers given to them.
    LookUpDataset {
        request: Request,
        login: DataWorldLogin,
        key: DatasetKey,
    },
    CreateDataset {
        request: Request,
        login: DataWorldLogin,
        new: NewDataset,
    },
    /// Everything on data.world that the person may see.
    Browse {
        request: Request,
        login: DataWorldLogin,
    },
    /// Reads the beginning of a file.
    ReadHead {
        request: Request,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
    },
    Download {
        request: Request,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
        /// In bytes, where the dataset states it.
        size: Option<u64>,
        /// Never replaces an existing file.
        to: PathBuf,
    },
    /// The download still ends with [`Reply::Downloaded`](super::Reply::Downloaded).
    CancelDownload(Request),
    DeleteFile {
        request: Request,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
    },
    /// Copies the address where there is no browser.
    OpenLink {
        request: Request,
        link: String,
    },
    /// Tests credentials, and records the result if the account is saved.
    TestAccount {
        request: Request,
        holder: AccountRef,
    },
    ChangeAccount {
        request: Request,
        service: Service,
        name: String,
        change: AccountChange,
    },
    /// Tests credentials and connections step by step.
    Check {
        request: Request,
        subject: Subject,
    },
    /// No reply follows.
    StopCheck(Request),
    StartRun {
        request: Request,
        export: Box<Export>,
        /// The definition's file, possibly relative to the exports folder. Without it, the name identifies the export.
        definition: Option<PathBuf>,
        /// Does everything but the upload.
        dry_run: bool,
        domo: DomoLogin,
        dataworld: DataWorldLogin,
    },
    /// The run still ends with [`Reply::Ended`](super::Reply::Ended).
    CancelRun(Request),
    /// Saves the export under its own name.
    SaveExport {
        request: Request,
        export: Box<Export>,
        /// The saved export as it was last read or written. A file named after the old name is renamed.
        replaces: Option<Original>,
    },
    /// Keeps a draft for the next start, in place of the draft with the same `began`.
    KeepDraft(Box<Draft>),
    /// Forgets the draft that began at that time.
    DropDraft(DateTime<Utc>),
    /// Reads everything that home shows from this computer.
    LoadHome {
        request: Request,
    },
    /// Reads what the local schedulers have of the saved exports.
    AskSchedulers {
        request: Request,
    },
    ListRuns {
        request: Request,
        /// Runs of this definition; `None` means of all.
        definition: Option<PathBuf>,
        /// Runs with these results; empty means all.
        results: &'static [RunResult],
        /// The maximum number of runs.
        most: u32,
    },
    /// Writes a decision into a definition file as it is now on disk.
    ChangeExport {
        request: Request,
        file: PathBuf,
        setting: Setting,
    },
    RemoveExport {
        request: Request,
        file: PathBuf,
    },
    OpenWizard(Opening),
    GoHome,
    /// Copies a text to the clipboard.
    Copy {
        request: Request,
        text: String,
    },
    /// Switches mouse capture.
    ToggleMouse,
    /// Enables or disables mouse events.
    CaptureMouse(bool),
    Quit,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The result is recorded if the account is saved.
    Account(AccountRef),
    /// Its accounts, DataSet, dataset and file.
    Export(Box<Export>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Renames it in its exports too.
    Rename(String),
    /// Moves its exports to another account.
    MoveTo(String),
    Remove,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    New,
    Edit(Original),
    /// A saved export under another name.
    Copy {
        export: Box<Export>,
        /// The name of the original.
        of: String,
    },
    /// A new export into this dataset.
    To(DatasetKey),
    /// The credentials of one service; saves an account and returns home.
    Credentials {
        service: Service,
        /// The account whose credentials are replaced.
        replaces: Option<Box<Account>>,
    },
}

/// Credentials of a request, by their source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login<C> {
    /// The secret is read from the vault.
    Account(Account),
    /// Environment variables; never saved.
    Environment {
        credential: C,
        /// `None` for the service's usual address.
        address: Option<String>,
    },
    /// The account named in a definition. Without a name, the environment or the only account.
    Named(Option<String>),
    Entered {
        credential: C,
        address: Option<String>,
    },
}

pub type DataWorldLogin = Login<Secret>;
pub type DomoLogin = Login<DomoCredential>;
