//! What can be told of credentials without asking anyone.

use crate::secret::Secret;

/// Reads the address of data.world's API: empty is the usual one, `https://` may be left out.
///
/// # Errors
/// A sentence, when it is no address, or would send the token unencrypted over the network.
pub(super) fn address(text: &str) -> Result<Option<String>, String> {
    let text = text.trim().trim_end_matches('/');
    let text = text.strip_suffix("/v0").unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let host = rest.split('/').next().unwrap_or_default();
    let bare = host.rsplit_once(':').map_or(host, |(bare, _)| bare);
    if bare.is_empty() || rest.chars().any(|c| c.is_whitespace() || matches!(c, '@' | '?' | '#')) {
        return Err("That is not an address. It looks like https://api.acme.data.world.".to_owned());
    }
    match scheme {
        "https" => Ok(Some(format!("https://{rest}"))),
        "http" if matches!(bare, "localhost" | "127.0.0.1" | "[::1]") => Ok(Some(format!("http://{rest}"))),
        _ => Err("The address begins with https://, so that nobody on the way reads the token.".to_owned()),
    }
}

/// Reads a Domo instance: `acme`, `acme.domo.com`, or any address on it.
///
/// # Errors
/// A sentence, when it is none of these.
pub(super) fn instance(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.strip_suffix(".domo.com");
    // A developer sandbox of Domo has a name of two parts: `acme-dev.demo.domo.com`.
    let known = name.is_some() || !host.trim_end_matches(".demo").contains('.');
    let name = name.unwrap_or(host);
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if known && name.split('.').all(part) {
        return Ok(name.to_owned());
    }
    Err("Enter the instance: what stands before .domo.com in Domo's address, such as acme.".to_owned())
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
