//! Tools for effects in a test, with all their files in one folder.

use std::path::Path;

use writeback::testing::accounts::{KeyringError, Vault};
use writeback::testing::config::{Addresses, Config, Environment, Limits, Network};
use writeback::testing::tui::Tools;

pub(crate) fn tools(home: &Path) -> Tools {
    let environment = Environment::default();
    Tools {
        addresses: Addresses::new(&Config::default(), &environment).expect("the usual addresses"),
        limits: Limits::default(),
        network: Network::default(),
        environment,
        accounts: home.join("accounts.toml"),
        exports: home.join("exports"),
        state: home.to_owned(),
        spool_folder: home.to_owned(),
        vault: Vault::session_only(KeyringError::NoBus),
        in_cron: Vec::new,
        now: chrono::Utc::now,
    }
}
