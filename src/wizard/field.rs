//! What the fields of the panes hold, and how they are typed into.

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// A field for a secret: no cursor, no history, nothing that prints it.
#[derive(Debug, Clone, Default)]
pub struct SecretField {
    /// What was entered.
    pub value: Secret,
    /// Whether the person wants to see it.
    pub revealed: bool,
}

impl SecretField {
    /// What may be shown: a dot for each character, or the text if the person wants to see it.
    pub fn shown(&self) -> String {
        if self.revealed { self.value.expose().to_owned() } else { "•".repeat(self.value.chars()) }
    }
}

/// What a field holds, for the one place that types into it.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    /// A line of text.
    Text(&'a mut Input),
    /// A secret.
    Secret(&'a mut SecretField),
    /// One of `count`, of which `index` is chosen.
    Choice { index: usize, count: usize },
    /// On or off.
    Check(&'a mut bool),
    /// A value that is chosen from a list.
    Select,
    /// Nothing to enter: a button.
    None,
}

/// Edits a secret, which has no cursor: characters are added and taken back at its end.
pub(super) fn edit_secret(field: &mut SecretField, edit: InputRequest) -> bool {
    match edit {
        InputRequest::InsertChar(c) => field.value.push(c),
        InputRequest::DeletePrevChar => field.value.pop(),
        InputRequest::DeletePrevWord | InputRequest::DeleteLine => field.value = Secret::default(),
        _ => return false,
    }
    true
}

/// Takes a pasted secret in place of what was there: tokens are pasted whole.
pub(super) fn paste_secret(field: &mut SecretField, pasted: &Secret) {
    // A terminal that wraps a long token copies it with line breaks in the middle.
    let whole: Zeroizing<String> = Zeroizing::new(pasted.expose().chars().filter(|c| !c.is_control()).collect());
    field.value = Secret::from_paste(&whole);
}
