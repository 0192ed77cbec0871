//! State that the wizard and home share: messages and effects, remote data, pickers, a run, and the tables of key
//! actions.

pub mod actions;
mod draft;
mod effect;
mod filter;
mod message;
mod picker;
mod remote;
mod request;
mod run;
mod shell;
pub(crate) mod typing;

pub use crate::export::saved::Original;
pub use crate::ops::check::Subject;
pub use crate::ops::run::{RunEntry, RunOrder};
pub use crate::ops::{DataWorldLogin, DomoLogin, Login};
pub use draft::Draft;
pub(crate) use draft::{CredentialChoice, DraftValue};
pub use effect::{
    AccountChange, BrowseReply, CheckReply, CreateReply, DataSetReply, DatasetReply, DownloadReply, Effect, Opening,
    RunReply, SaveReply, ScheduleChange, ScheduleReply,
};
pub use message::{LocalData, Msg, Page, Runs, SavedExport, Tab, Tested};
pub(crate) use picker::AnyPicker;
pub use picker::{Picker, Search};
pub(crate) use remote::split_reply;
pub use remote::{Answer, Remote, Slot};
pub use request::{Reply, Request, RequestId, Requests};
pub(crate) use run::{CANCEL_TITLE, Decision, order};
pub use run::{Run, RunState};
pub(crate) use shell::HasShell;
pub use shell::{Copied, Shell};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Info,
    /// Nothing was done and nothing needs to be, as after a cancel.
    Idle,
    Warning,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}
