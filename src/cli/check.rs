//! `writeback check`: tests credentials and the connection to both services, and prints a report for support.

mod json;
mod lines;

use std::process::ExitCode;

use chrono::Utc;

use super::context::Context;
use super::exit::{Cause, Exit};
use super::trouble::Trouble;
use crate::accounts::{Book, FromEnvironment, Vault};
use crate::check::{self, Checked, Plan, Source};
use crate::export::{Export, Service, saved};

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A saved export by name, or a definition file: tests its accounts, DataSet, dataset and file. If left out, all accounts
    /// are tested, or the credentials in the environment.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports_and_files())]
    export: Option<String>,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub(super) json: bool,
}

/// Tests, shows each step as it ends, and ends with a report for a support ticket. The exit code is that of the first
/// failed step.
pub(super) async fn check(args: &CheckArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let export = match &args.export {
        Some(name) => Some(saved::load(&context.paths.exports(), name)?.1),
        None => None,
    };
    let begun = Utc::now();
    let plan = plan(context, export).await?;
    let mut checked = Checked::new(&plan, begun);
    let mut results = check::start(plan);
    let mut lines = lines::Lines::of_stdout();
    let cancelled = super::interrupt::cancelled();
    loop {
        checked.results.clone_from(&results.borrow_and_update());
        if !args.json {
            lines.steps(&checked.results).map_err(Trouble::unwritten)?;
        }
        tokio::select! {
            changed = results.changed() => if changed.is_err() { break },
            () = cancelled.cancelled() => return Ok(Exit::Cancelled.into()),
        }
    }
    let exit = checked.failure().map_or(Exit::Done, Cause::exit);
    if args.json {
        super::json::line(&mut super::out::out(), &json::object(&checked, exit)).map_err(Trouble::unwritten)?;
    } else {
        lines.ticket(&checked).map_err(Trouble::unwritten)?;
    }
    Ok(exit.into())
}

/// The accounts that the export names; without an export, all.
async fn plan(context: &Context, export: Option<Export>) -> Result<Plan, Trouble> {
    let (book, vault) = (context.book()?, Vault::platform());
    let (environment, services) = (&context.environment, context.services()?);
    let source = Source { environment, book: &book, vault: &vault, services };
    let lines = match &export {
        Some(export) => source.lines_of(&export.credentials).await,
        None => {
            let mut lines = Vec::new();
            for service in [Service::Domo, Service::DataWorld] {
                for name in names(context, &book, service) {
                    lines.push(source.line(service, name).await);
                }
            }
            lines
        }
    };
    let today = export.as_ref().map_or_else(|| Utc::now().date_naive(), |export| export.schedule.date_of(Utc::now()));
    Ok(Plan { lines, export, today, limits: context.config.limits.clone() })
}

/// All accounts of a service; `None` is the environment, or missing credentials. Half a pair in the environment is
/// tested too: a run of an export that names no account refuses it.
fn names<'a>(context: &Context, book: &'a Book, service: Service) -> Vec<Option<&'a str>> {
    let from_environment = FromEnvironment::all(&context.environment);
    let in_environment = from_environment.iter().any(|found| found.account.service == service);
    let mut names: Vec<Option<&str>> = book.list(service).map(|account| Some(account.name.as_str())).collect();
    if in_environment || names.is_empty() {
        names.insert(0, None);
    }
    names
}
