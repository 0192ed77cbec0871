//! Values of fields, and their edits.

use std::collections::{BTreeMap, BTreeSet};

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use super::spec::{Field, FieldSpec, Group, specs};
use crate::text::secret::Secret;
use crate::tui::state::typing::paste_text;

/// The values of a pane's fields, each at first as its declaration says.
#[derive(Debug)]
pub struct Values(BTreeMap<Field, Value>);

#[derive(Debug, Clone)]
pub enum Value {
    Text(Input),
    Secret(SecretField),
    /// The index of the chosen option.
    Choice(usize),
    Check(bool),
    Several(Several),
    /// The choice from a list.
    Picked(Option<String>),
    /// A button has none, and which item is chosen stands elsewhere.
    None,
}

/// A field for a secret, without cursor, history or `Debug` output of its value.
#[derive(Debug, Clone, Default)]
pub struct SecretField {
    pub value: Secret,
    pub revealed: bool,
}

/// Options of which several may be chosen.
#[derive(Debug, Clone, Default)]
pub struct Several {
    pub chosen: BTreeSet<usize>,
    /// The option that keys apply to.
    pub(crate) cursor: usize,
}

/// Edits of a text since its field got the focus.
#[derive(Debug)]
pub(crate) struct Editing {
    pub(crate) field: Field,
    /// The texts before it, for an undo. Characters that were typed one after the other are one change.
    before: Vec<Input>,
    was_typed: bool,
}

impl Editing {
    pub(crate) fn of(field: Field) -> Self {
        Self { field, before: Vec::new(), was_typed: false }
    }

    /// Remembers the text before a change. Secrets are not remembered.
    pub(crate) fn record(&mut self, before: Value, after: &Value, is_typed: bool) {
        if let (Value::Text(before), Value::Text(after)) = (before, after)
            && before.value() != after.value()
            && !(is_typed && self.was_typed)
        {
            self.before.push(before);
        }
        self.was_typed = is_typed;
    }

    /// The text when the field got the focus.
    pub(crate) fn original(mut self) -> Option<Value> {
        (!self.before.is_empty()).then(|| Value::Text(self.before.swap_remove(0)))
    }

    pub(crate) fn undo(&mut self) -> Option<Value> {
        self.was_typed = false;
        self.before.pop().map(Value::Text)
    }
}

impl Values {
    pub(crate) const fn none() -> Self {
        Self(BTreeMap::new())
    }

    pub(crate) fn new<M>(groups: &'static [Group<M>]) -> Self {
        let values = specs(groups).map(|spec| (spec.value_of(), spec.initial()));
        Self(values.collect())
    }

    pub fn get(&self, field: Field) -> &Value {
        self.0.get(&field).unwrap_or(&Value::None)
    }

    pub(crate) fn get_mut(&mut self, field: Field) -> Option<&mut Value> {
        self.0.get_mut(&field)
    }

    /// Replaces a value, by one of its kind.
    pub(crate) fn set(&mut self, field: Field, value: Value) {
        let Some(before) = self.0.get_mut(&field) else { return debug_assert!(false, "{field:?} is not in this pane") };
        debug_assert_eq!(std::mem::discriminant(before), std::mem::discriminant(&value), "{field:?}");
        *before = value;
    }

    /// Gives these fields their first values again.
    pub(crate) fn reset<M>(&mut self, specs: &'static [FieldSpec<M>]) {
        specs.iter().for_each(|spec| self.set(spec.value_of(), spec.initial()));
    }

    /// The text as it was entered.
    pub fn text(&self, field: Field) -> &str {
        match self.get(field) {
            Value::Text(input) => input.value(),
            other => mismatch(field, other, ""),
        }
    }

    /// The text without blanks around it.
    pub fn trimmed(&self, field: Field) -> &str {
        self.text(field).trim()
    }

    pub fn secret(&self, field: Field) -> &Secret {
        static NOTHING: std::sync::LazyLock<Secret> = std::sync::LazyLock::new(Secret::default);
        match self.get(field) {
            Value::Secret(secret) => &secret.value,
            other => mismatch(field, other, &NOTHING),
        }
    }

