//! The log of requests, without secrets.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::HeaderMap;
use futures_util::TryStreamExt;

use super::world::lock;

/// Bounds the memory of a sandbox that runs for days.
const KEPT: usize = 10_000;

const SECRET: [&str; 4] = ["authorization", "x-domo-developer-token", "x-domo-authentication", "cookie"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// As sent, percent-encoded.
    pub path: String,
    /// As sent, without `?`; empty if there was none.
    pub query: String,
    /// Names in lower case, with values; a secret is reduced to its scheme (`Bearer`), or to nothing.
    pub headers: Vec<(String, String)>,
    /// The part of the body that has been read.
    pub body_bytes: u64,
}

impl Request {
    /// Takes a name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Mutex<VecDeque<(Request, Arc<AtomicU64>)>>,
}

impl Log {
    /// Logs a request, and returns it with a body that counts the bytes read.
    pub(crate) fn note(&self, request: axum::extract::Request) -> axum::extract::Request {
        let (parts, body) = request.into_parts();
        let read = Arc::new(AtomicU64::new(0));
        let entry = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: redacted(&parts.headers),
            body_bytes: 0,
        };
        let mut entries = lock(&self.entries);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back((entry, read.clone()));
        let counted = body.into_data_stream().inspect_ok(move |chunk| {
            read.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        });
        axum::extract::Request::from_parts(parts, Body::from_stream(counted))
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        let with_count = |(request, read): &(Request, Arc<AtomicU64>)| Request {
            body_bytes: read.load(Ordering::Relaxed),
            ..request.clone()
        };
        lock(&self.entries).iter().map(with_count).collect()
    }
}

fn redacted(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = |name: &str, value: &str| {
        if !SECRET.contains(&name) {
            return value.to_owned();
        }
        // "Bearer abc" keeps its scheme; a token without one keeps nothing.
        value.split_once(' ').map(|(scheme, _)| scheme.to_owned()).unwrap_or_default()
    };
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), shown(name.as_str(), &value))
        })
        .collect()
}
