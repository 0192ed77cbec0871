//! Client of data.world: identity, datasets, files, uploads and downloads.

mod answers;
mod download;
mod head;
mod lists;
mod model;
mod token;

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde_json::json;

pub use download::Download;
pub use head::{Content, Head};
pub use model::{Access, Dataset, File, Listed, NewDataset, Organization, Shelf, User, Visibility};

use crate::export::{DatasetKey, FileDescription, Label, Service};
use crate::services::http::{
    Action, ApiError, Backoff, Broken, Call, Http, OnRetry, ProbeAnswer, Skew, Unaddressable, path, value,
};
use crate::text::secret::{Secret, remember};
use answers::{CreatedAnswer, DatasetAnswer, UserAnswer};

#[derive(Debug, Clone)]
pub struct DataWorld {
    http: Http,
    address: String,
    token: Secret,
}

const fn call(action: Action) -> Call {
    Call { service: Service::DataWorld, action }
}

impl DataWorld {
    /// `address` is usually `https://api.data.world`, without `/v0`.
    pub fn new(http: Http, address: &str, token: Secret) -> Self {
        remember(token.expose());
        Self { http, address: address.trim_end_matches('/').to_owned(), token }
    }

    /// Returns a client that calls `on_retry` before each retry.
    pub fn with_on_retry(&self, on_retry: OnRetry) -> Self {
        Self { http: self.http.with_on_retry(on_retry), ..self.clone() }
    }

    pub(crate) fn once(&self) -> Self {
        Self { http: self.http.once(), ..self.clone() }
    }

    /// Has no slash at the end.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    pub fn backoff(&self) -> Backoff {
        self.http.backoff()
    }

    /// Tests the token and returns its user (`GET /user`).
    ///
    /// # Errors
    /// When data.world refuses the token, cannot be reached, or does not name the user.
    pub async fn user(&self) -> Result<User, ApiError> {
        let url = self.url(Action::Test, ["user"])?;
        let answer: UserAnswer = self.json(Action::Test, || self.get(&url)).await?;
        let untold = || self.error(Action::Test, Broken::Unreadable("the answer has no user id".to_owned()));
        answer.into_user(token::may_write(&self.token)).ok_or_else(untold)
    }

    /// Reads a dataset with its files.
    ///
    /// # Errors
    /// When the call fails. 404 also stands for a dataset that the user may not see.
    pub async fn dataset(&self, key: &DatasetKey) -> Result<Dataset, ApiError> {
        let url = self.url(Action::Read, ["datasets", key.owner(), key.id()])?;
        let answer: DatasetAnswer = self.json(Action::Read, || self.get(&url)).await?;
        Ok(answer.read(key))
    }

    /// Creates a dataset (`POST /datasets/{owner}`; never `PUT`, which wipes an existing one). data.world chooses the
    /// id. Not idempotent, so it is not repeated when its answer is lost.
    ///
    /// # Errors
    /// When the call fails, or its answer does not name the new dataset.
    pub async fn create(&self, new: &NewDataset) -> Result<DatasetKey, ApiError> {
        let visibility = match new.visibility {
            Visibility::Open => "OPEN",
            Visibility::Private => "PRIVATE",
        };
        let url = self.url(Action::Create, ["datasets", &new.owner])?;
        let body = json!({ "title": new.title, "visibility": visibility });
        let request = || self.authorize(self.http.calls().post(&url)).json(&body);
        let answer: CreatedAnswer = self.http.json_unless_lost(call(Action::Create), request).await?;
        answer.key().ok_or_else(|| {
            let reason = "the answer does not say where the new dataset is".to_owned();
            self.error(Action::Create, Broken::Unreadable(reason))
        })
    }

    /// Sends a file, which replaces one of the same name once all of `body` has arrived. Without `length`, its size in
    /// bytes, the body is sent in chunks.
    ///
    /// # Errors
    /// When the request fails. Not repeated here: see [`crate::transfer`].
    pub async fn upload(&self, key: &DatasetKey, file: &str, body: Body, length: Option<u64>) -> Result<(), ApiError> {
        let url = self.url(Action::Upload, ["uploads", key.owner(), key.id(), "files", file])?;
        let mut request =
            self.authorize(self.http.bulk().put(url)).header(CONTENT_TYPE, "application/octet-stream").body(body);
        if let Some(length) = length {
            request = request.header(CONTENT_LENGTH, length);
        }
        self.http.answer(call(Action::Upload), request).await.map(drop).map_err(|error| self.dated(error))
    }

    /// Describes a file (`PATCH /datasets/{owner}/{id}/files/{file}/metadata`); omitted values stay as they are.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn describe(
        &self,
        key: &DatasetKey,
        file: &str,
        description: Option<&FileDescription>,
        labels: &[Label],
    ) -> Result<(), ApiError> {
        let parts = ["datasets", key.owner(), key.id(), "files", file, "metadata"];
        let url = self.url(Action::Describe, parts)?;
        let mut body = serde_json::Map::new();
        if let Some(description) = description {
            body.insert("description".to_owned(), description.as_str().into());
        }
        if !labels.is_empty() {
            body.insert("labels".to_owned(), labels.iter().map(|label| label.into_str()).collect());
        }
        let request = || self.authorize(self.http.calls().patch(&url)).json(&body);
        self.http.done(call(Action::Describe), request).await.map_err(|error| self.dated(error))
    }

    /// The difference between this computer's clock and data.world's, from the answers so far.
    pub(crate) fn skew(&self) -> Option<Skew> {
        self.http.skew()
    }

    /// The expiry in the token; most have none.
    pub fn token_ends(&self) -> Option<DateTime<Utc>> {
        token::ends(&self.token)
    }

    /// Asks without the token whether data.world answers at its address.
    pub(crate) async fn probe(&self) -> Result<ProbeAnswer, ApiError> {
        self.http.probe(call(Action::Test), &self.url(Action::Test, ["user"])?).await
    }

    async fn json<T: DeserializeOwned>(
        &self,
        action: Action,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ApiError> {
        self.http.json(call(action), request).await.map_err(|error| self.dated(error))
    }

    /// Explains the refusal of an expired token.
    fn dated(&self, error: ApiError) -> ApiError {
        match self.token_ends() {
            Some(end) if error.status() == Some(401) && end <= Utc::now() => {
                ApiError { broken: Broken::TokenEnded(end), ..error }
            }
            _ => error,
        }
    }

    /// Deletes a file (`DELETE /datasets/{owner}/{id}/files/{file}`). Repeated like any call: after an earlier attempt,
    /// 404 counts as success.
    ///
    /// # Errors
    /// When the call fails; 404 when there is no such file.
    pub async fn delete_file(&self, key: &DatasetKey, file: &str) -> Result<(), ApiError> {
        let url = self.url(Action::Delete, ["datasets", key.owner(), key.id(), "files", file])?;
        let attempts = AtomicU32::new(0);
        let request = || {
            attempts.fetch_add(1, Ordering::Relaxed);
            self.authorize(self.http.calls().delete(&url))
        };
        match self.http.done(call(Action::Delete), request).await {
            Err(error) if error.status() == Some(404) && attempts.load(Ordering::Relaxed) > 1 => Ok(()),
            answer => answer.map_err(|error| self.dated(error)),
        }
    }

    fn url<'a>(&self, action: Action, parts: impl IntoIterator<Item = &'a str>) -> Result<String, ApiError> {
        let path = path(parts).map_err(|Unaddressable(name)| self.error(action, Broken::Unaddressable(name)))?;
        Ok(format!("{}/v0{path}", self.address))
    }

    fn get(&self, url: &str) -> RequestBuilder {
        self.authorize(self.http.calls().get(url))
    }

    fn authorize(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, crate::services::http::sensitive(&format!("Bearer {}", self.token.expose())))
    }

    pub(crate) fn error(&self, action: Action, broken: Broken) -> ApiError {
        call(action).error(Url::parse(&self.address).ok().as_ref(), broken)
    }
}

