//! `NO_PROXY`: to which hosts calls go without a proxy.
//!
//! curl, Go, Python and Windows each read it in their own way; all that they understand is understood here.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use crate::http::without_brackets;

/// The hosts to which no proxy leads.
#[derive(Debug, Default)]
pub(super) struct Except {
    variable: &'static str,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    hosts: Hosts,
    /// The only port that is meant.
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    Net(IpNet),
    /// A domain with all that is below it.
    Domain(String),
    /// `*` stands for any characters.
    Pattern(String),
}

impl Except {
    /// Reads the value of `variable`: entries between commas, semicolons, bars (as Java has them) or blanks.
    pub(super) fn new(variable: &'static str, text: &str) -> Self {
        let entries = text.split([',', ';', '|', ' ', '\t']).filter_map(entry).collect();
        Self { variable, entries }
    }

    /// The variable, if it has the host of `url`.
    pub(super) fn of(&self, url: &Url) -> Option<&'static str> {
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        let port = url.port_or_known_default();
        let has = |entry: &Entry| entry.hosts.has(&host) && (entry.port.is_none() || entry.port == port);
        self.entries.iter().any(has).then_some(self.variable)
    }
}

fn entry(text: &str) -> Option<Entry> {
    let text = text.trim_matches(['"', '\'']);
    let text = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/').to_ascii_lowercase();
    let net = |text: &str| {
        let text = without_brackets(text);
        text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    if let Some(net) = net(&text) {
        return Some(Entry { hosts: Hosts::Net(net), port: None });
    }
    let (host, port) = match text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
        Some((host, port)) => (host, Some(port)),
        None => (text.as_str(), None),
    };
    let domain = host.strip_prefix("*.").unwrap_or(host).trim_matches('.');
    let hosts = match net(host) {
        Some(net) => Hosts::Net(net),
        None if domain.contains('*') => Hosts::Pattern(domain.to_owned()),
        None => Hosts::Domain(domain.to_owned()),
    };
    (!domain.is_empty()).then_some(Entry { hosts, port })
}

impl Hosts {
    fn has(&self, host: &str) -> bool {
        match self {
            Self::Net(net) => {
                let address = without_brackets(host).parse::<IpAddr>();
                address.is_ok_and(|address| net.contains(&address))
            }
            Self::Domain(domain) => {
                host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Self::Pattern(pattern) => fits(host, pattern),
        }
    }
}

/// Tells whether `text` has the form of `pattern`.
fn fits(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(text) = text.strip_prefix(start) else { return false };
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.into_iter().any(|at| fits(&text[at..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_understood() {
        let has = |no: &str, to: &str| Except::new("NO_PROXY", no).of(&Url::parse(to).unwrap()).is_some();
        assert!(has("10.0.0.0/8", "https://10.1.2.3/") && !has("10.0.0.0/8", "https://11.1.2.3/"));
        assert!(has("10.1.2.3:443", "https://10.1.2.3/") && !has("10.1.2.3:80", "https://10.1.2.3/"));
        assert!(has("10.*", "https://10.1.2.3/") && has("10.1.2.3", "https://10.1.2.3/"));
        assert!(has("2001:db8::/32", "https://[2001:db8::1]/") && has("[2001:db8::1]:443", "https://[2001:db8::1]/"));
        assert!(has("2001:db8::1", "https://[2001:db8::1]:8443/") && !has("2001:db8::2", "https://[2001:db8::1]/"));
    }
}
