//! Addresses of the services, and names of Domo instances. A token is sent only to an address that was parsed here.

use std::str::FromStr;

use derive_more::Display;
use reqwest::Url;
use serde::Deserialize;

use super::{Config, ConfigError, Environment};
use crate::text::secret::may_be_secret;
use crate::text::serde_as_text;

serde_as_text!(Address);

/// An address that may receive tokens: https, or http on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[display("{text}")]
pub struct Address {
    text: String,
    /// Has the port if that is not the default.
    host: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL, or one without a host. Holds the text only if it is plainly no secret.
    NoUrl(Option<String>),
    MayBeSecret,
    NotSafe,
    Credentials,
    Query,
}

impl FromStr for Address {
    type Err = AddressError;

    /// Parses `https://…`, or `http://…` if the host is this computer (127.0.0.0/8, ::1, localhost). A slash and `/v0`
    /// at the end are dropped.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        // The text may have a password in it, so it is repeated only without `@`.
        let no_url = || match text.contains('@') {
            true => AddressError::Credentials,
            false => AddressError::NoUrl(repeatable(text)),
        };
        if may_be_secret(text) {
            return Err(if text.contains('@') { AddressError::Credentials } else { AddressError::MayBeSecret });
        }
        let url = Url::parse(text.trim()).map_err(|_| no_url())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(no_url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            _ => return Err(AddressError::NotSafe),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        let mut path = url.path().trim_end_matches('/');
        while let Some(shorter) = path.strip_suffix("/v0") {
            path = shorter.trim_end_matches('/');
        }
        let text = format!("{}{path}", url.origin().ascii_serialization());
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { text, host })
    }
}

impl Address {
    pub fn is_on_this_computer(&self) -> bool {
        Url::parse(&self.text).ok().and_then(|url| url.host_str().map(is_loopback)).unwrap_or(false)
    }

    fn default_for(host: String) -> Self {
        Self { text: format!("https://{host}"), host }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Takes a host with or without a port.
pub(crate) fn is_this_computer(host: &str) -> bool {
    Url::parse(&format!("http://{host}")).is_ok_and(|url| url.host_str().is_some_and(is_loopback))
}

/// Decides by the address itself, never by a resolver. `host` is as [`Url`] writes it.
fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    ip.map_or(host == "localhost", |ip| ip.is_loopback())
}

/// Addresses of the services that replace the default ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Addresses {
    pub(super) domo: Option<Address>,
    pub(super) dataworld: Option<Address>,
}

impl Addresses {
    /// Takes the addresses of the environment, else of `config.toml`.
    ///
    /// # Errors
    /// When a variable is no address.
    pub fn new(config: &Config, environment: &Environment) -> Result<Self, ConfigError> {
        let read = |variable, text: &Option<String>, other: &Option<Address>| match text {
            Some(text) => text.parse().map(Some).map_err(|source| ConfigError::Variable { variable, source }),
            None => Ok(other.clone()),
        };
        Ok(Self {
            domo: read("WRITEBACK_DOMO_URL", &environment.domo_url, &config.addresses.domo)?,
            dataworld: read("WRITEBACK_DATAWORLD_URL", &environment.dataworld_url, &config.addresses.dataworld)?,
        })
    }

    /// The account's own address comes first: its token was tested there, and is sent nowhere else.
    pub fn dataworld(&self, of_account: Option<&Address>) -> Address {
        of_account
            .or(self.dataworld.as_ref())
            .cloned()
            .unwrap_or_else(|| Address::default_for("api.data.world".to_owned()))
    }

    /// The address of `instance`, by which an access token is used, else that of the public API. The account's own address
    /// comes first.
    ///
    /// # Errors
    /// When `instance` is no instance: its address would be somebody else's.
    pub fn domo(&self, instance: Option<&str>, of_account: Option<&Address>) -> Result<Address, InstanceError> {
        if let Some(address) = of_account.or(self.domo.as_ref()) {
            return Ok(address.clone());
        }
        Ok(Address::default_for(match instance {
            None => "api.domo.com".to_owned(),
            Some(instance) => format!("{}.domo.com", parse_instance(instance)?),
        }))
    }
}

