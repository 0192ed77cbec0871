//! Secrets in the platform's keyring, or, without one, in memory until the program ends.
//!
//! A keyring may show a dialog, be frozen, or hang. So each call runs on a thread of its own and is given up after 3 s;
//! the thread is left behind and ends when the keyring answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::keyring::CredentialStore;

use super::keyring::{self, KeyringError};
use super::{SecretHome, key_of};
use crate::export::Service;
use crate::text::secret::Secret;

const LIMIT: Duration = Duration::from_secs(3);

pub struct Vault {
    kind: Kind,
    /// The name by which people know the keyring.
    name: &'static str,
    limit: Duration,
    state: Mutex<State>,
    changed: Arc<AtomicBool>,
}

#[derive(Clone)]
enum Kind {
    /// The platform's keyring, opened anew for every call.
    Platform,
    Store(Arc<CredentialStore>),
    Session,
}

struct State {
    home: SecretHome,
    locked: bool,
    /// Secrets that the keyring did not take.
    session: HashMap<String, Secret>,
}

impl Vault {
    /// Opens the platform's keyring and probes it. Takes 3 s at most, and shows no dialog.
    pub async fn open() -> Self {
        let vault = Self::platform();
        vault.probe().await;
        vault
    }

    /// The platform's keyring without a probe: a run may find all it needs in the environment and never wait for a
    /// keyring. [`Vault::home`] is a guess until the first call.
    pub fn platform() -> Self {
        Self::new(Kind::Platform, keyring::NAME, SecretHome::Keyring(keyring::NAME))
    }

    /// A keyring for tests.
    pub fn with_store(store: Arc<CredentialStore>, name: &'static str) -> Self {
        Self::new(Kind::Store(store), name, SecretHome::Keyring(name))
    }

    /// Memory in place of a keyring, for the demo: secrets count as saved.
    pub fn in_memory(name: &'static str) -> Self {
        Self::new(Kind::Session, name, SecretHome::Keyring(name))
    }

    /// No keyring, for tests: secrets are kept in memory.
    pub fn session_only(reason: KeyringError) -> Self {
        Self::new(Kind::Session, "", SecretHome::Session(reason))
    }

    fn new(kind: Kind, name: &'static str, home: SecretHome) -> Self {
        Self {
            kind,
            name,
            limit: LIMIT,
            state: Mutex::new(State { home, locked: false, session: HashMap::new() }),
            changed: Arc::default(),
        }
    }

    /// The place where the next secret would be kept, as of the last call.
    pub fn home(&self) -> SecretHome {
        self.state().home.clone()
    }

    /// Probes the keyring again, such as after the person unlocked it, and returns where a secret would be kept now.
    pub async fn probe(&self) -> SecretHome {
        if let Kind::Platform = self.kind {
            let found = self.on_a_thread(self.limit, keyring::probe).await;
            self.found(&found);
        }
        self.home()
    }

    /// Tells if the keyring wants its password first, as of the last call.
    pub fn is_locked(&self) -> bool {
        self.state().locked
    }

    /// Shows the dialog of a locked keyring, waits up to `patience` for the person, and returns where a secret would be
    /// kept now. Without a display it returns at once. The only call that may take longer than 3 s.
    pub async fn unlock(&self, patience: Duration) -> SecretHome {
        if self.is_locked() {
            let found = self.on_a_thread(patience, keyring::unlock).await;
            self.found(&found);
        }
        self.home()
    }

    /// Reads the secret of an account. The one of this session comes first, because it is newer.
    pub async fn get(&self, service: Service, name: &str) -> Result<Option<Secret>, KeyringError> {
        let user = user(service, name);
        if let Some(secret) = self.state().session.get(&user) {
            return Ok(Some(secret.clone()));
        }
        self.with_keyring(move |store| keyring::get(store, &user)).await.unwrap_or(Ok(None))
    }

