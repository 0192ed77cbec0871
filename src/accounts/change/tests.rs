//! Accounts beside a keyring that makes no difference between upper and lower case, and a book that cannot be written.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry, mock};

use super::*;

const SERVICE: Service = Service::Domo;

/// A keyring to which upper and lower case are one, as to Windows'.
struct Caseless(Arc<CredentialStore>);

impl CredentialStoreApi for Caseless {
    fn vendor(&self) -> String {
        "caseless".to_owned()
    }

    fn id(&self) -> String {
        "caseless".to_owned()
    }

    fn build(&self, service: &str, user: &str, more: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        self.0.build(service, &user.to_lowercase(), more)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn account(name: &str) -> Account {
    Account { client_id: Some("id".to_owned()), ..Account::new(SERVICE, name) }
}

/// An empty book, and a keyring of that kind.
fn stores(folder: &tempfile::TempDir) -> (Book, Vault) {
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let book = Book::load(&folder.path().join("accounts.toml")).unwrap();
    (book, Vault::with_store(Arc::new(Caseless(store)), "Mock"))
}

#[tokio::test]
async fn a_name_that_differs_in_case_touches_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault) = stores(&folder);
    for name in ["acme", "bee"] {
        let (stores, secret) = (Stores { book: &mut book, vault: &vault }, Secret::new(name));
        let stored = store(stores, account(name), &secret).await.unwrap();
        assert_eq!(stored, Stored { home: SecretHome::Keyring("Mock"), replaced: false });
    }
    let stores = Stores { book: &mut book, vault: &vault };
    let error = store(stores, account("ACME"), &Secret::new("other")).await.unwrap_err().to_string();
    assert!(error.starts_with("There is already a Domo account `acme`."), "{error}");
    let uses = Uses::read(folder.path());
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
async fn what_the_book_does_not_take_the_vault_gives_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut book, vault) = stores(&folder);
    let stores = Stores { book: &mut book, vault: &vault };
    store(stores, account("acme"), &Secret::new("old")).await.unwrap();
    // The lock's place is taken by a folder.
    let lock = folder.path().join("accounts.toml.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    for name in ["acme", "new"] {
        let stores = Stores { book: &mut book, vault: &vault };
        assert!(store(stores, account(name), &Secret::new("newer")).await.is_err());
    }
    assert_eq!(vault.get(SERVICE, "acme").await, Ok(Some(Secret::new("old"))));
    assert_eq!(vault.get(SERVICE, "new").await, Ok(None));
}
