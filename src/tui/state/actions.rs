//! The tables of key actions. Key look-up, the footer, the help and `docs/keys.md` all read them. Only keys that type
//! into a focused field or a filter are in no table.

mod keymap;
pub(crate) mod keys;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, Notice, Severity, Shell};
use crate::export::saved::slug;
pub use keymap::Keymap;
pub(crate) use keymap::known_actions;

#[derive(Debug, Clone, Copy, Eq)]
pub struct Binding {
    code: KeyCode,
    modifiers: KeyModifiers,
    pub name: &'static str,
}

impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        (self.code, self.modifiers) == (other.code, other.modifiers)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Anywhere,
    Help,
    Question,
    /// Several choices, after a key that needs one.
    Menu,
    Entry,
    Leave,
    /// Asks whether to continue a draft.
    Draft,
    List,
    Form,
    /// The page of an export's run.
    Run,
    /// Every tab of home.
    Home,
    /// Every tab of home, and the pages that cover one.
    HomePages,
    Exports,
    Browse,
    Accounts,
    History,
    Filter,
    /// A run or a file, opened from a tab.
    Opened,
    Check,
    /// An export for a scheduler.
    Schedule,
}

/// A binding of keys to a change of the state `S`.
pub struct Action<S> {
    pub keys: &'static [Binding],
    pub label: &'static str,
    pub place: Place,
    pub applies: fn(&S) -> bool,
    /// Shown in the footer. The help shows every action.
    pub footer: bool,
    /// The page lists it in a column, so the footer does not.
    pub(crate) is_listed: bool,
    /// The label where space is tight.
    short: &'static str,
    /// The name in the configuration, where another action of the place has the same label.
    config_name: Option<&'static str>,
    pub(crate) run: fn(&mut S) -> Vec<Effect>,
}

/// A state with tables of actions.
pub trait Keyed: Sized + 'static {
    fn tables() -> &'static [&'static [Action<Self>]];
    fn shell(&self) -> &Shell;
    fn place(&self) -> Place;
    /// The place under an overlay.
    fn place_below(&self) -> Place;
    /// Characters are typed into something now, unless an overlay is open.
    fn is_typing(&self) -> bool;
}

/// An entry of the footer or the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub keys: String,
    /// The key to name, and to press on a click, where space is tight.
    pub first: Binding,
    pub label: &'static str,
    pub short: &'static str,
    /// Well known, or a repetition of another hint.
    pub quiet: bool,
    /// Shown even where space is tight, since it is in `ALWAYS`.
    pub always: bool,
}

/// Keys that continue, leave, or list all others.
const ALWAYS: [Binding; 7] = [
    keys::ctrl('n', "Ctrl-N"),
    keys::ENTER,
    keys::F5,
    keys::ESC,
    keys::letter('/', "/"),
    keys::letter('q', "q"),
    keys::F1,
];

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

pub fn footer<S: Keyed>(state: &S) -> Vec<Hint> {
    hints(state, state.place(), |action| action.footer)
}

pub fn help<S: Keyed>(state: &S) -> Vec<Hint> {
    hints(state, state.place_below(), |_| true)
}

/// What the page lists in a column, with the keys.
pub(crate) fn listed<S: Keyed>(state: &S) -> Vec<Hint> {
    hints(state, state.place_below(), |action| action.is_listed)
}

fn hints<S: Keyed>(state: &S, here: Place, wanted: fn(&Action<S>) -> bool) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    let mut taken: Vec<Binding> = Vec::new();
    let is_shown = |action: &&Action<S>| {
        action.place.is_worth_naming(here) && (action.place == Place::Anywhere || (action.applies)(state))
    };
    for action in table::<S>().filter(is_shown) {
        // The first matching action takes a key.
        let free = |binding: &Binding| !(taken.contains(binding) || binding.is_typed() && here.is_typing(state));
        let bindings = state.shell().keymap.keys_of(action);
        let (keys, first) = (names(bindings, free), bindings.iter().copied().find(|binding| free(binding)));
        taken.extend(bindings);
        let (true, Some(first)) = (wanted(action), first) else { continue };
        // Looks at the table's keys, not the user's: a hint stays in sight whatever key it has.
        let always = action.keys.iter().any(|key| ALWAYS.contains(key));
        match hints.last_mut().filter(|last| last.label == action.label) {
            // Two keys for two directions, such as ↓ and ↑.
            Some(last) => {
                last.keys.push_str(&format!(" {keys}"));
                last.always |= always;
            }
            None => {
                let Action { label, short, footer, is_listed, .. } = *action;
                hints.push(Hint { keys, first, label, short, quiet: !footer && !is_listed, always });
            }
        }
    }
    hints
}