/// The web page of a file; `None` for a name without a valid URL. `site` is the user's `baseUrl`, if known.
pub fn file_link(site: Option<&str>, key: &DatasetKey, file: &str) -> Option<String> {
    path([file]).ok()?;
    Some(format!("{}/workspace/file?filename={}", dataset_link(site, key)?, value(file)))
}

/// The web page of a dataset; `None` for a name without a valid URL.
pub fn dataset_link(site: Option<&str>, key: &DatasetKey) -> Option<String> {
    let origin = |site| Url::parse(site).ok().filter(|url| url.scheme() == "https").map(|url| url.origin());
    let site = site.and_then(origin).map(|origin| origin.ascii_serialization());
    let path = path([key.owner(), key.id()]).ok()?;
    Some(format!("{}{path}", site.as_deref().unwrap_or("https://data.world")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_take_any_file_name_but_only_an_https_site() {
        let key = DatasetKey::new("acme", "sales");
        assert_eq!(
            file_link(None, &key, "a b&c/é.csv").as_deref(),
            Some("https://data.world/acme/sales/workspace/file?filename=a%20b%26c%2F%C3%A9.csv")
        );
        let link = |site| dataset_link(Some(site), &key).unwrap();
        assert_eq!(link("https://acme.app.data.world/"), "https://acme.app.data.world/acme/sales");
        assert_eq!(link("javascript:alert(1)"), "https://data.world/acme/sales");
        assert_eq!(file_link(None, &key, ".."), None);
        assert_eq!(dataset_link(None, &DatasetKey::new("acme", "..")), None);
    }

    #[tokio::test]
    async fn a_name_cannot_redirect_a_call_to_another_url() {
        use crate::config::Limits;
        use crate::services::http::{Proxies, Trust};
        let sandbox = crate::sandbox::Sandbox::start(crate::sandbox::Options::default()).await.unwrap();
        let http =
            Http::new(&Limits::default(), Backoff::new(5), Proxies::none(), &Trust::new(Vec::new()).unwrap()).unwrap();
        let token = Secret::new(crate::sandbox::samples::READ_WRITE);
        let dataworld = DataWorld::new(http, &sandbox.dataworld_url(), token);
        let key = DatasetKey::new("acme-analytics", "sales-mart");
        let second = std::time::Duration::from_secs(1);
        for name in ["..", ".", "", "%2e%2e", "a/../..", "..\\x", "a\0b", "a\nb", "a%0d%0ab"] {
            let refused = [
                dataworld.delete_file(&key, name).await.err(),
                dataworld.download(&key, name, second).await.err(),
                dataworld.head(&key, name, second).await.err(),
                dataworld.upload(&key, name, Body::from("x"), Some(1)).await.err(),
                dataworld.describe(&key, name, None, &[]).await.err(),
                dataworld.dataset(&DatasetKey::new("acme-analytics", name)).await.err(),
                dataworld.dataset(&DatasetKey::new(name, "sales-mart")).await.err(),
                dataworld.datasets_of(name, drop).await.err(),
            ];
            for error in refused {
                assert_eq!(error.map(|error| error.broken), Some(Broken::Unaddressable(name.to_owned())), "{name}");
            }
        }
        assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    }
}
