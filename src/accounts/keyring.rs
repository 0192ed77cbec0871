//! The platform's keyring and its errors. Every call blocks, some for as long as a person takes to answer a dialog, so
//! only [`super::Vault`] calls.

use std::sync::Arc;

use keyring::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::system::files::IoError;
use crate::text::secret::Secret;

/// The `service` of Writeback's entries in the keyring.
const SERVICE: &str = "writeback";

/// The name by which people know the platform's keyring.
#[cfg(target_os = "linux")]
pub(super) const NAME: &str = "Secret Service";
#[cfg(target_os = "macos")]
pub(super) const NAME: &str = "Keychain";
#[cfg(windows)]
pub(super) const NAME: &str = "Credential Manager";
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) const NAME: &str = "keyring";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// No session bus: a container, SSH, cron.
    NoBus,
    /// A session bus without a secret service.
    NoProgram,
    /// A secret service without a default keyring.
    NoDefault,
    Locked,
    /// The keyring is frozen, or waits for an answer to its dialog.
    Silent,
    TooLong(u32),
    /// Several entries of one name, which only another program can have made.
    Several(usize),
    /// The entry is not text, so Writeback did not write it.
    NotText,
    /// No thread could be started for the call.
    NoThread(IoError),
    /// The call panicked.
    NoAnswer,
    /// It returns another secret than was stored.
    NotKept,
    Failed(String),
}

/// Opens the platform's keyring, anew for every call: a store holds one connection behind one lock, so a call that
/// hangs would block later ones, and a restarted daemon would not be found.
pub(super) fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    #[cfg(target_os = "linux")]
    let store = dbus_secret_service_keyring_store::Store::new();
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    let store: keyring::Result<Arc<keyring::mock::Store>> = Err(Error::NoDefaultStore);
    match store {
        Ok(store) => Ok(store),
        Err(error) => Err(explain(error)),
    }
}

/// Checks if a secret could be saved now, without showing a dialog.
#[cfg(target_os = "linux")]
pub(super) fn probe() -> Result<(), KeyringError> {
    use dbus_secret_service::{EncryptionType, SecretService};
    let locked = SecretService::connect(EncryptionType::Dh)
        .and_then(|service| service.get_default_collection()?.is_locked())
        .map_err(|error| explain_secret_service(&error))?;
    if locked { Err(KeyringError::Locked) } else { Ok(()) }
}

/// Checks if a secret could be saved now, as far as reading a missing one tells.
#[cfg(not(target_os = "linux"))]
pub(super) fn probe() -> Result<(), KeyringError> {
    get(&*open()?, "probe").map(|_| ())
}

/// Shows the keyring's dialog if it is locked, and returns once the person has answered it, or at once without a
/// display. The dialog goes with the connection, so the call has to stay until then.
#[cfg(target_os = "linux")]
pub(super) fn unlock() -> Result<(), KeyringError> {
    use dbus_secret_service::{EncryptionType, SecretService};
    SecretService::connect(EncryptionType::Dh)
        .and_then(|service| service.get_default_collection()?.ensure_unlocked())
        .map_err(|error| explain_secret_service(&error))?;
    probe()
}

/// The platform shows its dialog when a secret is read.
#[cfg(not(target_os = "linux"))]
pub(super) fn unlock() -> Result<(), KeyringError> {
    probe()
}

pub(super) fn get(store: &CredentialStore, user: &str) -> Result<Option<Secret>, KeyringError> {
    match entry(store, user)?.get_secret() {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(KeyringError::NotText)
            }
        },
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(explain(error)),
    }
}

/// Stores the secret as bytes: Windows stores text in twice the room and has a limit.
pub(super) fn set(store: &CredentialStore, user: &str, secret: &Secret) -> Result<(), KeyringError> {
    entry(store, user)?.set_secret(secret.expose().as_bytes()).map_err(explain)
}

/// Deletes the secret; `false` if there was none.
pub(super) fn delete(store: &CredentialStore, user: &str) -> Result<bool, KeyringError> {
    match entry(store, user)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(explain(error)),
    }
}

fn entry(store: &CredentialStore, user: &str) -> Result<Entry, KeyringError> {
    // By default, Windows lets a secret roam to other computers of the domain. No other store knows this key.
    #[cfg(windows)]
    let modifiers = (store.as_any().is::<windows_native_keyring_store::Store>())
        .then(|| std::collections::HashMap::from([("persistence", "Local")]));
    #[cfg(not(windows))]
    let modifiers = None;
    store.build(SERVICE, user, modifiers.as_ref()).map_err(explain)
}

/// Maps an error of the store. Its own text is used only where nothing better is known, and never that of variants that
/// carry what was stored.
fn explain(error: Error) -> KeyringError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => explain_platform(&*cause),
        Error::TooLong(_, limit) => KeyringError::TooLong(limit),
        Error::Ambiguous(entries) => KeyringError::Several(entries.len()),
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            KeyringError::NotText
        }
        Error::NoDefaultStore => KeyringError::NoProgram,
        other => KeyringError::Failed(other.to_string()),
    }
}

#[cfg(target_os = "linux")]
fn explain_platform(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    match cause.downcast_ref::<dbus_secret_service::Error>() {
        Some(error) => explain_secret_service(error),
        None => KeyringError::Failed(cause.to_string()),
    }
}

#[cfg(not(target_os = "linux"))]
fn explain_platform(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    KeyringError::Failed(cause.to_string())
}

/// Names of errors: the D-Bus specification, "Standard errors" of libdbus, and the Secret Service API, "Errors".
#[cfg(target_os = "linux")]
fn explain_secret_service(error: &dbus_secret_service::Error) -> KeyringError {
    use dbus_secret_service::Error as Service;
    match error {
        // `Prompt`: the dialog was dismissed, or there is no display to show one on.
        Service::Locked | Service::Prompt => KeyringError::Locked,
        Service::NoResult => KeyringError::NoDefault,
        Service::Unavailable => KeyringError::NoProgram,
        Service::Dbus(error) => {
            let name = error.name().unwrap_or_default();
            let text = error.message().unwrap_or_default();
            match name.rsplit('.').next().unwrap_or_default() {
                "IsLocked" => KeyringError::Locked,
                "NoReply" | "Timeout" | "TimedOut" => KeyringError::Silent,
                "ServiceUnknown" | "NameHasNoOwner" | "UnknownObject" => KeyringError::NoProgram,
                _ if name.contains(".Error.Spawn.") && !text.contains("dbus-launch") => KeyringError::NoProgram,
                "NotSupported" | "NoServer" | "FileNotFound" | "BadAddress" | "NoNetwork" | "Disconnected"
                | "AuthFailed" => KeyringError::NoBus,
                _ if text.contains("dbus-launch") || text.contains("autolaunch") => KeyringError::NoBus,
                // A socket that nobody serves: libdbus says `Failed` with the system's own words.
                "Failed" if text.contains("connect to socket") => KeyringError::NoBus,
                _ => KeyringError::Failed(format!("{name}: {}", text.trim_end_matches('.'))),
            }
        }
        other => KeyringError::Failed(other.to_string()),
    }
}
