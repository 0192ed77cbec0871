//! API tokens and their scopes: `user_api_read`, `user_api_write` and `user_api_admin` of the API's security
//! definitions.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::Refusal;
use crate::sandbox::samples;
use crate::sandbox::world::Shared;

#[derive(Debug)]
pub(crate) struct Reader;

#[derive(Debug)]
pub(crate) struct Writer;

/// Proves that a request's token may delete datasets.
#[derive(Debug)]
pub(crate) struct Admin;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Read,
    Write,
    Admin,
}

fn scope(parts: &Parts) -> Result<Scope, Refusal> {
    let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or_else(Refusal::unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::unauthorized());
    }
    match token.trim() {
        samples::READ_ONLY => Ok(Scope::Read),
        samples::READ_WRITE => Ok(Scope::Write),
        samples::ADMIN => Ok(Scope::Admin),
        _ => Err(Refusal::unauthorized()),
    }
}

fn at_least(parts: &Parts, wanted: Scope) -> Result<(), Refusal> {
    if scope(parts)? < wanted {
        return Err(Refusal::forbidden("The token does not have the scope that this operation needs."));
    }
    Ok(())
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Reader, Refusal> {
        at_least(parts, Scope::Read).map(|()| Reader)
    }
}

impl FromRequestParts<Shared> for Writer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Writer, Refusal> {
        at_least(parts, Scope::Write).map(|()| Writer)
    }
}

impl FromRequestParts<Shared> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Admin, Refusal> {
        at_least(parts, Scope::Admin).map(|()| Admin)
    }
}
