//! Tests the connection to a service: proxy, name, connection, TLS, and the service behind it.
//!
//! Probes of our own find the point where the connection fails. The call that follows uses the client's own connection,
//! and counts.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Url;
use tokio::net::TcpStream;

use super::board::{Chain, Found, SkipReason};
use super::tunnel::{self, Reached};
use super::{Step, Warning};
use crate::config::Address;
use crate::export::Service;
use crate::services::http::{
    Action, ApiError, Broken, Http, LinkFault, ProbeAnswer, ProxyFault, Route, Skew, proxy, without_brackets,
};
use crate::text::format;
use crate::transfer::Failure;

/// Tests the connection to `address`; `probe` calls the service without credentials.
pub(super) async fn test(
    chain: &Chain<'_>,
    service: Service,
    (http, address): (&Http, &str),
    connect: Duration,
    probe: impl Future<Output = Result<ProbeAnswer, ApiError>>,
) -> Result<(), SkipReason> {
    let mut probe = std::pin::pin!(probe);
    let (Ok(url), Ok(address)) = (Url::parse(address), address.parse::<Address>()) else { return Err("no address") };
    let failure = |broken| -> Failure {
        ApiError { service, action: Action::Test, host: address.host().to_owned(), broken }.into()
    };
    let via = chain.step(Step::Proxy, "no proxy", async {
        let route = http.route(&url).map_err(|wrong| failure(Broken::Variable(wrong)))?;
        let unknown = if matches!(route, Route::Direct) { None } else { http.unknown_exceptions() };
        let (via, found) = match route {
            Route::Through(via) => {
                let named = via.proxy.variable.unwrap_or("the system's settings");
                let found = format!("{}, from {named}", via.proxy.host);
                (Some(via), found)
            }
            Route::Excepted(variable) => (None, format!("none, because of {variable}")),
            Route::Direct if address.is_on_this_computer() => (None, "none: it is on this computer".to_owned()),
            Route::Direct => (None, "none".to_owned()),
        };
        let warning = unknown.map(|(variable, entries)| Warning::NoProxy(variable, entries.to_vec()));
        Ok((via, warning.map_or(Found::Done(found.clone()), |warning| Found::Warned(found, warning))))
    });
    let via = via.await?;
    let named = via.as_ref().map(|via| &via.proxy);
    let via = via.as_ref().map(|via| &via.intercept);
    let unreachable = |fault: LinkFault| match named {
        Some(proxy) => failure(Broken::Proxy(proxy.clone(), ProxyFault::Unreachable(fault))),
        None => failure(Broken::Connect(fault)),
    };

    let (host, port) = match via {
        Some(via) => proxy::address(via),
        None => (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default().unwrap_or(443)),
    };
    let bare = without_brackets(&host);
    let name = chain.step(Step::Name, "no address", async {
        let look = tokio::net::lookup_host((bare, port));
        let found: Vec<SocketAddr> = match tokio::time::timeout(connect, look).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        match (found.first(), named) {
            (Some(first), _) => {
                let finding = format!("{host} is {}", first.ip());
                Ok((found, Found::Done(finding)))
            }
            (None, Some(_)) => Err(unreachable(LinkFault::Other("its name has no address".to_owned()))),
            (None, None) => Err(failure(Broken::Name)),
        }
    });
    let found = name.await?;

    let connection = chain.step(Step::Connection, "no connection", async {
        let stream = match tokio::time::timeout(connect, TcpStream::connect(&found[..])).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(unreachable(LinkFault::read(&error))),
            Err(_) => return Err(unreachable(LinkFault::Other(format!("no answer within {}", format::took(connect))))),
        };
        let reached = stream.peer_addr().map_or_else(|_| format!("port {port}"), |peer| peer.to_string());
        let (Some(via), Some(proxy)) = (via, named) else { return Ok(((), Found::Done(reached))) };
        match tunnel::through(stream, via, &url, connect).await {
            Ok(Reached::Service) => Ok(((), Found::Done(format!("{}, through the proxy", address.host())))),
            Ok(Reached::Proxy) => Ok(((), Found::Done(format!("the proxy is reached at {reached}")))),
            Err(fault) => Err(failure(Broken::Proxy(proxy.clone(), fault))),
        }
    });
    connection.await?;

    let mut knocked = None;
    if url.scheme() == "https" {
        let tls = chain.step(Step::Tls, "no trusted connection", async {
            let answer = probe.as_mut().await;
            match &answer {
                Err(error) if is_before_answer(&error.broken) => Err(error.clone().into()),
                _ => Ok((answer, Found::Done("the certificate is valid".to_owned()))),
            }
        });
        knocked = Some(tls.await?);
    } else {
        chain.skip(Step::Tls, "plain http, on this computer");
    }

    let answers = chain.step(Step::Service, "something else answered", async {
        let answer = match knocked {
            Some(answer) => answer?,
            None => probe.await?,
        };
        Ok((answer, Found::Done(format!("{service} answers at {}", address.host()))))
    });
    let answer = answers.await?;
    match answer.date {
        Some(date) => {
            let clock = async { Ok(((), compare(Utc::now(), date))) };
            chain.step(Step::Clock, "no clock", clock).await?;
        }
        None => chain.skip(Step::Clock, "the answer has no date"),
    }
    Ok(())
}

/// Tells if a call failed before anything was answered.
fn is_before_answer(broken: &Broken) -> bool {
    use Broken::{Connect, Cut, Name, Proxy, Timeout, Tls};
    matches!(broken, Name | Connect(_) | Tls(_) | Proxy(..) | Timeout | Cut(_))
}

fn compare(here: DateTime<Utc>, there: DateTime<Utc>) -> Found {
    let Some(skew) = Skew::between(here, there) else { return Found::Done("same as the service's".to_owned()) };
    let word = if skew.ahead { "ahead" } else { "behind" };
    Found::Warned(format!("{} {word}", format::about(skew.by)), Warning::Clock(skew))
}
