//! `writeback check`: tests credentials and the connection to both services, and prints a report for support.

mod json;
mod lines;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use super::context::Context;
use super::exit::{Cause, Exit};
use super::trouble::Trouble;
use crate::check::StepResult;
use crate::export::saved;
use crate::ops::check::{Check, Subject};

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A saved export by name, or a definition file: tests its accounts, DataSet, dataset and file. If left out, all accounts
    /// are tested, or the credentials in the environment.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports_and_files())]
    export: Option<String>,
    /// Print the report for a support ticket even if nothing failed.
    #[arg(long, conflicts_with = "json")]
    ticket: bool,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub(super) json: bool,
}

/// Tests, and ends with the verdict: a line alone if all is well and nobody watches or wants a report. The exit code is
/// that of the first failed step.
pub(super) async fn check(args: &CheckArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let export = match &args.export {
        Some(name) => Some(saved::load(&context.paths.exports(), name)?.1),
        None => None,
    };
    let subject = export.map(|export| Subject::Export(Box::new(export)));
    let mut check = Check::begin(&context.workspace, subject).await?;
    let mut lines = lines::Lines::of_stdout();
    let is_followed = !args.json && (args.ticket || io::stdout().is_terminal());
    let cancelled = super::interrupt::cancelled();
    loop {
        if is_followed {
            lines.steps(&check.checked.results).map_err(Trouble::unwritten)?;
        }
        tokio::select! {
            changed = check.changed() => if !changed { break },
            () = cancelled.cancelled() => return Ok(Exit::Cancelled.into()),
        }
    }
    let checked = &check.checked;
    let exit = checked.failure().map_or(Exit::Done, Cause::exit);
    if args.json {
        super::json::line(&mut super::out::out(), &json::object(checked, exit)).map_err(Trouble::unwritten)?;
    } else {
        if checked.results.iter().any(StepResult::is_problem) {
            lines.steps(&checked.results).map_err(Trouble::unwritten)?;
        }
        // Unless it is asked for, a report needs a service that was called.
        if args.ticket || (exit != Exit::Done && !checked.addresses.is_empty()) {
            lines.ticket(checked).map_err(Trouble::unwritten)?;
        }
        lines.verdict(&checked.results).map_err(Trouble::unwritten)?;
    }
    Ok(exit.into())
}
