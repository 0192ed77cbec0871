//! Reads a proxy's refusal from the errors of the library's connectors.

use std::iter::successors;

use hyper::Uri;
use hyper_util::client::legacy::connect::{HttpConnector, proxy};
use tower_service::Service;

use super::Via;
use crate::services::http::LinkFault;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyFault {
    Unreachable(LinkFault),
    /// It asks for a login, or refuses the one it got (407).
    Credentials,
    /// It refuses to connect to the service; carries its status, if known.
    Refused(Option<u16>),
    Silent,
    /// It closed the connection without an answer.
    Ended,
    NoHttp,
    Socks(SocksFault),
}

/// A SOCKS proxy's error (RFC 1928, 3 and 6; RFC 1929, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocksFault {
    /// It asks for a login, and its address has none.
    WantsLogin,
    /// It does not take the login in its address.
    TakesNoLogin,
    LoginRefused,
    /// The login is longer than the protocol allows.
    LoginTooLong,
    /// It asks this computer for its user (SOCKS4, ident).
    Ident,
    /// Its rules do not allow the connection.
    NotAllowed,
    /// The service's name has no address here; `socks4` and `socks5` look it up on this computer.
    NoAddress,
    /// No network leads from the proxy to the service.
    NetworkUnreachable,
    HostUnreachable,
    TargetRefused,
    /// The route from the proxy to the service has too many hops.
    TooFar,
    /// It could not connect, and gives no reason.
    Failed,
    /// It does not take a name, or not this kind of address.
    AddressKind,
    /// An IPv6 address, which SOCKS4 does not know.
    NoIpv6,
    /// It does not speak SOCKS; most likely it is an HTTP proxy.
    NoSocks,
}

impl ProxyFault {
    /// Tells if a retry may succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        use SocksFault::{Failed, HostUnreachable, NetworkUnreachable, NoAddress, TargetRefused, TooFar};
        match self {
            Self::Credentials | Self::NoHttp => false,
            Self::Unreachable(_) | Self::Refused(_) | Self::Silent | Self::Ended => true,
            Self::Socks(fault) => {
                matches!(fault, NoAddress | NetworkUnreachable | HostUnreachable | TargetRefused | TooFar | Failed)
            }
        }
    }
}

// The library exports its connectors but not their errors, which are reachable by these names.
type TunnelError = <proxy::Tunnel<HttpConnector> as Service<Uri>>::Error;
type SocksError = <proxy::SocksV5<HttpConnector> as Service<Uri>>::Error;

/// Reads the error of a call through `via`.
pub(crate) fn fault(error: &reqwest::Error, via: &Via) -> ProxyFault {
    if error.is_timeout() {
        return ProxyFault::Silent;
    }
    let mut causes = successors(std::error::Error::source(error), |cause| cause.source());
    let has_login = via.intercept.raw_auth().is_some();
    let found = causes.find_map(|cause| match cause.downcast_ref::<TunnelError>() {
        Some(fault) => Some(of_tunnel(fault)),
        None => cause.downcast_ref().map(|fault| of_socks(fault, has_login)),
    });
    match found {
        Some(fault) => fault,
        // The connector looks up the proxy's own name, and its errors are read above.
        None if error.is_dns() => ProxyFault::Socks(SocksFault::NoAddress),
        None => ProxyFault::Unreachable(LinkFault::read(error)),
    }
}

fn of_tunnel(error: &TunnelError) -> ProxyFault {
    match error {
        TunnelError::ConnectFailed(error) => unreachable(error.as_ref()),
        TunnelError::ProxyAuthRequired => ProxyFault::Credentials,
        TunnelError::TunnelUnsuccessful | TunnelError::MissingHost => ProxyFault::Refused(None),
        TunnelError::ProxyHeadersTooLong => ProxyFault::NoHttp,
        TunnelError::TunnelUnexpectedEof | TunnelError::Io(_) => ProxyFault::Ended,
    }
}

fn of_socks(error: &SocksError, has_login: bool) -> ProxyFault {
    let fault = match error {
        SocksError::Inner(error) => return unreachable(error),
        SocksError::Io(_) => return ProxyFault::Ended,
        SocksError::DnsFailure => SocksFault::NoAddress,
        SocksError::Parsing(_) => SocksFault::NoSocks,
        // All other fields fit into the protocol.
        SocksError::Serialize(_) => SocksFault::LoginTooLong,
        SocksError::V4(reply) => return of_reply(&reply.to_string(), has_login),
        SocksError::V5(reply) => return of_reply(&reply.to_string(), has_login),
        SocksError::MissingHost | SocksError::MissingPort => SocksFault::Failed,
    };
    ProxyFault::Socks(fault)
}

/// Reads the reply of a SOCKS proxy. The library's types for them cannot be named, so only its words are left; a test
/// sends each reply.
fn of_reply(words: &str, has_login: bool) -> ProxyFault {
    ProxyFault::Socks(match words {
        "server does not support user/pass authentication" | "server implements authentication incorrectly" => {
            if has_login {
                SocksFault::TakesNoLogin
            } else {
                SocksFault::WantsLogin
            }
        }
        "credentials not accepted" => SocksFault::LoginRefused,
        "connection not allowed" => SocksFault::NotAllowed,
        "network unreachable" => SocksFault::NetworkUnreachable,
        "host unreachable" => SocksFault::HostUnreachable,
        "connection refused" => SocksFault::TargetRefused,
        "ttl expired" => SocksFault::TooFar,
        "address type not supported" => SocksFault::AddressKind,
        "command not supported" => return ProxyFault::Refused(None),
        "IPV6 is not supported" => SocksFault::NoIpv6,
        words if words.starts_with("server ident service") => SocksFault::Ident,
        _ => SocksFault::Failed,
    })
}

/// The proxy itself cannot be reached. Its connector tells a missing name by words only.
fn unreachable(error: &(dyn std::error::Error + 'static)) -> ProxyFault {
    let mut causes = successors(Some(error), |cause| cause.source());
    ProxyFault::Unreachable(match causes.any(|cause| cause.to_string() == "dns error") {
        true => LinkFault::Other("its name has no address".to_owned()),
        false => LinkFault::read(error),
    })
}
