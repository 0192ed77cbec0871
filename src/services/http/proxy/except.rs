//! `NO_PROXY`: the hosts that are called without a proxy.
//!
//! curl, Go, Python and Windows each read it in their own way; all their forms are understood here.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use super::address::host_of;
use crate::services::http::without_brackets;

#[derive(Debug, Default)]
pub(super) struct Except {
    variable: &'static str,
    entries: Vec<Entry>,
    /// The numbers of entries that are not understood, from 1.
    unknown: Vec<usize>,
}

#[derive(Debug)]
struct Entry {
    hosts: Hosts,
    /// Limits the entry to a port.
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    Net(IpNet),
    /// A domain with its subdomains. As with curl, an address is in none: `255.1` is not the end of `10.0.255.1`.
    Domain(String),
    /// `*` stands for any characters.
    Pattern(String),
    /// `<local>`, as on Windows: names without a domain.
    Local,
}

impl Except {
    /// Reads the value of `variable`: entries between commas, semicolons, bars (as in Java) or blanks.
    pub(super) fn new(variable: &'static str, text: &str) -> Self {
        let mut except = Self { variable, ..Self::default() };
        let marks = |entry: &str| entry.trim_matches(['"', '\'']).to_lowercase();
        let texts = text.split([',', ';', '|', ' ', '\t']).map(marks).filter(|text| !text.is_empty());
        for (at, text) in texts.enumerate() {
            match entry(&text) {
                Some(entry) => except.entries.push(entry),
                None => except.unknown.push(at + 1),
            }
        }
        except
    }

    /// The variable, if it has the host of `url`.
    pub(super) fn of(&self, url: &Url) -> Option<&'static str> {
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        let port = url.port_or_known_default();
        let has = |entry: &Entry| entry.hosts.has(&host) && (entry.port.is_none() || entry.port == port);
        self.entries.iter().any(has).then_some(self.variable)
    }

    /// The variable, and the numbers of its entries that are not understood, from 1.
    pub(super) fn unknown(&self) -> Option<(&'static str, &[usize])> {
        (!self.unknown.is_empty()).then_some((self.variable, &self.unknown))
    }
}

