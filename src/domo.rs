//! Client of Domo: who one is, which DataSets there are, their rows as CSV.
//!
//! Two doors lead to the same data. A *client* (id and secret) uses the public API at `api.domo.com` with an OAuth token
//! that lives for an hour; a *developer token* uses the instance's own API at `INSTANCE.domo.com` as its user.

mod answers;
mod instance;
mod model;
mod public;
mod token;

use reqwest::header::CONTENT_ENCODING;
use reqwest::{Response, StatusCode, Url};

pub use model::{Column, DataSet, DomoCredential, DomoIdentity, Ownership, Preview};

use crate::export::DataSetId;
use crate::http::{Action, ApiError, Backoff, Broken, Call, Http, Knock, OnRetry};
use crate::service::Service;
use instance::Instance;
use public::Public;

/// Domo, as one account sees it. Clones share the access token.
#[derive(Debug, Clone)]
pub struct Domo(Door);

#[derive(Debug, Clone)]
enum Door {
    Public(Public),
    Instance(Instance),
}

const fn call(action: Action) -> Call {
    Call { service: Service::Domo, action }
}

impl Domo {
    /// Domo at `address`: for a client the public API's (usually `https://api.domo.com`), for a developer token the
    /// instance's.
    pub fn new(http: Http, address: &str, credential: DomoCredential) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        Self(match credential {
            DomoCredential::Client { id, secret } => Door::Public(Public::new(http, address, id, secret)),
            DomoCredential::DeveloperToken { instance, token } => {
                Door::Instance(Instance::new(http, address, instance, token))
            }
        })
    }

    /// The same account, telling `on_retry` whenever a call waits to be tried again.
    pub fn telling(&self, on_retry: OnRetry) -> Self {
        self.with_http(self.http().telling(on_retry))
    }

    /// The same account, trying each call once.
    pub(crate) fn once(&self) -> Self {
        self.with_http(self.http().once())
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn address(&self) -> &str {
        match &self.0 {
            Door::Public(door) => door.address(),
            Door::Instance(door) => door.address(),
        }
    }

    /// The host that is called.
    pub(crate) fn host(&self) -> String {
        crate::http::host(Url::parse(self.address()).ok().as_ref())
    }

    fn with_http(&self, http: Http) -> Self {
        Self(match &self.0 {
            Door::Public(door) => Door::Public(door.with_http(http)),
            Door::Instance(door) => Door::Instance(door.with_http(http)),
        })
    }

    fn http(&self) -> &Http {
        match &self.0 {
            Door::Public(door) => door.http(),
            Door::Instance(door) => door.http(),
        }
    }

    /// How its retries wait.
    pub fn backoff(&self) -> Backoff {
        self.http().backoff()
    }

    /// Tests the credentials: whose they are.
    ///
    /// # Errors
    /// When Domo refuses them or cannot be reached.
    pub async fn identity(&self) -> Result<DomoIdentity, ApiError> {
        match &self.0 {
            Door::Public(door) => door.identity().await,
            Door::Instance(door) => door.identity().await,
        }
    }

    /// Whether it is Domo that answers at its address, asked without credentials.
    pub(crate) async fn knock(&self) -> Result<Knock, ApiError> {
        let url = match &self.0 {
            Door::Public(door) => door.test_url(),
            Door::Instance(door) => door.test_url(),
        };
        self.http().knock(call(Action::Test), &url).await
    }

    /// One page of DataSets, by name, from `offset`; empty at the end.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn data_sets(&self, offset: usize) -> Result<Vec<DataSet>, ApiError> {
        match &self.0 {
            Door::Public(door) => door.data_sets(offset).await,
            Door::Instance(door) => door.data_sets(offset).await,
        }
    }

    /// What Domo says of a DataSet.
    ///
    /// # Errors
    /// When the call fails; a deleted DataSet is [`Broken::Deleted`].
    pub async fn data_set(&self, id: &DataSetId) -> Result<DataSet, ApiError> {
        match &self.0 {
            Door::Public(door) => door.data_set(id).await,
            Door::Instance(door) => door.data_set(id).await,
        }
    }

    /// The first `rows` rows of a DataSet.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn preview(&self, id: &DataSetId, rows: usize) -> Result<Preview, ApiError> {
        match &self.0 {
            Door::Public(door) => door.preview(id, rows).await,
            Door::Instance(door) => door.preview(id, rows).await,
        }
    }

    /// Whether the account owns or co-owns a DataSet, as far as its credentials can tell: a client sees only the one
    /// owner that the public API names, a developer token sees the DataSet's access list.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn ownership(&self, data_set: &DataSet) -> Result<Ownership, ApiError> {
        match &self.0 {
            Door::Public(door) => door.ownership(data_set).await,
            Door::Instance(door) => door.ownership(data_set).await,
        }
    }

    /// Begins an export: all rows as CSV with a header row. Cells are not to be escaped against formulas, which would
    /// change them (`disableFormulaInterpretation=false`).
    ///
    /// # Errors
    /// When the call fails, or something other than CSV comes back.
    pub async fn export(&self, id: &DataSetId) -> Result<Response, ApiError> {
        let response = match &self.0 {
            Door::Public(door) => door.export(id).await?,
            Door::Instance(door) => door.export(id).await?,
        };
        let media_type = crate::http::media_type(&response);
        let encoding = response.headers().get(CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
        let encoding = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        let status = response.status();
        let broken = if media_type.contains("html") || media_type.contains("json") {
            Some(Broken::NotTheService(media_type))
        } else if status != StatusCode::OK {
            Some(Broken::Unreadable(format!("it answered {status}, which is no whole export")))
        } else {
            // None was asked for, and compressed bytes are no CSV.
            encoding.map(|encoding| Broken::Unreadable(format!("it is compressed ({encoding})")))
        };
        if let Some(broken) = broken {
            let host = crate::http::host(Some(response.url()));
            return Err(ApiError { service: Service::Domo, action: Action::Export, host, broken });
        }
        Ok(response)
    }

    /// As [`Domo::export`], tried again while it fails for a reason that may pass.
    ///
    /// # Errors
    /// As [`Domo::export`].
    pub async fn export_retrying(&self, id: &DataSetId) -> Result<Response, ApiError> {
        self.http().retrying(|| self.export(id)).await
    }
}
