//! `accounts test`: whether accounts are still valid.

use super::{AccountsTools, ServiceName};
use crate::accounts::{self, Account};
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::service::Service;

/// Arguments of `accounts test`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TestArgs {
    /// The account's service; all accounts, if left out.
    #[arg(requires = "name")]
    service: Option<ServiceName>,
    /// The account's name.
    name: Option<String>,
}

impl AccountsTools<'_> {
    /// Tests one account or all of them. The exit code is that of the first that is not valid.
    pub(super) async fn test(&mut self, args: &TestArgs) -> Result<Exit, Trouble> {
        let asked: Vec<(Service, String)> = match (args.service, &args.name) {
            (Some(service), Some(name)) => vec![(service.into(), name.clone())],
            _ => self.book.all().iter().map(|account| (account.service, account.name.clone())).collect(),
        };
        let (services, environment, now) = (self.services, self.environment, self.now);
        let mut exit = Exit::Done;
        for (service, name) in asked {
            match accounts::test(self.stores(), services, environment, (service, &name), now).await {
                Ok(account) => self.say(&format!("✓ {service} {name}: {}", valid(&account)))?,
                Err(error) => {
                    let trouble = Trouble::from(error);
                    self.say(&format!("✗ {service} {name}: {}", trouble.sentence()))?;
                    if exit == Exit::Done {
                        exit = trouble.exit();
                    }
                }
            }
        }
        Ok(exit)
    }
}

/// That an account is valid, and whose: `valid (ann), at acme.domo.com`.
pub(super) fn valid(account: &Account) -> String {
    let of = account.user.as_deref().map(|user| format!(" ({user})")).unwrap_or_default();
    let at = account.instance.as_deref().map(|instance| format!(", at {instance}.domo.com")).unwrap_or_default();
    format!("valid{of}{at}")
}
