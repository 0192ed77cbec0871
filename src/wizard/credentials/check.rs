//! What can be told of credentials without asking anyone.

use crate::accounts::{AccountNameError, check_name};
use crate::config::{Address, AddressError};
use crate::secret::Secret;

/// Reads the address of data.world's API: empty is the usual one, and `https://` may be left out.
///
/// # Errors
/// When a token may not be sent there.
pub(super) fn address(text: &str) -> Result<Option<String>, AddressError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Address::parse(&whole).map(|address| Some(address.into()))
}

/// Reads an account's name; empty is one that is given after the test.
///
/// # Errors
/// When no account may be called that.
pub(super) fn name(text: &str) -> Result<(), AccountNameError> {
    let text = text.trim();
    if text.is_empty() { Ok(()) } else { check_name(text) }
}

/// Whether a text can be a token of data.world, which has three parts with dots between them. Nothing documents it, so
/// that it is a reason to look again and no more.
pub(super) fn looks_like_token(token: &Secret) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
    };
    let mut parts = 0;
    token.expose().split('.').all(|text| {
        parts += 1;
        part(text)
    }) && parts == 3
}
