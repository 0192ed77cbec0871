//! Decides which proxy a call goes through, for the HTTP client and for `check` alike, and explains the errors of
//! proxies.
//!
//! The variables are those of curl: `HTTPS_PROXY`, else `ALL_PROXY`, each also in small letters, and `NO_PROXY`. Both
//! services are called by https only, so `HTTP_PROXY` never counts. If none is set, macOS and Windows have settings of
//! their own.

mod address;
mod except;
mod fault;

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

use crate::system::variable::{self, VariableError};
use except::Except;
pub(super) use fault::fault;
pub use fault::{ProxyFault, SocksFault};

/// A proxy, without the login that its address may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Host and port.
    pub host: String,
    /// The environment variable that names it; `None` for the operating system's setting.
    pub variable: Option<&'static str>,
}

/// The proxies of this process. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Proxies(Arc<Result<Settings, VariableError>>);

#[derive(Default)]
struct Settings {
    named: Option<Named>,
    except: Except,
    system: Option<Matcher>,
}

struct Named {
    /// The address with its login, percent-encoded.
    url: String,
    variable: &'static str,
}

/// The route of a call to its address.
pub(crate) enum Route {
    Direct,
    /// Without the proxy, because of this variable.
    Excepted(&'static str),
    Through(Via),
}

/// The proxy that a call goes through.
pub(crate) struct Via {
    pub(crate) proxy: Proxy,
    pub(crate) intercept: Intercept,
    url: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.named.as_ref().map(|named| named.variable);
        f.debug_struct("Settings").field("variable", &variable).field("except", &self.except).finish_non_exhaustive()
    }
}

impl Proxies {
    /// Ignores the environment.
    pub(crate) fn none() -> Self {
        Self(Arc::new(Ok(Settings::default())))
    }

    /// Reads the proxies of the environment and of the operating system.
    pub(crate) fn from_process() -> Self {
        Self::read(variable::get)
    }

    fn read(get: impl Fn(&str) -> Option<OsString>) -> Self {
        Self(Arc::new(settings(get)))
    }

    /// Finds the route of a call to `url`. Never called for addresses of this computer.
    ///
    /// # Errors
    ///
    /// A variable that counts cannot be understood. The call is not made without the proxy.
    pub(crate) fn route(&self, url: &Url) -> Result<Route, VariableError> {
        let settings = self.0.as_ref().as_ref().map_err(|error| *error)?;
        Ok(settings.route(url).unwrap_or(Route::Direct))
    }

    /// The variable with exceptions, and the numbers of its entries that are not understood, from 1.
    pub(crate) fn unknown_exceptions(&self) -> Option<(&'static str, &[usize])> {
        self.0.as_ref().as_ref().ok()?.except.unknown()
    }

    /// The same as [`Proxies::route`], for reqwest. A call whose route is an error is not made: see [`super::Http`].
    pub(super) fn as_reqwest(&self) -> reqwest::Proxy {
        let proxies = self.clone();
        reqwest::Proxy::custom(move |url| match proxies.route(url) {
            Ok(Route::Through(via)) => Some(via.url),
            _ => None,
        })
    }
}

fn settings(get: impl Fn(&str) -> Option<OsString>) -> Result<Settings, VariableError> {
    // Lists are wrapped over lines and set in columns.
    let in_one_line = |name: &str| -> Option<OsString> {
        let value = get(name)?;
        Some(value.to_str().map_or_else(|| value.clone(), |text| text.replace(char::is_whitespace, " ").into()))
    };
    let first = |names: &[&'static str],
                 get: &dyn Fn(&str) -> Option<OsString>|
     -> Result<Option<(&'static str, String)>, VariableError> {
        for name in names {
            if let Some(text) = variable::text_unless_empty(name, get(name))? {
                return Ok(Some((name, text)));
            }
        }
        Ok(None)
    };
    let named = match first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"], &get)? {
        Some((variable, text)) => {
            let url = address::parse(&text).map_err(|wrong| VariableError { name: variable, wrong })?;
            Some(Named { url, variable })
        }
        None => None,
    };
    let except = first(&["NO_PROXY", "no_proxy"], &in_one_line)?.map(|(variable, text)| Except::new(variable, &text));
    // The library reads the variables as well, so it is asked only if they name no proxy.
    let has_settings = cfg!(any(windows, target_os = "macos")) && named.is_none();
    Ok(Settings { named, except: except.unwrap_or_default(), system: has_settings.then(Matcher::from_system) })
}

