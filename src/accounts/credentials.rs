//! Finds the credentials that an export names. A named account comes from the book, with its secret from systemd or the
//! keyring; without a name the environment counts, or the only account.

use std::io;
use std::path::{Path, PathBuf};

use super::{Account, AccountKey, Book, CredentialError, Vault, check_name, key_of};
use crate::config::{Address, Environment, parse_instance};
use crate::export::Service;
use crate::services::domo::DomoCredential;
use crate::system::files::{FileFault, PathError, decode, nearest, read_bytes};
use crate::text::secret::{Secret, SecretError, parse_client_id};

/// A credential and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<T> {
    pub credential: T,
    /// The account's own address, if it has one.
    pub address: Option<Address>,
    pub origin: CredentialOrigin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialOrigin {
    Account(String),
    /// The only account of its service: no account is named, and the environment has no credential.
    OnlyAccount(String),
    Environment,
    /// The environment, which has a Domo client too; the developer token comes first.
    DeveloperToken,
    /// A systemd credential for this account, in a file of that name.
    Systemd {
        account: String,
        file: String,
    },
}

/// The places that credentials come from.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub environment: &'a Environment,
    pub book: &'a Book,
    pub vault: &'a Vault,
}

impl Keys<'_> {
    /// Finds the data.world token of the account `name`, or, without a name, that of the environment or of the only
    /// account.
    ///
    /// # Errors
    ///
    /// There is no token, or it cannot be read.
    pub async fn dataworld(&self, name: Option<&str>) -> Result<Resolved<Secret>, CredentialError> {
        let service = Service::DataWorld;
        if let (None, Some(token)) = (name, &self.environment.dataworld_token) {
            return Ok(Resolved { credential: token.clone(), address: None, origin: CredentialOrigin::Environment });
        }
        if let (None, Some(wrong)) = (name, self.environment.error_of(&["DW_AUTH_TOKEN"])) {
            return Err(wrong.into());
        }
        let account = self.choose(service, name)?;
        let (credential, origin) = self.secret_of(&account, name.is_some()).await?;
        Ok(Resolved { credential, address: address_of(&account)?, origin })
    }

    /// Finds the Domo credential of the account `name`, or, without a name, that of the environment or of the only account.
    /// In the environment a developer token comes before a client, because it can prove who owns a DataSet.
    ///
    /// # Errors
    ///
    /// There is no credential, or half of one, or it cannot be read.
    pub async fn domo(&self, name: Option<&str>) -> Result<Resolved<DomoCredential>, CredentialError> {
        if name.is_none()
            && let Some(credential) = domo_of_environment(self.environment)?
        {
            let origin = match has_both_of_domo(self.environment) {
                true => CredentialOrigin::DeveloperToken,
                false => CredentialOrigin::Environment,
            };
            return Ok(Resolved { credential, address: None, origin });
        }
        let account = self.choose(Service::Domo, name)?;
        let (secret, origin) = self.secret_of(&account, name.is_some()).await?;
        let address = address_of(&account)?;
        let credential = domo_credential(&account, secret)?;
        Ok(Resolved { credential, address, origin })
    }

    fn choose(&self, service: Service, name: Option<&str>) -> Result<Account, CredentialError> {
        match (saved_account(service, name, self.book), name) {
            // On a server there may be nothing but the secret; the environment has what else Domo needs.
            (Err(_), Some(name)) if self.systemd_file(service, name).is_some() => Ok(Account {
                client_id: self.environment.domo_client_id.clone(),
                instance: self.environment.domo_instance.clone(),
                ..Account::new(service, name)
            }),
            (found, _) => found,
        }
    }

    pub(super) async fn secret_of(
        &self,
        account: &Account,
        named: bool,
    ) -> Result<(Secret, CredentialOrigin), CredentialError> {
        let (service, name) = (account.service, account.name.clone());
        if let Some(path) = self.systemd_file(service, &name) {
            let unreadable = |error: io::Error| CredentialError::Systemd(PathError::new(&path, error));
            let bytes = zeroize::Zeroizing::new(read_bytes(&path).map_err(unreadable)?);
            let text = zeroize::Zeroizing::new(decode(&bytes).map_err(|error| unreadable(error.into()))?);
            let secret = Secret::parse(&text).map_err(|error| match error {
                SecretError::Empty => unreadable(FileFault::Empty.into()),
                error => CredentialError::NoSecretIn { path: path.clone(), error },
            })?;
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok((secret, CredentialOrigin::Systemd { account: name, file }));
        }
        match self.vault.get(service, &name).await {
            Ok(Some(secret)) if named => Ok((secret, CredentialOrigin::Account(name))),
            Ok(Some(secret)) => Ok((secret, CredentialOrigin::OnlyAccount(name))),
            Ok(None) => Err(CredentialError::NoSecret(AccountKey { service, name })),
            Err(source) => Err(CredentialError::Keyring(AccountKey { service, name }, source)),
        }
    }

    /// Finds the file in which systemd gives the secret of an account: `data.world.NAME` or `domo.NAME`, or just `NAME`,
    /// unless both services have an account of that name: a secret must not reach the other service.
    fn systemd_file(&self, service: Service, name: &str) -> Option<PathBuf> {
        let folder: &Path = self.environment.credentials_directory.as_deref()?;
        check_name(name).ok()?;
        let other = match service {
            Service::Domo => Service::DataWorld,
            Service::DataWorld => Service::Domo,
        };
        let own = folder.join(format!("{}.{name}", key_of(service)));
        let plain = folder.join(name);
        // A plain name must not be the other service's full one.
        let is_full = [service, other].iter().any(|service| name.starts_with(&format!("{}.", key_of(*service))));
        [(own, true), (plain, !is_full && self.book.get(other, name).is_none())]
            .into_iter()
            .find(|(path, may_be)| *may_be && path.is_file())
            .map(|(path, _)| path)
    }
}

