//! Accounts: what is kept of valid credentials, and the places of their secrets.

mod book;
mod change;
mod credential_error;
mod credentials;
mod environment;
mod keyring;
mod naming;
mod owner_rule;
mod reference;
mod references;
mod vault;

pub use book::{AccountNameError, Book, BookError, check_name};
pub use change::{
    ChangeError, Proven, Removed, Stored, Stores, Verdict, prove, record_test, remove, rename, store, test,
};
pub(crate) use change::{find_account, found_valid};
pub use credential_error::CredentialError;
pub use credentials::{CredentialOrigin, Keys, saved_account};
pub(crate) use credentials::{domo_of_environment, has_both_of_domo};
pub use environment::FromEnvironment;
pub use keyring::KeyringError;
pub use naming::{Beside, Named};
pub use owner_rule::{CredentialOwner, secret_name};
pub use reference::{AccountRef, Choice};
pub use references::Uses;
pub use vault::Vault;
#[cfg(test)]
pub(crate) use vault::waiting;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::export::Service;

/// Everything about credentials but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Is unique within its service.
    pub name: String,
    pub service: Service,
    pub client_id: Option<String>,
    /// Domo: with a developer token, the instance that the token belongs to.
    pub instance: Option<String>,
    /// The service's address, if it is not the default one.
    pub address: Option<String>,
    /// The user's name, as the service gave it.
    pub user: Option<String>,
    pub tested: Option<DateTime<Utc>>,
    /// Set if the service refused the credentials after `tested`.
    pub refused: Option<DateTime<Utc>>,
}

impl Account {
    pub fn new(service: Service, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            service,
            client_id: None,
            instance: None,
            address: None,
            user: None,
            tested: None,
            refused: None,
        }
    }
}

/// Names an account. Accounts of different services may have the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKey {
    pub service: Service,
    pub name: String,
}

impl AccountKey {
    fn new(service: Service, name: &str) -> Self {
        Self { service, name: name.to_owned() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretHome {
    /// The OS keyring, by the name that its users know.
    Keyring(&'static str),
    /// Memory until the program ends, because there is no keyring; carries the reason.
    Session(KeyringError),
    /// An environment variable, which is never saved.
    Environment(&'static str),
}

/// The service's name in commands, files and the keyring.
pub(crate) fn key_of(service: Service) -> &'static str {
    match service {
        Service::Domo => "domo",
        Service::DataWorld => "data.world",
    }
}
