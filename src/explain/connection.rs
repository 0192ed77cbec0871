//! Connection failures at certificates and proxies.

use std::fmt::{self, Display, Formatter};

use super::Explanation;
use super::api::reason_clause;
use crate::export::Service;
use crate::services::http::{Distrust, Proxy, ProxyFault, Signer, SocksFault};
use crate::services::{CaFault, NetworkError};
use crate::text::terminal_text::printable;

/// Advice about the certificate of a company's proxy.
const TRUST: &str = "get its certificate from your IT department and name the file in config.toml: \
                     ca_file = \"company.pem\" under [network].";

pub(super) fn tls(host: &str, distrust: &Distrust) -> Explanation {
    explained! { distrust;
        Distrust::Expired => "The certificate of {host} has expired.",
            "Check this computer's date. If it is right, tell whoever runs that server, or the proxy on the way to it.";
        Distrust::NotYetValid => "The certificate of {host} is not valid yet.",
            "Check this computer's date: it is probably in the past.";
        Distrust::OtherHost(names) => ("What answered at {host} has a certificate for {}.", listed(names)),
            "Check the address. If it is right, the network's login page may be answering: open a web page in a \
             browser first.";
        Distrust::NoNames =>
            "The certificate of {host} names no host: it has no subjectAltName. A common name, if it has one, does \
             not count.",
            ("Whoever runs that server has to renew its certificate, with a subjectAltName for {}.", bare(host));
        Distrust::UnknownSigner(signer) => ("The certificate of {host} is {}.", signed_by(signer)),
            "If it is your company's proxy, {TRUST} If not, do not continue: someone may be intercepting the connection.";
        Distrust::OfAuthority =>
            "The certificate of {host} is that of an authority, which signs others and cannot be a server's.",
            "Whoever runs that server has to make a certificate for the server itself, and sign it with that one.";
        Distrust::OtherPurpose => "The certificate of {host} was not made for a server.",
            "Whoever runs that server has to renew its certificate, for server authentication.";
        Distrust::BadSignature =>
            "The signature on the certificate of {host} is wrong: the certificate was changed or made by somebody \
             else.",
            "Do not continue: someone may be intercepting the connection. If it is your company's proxy, tell your IT \
             department.";
        Distrust::Algorithm =>
            "The certificate of {host} is signed in a way that is not safe any more, or not supported.",
            "Whoever runs that server has to renew its certificate, signed with SHA-256 or better.";
        Distrust::CriticalExtension =>
            "The certificate of {host} has an extension that is marked critical, and that Writeback does not know.",
            "Whoever runs that server has to renew its certificate without that extension.";
        Distrust::Revoked => "The certificate of {host} has been revoked by the authority that signed it.",
            "Do not continue: somebody else may have its key. Tell whoever runs that server.";
        Distrust::RevocationUnknown => "Whether the certificate of {host} has been revoked could not be found out.",
            "Try again in a few minutes. If it keeps happening, tell whoever runs that server, or the proxy on the \
             way to it.";
        Distrust::Chain => "An authority behind the certificate of {host} may not sign it as it did.",
            "Whoever runs that server, or the proxy on the way to it, has to renew its certificate.";
        Distrust::Malformed => "The certificate of {host} is broken: it cannot be read.",
            "Whoever runs that server, or the proxy on the way to it, has to renew its certificate.";
        Distrust::NoCertificate => "What answered at {host} shows no certificate, so no connection to it is safe.",
            "Check the address. If it is right, tell whoever runs that server, or the proxy on the way to it.";
        Distrust::Platform(reason) =>
            ("This computer does not trust the certificate of {host}: {}.", reason_clause(reason)),
            "Check the address and this computer's date. If a company's proxy is in between, {TRUST}";
        Distrust::Nobody =>
            "This computer has no certificates of authorities, so no connection to {host} can be trusted.",
            "Install them (on Debian and Ubuntu: apt install ca-certificates), or name a file that has them in the \
             variable SSL_CERT_FILE.";
        Distrust::NotTls => "What answered at {host} does not speak TLS, so no connection to it is safe.",
            "Check the address and its port: they must belong to an https service.";
        Distrust::OldTls => "What answered at {host} speaks no version of TLS that is safe.",
            "It has to speak TLS 1.2 or 1.3 with a cipher of today. Tell whoever runs that server, or the proxy on \
             the way to it.";
        Distrust::WantsCertificate =>
            "What answered at {host} asks for a certificate of whoever calls, and Writeback has none.",
            "Check the address: neither Domo nor data.world asks for one. If a company's proxy does, ask your IT \
             department.";
        Distrust::UnknownHost => "What answered at {host} does not serve that name.", "Check the address.";
        Distrust::Ended => "What answered at {host} ended the connection before it was safe.",
            "Try again in a few minutes. If it keeps happening, a firewall or a proxy on the way may not let it pass.";
        Distrust::Handshake =>
            "What answered at {host} does not keep to the rules of TLS, so no connection to it is safe.",
            "Check the address. A firewall or a proxy on the way may be changing the connection: ask your IT \
             department.";
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| printable(name)).collect();
    if names.is_empty() { "another host".to_owned() } else { names.join(", ") }
}

