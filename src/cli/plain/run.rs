//! A run with a line for each phase, and the choices after it.

use super::{Dialog, Stop};
use crate::cli::{View, done_lines};
use crate::explain;
use crate::transfer::Outcome;
use crate::tui::state::actions::Keyed;
use crate::tui::wizard::actions::{Action, Place, table};
use crate::tui::wizard::{Model, RunState, Step, run, unsaved};

pub(super) async fn follow(dialog: &mut Dialog) -> Result<(), Stop> {
    let name = dialog.model.run.export.as_ref().map(|export| export.name.clone()).unwrap_or_default();
    let mut view = View::new(&name, false);
    dialog.lines.print("It runs. Ctrl-C cancels it.")?;
    while dialog.model.run.outcome().is_none() {
        tokio::select! {
            message = dialog.effects.next(true) => dialog.send(message?)?,
            () = dialog.lines.interrupted() => match dialog.model.run.state {
                RunState::Cancelling => return Err(Stop::Interrupted),
                _ => dialog.act(run::cancel).await?,
            },
        }
        view.show(&dialog.model.run.progress);
    }
    for line in outcome_lines(dialog) {
        dialog.lines.print(&line)?;
    }
    while dialog.model.step == Step::Run && dialog.model.run.outcome().is_some() {
        dialog.lines.print("")?;
        let place = dialog.model.place();
        if place == Place::Unsaved {
            dialog.lines.print(&unsaved(&dialog.model))?;
        }
        // Leaves out copying and scrolling, because the text was printed here.
        let offered = |action: &&Action<Model>| {
            let is_printed = !action.footer || action.label.starts_with("copy");
            action.place == place && (action.applies)(&dialog.model) && !is_printed
        };
        let offered: Vec<&Action<Model>> = table().filter(offered).collect();
        let labels: Vec<&str> = offered.iter().map(|action| action.label).collect();
        if let Some(at) = dialog.ask_choice(&labels).await? {
            dialog.act(offered[at].run).await?;
        }
    }
    Ok(())
}

fn outcome_lines(dialog: &Dialog) -> Vec<String> {
    match dialog.model.run.outcome() {
        Some(Outcome::Done(summary)) => {
            let command = dialog.model.run.command().filter(|_| !dialog.model.demo);
            let again = command.map(|command| format!("Run it without these questions: {command}"));
            done_lines(summary).into_iter().chain(again).collect()
        }
        Some(outcome @ Outcome::Failed { failure, .. }) => {
            let mut lines = explain::ended(outcome);
            lines.splice(1..1, explain::row_start(failure));
            lines.extend(failure.remedy().map(explain::remedy));
            lines
        }
        outcome => outcome.map(explain::ended).unwrap_or_default(),
    }
}