fn names(keys: &[Binding], shown: impl Fn(&Binding) -> bool) -> String {
    keys.iter().filter(|binding| shown(binding)).map(|binding| binding.name).collect::<Vec<_>>().join(" ")
}

pub(crate) fn action_for_key<S: Keyed>(state: &S, key: KeyEvent) -> Option<&'static Action<S>> {
    let find = |key| first_applicable(state, |action| has_key(state, action, key));
    find(key).or_else(|| find(without_capital(key)?))
}

fn has_key<S: Keyed>(state: &S, action: &Action<S>, key: KeyEvent) -> bool {
    state.shell().keymap.keys_of(action).iter().any(|binding| binding.matches(key))
}

/// The small letter, for Caps Lock: a capital that does nothing of its own.
fn without_capital(key: KeyEvent) -> Option<KeyEvent> {
    match key.code {
        KeyCode::Char(c) if c.is_uppercase() => Some(KeyEvent { code: KeyCode::Char(c.to_ascii_lowercase()), ..key }),
        _ => None,
    }
}

/// Says that a key does nothing here, or that what it does is not possible now. Questions name their keys themselves.
pub(crate) fn idle_notice<S: Keyed>(state: &S, key: KeyEvent) -> Option<Notice> {
    let here = state.place();
    if !Place::Anywhere.is_worth_naming(here) {
        return None;
    }
    let mut actions = table::<S>().filter(|action| action.place.covers(here));
    let text = match actions.find(|action| has_key(state, action, key)) {
        Some(action) => {
            let binding = state.shell().keymap.keys_of(action).iter().find(|binding| binding.matches(key))?;
            format!("{} ({}) is not possible now.", capitalized(action.label), binding.name)
        }
        None => {
            let name =
                table::<S>().flat_map(|action| state.shell().keymap.keys_of(action)).find(|other| other.matches(key));
            let name = match (name, key.code) {
                (Some(binding), _) => binding.name.to_owned(),
                (None, KeyCode::Char(c))
                    if !c.is_control() && key.modifiers.difference(KeyModifiers::SHIFT).is_empty() =>
                {
                    c.to_string()
                }
                (None, KeyCode::F(number)) => format!("F{number}"),
                _ => return None,
            };
            format!("{name} does nothing here. {} lists the keys.", key_of(state, "anywhere.help"))
        }
    };
    Some(Notice { severity: Severity::Idle, text })
}

fn capitalized(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// The first key of the action with that name, for sentences.
pub(crate) fn key_of<S: Keyed>(state: &S, name: &str) -> &'static str {
    let action = table::<S>().find(|action| action.name() == name);
    debug_assert!(action.is_some(), "no action is called {name}");
    action.and_then(|action| state.shell().keymap.keys_of(action).first()).map_or("", |binding| binding.name)
}

/// Finds what Enter does by default, for a double click, even if the user has bound another key.
pub(crate) fn enter_action<S: Keyed>(state: &S) -> Option<&'static Action<S>> {
    first_applicable(state, |action| action.keys.contains(&keys::ENTER))
}

fn first_applicable<S: Keyed>(state: &S, matches: impl Fn(&Action<S>) -> bool) -> Option<&'static Action<S>> {
    let here = state.place();
    let mut actions = table::<S>().filter(|action| action.place.covers(here));
    actions.find(|action| matches(action) && (action.applies)(state))
}

impl Binding {
    pub(crate) const fn key(code: KeyCode, name: &'static str) -> Self {
        Self { code, modifiers: KeyModifiers::NONE, name }
    }

    pub(crate) const fn ctrl(c: char, name: &'static str) -> Self {
        Self { code: KeyCode::Char(c), modifiers: KeyModifiers::CONTROL, name }
    }

    pub(crate) const fn alt(code: KeyCode, name: &'static str) -> Self {
        Self { code, modifiers: KeyModifiers::ALT, name }
    }

