//! What a check says: the steps as they end, then the report for a support ticket, or JSON.
//!
//! ```text
//! data.world
//!   ✓ Credentials   account analyst
//!   ✓ Connection    1.2.3.4:443                        0.1 s
//!   ✗ Token         failed                             0.2 s
//!       data.world does not accept the API token (401).
//!       Copy the token again in data.world under Settings, Advanced: …
//!   – Dataset       skipped: the API token was not accepted
//! ```

use std::io::{self, Write as _};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::accounts::key_of;
use crate::check::{Plan, State, Step, StepResult};
use crate::cli::exit::Exit;
use crate::cli::out::out;
use crate::explain::{self, Explanation};
use crate::export::Export;
use crate::figures;
use crate::printable::printable;
use crate::service::Service;

/// How wide a step's title is.
const TITLE: usize = 16;

/// The steps that have been printed.
pub(super) struct Shown {
    printed: usize,
    quiet: bool,
    colours: bool,
}

impl Shown {
    /// Prints nothing unless `on`; in colours only if `colours`.
    pub(super) fn new(on: bool, colours: bool) -> Self {
        Self { printed: 0, quiet: !on, colours }
    }

    /// Prints those that have ended and have not been printed, in their order.
    pub(super) fn show(&mut self, results: &[StepResult]) -> io::Result<()> {
        let ended = |result: &StepResult| !matches!(result.state, State::Waiting | State::Running);
        let mut out = out();
        while let Some(result) = results.get(self.printed).filter(|result| !self.quiet && ended(result)) {
            if result.step == Step::Credentials {
                let gap = if self.printed > 0 { "\n" } else { "" };
                writeln!(out, "{gap}{}", result.service)?;
            }
            self.line(&mut out, result)?;
            self.printed += 1;
        }
        Ok(())
    }

    fn line(&self, out: &mut impl io::Write, result: &StepResult) -> io::Result<()> {
        let (sign, colour, text) = match &result.state {
            State::Done(found) => ("✓", AnsiColor::Green, found.clone()),
            State::Warned(found, _) => ("!", AnsiColor::Yellow, found.clone()),
            State::Failed(_) => ("✗", AnsiColor::Red, "failed".to_owned()),
            State::Skipped(reason) => ("–", AnsiColor::BrightBlack, format!("skipped: {reason}")),
            State::Waiting | State::Running => return Ok(()),
        };
        let style = if self.colours { Style::new().fg_color(Some(colour.into())) } else { Style::new() };
        let took = result.took.filter(|took| *took >= Duration::from_millis(100));
        let took = took.map(|took| format!("  ({})", figures::took(took))).unwrap_or_default();
        let title = title(result.service, result.step);
        writeln!(out, "  {style}{sign}{style:#} {title:TITLE$} {}{took}", printable(&text))?;
        for line in explained(result).iter().flat_map(sentences) {
            writeln!(out, "      {}", printable(&line))?;
        }
        Ok(())
    }
}

fn sentences(explanation: &Explanation) -> Vec<String> {
    let Explanation { what, advice, support_id } = explanation.clone();
    let id = support_id.map(|id| format!("Support id {id}."));
    [Some(what), Some(advice).filter(|advice| !advice.is_empty()), id].into_iter().flatten().collect()
}

fn explained(result: &StepResult) -> Option<Explanation> {
    match &result.state {
        State::Failed(failure) => Some(explain::failure(failure)),
        State::Warned(_, warning) => Some(explain::warning(warning)),
        _ => None,
    }
}

fn title(service: Service, step: Step) -> &'static str {
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
        (Step::End, _) => "End",
        (Step::DataSet, _) => "DataSet",
        (Step::Owner, _) => "Owner rule",
        (Step::Pdp, _) => "PDP",
        (Step::Export, _) => "Export",
        (Step::Dataset, _) => "Dataset",
        (Step::File, _) => "File name",
    }
}