/// Builds the Domo credential of an account.
///
/// # Errors
///
/// The account has neither client id nor instance, or a wrong instance.
pub(super) fn domo_credential(account: &Account, secret: Secret) -> Result<DomoCredential, CredentialError> {
    let name = || account.name.clone();
    match (&account.client_id, &account.instance) {
        (Some(id), _) => {
            let id = parse_client_id(id).map_err(|source| CredentialError::ClientId { name: name(), source })?;
            Ok(DomoCredential::Client { id, secret })
        }
        (None, Some(instance)) => {
            Ok(DomoCredential::DeveloperToken { instance: instance_of(instance, Some(name()))?, token: secret })
        }
        (None, None) => Err(CredentialError::Incomplete(name())),
    }
}

/// Tells if the environment has both a developer token, which is used, and a client, which is not.
pub(crate) fn has_both_of_domo(environment: &Environment) -> bool {
    let token = environment.domo_developer_token.as_ref().zip(environment.domo_instance.as_ref());
    let client = environment.domo_client_id.as_ref().zip(environment.domo_client_secret.as_ref());
    token.is_some() && client.is_some()
}

/// Reads the environment's Domo credential. A developer token comes before a client, because it can prove who owns a
/// DataSet.
///
/// # Errors
///
/// Half of a pair is set, or the instance is wrong.
pub(crate) fn domo_of_environment(environment: &Environment) -> Result<Option<DomoCredential>, CredentialError> {
    let half = |set, unset| match environment.error_of(&[unset]) {
        Some(wrong) => Err(wrong.into()),
        None => Err(CredentialError::HalfSet { set, unset }),
    };
    let developer_token = ["DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"];
    let is_whole = environment.domo_developer_token.is_some() && environment.domo_instance.is_some();
    if let (false, Some(wrong)) = (is_whole, environment.error_unless_empty(&developer_token)) {
        return Err(wrong.into());
    }
    let client = (&environment.domo_client_id, &environment.domo_client_secret);
    match (&environment.domo_developer_token, &environment.domo_instance, client) {
        (Some(token), Some(instance), _) => {
            let instance = instance_of(instance, None)?;
            Ok(Some(DomoCredential::DeveloperToken { instance, token: token.clone() }))
        }
        (Some(_), None, _) => half("DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"),
        (None, _, (Some(id), Some(secret))) => {
            Ok(Some(DomoCredential::Client { id: id.clone(), secret: secret.clone() }))
        }
        (None, _, (Some(_), None)) => half("DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"),
        (None, _, (None, Some(_))) => half("DOMO_CLIENT_SECRET", "DOMO_CLIENT_ID"),
        (None, Some(_), (None, None)) => half("DOMO_INSTANCE", "DOMO_DEVELOPER_TOKEN"),
        (None, None, (None, None)) => {
            let wrong = environment.error_of(&["DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"]);
            wrong.or_else(|| environment.error_of(&developer_token)).map_or(Ok(None), |wrong| Err(wrong.into()))
        }
    }
}

fn instance_of(text: &str, name: Option<String>) -> Result<String, CredentialError> {
    parse_instance(text).map_err(|source| CredentialError::Instance { name, source })
}

/// The saved account that an export uses; without a name, the only one.
///
/// # Errors
///
/// There is none, or there are several.
pub fn saved_account(service: Service, name: Option<&str>, book: &Book) -> Result<Account, CredentialError> {
    let Some(name) = name else {
        let accounts: Vec<&Account> = book.list(service).collect();
        return match accounts.as_slice() {
            [] => Err(CredentialError::Missing(service)),
            [only] => Ok((*only).clone()),
            several => {
                Err(CredentialError::Several { service, names: several.iter().map(|a| a.name.clone()).collect() })
            }
        };
    };
    if let Some(account) = book.get(service, name) {
        return Ok(account.clone());
    }
    let nearest = nearest(name, book.list(service).map(|account| account.name.as_str())).map(str::to_owned);
    Err(CredentialError::Unknown { service, name: name.to_owned(), nearest })
}

pub(super) fn address_of(account: &Account) -> Result<Option<Address>, CredentialError> {
    let read = account.address.as_deref().map(str::parse).transpose();
    read.map_err(|source| CredentialError::Address(AccountKey::new(account.service, &account.name), source))
}

#[cfg(test)]
mod tests;
