//! Checks of credentials that need no request.

use crate::accounts::{AccountNameError, check_name};
use crate::config::{Address, AddressError};
use crate::text::secret::Secret;

/// Parses the address of data.world's API. Empty means the usual one; `https://` may be left out.
///
/// # Errors
/// When a token may not be sent there.
pub(super) fn parse_address(text: &str) -> Result<Option<String>, AddressError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    whole.parse::<Address>().map(|address| Some(address.to_string()))
}

/// Checks an account's name. Empty is valid, because the account is named after the test.
pub(super) fn check_account_name(text: &str) -> Result<(), AccountNameError> {
    let text = text.trim();
    if text.is_empty() { Ok(()) } else { check_name(text) }
}

/// Tokens of data.world have three parts separated by dots. This is undocumented, so it may only cause a warning.
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
