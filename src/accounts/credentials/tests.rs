//! Tests the choice of a credential, and the errors if there is none.

use super::*;
use crate::accounts::KeyringError;

const TOKEN: &str = "eyJ.token";

/// A person whose keyring, book and environment are empty at first.
struct Person {
    folder: tempfile::TempDir,
    environment: Environment,
    book: Book,
    vault: Vault,
}

impl Person {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::load(&folder.path().join("accounts.toml")).unwrap();
        let vault = Vault::with_store(keyring::mock::Store::new().unwrap(), "Mock");
        Self { folder, environment: Environment::default(), book, vault }
    }

    async fn has(mut self, service: Service, name: &str, secret: Option<&str>) -> Self {
        self.book.put(account(service, name)).await.unwrap();
        if let Some(secret) = secret {
            self.vault.set(service, name, &Secret::new(secret)).await;
        }
        self
    }

    fn systemd_gives(&mut self, file: &str, text: &str) {
        let folder = self.folder.path().join("credentials");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(file), text).unwrap();
        self.environment.credentials_directory = Some(folder);
    }

    fn keys(&self) -> Keys<'_> {
        Keys { environment: &self.environment, book: &self.book, vault: &self.vault }
    }

    async fn dataworld(&self, name: Option<&str>) -> Result<Resolved<Secret>, String> {
        self.keys().dataworld(name).await.map_err(|error| error.to_string())
    }

    async fn domo(&self, name: Option<&str>) -> Result<Resolved<DomoCredential>, String> {
        self.keys().domo(name).await.map_err(|error| error.to_string())
    }
}

fn account(service: Service, name: &str) -> Account {
    let client_id = (service == Service::Domo).then(|| "client".to_owned());
    Account { client_id, ..Account::new(service, name) }
}

fn systemd(file: &str) -> CredentialOrigin {
    CredentialOrigin::Systemd { account: "analyst".to_owned(), file: file.to_owned() }
}

fn taken(secret: &str, origin: CredentialOrigin) -> Result<Resolved<Secret>, String> {
    Ok(Resolved { credential: Secret::new(secret), address: None, origin })
}

#[tokio::test]
async fn a_name_comes_first_then_the_environment_then_the_only_account() {
    let mut ann = Person::new().has(Service::DataWorld, "analyst", Some(TOKEN)).await;
    assert_eq!(ann.dataworld(None).await, taken(TOKEN, CredentialOrigin::OnlyAccount("analyst".to_owned())));
    ann.environment.dataworld_token = Some(Secret::new("env"));
    assert_eq!(ann.dataworld(None).await, taken("env", CredentialOrigin::Environment));
    assert_eq!(ann.dataworld(Some("analyst")).await, taken(TOKEN, CredentialOrigin::Account("analyst".to_owned())));
    ann.environment.dataworld_token = None;
    let ann = ann.has(Service::DataWorld, "boss", Some(TOKEN)).await;
    assert_eq!(
        ann.dataworld(None).await.unwrap_err(),
        "There are 2 data.world accounts: analyst, boss. Name one under [credentials] in the export, or set DW_AUTH_TOKEN."
    );
}

#[tokio::test]
async fn missing_credentials_name_the_variables_and_the_command() {
    let nobody = Person::new();
    assert_eq!(
        nobody.dataworld(None).await.unwrap_err(),
        "There are no data.world credentials. Set DW_AUTH_TOKEN, or save an account with \
         `writeback accounts add data.world --name NAME`."
    );
    assert_eq!(
        nobody.domo(None).await.unwrap_err(),
        "There are no Domo credentials. Set DOMO_CLIENT_ID and DOMO_CLIENT_SECRET, or DOMO_INSTANCE and \
         DOMO_DEVELOPER_TOKEN, or save an account with `writeback accounts add domo --name NAME --client-id ID`."
    );
}

#[tokio::test]
async fn an_unknown_account_and_a_missing_secret_are_reported() {
    let ann = Person::new().has(Service::DataWorld, "analyst", None).await;
    assert_eq!(
        ann.dataworld(Some("analist")).await.unwrap_err(),
        "There is no data.world account `analist`. Did you mean `analyst`? Save it with \
         `writeback accounts add data.world --name analist`."
    );
    assert_eq!(
        ann.domo(Some("my acme")).await.unwrap_err(),
        "There is no Domo account `my acme`. Save it with \
         `writeback accounts add domo --name \"my acme\" --client-id ID`."
    );
    assert_eq!(
        ann.dataworld(None).await.unwrap_err(),
        "The secret of the data.world account `analyst` is not in the keyring. Enter it again with \
         `writeback accounts replace data.world analyst`."
    );
}

#[tokio::test]
async fn the_domo_environment_is_whole_or_says_which_half_is_missing() {
    let (id, secret, token, instance) =
        ("DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET", "DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE");
    let client =
        Ok(DomoCredential::Client { id: "DOMO_CLIENT_ID".to_owned(), secret: Secret::new("of-DOMO_CLIENT_SECRET") });
    let developer = Ok(DomoCredential::DeveloperToken {
        instance: "acme".to_owned(),
        token: Secret::new("of-DOMO_DEVELOPER_TOKEN"),
    });
    let half = |set: &str, unset: &str| Err(format!("{set} is set, but {unset} is not. Domo needs both."));
    let cases: [(&[&str], Result<DomoCredential, String>); 9] = [
        (&[id, secret], client.clone()),
        (&[id, secret, instance], client),
        (&[token, instance], developer.clone()),
        (&[id, secret, token, instance], developer),
        (&[id], half(id, secret)),
        (&[secret], half(secret, id)),
        (&[token], half(token, instance)),
        (&[id, secret, token], half(token, instance)),
        (&[instance], half(instance, token)),
    ];
    for (set, expected) in cases {
        let mut ann = Person::new().has(Service::Domo, "acme", Some("kept")).await;
        ann.environment = Environment::read(|name| {
            let value = match name {
                "DOMO_INSTANCE" => "https://acme.domo.com/".to_owned(),
                "DOMO_CLIENT_ID" => format!(" {name}\n"),
                name => format!("of-{name}"),
            };
            set.contains(&name).then_some(value)
        });
        let both = set.len() == 4;
        let origin = if both { CredentialOrigin::DeveloperToken } else { CredentialOrigin::Environment };
        let expected = expected.map(|credential| Resolved { credential, address: None, origin });
        assert_eq!(ann.domo(None).await, expected, "{set:?}");
        assert!(ann.domo(Some("acme")).await.is_ok(), "a name needs no environment");
    }
}