impl Settings {
    fn route(&self, url: &Url) -> Option<Route> {
        if url.scheme() != "https" {
            return None;
        }
        let to: Uri = url.as_str().parse().ok()?;
        let via = match (&self.named, &self.system) {
            (Some(Named { url, variable }), _) => {
                let intercept = Matcher::builder().all(url.as_str()).build().intercept(&to)?;
                Via { proxy: proxy(&intercept, Some(variable)), intercept, url: url.clone() }
            }
            (None, Some(system)) => {
                let intercept = system.intercept(&to)?;
                Via { proxy: proxy(&intercept, None), url: whole(&intercept)?, intercept }
            }
            (None, None) => return None,
        };
        Some(match self.except.of(url) {
            Some(variable) => Route::Excepted(variable),
            None => Route::Through(via),
        })
    }
}

fn proxy(intercept: &Intercept, variable: Option<&'static str>) -> Proxy {
    let (host, port) = address(intercept);
    Proxy { host: format!("{host}:{port}"), variable }
}

/// The address of the system's proxy with its login.
fn whole(intercept: &Intercept) -> Option<String> {
    let mut url = Url::parse(&intercept.uri().to_string()).ok()?;
    let basic = intercept.basic_auth().and_then(|header| header.to_str().ok()?.strip_prefix("Basic "));
    let basic = basic.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok());
    let login = basic.as_deref().and_then(|login| login.split_once(':')).or_else(|| intercept.raw_auth());
    if let Some((user, password)) = login {
        url.set_username(user).ok()?;
        url.set_password(Some(password)).ok()?;
    }
    Some(url.into())
}

