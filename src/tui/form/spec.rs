//! The declaration of a field.

use std::collections::BTreeSet;
use std::fmt;

use super::values::{SecretField, Value, Values};
use crate::explain::Explanation;
use crate::tui::state::Remote;

/// Identifies a field. Drafts keep its value by this name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field(&'static str);

impl Field {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    pub fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A field, declared once. `M` is the state that it reads: its own pane's, and what it needs of the others.
pub struct FieldSpec<M: 'static> {
    pub field: Field,
    pub kind: Kind<M>,
    /// In the words of Domo's connector where it has the field.
    pub label: &'static str,
    /// The field before it has the label.
    pub is_unlabeled: bool,
    /// Kept in a draft; never for a secret.
    pub is_kept: bool,
    /// Its value may be chosen from a list that is loaded.
    pub has_list: bool,
    /// A typed text is for its list, not a value.
    pub is_search: fn(&str) -> bool,
    /// Options by other words than their labels.
    pub options_of: fn(&str) -> Option<BTreeSet<usize>>,
    /// Tells in the help what "new" does at its list.
    pub creates: Option<&'static str>,
    pub shown: fn(&M) -> bool,
    /// Stands in an empty text.
    placeholder: &'static str,
    placeholder_now: Option<fn(&M) -> &'static str>,
    /// Finds a mistake in the input, in a sentence.
    error: fn(&M) -> Option<String>,
    /// Finds what is wrong and has advice, as what a service has against the input.
    fault: fn(&M) -> Option<Explanation>,
    /// A later field may still make the input valid.
    pub is_unfinished: fn(&M) -> bool,
    /// Rows under the value on the screen.
    pub notes: fn(&M) -> Vec<Note>,
    /// Lines after an answer, where they are not those of the screen.
    pub facts: fn(&M) -> Vec<Note>,
    /// Warnings for both.
    pub warnings: fn(&M) -> Vec<Explanation>,
    /// The field whose value it has, if not its own.
    value: Option<Field>,
    initial: fn() -> Value,
    short: Option<fn(&M) -> &'static str>,
    spoken: Option<&'static str>,
    hint: Hint,
}

pub enum Kind<M: 'static> {
    Text,
    Secret,
    /// Has these options.
    Choice(&'static [&'static str]),
    /// Has the options that the state has, such as accounts. The state keeps the choice, because they change.
    Item {
        labels: fn(&M) -> Vec<String>,
        chosen: fn(&M) -> usize,
        choose: fn(&mut M, usize),
    },
    Check,
    /// Has these options, of which several may be chosen.
    Several(&'static [&'static str]),
    /// Chosen from a list that is loaded.
    Pick,
    Button,
}

/// The place of labels. Options stand in as many rows as they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Beside the value.
    Beside,
    /// Above the value. Options stand at the right end of its row if they fit.
    Above,
}

/// Help for a field.
#[derive(Clone, Copy)]
pub enum Hint {
    Text(&'static str),
    Parts(&'static [Part]),
}

/// A part of a hint.
#[derive(Clone, Copy)]
pub enum Part {
    Text(&'static str),
    /// Words for the screen, and for the questions line by line.
    Either(&'static str, &'static str),
}

/// Something that is known about a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Fact(String),
    Warning(Explanation),
    Failed(Explanation),
    Running(String),
    Hint(String),
    /// Facts in rows: all of them while the field has the focus, else the first row. They stay beside an error.
    Details(Vec<String>),
}

/// A row after the fields of a group; a field that it belongs to is marked with it.
pub type Remark = (Option<Field>, Note);

/// Fields that stand together on the screen, after an empty row.
pub struct Group<M: 'static> {
    pub heading: Option<&'static str>,
    pub fields: &'static [FieldSpec<M>],
    pub layout: Layout,
    pub shown: fn(&M) -> bool,
    pub remarks: fn(&M) -> Vec<Remark>,
    /// Lines after the pane, for the questions line by line.
    pub facts: fn(&M) -> Vec<Note>,
}

impl<M> FieldSpec<M> {
    const fn new(kind: Kind<M>, label: &'static str, initial: fn() -> Value) -> Self {
        Self {
            field: Field(""),
            kind,
            label,
            is_unlabeled: false,
            is_kept: true,
            has_list: false,
            is_search: |_| false,
            options_of: |_| None,
            creates: None,
            shown: |_| true,
            placeholder: "",
            placeholder_now: None,
            error: |_| None,
            fault: |_| None,
            is_unfinished: |_| false,
            notes: |_| Vec::new(),
            facts: |_| Vec::new(),
            warnings: |_| Vec::new(),
            value: None,
            initial,
            short: None,
            spoken: None,
            hint: Hint::Text(""),
        }
    }

    pub(crate) const fn text(label: &'static str, placeholder: &'static str) -> Self {
        Self { placeholder, ..Self::new(Kind::Text, label, || Value::text("")) }
    }

