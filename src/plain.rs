//! The wizard line by line, for screen readers and terminals that cannot draw: the third front door.
//!
//! The same state, the same sentences and the same effects as on the screen; only the questions come one after the other.
//! Nothing moves the cursor, nothing is colored, and no line that was written changes any more.
//!
//! `lines` reads and writes, `question` says how a field is asked for and understands what is answered, `known` is
//! what both services have said, `list` offers lists page by page, `run` follows a run.

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
use crate::tui::{Effects, Ended, PATIENCE, Tools};
use crate::wizard::words::{begun, keeping};
use crate::wizard::{Effect, Field, Model, Msg, Notice, Start, Step, Value, Weight, review, update};
use known::Known;
use lines::Lines;
use question::{Answer, Deed, WAYS};

const GREETING: &str = "Writeback, line by line. End each answer with Enter; Enter alone keeps what is in brackets, \
                        and - clears it. At any question, \"help\" says more, \"back\" goes back, and \"quit\" leaves.";

const KEPT: &str = "What you entered is kept, except for secrets, and offered next time.";

/// Why the questions end.
enum Stop {
    /// The person left.
    Quit,
    /// Ctrl-C, or the answers have ended.
    Interrupted,
    /// The terminal or a part of the program has failed.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// The conversation: the wizard's state, what does its effects, and where lines come from and go to.
struct Talk {
    model: Model,
    effects: Effects,
    lines: Lines,
}

/// Asks until the person leaves.
///
/// # Errors
/// When the answers cannot be read, or a part of the program has failed.
pub async fn ask(start: Start, tools: Tools) -> io::Result<Ended> {
    let mut talk = Talk { model: Model::new(start), effects: Effects::new(tools), lines: Lines::open()? };
    let stop = talk.whole().await;
    let kept = update(&mut talk.model, Msg::Ending);
    if !kept.is_empty() && matches!(stop, Err(Stop::Quit)) {
        talk.lines.say(KEPT)?;
    }
    for effect in kept {
        talk.effects.perform(effect);
    }
    talk.effects.cancel();
    // Who interrupts once more does not wait any longer.
    tokio::select! {
        _ = timeout(PATIENCE, talk.effects.runs_ended()) => {}
        () = talk.lines.interrupted() => {}
    }
    match stop {
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Interrupted) => Ok(Ended::Interrupted),
        Err(Stop::Quit) | Ok(()) => Ok(Ended::Left),
    }
}

impl Talk {
    async fn whole(&mut self) -> Result<(), Stop> {
        self.lines.say(GREETING)?;
        self.tell(Msg::Start)?;
        while self.model.credentials.home.is_none() {
            self.next_message().await?;
        }
        self.draft().await?;
        loop {
            match self.model.step {
                Step::Run => run::follow(self).await?,
                Step::Review => self.review().await?,
                _ => self.pane().await?,
            }
        }
    }

    /// Offers what was begun before.
    async fn draft(&mut self) -> Result<(), Stop> {
        let Some(question) = self.model.draft.as_deref().map(begun) else { return Ok(()) };
        self.lines.say(&question)?;
        let key = match self.menu(&["continue with it", "start over"]).await? {
            Some(0) => KeyCode::Char('y'),
            Some(_) => KeyCode::Char('n'),
            None => KeyCode::Esc,
        };
        self.plain_key(key).await
    }

