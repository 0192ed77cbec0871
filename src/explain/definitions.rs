//! Definitions that several programs change.

use super::Explanation;
use crate::export::DefinitionError;

/// Says that another program has changed what was to be replaced, and what to do. Whoever saves again has been told.
pub fn changed_meanwhile(error: &DefinitionError) -> Explanation {
    let gone = matches!(error, DefinitionError::Changed { found: None, .. });
    let advice = match gone {
        true => "Save again to write it as a new export, or leave without saving.",
        false => "Save again to replace it with what you entered, or leave without saving to keep what is there.",
    };
    Explanation::new(error.to_string(), advice)
}
