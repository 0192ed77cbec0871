//! Claims of an API token about itself. data.world documents none of them, so a run takes them for hints and asks
//! data.world; a check, which writes nothing, has nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::services::http::objects;
use crate::text::secret::Secret;

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Payload {
    role: Option<Vec<String>>,
    exp: Option<i64>,
}

objects!(Payload);

fn payload(token: &Secret) -> Option<Payload> {
    let payload = token.expose().split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The expiry in the token; most have none.
pub(super) fn ends(token: &Secret) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(payload(token)?.exp?, 0)
}

/// The payload names the scope that uploads need (data.world API, `user_api_write`); `None` when it cannot be read.
pub(super) fn may_write(token: &Secret) -> Option<bool> {
    let roles = payload(token)?.role?;
    Some(roles.iter().any(|role| role == "user_api_write" || role == "user_api_admin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> Secret {
        Secret::new(format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn the_payload_tells_whether_the_token_may_write() {
        assert_eq!(may_write(&token(r#"{"role":["user_api_read","user_api_write"]}"#)), Some(true));
        assert_eq!(may_write(&token(r#"{"role":["user_api_read"]}"#)), Some(false));
        assert_eq!(may_write(&token("{}")), None);
        assert_eq!(may_write(&Secret::new("opaque")), None);
    }
}
