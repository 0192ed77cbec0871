//! Why a connection is not to be trusted, read from what rustls says.

use rustls::{CertificateError, Error};

use super::trust::NOBODY;

/// Why a connection is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// The certificate has ended.
    Expired,
    /// The certificate has not begun.
    NotYetValid,
    /// The certificate is for other hosts: their names, where it has any.
    OtherHost(Vec<String>),
    /// The certificate is signed by somebody that this computer does not trust.
    UnknownSigner(Signer),
    /// This computer trusts nobody: it has no certificates of authorities.
    Nobody,
    /// What answers does not speak TLS.
    NotTls,
    /// Anything else: what the library says.
    Other(String),
}

/// Who signed a certificate, as far as somebody has looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// Nobody has looked.
    Unseen,
    /// It is its own.
    Itself,
    /// The name that the certificate gives.
    Named(String),
}

/// Why the call failed, if its connection was not to be trusted. `text` is what the error says innermost.
pub(super) fn distrust(error: &reqwest::Error, text: &str) -> Option<Distrust> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(error) = within(cause) {
            return Some(of_rustls(error));
        }
        source = cause.source();
    }
    // Where the platform checks certificates, as on macOS, its words are all there is.
    let lower = text.to_ascii_lowercase();
    ["certificate", "tls", "handshake"]
        .iter()
        .any(|word| lower.contains(word))
        .then(|| Distrust::Other(text.to_owned()))
}

/// The error of rustls that another one is, or is wrapped around: one of I/O does not give it as its source.
fn within<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(wrapped) => within(wrapped.get_ref()?),
        None => error.downcast_ref(),
    }
}

fn of_rustls(error: &Error) -> Distrust {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
        UnknownIssuer,
    };
    match error {
        Error::InvalidMessage(_) => Distrust::NotTls,
        Error::General(reason) if reason == NOBODY => Distrust::Nobody,
        Error::InvalidCertificate(wrong) => match wrong {
            Expired | ExpiredContext { .. } => Distrust::Expired,
            NotValidYet | NotValidYetContext { .. } => Distrust::NotYetValid,
            NotValidForName => Distrust::OtherHost(Vec::new()),
            NotValidForNameContext { presented, .. } => {
                Distrust::OtherHost(presented.iter().map(|name| bare(name)).collect())
            }
            UnknownIssuer => Distrust::UnknownSigner(Signer::Unseen),
            // A certificate that signed itself and may sign others, as of many a home-made server.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                Distrust::UnknownSigner(Signer::Unseen)
            }
            other => Distrust::Other(other.to_string()),
        },
        other => Distrust::Other(other.to_string()),
    }
}

/// The name in `DnsName("example.com")`, as rustls writes it.
fn bare(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_name_loses_what_stands_around_it() {
        assert_eq!(bare("DnsName(\"example.com\")"), "example.com");
        assert_eq!(bare("IpAddress(127.0.0.1)"), "127.0.0.1");
        assert_eq!(bare("example.com"), "example.com");
    }
}
