//! The errors of calls to a service, as plain data. [`crate::explain`] makes sentences of them.

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Distrust, Proxy, ProxyFault};
use crate::export::Service;
use crate::system::variable::VariableError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    pub service: Service,
    pub action: Action,
    pub host: String,
    pub broken: Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// To test credentials and find their owner.
    Test,
    /// The same for a developer token of Domo.
    TestToken,
    List,
    Read,
    Preview,
    /// To count a DataSet's rows by a query.
    Count,
    /// To find a DataSet's owners.
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
    Connect(LinkFault),
    /// The connection cannot be trusted.
    Tls(Distrust),
    /// The proxy does not let the call pass.
    Proxy(Proxy, ProxyFault),
    /// No call was made: a variable that names the proxy cannot be understood.
    Variable(VariableError),
    Timeout,
    /// The connection broke while it was used.
    Cut(LinkFault),
    /// data.world accepted the file after so many bytes, before all of it was sent.
    AcceptedEarly(u64),
    /// No byte came or went for the stall limit.
    Stalled(Duration),
    Status {
        code: u16,
        /// The service's own words, cleaned for the terminal.
        message: Option<String>,
        /// For the service's support: Domo's `toe`, data.world's `details`.
        support_id: Option<String>,
        retry_after: Option<Duration>,
    },
    /// The service refused the token, which contains this expiry.
    TokenEnded(DateTime<Utc>),
    /// The credentials have these scopes only.
    NoScope(Vec<String>),
    /// A write with a token that claims to be read-only.
    ReadToken,
    /// A redirect, which credentials do not follow.
    Redirect(String),
    /// A download was redirected, without credentials, and refused there.
    SentOn {
        to: String,
        code: u16,
    },
    /// Something else answered: a login page, a proxy. Carries the content type.
    NotTheService(String),
    /// The answer is not what the service documents.
    Unreadable(String),
    /// No call was made: no address can be built for this name.
    Unaddressable(String),
    /// The DataSet is deleted: Domo answers 200 with `deleted`.
    Deleted,
}

/// The reason why no connection was made, or why one broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFault {
    /// Nothing listens there.
    Refused,
    /// It was closed before everything had arrived.
    ClosedEarly,
    /// The innermost cause, in the words of the library or the system.
    Other(String),
}

impl LinkFault {
    pub(crate) fn read(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = || std::iter::successors(Some(error), |cause| cause.source());
        let is = |kind| causes().filter_map(|it| it.downcast_ref::<io::Error>()).any(|error| error.kind() == kind);
        let is_unfinished = |error: &hyper::Error| error.is_incomplete_message();
        if is(io::ErrorKind::ConnectionRefused) {
            Self::Refused
        } else if is(io::ErrorKind::UnexpectedEof) || causes().filter_map(|it| it.downcast_ref()).any(is_unfinished) {
            Self::ClosedEarly
        } else {
            Self::Other(causes().last().map(ToString::to_string).unwrap_or_default())
        }
    }
}

impl ApiError {
    /// Tells if a retry may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match &self.broken {
            Broken::Proxy(_, fault) => fault.is_passing(),
            // After the computer wakes up, a timer may fire before the network is back.
            Broken::Name | Broken::Connect(_) | Broken::Timeout | Broken::Stalled(_) => true,
            Broken::Cut(_) | Broken::AcceptedEarly(_) => true,
            Broken::Status { code, .. } => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Tells if the service has certainly taken nothing of the sent data: it has refused it, or was not reached. A 5xx
    /// may come from a gateway behind which the call went on.
    pub fn nothing_arrived(&self) -> bool {
        match &self.broken {
            Broken::Name | Broken::Connect(_) | Broken::Tls(_) | Broken::Proxy(..) => true,
            Broken::TokenEnded(_) | Broken::NoScope(_) | Broken::ReadToken | Broken::Redirect(_) => true,
            Broken::Status { code, .. } => matches!(code, 400..=499 | 501),
            _ => false,
        }
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self.broken {
            Broken::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// Tells if the service does not accept the credentials, or not for this call.
    pub fn refuses_credentials(&self) -> bool {
        match self.status() {
            _ if self.is_denied() => true,
            Some(401 | 406) => true,
            // Domo's way of refusing credentials varies: its token call answers 400 as well.
            Some(400) => matches!(self.action, Action::Test | Action::TestToken),
            _ => false,
        }
    }

    /// Tells if the account may not do this. Domo wraps a missing permission in a 400: "Infrastructure problem (403):
    /// Access is denied".
    pub fn is_denied(&self) -> bool {
        let wrapped = |message: &Option<String>| message.as_ref().is_some_and(|message| message.contains("(403)"));
        match &self.broken {
            Broken::Status { code: 400, message, .. } => self.service == Service::Domo && wrapped(message),
            Broken::Status { code, .. } => *code == 403,
            Broken::NoScope(_) | Broken::ReadToken => true,
            _ => false,
        }
    }

    pub fn status(&self) -> Option<u16> {
        match self.broken {
            Broken::Status { code, .. } => Some(code),
            Broken::TokenEnded(_) => Some(401),
            _ => None,
        }
    }
}
