//! Connection failures at certificates and proxies.

use super::Explanation;
use super::api::plain;
use crate::http::{Distrust, Proxy, ProxyFault, Signer};
use crate::printable::printable;
use crate::service::Service;

/// Advice about the certificate of a company's proxy.
const TRUST: &str = "get its certificate from your IT department and name the file in config.toml: \
                     ca_file = \"company.pem\" under [network].";

pub(super) fn tls(host: &str, distrust: &Distrust) -> Explanation {
    match distrust {
        Distrust::Expired => Explanation::new(
            format!("The certificate of {host} has expired."),
            "Check this computer's date. If it is right, tell whoever runs that server, or the proxy on the way to it.",
        ),
        Distrust::NotYetValid => Explanation::new(
            format!("The certificate of {host} is not valid yet."),
            "Check this computer's date: it is probably in the past.",
        ),
        Distrust::OtherHost(names) => {
            let names: Vec<_> = names.iter().map(|name| printable(name)).collect();
            let theirs = if names.is_empty() { "another host".to_owned() } else { names.join(", ") };
            Explanation::new(
                format!("What answered at {host} has a certificate for {theirs}."),
                "Check the address. If it is right, the network's login page may be answering: open a web page in a \
                 browser first.",
            )
        }
        Distrust::NoNames => Explanation::new(
            format!(
                "The certificate of {host} names no host: it has no subjectAltName. A common name, if it has one, does not count."
            ),
            format!("Whoever runs that server has to renew its certificate, with a subjectAltName for {}.", bare(host)),
        ),
        Distrust::UnknownSigner(signer) => {
            let what = match signer {
                Signer::Unnamed => "is signed by an authority that this computer does not trust".to_owned(),
                Signer::Itself => "is self-signed".to_owned(),
                Signer::Named(name) => format!("is signed by {}, which this computer does not trust", printable(name)),
            };
            let rest = "If not, do not continue: someone may be intercepting the connection.";
            let advice = format!("If it is your company's proxy, {TRUST} {rest}");
            Explanation::new(format!("The certificate of {host} {what}."), advice)
        }
        Distrust::OfAuthority => Explanation::new(
            format!("The certificate of {host} is that of an authority, which signs others and cannot be a server's."),
            "Whoever runs that server has to make a certificate for the server itself, and sign it with that one.",
        ),
        Distrust::OtherPurpose => Explanation::new(
            format!("The certificate of {host} was not made for a server."),
            "Whoever runs that server has to renew its certificate, for server authentication.",
        ),
        Distrust::BadSignature => Explanation::new(
            format!(
                "The signature on the certificate of {host} is wrong: the certificate was changed or made by somebody else."
            ),
            "Do not continue: someone may be intercepting the connection. If it is your company's proxy, tell your IT \
             department.",
        ),
        Distrust::Algorithm => Explanation::new(
            format!("The certificate of {host} is signed in a way that is not safe any more, or not supported."),
            "Whoever runs that server has to renew its certificate, signed with SHA-256 or better.",
        ),
        Distrust::CriticalExtension => Explanation::new(
            format!(
                "The certificate of {host} has an extension that is marked critical, and that Writeback does not know."
            ),
            "Whoever runs that server has to renew its certificate without that extension.",
        ),
        Distrust::Revoked => Explanation::new(
            format!("The certificate of {host} has been revoked by the authority that signed it."),
            "Do not continue: somebody else may have its key. Tell whoever runs that server.",
        ),
        Distrust::RevocationUnknown => Explanation::new(
            format!("Whether the certificate of {host} has been revoked could not be found out."),
            "Try again in a few minutes. If it keeps happening, tell whoever runs that server, or the proxy on the way to it.",
        ),
        Distrust::Chain => Explanation::new(
            format!("An authority behind the certificate of {host} may not sign it as it did."),
            "Whoever runs that server, or the proxy on the way to it, has to renew its certificate.",
        ),
        Distrust::Malformed => Explanation::new(
            format!("The certificate of {host} is broken: it cannot be read."),
            "Whoever runs that server, or the proxy on the way to it, has to renew its certificate.",
        ),
        Distrust::NoCertificate => Explanation::new(
            format!("What answered at {host} shows no certificate, so no connection to it is safe."),
            "Check the address. If it is right, tell whoever runs that server, or the proxy on the way to it.",
        ),
        Distrust::Platform(reason) => Explanation::new(
            format!("This computer does not trust the certificate of {host}: {}.", plain(reason)),
            format!("Check the address and this computer's date. If a company's proxy is in between, {TRUST}"),
        ),
        Distrust::Nobody => Explanation::new(
            format!("This computer has no certificates of authorities, so no connection to {host} can be trusted."),
            "Install them (on Debian and Ubuntu: apt install ca-certificates), or name a file that has them in the \
             variable SSL_CERT_FILE.",
        ),
        Distrust::NotTls => Explanation::new(
            format!("What answered at {host} does not speak TLS, so no connection to it is safe."),
            "Check the address and its port: they must belong to an https service.",
        ),
        Distrust::OldTls => Explanation::new(
            format!("What answered at {host} speaks no version of TLS that is safe."),
            "It has to speak TLS 1.2 or 1.3 with a cipher of today. Tell whoever runs that server, or the proxy on the way to \
             it.",
        ),
        Distrust::WantsCertificate => Explanation::new(
            format!("What answered at {host} asks for a certificate of whoever calls, and Writeback has none."),
            "Check the address: neither Domo nor data.world asks for one. If a company's proxy does, ask your IT department.",
        ),
        Distrust::UnknownHost => {
            Explanation::new(format!("What answered at {host} does not serve that name."), "Check the address.")
        }
        Distrust::Ended => Explanation::new(
            format!("What answered at {host} ended the connection before it was safe."),
            "Try again in a few minutes. If it keeps happening, a firewall or a proxy on the way may not let it pass.",
        ),
        Distrust::Handshake => Explanation::new(
            format!("What answered at {host} does not keep to the rules of TLS, so no connection to it is safe."),
            "Check the address. A firewall or a proxy on the way may be changing the connection: ask your IT department.",
        ),
    }
}

fn bare(host: &str) -> &str {
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or(host, |(host, _)| host)
}

pub(super) fn proxy(service: Service, proxy: &Proxy, fault: &ProxyFault) -> Explanation {
    let host = printable(&proxy.host);
    let variable = proxy.variable.unwrap_or("the system's settings");
    let named = format!("the proxy {host}, named in {variable}");
    match fault {
        ProxyFault::Unreachable(reason) => Explanation::new(
            format!("{service} could not be reached, because {named}, cannot be reached: {}.", plain(reason)),
            format!("Correct {variable} if the proxy is another one, or remove it if no proxy is needed here."),
        ),
        ProxyFault::Credentials => Explanation::new(
            format!("{service} could not be reached, because {named}, asks for a user name and a password (407)."),
            format!("Put them in {variable}: http://USER:PASSWORD@{host}."),
        ),
        ProxyFault::Refused(status) => {
            let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
            Explanation::new(
                format!("{service} could not be reached, because {named}, does not connect to it{status}."),
                "Ask whoever runs the proxy to allow the service's address, port 443.",
            )
        }
        ProxyFault::Silent => Explanation::new(
            format!("{service} could not be reached, because {named}, does not answer."),
            format!(
                "Try again in a few minutes. If it keeps happening, check {variable}, and ask whoever runs the \
                     proxy."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_distrust_has_a_sentence_of_its_own_and_none_is_raw() {
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
