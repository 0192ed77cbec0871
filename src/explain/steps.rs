//! Steps of a check, and the report for a support ticket.

use std::time::Duration;

use super::Explanation;
use crate::accounts::key_of;
use crate::check::{Checked, State, Step, StepResult, left_out};
use crate::export::Service;
use crate::text::format;
use crate::text::terminal_text::printable;

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

/// Durations such as `<1 ms`, `12 ms`, `2.4 s`.
pub fn took(time: Duration) -> String {
    match time.as_millis() {
        0 => "<1 ms".to_owned(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format::took(time),
    }
}

/// A line of the report. Wrapped text is indented under `text`.
#[derive(Debug, Clone, PartialEq, Eq, derive_more::Display)]
#[display("{label}{text}")]
pub struct TicketLine {
    pub label: String,
    pub text: String,
}

/// The report for a support ticket: versions, addresses, ids and times, without any part of a secret.
pub fn ticket(checked: &Checked) -> Vec<TicketLine> {
    let Checked { begun, addresses, export, results } = checked;
    let mut lines = Vec::new();
    let mut say = |label: String, text: &str| lines.push(TicketLine { label, text: printable(text).into_owned() });
    say(String::new(), &format!("Writeback {} on {}", env!("CARGO_PKG_VERSION"), platform()));
    say(String::new(), &format::second(*begun));
    for (service, address) in addresses {
        say(format!("{:12}", service.name()), address);
    }
    if let Some(export) = export {
        say(format!("{:12}", "DataSet"), &export.input.dataset.to_string());
        say(format!("{:12}", "dataset"), &export.output.dataset.to_string());
        say(format!("{:12}", "file"), export.output.file.as_str());
    }
    let mut rest = results.as_slice();
    while let Some(result) = rest.first() {
        let left_out = left_out(rest);
        rest = &rest[left_out.max(1)..];
        if left_out > 1 {
            let steps = format::counted(left_out as u64, "step");
            say(format!("{:12}{steps:16}", key_of(result.service)), state(&result.state));
            continue;
        }
        let took = result.took.map(|took| format!(" in {} ms", took.as_millis())).unwrap_or_default();
        // A service may have several accounts.
        let account = if result.step == Step::Credentials { format!(", {}", result.account) } else { String::new() };
        let label = format!("{:12}{:16}", key_of(result.service), <&str>::from(result.step));
        say(label, &format!("{}{took}{account}", state(&result.state)));
        let explanation = self::result(result);
        if let (State::Failed(_), Some(Explanation { what, .. })) = (&result.state, &explanation) {
            say(format!("{:12}", ""), what);
        }
        if let Some(id) = explanation.and_then(|explanation| explanation.support_id) {
            say(format!("{:12}", ""), &format!("Support id {id}"));
        }
    }
    lines
}

pub fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}
