//! The one place where a cause becomes a sentence and advice.

use crate::http::ApiError;

/// What happened and what to do next, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, one sentence or two.
    pub what: String,
    /// What to do next.
    pub advice: String,
    /// What the service's support asks for.
    pub support_id: Option<String>,
}

/// Explains a failed call.
pub fn explain_api(error: &ApiError) -> Explanation {
    Explanation {
        what: format!("{} could not {}.", error.service, error.action),
        advice: String::new(),
        support_id: None,
    }
}
