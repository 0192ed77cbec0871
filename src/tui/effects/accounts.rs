//! Accounts: kept once they are tested, changed, tested again.

use chrono::Utc;

use super::shared::Shared;
use crate::accounts::{self, Account, AccountRef, Beside, ChangeError, FromEnvironment, Stored, Stores, Uses};
use crate::explain::{self, Explanation};
use crate::export::Service;
use crate::schedulers;
use crate::system::process::blocking;
use crate::text::secret::Secret;
use crate::tui::state::{AccountChange, Answer, Tested};

/// Keeps a tested account.
pub(super) async fn keep(shared: &Shared, account: Account, secret: &Secret) -> Answer<Stored> {
    let (mut book, folder, service) = (shared.book().await?, shared.tools.exports.clone(), account.service);
    let exports = blocking(move || {
        let uses = Uses::read(&folder);
        let cron = if uses.any_unnamed(service) { schedulers::in_cron() } else { Vec::new() };
        (uses, cron)
    });
    let (uses, cron) = exports.await;
    let beside = Beside { uses: &uses, environment: &shared.tools.environment, cron };
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let account = Account { tested: Some(Utc::now()), refused: None, ..account };
    accounts::store(stores, &beside, account, secret).await.map_err(|error| explain::account(&error))
}

/// Tests credentials, and writes down for a saved account what came of it.
pub(super) async fn test(shared: &Shared, holder: &AccountRef) -> Tested {
    match tested(shared, holder).await {
        Ok(tested) => tested,
        Err(explanation) => Tested::Unknown(explanation),
    }
}

async fn tested(shared: &Shared, holder: &AccountRef) -> Result<Tested, Explanation> {
    let (services, environment) = (shared.services().await?, &shared.tools.environment);
    let result = match holder {
        AccountRef::Account(service, name) => {
            let mut book = shared.book().await?;
            let stores = Stores { book: &mut book, vault: shared.vault().await };
            accounts::test(stores, services, environment, (*service, name), Utc::now()).await
        }
        AccountRef::Environment(service) => FromEnvironment::test(services, environment, *service, Utc::now()).await,
    };
    Ok(match result {
        Ok(proven) => Tested::Valid(Box::new(proven.account)),
        Err(error) if matches!(&error, ChangeError::Test(error) if error.refuses_credentials()) => {
            Tested::Refused(explain::account(&error))
        }
        Err(error) => Tested::Unknown(explain::account(&error)),
    })
}

/// Changes an account; what came of it, as sentences.
pub(super) async fn change(
    shared: &Shared,
    service: Service,
    name: &str,
    change: AccountChange,
) -> Result<String, Explanation> {
    let mut book = shared.book().await?;
    let folder = shared.tools.exports.clone();
    let uses = blocking(move || Uses::read(&folder)).await;
    let stores = Stores { book: &mut book, vault: shared.vault().await };
    let done = async {
        Ok::<_, ChangeError>(match change {
            AccountChange::Rename(new) => {
                let (exports, left) = accounts::rename(stores, &uses, (service, name), &new).await?;
                explain::renamed(service, (name, &new), &exports, left.as_ref()).join(" ")
            }
            AccountChange::MoveTo(to) => {
                let exports = uses.reassign(stores.book, service, name, &to).await?;
                let both = (stores.book.get(service, name), stores.book.get(service, &to));
                explain::moved(service, (name, &to), &exports, both).join(" ")
            }
            AccountChange::Remove => {
                let removed = accounts::remove(stores, (service, name)).await?;
                explain::removed(service, name, &removed)
            }
        })
    };
    done.await.map_err(|error| explain::account(&error))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{effects, listed, until};
    use super::*;
    use crate::accounts::{Book, SecretHome, Vault};
    use crate::tui::state::Effect;

    #[tokio::test]
    async fn a_second_account_is_kept_once_the_exports_name_the_first_one() {
        let home = tempfile::tempdir().unwrap();
        let (accounts, exports) = (home.path().join("accounts.toml"), home.path().join("exports"));
        Book::load(&accounts).unwrap().put(Account::new(Service::DataWorld, "first")).await.unwrap();
        let definition = exports.join("that-names-none.toml");
        std::fs::create_dir(&exports).unwrap();
        let text = "name = \"That names none\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                    dataset = \"acme/sales\"\nfile = \"sales\"\n";
        std::fs::write(&definition, text).unwrap();
        let mut effects = effects(home.path(), Vault::in_memory("memory"));
        let account = Account::new(Service::DataWorld, "second");
        effects.perform(Effect::KeepAccount { request: listed(), account, secret: Secret::new("a.b.c") });
        let stored = until(&mut effects, |_: &Answer<Stored>| true).await.unwrap();
        assert_eq!(stored.home, SecretHome::Keyring("memory"));
        let named = stored.named.unwrap();
        assert_eq!((named.exports.as_slice(), named.account.as_str()), (&["That names none".to_owned()][..], "first"));
        let now = std::fs::read_to_string(definition).unwrap();
        assert_eq!(now, format!("{text}\n[credentials]\ndataworld = \"first\"\n"));
    }
}
