//! The context of most commands: folders, configuration, environment, services.

use std::sync::Once;

use chrono::Utc;

use crate::accounts::{Vault, has_both_of_domo};
use crate::config::{Addresses, Config, ConfigError, Environment, Paths};
use crate::explain;
use crate::export::CredentialNames;
use crate::ops::{Login, Tools, Workspace};
use crate::schedulers;
use crate::services::dataworld::DataWorld;
use crate::services::http::OnRetry;
use crate::transfer::NotBegun;

use super::stderr::eprint_line;
use super::trouble::Trouble;

#[derive(Debug)]
pub(super) struct Context {
    pub(super) paths: Paths,
    pub(super) config: Config,
    pub(super) workspace: Workspace,
    /// Remembers that the choice between two credentials was announced: once is enough for several runs.
    choice_told: Once,
}

impl Context {
    /// From this process's environment and this person's files.
    pub(super) fn load() -> Result<Self, Trouble> {
        let environment = Environment::from_process();
        environment.remember_secrets();
        // The keyring is asked only if a secret has to come from it: a container has none.
        Self::new(environment, Vault::platform())
    }

    pub(super) fn new(environment: Environment, vault: Vault) -> Result<Self, Trouble> {
        environment.check().map_err(ConfigError::from)?;
        let paths = Paths::find(environment.home.clone()).ok_or(ConfigError::NoHome)?;
        let config = Config::load(&paths.config_file())?;
        let tools = Tools {
            addresses: Addresses::new(&config, &environment)?,
            limits: config.limits.clone(),
            network: config.network.clone(),
            spool_folder: config.spool(&environment),
            environment,
            accounts: paths.accounts(),
            exports: paths.exports(),
            state: paths.state.clone(),
            vault,
            in_cron: schedulers::in_cron,
            now: Utc::now,
        };
        Ok(Self { paths, config, workspace: Workspace::new(tools), choice_told: Once::new() })
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.workspace.tools.environment
    }

    /// Announces which of two Domo credentials in the environment an export gets that names no account.
    pub(super) fn tell_choice(&self, names: &CredentialNames) {
        if names.domo.is_none() && has_both_of_domo(self.environment()) {
            self.choice_told.call_once(|| eprint_line(&format!("  ! {}", explain::TOKEN_BEFORE_CLIENT)));
        }
    }

    /// data.world for a command without an export, with the chosen account. `on_retry` gets the reason of each retry.
    pub(super) async fn browse(&self, account: Option<&str>, on_retry: OnRetry) -> Result<DataWorld, Trouble> {
        match self.workspace.dataworld(Login::Named(account.map(str::to_owned))).await {
            Ok(dataworld) => Ok(dataworld.with_on_retry(on_retry)),
            Err(NotBegun::Credentials(error)) => {
                Err(Trouble::credentials(explain::no_credential_without_export(&error)))
            }
            Err(why) => Err(why.into()),
        }
    }
}
