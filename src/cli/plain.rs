//! The wizard line by line, for screen readers and terminals that cannot draw.
//!
//! It has the same state, sentences and effects as the screen. Questions follow one another; nothing moves the cursor,
//! uses color, or changes a line once written.
//!
//! `lines` reads and writes, `question` asks for a field and parses answers, `known` reports replies of both services,
//! `list` shows lists page by page, `run` follows a run.

mod known;
mod lines;
mod list;
mod question;
mod run;

use std::io;

use chrono::Utc;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tokio::time::timeout;

use crate::explain::Explanation;
use crate::tui::wizard::words::{draft_question, secret_storage};
use crate::tui::wizard::{Effect, Field, FieldValue, Model, Msg, Notice, Start, Step, Weight, review, update};
use crate::tui::{Effects, Ended, PATIENCE, Tools};
use known::Note;
use lines::Lines;
use question::{Answer, COMMANDS, Edit};

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

struct Dialog {
    model: Model,
    effects: Effects,
    lines: Lines,
}

/// Asks questions until the user leaves.
///
/// # Errors
/// When the input cannot be read, or an effect has failed internally.
pub async fn ask(start: Start, tools: Tools) -> io::Result<Ended> {
    let mut dialog = Dialog { model: Model::new(start), effects: Effects::new(tools), lines: Lines::open()? };
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
        self.send(Msg::Start)?;
        while self.model.credentials.home.is_none() {
            self.next_message().await?;
        }
        self.offer_draft().await?;
        loop {
            match self.model.step {
                Step::Run => run::follow(self).await?,
                Step::Review => self.ask_review().await?,
                _ => self.ask_pane().await?,
            }
        }
    }

    async fn offer_draft(&mut self) -> Result<(), Stop> {
        let Some(question) = self.model.draft.as_deref().map(draft_question) else { return Ok(()) };
        self.lines.print(&question)?;
        let key = match self.ask_choice(&["continue with it", "start over"]).await? {
            Some(0) => KeyCode::Char('y'),
            Some(_) => KeyCode::Char('n'),
            None => KeyCode::Esc,
        };
        self.press(key).await
    }

    async fn ask_pane(&mut self) -> Result<(), Stop> {
        let step = self.model.step;
        self.print_heading()?;
        if step == Step::Credentials {
            self.lines.print(&secret_storage(self.model.credentials.home.as_ref()))?;
        }
        let mut asked: Vec<Field> = Vec::new();
        while self.model.step == step {
            // The fields depend on earlier answers.
            let next = self.model.fields().into_iter().find(|field| !asked.contains(field));
            if let Some(field) = next {
                match self.ask_field(field).await? {
                    Answer::Back if asked.pop().is_some() => {}
                    Answer::Back => return self.press_ctrl(KeyCode::Char('p')).await,
                    Answer::Given => asked.push(field),
                }
                continue;
            }
            self.press_ctrl(KeyCode::Char('n')).await?;
            if self.model.step == step {
                let errors = self.model.errors.clone();
                for (field, error) in &errors {
                    self.lines.print(&format!("Error: {}: {error}", question::spoken_label(*field)))?;
                }
                if errors.is_empty() {
                    for sentence in known::pane_notes(&self.model, step) {
                        self.lines.print(&sentence.to_string())?;
                    }
                    asked.clear();
                } else {
                    asked.retain(|field| !errors.contains_key(field));
                }
            }
        }
        if self.model.step > step {
            for sentence in known::pane_notes(&self.model, step) {
                self.lines.print(&sentence.to_string())?;
            }
        }
        Ok(())
    }

    /// Repeats the question until the answer is valid.
    async fn ask_field(&mut self, field: Field) -> Result<Answer, Stop> {
        self.send(Msg::Focus(field))?;
        self.settle().await?;
        let mut value = self.model.value(field);
        if matches!(&value, FieldValue::Choice { choices, .. } if choices.len() < 2) {
            return Ok(Answer::Given);
        }
        loop {
            let answer = match value {
                FieldValue::Selected(_) => list::choose_from_list(self, field, &value).await?,
                FieldValue::Secret(_) => self.ask_secret(field, &value).await?,
                _ => self.ask_open(field, &value).await?,
            };
            // Enter must not accept a refused value.
            if answer == Answer::Back || !self.print_notes(field)? {
                return Ok(answer);
            }
            value = self.model.value(field);
        }
    }

    async fn ask_open(&mut self, field: Field, value: &FieldValue) -> Result<Answer, Stop> {
        loop {
            self.print_question(field, value)?;
            match self.read_answer().await?.as_str() {
                "back" => return Ok(Answer::Back),
                "help" => self.lines.print(&question::help(field))?,
                "list" if field.has_list() => match list::choose_from_list(self, field, value).await? {
                    Answer::Back => {}
                    Answer::Given => return Ok(Answer::Given),
                },
                answer => match question::parse_answer(value, answer) {
                    Ok(edit) => {
                        self.apply(value, &edit).await?;
                        return Ok(Answer::Given);
                    }
                    Err(sentence) => self.lines.print(&format!("Error: {sentence}"))?,
                },
            }
        }
    }

    async fn ask_secret(&mut self, field: Field, value: &FieldValue) -> Result<Answer, Stop> {
        loop {
            self.print_question(field, value)?;
            match self.lines.read_secret().await? {
                Ok(secret) => {
                    let edit = question::parse_secret(secret);
                    self.apply(value, &edit).await?;
                    return Ok(Answer::Given);
                }
                Err(word) if word == "back" => return Ok(Answer::Back),
                Err(word) if word == "quit" => return Err(Stop::Quit),
                Err(_) => self.lines.print(&question::help(field))?,
            }
        }
    }

    fn print_question(&mut self, field: Field, value: &FieldValue) -> Result<(), Stop> {
        let wrong = self.model.input_error(field).is_some();
        for line in question::question_lines(field, value, field.has_list(), wrong) {
            self.lines.print(&line)?;
        }
        Ok(())
    }

    /// Prints notes about a field; `true` if one is an error.
    fn print_notes(&mut self, field: Field) -> Result<bool, Stop> {
        let notes = known::field_notes(&self.model, field);
        for note in &notes {
            self.lines.print(&note.to_string())?;
        }
        Ok(notes.iter().any(|note| matches!(note, Note::Error(_))))
    }

    async fn apply(&mut self, value: &FieldValue, edit: &Edit) -> Result<(), Stop> {
        match (edit, value) {
            (Edit::Keep, _) => {}
            (Edit::Empty, _) => self.press_ctrl(KeyCode::Char('u')).await?,
            (Edit::Write(text), _) => {
                self.press_ctrl(KeyCode::Char('u')).await?;
                self.send_and_settle(Msg::Paste(text.clone())).await?;
            }
            (Edit::Choose(wanted), FieldValue::Choice { choices, chosen }) => {
                let steps = (wanted + choices.len() - chosen) % choices.len();
                for _ in 0..steps {
                    self.press(KeyCode::Right).await?;
                }
            }
            (Edit::Choose(_), _) => self.press(KeyCode::Char(' ')).await?,
        }
        Ok(())
    }

    async fn ask_review(&mut self) -> Result<(), Stop> {
        self.print_heading()?;
        for line in review::lines(&self.model) {
            let sign = if line.weight == Weight::Warning { "Warning: " } else { "" };
            self.lines.print(&format!("{}: {sign}{}", line.label, line.text))?;
        }
        let choices = ["start the export", "save it without running it", "go back"];
        loop {
            match self.ask_choice(&choices).await? {
                Some(0) => return self.press_ctrl(KeyCode::Char('n')).await,
                Some(1) => {
                    self.press_ctrl(KeyCode::Char('s')).await?;
                    if let Some(command) = self.model.run.command().filter(|_| !self.model.demo) {
                        self.lines.print(&format!("Run it with: {command}"))?;
                    }
                }
                _ => return self.press_ctrl(KeyCode::Char('p')).await,
            }
        }
    }

    /// Offers numbered choices; `None` means `back`.
    async fn ask_choice(&mut self, choices: &[&str]) -> Result<Option<usize>, Stop> {
        loop {
            for line in question::numbered(choices) {
                self.lines.print(&line)?;
            }
            self.lines.print("What next, a number:")?;
            let answer = self.read_answer().await?;
            let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            match (answer.as_str(), number) {
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

    async fn press_ctrl(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.send_and_settle(Msg::Key(KeyEvent::new(code, KeyModifiers::CONTROL))).await
    }

    async fn press(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.send_and_settle(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE))).await
    }

    fn send_key(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.send(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    async fn send_and_settle(&mut self, message: Msg) -> Result<(), Stop> {
        self.send(message)?;
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

    /// Updates the model, performs the effects, and prints the notice.
    fn send(&mut self, message: Msg) -> Result<(), Stop> {
        for effect in update(&mut self.model, message) {
            match effect {
                Effect::Quit => return Err(Stop::Quit),
                effect => self.effects.perform(effect),
            }
        }
        if let Some(Notice { weight, text }) = self.model.notice.take() {
            self.lines.print(&match weight {
                Weight::Info | Weight::Idle => text,
                Weight::Warning => format!("Warning: {text}"),
            })?;
        }
        Ok(())
    }

    fn print_error(&mut self, explanation: &Explanation) -> Result<(), Stop> {
        Ok(self.lines.print(&format!("Error: {} {}", explanation.what, explanation.advice))?)
    }
}
