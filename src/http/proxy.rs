//! Which proxy a call goes through, as reqwest chooses it, and why the proxy does not let it pass.

use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

/// A proxy, without the user and the password that its address may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its host and port.
    pub host: String,
    /// The environment variable that names it; `None` where it is the operating system's setting.
    pub variable: Option<&'static str>,
}

/// Why a proxy does not let a call pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyFault {
    /// It cannot be reached: why.
    Unreachable(String),
    /// It asks for a user and a password, or refuses those it got (407).
    Credentials,
    /// It refuses to connect to the service: its status, where that is known.
    Refused(Option<u16>),
    /// It does not answer in time.
    Silent,
}

/// The proxy for an address, if the environment or the system names one. Never asked for addresses of this computer.
pub(super) fn of(url: &Url) -> Option<Proxy> {
    Some(named(url, &intercept(url)?))
}

/// What reqwest is going to do: both read the same settings with the same code.
pub(crate) fn intercept(url: &Url) -> Option<Intercept> {
    Matcher::from_system().intercept(&url.as_str().parse::<Uri>().ok()?)
}

/// The proxy as people may see it.
pub(crate) fn named(url: &Url, intercept: &Intercept) -> Proxy {
    let (host, port) = address(intercept);
    Proxy { host: format!("{host}:{port}"), variable: variable(url.scheme()) }
}

/// Host and port to connect to.
pub(crate) fn address(intercept: &Intercept) -> (String, u16) {
    let uri = intercept.uri();
    let usual = match uri.scheme_str() {
        Some("https") => 443,
        Some(scheme) if scheme.starts_with("socks") => 1080,
        _ => 80,
    };
    (uri.host().unwrap_or_default().to_owned(), uri.port_u16().unwrap_or(usual))
}

/// The variable that counts: the one of the scheme before `ALL_PROXY`, capitals before small letters.
fn variable(scheme: &str) -> Option<&'static str> {
    let own = if scheme == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let is_set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    own.into_iter().find(is_set).or_else(|| ["ALL_PROXY", "all_proxy"].into_iter().find(is_set))
}

/// Why the call did not pass. The library's type for it is not public, its words are.
pub(super) fn fault(error: &reqwest::Error, text: &str) -> ProxyFault {
    match text {
        _ if error.is_dns() => ProxyFault::Unreachable("its name has no address".to_owned()),
        _ if error.is_timeout() => ProxyFault::Silent,
        text if text.contains("authorization required") => ProxyFault::Credentials,
        text if text.contains("unsuccessful") => ProxyFault::Refused(None),
        text => ProxyFault::Unreachable(text.to_owned()),
    }
}
