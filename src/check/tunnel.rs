//! Asks a proxy for a tunnel to the service, to learn more than a failed call tells. Sends no credentials of the
//! service.

use std::io::ErrorKind;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::services::http::ProxyFault;

/// The part of a proxy's answer that is read, in bytes.
const LONGEST_ANSWER: usize = 16 << 10;

pub(super) enum Reached {
    Service,
    /// To the proxy alone: it does not speak plain HTTP, so the call has to test the rest.
    Proxy,
}

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
        Ok(200..=299) => Ok(Reached::Service),
        Ok(407) => Err(ProxyFault::Credentials),
        Ok(status) => Err(ProxyFault::Refused(Some(status))),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(ProxyFault::NoHttp),
        Err(_) => Err(ProxyFault::Ended),
    }
}

/// Sends `CONNECT` and returns the status (RFC 9110, 9.3.6).
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
    status.ok_or_else(|| ErrorKind::InvalidData.into())
}
