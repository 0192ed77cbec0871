//! A check as JSON. The names are stable: programs may rely on them.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::accounts::key_of;
use crate::check::{Checked, State, StepResult};
use crate::cli::exit::Exit;
use crate::explain;

pub(super) fn object(checked: &Checked, exit: Exit) -> Value {
    let Checked { begun, addresses, export, results } = checked;
    let export = export.as_ref();
    json!({
        "writeback": env!("CARGO_PKG_VERSION"),
        "platform": explain::platform(),
        "at": begun.to_rfc3339_opts(SecondsFormat::Secs, true),
        "addresses": addresses.iter().map(|(_, address)| address).collect::<Vec<_>>(),
        "input": export.map(|export| export.input.dataset.to_string()),
        "output": export.map(|export| export.output.dataset.to_string()),
        "file": export.map(|export| export.output.file.as_str()),
        "exit_code": exit.code(),
        "steps": results.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(result: &StepResult) -> Value {
    let found = match &result.state {
        State::Done(found) | State::Warned(found, _) => Some(found.as_str()),
        State::Skipped(reason) => Some(*reason),
        _ => None,
    };
    let explanation = explain::result(result);
    json!({
        "service": key_of(result.service),
        "account": result.account.to_string(),
        "step": result.step,
        "state": explain::state(&result.state),
        "seconds": result.took.map(|took| (took.as_secs_f64() * 1000.0).round() / 1000.0),
        "found": found,
        "message": explanation.as_ref().map(|it| &it.what),
        "advice": explanation.as_ref().map(|it| &it.advice),
        "support_id": explanation.as_ref().and_then(|it| it.support_id.as_ref()),
    })
}
