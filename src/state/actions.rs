//! The mechanism of the tables of actions: key look-up, the footer, the help and `docs/keys.md` all read
//! them. Keys that type into a focused field or a filter are the only ones that are in no table.

mod keymap;
pub(crate) mod keys;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Effect;
use crate::export::saved::slug;
pub use keymap::Keymap;
pub(crate) use keymap::known;

/// A key, as it is pressed.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Binding {
    code: KeyCode,
    modifiers: KeyModifiers,
    /// What the key is called.
    pub name: &'static str,
}

impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        (self.code, self.modifiers) == (other.code, other.modifiers)
    }
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Wherever one is.
    Anywhere,
    /// The help.
    Help,
    /// A question that is to be answered first.
    Question,
    /// Something that is typed before it is done.
    Entry,
    /// The question whether to leave.
    Leave,
    /// The question whether to save an export before it is left.
    Unsaved,
    /// The question whether to go on with what was begun before.
    Draft,
    /// An open list of the wizard.
    List,
    /// The fields of a pane.
    Form,
    /// The run and its outcome.
    Run,
    /// Home, whichever tab is on screen.
    Home,
    /// The tab Exports.
    Exports,
    /// The tab Browse.
    Browse,
    /// The tab Accounts.
    Accounts,
    /// The tab History.
    History,
    /// The filter of a tab's list.
    Filter,
    /// One thing, opened from a tab.
    Opened,
    /// A check that is on screen.
    Check,
}

/// Something that a key does to a state `S`.
pub struct Action<S> {
    /// The keys, the one to show first.
    pub keys: &'static [Binding],
    /// What it does, in a word or three.
    pub label: &'static str,
    /// Where it is.
    pub place: Place,
    /// Whether it does something now.
    pub applies: fn(&S) -> bool,
    /// Whether the footer names it; the help names all.
    pub footer: bool,
    /// The label where there is little room.
    short: &'static str,
    /// What the configuration calls it, where another action of the place has the same label.
    named: Option<&'static str>,
    pub(crate) run: fn(&mut S) -> Vec<Effect>,
}

/// A state that keys act on by tables of actions.
pub trait Keyed: Sized + 'static {
    /// All its actions, in the order in which they are looked up.
    fn tables() -> &'static [&'static [Action<Self>]];
    /// The keys of the person's own.
    fn keymap(&self) -> &Keymap;
    /// Where keys go now.
    fn place(&self) -> Place;
    /// Where keys go when nothing lies over the screen.
    fn below(&self) -> Place;
    /// Whether characters are typed into something now, unless something lies over the screen.
    fn types(&self) -> bool;
}

/// A key and what it does, for the footer and the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The keys, with blanks between them.
    pub keys: String,
    /// The one to name, and to press, where there is room for one.
    pub first: Binding,
    /// What they do.
    pub label: &'static str,
    /// The same where there is little room.
    pub short: &'static str,
    /// Whether everyone knows it, or it says another one again.
    pub quiet: bool,
    /// Whether it is named even where there is little room: it is a way on or out, or leads to the names of all others.
    pub always: bool,
}

/// The keys of the ways on, out, and to the names of all others.
const ALWAYS: [Binding; 7] = [
    keys::ctrl('n', "Ctrl-N"),
    keys::ENTER,
    keys::F5,
    keys::ESC,
    keys::letter('/', "/"),
    keys::letter('q', "q"),
    keys::F1,
];

/// All actions of a state, in the order in which they are looked up.
pub fn table<S: Keyed>() -> impl Iterator<Item = &'static Action<S>> {
    S::tables().iter().copied().flatten()
}

/// The rows of `docs/keys.md` for the actions of a state, in Markdown.
pub(crate) fn markdown<S: Keyed>() -> Vec<String> {
    let row = |action: &Action<S>| {
        let keys = names(action.keys, |_| true);
        format!("| {} | {keys} | {} | `{}` |", action.place.label(), action.label, action.name())
    };
    table::<S>().map(row).collect()
}

/// What the footer shows: what the keys do here and now.
pub fn footer<S: Keyed>(state: &S) -> Vec<Hint> {
    hints(state, state.place(), |action| action.footer)
}

/// What the help shows: every key of the place that it was opened from.
pub fn help<S: Keyed>(state: &S) -> Vec<Hint> {
    hints(state, state.below(), |_| true)
}

fn hints<S: Keyed>(state: &S, here: Place, wanted: fn(&Action<S>) -> bool) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    let mut taken: Vec<Binding> = Vec::new();
    let there = |action: &&Action<S>| {
        action.place.is_worth_naming(here) && (action.place == Place::Anywhere || (action.applies)(state))
    };
    for action in table::<S>().filter(there) {
        // A key does only the first thing in the table that it can do.
        let free = |binding: &Binding| !(taken.contains(binding) || binding.types() && here.types(state));
        let bound = state.keymap().keys_of(action);
        let (keys, first) = (names(bound, free), bound.iter().copied().find(|binding| free(binding)));
        taken.extend(bound);
        let (true, Some(first)) = (wanted(action), first) else { continue };
        // Whatever key it has here and now: the first may be another, and a person may have keys of their own.
        let always = action.keys.iter().any(|key| ALWAYS.contains(key));
        match hints.last_mut().filter(|last| last.label == action.label) {
            // Two keys that do the same to both sides, such as ↓ and ↑.
            Some(last) => {
                last.keys.push_str(&format!(" {keys}"));
                last.always |= always;
            }
            None => {
                let Action { label, short, footer, .. } = *action;
                hints.push(Hint { keys, first, label, short, quiet: !footer, always });
            }
        }
    }
    hints
}

