//! Definitions that several programs change.

use super::Explanation;
use crate::export::DefinitionError;

/// Another program has changed the export. Saving again replaces it, because the user is warned.
pub fn changed_meanwhile(error: &DefinitionError) -> Explanation {
    let gone = matches!(error, DefinitionError::Changed { found: None, .. });
    let advice = match gone {
        true => "Save again to write it as a new export, or leave without saving.",
        false => "Save again to replace it with what you entered, or leave without saving to keep what is there.",
    };
    Explanation::new(error.to_string(), advice)
}
