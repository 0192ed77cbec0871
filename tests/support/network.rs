//! A network that stands in the way: TLS in front of the sandbox, with certificates good and bad, and a proxy.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The one that signs certificates in these tests, as a company does for its proxy.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Acme Web Gateway CA");
        params.distinguished_name.push(DnType::OrganizationName, "Acme");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for that host, which may be an address, for those years.
    pub(crate) fn certify(&self, host: &str, years: std::ops::Range<i32>) -> Identity {
        self.certify_as(host, |params| {
            params.not_before = date_time_ymd(years.start, 1, 1);
            params.not_after = date_time_ymd(years.end, 1, 1);
        })
    }

    /// A certificate for that host, with something changed.
    pub(crate) fn certify_as(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(certificate.der(), &key)
    }
}

/// A TLS server's certificate and key.
pub(crate) struct Identity(Arc<ServerConfig>);

impl Identity {
    /// A certificate that nobody has signed but itself.
    pub(crate) fn of_its_own(host: &str) -> Self {
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self::new(certificate.der(), &key)
    }

    /// The same, which may sign others: that of an authority.
    pub(crate) fn of_an_authority(host: &str) -> Self {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self::new(certificate.der(), &key)
    }

    fn new(certificate: &CertificateDer<'_>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = provider.key_provider.load_private_key(key).unwrap();
        let shown = rustls::sign::CertifiedKey::new(vec![certificate.clone().into_owned()], key);
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            // Unlike with a single certificate, nobody looks whether it is a good one.
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown)));
        Self(Arc::new(config))
    }
}

/// Serves until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn start<F: Future<Output = Option<()>> + Send + 'static>(
        serve: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { address, task }
    }

    /// TLS in front of `behind`, a plain server such as the sandbox.
    pub(crate) async fn tls(identity: &Identity, behind: &str) -> Self {
        let acceptor = TlsAcceptor::from(Arc::clone(&identity.0));
        let behind = behind.trim_start_matches("http://").to_owned();
        Self::start(move |stream| {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            async move {
                let mut front = acceptor.accept(stream).await.ok()?;
                let mut back = TcpStream::connect(behind).await.ok()?;
                copy_bidirectional(&mut front, &mut back).await.ok().map(drop)
            }
        })
        .await
    }

    /// A server that ends every handshake with this alert (RFC 8446, 6).
    pub(crate) async fn that_alerts(alert: u8) -> Self {
        Self::start(move |mut stream| async move {
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).await.ok()?;
            let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
            stream.read_exact(&mut rest).await.ok()?;
            stream.write_all(&[0x15, 3, 3, 0, 2, 2, alert]).await.ok()
        })
        .await
    }

    /// A proxy that leads every `CONNECT` to the same address.
    pub(crate) async fn proxy_to(address: SocketAddr) -> Self {
        Self::start(move |mut stream| async move {
            head(&mut stream).await?;
            let mut back = TcpStream::connect(address).await.ok()?;
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
            copy_bidirectional(&mut stream, &mut back).await.ok().map(drop)
        })
        .await
    }

    /// A proxy that answers this to everything.
    pub(crate) async fn proxy_that_says(status: &'static str) -> Self {
        Self::start(move |mut stream| async move {
            head(&mut stream).await?;
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()
        })
        .await
    }

    /// A SOCKS proxy that answers the first message with the first of these, the second with the second, and so on; an empty
    /// one ends the connection.
    pub(crate) async fn socks_that_answers(answers: &'static [&'static [u8]]) -> Self {
        Self::start(move |mut stream| async move {
            for answer in answers {
                // A client waits for each answer, so each message comes whole.
                stream.read(&mut [0; 600]).await.ok().filter(|_| !answer.is_empty())?;
                stream.write_all(answer).await.ok()?;
            }
            // Closed with bytes unread, the connection would be reset.
            stream.read(&mut [0; 600]).await.ok().map(drop)
        })
        .await
    }

    /// An address that takes no connection and refuses none, as behind a firewall that says nothing: the one connection
    /// that it has room for is taken.
    pub(crate) async fn that_says_nothing() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let taken = TcpStream::connect(address).await.unwrap();
        let task = tokio::spawn(async move {
            let _kept = (listener, taken);
            std::future::pending::<()>().await;
        });
        Self { address, task }
    }

    /// A proxy that takes requests and never answers.
    pub(crate) async fn proxy_that_hangs() -> Self {
        Self::start(|mut stream| async move {
            head(&mut stream).await?;
            std::future::pending().await
        })
        .await
    }
}

/// Reads a request's head.
async fn head(stream: &mut TcpStream) -> Option<()> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.ok()?);
    }
    Some(())
}
