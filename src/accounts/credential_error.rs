//! Reasons why there is no credential, as sentences that say what to do.

use std::path::PathBuf;

use super::{KeyringError, key_of};
use crate::config::{AddressError, InstanceError};
use crate::export::Service;
use crate::system::variable::VariableError;
use crate::text::secret::{ClientIdError, SecretError};
use crate::text::shell::argument;

#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// There is neither a named account, nor a variable, nor a saved account.
    #[error("There are no {service} credentials. Set {}, or save an account with `{}`.", variables(*service), add(*service, "NAME"))]
    Missing { service: Service },
    #[error(transparent)]
    Variable(#[from] VariableError),
    #[error("{set} is set, but {unset} is not. Domo needs both.")]
    HalfSet { set: &'static str, unset: &'static str },
    #[error("There is no {service} account `{name}`.{} Save it with `{}`.", did_you_mean(nearest.as_deref()), add(*service, name))]
    Unknown { service: Service, name: String, nearest: Option<String> },
    /// No account is named, and there are several.
    #[error("{}", several(*service, names, "Name one under [credentials] in the export"))]
    Several { service: Service, names: Vec<String> },
    #[error("The secret of the {service} account `{name}` is not in the keyring. Enter it again with `{}`.", replace_command(*service, name))]
    NoSecret { service: Service, name: String },
    #[error("{}", unreadable(*service, name, source))]
    Keyring { service: Service, name: String, source: KeyringError },
    #[error("The systemd credential {} cannot be read: {source}.", path.display())]
    Systemd { path: PathBuf, source: std::io::Error },
    #[error("The systemd credential {} is not a token: {error}", path.display())]
    NoSecretIn { path: PathBuf, error: SecretError },
    /// A Domo account with neither client id nor instance.
    #[error(
        "The Domo account `{name}` has neither client_id nor instance in accounts.toml. Say which with `{} --client-id ID`.",
        replace_command(Service::Domo, name)
    )]
    Incomplete { name: String },
    /// An address that tokens must not be sent to.
    #[error("The {service} account `{name}` has a wrong address in accounts.toml. {source}")]
    Address { service: Service, name: String, source: AddressError },
    #[error("{origin}: {source}")]
    ClientId { origin: String, source: ClientIdError },
    /// A wrong instance, in an account or in `DOMO_INSTANCE`.
    #[error("{origin}: {source}")]
    Instance { origin: String, source: InstanceError },
}

impl CredentialError {
    /// Words the error for a command without an export, which has the option `--account`.
    pub fn without_export(&self) -> String {
        match self {
            Self::Several { service, names } => several(*service, names, "Choose one with --account NAME"),
            other => other.to_string(),
        }
    }
}

fn several(service: Service, names: &[String], choose: &str) -> String {
    let (count, names) = (names.len(), names.join(", "));
    format!("There are {count} {service} accounts: {names}. {choose}, or set {}.", variables(service))
}

fn unreadable(service: Service, name: &str, source: &KeyringError) -> String {
    format!(
        "The secret of the {service} account `{name}` cannot be read. {source} To do without a keyring, name no \
         account and set {}.",
        variables(service)
    )
}

pub(crate) fn variables(service: Service) -> &'static str {
    match service {
        Service::DataWorld => "DW_AUTH_TOKEN",
        Service::Domo => "DOMO_CLIENT_ID and DOMO_CLIENT_SECRET, or DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN",
    }
}

pub(crate) fn replace_command(service: Service, name: &str) -> String {
    format!("writeback accounts replace {} {}", key_of(service), argument(name))
}

fn add(service: Service, name: &str) -> String {
    let kind = match service {
        Service::DataWorld => "",
        Service::Domo => " --client-id ID",
    };
    format!("writeback accounts add {} --name {}{kind}", key_of(service), argument(name))
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default()
}
