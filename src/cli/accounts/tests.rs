//! Commands in, what is said and kept out.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Parser as _;
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::config::{Addresses, Config, Environment};
use crate::domo::DomoCredential;
use crate::http::Broken;
use crate::secret::Secret;

#[derive(Debug, clap::Parser)]
struct Cli {
    #[command(subcommand)]
    command: AccountsCommand,
}

/// A person at a terminal: a book, a keyring, and what the service says of their credentials.
struct Person {
    _folder: tempfile::TempDir,
    book: Book,
    store: Arc<mock::Store>,
    vault: Vault,
    types: &'static str,
    service_says: Result<Whose, ApiError>,
    /// What was tested.
    tested: Option<Candidate>,
}

impl Person {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::load(&folder.path().join("accounts.toml")).unwrap();
        let store = mock::Store::new().unwrap();
        let vault = Vault::with_store(store.clone(), "Mock Keyring");
        let whose = Whose { user: Some("ann".to_owned()), instance: None };
        Self { _folder: folder, book, store, vault, types: "eyJ.token", service_says: Ok(whose), tested: None }
    }

    /// Runs a command line; what it prints, or how it fails.
    async fn runs(&mut self, line: &str) -> Result<String, AccountsError> {
        self.runs_and_answers(line, &[], false).await
    }

    async fn runs_and_answers(&mut self, line: &str, used_by: &[&str], yes: bool) -> Result<String, AccountsError> {
        let cli = Cli::try_parse_from(std::iter::once("accounts").chain(line.split(' '))).unwrap();
        let used_by: Vec<String> = used_by.iter().map(|&name| name.to_owned()).collect();
        let mut out = Vec::new();
        let stores = Stores { book: &mut self.book, vault: &self.vault };
        match cli.command {
            AccountsCommand::List(args) => list(&args, stores.book, &mut out)?,
            AccountsCommand::Remove(args) => remove(&args, &used_by, stores, |_| yes, &mut out).await?,
            AccountsCommand::Add(args) => {
                let addresses = Addresses::new(&Config::default(), &Environment::default()).unwrap();
                let (types, says, tested) = (self.types, self.service_says.clone(), &mut self.tested);
                let read = |_: &str| Ok(Secret::from_paste(types));
                let test = async |candidate| {
                    *tested = Some(candidate);
                    says
                };
                add(&args, &addresses, stores, noon(), read, test, &mut out).await?;
            }
        }
        Ok(String::from_utf8(out).unwrap())
    }

    fn keyring_has(&self, user: &str) -> Option<String> {
        let store: Arc<CredentialStore> = self.store.clone();
        store.build("writeback", user, None).unwrap().get_password().ok()
    }
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn address(text: &str) -> crate::config::Address {
    crate::config::Address::parse(text).unwrap()
}

#[tokio::test]
async fn add_tests_then_keeps_then_says_where_and_whose() {
    let mut ann = Person::new();
    let said = ann.runs("add data.world --name analyst --url https://dw.example/v0/").await.unwrap();
    assert_eq!(said, "Added the data.world account analyst: valid, and ann's. Its API token is in the Mock Keyring.\n");
    let candidate = Candidate::DataWorld { token: Secret::new("eyJ.token"), address: address("https://dw.example") };
    assert_eq!(ann.tested, Some(candidate));
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some("eyJ.token"));
    let account = ann.book.get(Service::DataWorld, "analyst").unwrap();
    assert_eq!(
        (account.user.as_deref(), account.tested, account.address.as_deref()),
        (Some("ann"), Some(noon()), Some("https://dw.example"))
    );
    assert!(!std::fs::read_to_string(ann.book.path()).unwrap().contains("eyJ"));

    ann.types = "eyJ.newer";
    let said = ann.runs("add dataworld --name analyst").await.unwrap();
    assert!(said.starts_with("Replaced the data.world account analyst: "), "{said}");
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some("eyJ.newer"));
    assert_eq!(ann.book.all().len(), 1);
}

