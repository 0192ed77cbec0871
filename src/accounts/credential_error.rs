//! Reasons why there is no credential.

use std::path::PathBuf;

use super::{AccountKey, KeyringError};
use crate::config::{AddressError, InstanceError};
use crate::export::Service;
use crate::system::files::PathError;
use crate::system::variable::VariableError;
use crate::text::secret::{ClientIdError, SecretError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// There is neither a named account, nor a variable, nor a saved account.
    Missing(Service),
    Variable(#[from] VariableError),
    /// One variable of a pair is set.
    HalfSet {
        set: &'static str,
        unset: &'static str,
    },
    Unknown {
        service: Service,
        name: String,
        nearest: Option<String>,
    },
    /// No account is named, and there are several.
    Several {
        service: Service,
        names: Vec<String>,
    },
    NoSecret(AccountKey),
    Keyring(AccountKey, KeyringError),
    Systemd(PathError),
    NoSecretIn {
        path: PathBuf,
        error: SecretError,
    },
    /// A Domo account with neither client id nor instance.
    Incomplete(String),
    /// An address that tokens must not be sent to.
    Address(AccountKey, AddressError),
    ClientId {
        name: String,
        source: ClientIdError,
    },
    /// A wrong instance, in the account of that name or in `DOMO_INSTANCE`.
    Instance {
        name: Option<String>,
        source: InstanceError,
    },
    EnteredAddress(#[from] AddressError),
    EnteredInstance(#[from] InstanceError),
}
