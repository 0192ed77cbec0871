//! The vault against a real Secret Service, one test a state of it. `tests/keyring.sh` makes the states and runs each
//! test in its own; on a machine without them `cargo test` leaves them out.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use writeback::testing::accounts::{KeyringError, SecretHome, Vault};
use writeback::testing::export::Service::{DataWorld, Domo};
use writeback::testing::text::secret::Secret;

/// The vault gives a call up after 3 s; the rest is for a machine that is busy.
const NEVER_LONGER: Duration = Duration::from_secs(10);

/// A secret that the script put into a keyring before it locked it.
const KEPT: &str = "kept";

#[tokio::test]
#[ignore = "needs a Secret Service; run tests/keyring.sh unlocked"]
async fn unlocked() {
    let vault = Vault::open().await;
    assert_eq!(vault.home(), SecretHome::Keyring("Secret Service"));
    assert_eq!(vault.get(DataWorld, "analyst").await, Ok(None));
    assert_eq!(vault.set(DataWorld, "analyst", &Secret::new("eyJ.first")).await, vault.home());
    assert_eq!(vault.set(DataWorld, "analyst", &Secret::new("eyJ.token")).await, vault.home());
    assert_eq!(vault.set(Domo, "analyst", &Secret::new("ünïcode")).await, vault.home());
    // Other programs find it, under the names that the manual gives.
    assert_eq!(secret_tool("data.world:analyst"), "eyJ.token");
    assert_eq!(secret_tool("domo:analyst"), "ünïcode");

    // Another program has nothing of this one's memory.
    let other = Vault::open().await;
    assert_eq!(other.get(DataWorld, "analyst").await, Ok(Some(Secret::new("eyJ.token"))));
    assert_eq!(other.get(Domo, "analyst").await, Ok(Some(Secret::new("ünïcode"))));
    assert_eq!(other.delete(DataWorld, "analyst").await, Ok(true));
    assert_eq!(other.delete(DataWorld, "analyst").await, Ok(false));
    assert_eq!(vault.get(DataWorld, "analyst").await, Ok(None));
    assert_eq!(secret_tool("data.world:analyst"), "");
    assert_eq!(secret_tool("domo:analyst"), "ünïcode");
}

#[tokio::test]
#[ignore = "needs a locked Secret Service; run tests/keyring.sh locked"]
async fn locked() {
    nothing_is_lost(KeyringError::Locked).await;
    assert_eq!(Vault::open().await.get(DataWorld, KEPT).await, Err(KeyringError::Locked));
    assert_eq!(Vault::open().await.delete(DataWorld, KEPT).await, Err(KeyringError::Locked));
    // Without a display there is nobody to wait for.
    let (vault, start) = (Vault::open().await, Instant::now());
    assert!(vault.is_locked());
    assert_eq!(vault.unlock(Duration::from_secs(600)).await, locked_home());
    assert!(start.elapsed() < NEVER_LONGER, "{:?}", start.elapsed());
}

#[tokio::test]
#[ignore = "needs a locked Secret Service; run tests/keyring.sh unlocked_later"]
async fn unlocked_later() {
    let vault = Vault::open().await;
    assert_eq!(vault.set(DataWorld, "analyst", &Secret::new("old")).await, locked_home());
    unlock_from_elsewhere();
    // The same vault finds that out when it looks, and puts the secret where it belongs.
    assert_eq!(vault.home(), locked_home());
    let start = Instant::now();
    while vault.probe().await != SecretHome::Keyring("Secret Service") {
        assert!(start.elapsed() < NEVER_LONGER, "{:?}", vault.home());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!vault.is_locked());
    assert_eq!(vault.get(DataWorld, KEPT).await, Ok(Some(Secret::new("kept"))));
    assert_eq!(vault.set(DataWorld, "analyst", &Secret::new("new")).await, vault.home());
    assert_eq!(secret_tool("data.world:analyst"), "new");
    assert_eq!(Vault::open().await.get(DataWorld, "analyst").await, Ok(Some(Secret::new("new"))));
}

#[tokio::test]
#[ignore = "needs a Secret Service with a wrong password; run tests/keyring.sh wrong_password"]
async fn wrong_password() {
    nothing_is_lost(KeyringError::Locked).await;
    assert_eq!(Vault::open().await.get(DataWorld, KEPT).await, Err(KeyringError::Locked));
}

#[tokio::test]
#[ignore = "needs a frozen Secret Service; run tests/keyring.sh frozen"]
async fn frozen() {
    nothing_is_lost(KeyringError::Silent).await;
    let start = Instant::now();
    assert_eq!(Vault::platform().get(DataWorld, "other").await, Err(KeyringError::Silent));
    assert!(start.elapsed() < NEVER_LONGER, "{:?}", start.elapsed());
}

#[tokio::test]
#[ignore = "needs a Secret Service without a keyring; run tests/keyring.sh no_default"]
async fn no_default() {
    nothing_is_lost(KeyringError::NoDefault).await;
}

#[tokio::test]
#[ignore = "needs a session bus without a Secret Service; run tests/keyring.sh no_program"]
async fn no_program() {
    nothing_is_lost(KeyringError::NoProgram).await;
    assert_eq!(Vault::open().await.get(DataWorld, "other").await, Err(KeyringError::NoProgram));
}

#[tokio::test]
#[ignore = "needs to be without a session bus; run tests/keyring.sh no_bus"]
async fn no_bus() {
    nothing_is_lost(KeyringError::NoBus).await;
    assert_eq!(Vault::open().await.get(DataWorld, "other").await, Err(KeyringError::NoBus));
}

/// The vault says before anything is typed that, and why, there is no keyring, and keeps a secret all the same.
async fn nothing_is_lost(why: KeyringError) {
    let start = Instant::now();
    let vault = Vault::open().await;
    let home = SecretHome::Session(why.clone());
    assert_eq!(vault.home(), home);
    assert!(start.elapsed() < NEVER_LONGER, "{:?}", start.elapsed());

    let start = Instant::now();
    assert_eq!(vault.set(DataWorld, "analyst", &Secret::new("eyJ.token")).await, home);
    assert!(start.elapsed() < NEVER_LONGER, "{:?}", start.elapsed());
    assert_eq!(vault.get(DataWorld, "analyst").await, Ok(Some(Secret::new("eyJ.token"))));
}

fn locked_home() -> SecretHome {
    SecretHome::Session(KeyringError::Locked)
}

/// Puts a daemon that has the password in the place of the running one, as logging in to a desktop does.
fn unlock_from_elsewhere() {
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--replace", "--unlock", "--components=secrets", "--daemonize"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    daemon.stdin.take().unwrap().write_all(b"right").unwrap();
    assert!(daemon.wait().unwrap().success());
}

/// Looks a secret up with `secret-tool`; empty where there is none.
fn secret_tool(user: &str) -> String {
    let output =
        Command::new("secret-tool").args(["lookup", "service", "writeback", "username", user]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
