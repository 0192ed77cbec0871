//! Saves, tests, renames and removes accounts. At every moment, even after a crash, each saved export names an account
//! that is there with its secret.

use chrono::{DateTime, Utc};

use super::credentials::Keys;
use super::owner_rule::{CredentialOwner, find_owner, secret_name};
use super::{
    Account, AccountKey, AccountNameError, Beside, Book, BookError, CredentialError, KeyringError, Named, SecretHome,
    Uses,
};
use super::{Vault, check_name};
use crate::config::{Environment, parse_instance};
use crate::export::{DefinitionError, EditedDefinition, Service};
use crate::services::http::ApiError;
use crate::services::{NetworkError, Services};
use crate::system::files::nearest;
use crate::text::secret::Secret;

#[derive(Debug)]
pub struct Stores<'a> {
    pub book: &'a mut Book,
    pub vault: &'a Vault,
}

#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    Book(#[from] BookError),
    Network(#[from] NetworkError),
    Name(#[from] AccountNameError),
    Credential(#[from] CredentialError),
    /// The service's answer to the test.
    Test(#[from] ApiError),
    /// An account without its secret would be of no use.
    NoKeyring {
        service: Service,
        secret: &'static str,
        reason: KeyringError,
    },
    /// The keyring failed before anything was changed.
    Move(AccountKey, KeyringError),
    Delete(AccountKey, KeyringError),
    Unknown {
        account: AccountKey,
        nearest: Option<String>,
    },
    Taken(AccountKey),
    /// An export that cannot be read: it may name the account.
    Unread(DefinitionError),
    Definition(#[from] DefinitionError),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The account, completed with the service's answer.
    pub account: Account,
    /// Set if the data.world token may only read: no export can use it.
    pub reads_only: bool,
}

/// Tests the credentials of an account that is not saved yet, and completes it with the service's answer. `now` becomes
/// the time of the test.
///
/// # Errors
///
/// The name is not valid, or the service refuses the credentials or cannot be reached.
pub async fn prove(
    services: &Services,
    account: Account,
    secret: &Secret,
    now: DateTime<Utc>,
) -> Result<Proven, ChangeError> {
    check_name(&account.name)?;
    let owner = find_owner(services, &account, secret.clone()).await?;
    Ok(Proven { reads_only: owner.reads_only, account: found_valid(account, owner, now) })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub home: SecretHome,
    /// An account of that name was there before.
    pub replaced: bool,
    /// The exports that used the only account without naming it; they name it now.
    pub named: Option<Named>,
}

/// Saves a proven account: its secret in the vault, then the account in the book, replacing the one with its service
/// and name. An account whose secret lives only until the program ends is not saved: the next start would find it
/// without its secret.
///
/// Before a second account of a service is saved, the exports that use the first one without naming it are made to name
/// it, so that no run finds the choice ambiguous.
///
/// # Errors
///
/// The book cannot have the account. The vault and the exports are as they were.
pub async fn store(
    Stores { book, vault }: Stores<'_>,
    beside: &Beside<'_>,
    account: Account,
    secret: &Secret,
) -> Result<Stored, ChangeError> {
    let (service, name) = (account.service, account.name.clone());
    let (uses, _lock) = beside.uses.locked().await?;
    let beside = Beside { uses: &uses, environment: beside.environment, cron: beside.cron.clone() };
    // Checks the name first: the keyring may take for one two names that are two in the book.
    let replaced = book.would_replace(service, &name)?.is_some();
    let now = Book::load(book.path())?;
    let before = if replaced { vault.get(service, &name).await } else { Ok(None) };
    let home = vault.set(service, &name, secret).await;
    if !matches!(home, SecretHome::Keyring(_)) {
        return Ok(Stored { home, replaced, named: None });
    }
    let (named, changed) = if replaced { Default::default() } else { beside.name_the_only(service, now.all()) };
    if let Err(error) = book.put(account).await {
        changed.iter().for_each(EditedDefinition::undo);
        // Undoes the vault: restores the secret from before, or deletes the new one.
        match before {
            Ok(Some(before)) => drop(vault.set(service, &name, &before).await),
            Ok(None) => drop(vault.delete(service, &name).await),
            // The secret from before could not be read, so it cannot be restored.
            Err(_) => {}
        }
        return Err(error.into());
    }
    Ok(Stored { home, replaced, named })
}

/// Tests the credentials of a saved account, and records the result.
///
/// # Errors
///
/// There is no such account, its secret cannot be read, or the service refuses it or cannot be reached.
pub async fn test(
    Stores { book, vault }: Stores<'_>,
    services: &Services,
    environment: &Environment,
    (service, name): (Service, &str),
    now: DateTime<Utc>,
) -> Result<Proven, ChangeError> {
    let account = find_account(book, service, name)?;
    let (secret, _) = Keys { environment, book, vault }.secret_of(&account, true).await?;
    match find_owner(services, &account, secret).await {
        Ok(owner) => {
            let reads_only = owner.reads_only;
            let account = record_test(book, (service, name), Verdict::Valid(owner), now).await?;
            Ok(Proven { account, reads_only })
        }
        Err(ChangeError::Test(error)) => {
            if error.refuses_credentials() {
                record_test(book, (service, name), Verdict::Refused, now).await?;
            }
            Err(error.into())
        }
        Err(error) => Err(error),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Valid(CredentialOwner),
    Refused,
}

/// Records the result of a test, unless another program has changed the account meanwhile. Returns the account as it is
/// then.
///
/// # Errors
///
/// There is no such account, or the book cannot be written.
pub async fn record_test(
    book: &mut Book,
    (service, name): (Service, &str),
    verdict: Verdict,
    now: DateTime<Utc>,
) -> Result<Account, ChangeError> {
    let before = find_account(book, service, name)?;
    let judged = book.update(&before, move |account| match verdict {
        Verdict::Valid(owner) => found_valid(account, owner, now),
        Verdict::Refused => Account { refused: Some(now), ..account },
    });
    judged.await?.ok_or_else(|| unknown(book, service, name))
}

/// Renames an account. The secret is copied to the new name, then every export is changed, then the old secret is
/// deleted. Returns the names of the exports, and the error if the old secret could not be deleted.
///
/// # Errors
///
/// There is no such account, the new name is not valid or taken, the keyring does not take the secret, or an export
/// cannot be read or changed. The account has its old name then.
pub async fn rename(
    Stores { book, vault }: Stores<'_>,
    uses: &Uses,
    (service, name): (Service, &str),
    new: &str,
) -> Result<(Vec<String>, Option<KeyringError>), ChangeError> {
    find_account(book, service, name)?;
    let (uses, _lock) = uses.locked().await?;
    let account = find_account(&Book::load(book.path())?, service, name)?;
    if book.would_replace(service, new)?.is_some() {
        return Err(ChangeError::Taken(AccountKey::new(service, new)));
    }
    if let Some(error) = uses.unreadable().first() {
        return Err(ChangeError::Unread(error.clone()));
    }
    let failed = |source| ChangeError::Move(AccountKey::new(service, name), source);
    // A secret that comes from elsewhere, such as systemd, is not moved.
    if let Some(secret) = vault.get(service, name).await.map_err(failed)? {
        if let SecretHome::Session(reason) = vault.set(service, new, &secret).await {
            let _ = vault.delete(service, new).await;
            return Err(no_keyring(&account, reason));
        }
        let there = vault.get(service, new).await.map_err(failed)?;
        if there.as_ref() != Some(&secret) {
            return Err(failed(KeyringError::NotKept));
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    WithSecret,
    /// The keyring failed, so a secret in it is still there.
    SecretLeft(KeyringError),
}

/// Removes an account and its secret. The credential stays valid at the service.
///
/// # Errors
///
/// There is no such account, or the keyring is locked or does not answer. The account stays then, so that the person
/// can try again.
pub async fn remove(
    Stores { book, vault }: Stores<'_>,
    (service, name): (Service, &str),
) -> Result<Removed, ChangeError> {
    find_account(book, service, name)?;
    let removed = match vault.delete(service, name).await {
        Ok(_) => Removed::WithSecret,
        Err(source @ (KeyringError::Locked | KeyringError::Silent)) => {
            return Err(ChangeError::Delete(AccountKey::new(service, name), source));
        }
        Err(source) => Removed::SecretLeft(source),
    };
    book.remove(service, name).await?;
    Ok(removed)
}

pub(crate) fn find_account(book: &Book, service: Service, name: &str) -> Result<Account, ChangeError> {
    book.get(service, name).cloned().ok_or_else(|| unknown(book, service, name))
}

fn unknown(book: &Book, service: Service, name: &str) -> ChangeError {
    let nearest = nearest(name, book.list(service).map(|account| account.name.as_str())).map(str::to_owned);
    ChangeError::Unknown { account: AccountKey::new(service, name), nearest }
}

fn no_keyring(account: &Account, reason: KeyringError) -> ChangeError {
    ChangeError::NoKeyring { service: account.service, secret: secret_name(account), reason }
}

/// Completes an account with the service's answer to a valid credential.
pub(crate) fn found_valid(account: Account, owner: CredentialOwner, now: DateTime<Utc>) -> Account {
    let instance = owner.instance.as_deref().and_then(|text| parse_instance(text).ok());
    Account { instance: account.instance.or(instance), user: owner.user, tested: Some(now), refused: None, ..account }
}

#[cfg(test)]
mod tests;