    /// Asks for every field of the pane, then goes on.
    async fn pane(&mut self) -> Result<(), Stop> {
        let step = self.model.step;
        self.heading()?;
        if step == Step::Credentials {
            self.lines.say(&keeping(self.model.credentials.home.as_ref()))?;
        }
        let mut asked: Vec<Field> = Vec::new();
        while self.model.step == step {
            // Which fields there are depends on what was answered.
            let next = self.model.fields().into_iter().find(|field| !asked.contains(field));
            if let Some(field) = next {
                match self.field(field).await? {
                    Answer::Back if asked.pop().is_some() => {}
                    Answer::Back => return self.key(KeyCode::Char('p')).await,
                    Answer::Given => asked.push(field),
                }
                continue;
            }
            self.key(KeyCode::Char('n')).await?;
            if self.model.step == step {
                let errors = self.model.errors.clone();
                for (field, error) in &errors {
                    self.lines.say(&format!("Error: {}: {error}", question::name(*field)))?;
                }
                if errors.is_empty() {
                    for sentence in known::of_pane(&self.model, step) {
                        self.lines.say(&sentence.to_string())?;
                    }
                    asked.clear();
                } else {
                    asked.retain(|field| !errors.contains_key(field));
                }
            }
        }
        if self.model.step > step {
            for sentence in known::of_pane(&self.model, step) {
                self.lines.say(&sentence.to_string())?;
            }
        }
        Ok(())
    }

    /// Asks for a field until the answer is one.
    async fn field(&mut self, field: Field) -> Result<Answer, Stop> {
        self.tell(Msg::Go(field))?;
        self.settle().await?;
        let mut value = self.model.value(field);
        if matches!(&value, Value::Choice { choices, .. } if choices.len() < 2) {
            return Ok(Answer::Given);
        }
        loop {
            let answer = match value {
                Value::Selected(_) => list::choose(self, field, &value).await?,
                Value::Secret(_) => self.secret(field, &value).await?,
                _ => self.open(field, &value).await?,
            };
            // What was refused is not taken by pressing Enter either.
            if answer == Answer::Back || !self.say_known(field)? {
                return Ok(answer);
            }
            value = self.model.value(field);
        }
    }

    /// Asks for what is typed, chosen by its number, or said yes or no to.
    async fn open(&mut self, field: Field, value: &Value) -> Result<Answer, Stop> {
        loop {
            self.question(field, value)?;
            match self.answer().await?.as_str() {
                "back" => return Ok(Answer::Back),
                "help" => self.lines.say(&question::help(field))?,
                "list" if field.has_list() => match list::choose(self, field, value).await? {
                    Answer::Back => {}
                    Answer::Given => return Ok(Answer::Given),
                },
                answer => match question::understand(value, answer) {
                    Ok(deed) => {
                        self.carry_out(value, &deed).await?;
                        return Ok(Answer::Given);
                    }
                    Err(sentence) => self.lines.say(&format!("Error: {sentence}"))?,
                },
            }
        }
    }

    /// Asks for a secret.
    async fn secret(&mut self, field: Field, value: &Value) -> Result<Answer, Stop> {
        loop {
            self.question(field, value)?;
            match self.lines.secret().await? {
                Ok(secret) => {
                    let deed = question::understand_secret(secret);
                    self.carry_out(value, &deed).await?;
                    return Ok(Answer::Given);
                }
                Err(word) if word == "back" => return Ok(Answer::Back),
                Err(word) if word == "quit" => return Err(Stop::Quit),
                Err(_) => self.lines.say(&question::help(field))?,
            }
        }
    }

    fn question(&mut self, field: Field, value: &Value) -> Result<(), Stop> {
        let wrong = self.model.wrong(field).is_some();
        for line in question::ask(field, value, field.has_list(), wrong) {
            self.lines.say(&line)?;
        }
        Ok(())
    }

    /// Says what is known of a field; whether something is wrong with it.
    fn say_known(&mut self, field: Field) -> Result<bool, Stop> {
        let known = known::of_field(&self.model, field);
        for known in &known {
            self.lines.say(&known.to_string())?;
        }
        Ok(known.iter().any(|known| matches!(known, Known::Error(_))))
    }

    /// Does to the focused field what was answered.
    async fn carry_out(&mut self, value: &Value, deed: &Deed) -> Result<(), Stop> {
        match (deed, value) {
            (Deed::Keep, _) => {}
            (Deed::Empty, _) => self.key(KeyCode::Char('u')).await?,
            (Deed::Write(text), _) => {
                self.key(KeyCode::Char('u')).await?;
                self.settled(Msg::Paste(text.clone())).await?;
            }
            (Deed::Choose(wanted), Value::Choice { choices, chosen }) => {
                let steps = (wanted + choices.len() - chosen) % choices.len();
                for _ in 0..steps {
                    self.plain_key(KeyCode::Right).await?;
                }
            }
            (Deed::Choose(_), _) => self.plain_key(KeyCode::Char(' ')).await?,
        }
        Ok(())
    }

