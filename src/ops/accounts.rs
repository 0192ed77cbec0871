//! Keeps, tests and changes accounts.

use super::{Tools, Workspace};
use crate::accounts::{
    self, Account, AccountRef, Beside, ChangeError, CredentialOwner, FromEnvironment, Proven, Stored, Stores, Uses,
    Verdict, find_account, record_test,
};
use crate::explain;
use crate::export::Service;
use crate::system::process::blocking;
use crate::text::secret::Secret;

/// Tests credentials that are not saved yet.
pub async fn prove(workspace: &Workspace, account: Account, secret: &Secret) -> Result<Proven, ChangeError> {
    accounts::prove(workspace.services().await?, account, secret, (workspace.tools.now)()).await
}

/// Keeps an account that has passed its test just now.
pub async fn keep(workspace: &Workspace, account: Account, secret: &Secret) -> Result<Stored, ChangeError> {
    let Tools { environment, vault, in_cron, now, .. } = &workspace.tools;
    let (uses, in_cron, service) = (uses(workspace).await, *in_cron, account.service);
    let cron = if uses.any_unnamed(service) { blocking(in_cron).await } else { Vec::new() };
    let mut book = workspace.book().await?;
    let account = Account { tested: Some(now()), refused: None, ..account };
    let beside = Beside { uses: &uses, environment, cron };
    accounts::store(Stores { book: &mut book, vault }, &beside, account, secret).await
}

/// Tests credentials, and records the result for a saved account.
pub async fn test(workspace: &Workspace, holder: &AccountRef) -> Result<Proven, ChangeError> {
    let (services, Tools { environment, vault, now, .. }) = (workspace.services().await?, &workspace.tools);
    match holder {
        AccountRef::Account(service, name) => {
            let mut book = workspace.book().await?;
            let stores = Stores { book: &mut book, vault };
            accounts::test(stores, services, environment, (*service, name), now()).await
        }
        AccountRef::Environment(service) => FromEnvironment::test(services, environment, *service, now()).await,
    }
}

/// Records that the service has accepted the credentials of a saved account just now.
///
/// # Errors
/// When there is no such account, or the accounts cannot be read or written.
pub async fn record_accepted(
    workspace: &Workspace,
    account: (Service, &str),
    owner: CredentialOwner,
) -> Result<(), ChangeError> {
    let (mut book, now) = (workspace.book().await?, (workspace.tools.now)());
    record_test(&mut book, account, Verdict::Valid(owner), now).await.map(drop)
}

/// Renames an account, in its exports too. Returns sentences for the person.
pub async fn rename(
    workspace: &Workspace,
    (service, name): (Service, &str),
    new: &str,
) -> Result<Vec<String>, ChangeError> {
    let (uses, mut book) = (uses(workspace).await, workspace.book().await?);
    let stores = Stores { book: &mut book, vault: &workspace.tools.vault };
    let (exports, left) = accounts::rename(stores, &uses, (service, name), new).await?;
    Ok(explain::renamed(service, (name, new), &exports, left.as_ref()))
}

/// Moves all exports from one account to another; the accounts stay. The first may be gone already. Returns sentences for
/// the person.
pub async fn move_exports(
    workspace: &Workspace,
    service: Service,
    from: &str,
    to: &str,
) -> Result<Vec<String>, ChangeError> {
    let (uses, book) = (uses(workspace).await, workspace.book().await?);
    let to = find_account(&book, service, to)?;
    let exports = uses.reassign(&book, service, from, &to.name).await?;
    if exports.is_empty() {
        // Without any account or export of that name, it is most likely mistyped.
        find_account(&book, service, from)?;
    }
    Ok(explain::moved(service, (from, &to.name), &exports, (book.get(service, from), Some(&to))))
}

/// Removes an account and its secret. Returns a sentence for the person.
pub async fn remove(workspace: &Workspace, (service, name): (Service, &str)) -> Result<String, ChangeError> {
    let mut book = workspace.book().await?;
    let removed = accounts::remove(Stores { book: &mut book, vault: &workspace.tools.vault }, (service, name)).await?;
    Ok(explain::removed(service, name, &removed))
}

/// The saved exports, by the accounts that they use.
pub async fn uses(workspace: &Workspace) -> Uses {
    let folder = workspace.tools.exports.clone();
    blocking(move || Uses::read(&folder)).await
}
