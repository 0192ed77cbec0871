//! `writeback check`: tests credentials and the way to both services, and says what to tell support.

mod report;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use chrono::Utc;

use super::context::Context;
use super::exit::Exit;
use super::trouble::Trouble;
use crate::accounts::{CredentialOrigin, Vault, resolve_dataworld, resolve_domo};
use crate::check::{self, Client, Line, Plan, State, StepResult};
use crate::export::{Export, saved};
use crate::run::{Failure, NotBegun};
use crate::service::Service;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A saved export by name, or a definition file: its accounts, DataSet, dataset and file are tested. Without one, all
    /// accounts, or the credentials of the environment.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports_and_files())]
    export: Option<String>,
    /// Print a JSON object on standard output.
    #[arg(long)]
    json: bool,
}

/// Tests, shows each step as it ends, and ends with a report for a support ticket. The exit code is that of the first
/// step that failed.
pub(super) async fn check(args: &CheckArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let export = match &args.export {
        Some(name) => Some(Export::load(&saved::find(&context.paths.exports(), name))?),
        None => None,
    };
    let begun = Utc::now();
    let plan = plan(context, export.clone()).await?;
    let addresses = report::addresses(&plan);
    let mut results = check::start(plan);
    let mut shown = report::Shown::new(!args.json, std::io::stdout().is_terminal());
    let cancelled = super::interrupt::cancelled();
    loop {
        shown.show(&results.borrow_and_update())?;
        tokio::select! {
            changed = results.changed() => if changed.is_err() { break },
            () = cancelled.cancelled() => return Ok(Exit::Interrupted.into()),
        }
    }
    let results = results.borrow().clone();
    let exit = results.iter().find_map(failed).map_or(Exit::Done, Exit::from);
    let report = report::Report { begun, addresses: &addresses, export: export.as_ref(), results: &results, exit };
    if args.json {
        report.json()?;
    } else {
        report.text()?;
    }
    Ok(exit.into())
}

fn failed(result: &StepResult) -> Option<&Failure> {
    match &result.state {
        State::Failed(failure) => Some(failure),
        _ => None,
    }
}

/// The accounts that the export names; without an export, all that there are.
async fn plan(context: &Context, export: Option<Export>) -> Result<Plan, Trouble> {
    let vault = Vault::platform();
    let mut lines = Vec::new();
    for service in [Service::Domo, Service::DataWorld] {
        for name in names(context, export.as_ref(), service)? {
            lines.push(line(context, &vault, service, name.as_deref()).await?);
        }
    }
    let today = export.as_ref().map_or_else(|| Utc::now().date_naive(), |export| export.schedule.date_of(Utc::now()));
    Ok(Plan { lines, export, today, limits: context.config.limits.clone() })
}

/// Which accounts of a service: `None` is the environment, or the only account.
fn names(context: &Context, export: Option<&Export>, service: Service) -> Result<Vec<Option<String>>, Trouble> {
    if let Some(export) = export {
        let names = &export.credentials;
        return Ok(vec![match service {
            Service::Domo => names.domo.clone(),
            Service::DataWorld => names.dataworld.clone(),
        }]);
    }
    let environment = &context.environment;
    let in_environment = match service {
        Service::Domo => environment.domo_client_id.is_some() || environment.domo_developer_token.is_some(),
        Service::DataWorld => environment.dataworld_token.is_some(),
    };
    let mut names: Vec<Option<String>> =
        context.book()?.list(service).map(|account| Some(account.name.clone())).collect();
    if in_environment || names.is_empty() {
        names.insert(0, None);
    }
    Ok(names)
}

async fn line(context: &Context, vault: &Vault, service: Service, name: Option<&str>) -> Result<Line, Trouble> {
    let (environment, book, services) = (&context.environment, context.book()?, context.services()?);
    let resolved = match service {
        Service::Domo => resolve_domo(name, environment, &book, vault).await.map(|found| {
            let client = services.domo(&found.credential, found.address.as_ref());
            (found.origin, client.map(Client::Domo).map_err(|error| error.to_string()))
        }),
        Service::DataWorld => resolve_dataworld(name, environment, &book, vault).await.map(|found| {
            let client = services.dataworld(&found.credential, found.address.as_ref());
            (found.origin, Ok(Client::DataWorld(client)))
        }),
    };
    let missing = |sentences| Failure::from(NotBegun::Credentials(sentences));
    let (origin, client) = match resolved {
        Ok((origin, client)) => (origin, client.map_err(missing)),
        Err(error) => {
            let origin = name.map_or(CredentialOrigin::Environment, |name| CredentialOrigin::Account(name.to_owned()));
            (origin, Err(missing(error.to_string())))
        }
    };
    Ok(Line { service, account: origin.to_string(), client })
}
