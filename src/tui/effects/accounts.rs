//! Accounts: kept once they are tested, changed, tested again.

use super::Shared;
use crate::accounts::{Account, AccountRef, ChangeError, Stored};
use crate::explain;
use crate::export::Service;
use crate::ops::accounts;
use crate::text::secret::Secret;
use crate::tui::state::{AccountChange, Answer, Tested};

pub(super) async fn keep(shared: &Shared, account: Account, secret: &Secret) -> Answer<Stored> {
    accounts::keep(&shared.workspace, account, secret).await.map_err(|error| explain::account(&error))
}

pub(super) async fn test(shared: &Shared, holder: &AccountRef) -> Tested {
    match accounts::test(&shared.workspace, holder).await {
        Ok(proven) => Tested::Valid(Box::new(proven.account)),
        Err(error) if matches!(&error, ChangeError::Test(error) if error.refuses_credentials()) => {
            Tested::Refused(explain::account(&error))
        }
        Err(error) => Tested::Unknown(explain::account(&error)),
    }
}

/// Changes an account; what came of it, as sentences.
pub(super) async fn change(shared: &Shared, service: Service, name: &str, change: AccountChange) -> Answer<String> {
    let workspace = &shared.workspace;
    let done = match change {
        AccountChange::Rename(new) => accounts::rename(workspace, (service, name), &new).await,
        AccountChange::MoveTo(to) => accounts::move_exports(workspace, service, name, &to).await,
        AccountChange::Remove => accounts::remove(workspace, (service, name)).await.map(|sentence| vec![sentence]),
    };
    done.map(|sentences| sentences.join(" ")).map_err(|error| explain::account(&error))
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
