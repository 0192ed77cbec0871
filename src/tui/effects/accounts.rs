//! Accounts: kept once they are tested, changed, tested again.

use chrono::Utc;

use super::shared::{Shared, blocking};
use crate::accounts::{self, Account, ChangeError, Removed, SecretHome, Stores, Uses};
use crate::explain::{self, Explanation};
use crate::secret::Secret;
use crate::service::Service;
use crate::state::AccountChange;

/// Keeps a tested account; where its secret is now.
pub(super) async fn keep(shared: &Shared, account: Account, secret: Secret) -> Result<SecretHome, Explanation> {
    let mut book = shared.book().await?;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let account = Account { tested: Some(Utc::now()), refused: None, ..account };
    let stored = accounts::store(stores, account, &secret).await.map_err(|error| explain::account(&error))?;
    Ok(stored.home)
}

/// Changes an account, or tests it; what came of it, as a sentence.
pub(super) async fn change(
    shared: &Shared,
    service: Service,
    name: &str,
    change: AccountChange,
) -> Result<String, Explanation> {
    let mut book = shared.book().await?;
    let folder = shared.tools.exports.clone();
    let uses = blocking(move || Uses::read(&folder)).await?;
    let services = shared.services().await?;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let done = async {
        Ok::<_, ChangeError>(match change {
            AccountChange::Test => {
                let environment = &shared.tools.environment;
                let account = accounts::test(stores, services, environment, (service, name), Utc::now()).await?;
                let of = account.user.map(|user| format!(" and belongs to {user}")).unwrap_or_default();
                format!("{name} is valid{of}.")
            }
            AccountChange::Rename(new) => match accounts::rename(stores, &uses, (service, name), &new).await? {
                (_, None) => format!("Renamed {name} to {new}."),
                (_, Some(reason)) => {
                    format!(
                        "Renamed {name} to {new}. Its secret is still in the keyring under the old name too. \
                             {reason}"
                    )
                }
            },
            AccountChange::MoveTo(to) => {
                let exports = uses.reassign(service, name, &to)?;
                format!("From now on {to} is used by {}.", exports.join(", "))
            }
            AccountChange::Remove => match accounts::remove(stores, (service, name)).await? {
                Removed::WithSecret => format!("{name} and its secret were removed."),
                Removed::SecretLeft(reason) => {
                    format!("{name} was removed, but its secret may still be in a keyring. {reason}")
                }
            },
        })
    };
    done.await.map_err(|error| explain::account(&error))
}
