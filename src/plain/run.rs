//! A run, one line a phase, and what can be done when it has ended.

use crossterm::event::KeyCode;

use super::{Stop, Talk};
use crate::cli::{View, done_lines};
use crate::explain;
use crate::run::Outcome;
use crate::state::actions::Keyed;
use crate::wizard::actions::{Action, Place, table};
use crate::wizard::{Model, Msg, RunState, Step, words};

/// Follows the run to its end, says how it ended, and asks what comes next.
pub(super) async fn follow(talk: &mut Talk) -> Result<(), Stop> {
    let name = talk.model.run.export.as_ref().map(|export| export.name.clone()).unwrap_or_default();
    let mut view = View::new(&name, false);
    talk.lines.say("It runs. Ctrl-C cancels it.")?;
    while talk.model.run.outcome().is_none() {
        tokio::select! {
            message = talk.effects.next(true) => talk.tell(message?)?,
            () = talk.lines.interrupted() => match talk.model.run.state {
                RunState::Cancelling => return Err(Stop::Interrupted),
                _ => talk.plain_press(KeyCode::Char('c'))?,
            },
        }
        view.show(&talk.model.run.progress);
    }
    for line in ended(talk) {
        talk.lines.say(&line)?;
    }
    while talk.model.step == Step::Run && talk.model.run.outcome().is_some() {
        talk.lines.say("")?;
        let place = talk.model.place();
        if place == Place::Unsaved {
            talk.lines.say(&words::unsaved(&talk.model))?;
        }
        // What is copied or scrolled on the screen was said here.
        let offered = |action: &&Action<Model>| {
            let is_said = !action.footer || action.label.starts_with("copy");
            action.place == place && (action.applies)(&talk.model) && !is_said
        };
        let offered: Vec<&Action<Model>> = table().filter(offered).collect();
        let labels: Vec<&str> = offered.iter().map(|action| action.label).collect();
        if let Some(at) = talk.menu(&labels).await?
            && let Some(key) = offered[at].keys.first()
        {
            talk.settled(Msg::Key(key.event())).await?;
        }
    }
    Ok(())
}

fn ended(talk: &Talk) -> Vec<String> {
    match talk.model.run.outcome() {
        Some(Outcome::Done(summary)) => {
            let command = talk.model.run.command().filter(|_| !talk.model.demo);
            let again = command.map(|command| format!("Run it without these questions: {command}"));
            done_lines(summary).into_iter().chain(again).collect()
        }
        Some(Outcome::Skipped(unchanged)) => vec![explain::skipped(unchanged)],
        Some(Outcome::Failed { failure, file_now }) => {
            let mut lines = explain::failed(failure, file_now.as_ref());
            lines.splice(1..1, explain::row_start(failure));
            lines.extend(failure.remedy().map(|remedy| explain::remedy(remedy).to_owned()));
            lines
        }
        Some(Outcome::Cancelled { file_now }) => {
            std::iter::once("Cancelled.".to_owned()).chain(file_now.as_ref().map(explain::file_now)).collect()
        }
        None => Vec::new(),
    }
}
