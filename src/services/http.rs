//! The shared base of both clients: one HTTP client, time limits, retries, and the errors of calls.

mod body;
mod bounded;
mod clock;
mod download;
mod error;
mod path;
pub(crate) mod proxy;
mod retry;
#[cfg(test)]
pub(crate) mod tests;
mod tls;
mod trust;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use tracing::Instrument as _;

pub(crate) use bounded::{Object, Scalar, bounded, first, objects};
use clock::Clock;
pub use clock::Skew;
pub(crate) use download::next_piece;
pub use error::{Action, ApiError, Broken, LinkFault};
pub(crate) use path::{Unaddressable, path, value};
pub(crate) use proxy::{Proxies, Route};
pub use proxy::{Proxy, ProxyFault, SocksFault};
pub(crate) use retry::Attempts;
pub use retry::{Backoff, OnRetry, Retry};
pub use tls::{Distrust, Signer};
pub use trust::Trust;

use crate::config::Limits;
use crate::export::Service;
use crate::system::variable::VariableError;

/// The longest time of a whole call without bulk data.
const CALL_LIMIT: Duration = Duration::from_secs(60);

/// The HTTP client of both services. Clones share their connections.
///
/// It follows no redirect: a token must not reach another host, and a redirected upload has not happened.
#[derive(Clone, derive_more::Debug)]
#[debug("Http({backoff:?})")]
pub struct Http {
    calls: Client,
    bulk: Client,
    proxies: Proxies,
    /// For a download to begin. An upload is ended by `transfer::upload::wait_for_stall`.
    answer: Duration,
    backoff: Backoff,
    on_retry: Option<OnRetry>,
    clock: Clock,
}

/// An address's answer to a request without credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProbeAnswer {
    /// The `Date` of the answer.
    pub(crate) date: Option<DateTime<Utc>>,
}

/// Describes a call for its error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) action: Action,
}

impl Call {
    pub(crate) fn error(self, url: Option<&Url>, broken: Broken) -> ApiError {
        ApiError { service: self.service, action: self.action, host: host(url), broken }
    }
}

