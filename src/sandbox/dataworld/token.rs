//! API tokens and their scopes: `user_api_read`, `user_api_write` and `user_api_admin` of the API's security
//! definitions.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::Refusal;
use crate::sandbox::samples;
use crate::sandbox::world::Shared;

/// Opens the world to a request whose token has at least a scope.
#[derive(Debug)]
pub(super) struct With<const SCOPE: u8>(pub(super) Shared);

pub(super) type Reader = With<READ>;
pub(super) type Writer = With<WRITE>;
/// May delete datasets.
pub(super) type Admin = With<ADMIN>;

const READ: u8 = 1;
const WRITE: u8 = 2;
const ADMIN: u8 = 3;

fn scope(parts: &Parts) -> Option<u8> {
    let (scheme, token) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    match token.trim() {
        _ if !scheme.eq_ignore_ascii_case("bearer") => None,
        samples::READ_ONLY => Some(READ),
        samples::READ_WRITE => Some(WRITE),
        samples::ADMIN => Some(ADMIN),
        _ => None,
    }
}

impl<const SCOPE: u8> FromRequestParts<Shared> for With<SCOPE> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Shared) -> Result<Self, Refusal> {
        match scope(parts) {
            None => Err(Refusal::unauthorized()),
            Some(scope) if scope >= SCOPE => Ok(Self(world.clone())),
            _ => Err(Refusal::forbidden("The token does not have the scope that this operation needs.")),
        }
    }
}
