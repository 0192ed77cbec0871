//! `accounts test`: tests if accounts are still valid.

use super::{AccountsTools, ServiceName};
use crate::accounts::{Account, AccountRef, FromEnvironment, Proven, has_both_of_domo};
use crate::check::Warning;
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::explain;
use crate::export::Service;
use crate::ops::accounts;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TestArgs {
    /// The account's service; if left out, all accounts are tested, and the credentials in the environment.
    #[arg(requires = "name")]
    service: Option<ServiceName>,
    /// The account's name.
    name: Option<String>,
}

impl AccountsTools<'_> {
    /// Tests one account, or all of them and the environment's credentials. The exit code is that of the first that is
    /// not valid.
    pub(super) async fn test(&mut self, args: &TestArgs) -> Result<Exit, Trouble> {
        let asked = match (args.service, &args.name) {
            (Some(service), Some(name)) => vec![AccountRef::Account(service.into(), name.clone())],
            _ => self.all().await?,
        };
        if asked.is_empty() {
            return Err(Trouble::credentials(explain::commands::NOTHING_TO_TEST));
        }
        let mut exit = Exit::Done;
        for holder in asked {
            let (service, name) = (holder.service(), holder.name());
            match accounts::test(self.workspace, &holder).await {
                Ok(proven) => {
                    self.print_line(&format!("✓ {service} {name}: {}", valid(&proven.account)))?;
                    self.warn_about(&proven)?;
                }
                Err(error) => {
                    let trouble = Trouble::from(error);
                    self.print_line(&format!("✗ {service} {name}: {}", trouble.sentence()))?;
                    if exit == Exit::Done {
                        exit = trouble.exit();
                    }
                }
            }
            if holder == AccountRef::Environment(Service::Domo) && has_both_of_domo(&self.workspace.tools.environment) {
                self.print_line(&format!("  ! {}", explain::TOKEN_BEFORE_CLIENT))?;
            }
        }
        Ok(exit)
    }

    async fn all(&self) -> Result<Vec<AccountRef>, Trouble> {
        let from_environment = FromEnvironment::all(&self.workspace.tools.environment);
        let from_environment = from_environment.iter().map(|found| AccountRef::Environment(found.account.service));
        Ok(self.workspace.book().await?.all().iter().map(AccountRef::from).chain(from_environment).collect())
    }

    /// Warns about limits of valid credentials.
    pub(super) fn warn_about(&mut self, proven: &Proven) -> Result<(), Trouble> {
        if !proven.reads_only {
            return Ok(());
        }
        self.print_line(&format!("  ! {}", explain::warning(&Warning::ReadToken)))
    }
}

/// The words for a valid account: `valid (ann), at acme.domo.com`.
pub(super) fn valid(account: &Account) -> String {
    let of = account.user.as_deref().map(|user| format!(" ({user})")).unwrap_or_default();
    let at = account.instance.as_deref().map(|instance| format!(", at {instance}.domo.com")).unwrap_or_default();
    format!("valid{of}{at}")
}