/// The addresses of all accounts, each once.
pub(super) fn addresses(plan: &Plan) -> Vec<(Service, String)> {
    let mut found = Vec::new();
    for line in &plan.lines {
        if let Ok(client) = &line.client {
            let entry = (line.service, client.address().to_owned());
            if !found.contains(&entry) {
                found.push(entry);
            }
        }
    }
    found
}

/// All there is to say of a check that has ended. No secret is in it, nor a part of one.
pub(super) struct Report<'a> {
    pub(super) begun: DateTime<Utc>,
    pub(super) addresses: &'a [(Service, String)],
    pub(super) export: Option<&'a Export>,
    pub(super) results: &'a [StepResult],
    pub(super) exit: Exit,
}

impl Report<'_> {
    /// Prints the block to be pasted into a ticket.
    pub(super) fn text(&self) -> io::Result<()> {
        let mut out = out();
        writeln!(out, "\nFor a support ticket")?;
        writeln!(out, "  Writeback {} on {}", env!("CARGO_PKG_VERSION"), platform())?;
        writeln!(out, "  {}", self.begun.format("%-d %b %Y %H:%M:%S UTC"))?;
        for (service, address) in self.addresses {
            writeln!(out, "  {:12}{address}", service.name())?;
        }
        if let Some(export) = self.export {
            writeln!(out, "  {:12}{}", "DataSet", export.input.dataset)?;
            writeln!(out, "  {:12}{}", "dataset", printable(&export.output.dataset.to_string()))?;
            writeln!(out, "  {:12}{}", "file", printable(export.output.file.as_str()))?;
        }
        for result in self.results {
            let id = explained(result).and_then(|explanation| explanation.support_id);
            let id = id.map(|id| format!(", support id {}", printable(&id))).unwrap_or_default();
            let took = result.took.map(|took| format!(" in {} ms", took.as_millis())).unwrap_or_default();
            let (service, step) = (key_of(result.service), name(result.step));
            writeln!(out, "  {service:12}{step:16}{}{took}{id}", word(&result.state))?;
            if let State::Failed(failure) = &result.state {
                writeln!(out, "  {:12}{}", "", printable(&explain::failure(failure).what))?;
            }
        }
        Ok(())
    }

    /// Prints all of it as one JSON object.
    pub(super) fn json(&self) -> io::Result<()> {
        let steps: Vec<Value> = self.results.iter().map(step).collect();
        let object = json!({
            "writeback": env!("CARGO_PKG_VERSION"),
            "platform": platform(),
            "at": self.begun.to_rfc3339_opts(SecondsFormat::Secs, true),
            "addresses": self.addresses.iter().map(|(_, address)| address).collect::<Vec<_>>(),
            "input": self.export.map(|export| export.input.dataset.to_string()),
            "output": self.export.map(|export| export.output.dataset.to_string()),
            "file": self.export.map(|export| export.output.file.as_str()),
            "exit_code": self.exit.code(),
            "steps": steps,
        });
        crate::cli::say::json(&object)
    }
}

fn step(result: &StepResult) -> Value {
    let found = match &result.state {
        State::Done(found) | State::Warned(found, _) => Some(found.as_str()),
        State::Skipped(reason) => Some(*reason),
        _ => None,
    };
    let explanation = explained(result);
    json!({
        "service": key_of(result.service),
        "account": result.account,
        "step": result.step,
        "state": word(&result.state),
        "seconds": result.took.map(|took| (took.as_secs_f64() * 1000.0).round() / 1000.0),
        "found": found,
        "message": explanation.as_ref().map(|it| &it.what),
        "advice": explanation.as_ref().map(|it| &it.advice),
        "support_id": explanation.as_ref().and_then(|it| it.support_id.as_ref()),
    })
}

fn word(state: &State) -> &'static str {
    match state {
        State::Waiting | State::Running => "running",
        State::Done(_) => "done",
        State::Warned(..) => "warning",
        State::Failed(_) => "failed",
        State::Skipped(_) => "skipped",
    }
}

/// The stable name, as in JSON.
fn name(step: Step) -> String {
    serde_json::to_value(step).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}
