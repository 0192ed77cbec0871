//! Data that is requested from elsewhere.

use crate::explain::Explanation;

/// Identifies a request. Replies to older requests are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    asker: u32,
    number: u32,
}

/// Issues request ids. Ids of different askers never collide.
#[derive(Debug)]
pub struct Requests {
    asker: u32,
    last: u32,
}

impl Requests {
    pub(crate) fn new(asker: u32) -> Self {
        Self { asker, last: 0 }
    }

    pub(crate) fn next(&mut self) -> Request {
        self.last += 1;
        Request { asker: self.asker, number: self.last }
    }

    pub(crate) fn issued(&self, request: Request) -> bool {
        request.asker == self.asker
    }
}

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

impl<T> From<Result<T, Explanation>> for Remote<T> {
    fn from(result: Result<T, Explanation>) -> Self {
        result.map_or_else(Self::Failed, Self::Ready)
    }
}

/// A place for one reply. It remembers the request id and ignores stale replies.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    pub data: Remote<T>,
    request: Option<Request>,
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
    pub(crate) fn ask(&mut self, request: Request) {
        *self = Self { data: Remote::Loading, request: Some(request) };
    }

    /// Waits for a new reply, but keeps the data until it comes.
    pub(crate) fn ask_again(&mut self, request: Request) {
        self.request = Some(request);
    }

    /// Stores a reply; returns `false` for a stale one.
    pub(crate) fn answer(&mut self, request: Request, result: Result<T, Explanation>) -> bool {
        let current = self.is_current(request);
        if current {
            self.data = result.into();
        }
        current
    }

    /// The latest request has this id, whether answered or not.
    pub(crate) fn is_current(&self, request: Request) -> bool {
        self.request == Some(request)
    }
}

/// Splits a reply for a slot that holds only its status.
pub(crate) fn split_reply<T>(result: Result<T, Explanation>) -> (Option<T>, Result<(), Explanation>) {
    match result {
        Ok(data) => (Some(data), Ok(())),
        Err(explanation) => (None, Err(explanation)),
    }
}
