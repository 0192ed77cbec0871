//! A check of an account or an export, in steps, covering the tab on which it was begun.

use super::actions::Q;
use super::{Home, Tab, accounts};
use crate::check::{Checked, StepResult};
use crate::explain;
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{Answer, CheckReply, Effect, HasShell as _, RequestId, Severity, Subject};

pub(super) static ACTIONS: [Action<Home>; 6] = [
    Action::new(&[letter('y', "y")], "copy", Place::Check, has_ended, copy),
    Action::new(&[letter('t', "t")], "test again", Place::Check, has_ended, again),
    Action::new(&[DOWN], "other problems", Place::Check, has_several, |home| step_problem(home, 1))
        .quiet()
        .named("down"),
    Action::new(&[UP], "other problems", Place::Check, has_several, |home| step_problem(home, -1)).quiet().named("up"),
    Action::new(&[ESC, Q], "stop", Place::Check, is_running, close),
    Action::new(&[ESC, Q, ENTER, LEFT], "back", Place::Check, has_ended, close),
];

#[derive(Debug)]
pub struct Check {
    pub subject: Subject,
    pub checked: Option<Checked>,
    /// The one of its [`Check::problems`] that must be visible if they do not all fit.
    pub problem: usize,
    id: RequestId,
}

impl Check {
    pub fn tab(&self) -> Tab {
        match self.subject {
            Subject::Account(_) => Tab::Accounts,
            Subject::Export(_) => Tab::Exports,
        }
    }

    pub fn has_ended(&self) -> bool {
        self.checked.as_ref().is_some_and(Checked::has_ended)
    }

    pub fn results(&self) -> &[StepResult] {
        self.checked.as_ref().map(|checked| &checked.results[..]).unwrap_or_default()
    }

    pub fn problems(&self) -> usize {
        self.results().iter().filter(|result| result.is_problem()).count()
    }
}

/// Begins a check and stops a previous one.
pub(super) fn start(home: &mut Home, subject: Subject) -> Vec<Effect> {
    let mut effects = close(home);
    let request = home.request(replied);
    home.check = Some(Check { subject: subject.clone(), checked: None, problem: 0, id: request.id });
    effects.push(Effect::Check { request, subject });
    effects
}

fn replied(home: &mut Home, id: RequestId, reply: CheckReply) -> Vec<Effect> {
    match reply {
        CheckReply::Progress(checked) => progress(home, id, *checked),
        CheckReply::Ended(result) => ended(home, id, result),
    }
}

/// Takes the progress of a check. The list of accounts gets the result together with the screen, which can be left from
/// then on.
fn progress(home: &mut Home, id: RequestId, checked: Checked) -> Vec<Effect> {
    if home.check.as_ref().is_none_or(|check| check.id != id) {
        return Vec::new();
    }
    if checked.has_ended() {
        accounts::take_check(home, &checked);
    }
    if let Some(check) = &mut home.check {
        check.checked = Some(checked);
    }
    Vec::new()
}

/// Ends a check and reloads, since its result was saved even if it is no longer on screen. A check that could not begin
/// is closed.
fn ended(home: &mut Home, id: RequestId, result: Answer<()>) -> Vec<Effect> {
    let current = home.check.as_ref().filter(|check| check.id == id);
    if let (Some(check), Err(explanation)) = (current, result) {
        let begun = check.checked.is_some();
        home.notify(Severity::Warning, explanation.to_string());
        if !begun {
            home.check = None;
        }
    }
    home.load()
}

fn has_ended(home: &Home) -> bool {
    home.open_check().is_some_and(Check::has_ended)
}

fn is_running(home: &Home) -> bool {
    home.open_check().is_some_and(|check| !check.has_ended())
}

fn has_several(home: &Home) -> bool {
    home.open_check().is_some_and(|check| check.problems() > 1)
}

fn step_problem(home: &mut Home, by: isize) -> Vec<Effect> {
    if let Some(check) = &mut home.check {
        check.problem = check.problem.saturating_add_signed(by).min(check.problems().saturating_sub(1));
    }
    Vec::new()
}

fn copy(home: &mut Home) -> Vec<Effect> {
    let checked = home.check.as_ref().and_then(|check| check.checked.as_ref());
    let text = checked.map(|checked| explain::report_text(&explain::ticket(checked)));
    home.copy(text)
}

fn again(home: &mut Home) -> Vec<Effect> {
    let subject = home.check.as_ref().map(|check| check.subject.clone());
    subject.map(|subject| start(home, subject)).unwrap_or_default()
}

pub(super) fn close(home: &mut Home) -> Vec<Effect> {
    let stopped = home.check.take().filter(|check| !check.has_ended());
    stopped.map(|check| Effect::Cancel(check.id)).into_iter().collect()
}
