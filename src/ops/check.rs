//! Tests credentials and the connection to both services, and records what comes of an account.

use chrono::Utc;
use tokio::sync::watch;

use super::Workspace;
use crate::accounts::{AccountRef, ChangeError, CredentialOrigin, FromEnvironment, record_test};
use crate::check::{self, AccountFinding, CheckPlan, Checked, Client, Line, StepResult};
use crate::export::{Export, Service};
use crate::transfer::NotBegun;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Account(AccountRef),
    /// Its accounts, DataSet, dataset and file.
    Export(Box<Export>),
}

/// A check under way. Dropping it closes its connections.
#[derive(Debug)]
pub struct Check {
    pub checked: Checked,
    results: watch::Receiver<Vec<StepResult>>,
}

impl Check {
    /// Begins a check; without a subject, of all accounts and the credentials in the environment.
    ///
    /// # Errors
    /// When the accounts cannot be read, or no secure connection can be made on this computer.
    pub async fn begin(workspace: &Workspace, subject: Option<Subject>) -> Result<Self, NotBegun> {
        let begun = Utc::now();
        let plan = plan(workspace, subject.as_ref()).await?;
        let checked = Checked::new(&plan, begun);
        let mut check = Self { checked, results: check::start(plan) };
        check.look();
        Ok(check)
    }

    /// Waits for the next moment; `false` once there is none.
    pub async fn changed(&mut self) -> bool {
        let changed = self.results.changed().await.is_ok();
        self.look();
        changed
    }

    fn look(&mut self) {
        self.checked.results.clone_from(&self.results.borrow_and_update());
    }

    /// Records which of the saved accounts are valid, as far as their service has judged them.
    ///
    /// # Errors
    /// When the accounts cannot be read or written.
    pub async fn record(&self, workspace: &Workspace) -> Result<(), ChangeError> {
        for AccountFinding { account, verdict, .. } in self.checked.accounts() {
            let mut book = workspace.book().await?;
            // On a server there may be a secret without its account.
            if let (AccountRef::Account(service, name), Some(verdict)) = (account, verdict)
                && book.get(service, &name).is_some()
            {
                record_test(&mut book, (service, &name), verdict, Utc::now()).await?;
            }
        }
        Ok(())
    }
}

async fn plan(workspace: &Workspace, subject: Option<&Subject>) -> Result<CheckPlan, NotBegun> {
    let book = workspace.book().await?;
    workspace.services().await?;
    let (mut export, mut today) = (None, Utc::now().date_naive());
    let accounts = match subject {
        None => {
            let names = |service| {
                let in_environment = FromEnvironment::all(&workspace.tools.environment);
                // Half a pair is tested too: a run of an export that names no account refuses it.
                let is_there = in_environment.iter().any(|found| found.account.service == service);
                let named = book.list(service).map(|account| Some(account.name.clone()));
                let unnamed = (is_there || book.list(service).next().is_none()).then_some(None);
                unnamed.into_iter().chain(named).map(move |name| (service, name)).collect::<Vec<_>>()
            };
            [names(Service::Domo), names(Service::DataWorld)].concat()
        }
        Some(Subject::Account(AccountRef::Account(service, name))) => vec![(*service, Some(name.clone()))],
        Some(Subject::Account(AccountRef::Environment(service))) => vec![(*service, None)],
        Some(Subject::Export(checked)) => {
            export = Some(Export::clone(checked));
            today = checked.schedule.date_of(Utc::now());
            [Service::Domo, Service::DataWorld]
                .map(|service| (service, checked.credentials.get(service).map(str::to_owned)))
                .into()
        }
    };
    let mut lines = Vec::new();
    for (service, name) in accounts {
        lines.push(line(workspace, service, name.as_deref()).await);
    }
    Ok(CheckPlan { lines, export, today, limits: workspace.tools.limits.clone() })
}

/// The line of an account; without a name, of the environment's credentials or of the only account.
async fn line(workspace: &Workspace, service: Service, name: Option<&str>) -> Line {
    let found = match service {
        Service::Domo => workspace.named_domo(name).await.map(|(origin, domo)| (origin, Client::Domo(domo))),
        Service::DataWorld => {
            workspace.named_dataworld(name).await.map(|(origin, dataworld)| (origin, Client::DataWorld(dataworld)))
        }
    };
    match found {
        Ok((account, client)) => Line { service, account, client: Ok(client) },
        Err(why) => {
            let account = name.map_or(CredentialOrigin::Environment, |name| CredentialOrigin::Account(name.to_owned()));
            Line { service, account, client: Err(why.into()) }
        }
    }
}