    /// Saves a secret in the keyring, or, if that fails, in memory, and returns where it is.
    pub async fn set(&self, service: Service, name: &str, secret: &Secret) -> SecretHome {
        let user = user(service, name);
        let copy = (user.clone(), secret.clone());
        let result = self.with_keyring(move |store| keyring::set(store, &copy.0, &copy.1)).await;
        let mut state = self.state();
        match result {
            Some(Ok(())) => {
                self.changed.store(true, Ordering::Relaxed);
                state.session.remove(&user);
                state.home = SecretHome::Keyring(self.name);
                state.locked = false;
            }
            Some(Err(error)) => {
                state.session.insert(user, secret.clone());
                // An error of one secret says nothing about the next one.
                let home = SecretHome::Session(error.clone());
                if !matches!(error, KeyringError::TooLong(_) | KeyringError::Several(_)) {
                    state.home = home.clone();
                    state.locked = error == KeyringError::Locked;
                }
                return home;
            }
            None => {
                state.session.insert(user, secret.clone());
            }
        }
        state.home.clone()
    }

    /// Deletes the secret of an account; `false` if there was none.
    ///
    /// # Errors
    ///
    /// The keyring cannot be used. The copy in memory is gone all the same.
    pub async fn delete(&self, service: Service, name: &str) -> Result<bool, KeyringError> {
        let user = user(service, name);
        let in_memory = self.state().session.remove(&user).is_some();
        let in_keyring = self.with_keyring(move |store| keyring::delete(store, &user)).await.unwrap_or(Ok(false))?;
        self.changed.fetch_or(in_keyring, Ordering::Relaxed);
        Ok(in_memory || in_keyring)
    }

    /// Whether a secret in the keyring was set or deleted. A command that has done so must not stop before its end.
    pub fn changed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.changed)
    }

    /// Runs `call` on the keyring; `None` for a vault without one.
    async fn with_keyring<T: Send + 'static>(
        &self,
        call: impl FnOnce(&CredentialStore) -> Result<T, KeyringError> + Send + 'static,
    ) -> Option<Result<T, KeyringError>> {
        match self.kind.clone() {
            Kind::Session => None,
            Kind::Platform => Some(self.on_a_thread(self.limit, move || call(&*keyring::open()?)).await),
            Kind::Store(store) => Some(self.on_a_thread(self.limit, move || call(&*store)).await),
        }
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            // Nobody receives after the limit.
            let _ = sender.send(call());
        });
        if let Err(error) = thread {
            return Err(KeyringError::NoThread(error.into()));
        }
        match tokio::time::timeout(limit, receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(KeyringError::NoAnswer),
            Err(_) => Err(KeyringError::Silent),
        }
    }

    /// Remembers the result of a probe.
    fn found(&self, found: &Result<(), KeyringError>) {
        let mut state = self.state();
        state.locked = *found == Err(KeyringError::Locked);
        state.home = match found {
            Ok(()) => SecretHome::Keyring(self.name),
            Err(error) => SecretHome::Session(error.clone()),
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints no secret.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("home", &self.home()).finish_non_exhaustive()
    }
}

/// The user of an entry in the keyring: `data.world:analyst`.
fn user(service: Service, name: &str) -> String {
    format!("{}:{name}", key_of(service))
}

#[cfg(test)]
pub(crate) mod waiting;

#[cfg(test)]
mod tests {
    use ::keyring::{Error, mock};

    use super::waiting::Waiting;
    use super::*;

    const SERVICE: Service = Service::DataWorld;

    fn mock_with_error(error: Option<Error>) -> Arc<mock::Store> {
        let store = mock::Store::new().unwrap();
        if let Some(error) = error {
            let shared: Arc<CredentialStore> = store.clone();
            let entry = shared.build("writeback", "data.world:analyst", None).unwrap();
            entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
        }
        store
    }

