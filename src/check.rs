//! Tests credentials and the way to both services, step by step. Nothing is changed on either.
//!
//! ```text
//! Plan ──► start ──► one line an account, all at once:
//!                    credentials ► proxy ► name ► connection ► tls ► service ► clock ► token ► …
//! ```
//!
//! A step that fails ends its line where nothing after it could succeed; what was not done says why. A cause is the
//! [`Failure`] that a run would end with, so that it gets the same sentence and the same exit code.

mod board;
mod connection;
mod dataworld;
mod domo;
mod line;
mod tunnel;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tokio::sync::watch;

use crate::accounts::{Verdict, Whose};
use crate::config::Limits;
use crate::export::Export;
use crate::export::Service;
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, Hiding};
use crate::services::http::Skew;
use crate::transfer::Failure;
use board::Board;
pub use line::Source;

/// What is tested. The names are stable: programs may rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Credentials,
    Proxy,
    /// The host, or its proxy, has an address.
    Name,
    /// The host, or its proxy, can be reached.
    Connection,
    Tls,
    /// What answers is the service.
    Service,
    /// This computer's clock agrees with the service's.
    Clock,
    /// The credentials are accepted, and whose they are.
    Token,
    /// The credentials may do what an export needs.
    Permission,
    End,
    DataSet,
    /// Domo: the account is an owner or co-owner of the DataSet.
    Owner,
    Pdp,
    /// Domo: the first bytes of its export come.
    Export,
    /// data.world: the dataset is there and can be written to.
    Dataset,
    /// data.world: whether the file is new, or which one it replaces.
    File,
}

impl Step {
    /// The steps of a service, in order.
    fn all(service: Service, with_export: bool) -> Vec<Self> {
        use Step::{
            Clock, Connection, Credentials, DataSet, Dataset, End, Export, File, Name, Owner, Pdp, Permission, Proxy,
            Service as Answers, Tls, Token,
        };
        let mut steps = vec![Credentials, Proxy, Name, Connection, Tls, Answers, Clock, Token, Permission, End];
        match service {
            _ if !with_export => {}
            Service::Domo => steps.extend([DataSet, Owner, Pdp, Export]),
            Service::DataWorld => steps.extend([Dataset, File]),
        }
        steps
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running,
    /// Done, with what was found.
    Done(String),
    /// Done, with what was found, and with something to know.
    Warned(String, Warning),
    Failed(Box<Failure>),
    Skipped(&'static str),
}

/// What a check found that stops nothing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// This computer's clock is ahead of the service's, or behind it.
    Clock(Skew),
    /// The data.world token says that it may only read.
    ReadToken,
    EndsSoon(DateTime<Utc>),
    /// Rows may be left out for who is no owner of the DataSet, and that the account is one is not proven.
    Hiding(Hiding),
    /// data.world fetches the file of that name from elsewhere itself.
    Synced,
    /// Entries of the variable that names exceptions from the proxy are not understood: which, counted from 1.
    NoProxy(&'static str, Vec<usize>),
}

/// A step, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResult {
    pub service: Service,
    /// With which credentials: `account analyst`.
    pub account: String,
    pub step: Step,
    pub state: State,
    /// How long it took; `None` while it is not done.
    pub took: Option<Duration>,
    /// Whose the credentials are, once [`Step::Token`] is done.
    pub whose: Option<Whose>,
}

impl StepResult {
    /// Whether it has come to an end.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Running)
    }

    /// Whether it failed, or found something to know.
    pub fn is_problem(&self) -> bool {
        matches!(self.state, State::Failed(_) | State::Warned(..))
    }

    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// How many steps, from the first of these on, were left out for one and the same reason.
pub fn left_out(results: &[StepResult]) -> usize {
    let reason = |result: &StepResult| match result.state {
        State::Skipped(reason) => Some(reason),
        _ => None,
    };
    let Some(first) = results.first().and_then(reason) else { return 0 };
    results.iter().take_while(|result| reason(result) == Some(first)).count()
}

#[derive(Debug, Clone)]
pub enum Client {
    Domo(Domo),
    DataWorld(DataWorld),
}

impl Client {
    pub fn address(&self) -> &str {
        match self {
            Self::Domo(domo) => domo.address(),
            Self::DataWorld(dataworld) => dataworld.address(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Line {
    pub service: Service,
    /// How people know it: `account analyst`.
    pub account: String,
    /// What calls the service, or why there is nothing that could.
    pub client: Result<Client, Failure>,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub lines: Vec<Line>,
    /// The export that they are for, if it is about one.
    pub export: Option<Export>,
    /// The date of the run, for the file's name.
    pub today: NaiveDate,
    pub limits: Limits,
}

/// A check, as far as it is.
#[derive(Debug, Clone)]
pub struct Checked {
    pub begun: DateTime<Utc>,
    /// The addresses of all accounts, each once.
    pub addresses: Vec<(Service, String)>,
    /// The export that it is about, if it is about one.
    pub export: Option<Export>,
    pub results: Vec<StepResult>,
}

impl Checked {
    /// A check of which nothing is done yet.
    pub fn new(plan: &Plan, begun: DateTime<Utc>) -> Self {
        let mut addresses = Vec::new();
        for line in &plan.lines {
            if let Ok(client) = &line.client {
                let entry = (line.service, client.address().to_owned());
                if !addresses.contains(&entry) {
                    addresses.push(entry);
                }
            }
        }
        Self { begun, addresses, export: plan.export.clone(), results: Vec::new() }
    }

    /// Whether all steps have come to an end.
    pub fn has_ended(&self) -> bool {
        !self.results.is_empty() && self.results.iter().all(StepResult::has_ended)
    }

    /// Whether the credentials are valid, where the service has said it of the first that are tested.
    pub fn verdict(&self) -> Option<Verdict> {
        let token = self.results.iter().find(|result| result.step == Step::Token)?;
        match (token.failure(), &token.whose) {
            (Some(Failure::Api(error)), _) if error.refuses_credentials() => Some(Verdict::Refused),
            (Some(_), _) => None,
            (None, whose) => whose.clone().map(Verdict::Valid),
        }
    }

    /// Why the first failed step failed; `None` if none has.
    pub fn failure(&self) -> Option<&Failure> {
        self.results.iter().find_map(StepResult::failure)
    }
}

/// Starts the check on the current tokio runtime. The receiver sees all steps from the start, as far as they are; the
/// check has ended when the sender is gone, and ends when nobody looks any more.
pub fn start(plan: Plan) -> watch::Receiver<Vec<StepResult>> {
    let (board, results) = Board::new(&plan);
    tokio::spawn(async move {
        let lines = plan.lines.iter().enumerate().map(|(n, line)| board.line(n, line, &plan));
        tokio::select! {
            _ = futures_util::future::join_all(lines) => {}
            () = board.unwatched() => {}
        }
    });
    results
}
