//! OAuth access tokens (developer portal, "API Authentication"), and the person behind a request.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

use super::Refusal;
use super::people::{ADMIN, ANALYST, Person, VISITOR};
use crate::sandbox::samples;
use crate::sandbox::world::{Shared, lock, new_id};

const SCOPES: [&str; 7] = ["account", "audit", "buzz", "dashboard", "data", "user", "workflow"];

/// The documented answer has 3599: an hour, a second already gone.
const SECONDS: i64 = 3_599;

#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Grant>);

#[derive(Debug, Clone)]
struct Grant {
    scope: String,
    expires: DateTime<Utc>,
}

impl Tokens {
    pub(crate) fn expire(&mut self) {
        let now = Utc::now();
        for grant in self.0.values_mut() {
            grant.expires = grant.expires.min(now);
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct TokenRequest {
    grant_type: Option<String>,
    scope: Option<String>,
}

/// `GET /oauth/token`, as documented.
pub(crate) async fn by_query(
    State(world): State<Shared>,
    headers: HeaderMap,
    Query(wanted): Query<TokenRequest>,
) -> Result<Response, Refusal> {
    grant(&world, &headers, wanted)
}

/// `POST /oauth/token` with a form, as Domo's Python and Java SDKs do it.
pub(crate) async fn by_form(
    State(world): State<Shared>,
    headers: HeaderMap,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, Refusal> {
    let Form(wanted) = form.map_err(|_| Refusal::oauth("invalid_request", "Missing grant type"))?;
    grant(&world, &headers, wanted)
}

fn grant(world: &Shared, headers: &HeaderMap, wanted: TokenRequest) -> Result<Response, Refusal> {
    let expected = STANDARD.encode(format!("{}:{}", samples::CLIENT_ID, samples::CLIENT_SECRET));
    if credentials(headers, "basic") != Some(expected.as_str()) {
        return Err(Refusal::bad_client());
    }
    match wanted.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(other) => {
            let description = format!("Unsupported grant type: {other}");
            return Err(Refusal::oauth("unsupported_grant_type", &description));
        }
        None => return Err(Refusal::oauth("invalid_request", "Missing grant type")),
    }
    // Without a scope the token has all those of the client.
    let scope = wanted.scope.filter(|scope| !scope.trim().is_empty()).unwrap_or_else(|| SCOPES.join(" "));
    if let Some(unknown) = scope.split_whitespace().find(|scope| !SCOPES.contains(scope)) {
        return Err(Refusal::oauth("invalid_scope", &format!("Invalid scope: {unknown}")));
    }
    let expires = Utc::now() + TimeDelta::seconds(SECONDS);
    let jti = new_id();
    let token = jwt(&jti, &scope, expires);
    let answer = json!({
        "access_token": token,
        "customer": samples::INSTANCE,
        "env": "sandbox",
        "expires_in": SECONDS,
        "jti": jti,
        "role": ANALYST.role,
        "scope": scope,
        "token_type": "bearer",
        "userId": ANALYST.id,
    });
    lock(&world.domo).tokens.0.insert(token, Grant { scope, expires });
    let headers = [(header::CONTENT_TYPE, "application/json;charset=UTF-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(answer)).into_response())
}

/// Three parts, of which clients read the middle one: Domo's Python SDK takes `exp` from it.
fn jwt(jti: &str, scope: &str, expires: DateTime<Utc>) -> String {
    let claims = json!({
        "sub": ANALYST.id, "scope": scope.split(' ').collect::<Vec<_>>(), "domain": "acme.domo.com", "exp": expires.timestamp(), "jti": jti,
        "client_id": samples::CLIENT_ID,
    });
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("not a real signature"))
}

/// The credentials of `Authorization`, without the scheme. Schemes have no case (RFC 9110, 11.1), and Domo's own
/// clients differ.
fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (sent, credentials) = value.split_once(' ')?;
    sent.eq_ignore_ascii_case(scheme).then(|| credentials.trim())
}

/// The person whose credentials for one of the two hosts a request has.
#[derive(Debug)]
pub(crate) struct Signed<const HOST: bool>(pub(super) Person, pub(super) Shared);

pub(super) type Bearer = Signed<PUBLIC>;
pub(super) type Developer = Signed<INSTANCE>;

pub(super) const PUBLIC: bool = true;
pub(super) const INSTANCE: bool = false;

impl<const HOST: bool> FromRequestParts<Shared> for Signed<HOST> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Shared) -> Result<Self, Refusal> {
        let person = if HOST == PUBLIC { bearer(parts, world) } else { developer(&parts.headers) };
        person.map(|person| Self(person, world.clone()))
    }
}

/// The user of a developer token.
fn developer(headers: &HeaderMap) -> Result<Person, Refusal> {
    match headers.get("x-domo-developer-token").and_then(|token| token.to_str().ok()) {
        Some(samples::DEVELOPER_TOKEN) => Ok(ANALYST),
        Some(samples::ADMIN_DEVELOPER_TOKEN) => Ok(ADMIN),
        Some(samples::NON_OWNER_DEVELOPER_TOKEN) => Ok(VISITOR),
        _ => Err(Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized")),
    }
}

/// The user of a valid access token of scope `data`.
fn bearer(parts: &Parts, world: &Shared) -> Result<Person, Refusal> {
    let accept = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let only_csv = accept.is_some_and(|accept| accept.contains("text/csv") && !accept.contains("json"));
    check(parts, world).map_err(|refusal| if only_csv { refusal.for_csv() } else { refusal })
}

fn check(parts: &Parts, world: &Shared) -> Result<Person, Refusal> {
    let token = credentials(&parts.headers, "bearer").ok_or_else(|| Refusal::no_credentials(parts.uri.path()))?;
    if token.split('.').count() != 3 {
        return Err(Refusal::malformed_token());
    }
    let grant = lock(&world.domo).tokens.0.get(token).cloned();
    let grant = grant.ok_or_else(|| Refusal::expired_token("Signed JWT rejected: Invalid signature"))?;
    if grant.expires <= Utc::now() {
        let at = grant.expires.to_rfc3339_opts(SecondsFormat::Secs, true);
        return Err(Refusal::expired_token(&format!("Jwt expired at {at}")));
    }
    if !grant.scope.split_whitespace().any(|scope| scope == "data") {
        return Err(Refusal::no_scope());
    }
    Ok(ANALYST)
}
