//! Both services, ready to be called: the HTTP client, the addresses, the limits.

pub mod dataworld;
pub mod domo;
pub mod http;

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::{Address, Addresses, InstanceError, Limits, Network};
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, DomoCredential};
use crate::services::http::{Backoff, Http, Proxies, Trust};
use crate::system::files::IoError;
use crate::text::secret::Secret;

/// Creates clients of both services. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Services {
    http: Http,
    /// For services on this computer, which no proxy may see.
    direct: Http,
    addresses: Addresses,
    trust: Trust,
}

impl Services {
    /// Services at `addresses`, called within `limits` over `network`.
    ///
    /// # Errors
    /// When the network's certificates cannot be used.
    pub fn new(addresses: Addresses, limits: &Limits, network: &Network) -> Result<Self, NetworkError> {
        let trust = match network.ca_file.as_deref() {
            Some(path) => trusting(path)?,
            None => Trust::new(Vec::new()).map_err(|error| NetworkError::Tls(error.to_string()))?,
        };
        let backoff = Backoff::new(limits.attempts);
        let http = |proxies| Http::new(limits, backoff, proxies, &trust).map_err(NetworkError::Tls);
        Ok(Self { http: http(Proxies::from_process())?, direct: http(Proxies::none())?, addresses, trust })
    }

    /// The HTTP client for an address: through the environment's proxies, but never to this computer.
    pub fn http(&self, address: &Address) -> Http {
        if address.is_on_this_computer() {
            return self.direct.clone();
        }
        self.trust.prepare();
        self.http.clone()
    }

    /// Domo with these credentials; `address` is the account's own, if it has one.
    ///
    /// # Errors
    /// When the credential's instance is none.
    pub fn domo(&self, credential: &DomoCredential, address: Option<&Address>) -> Result<Domo, InstanceError> {
        let address = self.addresses.domo(credential.instance(), address)?;
        Ok(Domo::new(self.http(&address), address.as_str(), credential.clone()))
    }

    /// data.world with this token; `address` is the account's own, if it has one.
    pub fn dataworld(&self, token: &Secret, address: Option<&Address>) -> DataWorld {
        let address = self.addresses.dataworld(address);
        DataWorld::new(self.http(&address), address.as_str(), token.clone())
    }
}

/// No secure connection can be made on this computer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    CaFile {
        path: PathBuf,
        fault: CaFault,
    },
    /// The cause, as the library says it.
    Tls(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaFault {
    Unreadable(IoError),
    /// It has no certificate in PEM.
    NoPem,
    /// The reason, as the library says it.
    Certificate(String),
}

/// Trusts the certificates of a PEM file as well.
fn trusting(path: &Path) -> Result<Trust, NetworkError> {
    let wrong = |fault| NetworkError::CaFile { path: path.to_owned(), fault };
    let pem = std::fs::read(path).map_err(|error| wrong(CaFault::Unreadable(error.into())))?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(found) if !found.is_empty() => {
            Trust::new(found).map_err(|error| wrong(CaFault::Certificate(error.to_string())))
        }
        _ => Err(wrong(CaFault::NoPem)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Environment};

    #[tokio::test]
    async fn system_certificates_are_read_ahead_only_for_remote_services() {
        let addresses = Addresses::new(&Config::default(), &Environment::default()).unwrap();
        let services = Services::new(addresses, &Limits::default(), &Network::default()).unwrap();
        services.http(&"http://127.0.0.1:8080".parse::<Address>().unwrap());
        services.http(&"https://localhost:8443".parse::<Address>().unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!services.trust.is_read());
        services.http(&"https://api.data.world".parse::<Address>().unwrap());
        let read = async {
            while !services.trust.is_read() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), read).await.unwrap();
    }
}
