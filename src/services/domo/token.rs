//! The access token of a client: fetched when first needed, used until Domo says that it has expired.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::answers::{count, text};
use super::{DomoIdentity, call};
use crate::export::Service;
use crate::services::http::{Action, ApiError, Broken, Http, objects};
use crate::text::secret::{Secret, remember};

const MARGIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct AccessTokens {
    address: String,
    client_id: String,
    client_secret: Secret,
    current: Arc<Mutex<Option<AccessToken>>>,
}

#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    pub(super) bearer: Secret,
    pub(super) identity: DomoIdentity,
    ends: Instant,
}

/// The answer of `/oauth/token` (Domo, "API Authentication").
#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct TokenAnswer {
    access_token: String,
    #[serde(deserialize_with = "text")]
    customer: Option<String>,
    #[serde(deserialize_with = "count")]
    expires_in: Option<u64>,
    #[serde(deserialize_with = "text")]
    role: Option<String>,
    #[serde(deserialize_with = "text")]
    scope: Option<String>,
    #[serde(rename = "userId", deserialize_with = "text")]
    user_id: Option<String>,
}

objects!(TokenAnswer);

impl AccessTokens {
    pub(super) fn new(address: String, client_id: String, client_secret: Secret) -> Self {
        // So they stand in the header of the sign-in (RFC 7617).
        let login = Zeroizing::new(format!("{client_id}:{}", client_secret.expose()));
        remember(&Zeroizing::new(BASE64_STANDARD.encode(login.as_bytes())));
        Self { address, client_id, client_secret, current: Arc::default() }
    }

    pub(super) async fn get(&self, http: &Http) -> Result<AccessToken, ApiError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref()
            && token.ends.saturating_duration_since(Instant::now()) > MARGIN
        {
            return Ok(token.clone());
        }
        let token = self.fetch(http).await?;
        *current = Some(token.clone());
        Ok(token)
    }

    pub(super) async fn forget(&self, refused: &AccessToken) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| token.bearer == refused.bearer) {
            *current = None;
        }
    }

    async fn fetch(&self, http: &Http) -> Result<AccessToken, ApiError> {
        let answer: TokenAnswer = http
            .json(call(Action::Test), || {
                http.calls()
                    .get(format!("{}/oauth/token", self.address))
                    .query(&[("grant_type", "client_credentials"), ("scope", "data")])
                    .basic_auth(&self.client_id, Some(self.client_secret.expose()))
            })
            .await?;
        if answer.access_token.is_empty() {
            return Err(unproven_credentials(&self.address, "sign-in"));
        }
        remember(&answer.access_token);
        let lives = Duration::from_secs(answer.expires_in.unwrap_or(3_600).min(86_400));
        Ok(AccessToken {
            bearer: Secret::new(answer.access_token),
            identity: DomoIdentity {
                user_id: answer.user_id,
                user_name: None,
                instance: answer.customer,
                role: answer.role,
                scopes: answer.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            },
            ends: Instant::now() + lives,
        })
    }
}

impl AccessToken {
    pub(super) fn authorize(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.header(AUTHORIZATION, bearer(&self.bearer))
    }
}

/// The answer lacks the proof that the credentials were accepted. A proxy or a network's login page may answer `{}` to
/// everything.
pub(super) fn unproven_credentials(address: &str, what: &str) -> ApiError {
    let host = crate::services::http::host(Url::parse(address).ok().as_ref());
    let broken = Broken::Unreadable(format!("the answer has no {what}"));
    ApiError { service: Service::Domo, action: Action::Test, host, broken }
}

/// Hidden from reqwest's own logs.
fn bearer(token: &Secret) -> reqwest::header::HeaderValue {
    crate::services::http::sensitive(&format!("Bearer {}", token.expose()))
}
