//! Client of Domo: identity, DataSets, and their rows as CSV.
//!
//! Two APIs lead to the same data. A *client* (id and secret) uses the public API at `api.domo.com` with an OAuth token
//! that lives for an hour; a *developer token* uses the instance's own API at `INSTANCE.domo.com` as its user.

mod answers;
mod model;
mod token;

use reqwest::header::{ACCEPT, CONTENT_ENCODING, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::json;

pub use model::{Column, DataSet, DataSetKind, DataSetPage, DomoCredential, DomoIdentity, Hiding, Ownership, Preview};

use crate::export::{DataSetId, Service};
use crate::services::http::{Action, ApiError, Backoff, Broken, Call, Http, OnRetry, ProbeAnswer, sensitive};
use crate::text::secret::{Secret, remember};
use answers::{AccessList, DataSetAnswer, DataSetAnswers, MeAnswer, Page, QueryAnswer, SchemaAnswer, page};
use token::AccessTokens;

/// Maximum page size (Domo, "DataSet API", `limit`; Domo's R package, `list_ds.R`).
const PAGE: usize = 50;

/// Parts requested of an instance (developer portal, "Product APIs", "Get metadata": `part`). Some servers leave out the
/// part with rows and columns, but include both in an answer without any `part`.
const PARTS: &str = "core,permission,status,pdp,rowcolcount,cryo";

#[derive(Debug, Clone)]
pub struct Domo {
    http: Http,
    address: String,
    door: Door,
}

#[derive(Debug, Clone)]
enum Door {
    /// The public API (Domo, "DataSet API").
    Public(AccessTokens),
    /// The instance's own API (Domo, "Product APIs").
    Instance { name: String, token: Secret },
}

/// The header with the credentials.
type Login = (&'static str, HeaderValue);

const fn call(action: Action) -> Call {
    Call { service: Service::Domo, action }
}

impl Domo {
    /// `address` is the public API's for a client (usually `https://api.domo.com`), the instance's for a developer
    /// token.
    pub fn new(http: Http, address: &str, credential: DomoCredential) -> Self {
        let door = match credential {
            DomoCredential::Client { id, secret } => Door::Public(AccessTokens::new(id, secret)),
            DomoCredential::DeveloperToken { instance, token } => {
                remember(token.expose());
                Door::Instance { name: instance, token }
            }
        };
        Self { http, address: address.trim_end_matches('/').to_owned(), door }
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

    pub(crate) fn error(&self, action: Action, broken: Broken) -> ApiError {
        call(action).error(Url::parse(&self.address).ok().as_ref(), broken)
    }

    /// Tests the credentials and returns their identity.
    ///
    /// # Errors
    /// When Domo refuses them or cannot be reached.
    pub async fn identity(&self) -> Result<DomoIdentity, ApiError> {
        let instance = match &self.door {
            Door::Public(tokens) => return Ok(tokens.get(self).await?.identity),
            Door::Instance { name, .. } => Some(name.clone()),
        };
        let me: MeAnswer = self.json(Action::TestToken, || self.get("/api/content/v2/users/me")).await?;
        if me.id.0.is_none() {
            return Err(self.unproven("user id"));
        }
        let user_name = me.display_name.0.or(me.name.0);
        Ok(DomoIdentity { user_id: me.id.0, user_name, instance, role: me.role.0, scopes: Vec::new() })
    }

    /// The answer lacks the proof that the credentials were accepted. A proxy or a network's login page may answer `{}`
    /// to everything.
    fn unproven(&self, what: &str) -> ApiError {
        self.error(Action::Test, Broken::Unreadable(format!("the answer has no {what}")))
    }

    /// Asks without credentials whether Domo answers at its address.
    pub(crate) async fn probe(&self) -> Result<ProbeAnswer, ApiError> {
        let path = match self.door {
            Door::Public(_) => "/oauth/token",
            Door::Instance { .. } => "/api/content/v2/users/me",
        };
        self.http.probe(call(Action::Test), &format!("{}{path}", self.address)).await
    }

    /// Lists a page of the account's DataSets by name. `offset` counts records of Domo's list from 0 (Domo, "DataSet
    /// API", "List DataSets"; Domo's R package, `list_ds.R`). A page has 50 at most. A shorter one, even an empty one,
    /// is not the end: only [`DataSetPage::next`] tells.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn data_sets(&self, offset: usize) -> Result<DataSetPage, ApiError> {
        let answers: DataSetAnswers = match self.door {
            Door::Public(_) => {
                let path = format!("/v1/datasets?sort=name&limit={PAGE}&offset={offset}");
                self.json(Action::List, || self.get(&path)).await?
            }
            Door::Instance { .. } => {
                let part = format!("fields=all&part={PARTS}");
                let path = format!("/api/data/v3/datasources?{part}&orderBy=name&limit={PAGE}&offset={offset}");
                self.json::<Page>(Action::List, || self.get(&path)).await?.data_sources
            }
        };
        let endless = || self.error(Action::List, Broken::Unreadable("its list does not end".to_owned()));
        page(answers, offset).ok_or_else(endless)
    }

    /// Reads a DataSet's metadata.
    ///
    /// # Errors
    /// When the call fails; a deleted DataSet is [`Broken::Deleted`].
    pub async fn data_set(&self, id: &DataSetId) -> Result<DataSet, ApiError> {
        let answer = match self.door {
            Door::Public(_) => self.json(Action::Read, || self.get(&format!("/v1/datasets/{id}"))).await?,
            Door::Instance { .. } => self.data_source(id).await?,
        };
        // Comes with status 200 all the same.
        if answer.is_deleted() {
            return Err(self.error(Action::Read, Broken::Deleted));
        }
        let unreadable = || self.error(Action::Read, Broken::Unreadable("the answer has no DataSet id".to_owned()));
        answer.into_data_set().ok_or_else(unreadable)
    }

    async fn data_source(&self, id: &DataSetId) -> Result<DataSetAnswer, ApiError> {
        let read = async |parts: &str| {
            let path = format!("/api/data/v3/datasources/{id}{parts}");
            self.json::<DataSetAnswer>(Action::Read, || self.get(&path)).await
        };
        let mut answer = match read(&format!("?part={PARTS}")).await {
            // A server that does not know a part may refuse them all.
            Err(error) if error.status() == Some(400) => return read("").await,
            answer => answer?,
        };
        if answer.lacks_rows() {
            match read("").await {
                Ok(whole) => answer.complete(&whole),
                // A query may still count them.
                Err(error) if matches!(error.status(), Some(400 | 403 | 404 | 405)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(answer)
    }

    /// Reads a DataSet's columns. The public API has sent them with it; an instance needs another call.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn schema(&self, data_set: &DataSet) -> Result<Vec<Column>, ApiError> {
        if let Door::Public(_) = self.door {
            return Ok(data_set.schema.clone());
        }
        let path = format!("/api/data/v2/datasources/{}/schemas/latest", data_set.id);
        let answer: SchemaAnswer = self.json(Action::Read, || self.get(&path)).await?;
        Ok(answer.schema.into_columns())
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
        let broken = || Broken::Unreadable("the answer has no number of rows".to_owned());
        answer.count().ok_or_else(|| self.error(Action::Count, broken()))
    }

    async fn query(&self, id: &DataSetId, action: Action, sql: &str) -> Result<QueryAnswer, ApiError> {
        let path = match self.door {
            Door::Public(_) => format!("/v1/datasets/query/execute/{id}"),
            Door::Instance { .. } => format!("/api/query/v1/execute/{id}"),
        };
        let (url, query) = (format!("{}{path}", self.address), json!({ "sql": sql }));
        self.json(action, || self.http.calls().post(&url).json(&query)).await
    }

    /// Finds whether the account owns or co-owns a DataSet, as far as its credentials can tell: the public API names
    /// only one owner, a developer token reads the DataSet's access list.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn ownership(&self, data_set: &DataSet) -> Result<Ownership, ApiError> {
        let identity = self.identity().await?;
        if identity.user_id.is_some() && identity.user_id == data_set.owner_id {
            return Ok(Ownership::Proven);
        }
        let (ownership, full_access) = match self.door {
            Door::Public(_) => (Ownership::Unknown, None),
            Door::Instance { .. } => (self.listed(data_set, identity.user_id.as_deref()).await?, data_set.full_access),
        };
        let sees_all = full_access.unwrap_or(identity.is_admin());
        Ok(if sees_all && ownership != Ownership::Proven { Ownership::SeesAll } else { ownership })
    }

    async fn listed(&self, data_set: &DataSet, me: Option<&str>) -> Result<Ownership, ApiError> {
        let path = format!("/api/data/v3/datasources/{}/permissions", data_set.id);
        match self.json::<AccessList>(Action::Owners, || self.get(&path)).await {
            Ok(list) => Ok(list.ownership(me)),
            // An account that may not share a DataSet may not read its access list either.
            Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(Ownership::Unknown),
            Err(error) => Err(error),
        }
    }

    /// Begins an export: all rows as CSV with a header row. Cells must not be escaped against formulas, which would
    /// change them (`disableFormulaInterpretation=false`).
    ///
    /// # Errors
    /// When the call fails, or the answer is not CSV.
    pub async fn export(&self, id: &DataSetId) -> Result<Response, ApiError> {
        let path = match self.door {
            Door::Public(_) => format!("/v1/datasets/{id}/data?"),
            Door::Instance { .. } => format!("/api/query/v1/execute/export/{id}?accept=text%2Fcsv&"),
        };
        let url = format!("{}{path}includeHeader=true&disableFormulaInterpretation=false", self.address);
        let response = self.authorized(|(name, value)| {
            let request = self.http.bulk().get(&url).header(ACCEPT, "text/csv").header(name, value);
            self.http.download(call(Action::Export), request)
        });
        let response = response.await?;
        let media_type = crate::services::http::media_type(&response);
        if media_type.contains("json") {
            // Whatever the status, this is a message and no rows.
            return Err(crate::services::http::error_from(call(Action::Export), response).await);
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
        match broken {
            Some(broken) => Err(call(Action::Export).error(Some(response.url()), broken)),
            None => Ok(response),
        }
    }

    /// As [`Domo::export`], with retries after temporary failures.
    ///
    /// # Errors
    /// As [`Domo::export`].
    pub async fn export_retrying(&self, id: &DataSetId) -> Result<Response, ApiError> {
        self.http.retrying(|| self.export(id)).await
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.calls().get(format!("{}{path}", self.address))
    }

    async fn json<T: DeserializeOwned>(
        &self,
        action: Action,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ApiError> {
        let request = &request;
        let attempt = |(name, value): Login| async move {
            self.http.json(call(action), || request().header(name, value.clone())).await
        };
        self.authorized(attempt).await
    }

    /// Calls with the credentials. The token of a client is renewed once if it has expired.
    async fn authorized<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn(Login) -> F,
    ) -> Result<T, ApiError> {
        let tokens = match &self.door {
            Door::Public(tokens) => tokens,
            Door::Instance { token, .. } => {
                return attempt(("X-DOMO-Developer-Token", sensitive(token.expose()))).await;
            }
        };
        let token = tokens.get(self).await?;
        match attempt(token.login()).await {
            Err(error) if token_ended(&error) => {
                tokens.forget(&token).await;
                attempt(tokens.get(self).await?.login()).await
            }
            outcome => outcome,
        }
    }
}

/// 401; or 406 on a CSV call, because Domo cannot put its JSON error into `text/csv` (domo-java-sdk, issue 10).
fn token_ended(error: &ApiError) -> bool {
    matches!(error.status(), Some(401 | 406))
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
