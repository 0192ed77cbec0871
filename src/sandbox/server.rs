//! The accept loop. Unlike axum's own, it lets a fault reset a connection, below HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::world::Shared;
use super::{dataworld, domo, intercept};

/// The connection of a request, for a fault to end it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire(Arc<Ending>);

#[derive(Debug, Default)]
struct Ending {
    asked: Notify,
    reset: AtomicBool,
}

impl Wire {
    /// Resets the connection (RST). Never returns: no answer follows.
    pub(crate) async fn reset(&self) -> ! {
        self.0.reset.store(true, Ordering::Relaxed);
        self.cut().await
    }

    /// Closes the connection (FIN) whatever is under way. Never returns: no answer follows.
    pub(crate) async fn cut(&self) -> ! {
        // Lets written bytes leave first: a reset discards what is still in the socket's buffer.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.asked.notify_one();
        std::future::pending().await
    }
}

/// Serves both services until dropped, which drops the connections too.
pub(crate) async fn serve(listener: TcpListener, world: Shared) {
    let router = Router::new()
        .merge(domo::routes())
        .merge(dataworld::routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(world.clone(), intercept::intercept))
        .layer(DefaultBodyLimit::disable())
        .with_state(world);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(connection(stream, router.clone())); }
                // Out of file descriptors, most likely; tries again later.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // Best effort: only latency depends on it.
    let _ = stream.set_nodelay(true);
    let wire = Wire::default();
    let handler = TowerToHyperService::new(router);
    let service = {
        let wire = wire.clone();
        hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(wire.clone());
            handler.call(request)
        })
    };
    let mut connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // A client that hangs up is no error of the sandbox.
        _ = &mut connection => {}
        () = wire.0.asked.notified() => {
            let stream = connection.into_parts().io.into_inner();
            if wire.0.reset.load(Ordering::Relaxed) {
                // With no time to linger, closing sends RST instead of FIN.
                let _ = stream.set_zero_linger();
            }
        }
    }
}

async fn no_such_path(uri: Uri) -> Response {
    if uri.path().starts_with("/v0") {
        dataworld::Refusal::not_found().into_response()
    } else {
        domo::Refusal::not_found(uri.path()).into_response()
    }
}

async fn no_such_method(method: Method, uri: Uri) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let message = format!("Request method '{method}' not supported");
    if uri.path().starts_with("/v0") {
        dataworld::Refusal::new(status, message).into_response()
    } else {
        domo::Refusal::new(status, message).into_response()
    }
}
