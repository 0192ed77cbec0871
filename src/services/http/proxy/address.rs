//! Reads a proxy's address as people write it: a password may have any character in it.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::services::http::value;
use crate::system::variable::Wrong;
use crate::text::secret::remember_login;

const KINDS: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
/// The usual port of SOCKS proxies (RFC 1928).
const SOCKS: u16 = 1080;

/// The address with its login percent-encoded, in a form that every parser reads alike.
///
/// # Errors
///
/// It is not an address, or the kind of proxy is not known.
pub(super) fn parse(text: &str) -> Result<String, Wrong> {
    let is_kind = |kind: &str| kind.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let (kind, rest) = match text.split_once("://") {
        Some((kind, rest)) if is_kind(kind) => (kind.to_ascii_lowercase(), rest),
        // `http//host` names no proxy whose host is `http`.
        _ if begins_like_a_kind(text) => return Err(Wrong::Proxy),
        _ => ("http".to_owned(), text),
    };
    if !KINDS.contains(&kind.as_str()) {
        return Err(Wrong::ProxyKind);
    }
    // Passwords have `@`, `/` and `#` in them; hosts do not.
    let (login, place) = rest.rsplit_once('@').map_or((None, rest), |(login, place)| (Some(login), place));
    let place = place.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<u16>().map_err(|_| Wrong::Proxy)?)),
        _ => (place, kind.starts_with("socks").then_some(SOCKS)),
    };
    let host = host_of(host).ok_or(Wrong::Proxy)?;
    let login = login.filter(|login| !login.is_empty()).map(encoded).transpose()?.unwrap_or_default();
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let url = format!("{kind}://{login}{host}{port}");
    if Url::parse(&url).is_ok() { Ok(url) } else { Err(Wrong::Proxy) }
}

/// Normalizes a host as in the address of a call: letters that are not ASCII are encoded, which they would not be in
/// the address of a SOCKS proxy, and `255.1` is an address.
pub(super) fn host_of(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_') || !c.is_ascii() && !c.is_whitespace();
    let is_address = text.starts_with('[') && text.ends_with(']');
    let url = (is_address || text.chars().all(is_plain)).then(|| Url::parse(&format!("http://{text}/")).ok())??;
    Some(url.host_str()?.to_owned())
}

/// Finds a kind with a slash but without `://`.
fn begins_like_a_kind(text: &str) -> bool {
    let start = text.split_once(['/', '\\']).map(|(start, _)| start.trim_end_matches(':').to_ascii_lowercase());
    start.is_some_and(|start| KINDS.contains(&start.as_str()))
}

/// `USER:PASSWORD@`. Percent-encoded characters stay as they are.
fn encoded(login: &str) -> Result<String, Wrong> {
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let decoded = |text| percent_decode_str(text).decode_utf8().map_err(|_| Wrong::Proxy);
    let (user, password) = (decoded(user)?, decoded(password)?);
    remember_login(&user, &password);
    Ok(format!("{}:{}@", value(&user), value(&password)))
}
