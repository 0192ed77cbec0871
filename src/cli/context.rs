//! The context of most commands: folders, configuration, environment, services.

use std::sync::{Once, OnceLock};

use crate::accounts::{Book, BookError, CredentialError, CredentialOrigin, Vault, resolve_dataworld, resolve_domo};
use crate::config::{Addresses, Config, ConfigError, Environment, Paths};
use crate::explain;
use crate::services::dataworld::DataWorld;
use crate::services::domo::Domo;
use crate::services::http::OnRetry;
use crate::services::{NetworkError, Services};
use crate::transfer::NotBegun;

use super::stderr::eprint_line;
use super::trouble::Trouble;

#[derive(Debug)]
pub(super) struct Context {
    pub(super) paths: Paths,
    pub(super) config: Config,
    pub(super) environment: Environment,
    pub(super) addresses: Addresses,
    services: OnceLock<Services>,
    /// Remembers that the choice between two credentials was announced: once is enough for several runs.
    choice_told: Once,
}

impl Context {
    /// From this process's environment and this person's files.
    pub(super) fn load() -> Result<Self, Trouble> {
        let environment = Environment::from_process();
        environment.remember_secrets();
        Self::from_environment(environment)
    }

    pub(super) fn from_environment(environment: Environment) -> Result<Self, Trouble> {
        environment.check().map_err(ConfigError::from)?;
        let paths = Paths::find(environment.home.clone()).ok_or(ConfigError::NoHome)?;
        let config = Config::load(&paths.config_file())?;
        let addresses = Addresses::new(&config, &environment)?;
        Ok(Self { paths, config, environment, addresses, services: OnceLock::new(), choice_told: Once::new() })
    }

    /// Creates the clients on first use: a broken network configuration stops no command that needs no network.
    pub(super) fn services(&self) -> Result<&Services, NetworkError> {
        if let Some(services) = self.services.get() {
            return Ok(services);
        }
        let services = Services::new(self.addresses.clone(), &self.config.limits, &self.config.network)?;
        Ok(self.services.get_or_init(|| services))
    }

    pub(super) fn book(&self) -> Result<Book, BookError> {
        Book::load(&self.paths.accounts())
    }

    /// Domo with the account of that name; without one, with the environment's credentials.
    pub(super) async fn domo(&self, account: Option<&str>, vault: &Vault) -> Result<Domo, NotBegun> {
        let found = resolve_domo(account, &self.environment, &self.book()?, vault).await?;
        if found.origin == CredentialOrigin::DeveloperToken {
            self.choice_told.call_once(|| eprint_line(&format!("  ! {}", explain::TOKEN_BEFORE_CLIENT)));
        }
        Ok(self.services()?.domo(&found.credential, found.address.as_ref()).map_err(CredentialError::from)?)
    }

    /// data.world for a command without an export, with the chosen account. `on_retry` gets the reason of each retry.
    pub(super) async fn browse(&self, account: Option<&str>, on_retry: OnRetry) -> Result<DataWorld, Trouble> {
        let found = resolve_dataworld(account, &self.environment, &self.book()?, &Vault::platform()).await;
        let found = found.map_err(|error| Trouble::credentials(explain::no_credential_without_export(&error)))?;
        Ok(self.services()?.dataworld(&found.credential, found.address.as_ref()).with_on_retry(on_retry))
    }

    /// data.world with the account of that name; without one, with the environment's credentials.
    pub(super) async fn dataworld(&self, account: Option<&str>, vault: &Vault) -> Result<DataWorld, NotBegun> {
        let found = resolve_dataworld(account, &self.environment, &self.book()?, vault).await?;
        Ok(self.services()?.dataworld(&found.credential, found.address.as_ref()))
    }
}
