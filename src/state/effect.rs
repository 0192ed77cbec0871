//! What the screen's state asks to be done.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Draft;
use super::remote::Request;
use crate::accounts::{Account, Holder};
use crate::dataworld::NewDataset;
use crate::domo::DomoCredential;
use crate::export::saved::Original;
use crate::export::{DataSetId, DatasetKey, Export, Setting};
use crate::history::RunResult;
use crate::secret::Secret;
use crate::service::Service;

/// Something to do outside the state. Those with a number are answered with that number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Find out where secrets can be kept; answered by [`Msg::Vault`](super::Msg::Vault).
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
    /// List the datasets: own, contributing, and those of the organizations, each once.
    ListDatasets {
        /// The answers' number.
        request: Request,
        /// With which token.
        login: DataWorldLogin,
    },
    /// List the organizations that may own a new dataset.
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
    /// Cancel the download of that number; it still ends with [`Reply::Downloaded`](super::Reply::Downloaded).
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
        /// Its definition's file, which may be named within the exports folder; without it, it is known by the name.
        definition: Option<PathBuf>,
        /// Whether to do everything but the upload.
        dry_run: bool,
        /// With which credentials of Domo.
        domo: DomoLogin,
        /// With which token of data.world.
        dataworld: DataWorldLogin,
    },
    /// Cancel the run of that number; it still ends with [`Reply::Ended`](super::Reply::Ended).
    CancelRun(Request),
    /// Save the export as a definition, under the name that is in it.
    SaveExport {
        /// The answer's number.
        request: Request,
        /// The definition.
        export: Box<Export>,
        /// The saved export that it replaces, as it was opened or saved last. Its file goes where it is called as that
        /// export was and this one is called otherwise now.
        replaces: Option<Original>,
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
    /// Put text where it can be pasted from.
    Copy {
        /// The answer's number.
        request: Request,
        /// The text.
        text: String,
    },
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
    Edit(Original),
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
