//! Both services, ready to be called: the HTTP client, the addresses, the limits.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::{Address, Addresses, InstanceError, Limits, Network};
use crate::dataworld::DataWorld;
use crate::domo::{Domo, DomoCredential};
use crate::http::{Backoff, Http, Timeouts, Trust};
use crate::secret::Secret;

/// What it takes to call either service. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Services {
    http: Http,
    /// For services on this computer: plain http, which no proxy may see.
    direct: Http,
    addresses: Addresses,
}

impl Services {
    /// Services at `addresses`, called within `limits` over `network`.
    ///
    /// # Errors
    /// When the network's certificates cannot be used: why.
    pub fn new(addresses: Addresses, limits: &Limits, network: &Network) -> Result<Self, String> {
        let trust = network.ca_file.as_deref().map_or_else(|| Trust::new(Vec::new()), trusting)?;
        let timeouts = Timeouts { connect: limits.connect, answer: limits.answer, ..Timeouts::default() };
        let backoff = Backoff { attempts: limits.attempts, ..Backoff::default() };
        let http = |proxies| Http::new(timeouts, backoff, proxies, &trust);
        Ok(Self { http: http(true)?, direct: http(false)?, addresses })
    }

    /// The HTTP client for an address: through the proxies that the environment names, but never to this computer.
    pub fn http(&self, address: &Address) -> Http {
        if address.is_on_this_computer() { self.direct.clone() } else { self.http.clone() }
    }

    /// Domo with these credentials; `address` is the account's own, if it has one.
    ///
    /// # Errors
    /// When the credential's instance is none.
    pub fn domo(&self, credential: &DomoCredential, address: Option<&Address>) -> Result<Domo, InstanceError> {
        let address = self.addresses.domo(credential, address)?;
        Ok(Domo::new(self.http(&address), address.as_str(), credential.clone()))
    }

    /// data.world with this token; `address` is the account's own, if it has one.
    pub fn dataworld(&self, token: &Secret, address: Option<&Address>) -> DataWorld {
        let address = self.addresses.dataworld(address);
        DataWorld::new(self.http(&address), address.as_str(), token.clone())
    }
}

/// Trusts the certificates of a PEM file as well.
fn trusting(path: &Path) -> Result<Trust, String> {
    let wrong = |reason: &str| {
        format!("the ca_file {} cannot be used: {reason}. Correct it in config.toml under [network]", path.display())
    };
    let pem = std::fs::read(path).map_err(|error| wrong(&error.to_string()))?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(found) if !found.is_empty() => Trust::new(found).map_err(|error| wrong(&error)),
        _ => Err(wrong("it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")),
    }
}
