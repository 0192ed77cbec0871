//! Runs commands and checks output and accounts; data.world and Domo are the sandbox.

mod adding;
mod changing;
mod listing;
mod naming;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Parser as _;
use keyring::{CredentialStore, mock};

use super::*;
use crate::accounts::{Account, Book, KeyringError, Vault};
use crate::config::Environment;
use crate::export::Export;
use crate::ops::Tools;
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
    /// The exports that cron runs.
    in_cron: fn() -> Vec<String>,
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
            in_cron: Vec::new,
        }
    }

    /// Runs a command line; returns its output, or the error.
    async fn run(&mut self, line: &str) -> Result<String, String> {
        let (output, result) = self.run_with_exit(line).await;
        result.map(|_| output)
    }

    /// Runs a command line; returns its output and its result.
    async fn run_with_exit(&mut self, line: &str) -> (String, Result<Exit, String>) {
        let cli = Cli::try_parse_from(std::iter::once("accounts").chain(line.split(' '))).unwrap();
        let environment = Environment {
            dataworld_url: Some(self.sandbox.dataworld_url()),
            domo_url: Some(self.sandbox.domo_url()),
            ..self.environment.clone()
        };
        let vault = match self.has_keyring {
            true => Vault::with_store(self.store.clone(), "Mock Keyring"),
            false => Vault::session_only(KeyringError::NoBus),
        };
        let tools = Tools::in_folder(self.home.path(), environment, vault);
        let workspace = Workspace::new(Tools { in_cron: self.in_cron, now: noon, ..tools });
        let (types, says_yes, asked) = (self.types, self.says_yes, &mut self.asked);
        let mut out = Vec::new();
        let tools = AccountsTools {
            workspace: &workspace,
            secret: &mut |prompt| {
                asked.push(prompt.to_owned());
                Ok(Secret::from_paste(types))
            },
            confirm: &mut |_| Ok(says_yes),
            out: &mut out,
            room: None,
        };
        let result = tools.run(&cli.command).await.map_err(|trouble| trouble.sentence().to_owned());
        (anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string(), result)
    }

    fn keyring_has(&self, user: &str) -> Option<String> {
        let store: Arc<CredentialStore> = self.store.clone();
        store.build("writeback", user, None).unwrap().get_password().ok()
    }

    /// Makes the keyring fail at its next call for that account.
    fn keyring_fails(&self, user: &str, error: keyring::Error) {
        let store: Arc<CredentialStore> = self.store.clone();
        let entry = store.build("writeback", user, None).unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    fn book(&self) -> Vec<Account> {
        Book::load(&self.home.path().join("accounts.toml")).unwrap().all().to_vec()
    }

    /// Saves an export that names no data.world account.
    fn unnamed(&self, name: &str) {
        let path = self.export(name, "acme", "x");
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace("dataworld = \"x\"\n", "")).unwrap();
    }

    /// The text of a saved definition.
    fn text(&self, slug: &str) -> String {
        std::fs::read_to_string(self.home.path().join("exports").join(format!("{slug}.toml"))).unwrap()
    }

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