#[tokio::test]
async fn a_domo_account_is_a_client_or_a_developer_token() {
    let mut ann = Person::new().has(Service::Domo, "acme", Some("s")).await;
    let client = DomoCredential::Client { id: "client".to_owned(), secret: Secret::new("s") };
    assert_eq!(ann.domo(Some("acme")).await.unwrap().credential, client);
    let developer = Account {
        client_id: None,
        instance: Some("acme.domo.com".to_owned()),
        address: Some("https://proxy.example/v0".to_owned()),
        ..account(Service::Domo, "acme")
    };
    ann.book.put(developer.clone()).await.unwrap();
    let resolved = ann.domo(None).await.unwrap();
    let token = DomoCredential::DeveloperToken { instance: "acme".to_owned(), token: Secret::new("s") };
    assert_eq!(resolved.credential, token);
    assert_eq!(resolved.address, Some("https://proxy.example".parse::<Address>().unwrap()));

    ann.book.put(Account { address: Some("http://proxy.example".to_owned()), ..developer.clone() }).await.unwrap();
    let error = ann.domo(None).await.unwrap_err();
    assert!(error.starts_with("The Domo account `acme` has a wrong address in accounts.toml. The address"), "{error}");
    ann.book.put(Account { address: None, instance: Some("a.b".to_owned()), ..developer.clone() }).await.unwrap();
    let error = ann.domo(None).await.unwrap_err();
    assert!(error.starts_with("The Domo account `acme`: `a.b` is no Domo instance."), "{error}");
    ann.book.put(Account { address: None, instance: None, ..developer }).await.unwrap();
    assert!(ann.domo(None).await.unwrap_err().contains("neither client_id nor instance"));
}

#[tokio::test]
async fn systemd_comes_before_the_keyring_and_needs_no_book() {
    let mut ann = Person::new().has(Service::DataWorld, "analyst", Some(TOKEN)).await;
    ann.systemd_gives("other", "unused");
    assert_eq!(ann.dataworld(Some("analyst")).await, taken(TOKEN, CredentialOrigin::Account("analyst".to_owned())));
    ann.systemd_gives("analyst", "from-systemd\n");
    let plain = taken("from-systemd", systemd("analyst"));
    assert_eq!(ann.dataworld(Some("analyst")).await, plain);

    ann.systemd_gives("analyst", "\n");
    assert!(ann.dataworld(Some("analyst")).await.unwrap_err().ends_with("cannot be read: it is empty."));

    // Both services have an account of that name, so the file is ambiguous.
    let mut ann = ann.has(Service::Domo, "analyst", Some("s")).await;
    assert_eq!(ann.domo(Some("analyst")).await.unwrap().origin, CredentialOrigin::Account("analyst".to_owned()));
    assert_eq!(ann.dataworld(Some("analyst")).await.unwrap().credential, Secret::new(TOKEN));
    ann.systemd_gives("domo.analyst", "own");
    assert_eq!(ann.domo(Some("analyst")).await.unwrap().origin, systemd("domo.analyst"));

    let mut server = Person::new();
    server.systemd_gives("acme", "s");
    assert!(server.domo(Some("acme")).await.unwrap_err().contains("neither client_id nor instance"));
    server.environment.domo_client_id = Some("id".to_owned());
    let client = DomoCredential::Client { id: "id".to_owned(), secret: Secret::new("s") };
    assert_eq!(server.domo(Some("acme")).await.unwrap().credential, client);
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder_of_systemd() {
    let mut ann = Person::new();
    std::fs::write(ann.folder.path().join("outside"), "secret").unwrap();
    ann.systemd_gives("inside", "x");
    let error = ann.dataworld(Some("../outside")).await.unwrap_err();
    assert!(error.starts_with("There is no data.world account `../outside`."), "{error}");
}

#[tokio::test]
async fn a_keyring_that_fails_says_so_with_the_account() {
    let ann = Person::new().has(Service::DataWorld, "analyst", None).await;
    let store = keyring::mock::Store::new().unwrap();
    let shared: std::sync::Arc<keyring::CredentialStore> = store.clone();
    let entry = shared.build("writeback", "data.world:analyst", None).unwrap();
    let failure = keyring::Error::Ambiguous(Vec::new());
    entry.as_any().downcast_ref::<keyring::mock::Cred>().unwrap().set_error(failure);
    let ann = Person { vault: Vault::with_store(store, "Mock"), ..ann };
    let expected = format!(
        "The secret of the data.world account `analyst` cannot be read. {} To do without a keyring, name no account and set \
         DW_AUTH_TOKEN.",
        KeyringError::Several(0)
    );
    assert_eq!(ann.dataworld(Some("analyst")).await.unwrap_err(), expected);
}
