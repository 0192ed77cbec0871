//! Commands in, what is said and kept out; data.world and Domo are the sandbox.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser as _;
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::accounts::KeyringError;
use crate::config::{Addresses, Config, Limits, Network};
use crate::export::Export;
use crate::sandbox::{Effect, Fault, Options, Route, Sandbox, samples};

#[derive(Debug, clap::Parser)]
struct Cli {
    #[command(subcommand)]
    command: AccountsCommand,
}

/// A person at a terminal: their files, their keyring, and the services.
struct Person {
    home: tempfile::TempDir,
    store: Arc<mock::Store>,
    has_keyring: bool,
    environment: Environment,
    sandbox: Sandbox,
    types: &'static str,
    says_yes: bool,
    asked: Vec<String>,
}

impl Person {
    async fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            store: mock::Store::new().unwrap(),
            has_keyring: true,
            environment: Environment::default(),
            sandbox: Sandbox::start(Options::default()).await.unwrap(),
            types: samples::READ_WRITE,
            says_yes: false,
            asked: Vec::new(),
        }
    }

    /// Runs a command line; what it prints, or how it fails.
    async fn runs(&mut self, line: &str) -> Result<String, String> {
        let (said, result) = self.runs_and_says(line).await;
        result.map(|_| said)
    }

    /// Runs a command line; what it prints, and how it ends.
    async fn runs_and_says(&mut self, line: &str) -> (String, Result<Exit, String>) {
        let cli = Cli::try_parse_from(std::iter::once("accounts").chain(line.split(' '))).unwrap();
        let environment = Environment {
            dataworld_url: Some(self.sandbox.dataworld_url()),
            domo_url: Some(self.sandbox.domo_url()),
            ..self.environment.clone()
        };
        let addresses = Addresses::new(&Config::default(), &environment).unwrap();
        let services =
            Services::new(addresses, &Limits { attempts: 1, ..Limits::default() }, &Network::default()).unwrap();
        let (types, says_yes, asked) = (self.types, self.says_yes, &mut self.asked);
        let mut out = Vec::new();
        let tools = AccountsTools {
            book: match Book::load(&self.home.path().join("accounts.toml")) {
                Ok(book) => book,
                Err(error) => return (String::new(), Err(error.to_string())),
            },
            vault: match self.has_keyring {
                true => Vault::with_store(self.store.clone(), "Mock Keyring"),
                false => Vault::session_only(KeyringError::NoBus.to_string()),
            },
            uses: Uses::read(&self.home.path().join("exports")),
            services: &services,
            environment: &environment,
            now: noon(),
            secret: &mut |prompt| {
                asked.push(prompt.to_owned());
                Ok(Secret::from_paste(types))
            },
            confirm: &mut |_| says_yes,
            out: &mut out,
        };
        let result = tools.run(&cli.command).await.map_err(|trouble| trouble.sentence().to_owned());
        (String::from_utf8(out).unwrap(), result)
    }

    fn keyring_has(&self, user: &str) -> Option<String> {
        let store: Arc<CredentialStore> = self.store.clone();
        store.build("writeback", user, None).unwrap().get_password().ok()
    }

    /// Has the keyring fail at its next call for that account.
    fn keyring_fails(&self, user: &str, error: keyring_core::Error) {
        let store: Arc<CredentialStore> = self.store.clone();
        let entry = store.build("writeback", user, None).unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    fn book(&self) -> Vec<Account> {
        Book::load(&self.home.path().join("accounts.toml")).unwrap().all().to_vec()
    }

    /// Saves an export that uses these accounts.
    fn export(&self, name: &str, domo: &str, dataworld: &str) -> PathBuf {
        let text = format!(
            "# Mine.\nname = \"{name}\"\n[input]\ndataset = \"{}\"\n[output]\ndataset = \"acme/sales\"\n\
             file = \"sales\"\n[credentials]\ndomo = \"{domo}\"\ndataworld = \"{dataworld}\"\n",
            samples::DAILY_SALES
        );
        let path = self.home.path().join("exports").join(format!("{}.toml", name.to_lowercase()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn add_tests_then_keeps_then_says_where_and_whose() {
    let mut ann = Person::new().await;
    let said = ann.runs("add data.world --name analyst").await.unwrap();
    assert_eq!(said, "Added the data.world account analyst: valid (analyst). Its API token is in the Mock Keyring.\n");
    assert_eq!(ann.asked, ["data.world API token: "]);
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some(samples::READ_WRITE));
    let account = &ann.book()[0];
    assert_eq!((account.user.as_deref(), account.tested), (Some("analyst"), Some(noon())));
    assert!(!std::fs::read_to_string(ann.home.path().join("accounts.toml")).unwrap().contains("eyJ"));

    ann.types = samples::READ_ONLY;
    let said = ann.runs("add dataworld --name analyst").await.unwrap();
    assert!(said.starts_with("Replaced the data.world account analyst: "), "{said}");
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some(samples::READ_ONLY));
    assert_eq!(ann.book().len(), 1);
}

#[tokio::test]
async fn an_account_may_have_an_address_of_its_own() {
    let mut ann = Person::new().await;
    let other = Sandbox::start(Options::default()).await.unwrap();
    let url = other.dataworld_url();
    ann.runs(&format!("add data.world --name other --url {url}/v0/")).await.unwrap();
    assert_eq!(other.requests().len(), 1);
    assert!(ann.sandbox.requests().is_empty());
    assert_eq!(ann.book()[0].address.as_deref(), Some(url.as_str()));
}

#[tokio::test]
async fn a_domo_account_is_a_client_or_a_developer_token() {
    let mut ann = Person::new().await;
    ann.types = samples::CLIENT_SECRET;
    let said = ann.runs(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    assert!(said.contains(", at acme.domo.com. Its client secret is in the Mock Keyring."), "{said}");
    assert_eq!(ann.book()[0].instance.as_deref(), Some("acme"));

    ann.types = samples::DEVELOPER_TOKEN;
    let said = ann.runs("add domo --name dev --instance https://acme.domo.com/home").await.unwrap();
    assert!(said.ends_with("Its developer token is in the Mock Keyring.\n"), "{said}");
    assert_eq!((ann.book()[1].client_id.as_deref(), ann.book()[1].instance.as_deref()), (None, Some("acme")));

    for wrong in [
        "add domo --name a",
        "add domo --name a --client-id 0f --instance acme",
        "add domo --client-id 0f",
        "add data.world --name a --token x",
        "test data.world",
    ] {
        assert!(Cli::try_parse_from(std::iter::once("accounts").chain(wrong.split(' '))).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn what_is_refused_is_kept_nowhere() {
    let mut ann = Person::new().await;
    ann.types = samples::EXPIRED;
    let error = ann.runs("add data.world --name analyst").await.unwrap_err();
    assert!(error.contains("so data.world does not accept it (401)."), "{error}");
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
    assert!(ann.book().is_empty());

    let requests = ann.sandbox.requests().len();
    for (line, expected) in [
        ("add data.world --name ../x", "The name cannot contain '/'."),
        ("add data.world --name a --url http://dw.example", "--url: The address has to begin with https://"),
        ("add domo --name a --instance api.domo.com", "--instance: `api.domo.com` is no Domo instance."),
    ] {
        let error = ann.runs(line).await.unwrap_err();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(ann.sandbox.requests().len(), requests, "nothing is sent anywhere");
    }
}

#[tokio::test]
async fn without_a_keyring_a_secret_is_tested_and_the_variables_are_named() {
    let mut ann = Person::new().await;
    ann.has_keyring = false;
    let (said, exit) = ann.runs_and_says("add data.world --name analyst").await;
    assert_eq!(
        said,
        "The API token cannot be kept here, so it is only tested.\n\
         ✓ data.world API token: valid (analyst)\n"
    );
    let error = exit.unwrap_err();
    assert!(
        error.starts_with(
            "Nothing was saved, because the data.world API token could not be stored in a keyring. There is"
        ),
        "{error}"
    );
    assert!(error.ends_with("set DW_AUTH_TOKEN instead of saving an account."), "{error}");
    assert!(ann.book().is_empty());

    ann.types = samples::EXPIRED;
    let (said, exit) = ann.runs_and_says("add data.world --name analyst").await;
    assert!(!said.contains('✓') && exit.unwrap_err().contains("does not accept it (401)"), "{said}");
}

#[tokio::test]
async fn a_keyring_that_fails_at_the_end_leaves_no_account() {
    let mut ann = Person::new().await;
    ann.keyring_fails("data.world:analyst", keyring_core::Error::TooLong("secret".to_owned(), 8));
    let (said, exit) = ann.runs_and_says("add data.world --name analyst").await;
    assert_eq!(said, "✓ data.world API token: valid (analyst)\n");
    let error = exit.unwrap_err();
    assert!(error.contains("longer than the 8 characters"), "{error}");
    assert!(ann.book().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_book_that_cannot_be_written_leaves_no_secret() {
    let mut ann = Person::new().await;
    // The lock's place is taken by a folder.
    std::fs::create_dir(ann.home.path().join("accounts.toml.lock")).unwrap();
    let error = ann.runs("add data.world --name analyst").await.unwrap_err();
    assert!(error.starts_with("The account could not be saved"), "{error}");
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
}

#[tokio::test]
async fn replace_keeps_what_is_not_said_anew() {
    let mut ann = Person::new().await;
    ann.types = samples::CLIENT_SECRET;
    ann.runs(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    let said = ann.runs("replace domo acme").await.unwrap();
    assert!(said.starts_with("Replaced the Domo account acme: valid"), "{said}");
    assert_eq!(ann.book()[0].client_id.as_deref(), Some(samples::CLIENT_ID));
    ann.types = samples::DEVELOPER_TOKEN;
    ann.runs("replace domo acme --instance acme").await.unwrap();
    assert_eq!((ann.book().len(), ann.book()[0].client_id.as_deref()), (1, None));
    assert_eq!(ann.keyring_has("domo:acme").as_deref(), Some(samples::DEVELOPER_TOKEN));

    ann.types = "wrong";
    ann.runs("replace domo acme").await.unwrap_err();
    assert_eq!(ann.keyring_has("domo:acme").as_deref(), Some(samples::DEVELOPER_TOKEN), "the old one stays");
    assert!(ann.runs("replace domo nobody").await.unwrap_err().starts_with("There is no Domo account `nobody`."));
    ann.types = samples::READ_WRITE;
    ann.runs("add data.world --name analyst").await.unwrap();
    assert!(ann.runs("replace data.world analyst --client-id 0f").await.unwrap_err().contains("for Domo accounts"));
}

#[tokio::test]
async fn list_shows_everything_but_the_secret() {
    let mut ann = Person::new().await;
    assert!(ann.runs("list").await.unwrap().starts_with("There are no accounts yet, and the environment has no"));
    assert_eq!(ann.runs("list --json").await.unwrap(), "[]\n");
    let answer = "{\"id\":\"ann\\u001b[31m\"}";
    ann.sandbox
        .fault(Fault::once(Route::Path { method: None, prefix: "/v0/user".to_owned() }, Effect::status(200, answer)));
    ann.runs("add data.world --name analyst").await.unwrap();
    ann.types = samples::CLIENT_SECRET;
    ann.runs(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    ann.export("Sales", "acme", "analyst");
    ann.export("Costs", "acme", "other");
    let table = ann.runs("list").await.unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let words =
        |line: &str| line.split("  ").filter(|it| !it.is_empty()).map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    assert_eq!(words(lines[0]), ["Service", "Name", "User", "Instance", "Exports", "Last tested (UTC)"]);
    assert_eq!(words(lines[1]), ["data.world", "analyst", "ann\u{fffd}[31m", "-", "1", "22 Nov 2026 12:00, valid"]);
    assert_eq!(words(lines[2])[3..], ["acme", "2", "22 Nov 2026 12:00, valid"]);
    let json = ann.runs("list --json").await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&read[0]["service"], &read[1]["client_id"]), (&"data.world".into(), &samples::CLIENT_ID.into()));
    assert_eq!(read[1]["exports"], serde_json::json!(["Costs", "Sales"]));
    assert!(!json.contains("eyJ") && !table.contains("eyJ"));
}

#[tokio::test]
async fn test_writes_down_what_came_of_it() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    ann.types = samples::CLIENT_SECRET;
    ann.runs(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    let (said, exit) = ann.runs_and_says("test").await;
    assert_eq!(exit, Ok(Exit::Done));
    assert!(said.starts_with("✓ data.world analyst: valid (analyst)\n✓ Domo acme: valid"), "{said}");

    let user = || Route::Path { method: None, prefix: "/v0/user".to_owned() };
    ann.sandbox.fault(Fault::once(user(), Effect::status(503, "")));
    let (said, exit) = ann.runs_and_says("test data.world analyst").await;
    assert_eq!(exit, Ok(Exit::Failed));
    assert!(said.starts_with("✗ data.world analyst: data.world has a problem of its own"), "{said}");
    assert_eq!(ann.book()[0].refused, None, "a service that cannot be asked has refused nothing");

    ann.sandbox.fault(Fault::once(user(), Effect::status(401, "")));
    assert_eq!(ann.runs_and_says("test").await.1, Ok(Exit::Credentials));
    assert_eq!(ann.book()[0].refused, Some(noon()));
    assert!(ann.runs("list").await.unwrap().contains("12:00, not valid"));
    ann.runs("test data.world analyst").await.unwrap();
    assert_eq!(ann.book()[0].refused, None);
}

#[tokio::test]
async fn what_the_environment_has_is_listed_and_tested_and_not_written_down() {
    let mut ann = Person::new().await;
    let (said, exit) = ann.runs_and_says("test").await;
    let error = exit.unwrap_err();
    assert!(said.is_empty() && error.starts_with("There is nothing to test: no account is saved, and"), "{error}");

    ann.environment.dataworld_token = Some(Secret::new(samples::READ_WRITE));
    ann.environment.domo_client_id = Some(samples::CLIENT_ID.to_owned());
    ann.export("Sales", "acme", "analyst");
    let path = ann.export("Costs", "acme", "analyst");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.split("[credentials]").next().unwrap()).unwrap();
    let half = "DOMO_CLIENT_ID is set, but DOMO_CLIENT_SECRET is not. Domo needs both.";
    let (said, exit) = ann.runs_and_says("test").await;
    assert_eq!(exit, Ok(Exit::Credentials));
    assert_eq!(said, format!("✓ data.world from environment: valid (analyst)\n✗ Domo from environment: {half}\n"));
    let table = ann.runs("list").await.unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].starts_with("data.world  from environment") && lines[1].ends_with("1        -"), "{table}");
    assert!(lines[2].contains("from environment") && lines[2].ends_with(half), "{table}");
    let json: serde_json::Value = serde_json::from_str(&ann.runs("list --json").await.unwrap()).unwrap();
    assert_eq!((&json[0]["origin"], &json[0]["wrong"]), (&"environment".into(), &serde_json::Value::Null));
    assert_eq!((&json[0]["exports"], &json[1]["wrong"]), (&serde_json::json!(["Costs"]), &half.into()));

    ann.environment.domo_client_secret = Some(Secret::new("wrong"));
    let (said, exit) = ann.runs_and_says("test").await;
    assert_eq!(exit, Ok(Exit::Credentials));
    assert!(said.contains("✗ Domo from environment: Domo"), "{said}");
    ann.environment.domo_client_secret = Some(Secret::new(samples::CLIENT_SECRET));
    ann.runs("add data.world --name analyst").await.unwrap();
    let (said, exit) = ann.runs_and_says("test").await;
    assert_eq!((exit, said.lines().count(), said.matches('✓').count()), (Ok(Exit::Done), 3, 3), "{said}");
    assert_eq!(ann.book().len(), 1, "what is in the environment is in no book");
    let json: serde_json::Value = serde_json::from_str(&ann.runs("list --json").await.unwrap()).unwrap();
    assert_eq!(json[0]["origin"], "account");
}

#[tokio::test]
async fn rename_takes_the_secret_and_the_exports_along() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    let path = ann.export("Sales", "acme", "analyst");
    let said = ann.runs("rename data.world analyst ann").await.unwrap();
    assert_eq!(said, "Renamed the data.world account analyst to ann, also in the export Sales.\n");
    assert_eq!(ann.keyring_has("data.world:ann").as_deref(), Some(samples::READ_WRITE));
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
    assert_eq!(ann.book().iter().map(|account| account.name.as_str()).collect::<Vec<_>>(), ["ann"]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Mine.") && text.contains("dataworld = \"ann\""), "{text}");

    ann.runs("add data.world --name other").await.unwrap();
    for (line, expected) in [
        ("rename data.world ann other", "There is already a data.world account `other`."),
        ("rename data.world ann Other", "There is already a data.world account `other`."),
        ("rename data.world ann a/b", "The name cannot contain '/'."),
        ("rename data.world nobody x", "There is no data.world account `nobody`."),
    ] {
        let error = ann.runs(line).await.unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(ann.keyring_has("data.world:Other"), None, "nothing is left behind");
}

#[tokio::test]
async fn a_rename_that_fails_has_changed_nothing() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    let path = ann.export("Sales", "acme", "analyst");
    let is_as_before = |ann: &Person, why: &str| {
        assert_eq!(ann.book().len(), 1, "{why}");
        assert_eq!(ann.book()[0].name, "analyst", "{why}");
        assert!(ann.keyring_has("data.world:analyst").is_some(), "{why}");
        assert_eq!(Export::load(&path).unwrap().credentials.dataworld.as_deref(), Some("analyst"), "{why}");
    };
    ann.keyring_fails("data.world:ann", keyring_core::Error::NotSupportedByStore("no".to_owned()));
    ann.runs("rename data.world analyst ann").await.unwrap_err();
    is_as_before(&ann, "the keyring does not take the new one");
    ann.keyring_fails("data.world:analyst", keyring_core::Error::NotSupportedByStore("no".to_owned()));
    ann.runs("rename data.world analyst ann").await.unwrap_err();
    is_as_before(&ann, "the keyring does not give the old one");
    let wrong = ann.home.path().join("exports/wrong.toml");
    std::fs::write(&wrong, "name = 1").unwrap();
    let error = ann.runs("rename data.world analyst ann").await.unwrap_err();
    assert!(error.contains("wrong.toml, line 1"), "{error}");
    is_as_before(&ann, "an export cannot be read");
    assert_eq!(ann.keyring_has("data.world:ann"), None);
}

#[tokio::test]
async fn move_takes_all_exports_to_another_account() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    ann.export("Sales", "acme", "gone");
    ann.export("Costs", "acme", "gone");
    let said = ann.runs("move data.world --from gone --to analyst").await.unwrap();
    assert_eq!(said, "Moved the exports Costs, Sales to the data.world account analyst.\n");
    assert!(ann.runs("move data.world --from gone --to analyst").await.unwrap_err().contains("`gone`"));
    assert!(ann.runs("move data.world --from analyst --to nobody").await.unwrap_err().contains("`nobody`"));
    ann.runs("add data.world --name other").await.unwrap();
    let said = ann.runs("move data.world --from other --to analyst").await.unwrap();
    assert_eq!(said, "No export uses the data.world account other.\n");
}

#[tokio::test]
async fn remove_names_what_stops_working_and_asks() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    let error = ann.runs("remove data.world analist").await.unwrap_err();
    assert!(error.starts_with("There is no data.world account `analist`."), "{error}");

    let path = ann.export("Sales", "acme", "analyst");
    let error = ann.runs("remove data.world analyst").await.unwrap_err();
    assert!(error.starts_with("Nothing was removed."), "{error}");
    assert!(ann.keyring_has("data.world:analyst").is_some() && ann.book().len() == 1);

    ann.export("Costs", "acme", "analyst");
    ann.says_yes = true;
    let said = ann.runs("remove data.world analyst").await.unwrap();
    assert_eq!(
        said,
        "The account is used by the exports Costs, Sales; they stop working.\n\
         Removed the data.world account analyst and its secret.\n\
         The token stays valid until you revoke it in data.world under Settings, Advanced.\n"
    );
    assert!(ann.keyring_has("data.world:analyst").is_none() && ann.book().is_empty());

    ann.runs("add data.world --name analyst").await.unwrap();
    std::fs::write(path, "name = 1").unwrap();
    let said = ann.runs("remove dataworld analyst --yes").await.unwrap();
    assert!(said.starts_with("The account is used by the export Costs; it stops working.\nAn export that"), "{said}");
}

#[tokio::test]
async fn an_export_that_names_no_account_uses_the_only_one() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    let path = ann.export("Sales", "acme", "analyst");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("dataworld = \"analyst\"\n", "")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&ann.runs("list --json").await.unwrap()).unwrap();
    assert_eq!(json[0]["exports"], serde_json::json!(["Sales"]));
    let said = ann.runs("remove data.world analyst --yes").await.unwrap();
    assert!(said.starts_with("The account is used by the export Sales; it stops working.\n"), "{said}");

    // Of two accounts a run takes neither.
    for name in ["analyst", "other"] {
        ann.runs(&format!("add data.world --name {name}")).await.unwrap();
    }
    let said = ann.runs("remove data.world analyst --yes").await.unwrap();
    assert!(said.starts_with("Removed the data.world account analyst"), "{said}");
}

#[tokio::test]
async fn a_locked_keyring_keeps_the_account_and_another_failure_does_not() {
    let mut ann = Person::new().await;
    ann.runs("add data.world --name analyst").await.unwrap();
    #[cfg(target_os = "linux")]
    {
        let locked = keyring_core::Error::NoStorageAccess(Box::new(dbus_secret_service::Error::Locked));
        ann.keyring_fails("data.world:analyst", locked);
        let error = ann.runs("remove data.world analyst --yes").await.unwrap_err();
        assert!(error.contains("was not removed") && error.contains("is locked"), "{error}");
        assert_eq!(ann.book().len(), 1);
    }
    ann.keyring_fails("data.world:analyst", keyring_core::Error::NotSupportedByStore("no".to_owned()));
    let said = ann.runs("remove data.world analyst --yes").await.unwrap();
    assert!(said.contains("If a keyring has its secret, it is still there"), "{said}");
    assert!(ann.book().is_empty());
}
