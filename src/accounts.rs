//! Accounts: what is kept of credentials once they are valid, and where their secrets live.

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
pub use change::{ChangeError, Proven, Removed, Stored, Stores, Verdict, prove, remove, rename, store, test, tested};
pub(crate) use change::{found_valid, known};
pub use credential_error::CredentialError;
pub(crate) use credential_error::{replace_command, variables};
pub use credentials::{CredentialOrigin, resolve_dataworld, resolve_domo};
pub(crate) use credentials::{domo_of_environment, has_both_of_domo};
pub use environment::FromEnvironment;
pub use keyring::KeyringError;
pub use naming::{Beside, Named};
pub use owner_rule::{Whose, secret_name};
pub use reference::{Choice, Holder};
pub use references::Uses;
pub use vault::Vault;
#[cfg(test)]
pub(crate) use vault::waiting;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::export::Service;

/// An account: everything about credentials but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What the person calls it; unique within its service.
    pub name: String,
    pub service: Service,
    /// Domo: the client id of client credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Domo: the instance. With a developer token it is what the token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The service's address, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whose credentials they are, as the service says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<DateTime<Utc>>,
    /// When the service refused them, if that was later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<DateTime<Utc>>,
}

impl Account {
    /// One of that name, of which nothing else is known.
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

/// Where a secret is, or will be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretHome {
    /// In the OS keyring, by the name that people know it by.
    Keyring(&'static str),
    /// In memory until the program ends, because there is no keyring: why.
    Session(String),
    /// In an environment variable, which is never saved.
    Environment(&'static str),
}

/// What stays to be done once an account is removed: here that leaves its credential valid there.
pub(crate) fn revoke(service: Service) -> &'static str {
    match service {
        Service::DataWorld => "The token stays valid until you revoke it in data.world under Settings, Advanced.",
        Service::Domo => "The client or token stays valid until you delete it in Domo under Admin, Authentication.",
    }
}

/// How commands, files and the keyring call a service.
pub(crate) fn key_of(service: Service) -> &'static str {
    match service {
        Service::Domo => "domo",
        Service::DataWorld => "data.world",
    }
}
