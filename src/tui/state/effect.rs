//! Effects: what the screen's state wants from the outside, each request with its replies.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Copied;
use super::message::{LocalData, Page, Runs, Tested};
use super::request::{Request, RequestId};
use super::{Answer, Draft};
use crate::accounts::{Account, AccountRef, SecretHome, Stored};
use crate::check::Checked;
use crate::explain::Explanation;
use crate::export::saved::Original;
use crate::export::{DataSetId, DatasetKey, Export, Service, Setting};
use crate::history::RunResult;
use crate::ops::check::Subject;
use crate::ops::run::RunOrder;
use crate::ops::schedules::ExportSchedules;
use crate::ops::{DataWorldLogin, DomoLogin};
use crate::schedulers::{LocalSchedules, SchedulerKind};
use crate::services::dataworld::{Dataset, Head, Listed, NewDataset, User};
use crate::services::domo::{DataSet, DomoIdentity, Ownership, Preview};
use crate::text::secret::Secret;
use crate::transfer::download::Fetched;
use crate::transfer::{Outcome, Progress};

/// A request is answered by replies of its type: `Request<Page<DataSet>>` by pages of DataSets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    FindVault {
        request: Request<SecretHome>,
    },
    /// GET /user.
    TestDataWorld {
        request: Request<Answer<User>>,
        login: DataWorldLogin,
    },
    TestDomo {
        request: Request<Answer<DomoIdentity>>,
        login: DomoLogin,
    },
    /// Keeps an account that has passed its test. The performer sets the time of the test.
    KeepAccount {
        request: Request<Answer<Stored>>,
        /// Replaces an account of the same name and service.
        account: Account,
        secret: Secret,
    },
    LookUpDataSet {
        request: Request<DataSetReply>,
        login: DomoLogin,
        id: DataSetId,
    },
    ListDataSets {
        request: Request<Page<DataSet>>,
        login: DomoLogin,
    },
    /// Own datasets, contributing ones, and those of the organizations, each once.
    ListDatasets {
        request: Request<Page<Dataset>>,
        login: DataWorldLogin,
    },
    /// Ids of the organizations that may own a new dataset.
    ListOrganizations {
        request: Request<Answer<Vec<String>>>,
        login: DataWorldLogin,
    },
    LookUpDataset {
        request: Request<DatasetReply>,
        login: DataWorldLogin,
        key: DatasetKey,
    },
    CreateDataset {
        request: Request<CreateReply>,
        login: DataWorldLogin,
        new: NewDataset,
    },
    /// Everything on data.world that the person may see.
    Browse {
        request: Request<BrowseReply>,
        login: DataWorldLogin,
    },
    /// Reads the beginning of a file.
    ReadHead {
        request: Request<Answer<Head>>,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
    },
    Download {
        request: Request<DownloadReply>,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
        /// In bytes, where the dataset states it.
        size: Option<u64>,
        to: PathBuf,
        /// Replaces a file that is there.
        replace: bool,
    },
    DeleteFile {
        request: Request<Answer<()>>,
        login: DataWorldLogin,
        key: DatasetKey,
        file: String,
    },
    /// The reply is `false` where there is no browser.
    OpenLink {
        request: Request<bool>,
        link: String,
    },
    /// Tests credentials, and records the result if the account is saved.
    TestAccount {
        request: Request<Tested>,
        holder: AccountRef,
    },
    /// The reply is a sentence about the change.
    ChangeAccount {
        request: Request<Answer<String>>,
        service: Service,
        name: String,
        change: AccountChange,
    },
    /// Tests credentials and connections step by step.
    Check {
        request: Request<CheckReply>,
        subject: Subject,
    },
    StartRun {
        request: Request<RunReply>,
        /// The definition's file is possibly relative to the exports folder.
        order: Box<RunOrder>,
    },
    /// Ends a run, a download or a check. A run and a download still reply how they ended.
    Cancel(RequestId),
    /// Saves the export under its own name.
    SaveExport {
        request: Request<SaveReply>,
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
        request: Request<Answer<LocalData>>,
    },
    /// Reads what the local schedulers have of the saved exports.
    AskSchedulers {
        request: Request<Answer<LocalSchedules>>,
    },
    /// Reads how the schedulers have an export, and would have it.
    PlanSchedules {
        request: Request<Answer<ExportSchedules>>,
        /// The name of its file, without `.toml`.
        slug: String,
        /// An export of the demo, which no scheduler has.
        demo: bool,
    },
    ChangeSchedule {
        request: Request<ScheduleReply>,
        slug: String,
        change: ScheduleChange,
    },
    ListRuns {
        request: Request<Answer<Runs>>,
        /// Runs of this definition; `None` means of all.
        definition: Option<PathBuf>,
        /// Runs with these results; empty means all.
        results: &'static [RunResult],
        /// The maximum number of runs.
        most: u32,
    },
    /// Writes a decision into a definition file as it is now on disk.
    ChangeExport {
        request: Request<Answer<()>>,
        file: PathBuf,
        setting: Setting,
    },
    /// The reply may be a sentence on what is left of it.
    RemoveExport {
        request: Request<Answer<Option<String>>>,
        file: PathBuf,
    },
    OpenWizard(Opening),
    GoHome,
    /// Returns to the dashboard, or quits where the program was started in the wizard.
    LeaveWizard,
    /// Starts a run of the wizard's export, and shows its page.
    OpenRun(Box<RunOrder>),
    /// A lasting decision on a run of this export, for the one that is in the wizard.
    TakeDecision(Setting, Box<Export>),
    /// Goes home, to the schedule of the export that the wizard has saved.
    GoToSchedule,
    /// Copies a text to the clipboard.
    Copy {
        request: Request<Copied>,
        text: String,
    },
    /// Hands the terminal a text that no program has put on a clipboard.
    CopyInTerminal(String),
    /// Tells someone who looks elsewhere.
    Announce(String),
    /// Switches mouse capture.
    ToggleMouse,
    /// Enables or disables mouse events.
    CaptureMouse(bool),
    Quit,
}

