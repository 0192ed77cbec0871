//! The wizard line by line, for screen readers and terminals that cannot draw.
//!
//! It has the same state, sentences and effects as the screen. Questions follow one another; nothing moves the cursor,
//! uses color, or changes a line once written.
//!
//! Questions follow from the declarations of the fields, and answers become intents (`tui::form::lines`). `lines`
//! reads and writes, `list` shows lists page by page, `run` follows a run.

mod lines;
mod list;
mod run;

use std::io;

use chrono::Utc;
use tokio::time::timeout;

use crate::explain::Explanation;
use crate::tui::form::lines::{COMMANDS, help, intent, number, numbered, question, secret_intent};
use crate::tui::form::{Field, FieldSpec, Intent, Kind, Note, visible};
use crate::tui::state::RunOrder;
use crate::tui::wizard::credentials::{INTRODUCTION, is_first_start, secret_storage};
use crate::tui::wizard::{
    Effect, Model, Msg, Notice, Severity, Start, Step, continue_draft, decline_draft, draft_question, postpone_draft,
    review, spec, update,
};
use crate::tui::{Effects, Ended, PATIENCE, Tools};
use lines::Lines;

const GREETING: &str = "Writeback, line by line. End each answer with Enter; Enter alone keeps what is in brackets, \
                        and - clears it. At any question, \"help\" says more, \"back\" goes back, and \"quit\" leaves.";

const KEPT: &str = "What you entered is kept, except for secrets, and offered next time.";

enum Stop {
    Quit,
    /// Ctrl-C, or the end of the input.
    Interrupted,
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Given,
    /// There was nothing to choose from.
    Skipped,
    /// Repeats the previous question.
    Back,
}

struct Dialog {
    model: Model,
    effects: Effects,
    lines: Lines,
    /// The run that was started last, until it is followed.
    ordered: Option<Box<RunOrder>>,
}

/// Asks questions until the user leaves.
///
/// # Errors
/// When the input cannot be read, or an effect has failed internally.
pub async fn ask(start: Start, tools: Tools) -> io::Result<Ended> {
    let mut dialog =
        Dialog { model: Model::new(start), effects: Effects::new(tools), lines: Lines::open()?, ordered: None };
    let stop = dialog.run().await;
    let effects = update(&mut dialog.model, Msg::Ending);
    if !effects.is_empty() && matches!(stop, Err(Stop::Quit)) {
        dialog.lines.print(KEPT)?;
    }
    for effect in effects {
        dialog.effects.perform(effect);
    }
    dialog.effects.cancel();
    // Another interrupt ends the wait.
    tokio::select! {
        _ = timeout(PATIENCE, dialog.effects.runs_ended()) => {}
        () = dialog.lines.interrupted() => {}
    }
    match stop {
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Interrupted) => Ok(Ended::Interrupted),
        Err(Stop::Quit) | Ok(()) => Ok(Ended::Left),
    }
}

impl Dialog {
    async fn run(&mut self) -> Result<(), Stop> {
        self.lines.print(GREETING)?;
        if is_first_start(&self.model) {
            self.print_all(&INTRODUCTION)?;
        }
        self.send(Msg::Start)?;
        while self.model.credentials.home.is_none() {
            self.next_message().await?;
        }
        self.offer_draft().await?;
        loop {
            match self.model.step {
                Step::Review => self.ask_review().await?,
                _ => self.ask_pane().await?,
            }
        }
    }

    async fn offer_draft(&mut self) -> Result<(), Stop> {
        let Some(question) = self.model.draft.as_deref().map(draft_question) else { return Ok(()) };
        self.lines.print(&question)?;
        let decide = match self.ask_choice(&["continue with it", "start over"]).await? {
            Some(0) => continue_draft,
            Some(_) => decline_draft,
            None => postpone_draft,
        };
        self.act(decide).await
    }

    async fn ask_pane(&mut self) -> Result<(), Stop> {
        let step = self.model.step;
        self.print_heading()?;
        if step == Step::Credentials {
            self.lines.print(&secret_storage(self.model.credentials.home.as_ref()))?;
        }
        let (mut asked, mut skipped): (Vec<Field>, Vec<Field>) = Default::default();
        while self.model.step == step {
            // The fields depend on earlier answers.
            let next = self.model.fields().into_iter().find(|field| !asked.contains(field) && !skipped.contains(field));
            if let Some(field) = next {
                match self.ask_field(field).await? {
                    Answer::Given => asked.push(field),
                    Answer::Skipped => skipped.push(field),
                    Answer::Back => {
                        let before = asked.pop().filter(|field| self.model.fields().contains(field));
                        if before.is_none() {
                            self.intend(Intent::Back).await?;
                        }
                    }
                }
                continue;
            }
            self.intend(Intent::Next).await?;
            if self.model.step == step {
                let errors = self.model.errors.clone();
                for (field, error) in self.model.fields().into_iter().filter_map(|field| errors.get_key_value(&field)) {
                    self.lines.print(&format!("Error: {}: {error}", spec(*field).spoken_label()))?;
                }
                if errors.is_empty() {
                    self.print_all(&pane_facts(&self.model, step))?;
                    for field in self.model.fields().into_iter().filter(|field| asked.contains(field)) {
                        self.print_notes(field)?;
                    }
                    asked.clear();
                } else {
                    asked.retain(|field| !errors.contains_key(field));
                }
            }
        }
        if self.model.step > step {
            self.print_all(&pane_facts(&self.model, step))?;
        }
        Ok(())
    }

