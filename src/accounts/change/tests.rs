//! Accounts with a case-insensitive keyring, a book that cannot be written, and exports that name no account.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use keyring::api::CredentialStoreApi;
use keyring::{CredentialStore, Entry, mock};

use super::*;
use crate::system::files;

const SERVICE: Service = Service::Domo;

/// A case-insensitive keyring, like that of Windows.
struct Caseless(Arc<CredentialStore>);

impl CredentialStoreApi for Caseless {
    fn vendor(&self) -> String {
        "caseless".to_owned()
    }

    fn id(&self) -> String {
        "caseless".to_owned()
    }

    fn build(&self, service: &str, user: &str, more: Option<&HashMap<&str, &str>>) -> keyring::Result<Entry> {
        self.0.build(service, &user.to_lowercase(), more)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn account(name: &str) -> Account {
    Account { client_id: Some("id".to_owned()), ..Account::new(SERVICE, name) }
}

fn beside<'a>(uses: &'a Uses, environment: &'a Environment) -> Beside<'a> {
    Beside { uses, environment, cron: Vec::new() }
}

fn stores(folder: &tempfile::TempDir) -> (Book, Vault) {
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let book = Book::load(&folder.path().join("accounts.toml")).unwrap();
    (book, Vault::with_store(Arc::new(Caseless(store)), "Mock"))
}

#[tokio::test]
async fn a_name_that_differs_in_case_touches_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault) = stores(&folder);
    let (uses, environment) = (Uses::read(&folder.path().join("exports")), Environment::default());
    let beside = beside(&uses, &environment);
    for name in ["acme", "bee"] {
        let (stores, secret) = (Stores { book: &mut book, vault: &vault }, Secret::new(name));
        let stored = store(stores, &beside, account(name), &secret).await.unwrap();
        assert_eq!(stored, Stored { home: SecretHome::Keyring("Mock"), replaced: false, named: None });
    }
    let stores = Stores { book: &mut book, vault: &vault };
    let error = store(stores, &beside, account("ACME"), &Secret::new("other")).await.unwrap_err().to_string();
    assert!(error.starts_with("There is already a Domo account `acme`."), "{error}");
    for name in ["acme", "bee"] {
        let stores = Stores { book: &mut book, vault: &vault };
        let error = rename(stores, &uses, (SERVICE, name), "Acme").await.unwrap_err().to_string();
        assert!(error.starts_with("There is already a Domo account `acme`."), "{error}");
    }
    for name in ["acme", "bee"] {
        assert_eq!(vault.get(SERVICE, name).await, Ok(Some(Secret::new(name))));
    }
}

#[tokio::test]
async fn a_failed_save_restores_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault) = stores(&folder);
    let (uses, environment) = (Uses::read(&folder.path().join("exports")), Environment::default());
    let beside = beside(&uses, &environment);
    let stores = Stores { book: &mut book, vault: &vault };
    store(stores, &beside, account("acme"), &Secret::new("old")).await.unwrap();
    // A folder stands where the lock's file should be.
    let lock = folder.path().join("accounts.toml.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    for name in ["acme", "new"] {
        let stores = Stores { book: &mut book, vault: &vault };
        assert!(store(stores, &beside, account(name), &Secret::new("newer")).await.is_err());
    }
    assert_eq!(vault.get(SERVICE, "acme").await, Ok(Some(Secret::new("old"))));
    assert_eq!(vault.get(SERVICE, "new").await, Ok(None));
}

const COSTS: &str = "# Mine.\nname = \"Costs\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                     [output]\ndataset = \"acme/sales\"\nfile = \"costs\" # not costs.csv\n";

/// Creates a book with the account acme, a vault, and the exports Costs and Stock, which name no account.
async fn with_exports(folder: &tempfile::TempDir) -> (Book, Vault, Uses) {
    let exports = folder.path().join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    std::fs::write(exports.join("costs.toml"), COSTS).unwrap();
    std::fs::write(exports.join("stock.toml"), COSTS.replace("Costs", "Stock")).unwrap();
    let (mut book, vault) = stores(folder);
    let (uses, environment) = (Uses::read(&exports), Environment::default());
    let stores = Stores { book: &mut book, vault: &vault };
    let stored = store(stores, &beside(&uses, &environment), account("acme"), &Secret::new("old")).await.unwrap();
    assert_eq!(stored.named, None, "there was none to be used");
    (book, vault, uses)
}

#[tokio::test]
async fn exports_changed_meanwhile_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault, uses) = with_exports(&folder).await;
    let path = |name: &str| folder.path().join("exports").join(name);
    // Costs was given an account by another program, and Stock is being edited by hand.
    let named_by_hand = format!("{COSTS}[credentials]\ndomo = 'acme' # mine\n");
    std::fs::write(path("costs.toml"), &named_by_hand).unwrap();
    std::fs::write(path("stock.toml"), "name = ").unwrap();
    let environment = Environment::default();
    let stores = Stores { book: &mut book, vault: &vault };
    let stored = store(stores, &beside(&uses, &environment), account("bee"), &Secret::new("new")).await.unwrap();
    let named = stored.named.unwrap();
    assert_eq!((named.exports.len(), named.unreadable.len()), (0, 1), "{named:?}");
    assert_eq!(std::fs::read_to_string(path("costs.toml")).unwrap(), named_by_hand);
    assert_eq!(std::fs::read_to_string(path("stock.toml")).unwrap(), "name = ");
    let said = crate::explain::named(&named);
    let line = "What cannot be read has to name an account too, such as domo = \"acme\" under [credentials]. ";
    assert!(said[0].starts_with(line), "{said:?}");
    assert_eq!(book.all().len(), 2);
}

/// Makes a change while a lock is held. The same thread releases the lock, so a change that blocks on it never ends.
async fn while_locked<T>(path: &Path, change: impl Future<Output = T>) -> T {
    // To the system, a lock of another handle is that of another process.
    let held = files::lock(path).unwrap();
    tokio::join!(change, async { drop(held) }).0
}

#[tokio::test]
async fn waiting_for_a_lock_does_not_block_other_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, _, uses) = with_exports(&folder).await;
    let (accounts, exports) = (folder.path().join("accounts.toml"), folder.path().join("exports"));
    while_locked(&accounts, book.put(account("bee"))).await.unwrap();
    let before = account("bee");
    let refuse = |account| Account { refused: Some(Utc::now()), ..account };
    assert!(while_locked(&accounts, book.update(&before, refuse)).await.unwrap().unwrap().refused.is_some());
    assert_eq!(while_locked(&exports, uses.reassign(&book, SERVICE, "acme", "bee")).await.unwrap(), [""; 0]);
    assert!(while_locked(&accounts, book.remove(SERVICE, "bee")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_failed_save_restores_the_exports() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault, uses) = with_exports(&folder).await;
    // A folder stands where the lock's file should be.
    let lock = folder.path().join("accounts.toml.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let environment = Environment::default();
    let stores = Stores { book: &mut book, vault: &vault };
    assert!(store(stores, &beside(&uses, &environment), account("bee"), &Secret::new("new")).await.is_err());
    let text = std::fs::read_to_string(folder.path().join("exports/costs.toml")).unwrap();
    assert_eq!(text, COSTS, "what was changed before is as it was");
}
