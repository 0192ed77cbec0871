//! Front door 1: the command line, one file a command.

mod accounts;
mod ask;
mod context;
mod demo;
mod exit;
mod exports;
mod get;
mod history;
mod interrupt;
mod ls;
mod past;
mod run;
mod sandbox;
mod say;
mod screen;
mod trouble;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use context::Context;
use screen::First;
use trouble::Trouble;

/// Exports a Domo DataSet to a file in a data.world dataset, proves that every row arrived, and never replaces a good
/// file with a bad one.
#[derive(Debug, Parser)]
#[command(name = "writeback", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "Without a command, the screen opens: home, or on a first start the wizard.

Exit codes: 0 done, or nothing to do; 1 failed; 2 wrong usage or definition; 3 credentials refused;
4 a check refused the export; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up a new export on the screen.
    New,
    /// Change a saved export on the screen.
    Edit(screen::EditArgs),
    /// Try everything on services of its own: no account, no network, nothing kept.
    Demo(demo::DemoArgs),
    /// Run exports now.
    Run(run::RunArgs),
    /// Past runs.
    History(history::HistoryArgs),
    /// List data.world datasets, or the files of one.
    Ls(ls::LsArgs),
    /// Download a file of a data.world dataset.
    Get(get::GetArgs),
    /// The saved accounts.
    #[command(subcommand)]
    Accounts(accounts::AccountsCommand),
    /// The saved exports.
    #[command(subcommand)]
    Exports(exports::ExportsCommand),
    /// Serve the sandbox, Domo and data.world on this computer, until Ctrl-C.
    Sandbox(sandbox::SandboxArgs),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Trouble::failed(format!("The program could not start: {error}.")).report(),
    };
    let done = runtime.block_on(dispatch(command));
    // What is still under way, such as a keyring that does not answer, is not waited for.
    runtime.shutdown_background();
    done.unwrap_or_else(|trouble| trouble.report())
}

async fn dispatch(command: Option<Command>) -> Result<ExitCode, Trouble> {
    match command {
        None => screen::show(Context::load()?, None, First::Home, false).await,
        Some(Command::New) => screen::show(Context::load()?, None, First::Wizard(None), false).await,
        Some(Command::Edit(args)) => screen::edit(&args, Context::load()?).await,
        Some(Command::Demo(args)) => demo::demo(&args).await,
        Some(Command::Run(args)) => run::run(&args, &Context::load()?).await,
        Some(Command::History(args)) => history::history(&args, &Context::load()?),
        Some(Command::Ls(args)) => ls::ls(&args, &Context::load()?).await,
        Some(Command::Get(args)) => get::get(&args, &Context::load()?).await,
        Some(Command::Accounts(command)) => accounts::accounts(&command, Context::load()?).await,
        Some(Command::Exports(command)) => exports::exports(&command, &Context::load()?),
        Some(Command::Sandbox(args)) => sandbox::sandbox(&args).await,
    }
}