/// The DataSet, then its ownership and its first rows, in any order. If the DataSet fails, the others may be left out.
#[derive(Debug)]
pub enum DataSetReply {
    DataSet(Answer<DataSet>),
    Ownership(Ownership),
    Preview(Answer<Preview>),
}

#[derive(Debug)]
pub enum DatasetReply {
    /// First: the last number given to each file, by the name without number and extension.
    Numbers(BTreeMap<String, u64>),
    /// Last: the dataset with its files.
    Dataset(Answer<Dataset>),
}

#[derive(Debug)]
pub enum CreateReply {
    /// The key that data.world chose.
    Created(DatasetKey),
    /// The owner has a dataset whose id is made of the same title.
    Taken(Explanation),
    Failed(Explanation),
}

#[derive(Debug)]
pub enum BrowseReply {
    /// The address of the person's site, if data.world states it.
    Site(Option<String>),
    /// Each dataset comes once.
    Page(Page<Listed>),
}

#[derive(Debug)]
pub enum DownloadReply {
    Progress(Fetched),
    /// Nothing was asked for, because the file is there.
    Exists(PathBuf),
    /// Path and size in bytes; `None` when cancelled.
    Ended(Answer<Option<(PathBuf, u64)>>),
}

#[derive(Debug)]
pub enum CheckReply {
    Progress(Box<Checked>),
    /// Fails if the check did not begin or its result was not recorded. A cancelled check does not end.
    Ended(Answer<()>),
}

#[derive(Debug)]
pub enum RunReply {
    Progress(Progress),
    Ended(Outcome),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleChange {
    Install(SchedulerKind),
    Remove(SchedulerKind),
    /// Writes the file of a scheduler elsewhere.
    Write {
        target: SchedulerKind,
        to: PathBuf,
        /// Replaces a file that is there.
        replace: bool,
    },
}

impl ScheduleChange {
    pub(crate) fn target(&self) -> SchedulerKind {
        match self {
            Self::Install(target) | Self::Remove(target) | Self::Write { target, .. } => *target,
        }
    }
}

#[derive(Debug)]
pub enum ScheduleReply {
    Done {
        sentences: Vec<String>,
        /// The export whose first run is due.
        first_run: Option<Box<Export>>,
    },
    /// Nothing was written, because the file is there.
    Exists(PathBuf),
    Failed(Explanation),
}

#[derive(Debug)]
pub enum SaveReply {
    Saved {
        /// The name for `writeback run`.
        name: String,
        /// Sentences on schedulers that had the export under its old name, and on what was not taken along.
        notes: Vec<String>,
    },
    /// Nothing was saved, because another program has changed the file.
    Changed {
        /// The content of the file now; `None` if it is gone.
        found: Option<Box<Export>>,
        explanation: Explanation,
    },
    Failed(Explanation),
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
        /// The name of the original; `None` for an export that has run before it is saved.
        of: Option<String>,
    },
    /// A new export into this dataset.
    To {
        dataset: DatasetKey,
        /// The data.world account that sees it; `None` means the environment's credentials.
        account: Option<String>,
    },
    /// The credentials of one service; saves an account and returns home.
    Credentials {
        service: Service,
        /// The account whose credentials are replaced.
        replaces: Option<Box<Account>>,
    },
}