/// Reads an entry in small letters; `None` if it is not understood.
fn entry(text: &str) -> Option<Entry> {
    if text == "<local>" {
        return Some(Entry { hosts: Hosts::Local, port: None });
    }
    // Only the host of an address counts, which may be copied from a browser.
    let text = text.split_once("://").map_or(text, |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let text = text.trim_end_matches('/');
    if let Some(net) = net(text) {
        return Some(Entry { hosts: Hosts::Net(net), port: None });
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    let hosts = match net(host) {
        Some(net) => Hosts::Net(net),
        None => domain(host)?,
    };
    Some(Entry { hosts, port })
}

/// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fd00::/8`, `[fd00::]/8`, or one address.
fn net(text: &str) -> Option<IpNet> {
    let Some((address, size)) = text.split_once('/') else {
        return without_brackets(text).parse::<IpAddr>().ok().map(IpNet::from);
    };
    let address = without_brackets(address).parse().ok()?;
    match size.parse() {
        Ok(bits) => IpNet::new(address, bits).ok(),
        Err(_) => IpNet::with_netmask(address, size.parse().ok()?).ok(),
    }
}

fn domain(host: &str) -> Option<Hosts> {
    let domain = host.strip_prefix("*.").unwrap_or(host).trim_matches('.');
    if domain.contains('*') {
        let is_pattern = |c: char| c.is_ascii_alphanumeric() || "-_.*:[]".contains(c);
        return domain.chars().all(is_pattern).then(|| Hosts::Pattern(domain.to_owned()));
    }
    host_of(domain).filter(|host| host.parse::<IpAddr>().is_err()).map(Hosts::Domain)
}

impl Hosts {
    fn has(&self, host: &str) -> bool {
        let address = without_brackets(host).parse::<IpAddr>();
        match (self, address) {
            (Self::Net(net), address) => address.is_ok_and(|address| net.contains(&address)),
            (Self::Pattern(pattern), _) => fits(host, pattern),
            (Self::Domain(_) | Self::Local, Ok(_)) => false,
            (Self::Domain(domain), _) => {
                host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Local, _) => !host.contains('.'),
        }
    }
}

/// Matches `text` with the parts of a `pattern`, one after the other, the first at the beginning and the last at the
/// end.
fn fits(text: &str, pattern: &str) -> bool {
    let Some((first, parts)) = pattern.split_once('*') else { return text == pattern };
    let (parts, last) = parts.rsplit_once('*').unwrap_or(("", parts));
    let within = text.strip_prefix(first).and_then(|text| text.strip_suffix(last));
    within.is_some_and(|text| {
        let after = |text: &'_ str, part: &str| text.find(part).map(|at| at + part.len());
        parts.split('*').try_fold(0, |at, part| Some(at + after(&text[at..], part)?)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_and_networks_are_understood() {
        let has = |no: &str, to: &str| Except::new("NO_PROXY", no).of(&Url::parse(to).unwrap()).is_some();
        assert!(has("10.0.0.0/8", "https://10.1.2.3/") && !has("10.0.0.0/8", "https://11.1.2.3/"));
        assert!(has("10.1.2.3:443", "https://10.1.2.3/") && !has("10.1.2.3:80", "https://10.1.2.3/"));
        assert!(has("10.*", "https://10.1.2.3/") && has("10.1.2.3", "https://10.1.2.3/"));
        assert!(has("2001:db8::/32", "https://[2001:db8::1]/") && has("[2001:db8::1]:443", "https://[2001:db8::1]/"));
        assert!(has("10.0.0.0/255.0.0.0", "https://10.1.2.3/") && !has("10.0.0.0/255.0.0.0", "https://11.1.2.3/"));
        assert!(has("[fd00::]/8", "https://[fd12::1]/") && !has("[fd00::]/8", "https://[fe80::1]/"));
        assert!(has("2001:db8::1", "https://[2001:db8::1]:8443/") && !has("2001:db8::2", "https://[2001:db8::1]/"));
    }
    proptest! {
        #[test]
        fn any_value_is_read_and_has_the_hosts_that_it_names(
            text in prop_oneof![".{0,60}", "[a-z0-9.:/*,;|<>\\[\\]@% -]{0,60}"],
            name in "[a-z]{1,9}(\\.[a-z]{2,9}){1,3}",
            address in any::<IpAddr>(),
        ) {
            let host = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
            let named = Url::parse(&format!("https://{name}/")).unwrap();
            let numbered = Url::parse(&format!("https://{host}/")).unwrap();
            Except::new("NO_PROXY", &text).of(&named);
            Except::new("NO_PROXY", &text).of(&numbered);
            for (entry, to) in [
                (name.clone(), &named),
                (format!(".{name}"), &named),
                (format!("*.{}", &name[1..]), &named),
                (format!("{}*", &name[..2]), &named),
                (format!("https://{}:443/x?y", name.to_uppercase()), &named),
                (host.clone(), &numbered),
                (format!("{host}:443"), &numbered),
                (format!("{host}/{}", if address.is_ipv6() { 64 } else { 12 }), &numbered),
            ] {
                let except = Except::new("NO_PROXY", &format!("{entry},{text}"));
                let is_tail = entry.starts_with("*.") && entry[2..] != name;
                prop_assert_eq!(except.of(to).is_some() || is_tail, true, "{}", entry);
                prop_assert!(!except.unknown.contains(&1), "{}", entry);
            }
        }
    }

    #[test]
    fn a_pattern_has_its_parts_in_order() {
        for (text, pattern, expected) in [
            ("api.data.world", "api.*.world", true),
            ("api.data.world", "*a*a*a*", true),
            ("api.data.world", "*a*a*a*a*", false),
            ("api.world", "api.*.world", false),
            ("aba", "ab*ba", false),
            ("10.1.2.3", "10.*", true),
            ("", "*", true),
        ] {
            assert_eq!(fits(text, pattern), expected, "{text} {pattern}");
        }
        assert!(!fits(&"a".repeat(250), &"a*".repeat(100).replace("a*a*a*", "a*b*")));
    }

    #[test]
    fn an_address_has_no_domain() {
        for no in ["255.1", "0.255.1", ".255.1", "1", "10.0.255", "data.world"] {
            assert_eq!(Except::new("NO_PROXY", no).of(&Url::parse("https://10.0.255.1/").unwrap()), None, "{no}");
        }
    }

    #[test]
    fn an_entry_that_is_not_understood_is_counted() {
        let unknown = |no: &str| Except::new("NO_PROXY", no).unknown().map(|(_, entries)| entries.to_vec());
        for known in [
            "",
            "*",
            "<local>, localhost",
            "https://host:443/path?x",
            "*.pröxy.example",
            "10.0.0.0/255.0.0.0|[::1]:443;::1 10.*",
        ] {
            assert_eq!(unknown(known), None, "{known}");
        }
        for wrong in [
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0/255.0.255.0",
            "255.1",
            "host:port",
            "a/b",
            "fd00::/129",
            "x@y",
            "a:1:2",
        ] {
            assert_eq!(unknown(&format!("localhost,, {wrong}, data.world")), Some(vec![2]), "{wrong}");
        }
    }
}