    pub(crate) const fn secret(label: &'static str, placeholder: &'static str) -> Self {
        let initial = || Value::Secret(SecretField::default());
        Self { placeholder, is_kept: false, ..Self::new(Kind::Secret, label, initial) }
    }

    pub(crate) const fn choice(label: &'static str, choices: &'static [&'static str]) -> Self {
        Self::new(Kind::Choice(choices), label, || Value::Choice(0))
    }

    pub(crate) const fn check(label: &'static str) -> Self {
        Self::new(Kind::Check, label, || Value::Check(false))
    }

    pub(crate) const fn several(label: &'static str, options: &'static [&'static str]) -> Self {
        Self::new(Kind::Several(options), label, || Value::several([]))
    }

    pub(crate) const fn item(
        label: &'static str,
        labels: fn(&M) -> Vec<String>,
        chosen: fn(&M) -> usize,
        choose: fn(&mut M, usize),
    ) -> Self {
        Self { is_kept: false, ..Self::new(Kind::Item { labels, chosen, choose }, label, || Value::None) }
    }

    pub(crate) const fn pick(label: &'static str, placeholder: &'static str) -> Self {
        Self {
            placeholder,
            has_list: true,
            is_search: |_| true,
            ..Self::new(Kind::Pick, label, || Value::Picked(None))
        }
    }

    pub(crate) const fn button(label: &'static str) -> Self {
        Self { is_kept: false, ..Self::new(Kind::Button, label, || Value::None) }
    }

    pub(crate) const fn identified_by(self, field: Field) -> Self {
        Self { field, ..self }
    }

    pub(crate) const fn unlabeled(self) -> Self {
        Self { is_unlabeled: true, ..self }
    }

    /// The label on the screen, where its neighbors say the rest.
    pub(crate) const fn short(self, label: fn(&M) -> &'static str) -> Self {
        Self { short: Some(label), ..self }
    }

    /// The label on its own, as a question asked line by line needs it.
    pub(crate) const fn spoken(self, label: &'static str) -> Self {
        Self { spoken: Some(label), ..self }
    }

    pub(crate) const fn hint(self, text: &'static str) -> Self {
        Self { hint: Hint::Text(text), ..self }
    }

    pub(crate) const fn hint_of(self, parts: &'static [Part]) -> Self {
        Self { hint: Hint::Parts(parts), ..self }
    }

    pub(crate) const fn placeholder(self, placeholder: fn(&M) -> &'static str) -> Self {
        Self { placeholder_now: Some(placeholder), ..self }
    }

    pub(crate) const fn initially(self, initial: fn() -> Value) -> Self {
        Self { initial, ..self }
    }

    pub(crate) const fn not_kept(self) -> Self {
        Self { is_kept: false, ..self }
    }

    pub(crate) const fn listed(self) -> Self {
        Self { has_list: true, ..self }
    }

    /// Such texts open its list as they are typed.
    pub(crate) const fn searched(self, is_search: fn(&str) -> bool) -> Self {
        Self { is_search, ..self }
    }

    /// Understands other words for its options than their labels.
    pub(crate) const fn worded(self, options_of: fn(&str) -> Option<BTreeSet<usize>>) -> Self {
        Self { options_of, ..self }
    }

    /// Its list has an action that makes a new item, in these words.
    pub(crate) const fn creates(self, words: &'static str) -> Self {
        Self { creates: Some(words), ..self }
    }

    /// Has the value of another field, which keeps it.
    pub(crate) const fn shares(self, field: Field) -> Self {
        Self { value: Some(field), is_kept: false, ..self }
    }

    pub(crate) const fn shown(self, shown: fn(&M) -> bool) -> Self {
        Self { shown, ..self }
    }

    pub(crate) const fn error(self, error: fn(&M) -> Option<String>) -> Self {
        Self { error, ..self }
    }

    pub(crate) const fn fault(self, fault: fn(&M) -> Option<Explanation>) -> Self {
        Self { fault, ..self }
    }

    pub(crate) const fn unfinished(self, is_unfinished: fn(&M) -> bool) -> Self {
        Self { is_unfinished, ..self }
    }

    pub(crate) const fn notes(self, notes: fn(&M) -> Vec<Note>) -> Self {
        Self { notes, ..self }
    }

    pub(crate) const fn facts(self, facts: fn(&M) -> Vec<Note>) -> Self {
        Self { facts, ..self }
    }

    pub(crate) const fn warnings(self, warnings: fn(&M) -> Vec<Explanation>) -> Self {
        Self { warnings, ..self }
    }

    /// Tells what is wrong with the input.
    pub fn wrong(&self, state: &M) -> Option<Explanation> {
        (self.error)(state).map(Explanation::from).or_else(|| (self.fault)(state))
    }

    /// What is known of the input, and what to beware of.
    pub fn all_notes(&self, state: &M) -> Vec<Note> {
        let warnings = (self.warnings)(state).into_iter().map(Note::Warning);
        (self.notes)(state).into_iter().chain(warnings).collect()
    }

    /// The field whose value this one has: mostly itself.
    pub fn value_of(&self) -> Field {
        self.value.unwrap_or(self.field)
    }

    pub fn initial(&self) -> Value {
        (self.initial)()
    }

    pub fn takes_text(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Secret)
    }

    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret)
    }

