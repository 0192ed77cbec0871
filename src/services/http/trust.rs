//! The certificates that a connection trusts.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::runtime::Handle;

use super::tls::{Distrust, Untrusted, of_certificate};

/// Trusts the operating system's certificates, and more. Clones share it, and the TLS sessions with servers.
#[derive(Debug, Clone)]
pub struct Trust {
    config: ClientConfig,
    system: Arc<System>,
}

impl Trust {
    /// Trusts `more` besides the operating system's certificates.
    ///
    /// # Errors
    ///
    /// Names the certificate that cannot be used.
    pub fn new(more: Vec<CertificateDer<'static>>) -> Result<Self, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        for certificate in &more {
            RootCertStore::empty().add(certificate.clone())?;
        }
        let system = Arc::new(System { more, provider: Arc::clone(&provider), read: OnceLock::new() });
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<System>::clone(&system))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config, system })
    }

    /// Begins to read the operating system's certificates on a thread, before the first handshake would block other
    /// tasks for it.
    pub(crate) fn prepare(&self) {
        if let (None, Ok(runtime)) = (self.system.read.get(), Handle::try_current()) {
            let system = Arc::clone(&self.system);
            runtime.spawn_blocking(move || drop(system.read()));
        }
    }

    #[cfg(test)]
    pub(crate) fn is_read(&self) -> bool {
        self.system.read.get().is_some()
    }

    pub(super) fn config(&self) -> ClientConfig {
        self.config.clone()
    }
}

/// The operating system's certificates, read on first use: they may be hundreds of files, and calls within this
/// computer need none.
#[derive(Debug)]
struct System {
    more: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    read: OnceLock<Result<Verifier, Distrust>>,
}

impl System {
    fn read(&self) -> Result<&Verifier, Distrust> {
        let read = || {
            let provider = Arc::clone(&self.provider);
            // Windows builds a chain engine of its own for added certificates, which is then asked as well.
            let verifier = match self.more.as_slice() {
                [] => Verifier::new(provider),
                more => Verifier::new_with_extra_roots(more.iter().cloned(), provider),
            };
            verifier.map_err(|error| {
                tracing::warn!("what the system trusts: {error}");
                // Elsewhere the system itself checks certificates, and has some.
                if cfg!(all(unix, not(target_vendor = "apple"))) {
                    Distrust::Nobody
                } else {
                    Distrust::Platform(error.to_string())
                }
            })
        };
        self.read.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for System {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.read().and_then(|verifier| {
            let verified = verifier.verify_server_cert(certificate, between, name, stapled, now);
            verified.map_err(|error| of_certificate(certificate, &error))
        });
        verified.map_err(|why| Untrusted { host: name.to_str().into_owned(), why }.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