    pub fn choice(&self, field: Field) -> usize {
        match self.get(field) {
            Value::Choice(index) => *index,
            other => mismatch(field, other, 0),
        }
    }

    /// The item of `all` for the chosen option; both are in the same order.
    pub(crate) fn one_of<T: Copy + Default>(&self, field: Field, all: &[T]) -> T {
        all.get(self.choice(field)).copied().unwrap_or_default()
    }

    pub(crate) fn set_one_of<T: PartialEq>(&mut self, field: Field, all: &[T], one: &T) {
        self.set(field, Value::Choice(all.iter().position(|other| other == one).unwrap_or_default()));
    }

    pub fn is_on(&self, field: Field) -> bool {
        match self.get(field) {
            Value::Check(on) => *on,
            other => mismatch(field, other, false),
        }
    }

    pub fn chosen(&self, field: Field) -> &BTreeSet<usize> {
        static NOTHING: BTreeSet<usize> = BTreeSet::new();
        match self.get(field) {
            Value::Several(several) => &several.chosen,
            other => mismatch(field, other, &NOTHING),
        }
    }

    pub fn picked(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Value::Picked(picked) => picked.as_deref(),
            other => mismatch(field, other, None),
        }
    }

    /// Hides secrets that were revealed.
    pub(crate) fn hide_secrets(&mut self) {
        for value in self.0.values_mut() {
            if let Value::Secret(secret) = value {
                secret.revealed = false;
            }
        }
    }
}

/// A field is read as what it is not: a mistake in the program, which tests find.
fn mismatch<T>(field: Field, value: &Value, nothing: T) -> T {
    debug_assert!(false, "{field:?} is {value:?}");
    nothing
}

impl Value {
    pub(crate) fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(Input::new(text.to_string()))
    }

    pub(crate) fn several(chosen: impl IntoIterator<Item = usize>) -> Self {
        Self::Several(Several { chosen: chosen.into_iter().collect(), cursor: 0 })
    }

    /// Empties a text or a secret.
    pub(crate) fn clear(&mut self) {
        match self {
            Self::Text(input) => input.reset(),
            Self::Secret(secret) => secret.value = Secret::default(),
            _ => {}
        }
    }

    /// Edits a text at its cursor, or a secret at its end; `true` if it has changed, `None` if it is neither.
    pub(crate) fn edit(&mut self, edit: InputRequest) -> Option<bool> {
        match self {
            Self::Text(input) => Some(input.handle(edit).is_some_and(|change| change.value)),
            Self::Secret(secret) => Some(secret.edit(edit)),
            _ => None,
        }
    }

    /// Inserts into a text, or replaces a secret, because tokens are pasted whole; `false` if it is neither.
    pub(crate) fn paste(&mut self, pasted: &Secret) -> bool {
        match self {
            Self::Text(input) => paste_text(input, pasted),
            Self::Secret(secret) => secret.paste(pasted),
            _ => return false,
        }
        true
    }
}

impl SecretField {
    /// A dot for each character, or the text once revealed.
    pub fn shown(&self) -> String {
        if self.revealed { self.value.expose().to_owned() } else { "•".repeat(self.value.chars()) }
    }

    fn edit(&mut self, edit: InputRequest) -> bool {
        match edit {
            InputRequest::InsertChar(c) => self.value.push(c),
            InputRequest::DeletePrevChar => self.value.pop(),
            InputRequest::DeletePrevWord | InputRequest::DeleteLine => self.value = Secret::default(),
            _ => return false,
        }
        true
    }

    fn paste(&mut self, pasted: &Secret) {
        // Terminals that wrap a long token copy it with line breaks.
        let whole: Zeroizing<String> = Zeroizing::new(pasted.expose().chars().filter(|c| !c.is_control()).collect());
        self.value = Secret::from_paste(&whole);
    }
}
