//! The middleware before every handler: logs the request, and applies a fault.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::body::{Then, cut, drain, endlessly, paced};
use super::fault::Effect;
use super::server::Wire;
use super::world::Shared;

/// The time for which an early answer waits for the client to read it. Closing with unread bytes in the socket resets
/// the connection, and the answer could be lost with it.
const LINGER: Duration = Duration::from_secs(2);

/// The effect on this request, for handlers that a fault changes from within.
#[derive(Debug)]
pub(crate) struct InForce(pub(crate) Option<Effect>);

impl<S: Sync> FromRequestParts<S> for InForce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

impl InForce {
    /// The rows that a fault makes Domo state or count too many.
    pub(crate) fn more_rows(&self) -> i64 {
        if let Some(Effect::WrongRowCount(more)) = self.0 { more } else { 0 }
    }
}

pub(crate) async fn intercept(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let request = world.log.note(request);
    let Some(effect) = world.faults.take(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let wire = request.extensions().get::<Wire>().cloned().unwrap_or_default();
    let upload = request.method() == Method::PUT || request.uri().path().starts_with("/v0/uploads/");
    match effect {
        Effect::Status { code, headers, body } => {
            read_all(request).await;
            answer(code, &headers, body)
        }
        Effect::Csv { content, endless } => {
            read_all(request).await;
            let body = if endless { endlessly(content.into()) } else { content.into() };
            ([(header::CONTENT_TYPE, "text/csv")], body).into_response()
        }
        Effect::StalledStatus(code) => {
            read_all(request).await;
            let response = answer(code, &[], "{\"message\": \"to be continued\"}".to_owned());
            response.map(|body| cut(body, 10, Then::Stall))
        }
        Effect::EarlyStatus { code, headers, body } => {
            tokio::spawn(async move {
                tokio::time::sleep(LINGER).await;
                drop(request);
            });
            let mut response = answer(code, &headers, body);
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
        Effect::Redirect { to } => {
            read_all(request).await;
            answer(307, &[("location".to_owned(), to)], String::new())
        }
        Effect::Delay(time) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Effect::Gate(gate) => {
            gate.pass().await;
            next.run(request).await
        }
        Effect::ResetAfter(0) => wire.reset().await,
        Effect::Bandwidth(rate) => on_body(request, next, upload, |body| paced(body, rate)).await,
        Effect::StallAfter(bytes) => on_body(request, next, upload, |body| cut(body, bytes, Then::Stall)).await,
        Effect::ResetAfter(bytes) => on_body(request, next, upload, |body| cut(body, bytes, Then::Reset(wire))).await,
        Effect::CutAfter(bytes) => on_body(request, next, upload, |body| cut(body, bytes, Then::Cut(wire))).await,
        Effect::TruncateAfter(bytes) => {
            let then = if upload { Then::Drain } else { Then::End };
            on_body(request, next, upload, |body| cut(body, bytes, then)).await
        }
        Effect::CloseAfter(bytes) => {
            let mut response = on_body(request, next, false, |body| cut(body, bytes, Then::End)).await;
            // An answer of HTTP/1.0 without a length is ended by closing the connection.
            *response.version_mut() = Version::HTTP_10;
            response
        }
        effect @ (Effect::WrongRowCount(_) | Effect::ProcessingError | Effect::LateEntry { .. }) => {
            let mut request = request;
            request.extensions_mut().insert(effect);
            next.run(request).await
        }
    }
}

/// Runs the handler with a changed body: the request's for an upload, else the answer's.
async fn on_body(request: Request, next: Next, upload: bool, change: impl FnOnce(Body) -> Body) -> Response {
    if upload {
        return next.run(request.map(change)).await;
    }
    // hyper derives the length from the body that is sent: a changed one has none.
    next.run(request).await.map(change)
}

/// Reads the body of a request to its end, so that the answer comes after it.
async fn read_all(request: Request) {
    // A client that hangs up here does not wait for the answer either.
    let _ = drain(request.into_body().into_data_stream()).await;
}

fn answer(code: u16, headers: &[(String, String)], body: String) -> Response {
    let kind = match body.trim_start().as_bytes().first() {
        Some(b'{') => "application/json",
        Some(b'<') => "text/html;charset=utf-8",
        _ => "text/plain;charset=utf-8",
    };
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
