//! Reads why a connection cannot be trusted from the types of rustls, of webpki, which checks certificates on Linux,
//! and from the certificate itself.

mod certificate;

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError, Error, OtherError};

use certificate::Certificate;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    Expired,
    NotYetValid,
    OtherHost(Vec<String>),
    /// The certificate names no host in a subjectAltName, the only place that counts (RFC 9525, 6.3).
    NoNames,
    /// This computer does not trust the certificate's signer.
    UnknownSigner(Signer),
    /// The certificate is an authority's, which may sign certificates but not serve connections.
    OfAuthority,
    /// The certificate is not for servers.
    OtherPurpose,
    /// The signature does not fit the certificate.
    BadSignature,
    /// The certificate's signature, or the server's proof of owning it, uses an unsupported algorithm.
    Algorithm,
    /// The certificate has an unknown critical extension.
    CriticalExtension,
    Revoked,
    /// The certificate's revocation cannot be checked.
    RevocationUnknown,
    /// An authority in the chain may not sign for this host, or not like this.
    Chain,
    Malformed,
    NoCertificate,
    /// The operating system does not trust the certificate; carries its words.
    Platform(String),
    /// This computer has no certificates of authorities.
    Nobody,
    NotTls,
    /// The server speaks no safe version or cipher of TLS.
    OldTls,
    /// The server asks for a client certificate.
    WantsCertificate,
    /// The server does not know the host.
    UnknownHost,
    /// The server ended the handshake without a known reason.
    Ended,
    /// The server broke the rules of TLS.
    Handshake,
}

/// The signer that a certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    Unnamed,
    Itself,
    Named(String),
}

/// A certificate that was not trusted, carried within an error of rustls. Its text is for the log; people get the
/// sentences of `explain`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("certificate of {host}: {why:?}")]
pub(super) struct Untrusted {
    /// The host that the certificate should be for: the service, or a proxy that is called by TLS.
    pub(super) host: String,
    pub(super) why: Distrust,
}

impl From<Untrusted> for Error {
    fn from(untrusted: Untrusted) -> Self {
        CertificateError::Other(OtherError(Arc::new(untrusted))).into()
    }
}

/// Reads why a certificate failed with `error`.
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
            // The platform's verifier reports it by a private type.
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

/// Reads errors of webpki that rustls has no variant for.
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

/// Finds the reason and the host, if a call failed because its connection could not be trusted.
pub(super) fn distrust(error: &reqwest::Error) -> Option<(Option<String>, Distrust)> {
    let first = std::error::Error::source(error);
    let error = std::iter::successors(first, |cause| cause.source()).find_map(find_rustls_error)?;
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

/// Finds the error of rustls in an error or its causes; an I/O error does not give it as its source.
fn find_rustls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(wrapped) => find_rustls_error(wrapped.get_ref()?),
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