fn names(keys: &[Binding], shown: impl Fn(&Binding) -> bool) -> String {
    keys.iter().filter(|binding| shown(binding)).map(|binding| binding.name).collect::<Vec<_>>().join(" ")
}

/// The action of a key, here and now.
pub(crate) fn find<S: Keyed>(state: &S, key: KeyEvent) -> Option<&'static Action<S>> {
    here(state, |action| state.keymap().keys_of(action).iter().any(|binding| binding.is(key)))
}

/// What Enter does here and now, whatever other key the person has given to that: for a second click.
pub(crate) fn enter<S: Keyed>(state: &S) -> Option<&'static Action<S>> {
    here(state, |action| action.keys.contains(&keys::ENTER))
}

/// The first action that is one of these and can be done here and now.
fn here<S: Keyed>(state: &S, is_one: impl Fn(&Action<S>) -> bool) -> Option<&'static Action<S>> {
    let here = state.place();
    let mut actions = table::<S>().filter(|action| action.place.covers(here));
    actions.find(|action| is_one(action) && (action.applies)(state))
}

impl Binding {
    /// A key by itself.
    pub(crate) const fn key(code: KeyCode, name: &'static str) -> Self {
        Self { code, modifiers: KeyModifiers::NONE, name }
    }

    /// A letter with Ctrl.
    pub(crate) const fn ctrl(c: char, name: &'static str) -> Self {
        Self { code: KeyCode::Char(c), modifiers: KeyModifiers::CONTROL, name }
    }

    /// A key with Alt.
    pub(crate) const fn alt(code: KeyCode, name: &'static str) -> Self {
        Self { code, modifiers: KeyModifiers::ALT, name }
    }

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

    /// Whether the key is for what is typed into, where something is.
    fn types(&self) -> bool {
        matches!(self.code, KeyCode::Char(_) | KeyCode::Left | KeyCode::Right) && self.modifiers.is_empty()
    }
}

impl<S> Action<S> {
    /// What the configuration calls it: its place and what it does, `form.continue`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.place.word(), self.named.map_or_else(|| slug(self.label), str::to_owned))
    }

    /// One that the footer names.
    pub(crate) const fn new(
        keys: &'static [Binding],
        label: &'static str,
        place: Place,
        applies: fn(&S) -> bool,
        run: fn(&mut S) -> Vec<Effect>,
    ) -> Self {
        Self { keys, label, place, applies, footer: true, short: label, named: None, run }
    }

    /// One that shares its label with another of its place.
    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { named: Some(name), ..self }
    }

    /// One that scrolls what may be higher than its place.
    pub(crate) const fn scroll(
        keys: &'static [Binding],
        place: Place,
        name: &'static str,
        applies: fn(&S) -> bool,
        run: fn(&mut S) -> Vec<Effect>,
    ) -> Self {
        Self::new(keys, "scroll", place, applies, run).quiet().named(name)
    }

    /// One with another label where there is little room.
    pub(crate) const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }

    /// One that the footer leaves out, because everyone knows it or it says the same again.
    pub(crate) const fn quiet(self) -> Self {
        Self { footer: false, ..self }
    }
}

impl Place {
    /// Whether keys of this place act where keys go now.
    fn covers(self, here: Self) -> bool {
        self == here || self == Self::Anywhere || (self == Self::Home && here.is_tab())
    }

    /// Whether keys of this place are worth naming where keys go now.
    fn is_worth_naming(self, here: Self) -> bool {
        let asks =
            matches!(here, Self::Help | Self::Question | Self::Entry | Self::Leave | Self::Unsaved | Self::Draft);
        self.covers(here) && !(self == Self::Anywhere && asks)
    }

    fn types<S: Keyed>(self, state: &S) -> bool {
        self == state.below() && state.types()
    }

    fn is_tab(self) -> bool {
        matches!(self, Self::Exports | Self::Browse | Self::Accounts | Self::History)
    }

    /// What the configuration calls it. Who has keys of their own relies on it.
    fn word(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Help => "help",
            Self::Question => "question",
            Self::Entry => "entry",
            Self::Leave => "leave",
            Self::Unsaved => "unsaved",
            Self::Draft => "draft",
            Self::List => "list",
            Self::Form => "form",
            Self::Run => "run",
            Self::Home => "home",
            Self::Exports => "exports",
            Self::Browse => "browse",
            Self::Accounts => "accounts",
            Self::History => "history",
            Self::Filter => "filter",
            Self::Opened => "opened",
            Self::Check => "check",
        }
    }

    /// Its name in `docs/keys.md`.
    fn label(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Help => "help",
            Self::Question => "a question",
            Self::Entry => "a prompt",
            Self::Leave => "leaving",
            Self::Unsaved => "an unsaved export",
            Self::Draft => "a draft",
            Self::List => "a list",
            Self::Form => "a form",
            Self::Run => "a run",
            Self::Home => "home",
            Self::Exports => "Exports",
            Self::Browse => "Browse",
            Self::Accounts => "Accounts",
            Self::History => "History",
            Self::Filter => "a filter",
            Self::Opened => "an opened run or file",
            Self::Check => "a check",
        }
    }
}
