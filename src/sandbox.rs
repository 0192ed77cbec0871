//! Domo and data.world on loopback, for `writeback demo`, `writeback sandbox` and the tests.
//!
//! One server plays both services: `/oauth`, `/v1` (api.domo.com) and `/api` (an instance of Domo) are Domo's, `/v0` is
//! data.world's. It keeps state, and misbehaves on request ([`Fault`]). It shares no type with the clients, so that a
//! mistake in one is not hidden by the same mistake in the other. Where a service's behavior is not documented, the
//! sandbox takes the form that is hardest on a client.

use std::io;
use std::time::Duration;

use chrono::Utc;

mod body;
mod dataworld;
mod domo;
mod fault;
mod intercept;
mod log;
mod rows;
mod rule;
pub mod samples;
mod server;
mod sql;
mod world;

pub use dataworld::StoredFile;
pub use fault::{Effect, Fault, Gate, Route};
pub use log::Request;
pub use rule::rules;

use world::{Shared, World, lock};

#[derive(Debug, Clone)]
pub struct Options {
    /// Adds a DataSet of so many rows, "Big" ([`samples::BIG`]).
    pub rows: Option<u64>,
    /// `None` takes any free port.
    pub port: Option<u16>,
    /// In bytes; larger uploads are counted and hashed but not kept.
    pub discard_above: u64,
    /// The time for which a dataset is INPROGRESS after an upload.
    pub processing: Duration,
    /// Bytes a second of a CSV export, so that a demo can be watched; `None` is unlimited.
    pub bandwidth: Option<u64>,
    /// Set to compose the names of uploads (Unicode NFC), as some file storages do.
    pub composes_names: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            rows: None,
            port: None,
            discard_above: 64 << 20,
            processing: Duration::from_millis(400),
            bandwidth: None,
            composes_names: false,
        }
    }
}

/// A running sandbox. Dropping it closes every connection.
#[derive(Debug)]
pub struct Sandbox {
    world: Shared,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Sandbox {
    /// Starts a sandbox on 127.0.0.1, filled with the sample data.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port.unwrap_or(0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let world = World::new(options, url);
        let server = tokio::spawn(server::serve(listener, world.clone()));
        Ok(Sandbox { world, server })
    }

    /// The address of both `api.domo.com` and the instance's own host.
    pub fn domo_url(&self) -> String {
        self.world.url.clone()
    }

    pub fn dataworld_url(&self) -> String {
        self.world.url.clone()
    }

    /// The environment variables that point a client at this sandbox, with credentials that it accepts.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let addresses = [("WRITEBACK_DOMO_URL", self.domo_url()), ("WRITEBACK_DATAWORLD_URL", self.dataworld_url())];
        let credentials = samples::CREDENTIALS.into_iter().take(2).flat_map(|(_, variables)| variables);
        addresses.into_iter().chain(credentials.map(|(name, value)| (*name, (*value).to_owned()))).collect()
    }

    /// Adds a fault. Faults are tried in the order given; each is spent after its number of requests.
    pub fn fault(&self, rule: Fault) {
        self.world.faults.add(rule);
    }

    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// The last 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.world.log.requests()
    }

    pub fn file(&self, owner: &str, id: &str, name: &str) -> Option<StoredFile> {
        lock(&self.world.dataworld).stored(owner, id, name)
    }

    /// Puts a file, already processed, into a data.world dataset, if that exists.
    pub fn put_file(&self, owner: &str, id: &str, name: &str, bytes: impl AsRef<[u8]>) {
        lock(&self.world.dataworld).seed(owner, id, name, bytes.as_ref());
    }

    /// Changes the number of rows that Domo states for a DataSet; its export stays as it is.
    pub fn set_rows(&self, dataset: &str, rows: u64) {
        if let Some(dataset) = lock(&self.world.domo).find_mut(dataset) {
            dataset.stated = i64::try_from(rows).ok();
        }
    }

    /// Makes a DataSet look updated now: a new `dataCurrentAt` and `updatedAt`.
    pub fn touch(&self, dataset: &str) {
        if let Some(dataset) = lock(&self.world.domo).find_mut(dataset) {
            dataset.updated = Utc::now();
        }
    }

    /// Ends every Domo access token given out so far, as an hour would.
    pub fn expire_domo_tokens(&self) {
        lock(&self.world.domo).tokens.expire();
    }
}
