//! Client of Domo: identity, DataSets, and their rows as CSV.
//!
//! Two APIs lead to the same data. A *client* (id and secret) uses the public API at `api.domo.com` with an OAuth token
//! that lives for an hour; a *developer token* uses the instance's own API at `INSTANCE.domo.com` as its user.

mod answers;
mod instance;
mod model;
mod public;
mod token;

use reqwest::header::CONTENT_ENCODING;
use reqwest::{Response, StatusCode, Url};

pub use model::{Column, DataSet, DataSetKind, DataSetPage, DomoCredential, DomoIdentity, Hiding, Ownership, Preview};

use crate::export::{DataSetId, Service};
use crate::services::http::{Action, ApiError, Backoff, Broken, Call, Http, OnRetry, ProbeAnswer};
use crate::text::secret::remember;
use answers::QueryAnswer;
use instance::Instance;
use public::Public;

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
    /// `address` is the public API's for a client (usually `https://api.domo.com`), the instance's for a developer
    /// token.
    pub fn new(http: Http, address: &str, credential: DomoCredential) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        let (DomoCredential::Client { secret, .. } | DomoCredential::DeveloperToken { token: secret, .. }) =
            &credential;
        remember(secret.expose());
        Self(match credential {
            DomoCredential::Client { id, secret } => Door::Public(Public::new(http, address, id, secret)),
            DomoCredential::DeveloperToken { instance, token } => {
                Door::Instance(Instance::new(http, address, instance, token))
            }
        })
    }

    /// Returns a client that calls `on_retry` before each retry.
    pub fn with_on_retry(&self, on_retry: OnRetry) -> Self {
        self.with_http(self.http().with_on_retry(on_retry))
    }

    pub(crate) fn once(&self) -> Self {
        self.with_http(self.http().once())
    }

    /// Has no slash at the end.
    pub(crate) fn address(&self) -> &str {
        match &self.0 {
            Door::Public(door) => door.address(),
            Door::Instance(door) => door.address(),
        }
    }

    pub(crate) fn host(&self) -> String {
        crate::services::http::host(Url::parse(self.address()).ok().as_ref())
    }

    fn with_http(&self, http: Http) -> Self {
        Self(match &self.0 {
            Door::Public(door) => Door::Public(door.with_http(http)),
            Door::Instance(door) => Door::Instance(door.with_http(http)),
        })
    }

    pub(crate) fn http(&self) -> &Http {
        match &self.0 {
            Door::Public(door) => door.http(),
            Door::Instance(door) => door.http(),
        }
    }

    pub fn backoff(&self) -> Backoff {
        self.http().backoff()
    }

    /// Tests the credentials and returns their identity.
    ///
    /// # Errors
    /// When Domo refuses them or cannot be reached.
    pub async fn identity(&self) -> Result<DomoIdentity, ApiError> {
        match &self.0 {
            Door::Public(door) => door.identity().await,
            Door::Instance(door) => door.identity().await,
        }
    }

    /// Asks without credentials whether Domo answers at its address.
    pub(crate) async fn probe(&self) -> Result<ProbeAnswer, ApiError> {
        let url = match &self.0 {
            Door::Public(door) => door.test_url(),
            Door::Instance(door) => door.test_url(),
        };
        self.http().probe(call(Action::Test), &url).await
    }

    /// Lists a page of the account's DataSets by name. `offset` counts records of Domo's list from 0 (Domo, "DataSet
    /// API", "List DataSets"; Domo's R package, `list_ds.R`). A page has 50 at most. A shorter one, even an empty one,
    /// is not the end: only [`DataSetPage::next`] tells.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn data_sets(&self, offset: usize) -> Result<DataSetPage, ApiError> {
        match &self.0 {
            Door::Public(door) => door.data_sets(offset).await,
            Door::Instance(door) => door.data_sets(offset).await,
        }
    }

    /// Reads a DataSet's metadata.
    ///
    /// # Errors
    /// When the call fails; a deleted DataSet is [`Broken::Deleted`].
    pub async fn data_set(&self, id: &DataSetId) -> Result<DataSet, ApiError> {
        match &self.0 {
            Door::Public(door) => door.data_set(id).await,
            Door::Instance(door) => door.data_set(id).await,
        }
    }

    /// Reads a DataSet's columns. The public API has sent them with it; an instance needs another call.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn schema(&self, data_set: &DataSet) -> Result<Vec<Column>, ApiError> {
        match &self.0 {
            Door::Public(_) => Ok(data_set.schema.clone()),
            Door::Instance(door) => door.schema(&data_set.id).await,
        }
    }

    /// Reads the first rows of a DataSet.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn preview(&self, id: &DataSetId, rows: usize) -> Result<Preview, ApiError> {
        let sql = format!("SELECT * FROM table LIMIT {rows}");
        Ok(self.query(id, Action::Preview, &sql).await?.into_preview())
    }

    /// Counts the rows of a DataSet by a query. Rows that PDP hides from the account are not counted.
    ///
    /// # Errors
    /// When the call fails, or its answer is no number.
    pub(crate) async fn count_rows(&self, id: &DataSetId) -> Result<u64, ApiError> {
        // The table's name can be anything; Domo's examples say `table`.
        let answer = self.query(id, Action::Count, "SELECT COUNT(*) FROM table").await?;
        answer.count().ok_or_else(|| {
            let broken = Broken::Unreadable("the answer has no number of rows".to_owned());
            ApiError { service: Service::Domo, action: Action::Count, host: self.host(), broken }
        })
    }

    async fn query(&self, id: &DataSetId, action: Action, sql: &str) -> Result<QueryAnswer, ApiError> {
        match &self.0 {
            Door::Public(door) => door.query(id, action, sql).await,
            Door::Instance(door) => door.query(id, action, sql).await,
        }
    }

    /// Finds whether the account owns or co-owns a DataSet, as far as its credentials can tell: the public API names
    /// only one owner, a developer token reads the DataSet's access list.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn ownership(&self, data_set: &DataSet) -> Result<Ownership, ApiError> {
        match &self.0 {
            Door::Public(door) => door.ownership(data_set).await,
            Door::Instance(door) => door.ownership(data_set).await,
        }
    }

    /// Begins an export: all rows as CSV with a header row. Cells must not be escaped against formulas, which would
    /// change them (`disableFormulaInterpretation=false`).
    ///
    /// # Errors
    /// When the call fails, or the answer is not CSV.
    pub async fn export(&self, id: &DataSetId) -> Result<Response, ApiError> {
        let response = match &self.0 {
            Door::Public(door) => door.export(id).await?,
            Door::Instance(door) => door.export(id).await?,
        };
        let call = Call { service: Service::Domo, action: Action::Export };
        let media_type = crate::services::http::media_type(&response);
        if media_type.contains("json") {
            // Whatever the status, this is a message and no rows.
            return Err(crate::services::http::error_from(call, response).await);
        }
        let encoding = response.headers().get(CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
        let encoding = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        let status = response.status();
        // CSV is the only documented format, and not every server declares it; a page or a text is none.
        let may_be_csv = media_type.is_empty() || media_type.contains("csv") || media_type.ends_with("/octet-stream");
        let broken = if status != StatusCode::OK {
            Some(Broken::Unreadable(format!("it answered {status}, which is no whole export")))
        } else if !may_be_csv {
            Some(Broken::NotTheService(media_type))
        } else {
            // The request allows no compression, and compressed bytes are no CSV.
            encoding.map(|encoding| Broken::Unreadable(format!("it is compressed ({encoding})")))
        };
        if let Some(broken) = broken {
            let host = crate::services::http::host(Some(response.url()));
            return Err(ApiError { service: call.service, action: call.action, host, broken });
        }
        Ok(response)
    }

    /// As [`Domo::export`], with retries after temporary failures.
    ///
    /// # Errors
    /// As [`Domo::export`].
    pub async fn export_retrying(&self, id: &DataSetId) -> Result<Response, ApiError> {
        self.http().retrying(|| self.export(id)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::sandbox::{Effect, Fault, Options, Route, Sandbox, samples};
    use crate::services::http::Trust;
    use crate::text::secret::Secret;

    fn doors(sandbox: &Sandbox) -> [Domo; 2] {
        doors_that_wait(sandbox, Backoff::new(5))
    }

    fn doors_that_wait(sandbox: &Sandbox, backoff: Backoff) -> [Domo; 2] {
        let client =
            DomoCredential::Client { id: samples::CLIENT_ID.to_owned(), secret: Secret::new(samples::CLIENT_SECRET) };
        let token = Secret::new(samples::DEVELOPER_TOKEN);
        let developer = DomoCredential::DeveloperToken { instance: samples::INSTANCE.to_owned(), token };
        [client, developer].map(|credential| {
            let trust = Trust::new(Vec::new()).unwrap();
            let http = Http::new(&Limits::default(), backoff, crate::services::http::Proxies::none(), &trust).unwrap();
            Domo::new(http, &format!("{}/", sandbox.domo_url()), credential)
        })
    }

    #[tokio::test]
    async fn the_next_page_starts_after_all_records_even_those_without_an_id() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let some = r#"[{"id":"none"},{"name":"x"},{"id":"845305d8-da3d-4107-a9d6-13ef3f86d4a4"}]"#;
        let none = r#"[{"id":"none"},{"id":null}]"#;
        let wrapped = |list: &str| format!(r#"{{"dataSources":{list}}}"#);
        let lists = [
            ("/v1/datasets", [some, none, "[]"].map(str::to_owned)),
            ("/api/data/v3/datasources", [some, none, "[]"].map(wrapped)),
        ];
        for (domo, (prefix, pages)) in doors(&sandbox).iter().zip(lists) {
            for page in pages {
                let on = Route::Path { method: Some("GET"), prefix: prefix.to_owned() };
                sandbox.fault(Fault::once(on, Effect::status(200, page)));
            }
            for (offset, next, count) in [(50, Some(53), 1), (53, Some(55), 0), (55, None, 0)] {
                let page = domo.data_sets(offset).await.unwrap();
                assert_eq!((page.next, page.data_sets.len()), (next, count));
            }
        }
    }

    #[tokio::test]
    async fn both_apis_state_rows_and_count_them_by_a_query() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        for domo in doors(&sandbox) {
            for (id, stated, counted) in [
                (samples::DAILY_SALES, Some(240_000), Some(240_000)),
                (samples::FEDERATED, Some(0), Some(1_500)),
                (samples::STALE_VIEW, Some(800), Some(950)),
                (samples::CLOUD, None, Some(700)),
                (samples::NO_COUNT, None, None),
            ] {
                let id: DataSetId = id.parse().unwrap();
                assert_eq!(domo.data_set(&id).await.unwrap().rows, stated, "{id}");
                assert_eq!(domo.count_rows(&id).await.ok(), counted, "{id}");
            }
            let preview = domo.preview(&samples::QUOTED.parse().unwrap(), 3).await.unwrap();
            assert_eq!(preview.columns, ["id", "received", "customer", "rating", "comment", "reply"]);
            assert_eq!((preview.rows.len(), preview.rows[1][0].as_str()), (3, "2"));
        }
    }

    #[tokio::test]
    async fn rows_missing_from_the_parts_are_requested_without_parts() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let [_, domo] = doors(&sandbox);
        let id: DataSetId = samples::DAILY_SALES.parse().unwrap();
        let core = format!(r#"{{"id":"{id}","name":"Daily","type":"api","currentUserFullAccess":true}}"#);
        sandbox.fault(Fault::once(Route::DomoDataSet, Effect::status(200, core)));
        let data_set = domo.data_set(&id).await.unwrap();
        assert_eq!((data_set.rows, data_set.columns), (Some(240_000), Some(8)));
        assert_eq!((data_set.name.as_str(), data_set.full_access), ("Daily", Some(true)));
        let asked: Vec<_> = sandbox.requests().iter().map(|request| request.query.clone()).collect();
        assert!(asked[0].contains("rowcolcount") && asked[1].is_empty(), "{asked:?}");
    }

    #[tokio::test]
    async fn refused_or_missing_parts_fall_back_to_a_plain_request() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let [_, domo] = doors(&sandbox);
        let id: DataSetId = samples::DAILY_SALES.parse().unwrap();
        sandbox.fault(Fault::once(Route::DomoDataSet, Effect::status(400, "{}")));
        assert_eq!(domo.data_set(&id).await.unwrap().rows, Some(240_000));
        let core = format!(r#"{{"id":"{id}","type":"api"}}"#);
        sandbox.fault(Fault::once(Route::DomoDataSet, Effect::status(200, core)));
        sandbox.fault(Fault::once(Route::DomoDataSet, Effect::status(403, "{}")));
        assert_eq!(domo.data_set(&id).await.unwrap().rows, None, "a query may count them");
    }

    #[tokio::test]
    async fn nine_429_answers_are_waited_out() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let id: DataSetId = samples::DAILY_SALES.parse().unwrap();
        let wait = std::time::Duration::from_millis(1);
        for domo in doors_that_wait(&sandbox, Backoff { first: wait, most: wait, attempts: 2 }) {
            for on in [Route::DomoDataSet, Route::Export] {
                for (times, is_well) in [(9, true), (10, false)] {
                    sandbox.fault(Fault { on: on.clone(), times, what: Effect::status(429, "{}") });
                    let is_met = match on {
                        Route::Export => domo.export_retrying(&id).await.is_ok(),
                        _ => domo.data_set(&id).await.is_ok(),
                    };
                    assert_eq!(is_met, is_well, "{on:?}, {times} times");
                    sandbox.clear_faults();
                }
            }
        }
    }

    #[tokio::test]
    async fn columns_are_fetched_only_on_request() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let id: DataSetId = samples::DAILY_SALES.parse().unwrap();
        for domo in doors(&sandbox) {
            let data_set = domo.data_set(&id).await.unwrap();
            let asked = || sandbox.requests().iter().filter(|request| request.path.contains("/schemas/")).count();
            assert_eq!((asked(), data_set.columns), (0, Some(8)));
            assert_eq!(domo.schema(&data_set).await.unwrap().len(), 8);
        }
    }

    #[tokio::test]
    async fn an_error_names_the_host_and_not_the_address() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let id: DataSetId = samples::DELETED.parse().unwrap();
        for domo in doors(&sandbox) {
            let deleted = Effect::status(200, r#"{"deleted":true}"#);
            sandbox.fault(Fault::once(Route::DomoDataSet, deleted));
            let error = domo.data_set(&id).await.unwrap_err();
            assert_eq!(error.broken, Broken::Deleted);
            assert_eq!(error.host, sandbox.domo_url().trim_start_matches("http://"));
        }
    }
}
