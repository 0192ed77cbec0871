//! Accounts, their secrets, and saved exports.

use std::collections::BTreeMap;

use super::Shared;
use crate::accounts::{self, Account, Book, SecretHome, Stores, resolve_dataworld, resolve_domo};
use crate::config::Address;
use crate::dataworld::DataWorld;
use crate::domo::{Domo, DomoCredential};
use crate::explain::{self, Explanation};
use crate::export::{DatasetKey, Export};
use crate::history::{self, History};
use crate::journal;
use crate::secret::Secret;
use crate::wizard::{DataWorldLogin, DomoLogin, Login};

/// data.world, with what the login says.
pub(super) async fn dataworld(shared: &Shared, login: DataWorldLogin) -> Result<DataWorld, Explanation> {
    let (token, address) = match login {
        Login::Account(Account { name, .. }) => named_dataworld(shared, Some(&name)).await?,
        Login::Named(name) => named_dataworld(shared, name.as_deref()).await?,
        Login::Environment { credential, address } | Login::Entered { credential, address } => {
            (credential, read(address.as_deref())?)
        }
    };
    Ok(shared.services().await?.dataworld(&token, address.as_ref()))
}

/// Domo, with what the login says.
pub(super) async fn domo(shared: &Shared, login: DomoLogin) -> Result<Domo, Explanation> {
    let (credential, address) = match login {
        Login::Account(Account { name, .. }) => named_domo(shared, Some(&name)).await?,
        Login::Named(name) => named_domo(shared, name.as_deref()).await?,
        Login::Environment { credential, address } | Login::Entered { credential, address } => {
            (credential, read(address.as_deref())?)
        }
    };
    shared.services().await?.domo(&credential, address.as_ref()).map_err(|error| plain(&error))
}

async fn named_dataworld(shared: &Shared, name: Option<&str>) -> Result<(Secret, Option<Address>), Explanation> {
    let book = book(shared).await?;
    let found = resolve_dataworld(name, &shared.tools.environment, &book, shared.vault().await).await;
    let found = found.map_err(|error| plain(&error))?;
    Ok((found.credential, found.address))
}

async fn named_domo(shared: &Shared, name: Option<&str>) -> Result<(DomoCredential, Option<Address>), Explanation> {
    let book = book(shared).await?;
    let found = resolve_domo(name, &shared.tools.environment, &book, shared.vault().await).await;
    let found = found.map_err(|error| plain(&error))?;
    Ok((found.credential, found.address))
}

/// Keeps a tested account; where its secret is now.
pub(super) async fn account(shared: &Shared, account: Account, secret: Secret) -> Result<SecretHome, Explanation> {
    let mut book = book(shared).await?;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let account = Account { tested: Some(chrono::Utc::now()), refused: None, ..account };
    let stored = accounts::store(stores, account, &secret).await.map_err(|error| explain::account(&error))?;
    Ok(stored.home)
}

/// Saves an export, in place of the one that was called `replaces`; the name that `writeback run` takes.
pub(super) async fn export(shared: &Shared, export: Export, replaces: Option<String>) -> Result<String, Explanation> {
    let slug = export.slug();
    let (folder, state) = (shared.tools.exports.clone(), shared.tools.state.clone());
    let saved = blocking(move || journal::save(&state, &folder, &export, replaces.as_deref())).await?;
    // Where its past runs are listed is nothing that the wizard shows.
    saved.map(|_| slug).map_err(|error| plain(&error))
}

/// The numbers given last to files of that dataset. Without a history there are none, and looking makes none.
pub(super) async fn numbers(shared: &Shared, key: DatasetKey) -> BTreeMap<String, u64> {
    let state = shared.tools.state.clone();
    let read = move || {
        let opened = history::file(&state).exists().then(|| History::open(&state, chrono::Utc::now()))?.ok()?;
        opened.history.last_numbers(&key).ok()
    };
    blocking(read).await.ok().flatten().unwrap_or_default()
}

pub(super) async fn book(shared: &Shared) -> Result<Book, Explanation> {
    let path = shared.tools.accounts.clone();
    blocking(move || Book::load(&path)).await?.map_err(|error| plain(&error))
}

/// Does what waits for a disk where nothing else waits for it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Explanation> {
    tokio::task::spawn_blocking(work).await.map_err(|error| plain(&error))
}

fn read(address: Option<&str>) -> Result<Option<Address>, Explanation> {
    address.map(Address::parse).transpose().map_err(|error| plain(&error))
}

/// An error whose own sentences say what to do.
pub(super) fn plain(error: &impl std::error::Error) -> Explanation {
    Explanation::new(error.to_string(), "")
}