    pub fn short_label(&self, state: &M) -> &'static str {
        self.short.map_or(self.label, |short| short(state))
    }

    pub fn spoken_label(&self) -> &'static str {
        self.spoken.unwrap_or(self.label)
    }

    pub fn placeholder_now(&self, state: &M) -> &'static str {
        self.placeholder_now.map_or(self.placeholder, |placeholder| placeholder(state))
    }

    /// The labels of the options; none where there is nothing to choose from.
    pub fn choices(&self, state: &M) -> Vec<String> {
        match self.kind {
            Kind::Choice(choices) | Kind::Several(choices) => choices.iter().map(|&choice| choice.to_owned()).collect(),
            Kind::Item { labels, .. } => labels(state),
            _ => Vec::new(),
        }
    }

    /// The option that is chosen, of a choice or of the state's items.
    pub fn chosen(&self, state: &M, values: &Values) -> usize {
        match self.kind {
            Kind::Item { chosen, .. } => chosen(state),
            _ => values.choice(self.value_of()),
        }
    }

    /// The hint for a screen, where `down` is the key that opens a list.
    pub fn hint_on_screen(&self, down: &str) -> String {
        let hint = self.hint.words(|(screen, _)| screen);
        match self.kind {
            Kind::Pick => format!("{hint} {down} or typing opens the list."),
            _ => hint,
        }
    }

    /// The hint for questions line by line, which have no keys.
    pub fn hint_in_lines(&self) -> String {
        self.hint.words(|(_, lines)| lines)
    }
}

impl Hint {
    fn words(self, of_both: fn((&'static str, &'static str)) -> &'static str) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Parts(parts) => parts
                .iter()
                .map(|part| match *part {
                    Part::Text(text) => text,
                    Part::Either(screen, lines) => of_both((screen, lines)),
                })
                .collect(),
        }
    }
}

impl Note {
    /// What is wrong, or may be.
    pub(crate) fn explanation(self) -> Option<Explanation> {
        match self {
            Self::Warning(explanation) | Self::Failed(explanation) => Some(explanation),
            _ => None,
        }
    }

    /// The reply of a service; nothing while there is none.
    pub(crate) fn of_reply<T>(remote: &Remote<T>, fact: impl FnOnce(&T) -> String) -> Option<Self> {
        Self::of_request(remote, None, |data| Self::Fact(fact(data)))
    }

    /// The reply of a service; `waiting` until there is one.
    pub(crate) fn of_request<T>(
        remote: &Remote<T>,
        waiting: Option<&str>,
        note: impl FnOnce(&T) -> Self,
    ) -> Option<Self> {
        match remote {
            Remote::Idle => None,
            Remote::Loading => waiting.map(|waiting| Self::Running(waiting.to_owned())),
            Remote::Ready(data) => Some(note(data)),
            Remote::Failed(explanation) => Some(Self::Failed(explanation.clone())),
        }
    }
}

impl<M> Group<M> {
    pub(crate) const fn new(fields: &'static [FieldSpec<M>], layout: Layout) -> Self {
        Self { heading: None, fields, layout, shown: |_| true, remarks: |_| Vec::new(), facts: |_| Vec::new() }
    }

    pub(crate) const fn heading(self, heading: &'static str) -> Self {
        Self { heading: Some(heading), ..self }
    }

    pub(crate) const fn shown(self, shown: fn(&M) -> bool) -> Self {
        Self { shown, ..self }
    }

    pub(crate) const fn remarks(self, remarks: fn(&M) -> Vec<Remark>) -> Self {
        Self { remarks, ..self }
    }

    pub(crate) const fn facts(self, facts: fn(&M) -> Vec<Note>) -> Self {
        Self { facts, ..self }
    }

    /// The fields that are shown now.
    pub fn visible(&self, state: &M) -> impl Iterator<Item = &'static FieldSpec<M>> {
        let is_shown = (self.shown)(state);
        self.fields.iter().filter(move |spec| is_shown && (spec.shown)(state))
    }
}

pub fn specs<M>(groups: &'static [Group<M>]) -> impl Iterator<Item = &'static FieldSpec<M>> {
    groups.iter().flat_map(|group| group.fields)
}

/// The fields that are shown now, in order.
pub fn visible<M>(groups: &'static [Group<M>], state: &M) -> impl Iterator<Item = &'static FieldSpec<M>> {
    groups.iter().flat_map(move |group| group.visible(state))
}