fn signed_by(signer: &Signer) -> String {
    match signer {
        Signer::Unnamed => "signed by an authority that this computer does not trust".to_owned(),
        Signer::Itself => "self-signed".to_owned(),
        Signer::Named(name) => format!("signed by {}, which this computer does not trust", printable(name)),
    }
}

sentences! { NetworkError:
    CaFile { path, fault } =>
        "No secure connection can be made on this computer: the ca_file {} cannot be used: {fault}. Correct it in \
         config.toml under [network].", path.display();
    Tls(reason) => "No secure connection can be made on this computer: {reason}.";
}

sentences! { CaFault:
    Unreadable(error) => "{error}";
    NoPem => "it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----";
    Certificate(reason) => "{reason}";
}

fn bare(host: &str) -> &str {
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or(host, |(host, _)| host)
}

pub(super) fn proxy(service: Service, target: &str, proxy: &Proxy, fault: &ProxyFault) -> Explanation {
    let host = printable(&proxy.host);
    let variable = proxy.variable.unwrap_or("the system's settings");
    let named = format!("the proxy {host}, named in {variable}");
    let because = |why: &str| format!("{service} could not be reached, because {named}, {why}.");
    explained! { fault;
        ProxyFault::Unreachable(fault) => {because(&format!("cannot be reached: {fault}"))},
            "Correct {variable} if the proxy is another one, or remove it if no proxy is needed here.";
        ProxyFault::Credentials => {because("asks for a user name and a password (407)")}, {login(variable, &host)};
        ProxyFault::Refused(Some(status)) => {because(&format!("does not connect to it ({status})"))}, {ALLOW};
        ProxyFault::Refused(None) => {because("does not connect to it")}, {ALLOW};
        ProxyFault::Silent => {because("does not answer")},
            "Try again in a few minutes. If it keeps happening, check {variable}, and ask whoever runs the proxy.";
        ProxyFault::Ended => {because("ended the connection without an answer")},
            "Check in {variable} of which kind the proxy is: http://, https://, socks4a:// or socks5h://. If that is \
             right, ask whoever runs the proxy.";
        ProxyFault::NoHttp => {because("does not answer as an HTTP proxy does")},
            "Check the port in {variable}. If it is a SOCKS proxy, its address begins with socks5h://.";
        ProxyFault::Socks(fault) => [socks(service, target, *fault, (&host, variable))];
    }
}

const ALLOW: &str = "Ask whoever runs the proxy to allow the service's address, port 443.";

fn login(variable: &str, host: &str) -> String {
    format!("Put them in {variable}, before the proxy's host: USER:PASSWORD@{host}.")
}

