//! Shell completion: the names of exports and accounts, as they are when Tab is pressed.
//!
//! The script that `writeback completions SHELL` prints calls the program back with [`VARIABLE`] set. Then the program
//! reads the files of the configuration folder and nothing else: no service, no keyring, no history.

mod shells;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::builder::PossibleValuesParser;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _};

use shells::SHELLS;

use super::out::out;
use super::trouble::Trouble;
use crate::accounts::Book;
use crate::config::{Environment, Paths};
use crate::export::{Service, saved};
use crate::text::terminal_text::{harmless, printable};

/// Set by the scripts to the calling shell.
const VARIABLE: &str = "WRITEBACK_COMPLETE";

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(SHELLS.names()))]
    shell: String,
}

/// Prints the script that makes a shell call this program.
pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Trouble> {
    let shell = SHELLS.completer(&args.shell).ok_or_else(|| Trouble::usage("That shell is not supported."))?;
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "writeback", "writeback", &this_program(), &mut script)
        .map_err(Trouble::unwritten)?;
    out().write_all(&script).map_err(Trouble::unwritten)?;
    Ok(ExitCode::SUCCESS)
}

/// Answers a shell's completion request; `None` if no shell's script started the program.
pub(super) fn answer_shell() -> Option<ExitCode> {
    let here = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(super::Cli::command)
        .var(VARIABLE)
        .shells(SHELLS)
        .try_complete(std::env::args_os(), here.as_deref());
    match answered {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        Err(error) => Some(Trouble::usage(error.to_string()).report()),
    }
}

/// The shell's command for this program: as it was called, but independent of the current folder.
fn this_program() -> String {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_else(|| "writeback".into()));
    let is_bare = called.components().count() == 1;
    let whole = if is_bare { Ok(called.clone()) } else { std::path::absolute(&called) };
    whole.unwrap_or(called).display().to_string()
}

pub(super) fn exports() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| matching(typed, saved_exports()))
}

pub(super) fn exports_and_files() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let mut offered = matching(typed, saved_exports());
        let is_definition = |path: &Path| path.extension().is_some_and(|extension| extension == "toml");
        offered.extend(PathCompleter::any().filter(is_definition).complete(typed));
        offered
    })
}

pub(super) fn accounts() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| matching(typed, saved_accounts(None)))
}

pub(super) fn dataworld_accounts() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| matching(typed, saved_accounts(Some(Service::DataWorld))))
}

/// The saved exports: their names for `writeback run`, and their display names.
fn saved_exports() -> Vec<(String, String)> {
    let Some(paths) = paths() else { return Vec::new() };
    let named = |(path, export): (PathBuf, Result<crate::export::Export, _>)| {
        let stem = path.file_stem()?.to_str()?;
        let is_name = !saved::is_path(stem) && !stem.starts_with('-') && harmless(stem) == stem;
        Some((
            is_name.then(|| stem.to_owned())?,
            export.map_or_else(|_| "cannot be read".to_owned(), |export| export.name),
        ))
    };
    saved::all(&paths.exports()).into_iter().filter_map(named).collect()
}

fn saved_accounts(service: Option<Service>) -> Vec<(String, String)> {
    let book = paths().and_then(|paths| Book::load(&paths.accounts()).ok());
    let Some(book) = book else { return Vec::new() };
    let accounts = book.all().iter().filter(|account| service.is_none_or(|service| account.service == service));
    accounts.map(|account| (account.name.clone(), account.service.to_string())).collect()
}

fn paths() -> Option<Paths> {
    let environment = Environment::from_process();
    environment.check().ok()?;
    Paths::find(environment.home)
}

fn matching(typed: &OsStr, names: Vec<(String, String)>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let fits = names.into_iter().filter(|(name, _)| name.starts_with(&*typed));
    fits.map(|(name, about)| CompletionCandidate::new(name).help(Some(printable(&about).into_owned().into()))).collect()
}
