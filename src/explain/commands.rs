//! Commands of Writeback in sentences that belong to no error.

use crate::export::DatasetKey;

/// The command that runs a saved export; `argument` is quoted for a shell.
pub fn run(argument: &str) -> String {
    format!("writeback run {argument}")
}

/// Lasts until a scheduler has the export. `may_press`: the button that leads to the schedulers is in sight.
pub fn no_scheduler_yet(argument: &str, may_press: bool) -> String {
    match may_press {
        true => "It does not run by itself yet: Save and schedule hands it over to a scheduler.".to_owned(),
        false => format!("It does not run by itself yet. To hand it over: writeback schedule {argument} --install"),
    }
}

pub fn export_renamed(slug: &str) -> String {
    format!("Renamed. `writeback run {slug}` runs it from now on.")
}

pub fn list_files_hint(dataset: &DatasetKey) -> String {
    format!("`writeback ls {dataset}` lists its files.")
}

pub fn which_file(dataset: &DatasetKey) -> String {
    format!(
        "Which file of {dataset}? `writeback get {dataset} NAME` downloads one, and `writeback ls {dataset}` lists them."
    )
}

pub const WHICH_EXPORT: &str = "Which export? `writeback run NAME` runs one; `writeback exports list` lists them.";

pub const NO_EXPORT_TO_RUN: &str = "No exports yet. `writeback new` creates one.";

pub const NO_EXPORTS: &str =
    "No exports yet. `writeback new` creates one; `writeback exports show --example` prints an example.";

pub const NO_SECRET: &str =
    "No secret was entered. Paste it at the prompt, or pass it on standard input: `writeback accounts add … < FILE`.";

pub const NO_ACCOUNTS: &str = "There are no accounts yet, and the environment has no credentials. `writeback accounts \
                               add data.world --name NAME` saves one.";

pub const NOTHING_TO_TEST: &str = "There is nothing to test: no account is saved, and the environment has no \
                                   credentials. `writeback accounts add data.world --name NAME` saves one.";

pub const NO_TERMINAL: &str = "The screen needs a terminal. Without one, use `writeback run`.";
