//! Probes that say more of a proxy or a certificate than a failed call does. No credentials of a service go this way, and
//! no handshake is ever ended well.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use reqwest::Url;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_cert::der::{self, Decode as _};
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::name::Name;

use crate::http::{ProxyFault, Signer};

/// As much of a proxy's answer as is looked at.
const LONGEST_ANSWER: usize = 16 << 10;

/// Where a connection leads to.
pub(super) enum Reached {
    /// To the service, through the proxy.
    Service(TcpStream),
    /// To the proxy alone: it is spoken to in another way than plain HTTP, which is left to the call.
    Proxy,
}

/// Has a proxy connect to the service.
pub(super) async fn through(
    mut stream: TcpStream,
    via: &Intercept,
    to: &Url,
    limit: Duration,
) -> Result<Reached, ProxyFault> {
    if via.uri().scheme_str() != Some("http") || to.scheme() != "https" {
        return Ok(Reached::Proxy);
    }
    let status = tokio::time::timeout(limit, ask(&mut stream, via, to)).await;
    match status.map_err(|_| ProxyFault::Silent)? {
        Ok(200..=299) => Ok(Reached::Service(stream)),
        Ok(407) => Err(ProxyFault::Credentials),
        Ok(status) => Err(ProxyFault::Refused(Some(status))),
        Err(error) => Err(ProxyFault::Unreachable(error.to_string())),
    }
}

/// `CONNECT`, and the status that comes back (RFC 9110, 9.3.6).
async fn ask(stream: &mut TcpStream, via: &Intercept, to: &Url) -> std::io::Result<u16> {
    let host = format!("{}:{}", to.host_str().unwrap_or_default(), to.port_or_known_default().unwrap_or(443));
    let mut request = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
    if let Some(auth) = via.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(auth.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") && answer.len() < LONGEST_ANSWER {
        let byte = stream.read_u8().await?;
        answer.push(byte);
    }
    let line = String::from_utf8_lossy(&answer);
    let status = line.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::Error::other("it does not answer like a proxy"))
}

/// Who signed the certificate that is shown at an address, through the proxy where there is one; `None` also where only the
/// call gets through the proxy.
pub(super) async fn signer(found: &[SocketAddr], via: Option<&Intercept>, to: &Url, limit: Duration) -> Option<Signer> {
    let look = async {
        let stream = TcpStream::connect(found).await.ok()?;
        let stream = match via {
            Some(via) => match through(stream, via, to, limit).await.ok()? {
                Reached::Service(stream) => stream,
                Reached::Proxy => return None,
            },
            None => stream,
        };
        let seen = Arc::new(Seen::default());
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Seen>::clone(&seen))
            .with_no_client_auth();
        let host = to.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        // It always fails: the verifier looks and then refuses.
        let _ = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(host).ok()?, stream).await;
        seen.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    };
    tokio::time::timeout(limit, look).await.ok()?
}

/// Looks at a certificate and refuses it, whatever it is.
#[derive(Debug, Default)]
struct Seen(Mutex<Option<Signer>>);

impl ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = signer_of(certificate);
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn signer_of(certificate: &CertificateDer<'_>) -> Option<Signer> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let (issuer, subject) = (certificate.tbs_certificate().issuer(), certificate.tbs_certificate().subject());
    if issuer == subject {
        return Some(Signer::Itself);
    }
    Some(Signer::Named(common(issuer)))
}

/// The common name, else the whole name.
fn common(name: &Name) -> String {
    let part = |part: der::Result<Option<DirectoryString>>| part.ok().flatten().map(String::from);
    match (part(name.common_name()), part(name.organization())) {
        (Some(common), Some(organization)) => format!("{common} ({organization})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_as_it_is() {
        for (name, told) in [
            (r"CN=Acme\, Inc. Root,O=Acme\, Inc.,C=US", "Acme, Inc. Root (Acme, Inc.)"),
            (r"CN=Gateway \+ Proxy", "Gateway + Proxy"),
            (r"O=x\,CN=y,C=US", "x,CN=y"),
            ("OU=Network,C=US", "OU=Network,C=US"),
        ] {
            assert_eq!(common(&name.parse().unwrap()), told);
        }
    }
}
