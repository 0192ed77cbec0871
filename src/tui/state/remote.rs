//! Data that is requested from elsewhere.

use super::request::{Request, RequestId};
use crate::explain::Explanation;

/// A reply to a request that can fail.
pub type Answer<T> = Result<T, Explanation>;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Remote<T> {
    #[default]
    Idle,
    Loading,
    Ready(T),
    Failed(Explanation),
}

impl<T> Remote<T> {
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(data) => Some(data),
            _ => None,
        }
    }

    pub fn failed(&self) -> Option<&Explanation> {
        match self {
            Self::Failed(explanation) => Some(explanation),
            _ => None,
        }
    }

    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading)
    }
}

impl<T> From<Answer<T>> for Remote<T> {
    fn from(result: Answer<T>) -> Self {
        result.map_or_else(Self::Failed, Self::Ready)
    }
}

/// A place for one reply. It remembers the request id and ignores stale replies.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    pub data: Remote<T>,
    request: Option<RequestId>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::idle()
    }
}

impl<T> Slot<T> {
    pub fn idle() -> Self {
        Self { data: Remote::Idle, request: None }
    }

    /// Data that needs no request.
    pub(crate) fn known(data: T) -> Self {
        Self { data: Remote::Ready(data), request: None }
    }

    /// Waits for a new reply; earlier requests become stale.
    pub(crate) fn ask<R>(&mut self, request: &Request<R>) {
        *self = Self { data: Remote::Loading, request: Some(request.id) };
    }

    /// Waits for a new reply, but keeps the data until it comes.
    pub(crate) fn ask_again<R>(&mut self, request: &Request<R>) {
        self.request = Some(request.id);
    }

    /// Stores a reply; returns `false` for a stale one.
    pub(crate) fn answer(&mut self, id: RequestId, result: Answer<T>) -> bool {
        let current = self.is_current(id);
        if current {
            self.data = result.into();
        }
        current
    }

    /// The latest request has this id, whether answered or not.
    pub(crate) fn is_current(&self, id: RequestId) -> bool {
        self.request == Some(id)
    }
}

/// Splits a reply for a slot that holds only its status.
pub(crate) fn split_reply<T>(result: Answer<T>) -> (Option<T>, Answer<()>) {
    match result {
        Ok(data) => (Some(data), Ok(())),
        Err(explanation) => (None, Err(explanation)),
    }
}
