//! Collects the results of all lines of a check and publishes them to a watcher.

use std::ops::Range;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{CheckPlan, Client, Line, State, Step, StepResult, Warning, dataworld, domo};
use crate::accounts::CredentialOwner;
use crate::transfer::Failure;

#[derive(Debug)]
pub(super) struct Board {
    results: watch::Sender<Vec<StepResult>>,
    /// The steps of each line, as a range of `results`.
    lines: Vec<Range<usize>>,
}

pub(super) enum Found {
    Done(String),
    Warned(String, Warning),
}

/// The reason why the rest of a line is skipped.
pub(super) type SkipReason = &'static str;

impl Board {
    pub(super) fn new(plan: &CheckPlan) -> (Self, watch::Receiver<Vec<StepResult>>) {
        let (mut results, mut lines) = (Vec::new(), Vec::new());
        for line in &plan.lines {
            let first = results.len();
            let steps = Step::all(line.service, plan.export.is_some());
            results.extend(steps.into_iter().map(|step| StepResult {
                service: line.service,
                account: line.account.clone(),
                step,
                state: State::Waiting,
                took: None,
                owner: None,
            }));
            lines.push(first..results.len());
        }
        let (results, receiver) = watch::channel(results);
        (Self { results, lines }, receiver)
    }

    pub(super) async fn unwatched(&self) {
        self.results.closed().await;
    }

    /// Checks a line. Steps that could not be done after a failed one carry the reason.
    pub(super) async fn line(&self, number: usize, line: &Line, plan: &CheckPlan) {
        let chain = Chain { board: self, steps: self.lines[number].clone() };
        let found = chain.step(Step::Credentials, "no credentials", async {
            let client = line.client.as_ref().map_err(Clone::clone)?;
            Ok((client, Found::Done(line.account.to_string())))
        });
        let end = match found.await {
            // A person is waiting: a failed call is shown, not retried.
            Ok(Client::Domo(domo)) => domo::check(&chain, &domo.once(), plan).await,
            Ok(Client::DataWorld(dataworld)) => dataworld::check(&chain, &dataworld.once(), plan).await,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = end {
            chain.skip_rest(reason);
        }
    }
}

#[derive(Debug)]
pub(super) struct Chain<'a> {
    board: &'a Board,
    steps: Range<usize>,
}

impl Chain<'_> {
    /// Does a step and records its result. If it fails, `broken` is the reason for skipping others.
    pub(super) async fn step<T>(
        &self,
        step: Step,
        broken: SkipReason,
        work: impl Future<Output = Result<(T, Found), Failure>>,
    ) -> Result<T, SkipReason> {
        let start = Instant::now();
        self.write(step, State::Running, None);
        let (state, end) = match work.await {
            Ok((value, Found::Done(found))) => (State::Done(found), Ok(value)),
            Ok((value, Found::Warned(found, warning))) => (State::Warned(found, warning), Ok(value)),
            Err(failure) => (State::Failed(Box::new(failure)), Err(broken)),
        };
        self.write(step, state, Some(start.elapsed()));
        end
    }

    pub(super) fn belongs_to(&self, owner: CredentialOwner) {
        self.change(Step::Token, |result| result.owner = Some(owner));
    }

    pub(super) fn skip(&self, step: Step, reason: SkipReason) {
        self.write(step, State::Skipped(reason), None);
    }

    fn skip_rest(&self, reason: SkipReason) {
        self.board.results.send_modify(|results| {
            for result in &mut results[self.steps.clone()] {
                if result.state == State::Waiting {
                    result.state = State::Skipped(reason);
                }
            }
        });
    }

    fn write(&self, step: Step, state: State, took: Option<Duration>) {
        self.change(step, |result| (result.state, result.took) = (state, took));
    }

    fn change(&self, step: Step, change: impl FnOnce(&mut StepResult)) {
        self.board.results.send_modify(|results| {
            if let Some(result) = results[self.steps.clone()].iter_mut().find(|result| result.step == step) {
                change(result);
            }
        });
    }
}
