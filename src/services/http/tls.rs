//! Why a connection is not to be trusted: read from the types of rustls, of webpki, which checks certificates on Linux, and
//! from the certificate itself.

mod certificate;

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError, Error, OtherError};

use certificate::Certificate;

/// Why a connection is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    Expired,
    NotYetValid,
    OtherHost(Vec<String>),
    /// The certificate names no host in a subjectAltName, where alone it is looked for (RFC 9525, 6.3).
    NoNames,
    /// The certificate is signed by somebody that this computer does not trust.
    UnknownSigner(Signer),
    /// The certificate is that of an authority, with which certificates are signed and no connection is made.
    OfAuthority,
    /// The certificate was made for something else than a server.
    OtherPurpose,
    /// The signature does not fit the certificate.
    BadSignature,
    /// The certificate, or what proves that the server owns it, is signed in a way that is not supported.
    Algorithm,
    /// The certificate has an extension that whoever checks it must know, and that is not known.
    CriticalExtension,
    /// The authority has taken the certificate back.
    Revoked,
    /// Revocation of the certificate cannot be found out.
    RevocationUnknown,
    /// An authority behind the certificate may not sign for this host, or not as it did.
    Chain,
    Malformed,
    NoCertificate,
    /// The operating system does not trust the certificate: in its words.
    Platform(String),
    /// This computer trusts nobody: it has no certificates of authorities.
    Nobody,
    NotTls,
    /// The other side speaks no version or cipher of TLS that is safe.
    OldTls,
    /// The other side wants a certificate of whoever calls.
    WantsCertificate,
    /// The other side does not know the host.
    UnknownHost,
    /// The other side ended the handshake without a reason that is known.
    Ended,
    /// The other side broke the rules of TLS.
    Handshake,
}

/// The signer of a certificate, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    Unnamed,
    Itself,
    Named(String),
}

/// A certificate that was not trusted, carried within an error of rustls.
#[derive(Debug, Clone)]
pub(super) struct Untrusted {
    /// Whom it should have been for: the service, or a proxy that is spoken to by TLS.
    pub(super) host: String,
    pub(super) why: Distrust,
}

/// For the log. People get the sentences of [`crate::explain`].
impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "certificate of {}: {:?}", self.host, self.why)
    }
}

impl std::error::Error for Untrusted {}

impl From<Untrusted> for Error {
    fn from(untrusted: Untrusted) -> Self {
        CertificateError::Other(OtherError(Arc::new(untrusted))).into()
    }
}

/// Why a certificate was not trusted that failed with `error`.
pub(super) fn of_certificate(certificate: &CertificateDer<'_>, error: &Error) -> Distrust {
    use CertificateError as Wrong;
    let seen = Certificate::read(certificate);
    let Error::InvalidCertificate(wrong) = error else { return of_rustls(error) };
    match wrong {
        Wrong::Expired | Wrong::ExpiredContext { .. } => Distrust::Expired,
        Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => Distrust::NotYetValid,
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => match seen.map(|seen| seen.hosts) {
            Some(hosts) if hosts.is_empty() => Distrust::NoNames,
            hosts => Distrust::OtherHost(hosts.unwrap_or_default()),
        },
        Wrong::UnknownIssuer => Distrust::UnknownSigner(seen.map_or(Signer::Unnamed, |seen| seen.signer)),
        Wrong::Other(OtherError(other)) => match other.downcast_ref::<webpki::Error>() {
            Some(error) => of_webpki(error),
            // The platform's verifier says it by a type that is not public.
            None if seen.is_some_and(|seen| !seen.is_for_servers) => Distrust::OtherPurpose,
            None => Distrust::Platform(other.to_string()),
        },
        wrong => of_kind(wrong),
    }
}

fn of_kind(wrong: &CertificateError) -> Distrust {
    use CertificateError as Wrong;
    match wrong {
        Wrong::BadEncoding => Distrust::Malformed,
        Wrong::Revoked => Distrust::Revoked,
        Wrong::UnhandledCriticalExtension => Distrust::CriticalExtension,
        Wrong::BadSignature => Distrust::BadSignature,
        Wrong::InvalidPurpose | Wrong::InvalidPurposeContext { .. } => Distrust::OtherPurpose,
        Wrong::UnknownRevocationStatus
        | Wrong::ExpiredRevocationList
        | Wrong::ExpiredRevocationListContext { .. }
        | Wrong::InvalidOcspResponse => Distrust::RevocationUnknown,
        Wrong::UnsupportedSignatureAlgorithmContext { .. }
        | Wrong::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Distrust::Algorithm,
        #[allow(deprecated, reason = "it is still made")]
        Wrong::UnsupportedSignatureAlgorithm => Distrust::Algorithm,
        _ => Distrust::Chain,
    }
}

/// Reads errors of webpki for which rustls has no word.
fn of_webpki(error: &webpki::Error) -> Distrust {
    use webpki::Error as Wrong;
    match error {
        Wrong::CaUsedAsEndEntity => Distrust::OfAuthority,
        Wrong::UnsupportedCriticalExtension => Distrust::CriticalExtension,
        Wrong::EmptyEkuExtension => Distrust::OtherPurpose,
        Wrong::SignatureAlgorithmMismatch
        | Wrong::ExtensionValueInvalid
        | Wrong::InvalidSerialNumber
        | Wrong::MalformedDnsIdentifier
        | Wrong::MalformedExtensions
        | Wrong::MalformedNameConstraint
        | Wrong::InvalidNetworkMaskConstraint
        | Wrong::UnsupportedNameType => Distrust::Malformed,
        // Certificates of version 1, as `openssl x509 -req` makes them without an extension, have a common name only.
        Wrong::UnsupportedCertVersion => Distrust::NoNames,
        _ => Distrust::Chain,
    }
}

/// Why the call failed, if its connection was not to be trusted, and whose certificate that was about.
pub(super) fn distrust(error: &reqwest::Error) -> Option<(Option<String>, Distrust)> {
    let first = std::error::Error::source(error);
    let error = std::iter::successors(first, |cause| cause.source()).find_map(within)?;
    Some(match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            match other.downcast_ref::<Untrusted>().cloned() {
                Some(Untrusted { host, why }) => (Some(host), why),
                None => (None, Distrust::Chain),
            }
        }
        error => (None, of_rustls(error)),
    })
}

/// The error of rustls that another one is, or is wrapped around: one of I/O does not give it as its source.
fn within<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(wrapped) => within(wrapped.get_ref()?),
        None => error.downcast_ref(),
    }
}

fn of_rustls(error: &Error) -> Distrust {
    match error {
        Error::InvalidCertificate(wrong) => of_kind(wrong),
        Error::InvalidCertRevocationList(_) => Distrust::RevocationUnknown,
        Error::InvalidMessage(_) => Distrust::NotTls,
        Error::NoCertificatesPresented => Distrust::NoCertificate,
        Error::PeerIncompatible(_) => Distrust::OldTls,
        Error::AlertReceived(alert) => match alert {
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity => Distrust::OldTls,
            AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::AccessDenied => Distrust::WantsCertificate,
            AlertDescription::UnrecognisedName => Distrust::UnknownHost,
            _ => Distrust::Ended,
        },
        _ => Distrust::Handshake,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_the_first_version_names_no_host_and_is_not_broken() {
        assert_eq!(of_webpki(&webpki::Error::UnsupportedCertVersion), Distrust::NoNames);
    }
}
