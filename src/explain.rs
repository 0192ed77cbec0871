//! The one place where a cause becomes a sentence and advice, for the screen and the command line alike.
//!
//! A cause is plain data from where it was met: [`crate::http::ApiError`], [`crate::run::Failure`]. What a service says
//! in its own words is quoted, never relied on.

mod api;
mod checks;

pub use checks::OWNER_RULE;

use crate::download::DownloadError;
use crate::export::Export;
use crate::figures;
use crate::http::{ApiError, Retry};
use crate::run::{Failure, FileNow, Remedy, Unproven};

/// What happened and what to do next, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, one sentence or two.
    pub what: String,
    /// What to do next.
    pub advice: String,
    /// What the service's support asks for.
    pub support_id: Option<String>,
}

impl Explanation {
    /// An explanation without a support id.
    pub fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: advice.into(), support_id: None }
    }
}

/// Explains a failed call.
pub fn api(error: &ApiError) -> Explanation {
    api::explain(error)
}

/// Explains why a run ended without its file.
pub fn failure(failure: &Failure) -> Explanation {
    match failure {
        Failure::Api(error) => api(error),
        Failure::Refused(refusal) => checks::refusal(refusal),
        Failure::Spool { full: true, .. } => Explanation::new(
            "The disk is full: the export could not be kept on its way to data.world.",
            "Make room where temporary files go, or name another folder in config.toml under [spool] folder.",
        ),
        Failure::Spool { full: false, reason } => Explanation::new(
            format!("The export could not be kept on its way to data.world: {reason}."),
            "Check the folder for temporary files, or name another one in config.toml under [spool] folder.",
        ),
        Failure::Unproven(Unproven::Size { sent, shown }) => Explanation::new(
            format!("data.world shows a file of {shown} bytes, but {sent} were sent."),
            "Somebody else may have written the same file at the same time. Run the export again.",
        ),
        Failure::Unproven(Unproven::NotShown) => Explanation::new(
            "data.world accepted the file but does not show it with a size, so its arrival is not proven.",
            "Look at the dataset on data.world in a few minutes, then run the export again if the file is not there.",
        ),
        Failure::Unproven(Unproven::Processing(status)) => Explanation::new(
            format!("The file has arrived whole, but data.world could not process the dataset ({status})."),
            "Open the file on data.world: it says there what it could not read.",
        ),
    }
}

/// Explains why a download failed.
pub fn download(error: &DownloadError) -> Explanation {
    let advice = match error {
        DownloadError::Api(error) => return api(error),
        DownloadError::Size { .. } => "Nothing was kept. Somebody may be replacing the file: try again in a minute.",
        DownloadError::Exists(_) | DownloadError::NoFile(_) => "Choose another name for it.",
        DownloadError::Unwritable { .. } => "Check that there is room, and that you may write there.",
        DownloadError::Output(_) => "The program that reads it has ended.",
    };
    Explanation::new(error.to_string(), advice)
}

/// What a person may decide on the screen, where a key does it; on the command line the advice names the setting.
pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::HashRows => {
            "Put the first field of these rows in quotes, or allow them as they are: the keys are below."
        }
        Remedy::AllowEmpty | Remedy::AllowShrink => "If that is right, allow it: the key is below.",
        Remedy::ConfirmOwner => "If you own or co-own the DataSet, confirm it: the key is below.",
    }
}

/// Says which settings of an export no run of this version acts on; `None` if it has none of them.
pub fn not_acted_on(export: &Export) -> Option<String> {
    let names = export.not_acted_on();
    (!names.is_empty())
        .then(|| format!("Kept with the export, but not acted on by this version yet: {}.", names.join(", ")))
}

/// Says why something is tried again, and when.
pub fn retry(retry: &Retry) -> String {
    let why = api(&retry.error).what;
    let wait = figures::took(retry.wait);
    format!("{why} Trying again in {wait} (attempt {} of {}).", retry.attempt, retry.attempts)
}

/// Says what is on data.world after a run that ended without its file.
pub fn file_now(now: &FileNow, name: &str) -> String {
    let size = |size: &Option<u64>| size.map(|size| format!(" ({})", figures::bytes(size))).unwrap_or_default();
    match now {
        FileNow::NothingSent { exists: true } => format!("Nothing was sent: {name} on data.world is untouched."),
        FileNow::NothingSent { exists: false } => format!("Nothing was sent: there is no {name} on data.world."),
        FileNow::Untouched { size: bytes } => format!("The old {name}{} is untouched.", size(bytes)),
        FileNow::StillNone => format!("As before, there is no {name} on data.world."),
        FileNow::Late => format!(
            "data.world does not show a new {name}, but all of it was handed over: look again in a few minutes."
        ),
        FileNow::Changed { size: bytes } => {
            format!("{name} on data.world has changed{}: look at it before you rely on it.", size(bytes))
        }
        FileNow::Unknown => {
            format!("data.world could not be asked what {name} is now: look at it before you rely on it.")
        }
    }
}