    /// Says what will happen, and asks whether it shall.
    async fn review(&mut self) -> Result<(), Stop> {
        self.heading()?;
        for line in review::lines(&self.model) {
            let sign = if line.weight == Weight::Warning { "Warning: " } else { "" };
            self.lines.say(&format!("{}: {sign}{}", line.label, line.text))?;
        }
        let choices = ["start the export", "save it without running it", "go back"];
        loop {
            match self.menu(&choices).await? {
                Some(0) => return self.key(KeyCode::Char('n')).await,
                Some(1) => {
                    self.key(KeyCode::Char('s')).await?;
                    if let Some(command) = self.model.run.command().filter(|_| !self.model.demo) {
                        self.lines.say(&format!("Run it with: {command}"))?;
                    }
                }
                _ => return self.key(KeyCode::Char('p')).await,
            }
        }
    }

    /// Offers numbered choices; `None` for `back`.
    async fn menu(&mut self, choices: &[&str]) -> Result<Option<usize>, Stop> {
        loop {
            for line in question::numbered(choices) {
                self.lines.say(&line)?;
            }
            self.lines.say("What next, a number:")?;
            let answer = self.answer().await?;
            let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            match (answer.as_str(), number) {
                ("back", _) => return Ok(None),
                (_, Some(at)) if at < choices.len() => return Ok(Some(at)),
                _ => self.lines.say(&format!("Error: Enter a number from 1 to {}. {WAYS}", choices.len()))?,
            }
        }
    }

    async fn answer(&mut self) -> Result<String, Stop> {
        let answer = self.lines.line().await?;
        self.tell(Msg::Now(Utc::now()))?;
        if answer == "quit" { Err(Stop::Quit) } else { Ok(answer) }
    }

    fn heading(&mut self) -> Result<(), Stop> {
        let steps: Vec<(Step, &str)> = Step::labels().collect();
        let at = steps.iter().position(|(step, _)| *step == self.model.step).unwrap_or_default();
        let label = steps.get(at).map_or("", |(_, label)| label);
        self.lines.say("")?;
        Ok(self.lines.say(&format!(
            "Step {} of {}: {label}. At any question: help, back, quit.",
            at + 1,
            steps.len()
        ))?)
    }

    /// Presses a key with Ctrl, as on the screen, and waits for what comes of it.
    async fn key(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.settled(Msg::Key(KeyEvent::new(code, KeyModifiers::CONTROL))).await
    }

    /// Presses a key, and waits for what comes of it.
    async fn plain_key(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.settled(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE))).await
    }

    /// Presses a key, without waiting.
    fn plain_press(&mut self, code: KeyCode) -> Result<(), Stop> {
        self.tell(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    async fn settled(&mut self, message: Msg) -> Result<(), Stop> {
        self.tell(message)?;
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
        self.tell(message)
    }

    /// Tells the state, does what it asks for, and says what it has to say.
    fn tell(&mut self, message: Msg) -> Result<(), Stop> {
        for effect in update(&mut self.model, message) {
            match effect {
                Effect::Quit => return Err(Stop::Quit),
                effect => self.effects.perform(effect),
            }
        }
        if let Some(Notice { weight, text }) = self.model.notice.take() {
            self.lines.say(&match weight {
                Weight::Info | Weight::Idle => text,
                Weight::Warning => format!("Warning: {text}"),
            })?;
        }
        Ok(())
    }

    fn explain(&mut self, explanation: &Explanation) -> Result<(), Stop> {
        Ok(self.lines.say(&format!("Error: {} {}", explanation.what, explanation.advice))?)
    }
}
