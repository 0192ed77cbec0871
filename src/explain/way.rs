//! What goes wrong on the way to a service: certificates and proxies.

use super::Explanation;
use super::api::plain;
use crate::http::{Distrust, Proxy, ProxyFault, Signer};
use crate::printable::printable;
use crate::service::Service;

const TRUST: &str = "If it is your company's proxy, get its certificate from your IT department and name the file in \
                     config.toml: ca_file = \"company.pem\" under [network]. If not, do not continue: someone may be \
                     intercepting the connection.";

/// A connection that is not to be trusted.
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
        Distrust::UnknownSigner(signer) => {
            let (what, advice) = match signer {
                Signer::Unseen => (
                    "is signed by an authority that this computer does not trust".to_owned(),
                    format!("`writeback check` says which. {TRUST}"),
                ),
                Signer::Itself => ("is self-signed".to_owned(), TRUST.to_owned()),
                Signer::Named(name) => {
                    (format!("is signed by {}, which this computer does not trust", printable(name)), TRUST.to_owned())
                }
            };
            Explanation::new(format!("The certificate of {host} {what}."), advice)
        }
        Distrust::Nobody => Explanation::new(
            format!("This computer has no certificates of authorities, so no connection to {host} can be trusted."),
            "Install them (on Debian and Ubuntu: apt install ca-certificates), or name a file that has them in the \
             variable SSL_CERT_FILE.",
        ),
        Distrust::NotTls => Explanation::new(
            format!("What answered at {host} does not speak TLS, so no connection to it is safe."),
            "Check the address and its port: they must belong to an https service.",
        ),
        Distrust::Other(reason) => Explanation::new(
            format!("The connection to {host} cannot be trusted: {}.", plain(reason)),
            "Check the address and this computer's date. A company's proxy may be in between: run `writeback check` to \
             find out.",
        ),
    }
}

/// A proxy that lets nothing pass.
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