    /// Repeats the question until the answer is valid.
    async fn ask_field(&mut self, field: Field) -> Result<Answer, Stop> {
        self.send(Msg::Intent(Intent::Focus(field)))?;
        self.settle().await?;
        let spec = spec(field);
        if matches!(spec.kind, Kind::Choice(_) | Kind::Item { .. }) && spec.choices(&self.model).len() < 2 {
            return Ok(Answer::Skipped);
        }
        loop {
            let answer = match spec.kind {
                Kind::Pick => list::choose_from_list(self, spec).await?,
                Kind::Secret => self.ask_secret(spec).await?,
                _ => self.ask_open(spec).await?,
            };
            // Enter must not accept a refused value.
            if answer == Answer::Back || !self.print_notes(field)? {
                return Ok(answer);
            }
        }
    }

    async fn ask_open(&mut self, spec: &'static FieldSpec<Model>) -> Result<Answer, Stop> {
        loop {
            self.print_question(spec)?;
            match self.read_answer().await?.as_str() {
                "back" => return Ok(Answer::Back),
                "help" => self.lines.print(&help(spec))?,
                "list" if spec.has_list => match list::choose_from_list(self, spec).await? {
                    Answer::Back => {}
                    answer => return Ok(answer),
                },
                answer => match intent(spec, &self.model, answer) {
                    Ok(intent) => return self.give(intent).await,
                    Err(sentence) => self.lines.print(&format!("Error: {sentence}"))?,
                },
            }
        }
    }

    async fn ask_secret(&mut self, spec: &'static FieldSpec<Model>) -> Result<Answer, Stop> {
        loop {
            self.print_question(spec)?;
            match self.lines.read_secret().await? {
                Ok(secret) => return self.give(secret_intent(spec.field, secret)).await,
                Err(word) if word == "back" => return Ok(Answer::Back),
                Err(word) if word == "quit" => return Err(Stop::Quit),
                Err(_) => self.lines.print(&help(spec))?,
            }
        }
    }

    async fn give(&mut self, intent: Option<Intent>) -> Result<Answer, Stop> {
        if let Some(intent) = intent {
            self.intend(intent).await?;
        }
        Ok(Answer::Given)
    }

    fn print_question(&mut self, spec: &FieldSpec<Model>) -> Result<(), Stop> {
        let is_wrong = self.model.input_error(spec.field).is_some();
        self.print_all(&question(spec, &self.model, self.model.values(), is_wrong))
    }

    /// Prints notes about a field; `true` if one is an error.
    fn print_notes(&mut self, field: Field) -> Result<bool, Stop> {
        let notes = field_notes(&self.model, field);
        self.print_all(&notes)?;
        Ok(notes.iter().any(|note| matches!(note, Note::Failed(_))))
    }

    fn print_all(&mut self, lines: &[impl ToString]) -> Result<(), Stop> {
        Ok(lines.iter().try_for_each(|line| self.lines.print(&line.to_string()))?)
    }

    async fn ask_review(&mut self) -> Result<(), Stop> {
        self.print_heading()?;
        for line in review::lines(&self.model) {
            let sign = if line.severity == Severity::Warning { "Warning: " } else { "" };
            self.lines.print(&format!("{}: {sign}{}", line.label, line.text))?;
        }
        loop {
            let mut buttons: Vec<_> = visible(self.model.groups(), &self.model).collect();
            // A button keeps its number when saving has changed which there are.
            buttons.sort_by_key(|button| !matches!(button.field, Field::SAVE | Field::SAVE_CHANGES));
            let choices: Vec<&str> = buttons.iter().map(|button| button.label).chain(["Go back"]).collect();
            let chosen = self.ask_choice(&choices).await?;
            let Some(button) = chosen.and_then(|at| buttons.get(at)) else { return self.intend(Intent::Back).await };
            self.intend(Intent::Choose(button.field, 0)).await?;
            if let Some(order) = self.ordered.take() {
                run::follow(self, *order).await?;
                return Ok(());
            }
        }
    }

    /// Offers numbered choices; `None` means `back`.
    async fn ask_choice(&mut self, choices: &[&str]) -> Result<Option<usize>, Stop> {
        loop {
            self.print_all(&numbered(choices).collect::<Vec<_>>())?;
            self.lines.print("What next, a number:")?;
            let answer = self.read_answer().await?;
            match (answer.as_str(), number(&answer)) {
                ("back", _) => return Ok(None),
                (_, Some(at)) if at < choices.len() => return Ok(Some(at)),
                _ => self.lines.print(&format!("Error: Enter a number from 1 to {}. {COMMANDS}", choices.len()))?,
            }
        }
    }

