//! Turns causes into sentences and advice, for every front end.
//!
//! Causes are plain data, such as [`crate::services::http::ApiError`] and [`crate::transfer::Failure`]; the `Display` of the
//! errors of all rooms below is here. A service's own words are quoted, never relied on. No other room below the fronts
//! names a command.

/// Gives an error its sentences: a line for each variant. Fields are named in the text, or follow it.
macro_rules! sentences {
    ($error:ident: $($variant:ident $(($($item:tt)*))? $({ $($field:tt)* })? => $text:literal $(, $argument:expr)*;)+) => {
        impl Display for $error {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant $(($($item)*))? $({ $($field)* })? => write!(f, $text $(, $argument)*),)+
                }
            }
        }
    };
}

/// Explains a cause: what happened, and the advice. Each is a text, a text with arguments in parentheses, or an expression
/// in braces; an expression in brackets makes both. Without advice it is a text alone.
macro_rules! explained {
    ($cause:expr; $($pattern:pat $(if $guard:expr)? => $what:tt $(, $advice:tt)?;)+) => {
        match $cause {
            $($pattern $(if $guard)? => explained!(@row $what $(, $advice)?),)+
        }
    };
    (@row [$explanation:expr]) => { $explanation };
    (@row $what:tt) => { explained!(@text $what) };
    (@row $what:tt, $advice:tt) => { Explanation::new(explained!(@text $what), explained!(@text $advice)) };
    (@text $text:literal) => { format!($text) };
    (@text ($text:literal, $($argument:expr),+)) => { format!($text, $($argument),+) };
    (@text {$text:expr}) => { $text };
}

mod accounts;
mod api;
mod checks;
pub mod commands;
mod connection;
mod files;
mod report;
mod run;
mod schedulers;
mod steps;
mod values;

pub use {accounts::*, checks::*, files::*, report::*, run::*, schedulers::*, steps::*};

use std::fmt;
use std::io;

use crate::accounts::ChangeError;
use crate::check::Warning;
use crate::history::LockHolder;
use crate::services::http::ApiError;
use crate::text::format;
use crate::transfer::{Failure, NotBegun, Refusal, Remedy, SpoolFault, Unproven};

pub(crate) fn no_threads(error: &io::Error) -> String {
    let limit =
        if cfg!(unix) { "Raise the limit (`ulimit -u`; in a unit of systemd: TasksMax=)" } else { "Free memory" };
    format!(
        "The program could not start: the system does not let it start enough threads ({}). {limit}, or end other programs.",
        api::reason_clause(&error.to_string())
    )
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// A sentence or two.
    pub what: String,
    pub advice: String,
    pub support_id: Option<String>,
}

impl Explanation {
    pub fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: advice.into(), support_id: None }
    }
}

/// A sentence that needs no advice.
impl From<String> for Explanation {
    fn from(what: String) -> Self {
        Self::new(what, "")
    }
}

/// A single line.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.advice.is_empty() {
            write!(f, " {}", self.advice)?;
        }
        match &self.support_id {
            Some(id) => write!(f, " Support id {id}."),
            None => Ok(()),
        }
    }
}

/// Gives causes their explanation, and as their `Display` the line of it.
macro_rules! explanations {
    ($($cause:ty: $explain:path;)+) => {$(
        impl fmt::Display for $cause {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $explain(self).fmt(f)
            }
        }

        impl From<$cause> for Explanation {
            fn from(cause: $cause) -> Self {
                $explain(&cause)
            }
        }
    )+};
}

explanations! {
    ApiError: api;
    NotBegun: not_begun;
    Failure: failure;
    Refusal: checks::refusal;
}

pub fn api(error: &ApiError) -> Explanation {
    api::explain(error)
}

const SPOOL_FOLDER: &str =
    "Check the folder for temporary files, or set another one in config.toml: folder under [spool].";

