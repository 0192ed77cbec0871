//! What most commands need: folders, configuration, environment, services.

use std::sync::{Once, OnceLock};

use crate::accounts::{Book, CredentialOrigin, Vault, resolve_dataworld, resolve_domo};
use crate::config::{Addresses, Config, ConfigError, Environment, Paths};
use crate::explain;
use crate::services::Services;
use crate::services::dataworld::DataWorld;
use crate::services::domo::Domo;
use crate::services::http::OnRetry;

use super::say::say;
use super::trouble::Trouble;

/// What most commands need.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) paths: Paths,
    pub(super) config: Config,
    pub(super) environment: Environment,
    pub(super) addresses: Addresses,
    services: OnceLock<Services>,
    /// That it was said which of two credentials is used: once is enough for several runs.
    choice_told: Once,
}

impl Context {
    /// From this process's environment and this person's files.
    pub(super) fn load() -> Result<Self, Trouble> {
        let environment = Environment::of_process();
        environment.remember_secrets();
        Self::of(environment)
    }

    /// From an environment that was made elsewhere.
    pub(super) fn of(environment: Environment) -> Result<Self, Trouble> {
        environment.check().map_err(ConfigError::from)?;
        let paths = Paths::find(environment.home.clone()).ok_or_else(|| {
            Trouble::usage("There is no home folder. Name a folder for Writeback's files in WRITEBACK_HOME.")
        })?;
        let config = Config::load(&paths.config_file())?;
        let addresses = Addresses::new(&config, &environment)?;
        Ok(Self { paths, config, environment, addresses, services: OnceLock::new(), choice_told: Once::new() })
    }

    /// Both services. Made when they are first asked for: a network that is set up wrongly stops no command that needs
    /// none.
    pub(super) fn services(&self) -> Result<&Services, Trouble> {
        if let Some(services) = self.services.get() {
            return Ok(services);
        }
        let services =
            Services::new(self.addresses.clone(), &self.config.limits, &self.config.network).map_err(|reason| {
                Trouble::failed(format!("No secure connection can be made on this computer: {reason}."))
            })?;
        Ok(self.services.get_or_init(|| services))
    }

    /// The saved accounts.
    pub(super) fn book(&self) -> Result<Book, Trouble> {
        Ok(Book::load(&self.paths.accounts())?)
    }

    /// Domo with the account of that name; without one, with what the environment has.
    pub(super) async fn domo(&self, account: Option<&str>, vault: &Vault) -> Result<Domo, Trouble> {
        let found = resolve_domo(account, &self.environment, &self.book()?, vault).await?;
        if found.origin == CredentialOrigin::DeveloperToken {
            self.choice_told.call_once(|| say(&format!("  ! {}", explain::TOKEN_BEFORE_CLIENT)));
        }
        Ok(self.services()?.domo(&found.credential, found.address.as_ref())?)
    }

    /// data.world for a command that is about no export, with the account that was chosen for it. `on_retry` hears why a
    /// call waits to be tried again.
    pub(super) async fn browse(&self, account: Option<&str>, on_retry: OnRetry) -> Result<DataWorld, Trouble> {
        let found = resolve_dataworld(account, &self.environment, &self.book()?, &Vault::platform()).await;
        let found = found.map_err(|error| Trouble::credentials(error.without_export()))?;
        Ok(self.services()?.dataworld(&found.credential, found.address.as_ref()).telling(on_retry))
    }

    /// data.world with the account of that name; without one, with what the environment has.
    pub(super) async fn dataworld(&self, account: Option<&str>, vault: &Vault) -> Result<DataWorld, Trouble> {
        let found = resolve_dataworld(account, &self.environment, &self.book()?, vault).await?;
        Ok(self.services()?.dataworld(&found.credential, found.address.as_ref()))
    }
}
