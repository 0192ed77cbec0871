//! The access token of a client: fetched when first needed, used until Domo says that it has expired.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::answers::TokenAnswer;
use super::{Domo, DomoIdentity, Login, call};
use crate::services::http::{Action, ApiError, sensitive};
use crate::text::secret::{Secret, remember};

const MARGIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct AccessTokens {
    client_id: String,
    client_secret: Secret,
    current: Arc<Mutex<Option<AccessToken>>>,
}

#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    bearer: Secret,
    pub(super) identity: DomoIdentity,
    ends: Instant,
}

impl AccessTokens {
    pub(super) fn new(client_id: String, client_secret: Secret) -> Self {
        remember(client_secret.expose());
        // So they stand in the header of the sign-in (RFC 7617).
        let login = Zeroizing::new(format!("{client_id}:{}", client_secret.expose()));
        remember(&Zeroizing::new(BASE64_STANDARD.encode(login.as_bytes())));
        Self { client_id, client_secret, current: Arc::default() }
    }

    pub(super) async fn get(&self, domo: &Domo) -> Result<AccessToken, ApiError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref()
            && token.ends.saturating_duration_since(Instant::now()) > MARGIN
        {
            return Ok(token.clone());
        }
        let token = self.fetch(domo).await?;
        *current = Some(token.clone());
        Ok(token)
    }

    pub(super) async fn forget(&self, refused: &AccessToken) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| token.bearer == refused.bearer) {
            *current = None;
        }
    }

    async fn fetch(&self, domo: &Domo) -> Result<AccessToken, ApiError> {
        let request = || {
            let request = domo.get("/oauth/token?grant_type=client_credentials&scope=data");
            request.basic_auth(&self.client_id, Some(self.client_secret.expose()))
        };
        let answer: TokenAnswer = domo.http.json(call(Action::Test), request).await?;
        if answer.access_token.is_empty() {
            return Err(domo.unproven("sign-in"));
        }
        remember(&answer.access_token);
        let lives = Duration::from_secs(answer.expires_in.0.unwrap_or(3_600).min(86_400));
        Ok(AccessToken {
            bearer: Secret::new(answer.access_token),
            identity: DomoIdentity {
                user_id: answer.user_id.0,
                user_name: None,
                instance: answer.customer.0,
                role: answer.role.0,
                scopes: answer.scope.0.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            },
            ends: Instant::now() + lives,
        })
    }
}

impl AccessToken {
    pub(super) fn login(&self) -> Login {
        ("Authorization", sensitive(&format!("Bearer {}", self.bearer.expose())))
    }
}