#[tokio::test]
async fn a_domo_account_is_a_client_or_a_developer_token() {
    let mut ann = Person::new();
    ann.service_says = Ok(Whose { user: None, instance: Some("acme".to_owned()) });
    let said = ann.runs("add domo --name acme --client-id 0f").await.unwrap();
    assert_eq!(
        said,
        "Added the Domo account acme: valid, at acme.domo.com. Its client secret is in the Mock Keyring.\n"
    );
    let credential = DomoCredential::Client { id: "0f".to_owned(), secret: Secret::new("eyJ.token") };
    assert_eq!(ann.tested, Some(Candidate::Domo { credential, address: address("https://api.domo.com") }));
    assert_eq!(ann.book.all()[0].instance.as_deref(), Some("acme"));

    let said = ann.runs("add domo --name dev --instance https://acme.domo.com/home").await.unwrap();
    assert!(said.ends_with("Its developer token is in the Mock Keyring.\n"), "{said}");
    let credential = DomoCredential::DeveloperToken { instance: "acme".to_owned(), token: Secret::new("eyJ.token") };
    assert_eq!(ann.tested, Some(Candidate::Domo { credential, address: address("https://acme.domo.com") }));

    for wrong in [
        "add domo --name a",
        "add domo --name a --client-id 0f --instance acme",
        "add domo --client-id 0f",
        "add data.world --name a --token x",
    ] {
        assert!(Cli::try_parse_from(std::iter::once("accounts").chain(wrong.split(' '))).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn what_is_refused_is_kept_nowhere() {
    let mut ann = Person::new();
    let broken = Broken::Status { code: 401, message: None, support_id: None, retry_after: None };
    let host = "api.data.world".to_owned();
    ann.service_says = Err(ApiError { service: Service::DataWorld, action: crate::http::Action::Test, host, broken });
    let error = ann.runs("add data.world --name analyst").await.unwrap_err();
    assert!(matches!(&error, AccountsError::Test(error) if error.status() == Some(401)), "{error}");
    assert!(error.to_string().starts_with("data.world does not accept the API token (401)."), "{error}");
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
    assert!(ann.book.all().is_empty());

    ann.tested = None;
    for (line, expected) in [
        ("add data.world --name ../x", "The name may not have '/' in it."),
        ("add data.world --name a --url http://dw.example", "--url: The address has to begin with https://"),
        ("add domo --name a --instance api.domo.com", "--instance: `api.domo.com` is no Domo instance."),
    ] {
        let error = ann.runs(line).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(ann.tested, None, "nothing is sent anywhere");
    }
}

#[tokio::test]
async fn without_a_keyring_nothing_is_asked_and_the_variables_are_named() {
    let mut ann = Person::new();
    ann.vault = Vault::session_only(KeyringError::NoBus.to_string());
    let error = ann.runs("add data.world --name analyst").await.unwrap_err().to_string();
    assert!(
        error.starts_with(
            "Nothing was saved, because there is no keyring to keep the data.world API token in. There is"
        ),
        "{error}"
    );
    assert!(error.contains("DW_AUTH_TOKEN"), "{error}");
    assert_eq!(ann.tested, None);
}

#[tokio::test]
async fn a_keyring_that_fails_at_the_end_leaves_no_account() {
    let mut ann = Person::new();
    let store: Arc<CredentialStore> = ann.store.clone();
    let entry = store.build("writeback", "data.world:analyst", None).unwrap();
    let full = keyring_core::Error::TooLong("secret".to_owned(), 8);
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(full);
    let error = ann.runs("add data.world --name analyst").await.unwrap_err().to_string();
    assert!(error.contains("longer than the 8 characters"), "{error}");
    assert!(ann.book.all().is_empty());
}

#[tokio::test]
async fn a_book_that_cannot_be_written_leaves_no_secret() {
    let mut ann = Person::new();
    std::fs::write(ann.book.path(), "not = \"a book\"").unwrap();
    assert!(matches!(ann.runs("add data.world --name analyst").await, Err(AccountsError::Book(_))));
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
}

#[tokio::test]
async fn list_shows_everything_but_the_secret() {
    let mut ann = Person::new();
    assert!(ann.runs("list").await.unwrap().starts_with("No accounts yet."));
    assert_eq!(ann.runs("list --json").await.unwrap(), "[]\n");
    ann.service_says = Ok(Whose { user: Some("ann\u{1b}[31m".to_owned()), instance: None });
    ann.runs("add data.world --name analyst").await.unwrap();
    ann.service_says = Ok(Whose { user: None, instance: Some("acme".to_owned()) });
    ann.runs("add domo --name acme --client-id 0f").await.unwrap();
    let table = ann.runs("list").await.unwrap();
    let expected = "\
Service     Name     User      Instance  Last tested
data.world  analyst  ann\u{fffd}[31m  -         2026-11-22 12:00 UTC
Domo        acme     -         acme      2026-11-22 12:00 UTC
";
    assert_eq!(table, expected);
    let json = ann.runs("list --json").await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&read[0]["service"], &read[1]["client_id"]), (&"data.world".into(), &"0f".into()));
    assert!(!json.contains("eyJ") && !table.contains("eyJ"));
}

#[tokio::test]
async fn remove_names_what_stops_working_and_asks() {
    let mut ann = Person::new();
    ann.runs("add data.world --name analyst").await.unwrap();
    let error = ann.runs("remove data.world analist").await.unwrap_err().to_string();
    assert!(error.starts_with("There is no data.world account `analist`."), "{error}");

    let line = "remove data.world analyst";
    let result = ann.runs_and_answers(line, &["Daily sales"], false).await;
    assert!(matches!(result, Err(AccountsError::NotConfirmed)));
    assert!(ann.keyring_has("data.world:analyst").is_some() && ann.book.all().len() == 1);

    let said = ann.runs_and_answers(line, &["Daily sales", "Costs"], true).await.unwrap();
    assert_eq!(
        said,
        "The account is used by the exports Daily sales, Costs; they stop working.\n\
         Removed the data.world account analyst and its secret.\n\
         The token stays valid until you revoke it in data.world under Settings, Advanced.\n"
    );
    assert!(ann.keyring_has("data.world:analyst").is_none() && ann.book.all().is_empty());

    ann.runs("add data.world --name analyst").await.unwrap();
    let said = ann.runs_and_answers("remove dataworld analyst --yes", &["Costs"], false).await.unwrap();
    assert!(said.starts_with("The account is used by the export Costs; it stops working.\n"), "{said}");
}

#[tokio::test]
async fn a_locked_keyring_keeps_the_account_and_another_failure_does_not() {
    let mut ann = Person::new();
    ann.runs("add data.world --name analyst").await.unwrap();
    let fails_with = |ann: &Person, error| {
        let store: Arc<CredentialStore> = ann.store.clone();
        let entry = store.build("writeback", "data.world:analyst", None).unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    };
    #[cfg(target_os = "linux")]
    {
        let locked = keyring_core::Error::NoStorageAccess(Box::new(dbus_secret_service::Error::Locked));
        fails_with(&ann, locked);
        let error = ann.runs("remove data.world analyst --yes").await.unwrap_err().to_string();
        assert!(error.contains("was not removed") && error.contains("is locked"), "{error}");
        assert_eq!(ann.book.all().len(), 1);
    }
    fails_with(&ann, keyring_core::Error::NotSupportedByStore("no".to_owned()));
    let said = ann.runs("remove data.world analyst --yes").await.unwrap();
    assert!(said.contains("If a keyring has its secret, it is still there"), "{said}");
    assert!(ann.book.all().is_empty());
}

#[test]
fn a_secret_is_one_word_however_it_is_pasted() {
    let read = |text: &str| add::secret_from(text.as_bytes()).map_err(|error| error.to_string());
    assert_eq!(read("Bearer eyJ.token\r\n"), Ok(Secret::new("eyJ.token")));
    assert!(read(" \n").unwrap_err().starts_with("No secret was entered."));
    assert!(read("eyJ.token\neyJ.other\n").unwrap_err().contains("blanks or line breaks"));
    assert!(read(&"x".repeat(70_000)).unwrap_err().contains("64 KiB"));
    assert!(add::secret_from(&b"\xff"[..]).is_err());
}