impl Http {
    /// # Errors
    ///
    /// TLS cannot be set up.
    pub(crate) fn new(limits: &Limits, backoff: Backoff, proxies: Proxies, trust: &Trust) -> Result<Self, String> {
        let client = || {
            Client::builder()
                .proxy(proxies.as_reqwest())
                .user_agent(concat!("Writeback - ", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .tls_backend_preconfigured(trust.config())
                .connect_timeout(limits.connect)
                .tcp_nodelay(true)
        };
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(|error| innermost(&error));
        Ok(Self {
            calls: build(client())?,
            // Without decompression, so that a transfer's bytes are counted as the service sends them.
            bulk: build(client().no_gzip())?,
            proxies,
            answer: limits.answer,
            backoff,
            on_retry: None,
            clock: Clock::default(),
        })
    }

    /// The same client for calls of one service: calls `on_retry` before each retry, and compares the clock with that
    /// service only.
    pub fn with_on_retry(&self, on_retry: OnRetry) -> Self {
        Self { on_retry: Some(on_retry), clock: Clock::default(), ..self.clone() }
    }

    /// The error of this computer's clock, by the answers so far.
    pub(crate) fn skew(&self) -> Option<Skew> {
        self.clock.skew()
    }

    /// The same client without retries, for a person who waits for the result.
    pub(crate) fn once(&self) -> Self {
        Self { backoff: Backoff { attempts: 1, ..self.backoff }, ..self.clone() }
    }

    pub(crate) fn calls(&self) -> &Client {
        &self.calls
    }

    /// The client for transfers, without a time limit on the whole.
    pub(crate) fn bulk(&self) -> &Client {
        &self.bulk
    }

    pub fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// Sends requests until one succeeds, fails for good, or the attempts are used up, and reads the answer as JSON.
    /// For idempotent calls.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        call: Call,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ApiError> {
        self.retrying(|| self.json_once(call, request())).await
    }

    /// As [`Http::json`], for a call that is not idempotent: it is retried only after a 429, which proves that it had
    /// no effect.
    pub(crate) async fn json_unless_lost<T: DeserializeOwned>(
        &self,
        call: Call,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ApiError> {
        let mut attempts = self.backoff.attempts();
        loop {
            match self.json_once(call, request()).await {
                Err(error) if error.status() == Some(429) => self.wait(&mut attempts, error).await?,
                answer => return answer,
            }
        }
    }

    async fn json_once<T: DeserializeOwned>(&self, call: Call, request: RequestBuilder) -> Result<T, ApiError> {
        let response = self.answer(call, request.timeout(CALL_LIMIT)).await?;
        let read = body::json(call, response).await;
        if let Err(error) = &read {
            tracing::warn!(host = error.host, "unreadable: {:?}", error.broken);
        }
        read
    }

    /// As [`Http::json`], but ignores the answer's body: some are empty.
    pub(crate) async fn done(&self, call: Call, request: impl Fn() -> RequestBuilder) -> Result<(), ApiError> {
        self.retrying(|| async {
            let response = self.answer(call, request().timeout(CALL_LIMIT)).await?;
            body::check_service(call, &response)
        })
        .await
    }

    /// Calls an address without credentials, to see if the service answers.
    pub(crate) async fn probe(&self, call: Call, url: &str) -> Result<ProbeAnswer, ApiError> {
        let response = self.send(call, self.calls.get(url), CALL_LIMIT).await?;
        let (status, media_type) = (response.status(), media_type(&response));
        if status.is_redirection() {
            return Err(error_from(call, response).await);
        }
        // 511 is the status for a network's own login page (RFC 6585).
        let is_page = status.is_success() && media_type == "text/html";
        if is_page || status == StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
            return Err(call.error(Some(response.url()), Broken::NotTheService(media_type)));
        }
        Ok(ProbeAnswer { date: clock::date(&response) })
    }

    /// Sends one request and returns its answer if the status is a success.
    pub(crate) async fn answer(&self, call: Call, request: RequestBuilder) -> Result<Response, ApiError> {
        // No limit here: a call sets the request's own, and `transfer::upload::wait_for_stall` ends an upload.
        let response = self.send(call, request, Duration::MAX).await?;
        if response.status().is_success() { Ok(response) } else { Err(error_from(call, response).await) }
    }

    /// Sends one request and returns any answer, which has to begin within `limit`. Every call goes through here, for
    /// the log.
    async fn send(&self, call: Call, request: RequestBuilder, limit: Duration) -> Result<Response, ApiError> {
        let (client, request) = request.build_split();
        let request = request.map_err(|error| failed(call, &error))?;
        let (method, host, path) =
            (request.method().clone(), host(Some(request.url())), request.url().path().to_owned());
        let route = self.route(request.url()).map_err(|wrong| {
            tracing::warn!(%method, host, path, "not called: {wrong}");
            ApiError { service: call.service, action: call.action, host: host.clone(), broken: Broken::Variable(wrong) }
        })?;
        let start = Instant::now();
        tracing::debug!(%method, host, path, "call");
        let error = match tokio::time::timeout(limit, client.execute(request)).await {
            Ok(Ok(response)) => {
                let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
                tracing::info!(%method, host, path, status, ms, "answer");
                self.clock.tell(&response);
                return Ok(response);
            }
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        let causes = error.as_ref().map_or_else(|| "it took too long".to_owned(), all_causes);
        tracing::warn!(%method, host, path, ms = start.elapsed().as_millis(), "no answer: {causes}");
        Err(match error {
            Some(error) => unanswered(call, &error, route),
            None => ApiError { service: call.service, action: call.action, host, broken: Broken::Timeout },
        })
    }

    /// Finds the route of calls to an address.
    ///
    /// # Errors
    ///
    /// A variable that names a proxy cannot be understood.
    pub(crate) fn route(&self, url: &Url) -> Result<Route, VariableError> {
        self.proxies.route(url)
    }

    /// The variable with exceptions from the proxy, and the numbers of its entries that are not understood, from 1.
    pub(crate) fn unknown_exceptions(&self) -> Option<(&'static str, &[usize])> {
        self.proxies.unknown_exceptions()
    }

    /// Repeats `attempt` after temporary failures.
    pub(crate) async fn retrying<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn() -> F,
    ) -> Result<T, ApiError> {
        let mut attempts = self.backoff.attempts();
        loop {
            let span = tracing::info_span!("call", attempt = attempts.number);
            let error = match attempt().instrument(span).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            self.wait(&mut attempts, error).await?;
        }
    }

    /// Waits before the next attempt, or returns the error.
    async fn wait(&self, attempts: &mut Attempts, error: ApiError) -> Result<(), ApiError> {
        attempts.again(error, |retry| self.on_retry.iter().for_each(|tell| tell(&retry))).await
    }
}

/// Reads an unsuccessful answer, for the log as well.
pub(crate) async fn error_from(call: Call, response: Response) -> ApiError {
    let path = response.url().path().to_owned();
    let error = body::refusal(call, response).await;
    tracing::warn!(host = error.host, path, "refused: {:?}", error.broken);
    error
}

/// Finds out why no answer came: a connection through a proxy may have failed at the proxy.
fn unanswered(call: Call, error: &reqwest::Error, route: Route) -> ApiError {
    let read = failed(call, error);
    match route {
        Route::Through(via) if error.is_connect() && !matches!(read.broken, Broken::Tls(_)) => {
            let fault = proxy::fault(error, &via);
            ApiError { broken: Broken::Proxy(via.proxy, fault), ..read }
        }
        _ => read,
    }
}

/// Reads a failure of reqwest's. Its address may hold a token, so only the host is kept.
pub(crate) fn failed(call: Call, error: &reqwest::Error) -> ApiError {
    let mut host = host(error.url());
    let broken = if let Some((owner, distrust)) = tls::distrust(error) {
        // A proxy that is called by TLS has a certificate of its own.
        let is_other = |owner: &String| error.url().and_then(|url| url.host_str()).map(without_brackets) != Some(owner);
        host = owner.filter(is_other).unwrap_or(host);
        Broken::Tls(distrust)
    } else if error.is_dns() {
        Broken::Name
    } else if error.is_timeout() && error.is_connect() {
        Broken::Connect(LinkFault::Other("nothing answers there".to_owned()))
    } else if error.is_timeout() {
        Broken::Timeout
    } else if error.is_connect() {
        Broken::Connect(LinkFault::read(error))
    } else if error.is_decode() {
        Broken::Unreadable(innermost(error))
    } else {
        Broken::Cut(LinkFault::read(error))
    };
    ApiError { service: call.service, action: call.action, host, broken }
}

/// Removes the brackets of an IPv6 address.
pub(crate) fn without_brackets(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The host of an address, with its port if that is unusual.
pub(crate) fn host(url: Option<&Url>) -> String {
    let Some(url) = url else { return String::new() };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

/// An error's innermost cause, which is the most precise ("Connection refused (os error 111)") and does not contain the
/// address.
fn innermost(error: &reqwest::Error) -> String {
    let first = std::error::Error::source(error);
    let last = std::iter::successors(first, |cause| cause.source()).last();
    last.map_or_else(|| "no cause is known".to_owned(), ToString::to_string)
}

/// An error's causes for the log. The outermost is left out, because it has the address in it, and with that the query.
fn all_causes(error: &reqwest::Error) -> String {
    std::error::Error::source(error).map_or_else(|| "no cause is known".to_owned(), crate::system::log::causes)
}

/// A header's value that no log shows. Secrets that were entered here fit into a header; one from a keyring may not,
/// and the service refuses the empty value that it becomes.
pub(crate) fn sensitive(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// The answer's media type, lower case, without parameters.
pub(crate) fn media_type(response: &Response) -> String {
    let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
