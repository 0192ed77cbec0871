//! A run with a line for each phase, and the choices after it.

use chrono::Utc;

use super::{Dialog, Stop};
use crate::cli::{View, done_lines};
use crate::explain;
use crate::export::Setting;
use crate::transfer::Outcome;
use crate::tui::state::{Decision, Msg, Requests, Run, RunOrder, RunReply, RunState};
use crate::tui::wizard::take_decision;

/// Follows a run, and those that the answers after it start, until the person goes back.
pub(super) async fn follow(dialog: &mut Dialog, order: RunOrder) -> Result<(), Stop> {
    let mut next = Some((order, Vec::new()));
    while let Some((order, allowed_once)) = next {
        let run = until_its_end(dialog, order, allowed_once).await?;
        for line in outcome_lines(dialog, &run) {
            dialog.lines.print(&line)?;
        }
        dialog.lines.print("")?;
        next = ask_what_next(dialog, &run).await?;
    }
    let effects = dialog.model.look_again();
    dialog.perform(effects)?;
    dialog.settle().await
}

async fn until_its_end(dialog: &mut Dialog, order: RunOrder, allowed_once: Vec<Setting>) -> Result<Run, Stop> {
    let mut view = View::new(&order.entry.export.name, false);
    dialog.lines.print("Running. Ctrl-C cancels.")?;
    // Its replies are none of the wizard's, which has 1.
    let mut requests = Requests::new(2);
    let request = requests.make(|run: &mut Run, _, reply| match reply {
        RunReply::Progress(progress) => {
            run.sample(progress);
            Vec::new()
        }
        RunReply::Ended(outcome) => run.end(outcome, Utc::now()),
    });
    let (mut run, start) = Run::begin(order, allowed_once, request, Utc::now());
    dialog.perform(vec![start])?;
    while run.outcome().is_none() {
        tokio::select! {
            message = dialog.effects.next(true) => match message? {
                Msg::Reply(reply) if requests.made(&reply) => {
                    let effects = reply.deliver(&mut run);
                    dialog.perform(effects)?;
                }
                message => dialog.send(message)?,
            },
            () = dialog.lines.interrupted() => match run.state {
                RunState::Cancelling => return Err(Stop::Interrupted),
                _ => {
                    let effects = run.cancel().into_iter().collect();
                    dialog.perform(effects)?;
                }
            },
        }
        view.show(&run.progress);
    }
    Ok(run)
}

/// Asks for the next run; `None` means back to Review.
async fn ask_what_next(dialog: &mut Dialog, run: &Run) -> Result<Option<(RunOrder, Vec<Setting>)>, Stop> {
    let decisions: Vec<Decision> = Decision::ALL.into_iter().filter(|decision| run.offers(*decision)).collect();
    let labels = decisions.iter().map(|decision| decision.label()).chain(["run again", "go back"]);
    let Some(at) = dialog.ask_choice(&labels.collect::<Vec<_>>()).await? else { return Ok(None) };
    let Some(decision) = decisions.get(at) else {
        return Ok((at == decisions.len()).then(|| (run.order.clone(), Vec::new())));
    };
    let Some((order, allowed_once, kept)) = run.decide(*decision) else { return Ok(None) };
    if let Some(setting) = kept {
        dialog.act(|model| take_decision(model, setting, run.export())).await?;
    }
    Ok(Some((order, allowed_once)))
}

fn outcome_lines(dialog: &Dialog, run: &Run) -> Vec<String> {
    match run.outcome() {
        Some(Outcome::Done(summary)) => {
            let command = dialog.model.saving.command().filter(|_| !dialog.model.demo);
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
