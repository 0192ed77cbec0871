//! Values of fields, as keys edit them.

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use crate::text::secret::Secret;

/// A field for a secret, without cursor, history or `Debug` output of its value.
#[derive(Debug, Clone, Default)]
pub struct SecretField {
    pub value: Secret,
    pub revealed: bool,
}

impl SecretField {
    /// A dot for each character, or the text once revealed.
    pub fn shown(&self) -> String {
        if self.revealed { self.value.expose().to_owned() } else { "•".repeat(self.value.chars()) }
    }
}

/// A field's value, borrowed for editing.
#[derive(Debug)]
pub(super) enum FieldMut<'a> {
    Text(&'a mut Input),
    Secret(&'a mut SecretField),
    /// Option `index` of `count`.
    Choice {
        index: usize,
        count: usize,
    },
    Check(&'a mut bool),
    /// A value chosen from a list.
    Select,
    None,
}

/// Edits the end of a secret, which has no cursor.
pub(super) fn edit_secret(field: &mut SecretField, edit: InputRequest) -> bool {
    match edit {
        InputRequest::InsertChar(c) => field.value.push(c),
        InputRequest::DeletePrevChar => field.value.pop(),
        InputRequest::DeletePrevWord | InputRequest::DeleteLine => field.value = Secret::default(),
        _ => return false,
    }
    true
}

/// Replaces the secret, because tokens are pasted whole.
pub(super) fn paste_secret(field: &mut SecretField, pasted: &Secret) {
    // Terminals that wrap a long token copy it with line breaks.
    let whole: Zeroizing<String> = Zeroizing::new(pasted.expose().chars().filter(|c| !c.is_control()).collect());
    field.value = Secret::from_paste(&whole);
}
