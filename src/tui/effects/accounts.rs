//! Accounts: kept once they are tested, changed, tested again.

use chrono::Utc;

use super::shared::{Shared, blocking};
use crate::accounts::{self, Account, ChangeError, FromEnvironment, Holder, Removed, SecretHome, Stores, Uses};
use crate::explain::{self, Explanation};
use crate::figures::counted;
use crate::secret::Secret;
use crate::service::Service;
use crate::state::{AccountChange, Tested};

/// Keeps a tested account; where its secret is now.
pub(super) async fn keep(shared: &Shared, account: Account, secret: Secret) -> Result<SecretHome, Explanation> {
    let mut book = shared.book().await?;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let account = Account { tested: Some(Utc::now()), refused: None, ..account };
    let stored = accounts::store(stores, account, &secret).await.map_err(|error| explain::account(&error))?;
    Ok(stored.home)
}

/// Tests credentials, and writes down for a saved account what came of it.
pub(super) async fn test(shared: &Shared, holder: &Holder) -> Tested {
    match tested(shared, holder).await {
        Ok(tested) => tested,
        Err(explanation) => Tested::Unknown(explanation),
    }
}

async fn tested(shared: &Shared, holder: &Holder) -> Result<Tested, Explanation> {
    let (services, environment) = (shared.services().await?, &shared.tools.environment);
    let result = match holder {
        Holder::Account(service, name) => {
            let mut book = shared.book().await?;
            let stores = Stores { book: &mut book, vault: shared.vault().await };
            accounts::test(stores, services, environment, (*service, name), Utc::now()).await
        }
        Holder::Environment(service) => FromEnvironment::test(services, environment, *service, Utc::now()).await,
    };
    Ok(match result {
        Ok(account) => Tested::Valid(Box::new(account)),
        Err(error) if matches!(&error, ChangeError::Test(error) if error.refuses_credentials()) => {
            Tested::Refused(explain::account(&error))
        }
        Err(error) => Tested::Unknown(explain::account(&error)),
    })
}

/// Counts and names exports within a sentence.
fn listed(exports: &[String]) -> String {
    format!("{}, {}", counted(exports.len() as u64, "export"), exports.join(", "))
}

/// Changes an account; what came of it, as a sentence.
pub(super) async fn change(
    shared: &Shared,
    service: Service,
    name: &str,
    change: AccountChange,
) -> Result<String, Explanation> {
    let mut book = shared.book().await?;
    let folder = shared.tools.exports.clone();
    let uses = blocking(move || Uses::read(&folder)).await?;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let done = async {
        Ok::<_, ChangeError>(match change {
            AccountChange::Rename(new) => {
                let (exports, left) = accounts::rename(stores, &uses, (service, name), &new).await?;
                let also = match exports.as_slice() {
                    [] => String::new(),
                    exports => format!(", also in {}", listed(exports)),
                };
                let left =
                    left.map(|reason| format!(" Its secret is still in the keyring under the old name too. {reason}"));
                format!("Renamed {name} to {new}{also}.{}", left.unwrap_or_default())
            }
            AccountChange::MoveTo(to) => match uses.reassign(service, name, &to)?.as_slice() {
                [] => format!("No export names {name} any more: nothing was moved."),
                exports => format!("Moved {} from {name} to {to}.", listed(exports)),
            },
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