    pub fn event(&self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    fn matches(&self, key: KeyEvent) -> bool {
        // Some terminals send Tab with Shift for Shift-Tab.
        let code = match key.code {
            KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            // Terminals send the same byte for Ctrl-_, Ctrl-/ and Ctrl-7; crossterm reads it as the last.
            KeyCode::Char('7' | '/') if key.modifiers == KeyModifiers::CONTROL => KeyCode::Char('_'),
            KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        code == self.code && key.modifiers.difference(KeyModifiers::SHIFT) == self.modifiers
    }

    /// A focused text field takes the key first.
    fn is_typed(&self) -> bool {
        matches!(self.code, KeyCode::Char(_) | KeyCode::Left | KeyCode::Right) && self.modifiers.is_empty()
    }
}

impl<S> Action<S> {
    /// The name in the configuration, as in `form.continue`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.place.config_name(), self.config_name.map_or_else(|| slug(self.label), str::to_owned))
    }

    pub(crate) const fn new(
        keys: &'static [Binding],
        label: &'static str,
        place: Place,
        applies: fn(&S) -> bool,
        run: fn(&mut S) -> Vec<Effect>,
    ) -> Self {
        Self { keys, label, place, applies, footer: true, is_listed: false, short: label, config_name: None, run }
    }

    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { config_name: Some(name), ..self }
    }

    /// Scrolls content that is higher than its place.
    pub(crate) const fn scroll(
        keys: &'static [Binding],
        place: Place,
        name: &'static str,
        applies: fn(&S) -> bool,
        run: fn(&mut S) -> Vec<Effect>,
    ) -> Self {
        Self::new(keys, "scroll", place, applies, run).quiet().named(name)
    }

    pub(crate) const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }

    /// Stands in a column of the page, one under the other with its key.
    pub(crate) const fn listed(self) -> Self {
        Self { footer: false, is_listed: true, ..self }
    }

    pub(crate) const fn quiet(self) -> Self {
        Self { footer: false, ..self }
    }
}

impl Place {
    fn covers(self, here: Self) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Home => here.is_tab(),
            Self::HomePages => here.is_tab() || here.covers_tab(),
            Self::Opened => matches!(here, Self::Opened | Self::Run),
            _ => self == here,
        }
    }

    /// Questions hide the actions of [`Place::Anywhere`] from the footer and the help.
    fn is_worth_naming(self, here: Self) -> bool {
        let asks = matches!(here, Self::Help | Self::Question | Self::Menu | Self::Entry | Self::Leave | Self::Draft);
        self.covers(here) && !(self == Self::Anywhere && asks)
    }

    fn is_typing<S: Keyed>(self, state: &S) -> bool {
        self == state.place_below() && state.is_typing()
    }

    pub(crate) fn is_tab(self) -> bool {
        matches!(self, Self::Exports | Self::Browse | Self::Accounts | Self::History)
    }

    /// A page below the names of the tabs.
    fn covers_tab(self) -> bool {
        matches!(self, Self::Run | Self::Opened | Self::Check | Self::Schedule)
    }

    /// The name in the configuration; people's own keys rely on it.
    fn config_name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Help => "help",
            Self::Question => "question",
            Self::Menu => "menu",
            Self::Entry => "entry",
            Self::Leave => "leave",
            Self::Draft => "draft",
            Self::List => "list",
            Self::Form => "form",
            Self::Run => "run",
            Self::Home | Self::HomePages => "home",
            Self::Exports => "exports",
            Self::Browse => "browse",
            Self::Accounts => "accounts",
            Self::History => "history",
            Self::Filter => "filter",
            Self::Opened => "opened",
            Self::Check => "check",
            Self::Schedule => "schedule",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Help => "help",
            Self::Question => "a question",
            Self::Menu => "a choice",
            Self::Entry => "a prompt",
            Self::Leave => "leaving",
            Self::Draft => "a draft",
            Self::List => "a list",
            Self::Form => "a form",
            Self::Run => "a run",
            Self::Home => "home",
            Self::HomePages => "home and its pages",
            Self::Exports => "Exports",
            Self::Browse => "Browse",
            Self::Accounts => "Accounts",
            Self::History => "History",
            Self::Filter => "a filter",
            Self::Opened => "an opened run or file",
            Self::Check => "a check",
            Self::Schedule => "a schedule",
        }
    }
}
