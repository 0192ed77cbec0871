//! Faults of the sandbox: an effect, the requests that get it, and how often.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use derive_more::Display;
use tokio::sync::Semaphore;

use super::rule::escaped;
use super::world::lock;

/// Misbehavior on the next requests that match. As text it is a rule: see `rule.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub on: Route,
    pub times: u32,
    pub what: Effect,
}

impl Fault {
    pub fn once(on: Route, what: Effect) -> Fault {
        Fault { on, times: 1, what }
    }

    /// Lasts until [`Sandbox::clear_faults`](super::Sandbox::clear_faults).
    pub fn always(on: Route, what: Effect) -> Fault {
        Fault { on, times: u32::MAX, what }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Any,
    /// Domo: requests for an access token.
    DomoToken,
    /// Domo: the metadata of one DataSet, on either host.
    DomoDataSet,
    /// Domo: the CSV of a DataSet, on either host.
    Export,
    Dataset,
    /// data.world: uploads, by PUT or as multipart.
    Upload,
    Download,
    /// Any other requests, by method and path.
    Path {
        /// In capitals, such as `GET`; `None` matches all.
        method: Option<&'static str>,
        /// The beginning of the path, such as `/v0/user`.
        prefix: String,
    },
}

/// The effect on a request. "Body" is the request's for uploads (a PUT, or anything under `/v0/uploads`), else the
/// answer's. As text it is the fault and its value.
#[derive(Debug, Clone, PartialEq, Eq, Display)]
pub enum Effect {
    /// Reads the request, then answers this.
    #[display("status={code}")]
    Status {
        code: u16,
        headers: Vec<(String, String)>,
        /// Its type is JSON if it starts with `{`, HTML if it starts with `<`, else plain text.
        body: String,
    },
    /// Reads the request, then answers 200 with these bytes as CSV, repeated if `endless`.
    #[display("{}csv={}", if *endless { "endless-" } else { "" }, escaped(content))]
    Csv {
        /// Need not be text.
        content: Vec<u8>,
        /// Repeats `content` for as long as the client reads.
        endless: bool,
    },
    /// Reads the request, then answers this status with the beginning of a body, and no more of it, and keeps the
    /// connection.
    #[display("stalled-status={_0}")]
    StalledStatus(u16),
    /// Answers before reading the body, reads none of it, and keeps the connection for two seconds so that the answer
    /// can be read.
    #[display("early-status={code}")]
    EarlyStatus { code: u16, headers: Vec<(String, String)>, body: String },
    /// Reads the request, then answers 307 with this Location.
    #[display("redirect={to}")]
    Redirect { to: String },
    #[display("delay={}ms", _0.as_millis())]
    Delay(Duration),
    /// Waits for the gate before anything else. For tests only, so it has no rule.
    #[display("gate")]
    Gate(Gate),
    /// Lets the body pass at this many bytes a second.
    #[display("bandwidth={_0}")]
    Bandwidth(u64),
    /// Lets this many bytes of the body pass, then no more, and keeps the connection.
    #[display("stall={_0}")]
    StallAfter(u64),
    /// Lets this many bytes of the body pass, then resets the connection (TCP RST); 0 resets before any answer.
    #[display("reset={_0}")]
    ResetAfter(u64),
    /// Lets this many bytes of the body pass, then closes the connection (TCP FIN) without ending the body.
    #[display("cut={_0}")]
    CutAfter(u64),
    /// Ends the body here, in order: an answer gets its closing chunk, and of an upload only this much is kept, with
    /// success.
    #[display("truncate={_0}")]
    TruncateAfter(u64),
    /// Sends an answer with neither length nor chunks, and closes the connection here, as HTTP/1.0 does.
    #[display("close={_0}")]
    CloseAfter(u64),
    /// Makes Domo state this many rows more (or fewer) than there are.
    #[display("rows={_0:+}")]
    WrongRowCount(i64),
    /// Accepts the upload, then fails to process it: the dataset's status becomes SYSTEMERROR.
    #[display("processing-error")]
    ProcessingError,
    /// Accepts the upload, but keeps showing the entry of the file before, if any.
    #[display("late-entry={looks}")]
    LateEntry {
        /// The number of times; `u32::MAX` is forever.
        looks: u32,
        /// Shows the new date at once, and the rest late.
        dated: bool,
    },
}

/// Keeps requests waiting until it is opened, and reports each that waits.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Has a permit for each request that has come.
    came: Arc<Semaphore>,
    /// Is closed to open the gate.
    shut: Arc<Semaphore>,
}

impl Gate {
    pub fn shut() -> Self {
        Self { came: Arc::new(Semaphore::new(0)), shut: Arc::new(Semaphore::new(0)) }
    }

    /// Waits for the next request to arrive at the gate.
    pub async fn reached(&self) {
        if let Ok(one) = self.came.acquire().await {
            one.forget();
        }
    }

    pub fn open(&self) {
        self.shut.close();
    }

    pub(crate) async fn pass(&self) {
        self.came.add_permits(1);
        let _ = self.shut.acquire().await;
    }
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shut, &other.shut)
    }
}

impl Eq for Gate {}

impl Effect {
    pub fn status(code: u16, body: impl Into<String>) -> Effect {
        Effect::Status { code, headers: Vec::new(), body: body.into() }
    }

    pub fn csv(content: impl Into<Vec<u8>>) -> Effect {
        Effect::Csv { content: content.into(), endless: false }
    }

    pub fn early_status(code: u16, body: impl Into<String>) -> Effect {
        Effect::EarlyStatus { code, headers: Vec::new(), body: body.into() }
    }
}

impl Route {
    pub(crate) fn matches(&self, method: &Method, path: &str) -> bool {
        let get = method == Method::GET;
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match self {
            Route::Any => true,
            Route::DomoToken => path == "/oauth/token",
            Route::DomoDataSet => {
                get && matches!(segments[..], ["v1", "datasets", _] | ["api", "data", "v3", "datasources", _])
            }
            Route::Export => {
                matches!(segments[..], ["v1", "datasets", _, "data"] | ["api", "query", "v1", "execute", "export", _])
            }
            Route::Dataset => get && matches!(segments[..], ["v0", "datasets", _, _]),
            Route::Upload => path.starts_with("/v0/uploads/"),
            Route::Download => path.starts_with("/v0/file_download/"),
            Route::Path { method: wanted, prefix } => {
                wanted.is_none_or(|wanted| method.as_str() == wanted) && path.starts_with(prefix)
            }
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Spends one use of the first fault that matches.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<Effect> {
        let mut faults = lock(&self.0);
        let index = faults.iter().position(|f| f.times > 0 && f.on.matches(method, path))?;
        let fault = &mut faults[index];
        if fault.times != u32::MAX {
            fault.times -= 1;
        }
        Some(fault.what.clone())
    }
}