pub(crate) fn address(intercept: &Intercept) -> (String, u16) {
    let uri = intercept.uri();
    let usual = match uri.scheme_str() {
        Some("https") => 443,
        Some(scheme) if scheme.starts_with("socks") => 1080,
        _ => 80,
    };
    (uri.host().unwrap_or_default().to_owned(), uri.port_u16().unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The route to data.world with these variables: `host, variable, user:password`, or the error.
    fn route_words(variables: &[(&str, &str)]) -> String {
        let get =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
        match Proxies::read(get).route(&Url::parse("https://api.data.world/v0/user").unwrap()) {
            Ok(Route::Direct) => "direct".to_owned(),
            Ok(Route::Excepted(variable)) => format!("direct by {variable}"),
            Ok(Route::Through(via)) => {
                let url = Url::parse(&via.url).unwrap();
                let raw = percent_encoding::percent_decode_str(via.url.split_once("://").unwrap().1);
                let login = raw.decode_utf8().unwrap().rsplit_once('@').map(|(login, _)| login.to_owned());
                let sent = via.intercept.basic_auth().map(|header| {
                    let text = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
                    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap()
                });
                if url.scheme().starts_with("http") {
                    assert_eq!(sent, login, "what the proxy gets");
                }
                format!("{}, {}, {}", via.proxy.host, via.proxy.variable.unwrap(), login.unwrap_or_default())
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_proxy_is_understood_however_it_is_written() {
        for (value, expected) in [
            (r"http://CORP\jdoe:pw@host:8080", r"host:8080, HTTPS_PROXY, CORP\jdoe:pw"),
            ("\"http://host:8080\"", "host:8080, HTTPS_PROXY, "),
            (" http://host:8080\r\n", "host:8080, HTTPS_PROXY, "),
            ("http://jdoe:päss@host:8080", "host:8080, HTTPS_PROXY, jdoe:päss"),
            ("http://jdoe:1234#x@host:8080", "host:8080, HTTPS_PROXY, jdoe:1234#x"),
            ("http://jdoe:a/b?c@d%25e%40f@host:8080/", "host:8080, HTTPS_PROXY, jdoe:a/b?c@d%e@f"),
            ("http://jdoe:50%zz@host:8080", "host:8080, HTTPS_PROXY, jdoe:50%zz"),
            ("jdoe:a b@host:3128", "host:3128, HTTPS_PROXY, jdoe:a b"),
            ("host:3128", "host:3128, HTTPS_PROXY, "),
            ("HTTP://Host", "host:80, HTTPS_PROXY, "),
            ("https://host", "host:443, HTTPS_PROXY, "),
            ("https://host:80", "host:80, HTTPS_PROXY, "),
            ("socks5h://u:p@host", "host:1080, HTTPS_PROXY, u:p"),
            ("http://[::1]:8080", "[::1]:8080, HTTPS_PROXY, "),
            ("http://pröxy.example:8080", "xn--prxy-6qa.example:8080, HTTPS_PROXY, "),
        ] {
            assert_eq!(route_words(&[("HTTPS_PROXY", value)]), expected, "{value}");
        }
    }

    #[test]
    fn the_first_proxy_variable_that_is_set_counts() {
        let (a, b) = (("https_proxy", "http://a"), ("ALL_PROXY", "http://b"));
        assert_eq!(route_words(&[("HTTPS_PROXY", ""), a, b]), "a:80, https_proxy, ");
        assert_eq!(route_words(&[("HTTPS_PROXY", "''"), b, ("HTTP_PROXY", "http://c")]), "b:80, ALL_PROXY, ");
        assert_eq!(route_words(&[("HTTP_PROXY", "http://c"), ("REQUEST_METHOD", "GET")]), "direct");
        assert_eq!(route_words(&[("HTTPS_PROXY", ""), ("all_proxy", " ")]), "direct");
    }

    #[test]
    fn an_invalid_proxy_is_reported_without_its_password() {
        for value in [
            "ftp://jdoe:secret@host",
            "http://",
            "http://jdoe:secret@",
            "http://jdoe:secret@host:99999",
            "http://jdoe:secret@ho st",
            "http://jdoe:secret@ho;st",
            "http//jdoe:secret@host",
            "HTTPS:/jdoe:secret@host",
            r"socks5h:\\jdoe:secret@host",
            "http://jdoe:secret@host:port",
            "http://jdoe:sec\nret@host",
            "http://jdoe:secret%ff@host",
            "'http://jdoe:secret@host",
            "HTTPS_PROXY=http://jdoe:secret@host",
            "export https_proxy='http://jdoe:secret@host'",
        ] {
            let said = route_words(&[("HTTPS_PROXY", value), ("https_proxy", "http://good:8080")]);
            assert!(said.starts_with("HTTPS_PROXY ") && !said.contains("direct"), "{value}: {said}");
            assert!(!said.contains("sec") && !said.contains("jdoe"), "{said}");
        }
    }

    proptest! {
        #[test]
        fn any_proxy_value_is_parsed_like_the_library_or_refused_without_a_secret(
            kind in "(http|https|socks4|socks5h|HTTP|ftp|)(://|:/|//|:|;//|)",
            user in "[a-zA-Z0-9 @:/#%?\\\\é]{0,8}",
            after in "[ -~]{0,4}|\\PC{0,4}",
            place in "[a-z0-9.-]{0,12}|\\[[0-9a-f:]{2,9}\\]|\\PC{0,9}",
            port in "|:|:[0-9]{1,6}|:[a-z]{1,3}",
            end in "|/|/[a-z]{1,5}|\\?x|#y",
        ) {
            let secret = "Zq9xK7secretword";
            let value = format!("{kind}{user}:{secret}{after}@{place}{port}{end}");
            let get = |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from(&value));
            let proxies = Proxies::read(get);
            prop_assert!(!format!("{proxies:?}").contains(secret), "{proxies:?}");
            match proxies.route(&Url::parse("https://api.data.world/v0/user").unwrap()) {
                Err(error) => prop_assert!(!error.to_string().contains(secret) && error.name == "HTTPS_PROXY"),
                Ok(Route::Through(via)) => {
                    prop_assert!(!via.proxy.host.contains(secret), "{}", via.proxy.host);
                    // reqwest parses the address once more.
                    prop_assert!(reqwest::Proxy::all(&via.url).is_ok(), "{value}");
                    let url = Url::parse(&via.url).unwrap();
                    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
                    prop_assert!(via.proxy.host.starts_with(host), "{value}: {} {host}", via.proxy.host);
                }
                Ok(Route::Direct | Route::Excepted(_)) => prop_assert!(false, "past the proxy: {value}"),
            }
        }

        #[test]
        fn a_plain_proxy_address_is_parsed_like_the_library(
            kind in "(http://|https://|socks4a://|socks5h://|)",
            login in "|[a-z]{1,5}:[a-zA-Z0-9%._~-]{0,8}@",
            host in "[a-z]{1,9}(\\.[a-z]{1,5}){0,2}|10\\.[1-9]\\.[1-9]\\.[1-9]|\\[fd00::[1-9]\\]",
            port in "|:[1-9][0-9]{0,3}",
        ) {
            let value = format!("{kind}{login}{host}{port}");
            let get = |name: &str| (name == "ALL_PROXY").then(|| OsString::from(&value));
            let to = Url::parse("https://api.data.world/v0/user").unwrap();
            let theirs = Matcher::builder().all(&*value).build().intercept(&to.as_str().parse().unwrap());
            match (Proxies::read(get).route(&to), theirs) {
                (Ok(Route::Through(via)), Some(theirs)) => {
                    prop_assert_eq!(address(&via.intercept), address(&theirs));
                    if !login.contains('%') {
                        prop_assert_eq!(via.intercept.basic_auth(), theirs.basic_auth());
                        prop_assert_eq!(via.intercept.raw_auth(), theirs.raw_auth());
                    }
                }
                (Err(_), _) => prop_assert!(login.contains('%'), "refused: {value}"),
                (_, None) => prop_assert!(false, "theirs is none: {value}"),
                _ => prop_assert!(false, "past the proxy: {value}"),
            }
        }
    }

    #[test]
    fn a_kind_without_its_colon_is_no_host() {
        for value in
            ["http//host", "http/host", "https//host:8080", "http:/host:8080", "socks5//host", r"http:\\host:8080"]
        {
            let said = route_words(&[("HTTPS_PROXY", value)]);
            assert!(said.starts_with("HTTPS_PROXY is not a proxy's address"), "{value}: {said}");
        }
        assert_eq!(route_words(&[("HTTPS_PROXY", "httpd/")]), "httpd:80, HTTPS_PROXY, ");
    }

    #[test]
    fn exceptions_are_followed() {
        let with = |no: &str| route_words(&[("HTTPS_PROXY", "http://p"), ("NO_PROXY", no)]);
        for no in [
            "*",
            "*.data.world",
            ".data.world",
            "data.world",
            "api.data.world",
            "API.Data.World.",
            "x, data.world",
            "x data.world",
            "x,\tdata.world",
            "x\ndata.world\n",
            "https://api.data.world:443/v0/user",
            "api.data.world:443",
            "*.world",
            "api.*.world",
            "\"*.data.world\"",
            "https://api.data.world/",
            "\"localhost\", \"api.data.world\"",
            "localhost|*.data.world",
        ] {
            assert_eq!(with(no), "direct by NO_PROXY", "{no}");
        }
        for no in [
            "",
            "ata.world",
            "notdata.world",
            "api.data.world:8443",
            "10.0.0.0/8",
            "127.*",
            "data.world.example",
            ",",
            "<local>",
        ] {
            assert_eq!(with(no), "p:80, HTTPS_PROXY, ", "{no}");
        }
        assert_eq!(
            route_words(&[("HTTPS_PROXY", "http://p"), ("NO_PROXY", ""), ("no_proxy", "*")]),
            "direct by no_proxy"
        );
    }
}