    #[tokio::test]
    async fn a_secret_is_kept_read_and_removed_under_its_name() {
        let store = mock_with_error(None);
        let vault = Vault::with_store(store.clone(), "Mock");
        assert_eq!(vault.home(), SecretHome::Keyring("Mock"));
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(None));
        assert_eq!(vault.set(SERVICE, "analyst", &Secret::new("eyJ")).await, SecretHome::Keyring("Mock"));
        let store: Arc<CredentialStore> = store;
        assert_eq!(store.build("writeback", "data.world:analyst", None).unwrap().get_password().unwrap(), "eyJ");
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("eyJ"))));
        assert_eq!(vault.get(Service::Domo, "analyst").await, Ok(None));
        assert_eq!(vault.delete(SERVICE, "analyst").await, Ok(true));
        assert_eq!(vault.delete(SERVICE, "analyst").await, Ok(false));
    }

    #[tokio::test]
    async fn a_secret_that_the_keyring_refuses_is_kept_for_the_session() {
        let vault = Vault::with_store(mock_with_error(Some(Error::TooLong("secret".to_owned(), 2560))), "Mock");
        let SecretHome::Session(reason) = vault.set(SERVICE, "analyst", &Secret::new("eyJ")).await else {
            panic!("the keyring failed");
        };
        assert_eq!(reason, KeyringError::TooLong(2560));
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("eyJ"))));
        assert_eq!(vault.home(), SecretHome::Keyring("Mock"), "another secret may fit");
        // The keyring takes the next secret, and its own counts from then on.
        assert_eq!(vault.set(SERVICE, "analyst", &Secret::new("new")).await, SecretHome::Keyring("Mock"));
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("new"))));
    }

    #[tokio::test]
    async fn a_hanging_keyring_is_given_up_without_losing_the_secret() {
        let mut vault = Vault::with_store(Arc::new(Waiting::new().0), "Waiting");
        vault.limit = Duration::from_millis(20);
        assert_eq!(vault.get(SERVICE, "analyst").await, Err(KeyringError::Silent));
        let home = vault.set(SERVICE, "analyst", &Secret::new("eyJ")).await;
        assert_eq!(home, SecretHome::Session(KeyringError::Silent));
        assert_eq!(vault.home(), home);
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("eyJ"))));
        assert_eq!(vault.delete(SERVICE, "analyst").await, Err(KeyringError::Silent));
        assert_eq!(vault.get(SERVICE, "analyst").await, Err(KeyringError::Silent), "gone from memory all the same");
    }

    #[tokio::test]
    async fn a_session_only_vault_touches_no_keyring_and_says_why() {
        let vault = Vault::session_only(KeyringError::NoBus);
        let home = SecretHome::Session(KeyringError::NoBus);
        assert_eq!((vault.home(), vault.probe().await), (home.clone(), home.clone()));
        assert_eq!(vault.set(SERVICE, "analyst", &Secret::new("eyJ")).await, home);
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("eyJ"))));
        assert_eq!(vault.delete(SERVICE, "analyst").await, Ok(true));
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(None));
    }

    #[tokio::test]
    async fn memory_takes_a_keyrings_place() {
        let vault = Vault::in_memory("memory");
        let home = SecretHome::Keyring("memory");
        assert_eq!((vault.home(), vault.probe().await), (home.clone(), home.clone()));
        assert_eq!(vault.set(SERVICE, "analyst", &Secret::new("eyJ")).await, home);
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(Some(Secret::new("eyJ"))));
        assert_eq!(vault.delete(SERVICE, "analyst").await, Ok(true));
        assert_eq!(vault.get(SERVICE, "analyst").await, Ok(None));
    }

    #[tokio::test]
    async fn a_secret_that_is_not_text_is_not_shown() {
        let vault = Vault::with_store(mock_with_error(Some(Error::BadEncoding(b"secret\xff".to_vec()))), "Mock");
        let error = vault.get(SERVICE, "analyst").await.unwrap_err();
        assert_eq!(error, KeyringError::NotText);
        assert!(!format!("{error} {error:?} {vault:?}").contains("secret\\"));
    }
}