/// Holds the text only if it is plainly no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InstanceError(pub(crate) Option<String>);

/// Returns the text if it is plainly a host, an address or a word, so that an error may repeat it.
fn repeatable(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/' | ' '));
    (is_plain && text.chars().count() <= 80 && !may_be_secret(text)).then(|| text.to_owned())
}

/// Parses a Domo instance: `acme`, `acme.domo.com`, or any URL in it.
///
/// # Errors
/// When it is none of these, or one of Domo's own hosts, such as `api.domo.com`.
pub fn parse_instance(text: &str) -> Result<String, InstanceError> {
    let lower = text.trim().to_ascii_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.strip_suffix(".domo.com").unwrap_or(host);
    // Most instances are one label; those for demonstrations are two, as in `acme.demo.domo.com`.
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    let fits = match labels[..] {
        [one] => is_label(one) && !matches!(one, "api" | "www" | "developer"),
        [one, "demo"] => is_label(one),
        _ => false,
    };
    // A token has the form of a name, and would be looked up as a host.
    if fits && !may_be_secret(text) {
        return Ok(name.to_owned());
    }
    Err(InstanceError(repeatable(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_cleaned_of_pasted_extras() {
        for (text, address, host) in [
            ("https://api.data.world", "https://api.data.world", "api.data.world"),
            (" https://API.data.world/v0/ ", "https://api.data.world", "api.data.world"),
            ("https://proxy.example/dw/v0", "https://proxy.example/dw", "proxy.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://127.9.9.9", "http://127.9.9.9", "127.9.9.9"),
            ("https://v0/v0", "https://v0", "v0"),
            ("http://localhost:80", "http://localhost", "localhost"),
            ("http://[::1]:8080/v0", "http://[::1]:8080", "[::1]:8080"),
        ] {
            let read = text.parse::<Address>().unwrap();
            assert_eq!((read.as_str(), read.host()), (address, host), "{text}");
        }
    }

    #[test]
    fn a_token_is_sent_to_no_address_that_could_leak_it() {
        for text in [
            "http://api.data.world",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::ffff:10.0.0.1]",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
        ] {
            assert!(matches!(text.parse::<Address>(), Err(AddressError::NotSafe | AddressError::NoUrl(_))), "{text}");
        }
        for text in ["https://me:pw@api.data.world", "https://me@api.data.world", "me:pw@host"] {
            let error = text.parse::<Address>().unwrap_err();
            assert_eq!(error, AddressError::Credentials, "{text}");
            assert!(!error.to_string().contains("pw"));
        }
        assert_eq!("https://api.data.world/?a=b".parse::<Address>(), Err(AddressError::Query));
        let error = "api.data.world".parse::<Address>().unwrap_err().to_string();
        assert_eq!(error, "`api.data.world` is not an address. One looks like https://api.data.world.");
    }

    #[test]
    fn an_account_wins_over_the_environment_which_wins_over_the_file() {
        let address = |text: &str| text.parse::<Address>().unwrap();
        let instance = Some("acme.domo.com");
        let (mut config, mut environment) = (Config::default(), Environment::default());

        let usual = Addresses::new(&config, &environment).unwrap();
        assert_eq!(usual.dataworld(None), address("https://api.data.world"));
        assert_eq!(usual.domo(None, None), Ok(address("https://api.domo.com")));
        assert_eq!(usual.domo(instance, None), Ok(address("https://acme.domo.com")));

        config.addresses.domo = Some(address("https://file.example"));
        let of_file = Addresses::new(&config, &environment).unwrap();
        assert_eq!(of_file.domo(instance, None), Ok(address("https://file.example")));

        environment.domo_url = Some("http://127.0.0.1:9".to_owned());
        let of_environment = Addresses::new(&config, &environment).unwrap();
        assert_eq!(of_environment.domo(None, None), Ok(address("http://127.0.0.1:9")));
        assert_eq!(of_environment.domo(instance, None), Ok(address("http://127.0.0.1:9")));
        let own = address("https://own.example");
        assert_eq!(of_environment.domo(instance, Some(&own)), Ok(own.clone()));

        environment.dataworld_url = Some("http://api.data.world".to_owned());
        let error = Addresses::new(&config, &environment).unwrap_err().to_string();
        assert!(error.starts_with("WRITEBACK_DATAWORLD_URL: The address has to begin with https://"), "{error}");
    }

    #[test]
    fn a_misplaced_token_is_neither_repeated_nor_looked_up() {
        use crate::sandbox::samples::{CLIENT_SECRET, DEVELOPER_TOKEN, READ_WRITE};
        for token in [CLIENT_SECRET, DEVELOPER_TOKEN, READ_WRITE, "p@ssw0rd!"] {
            let error = parse_instance(token).unwrap_err().to_string();
            assert!(error.starts_with("That is no Domo instance."), "{error}");
            assert!(parse_instance(&format!("https://{token}.domo.com/x")).is_err());
            for text in [token.to_owned(), format!("https://{token}"), format!("https://{token}.example/x")] {
                let Err(error) = text.parse::<Address>() else { panic!("{text}") };
                assert!(!error.to_string().contains(&token[..5]), "{error}");
            }
        }
        for text in
            [format!("https://api.data.world/{READ_WRITE}"), format!("https://api.data.world/{DEVELOPER_TOKEN}")]
        {
            assert_eq!(text.parse::<Address>(), Err(AddressError::MayBeSecret));
        }
    }

    #[test]
    fn an_instance_is_parsed_from_a_name_a_host_or_an_address() {
        for text in ["acme", "Acme.domo.com", " https://acme.domo.com/datasources/1?x=https://y ", "acme.domo.com/"] {
            assert_eq!(parse_instance(text).as_deref(), Ok("acme"), "{text}");
        }
        assert_eq!(parse_instance("https://acme.demo.domo.com/x").as_deref(), Ok("acme.demo"));
        for text in [
            "",
            "api.domo.com",
            "acme.example",
            ".demo.domo.com",
            "a.b.domo.com",
            "https://acme.domo.com.example",
            "a b",
            "-a",
            "u:p@acme",
            "é",
        ] {
            let error = parse_instance(text).unwrap_err();
            assert!(!error.to_string().contains("u:p"), "{text}");
        }
        assert!(Addresses::default().domo(Some("evil.example/"), None).is_err());
    }

    proptest! {
        #[test]
        fn a_parsed_address_parses_to_itself(text in r"https?://[a-z0-9.:@/?#\[\]-]{0,30}(/v0)?/?") {
            if let Ok(address) = text.parse::<Address>() {
                prop_assert_eq!(address.as_str().parse::<Address>(), Ok(address));
            }
        }

        #[test]
        fn an_address_keeps_its_origin(
            text in r"(https?|HTTPS|ftp):[/\\]{1,3}([a-z]{0,3}@)?(api\.data\.world|127\.0\.0\.1|0x7f\.1|localhost|\[::1\]|evil\.example|[a-z.\\@#?]{1,9})(:[0-9]{1,6})?([/\\](v0|\.\.|%2e|[a-z?#]{0,3})){0,4}",
        ) {
            let Ok(address) = text.parse::<Address>() else { return Ok(()) };
            let (meant, read) = (Url::parse(&text).unwrap(), Url::parse(address.as_str()).unwrap());
            prop_assert_eq!(meant.origin(), read.origin());
            prop_assert!(read.scheme() == "https" || address.is_on_this_computer());
            let called = Url::parse(&format!("{address}/v0/user")).unwrap();
            prop_assert_eq!(called.origin(), read.origin());
            prop_assert!(called.path().ends_with("/v0/user") && called.query().is_none() && called.username().is_empty());
            let host = called.host_str().unwrap();
            prop_assert_eq!(called.port().map_or(host.to_owned(), |port| format!("{host}:{port}")), address.host());
        }

        #[test]
        fn a_parsed_instance_is_always_a_host_under_domo(text in r"\PC{0,30}") {
            if let Ok(instance) = parse_instance(&text) {
                let url = Url::parse(&format!("https://{instance}.domo.com")).unwrap();
                prop_assert_eq!(url.host_str().unwrap_or_default(), format!("{instance}.domo.com"));
                prop_assert_eq!(parse_instance(&instance), Ok(instance));
            }
        }
    }
}
