//! What is done with accounts: kept, tested, renamed, removed. At every moment each saved export names an account that is
//! there with its secret, whatever breaks off.

use chrono::{DateTime, Utc};

use super::credentials::secret_of;
use super::owner_rule::{Whose, secret_name, whose};
use super::{
    Account, AccountNameError, Beside, Book, BookError, CredentialError, KeyringError, Named, SecretHome, Uses,
};
use super::{Vault, check_name, variables};
use crate::config::{Environment, InstanceError, parse_instance};
use crate::export::DefinitionError;
use crate::export::Service;
use crate::services::Services;
use crate::services::http::ApiError;
use crate::text::secret::Secret;

/// What is changed: the book, and the vault with its secrets.
#[derive(Debug)]
pub struct Stores<'a> {
    pub book: &'a mut Book,
    pub vault: &'a Vault,
}

/// Why an account could not be kept, tested, renamed or removed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Book(#[from] BookError),
    #[error(transparent)]
    Name(#[from] AccountNameError),
    /// What the account says of its credentials, or its secret.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The service's answer to the test: [`crate::explain`] says what it means.
    #[error("The credentials could not be tested.")]
    Test(ApiError),
    /// No keyring: an account without its secret would be of no use.
    #[error("Nothing was saved, because the {service} {secret} could not be stored in a keyring. {reason} To do \
             without a keyring, set {} instead of saving an account.", variables(*service))]
    NoKeyring { service: Service, secret: &'static str, reason: String },
    /// The keyring failed before anything was changed.
    #[error("The {service} account `{name}` was not renamed, because its secret cannot be moved. {source}")]
    Move { service: Service, name: String, source: KeyringError },
    /// The keyring failed while the account was removed.
    #[error("The {service} account `{name}` was not removed, because its secret would stay in the keyring. {source}")]
    Delete { service: Service, name: String, source: KeyringError },
    #[error("There is no {service} account `{name}`. `writeback accounts list` names the saved ones.")]
    Unknown { service: Service, name: String },
    #[error("There is already a {service} account `{name}`. Choose another name.")]
    Taken { service: Service, name: String },
    /// An export that may name the account.
    #[error("Nothing was changed, because an export cannot be read, and it may use the account. {0}")]
    Unread(String),
    #[error(transparent)]
    Definition(#[from] DefinitionError),
}

impl From<ApiError> for ChangeError {
    fn from(error: ApiError) -> Self {
        Self::Test(error)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The account, with what the service says of it.
    pub account: Account,
    /// Whether its data.world token says that it may only read: no export can use it.
    pub reads_only: bool,
}

/// Tests the credentials of an account that is not kept yet; the account, with what the service says of it. `now` is
/// written down as the time of the test.
///
/// # Errors
/// When the name is none, or the service refuses the credentials or cannot be reached.
pub async fn prove(
    services: &Services,
    account: Account,
    secret: &Secret,
    now: DateTime<Utc>,
) -> Result<Proven, ChangeError> {
    check_name(&account.name)?;
    let whose = whose(services, &account, secret.clone()).await?;
    Ok(Proven { reads_only: whose.reads_only, account: found_valid(account, whose, now) })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub home: SecretHome,
    /// Whether it took the place of one of its name.
    pub replaced: bool,
    /// What became of the exports that used the only account that there was without naming it.
    pub named: Option<Named>,
}

/// Keeps the secret of an account that was found valid in the vault, and the account in the book, in place of the one of
/// its service and name if there is one. An account whose secret lives only until the program ends is in no book: the
/// next start would find it without its secret.
///
/// Before a second account of a service is in the book, the exports that use the first one without naming it are made to
/// name it: there is no moment in which a run would not know which is meant.
///
/// # Errors
/// When the book cannot have the account: then the vault and the exports are as they were.
pub async fn store(
    Stores { book, vault }: Stores<'_>,
    beside: &Beside<'_>,
    account: Account,
    secret: &Secret,
) -> Result<Stored, ChangeError> {
    let (service, name) = (account.service, account.name.clone());
    let (uses, _lock) = beside.uses.locked().await?;
    let beside = Beside { uses: &uses, environment: beside.environment, cron: beside.cron.clone() };
    // The keyring may take two names for one that are two in the book.
    let replaced = book.place(service, &name)?.is_some();
    let now = Book::load(book.path())?;
    let before = if replaced { vault.get(service, &name).await } else { Ok(None) };
    let home = vault.set(service, &name, secret).await;
    if !matches!(home, SecretHome::Keyring(_)) {
        return Ok(Stored { home, replaced, named: None });
    }
    let (named, changed) = if replaced { Default::default() } else { beside.name_the_only(service, now.all()) };
    if let Err(error) = book.put(account).await {
        changed.take_back();
        // The vault is undone: the secret from before is put back, or the new one deleted.
        match before {
            Ok(Some(before)) => drop(vault.set(service, &name, &before).await),
            Ok(None) => drop(vault.delete(service, &name).await),
            // What was there before could not be read, so it cannot be put back.
            Err(_) => {}
        }
        return Err(error.into());
    }
    Ok(Stored { home, replaced, named })
}

/// Tests the credentials of a saved account, and writes down what came of it.
///
/// # Errors
/// When there is no such account, its secret cannot be had, or the service refuses it or cannot be reached.
pub async fn test(
    Stores { book, vault }: Stores<'_>,
    services: &Services,
    environment: &Environment,
    (service, name): (Service, &str),
    now: DateTime<Utc>,
) -> Result<Proven, ChangeError> {
    let account = known(book, service, name)?;
    let (secret, _) = secret_of(&account, true, environment, book, vault).await?;
    match whose(services, &account, secret).await {
        Ok(whose) => {
            let reads_only = whose.reads_only;
            let account = tested(book, (service, name), Verdict::Valid(whose), now).await?;
            Ok(Proven { account, reads_only })
        }
        Err(ChangeError::Test(error)) => {
            if error.refuses_credentials() {
                tested(book, (service, name), Verdict::Refused, now).await?;
            }
            Err(error.into())
        }
        Err(error) => Err(error),
    }
}

/// What a service says of an account's credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Valid(Whose),
    Refused,
}

/// Writes down what a test of a saved account came to, unless another program has changed the account meanwhile. Gives
/// it as it is then.
///
/// # Errors
/// When there is no such account, or the book cannot be written.
pub async fn tested(
    book: &mut Book,
    (service, name): (Service, &str),
    verdict: Verdict,
    now: DateTime<Utc>,
) -> Result<Account, ChangeError> {
    let before = known(book, service, name)?;
    let judged = book.update(&before, move |account| match verdict {
        Verdict::Valid(whose) => found_valid(account, whose, now),
        Verdict::Refused => Account { refused: Some(now), ..account },
    });
    judged.await?.ok_or_else(|| ChangeError::Unknown { service, name: name.to_owned() })
}

/// Gives an account another name: its secret is in the keyring under both names, then every export names the new one,
/// then the old one goes. Gives the names of the exports, and why the old secret is still there, if it is.
///
/// # Errors
/// When there is no such account, the name is none or taken, the keyring does not take the secret, or an export cannot
/// be read or changed. Then the account has its old name.
pub async fn rename(
    Stores { book, vault }: Stores<'_>,
    uses: &Uses,
    (service, name): (Service, &str),
    new: &str,
) -> Result<(Vec<String>, Option<KeyringError>), ChangeError> {
    known(book, service, name)?;
    let (uses, _lock) = uses.locked().await?;
    let account = known(&Book::load(book.path())?, service, name)?;
    if book.place(service, new)?.is_some() {
        return Err(ChangeError::Taken { service, name: new.to_owned() });
    }
    if let Some(error) = uses.unreadable().first() {
        return Err(ChangeError::Unread(error.to_string()));
    }
    let failed = |source| ChangeError::Move { service, name: name.to_owned(), source };
    // The secret may come from elsewhere, such as systemd; then there is none to move.
    if let Some(secret) = vault.get(service, name).await.map_err(failed)? {
        if let SecretHome::Session(reason) = vault.set(service, new, &secret).await {
            let _ = vault.delete(service, new).await;
            return Err(no_keyring(&account, reason));
        }
        let there = vault.get(service, new).await.map_err(failed)?;
        if there.as_ref() != Some(&secret) {
            return Err(failed(KeyringError::Failed("it does not return what was stored in it".to_owned())));
        }
    }
    let both = async {
        book.put(Account { name: new.to_owned(), ..account }).await?;
        let moved = uses.reassign_locked(service, name, new);
        if moved.is_err() {
            book.remove(service, new).await?;
        }
        moved
    };
    let exports = match both.await {
        Ok(exports) => exports,
        Err(error) => {
            let _ = vault.delete(service, new).await;
            return Err(error);
        }
    };
    book.remove(service, name).await?;
    Ok((exports, vault.delete(service, name).await.err()))
}

/// What became of the secret of an account that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    WithSecret,
    /// If a keyring has it, it is still there: why.
    SecretLeft(KeyringError),
}

/// Removes an account and its secret. What the service knows of the credentials stays.
///
/// # Errors
/// When there is no such account; when the keyring is locked or does not answer: then the account stays too, so that
/// removing it can be tried again.
pub async fn remove(
    Stores { book, vault }: Stores<'_>,
    (service, name): (Service, &str),
) -> Result<Removed, ChangeError> {
    known(book, service, name)?;
    let removed = match vault.delete(service, name).await {
        Ok(_) => Removed::WithSecret,
        Err(source @ (KeyringError::Locked | KeyringError::Silent)) => {
            return Err(ChangeError::Delete { service, name: name.to_owned(), source });
        }
        Err(source) => Removed::SecretLeft(source),
    };
    book.remove(service, name).await?;
    Ok(removed)
}

pub(crate) fn known(book: &Book, service: Service, name: &str) -> Result<Account, ChangeError> {
    let unknown = || ChangeError::Unknown { service, name: name.to_owned() };
    book.get(service, name).cloned().ok_or_else(unknown)
}

fn no_keyring(account: &Account, reason: String) -> ChangeError {
    ChangeError::NoKeyring { service: account.service, secret: secret_name(account), reason }
}

/// The account once its credentials were found valid.
pub(crate) fn found_valid(account: Account, whose: Whose, now: DateTime<Utc>) -> Account {
    let instance = whose.instance.as_deref().and_then(|text| parse_instance(text).ok());
    Account { instance: account.instance.or(instance), user: whose.user, tested: Some(now), refused: None, ..account }
}

#[cfg(test)]
mod tests;
