//! The one table of actions: key look-up, the footer, the help and the README's table of keys all read it. Keys that type
//! into a focused field are the only ones that are not in it.

mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Model;
use super::Overlay;
use super::message::Effect;
use super::pane::Step;

/// A key, as it is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    code: KeyCode,
    modifiers: KeyModifiers,
    /// What the key is called.
    pub name: &'static str,
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Wherever one is.
    Anywhere,
    /// The help.
    Help,
    /// The question whether to leave.
    Leave,
    /// The question whether to go on with what was begun before.
    Draft,
    /// An open list.
    List,
    /// The fields of a pane.
    Form,
    /// The run and its outcome.
    Run,
}

/// Something that a key does.
#[derive(Clone, Copy)]
pub struct Action {
    /// The keys, the one to show first.
    pub keys: &'static [Binding],
    /// What it does, in a word or three.
    pub label: &'static str,
    /// Where it is.
    pub place: Place,
    /// Whether it does something now.
    pub applies: fn(&Model) -> bool,
    /// Whether the footer names it; the help names all.
    pub footer: bool,
    pub(super) run: fn(&mut Model) -> Vec<Effect>,
}

/// A key and what it does, for the footer and the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The keys, with blanks between them.
    pub keys: String,
    /// What they do.
    pub label: &'static str,
}

/// All actions, in the order in which they are looked up.
pub fn table() -> &'static [Action] {
    &table::TABLE
}

/// The table for the README, in Markdown.
pub fn markdown() -> String {
    let mut text = "| where | keys | what they do |\n|---|---|---|\n".to_owned();
    for action in table() {
        text.push_str(&format!("| {} | {} | {} |\n", action.place.label(), names(action, |_| true), action.label));
    }
    text
}

/// What the footer shows: what the keys do here and now.
pub fn footer(model: &Model) -> Vec<Hint> {
    let here = Place::of(model);
    hints(model, here, |action| action.footer)
}

/// What the help shows: every key of the place that it was opened from.
pub fn help(model: &Model) -> Vec<Hint> {
    hints(model, Place::below(model), |_| true)
}

fn hints(model: &Model, here: Place, wanted: fn(&Action) -> bool) -> Vec<Hint> {
    let there = |action: &&Action| {
        (action.place == here && (action.applies)(model)) || (action.place == Place::Anywhere && here.takes_keys())
    };
    let mut hints: Vec<Hint> = Vec::new();
    let mut taken: Vec<Binding> = Vec::new();
    for action in table().iter().filter(there) {
        // A key does only the first thing in the table that it can do.
        let free = |binding: &Binding| binding.reaches(model, here) && !taken.contains(binding);
        let keys = names(action, free);
        taken.extend(action.keys);
        if wanted(action) && !keys.is_empty() {
            hints.push(Hint { keys, label: action.label });
        }
    }
    hints
}

fn names(action: &Action, shown: impl Fn(&Binding) -> bool) -> String {
    action.keys.iter().filter(|binding| shown(binding)).map(|binding| binding.name).collect::<Vec<_>>().join(" ")
}

/// The action of a key, here and now.
pub(super) fn find(model: &Model, key: KeyEvent) -> Option<&'static Action> {
    let here = Place::of(model);
    table()
        .iter()
        .filter(|action| action.place == here || action.place == Place::Anywhere)
        .filter(|action| action.keys.iter().any(|binding| binding.is(key)))
        .find(|action| (action.applies)(model))
}

impl Binding {
    /// The key as the terminal sends it.
    pub fn event(&self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    fn is(&self, key: KeyEvent) -> bool {
        // Some terminals say Tab with Shift for Shift-Tab; letters are the same with Caps Lock.
        let code = match key.code {
            KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            KeyCode::Char(c) => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        code == self.code && key.modifiers.difference(KeyModifiers::SHIFT) == self.modifiers
    }

    /// Whether the key acts here, and does not type a character.
    fn reaches(&self, model: &Model, here: Place) -> bool {
        let types = matches!(self.code, KeyCode::Char(_) | KeyCode::Left | KeyCode::Right) && self.modifiers.is_empty();
        let typing = here == Place::List || (here == Place::Form && model.focus.takes_text());
        !(types && typing)
    }
}

impl Place {
    /// Where keys go now.
    fn of(model: &Model) -> Self {
        match model.overlay {
            Some(Overlay::Help) => Self::Help,
            Some(Overlay::Leave) => Self::Leave,
            Some(Overlay::Draft) => Self::Draft,
            None => Self::below(model),
        }
    }

    /// Where keys go when nothing lies over the pane.
    fn below(model: &Model) -> Self {
        if model.list.is_some() {
            Self::List
        } else if model.step == Step::Run {
            Self::Run
        } else {
            Self::Form
        }
    }

    /// Whether the keys that act anywhere are worth naming here.
    fn takes_keys(self) -> bool {
        !matches!(self, Self::Help | Self::Leave | Self::Draft)
    }

    /// What the README calls it.
    fn label(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Help => "help",
            Self::Leave => "leave?",
            Self::Draft => "go on?",
            Self::List => "a list",
            Self::Form => "a form",
            Self::Run => "a run",
        }
    }
}