pub fn failure(failure: &Failure) -> Explanation {
    explained! { failure;
        Failure::NotBegun(why) => [not_begun(why)];
        Failure::Api(error) => [api(error)];
        Failure::Refused(refusal) => [checks::refusal(refusal)];
        Failure::Spool(SpoolFault::Full) =>
            "The disk is full, so the export could not be buffered on its way to data.world.",
            "Free up space where temporary files go, or set another folder in config.toml: folder under [spool].";
        Failure::Spool(SpoolFault::TooLarge) =>
            "The export could not be buffered on its way to data.world: a file may not be that large here, as \
             `ulimit -f` or the disk limits it.", {SPOOL_FOLDER};
        Failure::Spool(SpoolFault::Other(error)) =>
            "The export could not be buffered on its way to data.world: {error}.", {SPOOL_FOLDER};
        Failure::Unproven(Unproven::Size { sent, shown }) =>
            ("data.world shows a file of {} bytes, but {} were sent.", format::count(*shown), format::count(*sent)),
            "Reading it back did not show the bytes that were sent: someone else may have written the same file at \
             the same time. Run the export again.";
        Failure::Unproven(Unproven::NotShown) =>
            "data.world accepted the file but does not show it, or shows it without its size, so its arrival is not \
             proven.",
            "Check the dataset on data.world in a few minutes, and run the export again if the file is not there.";
        Failure::Unproven(Unproven::OtherBytes) =>
            "data.world shows a file of the size that was sent, but with other bytes in it: the old file, or someone \
             else's.",
            "Check the file on data.world in a few minutes, and run the export again if it is still not the new one.";
        Failure::BrokeOff(reason) => "The run broke off: {reason}.", "Look at the file on data.world before you rely on it.";
        Failure::Unproven(Unproven::Processing(status)) =>
            "The file arrived in full, but data.world could not process the dataset ({status}).",
            "Open the file on data.world to see what it could not read.";
    }
}

/// An error whose own sentences say what to do.
pub fn in_its_words(error: &impl std::error::Error) -> Explanation {
    Explanation::new(error.to_string(), "")
}

pub fn account(error: &ChangeError) -> Explanation {
    match error {
        ChangeError::Test(error) => api(error),
        error => in_its_words(error),
    }
}

pub fn warning(warning: &Warning) -> Explanation {
    explained! { warning;
        Warning::Clock(skew) => ("This computer's clock is {} the service's.", run::skew(*skew)),
            "Set the clock, or let the network set it: otherwise tokens may be refused as expired, and file names may \
             get the wrong date.";
        Warning::ReadToken => "The API token says that it is read-only, so data.world will probably refuse an upload.",
            {api::READ_WRITE};
        Warning::EndsSoon(end) => ("The API token expires on {}.", format::day(*end)), {api::NEW_TOKEN};
        Warning::Hiding(hiding) => {checks::hiding(*hiding)}, "Make sure that the account owns or co-owns the DataSet.";
        Warning::Synced =>
            "data.world syncs a file of this name from another source, and would overwrite what is uploaded.",
            "Choose another file name, or stop the sync on data.world.";
        Warning::NoProxy(variable, entries) =>
            ("{} of {variable} {} not understood, and not followed.", numbered(entries), if entries.len() == 1 { "is" } else { "are" }),
            "In {variable} stand hosts and networks with commas between them: example.com, *.example.com, \
             example.com:443, 10.0.0.0/8.";
    }
}

/// As in `Entries 2, 3`.
fn numbered(entries: &[usize]) -> String {
    let numbers: Vec<_> = entries.iter().map(usize::to_string).collect();
    format!("{} {}", if entries.len() == 1 { "Entry" } else { "Entries" }, numbers.join(", "))
}

pub fn not_begun(why: &NotBegun) -> Explanation {
    explained! { why;
        NotBegun::Cancelled => "Cancelled before the run began.", "";
        NotBegun::Running { export, holder } => ("{export} is already running{}.", held_by(holder.as_ref())),
            "Wait until it has finished, or stop that process; then run the export again.";
        NotBegun::Credentials(error) => "{error}", "";
        NotBegun::Accounts(error) => "{error}", "";
        NotBegun::Network(error) => "{error}", "";
    }
}

fn held_by(holder: Option<&LockHolder>) -> String {
    holder.map(|holder| format!(": {holder}")).unwrap_or_default()
}

/// The decision behind a key of the screen. The advice for the command line names the setting instead.
pub fn remedy(remedy: Remedy) -> String {
    explained! { remedy;
        Remedy::HashRows =>
            "Quote the first field of these rows or always allow them (saved with the export), or allow them this \
             time. The keys are below.";
        Remedy::AllowUnreadable | Remedy::AllowEmpty | Remedy::AllowShrink =>
            "If this is expected, allow it this time, or always (saved with the export). The keys are below.";
        Remedy::AllowUnproven =>
            "To export it without a proof that all rows came, allow it this time, or always (saved with the export). \
             The keys are below.";
        Remedy::ConfirmOwner =>
            "If you own or co-own the DataSet, confirm it (saved with the export). The key is below.";
        Remedy::ConfirmSeesAll => "To export it all the same, confirm it (saved with the export). The key is below.";
    }
}