    async fn read_answer(&mut self) -> Result<String, Stop> {
        let answer = self.lines.read_line().await?;
        self.send(Msg::Now(Utc::now()))?;
        if answer == "quit" { Err(Stop::Quit) } else { Ok(answer) }
    }

    fn print_heading(&mut self) -> Result<(), Stop> {
        let steps: Vec<(Step, &str)> = Step::labels().collect();
        let at = steps.iter().position(|(step, _)| *step == self.model.step).unwrap_or_default();
        let label = steps.get(at).map_or("", |(_, label)| label);
        self.lines.print("")?;
        Ok(self.lines.print(&format!(
            "Step {} of {}: {label}. At any question: help, back, quit.",
            at + 1,
            steps.len()
        ))?)
    }

    async fn intend(&mut self, intent: Intent) -> Result<(), Stop> {
        self.send(Msg::Intent(intent))?;
        self.settle().await
    }

    async fn act(&mut self, act: impl FnOnce(&mut Model) -> Vec<Effect>) -> Result<(), Stop> {
        let effects = act(&mut self.model);
        self.perform(effects)?;
        self.settle().await
    }

    /// Waits for all that was asked for, except a run.
    async fn settle(&mut self) -> Result<(), Stop> {
        while self.model.moves() && !self.effects.is_running() {
            self.next_message().await?;
        }
        Ok(())
    }

    async fn next_message(&mut self) -> Result<(), Stop> {
        let message = tokio::select! {
            message = self.effects.next(true) => message?,
            () = self.lines.interrupted() => return Err(Stop::Interrupted),
        };
        self.send(message)
    }

    fn send(&mut self, message: Msg) -> Result<(), Stop> {
        let effects = update(&mut self.model, message);
        self.perform(effects)
    }

    /// Performs effects, and prints the notice.
    fn perform(&mut self, effects: Vec<Effect>) -> Result<(), Stop> {
        for effect in effects {
            match effect {
                Effect::Quit | Effect::LeaveWizard => return Err(Stop::Quit),
                Effect::OpenRun(order) => self.ordered = Some(order),
                effect => self.effects.perform(effect),
            }
        }
        if let Some(Notice { severity, text }) = self.model.shell.notice.take() {
            self.lines.print(&match severity {
                Severity::Info | Severity::Idle => text,
                Severity::Warning => format!("Warning: {text}"),
            })?;
        }
        Ok(())
    }

    fn print_error(&mut self, explanation: &Explanation) -> Result<(), Stop> {
        Ok(self.lines.print(&format!("Error: {} {}", explanation.what, explanation.advice))?)
    }
}

fn field_notes(model: &Model, field: Field) -> Vec<Note> {
    let spec = spec(field);
    let warnings = (spec.warnings)(model).into_iter().map(Note::Warning);
    let wrong = model.input_error(field).map(Note::Failed);
    (spec.facts)(model).into_iter().chain(warnings).chain(wrong).collect()
}

/// Known facts once the questions of a pane were answered.
fn pane_facts(model: &Model, step: Step) -> Vec<Note> {
    step.groups().iter().flat_map(|group| (group.facts)(model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Account;
    use crate::config::Environment;
    use crate::export::Service;
    use crate::services::domo::DomoIdentity;
    use crate::text::secret::Secret;
    use crate::tui::wizard::Slot;

    #[test]
    fn warnings_of_the_screen_are_printed_too() {
        let environment = Environment { domo_client_id: Some("id".to_owned()), ..Environment::default() };
        let mut model = Model::new(Start {
            environment,
            accounts: vec![Account::new(Service::DataWorld, "analyst")],
            exports: Vec::new(),
            edit: None,
            drafts: Vec::new(),
            today: chrono::NaiveDate::default(),
            now: chrono::DateTime::UNIX_EPOCH,
            zone: None,
            demo: false,
        });
        let lines = |notes: &[Note]| notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let answer = |model: &mut Model, field, text: &str| {
            update(model, Msg::Intent(Intent::Set(field, Secret::new(text))));
            lines(&field_notes(model, field))
        };
        update(&mut model, Msg::Intent(Intent::Choose(Field::DATA_WORLD_ACCOUNT, 1)));
        let printed = answer(&mut model, Field::DATA_WORLD_TOKEN, "half-of.it");
        assert!(printed.starts_with("Warning: This does not look like a data.world token"), "{printed}");
        let printed = answer(&mut model, Field::DATA_WORLD_NAME, "analyst");
        assert_eq!(printed, "Warning: The account analyst exists: it will get these credentials.");
        let printed = lines(&pane_facts(&model, Step::Credentials));
        assert!(printed.starts_with("Warning: ") && printed.contains("DOMO_CLIENT_SECRET"), "{printed}");

        model.credentials.domo.test =
            Slot::known(DomoIdentity { instance: Some("other".to_owned()), ..DomoIdentity::default() });
        model.step = Step::Details;
        let address = "https://acme.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4/details/data";
        let printed = answer(&mut model, Field::INPUT_DATA_SET, address);
        assert!(
            printed.contains("Warning: The address belongs to acme.domo.com, but your credentials are for another"),
            "{printed}"
        );
    }
}
