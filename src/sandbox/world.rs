//! The shared state of the handlers: both services, the faults, and the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Options;
use super::dataworld::DataWorld;
use super::domo::Domo;
use super::fault::Faults;
use super::log::Log;

pub(crate) type Shared = Arc<World>;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    /// The address that this sandbox listens at, such as `http://127.0.0.1:4000`.
    pub(crate) url: String,
    pub(crate) domo: Mutex<Domo>,
    pub(crate) dataworld: Mutex<DataWorld>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl World {
    pub(crate) fn new(options: Options, url: String) -> Shared {
        Arc::new(World {
            domo: Mutex::new(Domo::new(options.rows)),
            dataworld: Mutex::new(DataWorld::new(options.processing, options.composes_names)),
            faults: Faults::default(),
            log: Log::default(),
            options,
            url,
        })
    }
}

/// Takes the lock even after a handler has panicked: each change under a lock is a single step, so the state is
/// consistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new UUID, for ids in answers. It needs no cryptographic randomness.
pub(crate) fn new_id() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_le_bytes()).into_uuid().to_string()
}
