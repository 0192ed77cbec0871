//! How a call to a service fails, as plain data. The sentences are made in [`crate::explain`].

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Distrust, Proxy, ProxyFault};
use crate::export::Service;
use crate::system::variable::VariableError;

/// A call to a service that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub service: Service,
    pub action: Action,
    pub host: String,
    pub broken: Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// To find out whether credentials are accepted, and whose they are.
    Test,
    /// The same of a developer token of Domo.
    TestToken,
    List,
    Read,
    Preview,
    /// To count a DataSet's rows by a query.
    Count,
    /// To find out who owns a DataSet.
    Owners,
    Export,
    Create,
    Upload,
    Describe,
    Download,
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    Name,
    Connect(String),
    /// The connection is not to be trusted.
    Tls(Distrust),
    /// The proxy on the way does not let the call pass.
    Proxy(Proxy, ProxyFault),
    /// No call was made: a variable that names the proxy cannot be understood.
    Variable(VariableError),
    Timeout,
    /// The connection broke while it was used.
    Cut(String),
    /// No byte either way for the stall limit.
    Stalled(Duration),
    Status {
        code: u16,
        /// What the service says, cleaned for the terminal.
        message: Option<String>,
        /// What its support asks for: Domo's `toe`, data.world's `details`.
        support_id: Option<String>,
        retry_after: Option<Duration>,
    },
    /// The service refused the token, which says itself that it ended then.
    TokenEnded(DateTime<Utc>),
    /// The credentials are good for these scopes only.
    NoScope(Vec<String>),
    /// The token says of itself that it may only read, and this is to write.
    ReadToken,
    /// The answer sends elsewhere, where no credentials go.
    Redirect(String),
    /// A download was sent on, without credentials, and refused there.
    SentOn {
        to: String,
        code: u16,
    },
    /// Something else answered: a login page, a proxy. The content type.
    NotTheService(String),
    /// The answer is not what the service documents.
    Unreadable(String),
    /// No call was made: no address can be built for what is called that.
    Unaddressable(String),
    /// The DataSet does not exist any more: Domo answers 200 and says `deleted`.
    Deleted,
}

impl ApiError {
    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match &self.broken {
            Broken::Proxy(_, fault) => fault.is_passing(),
            // A timer that fires when the computer wakes up may be there before the network is.
            Broken::Name | Broken::Connect(_) | Broken::Timeout | Broken::Cut(_) | Broken::Stalled(_) => true,
            Broken::Status { code, .. } => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Tells whether it is certain that the service has taken nothing of what was sent: it has refused it, or was not
    /// reached. A 5xx may come from a gateway behind which the call went on.
    pub fn nothing_arrived(&self) -> bool {
        match &self.broken {
            Broken::Name | Broken::Connect(_) | Broken::Tls(_) | Broken::Proxy(..) => true,
            Broken::TokenEnded(_) | Broken::NoScope(_) | Broken::ReadToken | Broken::Redirect(_) => true,
            Broken::Status { code, .. } => matches!(code, 400..=499 | 501),
            _ => false,
        }
    }

    /// How long the service asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.broken {
            Broken::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// Whether the service does not accept the credentials, or not for this.
    pub fn refuses_credentials(&self) -> bool {
        match self.status() {
            _ if self.is_denied() => true,
            Some(401 | 406) => true,
            // Domo's way of refusing credentials varies: its token call answers 400 as well.
            Some(400) => matches!(self.action, Action::Test | Action::TestToken),
            _ => false,
        }
    }

    /// Whether the service says that the account may not do this. Domo wraps a missing permission in a 400:
    /// "Infrastructure problem (403): Access is denied".
    pub fn is_denied(&self) -> bool {
        let wrapped = |message: &Option<String>| message.as_ref().is_some_and(|message| message.contains("(403)"));
        match &self.broken {
            Broken::Status { code: 400, message, .. } => self.service == Service::Domo && wrapped(message),
            Broken::Status { code, .. } => *code == 403,
            Broken::NoScope(_) | Broken::ReadToken => true,
            _ => false,
        }
    }

    /// The HTTP status, if the service answered with one.
    pub fn status(&self) -> Option<u16> {
        match self.broken {
            Broken::Status { code, .. } => Some(code),
            Broken::TokenEnded(_) => Some(401),
            _ => None,
        }
    }
}
