//! Use cases: each is one function, for every front.

pub mod accounts;
pub mod check;
pub mod exports;
pub mod local_file;
pub mod run;
pub mod schedules;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use crate::accounts::{Book, BookError, CredentialError, CredentialOrigin, Keys, Vault};
use crate::config::{Address, Addresses, Environment, Limits, Network};
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, DomoCredential};
use crate::services::{NetworkError, Services};
use crate::system::process::blocking;
use crate::text::secret::Secret;
use crate::transfer::NotBegun;

/// A person's files, secrets and settings.
#[derive(Debug)]
pub struct Tools {
    pub addresses: Addresses,
    pub limits: Limits,
    /// Proxies and certificates for the services.
    pub network: Network,
    pub environment: Environment,
    /// The file of accounts.
    pub accounts: PathBuf,
    /// The folder of saved exports.
    pub exports: PathBuf,
    /// The folder of the history.
    pub state: PathBuf,
    /// For files of spools.
    pub spool_folder: PathBuf,
    pub vault: Vault,
    /// The exports that cron runs.
    pub in_cron: fn() -> Vec<String>,
    pub now: fn() -> DateTime<Utc>,
}

/// Everything that use cases need from outside.
#[derive(Debug)]
pub struct Workspace {
    pub tools: Tools,
    services: OnceCell<Services>,
}

/// The credentials of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login<C> {
    /// The account of that name. Without a name, the environment's credentials or the only account.
    Named(Option<String>),
    Entered {
        credential: C,
        /// `None` for the service's usual address.
        address: Option<String>,
    },
}

pub type DataWorldLogin = Login<Secret>;
pub type DomoLogin = Login<DomoCredential>;

impl Workspace {
    pub fn new(tools: Tools) -> Self {
        Self { tools, services: OnceCell::new() }
    }

    /// Both services. Made on first use: a network that is set up wrongly stops nothing that needs none.
    pub async fn services(&self) -> Result<&Services, NetworkError> {
        let make = || async {
            let Tools { addresses, limits, network, .. } = &self.tools;
            let (addresses, limits, network) = (addresses.clone(), limits.clone(), network.clone());
            blocking(move || Services::new(addresses, &limits, &network)).await
        };
        self.services.get_or_try_init(make).await
    }

    /// The book of accounts as it is now.
    pub async fn book(&self) -> Result<Book, BookError> {
        let path = self.tools.accounts.clone();
        blocking(move || Book::load(&path)).await
    }

    pub async fn domo(&self, login: DomoLogin) -> Result<Domo, NotBegun> {
        match login {
            Login::Named(name) => Ok(self.named_domo(name.as_deref()).await?.1),
            Login::Entered { credential, address } => {
                self.domo_with(&credential, parse(address.as_deref())?.as_ref()).await
            }
        }
    }

    pub async fn dataworld(&self, login: DataWorldLogin) -> Result<DataWorld, NotBegun> {
        match login {
            Login::Named(name) => Ok(self.named_dataworld(name.as_deref()).await?.1),
            Login::Entered { credential, address } => {
                Ok(self.services().await?.dataworld(&credential, parse(address.as_deref())?.as_ref()))
            }
        }
    }

    async fn named_domo(&self, name: Option<&str>) -> Result<(CredentialOrigin, Domo), NotBegun> {
        let Tools { environment, vault, .. } = &self.tools;
        let found = Keys { environment, book: &self.book().await?, vault }.domo(name).await?;
        Ok((found.origin, self.domo_with(&found.credential, found.address.as_ref()).await?))
    }

    async fn named_dataworld(&self, name: Option<&str>) -> Result<(CredentialOrigin, DataWorld), NotBegun> {
        let Tools { environment, vault, .. } = &self.tools;
        let found = Keys { environment, book: &self.book().await?, vault }.dataworld(name).await?;
        Ok((found.origin, self.services().await?.dataworld(&found.credential, found.address.as_ref())))
    }

    async fn domo_with(&self, credential: &DomoCredential, address: Option<&Address>) -> Result<Domo, NotBegun> {
        Ok(self.services().await?.domo(credential, address).map_err(CredentialError::from)?)
    }
}

#[cfg(test)]
impl Tools {
    /// Everything in one folder.
    pub fn in_folder(home: &std::path::Path, environment: Environment, vault: Vault) -> Self {
        Self {
            addresses: Addresses::new(&crate::config::Config::default(), &environment).unwrap(),
            limits: Limits { attempts: 1, ..Limits::default() },
            network: Network::default(),
            environment,
            accounts: home.join("accounts.toml"),
            exports: home.join("exports"),
            state: home.to_owned(),
            spool_folder: home.to_owned(),
            vault,
            in_cron: Vec::new,
            now: Utc::now,
        }
    }
}

fn parse(address: Option<&str>) -> Result<Option<Address>, CredentialError> {
    Ok(address.map(str::parse).transpose()?)
}
