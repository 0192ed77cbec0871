//! Reads the fields of a certificate, without deciding if it is trusted.

use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use x509_cert::der::{self, Decode as _};
use x509_cert::ext::pkix::name::{DirectoryString, GeneralName};
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};
use x509_cert::name::Name;

use super::Signer;

/// `id-kp-serverAuth` and `anyExtendedKeyUsage` (RFC 5280, 4.2.1.12).
const FOR_SERVERS: [&str; 2] = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) signer: Signer,
    /// The names and addresses of its subjectAltName.
    pub(super) hosts: Vec<String>,
    pub(super) is_for_servers: bool,
}

impl Certificate {
    pub(super) fn read(bytes: &CertificateDer<'_>) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(bytes).ok()?;
        let says = certificate.tbs_certificate();
        let signer = if says.issuer() == says.subject() {
            Signer::Itself
        } else {
            Some(common(says.issuer())).filter(|name| !name.is_empty()).map_or(Signer::Unnamed, Signer::Named)
        };
        let names = says.get_extension::<SubjectAltName>().ok()?.map(|(_, names)| names.0).unwrap_or_default();
        let purposes = says.get_extension::<ExtendedKeyUsage>().ok()?.map(|(_, purposes)| purposes.0);
        let is_server = |purpose: String| FOR_SERVERS.contains(&purpose.as_str());
        Some(Self {
            signer,
            hosts: names.iter().filter_map(host).collect(),
            is_for_servers: purposes.is_none_or(|all| all.iter().any(|purpose| is_server(purpose.to_string()))),
        })
    }
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
        }
        _ => None,
    }
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
    fn the_signers_name_is_read() {
        for (name, told) in [
            (r"CN=Acme\, Inc. Root,O=Acme\, Inc.,C=US", "Acme, Inc. Root (Acme, Inc.)"),
            (r"CN=Gateway \+ Proxy", "Gateway + Proxy"),
            (r"O=x\,CN=y,C=US", "x,CN=y"),
            ("OU=Network,C=US", "OU=Network,C=US"),
        ] {
            assert_eq!(common(&name.parse().unwrap()), told);
        }
    }

    #[test]
    fn hosts_and_purpose_are_read() {
        let mut params =
            rcgen::CertificateParams::new(vec!["a.example".to_owned(), "10.1.2.3".to_owned(), "::1".to_owned()])
                .unwrap();
        params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ClientAuth);
        let read = |params: &rcgen::CertificateParams| {
            let key = rcgen::KeyPair::generate().unwrap();
            Certificate::read(params.self_signed(&key).unwrap().der()).unwrap()
        };
        let hosts = ["a.example", "10.1.2.3", "::1"].map(str::to_owned).to_vec();
        assert_eq!(read(&params), Certificate { signer: Signer::Itself, hosts, is_for_servers: false });
        params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
        assert!(read(&params).is_for_servers && read(&rcgen::CertificateParams::default()).is_for_servers);
        assert_eq!(Certificate::read(&CertificateDer::from_slice(b"none")), None);
    }
}
