//! The public API, with a client id and secret (Domo, "DataSet API").

use reqwest::header::ACCEPT;
use reqwest::{RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::answers::{DataSetAnswer, DataSetAnswers, QueryAnswer, page};
use super::token::{AccessToken, AccessTokens};
use super::{DataSet, DataSetPage, DomoIdentity, Ownership, call};
use crate::export::{DataSetId, Service};
use crate::services::http::{Action, ApiError, Broken, Call, Http};
use crate::text::secret::Secret;

/// Maximum page size (Domo, "DataSet API", `limit`).
const PAGE: usize = 50;

#[derive(Debug, Clone)]
pub(super) struct Public {
    http: Http,
    address: String,
    tokens: AccessTokens,
}

impl Public {
    pub(super) fn new(http: Http, address: String, client_id: String, secret: Secret) -> Self {
        Self { http, tokens: AccessTokens::new(address.clone(), client_id, secret), address }
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn with_http(&self, http: Http) -> Self {
        Self { http, ..self.clone() }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn test_url(&self) -> String {
        format!("{}/oauth/token", self.address)
    }

    pub(super) async fn identity(&self) -> Result<DomoIdentity, ApiError> {
        Ok(self.tokens.get(&self.http).await?.identity)
    }

    pub(super) async fn data_sets(&self, offset: usize) -> Result<DataSetPage, ApiError> {
        let answers: DataSetAnswers = self
            .json(call(Action::List), || {
                self.http.calls().get(format!("{}/v1/datasets", self.address)).query(&[
                    ("sort", "name"),
                    ("limit", &PAGE.to_string()),
                    ("offset", &offset.to_string()),
                ])
            })
            .await?;
        page(answers, offset).ok_or_else(|| endless(&self.address))
    }

    pub(super) async fn data_set(&self, id: &DataSetId) -> Result<DataSet, ApiError> {
        let url = format!("{}/v1/datasets/{id}", self.address);
        let answer: DataSetAnswer = self.json(call(Action::Read), || self.http.calls().get(&url)).await?;
        read_data_set(answer, &self.address)
    }

    pub(super) async fn query(&self, id: &DataSetId, action: Action, sql: &str) -> Result<QueryAnswer, ApiError> {
        let url = format!("{}/v1/datasets/query/execute/{id}", self.address);
        let query = json!({ "sql": sql });
        self.json(call(action), || self.http.calls().post(&url).json(&query)).await
    }

    /// The public API names one owner and no co-owners.
    pub(super) async fn ownership(&self, data_set: &DataSet) -> Result<Ownership, ApiError> {
        let me = self.identity().await?;
        Ok(match me.user_id.is_some() && me.user_id == data_set.owner_id {
            true => Ownership::Proven,
            false if me.is_admin() => Ownership::SeesAll,
            false => Ownership::Unknown,
        })
    }

    pub(super) async fn export(&self, id: &DataSetId) -> Result<Response, ApiError> {
        let url = format!("{}/v1/datasets/{id}/data", self.address);
        self.renewing(|token| {
            let request = self
                .http
                .bulk()
                .get(&url)
                .query(&[("includeHeader", "true"), ("disableFormulaInterpretation", "false")])
                .header(ACCEPT, "text/csv");
            self.http.download(call(Action::Export), token.authorize(request))
        })
        .await
    }

    async fn json<T: DeserializeOwned>(&self, call: Call, request: impl Fn() -> RequestBuilder) -> Result<T, ApiError> {
        let request = &request;
        self.renewing(|token| async move { self.http.json(call, || token.authorize(request())).await }).await
    }

    /// Calls with the current token, and again with a new one if it has expired.
    async fn renewing<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn(AccessToken) -> F,
    ) -> Result<T, ApiError> {
        let token = self.tokens.get(&self.http).await?;
        match attempt(token.clone()).await {
            Err(error) if token_ended(&error) => {
                self.tokens.forget(&token).await;
                attempt(self.tokens.get(&self.http).await?).await
            }
            outcome => outcome,
        }
    }
}

/// 401; or 406 on a CSV call, because Domo cannot put its JSON error into `text/csv` (domo-java-sdk, issue 10).
fn token_ended(error: &ApiError) -> bool {
    matches!(error.status(), Some(401 | 406))
}

pub(super) fn endless(address: &str) -> ApiError {
    let host = crate::services::http::host(Url::parse(address).ok().as_ref());
    let broken = Broken::Unreadable("its list does not end".to_owned());
    ApiError { service: Service::Domo, action: Action::List, host, broken }
}

/// A deleted DataSet comes with status 200 and `deleted: true`.
pub(super) fn read_data_set(answer: DataSetAnswer, address: &str) -> Result<DataSet, ApiError> {
    let host = crate::services::http::host(Url::parse(address).ok().as_ref());
    let error = |broken| ApiError { service: Service::Domo, action: Action::Read, host: host.clone(), broken };
    if answer.deleted == Some(true) {
        return Err(error(Broken::Deleted));
    }
    answer.into_data_set().ok_or_else(|| error(Broken::Unreadable("the answer has no DataSet id".to_owned())))
}
