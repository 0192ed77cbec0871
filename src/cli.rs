//! The command line, one file a command.

pub mod accounts;
mod ask;
mod check;
mod complete;
mod context;
#[cfg(feature = "sandbox")]
mod demo;
mod exit;
mod exports;
mod get;
mod history;
mod interrupt;
mod json;
mod line;
mod ls;
pub mod manual;
mod out;
pub mod plain;
mod progress;
mod run;
#[cfg(feature = "sandbox")]
mod sandbox;
mod schedule;
mod screen;
mod stderr;
mod table;
mod trouble;

use std::process::ExitCode;

use clap::{FromArgMatches as _, Parser, Subcommand};

pub(crate) use run::{View, done_lines};

use context::Context;
use json::JsonForm;
use screen::First;
use trouble::Trouble;

use crate::explain;
use crate::system::{log, process};
use crate::text::secret;

/// Exports a Domo DataSet to a file in a data.world dataset, proves that every row arrived, and never replaces a good
/// file with a bad one.
#[derive(Debug, Parser)]
#[command(name = "writeback", version, max_term_width = 100, after_help = WITHOUT_COMMAND)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Write more to the log.
    #[arg(long, short, global = true)]
    verbose: bool,
}

const WITHOUT_COMMAND: &str = "Without a command, the screen opens: home, or the wizard on first start.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up a new export on the screen.
    New(screen::How),
    /// Change a saved export on the screen.
    Edit(screen::EditArgs),
    /// Try everything with simulated services: no account, no network, nothing kept.
    #[cfg(feature = "sandbox")]
    Demo(demo::DemoArgs),
    /// Run exports now.
    Run(run::RunArgs),
    /// Test credentials and the way to both services, step by step.
    Check(check::CheckArgs),
    /// Show past runs.
    History(history::HistoryArgs),
    /// List data.world datasets, or the files of one.
    Ls(ls::LsArgs),
    /// Download a file of a data.world dataset.
    Get(get::GetArgs),
    /// Manage the saved accounts.
    #[command(subcommand)]
    Accounts(accounts::AccountsCommand),
    /// Manage the saved exports.
    #[command(subcommand)]
    Exports(exports::ExportsCommand),
    /// Print or install an export's schedule for systemd, cron and other schedulers.
    Schedule(schedule::ScheduleArgs),
    /// Serve a simulated Domo and data.world on this computer, until Ctrl-C.
    ///
    /// Prints the environment variables that point Writeback at them. Enter these lines in another terminal, and every
    /// command there uses the sandbox. What was changed in it is gone when it ends.
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::SandboxArgs),
    /// Print a shell completion script for commands, exports and accounts.
    Completions(complete::CompletionsArgs),
    /// Print the manual page, or write the pages of all commands.
    Man(manual::ManArgs),
}

impl Command {
    fn json(&self) -> Option<JsonForm> {
        match self {
            Self::Run(args) => args.json(),
            Self::Check(args) => args.json.then_some(JsonForm::Object),
            Self::History(args) => args.json.then_some(JsonForm::Object),
            Self::Ls(args) => args.json.then_some(JsonForm::Array),
            Self::Accounts(accounts::AccountsCommand::List(args)) => args.json.then_some(JsonForm::Array),
            Self::Exports(exports::ExportsCommand::List { json }) => json.then_some(JsonForm::Array),
            Self::Schedule(args) => args.json.then_some(JsonForm::Array),
            _ => None,
        }
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    process::forbid_core_dumps();
    if let Some(code) = complete::answer_shell() {
        return code;
    }
    secret::remember_arguments();
    let parsed = manual::described().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let Cli { command, verbose } = match parsed {
        Ok(cli) => cli,
        Err(error) => return stderr::print_usage_error(&error),
    };
    let json_form = command.as_ref().and_then(Command::json);
    let report = |trouble: Trouble| {
        if let Some(json_form) = &json_form {
            // If nobody reads standard output, standard error has the sentence all the same.
            let _ = json_form.write(&trouble);
        }
        trouble.report()
    };
    let runtime = match process::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return report(Trouble::failed(explain::no_threads(&error))),
    };
    let done = runtime.block_on(async {
        outlive_file_size_limit();
        dispatch(command, verbose).await
    });
    // Tasks that still run, such as a call of a keyring that does not answer, are not waited for.
    runtime.shutdown_background();
    done.unwrap_or_else(report)
}

/// Makes writes past the limit of `ulimit -f` fail with an error: the signal that comes with it would end the program
/// (setrlimit(2)). An empty handler is enough.
fn outlive_file_size_limit() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())));
    }
}

/// Loads the context of commands that work with the person's own accounts, and begins the log.
fn own(verbose: bool) -> Result<Context, Trouble> {
    let context = Context::load()?;
    let asked = context.environment().log.as_deref().map(str::parse::<log::Level>).transpose();
    let asked = asked.map_err(|error| Trouble::usage(format!("WRITEBACK_LOG: {error}.")))?;
    let level = if verbose { log::Level::Debug } else { asked.unwrap_or(context.config.log) };
    log::start(&context.paths.state, level, stderr::eprint_log_location);
    // Again, now that a failure can be logged.
    process::forbid_core_dumps();
    Ok(context)
}

async fn dispatch(command: Option<Command>, verbose: bool) -> Result<ExitCode, Trouble> {
    #[cfg(windows)]
    interrupt::end_as_interrupted();
    match command {
        None => screen::show(own(verbose)?, First::Home, false, screen::How::default()).await,
        Some(Command::New(how)) => screen::show(own(verbose)?, First::Wizard(None), false, how).await,
        Some(Command::Edit(args)) => screen::edit(&args, own(verbose)?).await,
        #[cfg(feature = "sandbox")]
        Some(Command::Demo(args)) => demo::demo(&args).await,
        Some(Command::Run(args)) => run::run(&args, &own(verbose)?).await,
        Some(Command::Check(args)) => check::check(&args, &own(verbose)?).await,
        Some(Command::History(args)) => history::history(&args, &own(verbose)?),
        Some(Command::Ls(args)) => ls::ls(&args, &own(verbose)?).await,
        Some(Command::Get(args)) => get::get(&args, &own(verbose)?).await,
        Some(Command::Accounts(command)) => accounts::accounts(&command, own(verbose)?).await,
        Some(Command::Exports(command)) => exports::exports(&command, &own(verbose)?).await,
        Some(Command::Schedule(args)) => schedule::schedule(&args, &own(verbose)?).await,
        #[cfg(feature = "sandbox")]
        Some(Command::Sandbox(args)) => sandbox::sandbox(&args).await,
        Some(Command::Completions(args)) => complete::completions(&args),
        Some(Command::Man(args)) => manual::man(&args),
    }
}
