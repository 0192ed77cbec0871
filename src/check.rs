//! Tests credentials and the connection to both services, step by step. Changes nothing on either.
//!
//! ```text
//! CheckPlan ──► start ──► one line an account, all at once:
//!                    credentials ► proxy ► name ► connection ► tls ► service ► clock ► token ► …
//! ```
//!
//! A failed step ends its line if no later step could succeed; skipped steps carry the reason. A cause is the
//! [`Failure`] that a run would end with, so that it gets the same sentence and the same exit code.

mod board;
mod connection;
mod dataworld;
mod domo;
mod tunnel;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use strum::IntoStaticStr;
use tokio::sync::watch;

use crate::accounts::{AccountRef, CredentialOrigin, CredentialOwner, Verdict};
use crate::config::Limits;
use crate::export::{Export, Service};
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, Hiding};
use crate::services::http::Skew;
use crate::transfer::Failure;
use board::Board;

/// A step of a check. The names are stable: programs may rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, Serialize)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Credentials,
    Proxy,
    /// The host, or its proxy, has an address.
    Name,
    /// The host, or its proxy, can be reached.
    Connection,
    Tls,
    /// The server that answers is the service.
    Service,
    /// This computer's clock agrees with the service's.
    Clock,
    /// The credentials are accepted; names their owner.
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
    /// data.world: the file is new, or replaces one.
    File,
}

impl Step {
    /// Tells if the step is about an export, and says nothing of the account.
    fn needs_export(self) -> bool {
        matches!(self, Self::DataSet | Self::Owner | Self::Pdp | Self::Export | Self::Dataset | Self::File)
    }

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

#[derive(Debug, Clone, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum State {
    Waiting,
    Running,
    /// Carries the finding.
    Done(String),
    /// Carries the finding and a warning.
    #[strum(serialize = "warning")]
    Warned(String, Warning),
    Failed(Box<Failure>),
    Skipped(&'static str),
}

/// A finding that stops nothing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// This computer's clock is ahead of the service's, or behind it.
    Clock(Skew),
    /// The data.world token may only read.
    ReadToken,
    EndsSoon(DateTime<Utc>),
    /// Domo may hide rows from accounts that do not own the DataSet, and this account is not proven to be an owner.
    Hiding(Hiding),
    /// data.world fetches the file of that name from elsewhere itself.
    Synced,
    /// The variable with exceptions from the proxy has entries that are not understood; carries its name and their
    /// numbers, from 1.
    NoProxy(&'static str, Vec<usize>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResult {
    pub service: Service,
    pub account: CredentialOrigin,
    pub step: Step,
    pub state: State,
    /// `None` until it has ended.
    pub took: Option<Duration>,
    /// Set once [`Step::Token`] is done.
    pub owner: Option<CredentialOwner>,
}

impl StepResult {
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Running)
    }

    /// Tells if the step failed or has a warning.
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

/// Counts the leading steps that were skipped for the same reason.
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
    pub account: CredentialOrigin,
    /// The client, or the reason why there is none.
    pub client: Result<Client, Failure>,
}

#[derive(Debug, Clone)]
pub struct CheckPlan {
    pub lines: Vec<Line>,
    /// Set if the check is about one export.
    pub export: Option<Export>,
    /// The date of the run, for the file's name.
    pub today: NaiveDate,
    pub limits: Limits,
}

/// The state of a check.
#[derive(Debug, Clone)]
pub struct Checked {
    pub begun: DateTime<Utc>,
    /// The addresses of all accounts, each once.
    pub addresses: Vec<(Service, String)>,
    /// Set if the check is about one export.
    pub export: Option<Export>,
    pub results: Vec<StepResult>,
}

impl Checked {
    /// A check that has not begun.
    pub fn new(plan: &CheckPlan, begun: DateTime<Utc>) -> Self {
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

    pub fn has_ended(&self) -> bool {
        !self.results.is_empty() && self.results.iter().all(StepResult::has_ended)
    }

    /// What is found out about each account.
    pub fn accounts(&self) -> impl Iterator<Item = AccountFinding<'_>> {
        let is_same_account = |a: &StepResult, b: &StepResult| (a.service, &a.account) == (b.service, &b.account);
        self.results.chunk_by(is_same_account).filter_map(AccountFinding::of)
    }

    /// The failure of the first failed step.
    pub fn failure(&self) -> Option<&Failure> {
        self.results.iter().find_map(StepResult::failure)
    }
}

/// What a check has found out about an account.
#[derive(Debug)]
pub struct AccountFinding<'a> {
    pub account: AccountRef,
    /// Its validity, if the service has judged it.
    pub verdict: Option<Verdict>,
    /// Why it is not valid, could not be tested, or may not do what an export needs.
    pub failure: Option<&'a Failure>,
}

impl<'a> AccountFinding<'a> {
    /// The finding of an account's steps.
    fn of(steps: &'a [StepResult]) -> Option<Self> {
        let first = steps.first()?;
        let token = steps.iter().find(|result| result.step == Step::Token)?;
        let verdict = match (token.failure(), &token.owner) {
            (Some(Failure::Api(error)), _) if error.refuses_credentials() => Some(Verdict::Refused),
            (Some(_), _) => None,
            (None, owner) => owner.clone().map(Verdict::Valid),
        };
        let failure = steps.iter().filter(|result| !result.step.needs_export()).find_map(StepResult::failure);
        Some(Self { account: AccountRef::holding(first.service, &first.account), verdict, failure })
    }
}

/// Starts the check on the current tokio runtime. The receiver sees all steps from the start. The check has ended once
/// the sender is gone, and is cancelled when the last receiver is dropped.
pub fn start(plan: CheckPlan) -> watch::Receiver<Vec<StepResult>> {
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