/// A SOCKS proxy that does not let a call to `target` pass. What it says of the way to the target is not its own fault.
fn socks(service: Service, target: &str, fault: SocksFault, (host, variable): (&str, &str)) -> Explanation {
    let because =
        |why: &str| format!("{service} could not be reached, because the proxy {host}, named in {variable}, {why}.");
    let through =
        |why: &str| format!("{service} could not be reached through the proxy {host}, named in {variable}: {why}.");
    let again = "The proxy itself answers. Check the network and the service's address, and try again in a few minutes; if it \
                 keeps happening, ask whoever runs the proxy.";
    explained! { fault;
        SocksFault::WantsLogin => {because("asks for a user name and a password")}, {login(variable, host)};
        SocksFault::TakesNoLogin => {because("does not take a user name and a password")},
            "Remove them from {variable}, or ask whoever runs the proxy how to sign in there.";
        SocksFault::LoginRefused => {because("does not accept the user name and the password")},
            "Correct them in {variable}.";
        SocksFault::LoginTooLong =>
            {because("is a SOCKS proxy, and the user name and the password are too long for one")},
            "Correct them in {variable}: together they have 255 bytes at most.";
        SocksFault::Ident => {because("asks this computer who its user is (ident), and got no answer that it accepts")},
            "Ask whoever runs the proxy to let this computer in without that, or for a SOCKS5 proxy.";
        SocksFault::NotAllowed => {because("does not allow connections to it")}, {ALLOW};
        SocksFault::NoAddress =>
            "No address was found for {target}, so {service} could not be reached through the proxy {host}.",
            "This computer looks the name up itself for a proxy of that kind. Check the network, or write socks5h:// \
             or socks4a:// in {variable}, if the proxy can look up names itself.";
        SocksFault::NetworkUnreachable => {through(&format!("the proxy finds no network that leads to {target}"))},
            {again};
        SocksFault::HostUnreachable => {through(&format!("the proxy cannot reach {target}"))}, {again};
        SocksFault::TargetRefused => {through(&format!("{target} refuses the proxy's connection"))}, {again};
        SocksFault::TooFar => {through(&format!("the way from the proxy to {target} is too long (TTL)"))}, {again};
        SocksFault::Failed => {through(&format!("the proxy could not connect to {target}, and gives no reason"))},
            {again};
        SocksFault::AddressKind => {because("does not take an address of that kind")},
            "Write socks5:// instead of socks5h:// in {variable}, or the other way round.";
        SocksFault::NoIpv6 => {because("is a SOCKS4 proxy, and those take no IPv6 address")},
            "Write socks5h:// in {variable} if the proxy knows SOCKS5.";
        SocksFault::NoSocks => {because("does not answer as a SOCKS proxy does")},
            "It is probably an HTTP proxy: write http:// instead of the socks part in {variable}.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_of_distrust_has_its_own_sentence() {
        let all = [
            Distrust::Expired,
            Distrust::NotYetValid,
            Distrust::OtherHost(vec!["other.example".to_owned()]),
            Distrust::NoNames,
            Distrust::UnknownSigner(Signer::Unnamed),
            Distrust::UnknownSigner(Signer::Itself),
            Distrust::UnknownSigner(Signer::Named("Acme".to_owned())),
            Distrust::OfAuthority,
            Distrust::OtherPurpose,
            Distrust::BadSignature,
            Distrust::Algorithm,
            Distrust::CriticalExtension,
            Distrust::Revoked,
            Distrust::RevocationUnknown,
            Distrust::Chain,
            Distrust::Malformed,
            Distrust::NoCertificate,
            Distrust::Platform("The chain is incomplete".to_owned()),
            Distrust::Nobody,
            Distrust::NotTls,
            Distrust::OldTls,
            Distrust::WantsCertificate,
            Distrust::UnknownHost,
            Distrust::Ended,
            Distrust::Handshake,
        ];
        let said: std::collections::BTreeSet<String> =
            all.iter().map(|distrust| tls("api.example:8443", distrust).to_string()).collect();
        assert_eq!(said.len(), all.len());
        for sentence in said {
            assert!(sentence.contains("api.example") && !sentence.contains("::"), "{sentence}");
            assert!(!sentence.contains(['{', '(']) || sentence.contains("(on Debian"), "{sentence}");
        }
        let renewed = tls("[::1]:8443", &Distrust::NoNames).to_string();
        assert!(renewed.ends_with("with a subjectAltName for [::1]."), "{renewed}");
    }
}
