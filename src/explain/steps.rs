//! Steps of a check.

use std::time::Duration;

use super::Explanation;
use crate::check::{State, Step, StepResult};
use crate::export::Service;
use crate::text::format;

pub fn step(service: Service, step: Step) -> &'static str {
    match (step, service) {
        (Step::Credentials, _) => "Credentials",
        (Step::Proxy, _) => "Proxy",
        (Step::Name, _) => "Name",
        (Step::Connection, _) => "Connection",
        (Step::Tls, _) => "TLS",
        (Step::Service, _) => "Service",
        (Step::Clock, _) => "Clock",
        (Step::Token, Service::Domo) => "Accepted",
        (Step::Token, Service::DataWorld) => "API token",
        (Step::Permission, Service::Domo) => "May read data",
        (Step::Permission, Service::DataWorld) => "May write",
        (Step::End, _) => "Expiry",
        (Step::DataSet, _) => "DataSet",
        (Step::Owner, _) => "Owner rule",
        (Step::Pdp, _) => "PDP",
        (Step::Export, _) => "Export",
        (Step::Dataset, _) => "Dataset",
        (Step::File, _) => "File name",
    }
}

/// The meaning of a step's name, where that is a term of the connector or of Domo.
pub fn step_meaning(step: Step) -> Option<&'static str> {
    match step {
        Step::Owner => Some("only an owner or co-owner exports a DataSet"),
        Step::Pdp => Some("Personalized Data Permissions, may hide rows"),
        _ => None,
    }
}

/// The state of a step as a word. Programs may rely on the words of finished steps.
pub fn state(state: &State) -> &'static str {
    state.into()
}

pub fn result(result: &StepResult) -> Option<Explanation> {
    match &result.state {
        State::Failed(failure) => Some(super::failure(failure)),
        State::Warned(_, warning) => Some(super::warning(warning)),
        State::Waiting | State::Running | State::Done(_) | State::Skipped(_) => None,
    }
}

/// The end of a check in a few words.
pub fn verdict(results: &[StepResult]) -> String {
    let of = |is: fn(&State) -> bool| results.iter().filter(|result| is(&result.state)).count() as u64;
    let failed = of(|state| matches!(state, State::Failed(_)));
    match (failed, of(|state| matches!(state, State::Warned(..)))) {
        (0, 0) => "no problems".to_owned(),
        (0, warnings) => format!("done, {}", format::counted(warnings, "warning")),
        (failed, _) => format!("{} failed", format::counted(failed, "step")),
    }
}

/// Durations such as `<1 ms`, `12 ms`, `2.4 s`.
pub fn took(time: Duration) -> String {
    match time.as_millis() {
        0 => "<1 ms".to_owned(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format::took(time),
    }
}
