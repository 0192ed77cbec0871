//! What was asked of a service, and how far the answer is.

use crate::explain::Explanation;

/// The number of a request. Each is given out once, so that an answer to an older question is known by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    asker: u32,
    number: u32,
}

/// Numbers for the requests of one asker.
#[derive(Debug)]
pub struct Requests {
    asker: u32,
    last: u32,
}

impl Requests {
    /// Numbers that no other asker gives out.
    pub(crate) fn of(asker: u32) -> Self {
        Self { asker, last: 0 }
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> Request {
        self.last += 1;
        Request { asker: self.asker, number: self.last }
    }

    /// Whether it gave out that number.
    pub(crate) fn gave(&self, request: Request) -> bool {
        request.asker == self.asker
    }
}

/// Data that comes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Remote<T> {
    /// Not asked for.
    #[default]
    Idle,
    /// Asked for.
    Loading,
    /// Here.
    Ready(T),
    /// Not to be had, and why.
    Failed(Explanation),
}

impl<T> Remote<T> {
    /// The data, if it is here.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(data) => Some(data),
            _ => None,
        }
    }

    /// Why it could not be had.
    pub fn failed(&self) -> Option<&Explanation> {
        match self {
            Self::Failed(explanation) => Some(explanation),
            _ => None,
        }
    }

    /// Whether an answer is awaited.
    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading)
    }
}

impl<T> From<Result<T, Explanation>> for Remote<T> {
    fn from(result: Result<T, Explanation>) -> Self {
        result.map_or_else(Self::Failed, Self::Ready)
    }
}

/// A place for one answer, which knows the number of the question that it belongs to.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    /// The answer, or how far it is.
    pub data: Remote<T>,
    request: Option<Request>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::idle()
    }
}

impl<T> Slot<T> {
    /// An empty place.
    pub fn idle() -> Self {
        Self { data: Remote::Idle, request: None }
    }

    /// What is known without a question.
    pub(crate) fn known(data: T) -> Self {
        Self { data: Remote::Ready(data), request: None }
    }

    /// A question was asked; answers to the ones before no longer count.
    pub(crate) fn ask(&mut self, request: Request) {
        *self = Self { data: Remote::Loading, request: Some(request) };
    }

    /// A question was asked again; what is known stays until its answer comes.
    pub(crate) fn ask_again(&mut self, request: Request) {
        self.request = Some(request);
    }

    /// Takes an answer; `false` when it is one to an older question, which changes nothing.
    pub(crate) fn answer(&mut self, request: Request, result: Result<T, Explanation>) -> bool {
        let current = self.is_current(request);
        if current {
            self.data = result.into();
        }
        current
    }

    /// Whether `request` is the question that this place awaits or has the answer of.
    pub(crate) fn is_current(&self, request: Request) -> bool {
        self.request == Some(request)
    }
}

/// An answer's data, and what a place that only knows how far it is takes of it.
pub(crate) fn apart<T>(result: Result<T, Explanation>) -> (Option<T>, Result<(), Explanation>) {
    match result {
        Ok(data) => (Some(data), Ok(())),
        Err(explanation) => (None, Err(explanation)),
    }
}
