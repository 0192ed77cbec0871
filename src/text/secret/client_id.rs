//! The id of a Domo client. It is not secret and is shown, so a secret must not be taken for one.

use super::{assigned, may_be_secret};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    Empty,
    /// Something was pasted along, or a line break came into it.
    Blanks,
    /// A character that no header can hold.
    Foreign,
    /// A line of a script or of an env file.
    Assignment(&'static str),
    MayBeSecret,
}

/// Reads a client id, without blanks around it.
pub fn parse_client_id(text: &str) -> Result<String, ClientIdError> {
    let id = text.trim();
    if let Some(name) = assigned(id) {
        return Err(ClientIdError::Assignment(name));
    }
    match id {
        "" => Err(ClientIdError::Empty),
        _ if id.contains(|c: char| c.is_whitespace() || c.is_control()) => Err(ClientIdError::Blanks),
        _ if !id.is_ascii() => Err(ClientIdError::Foreign),
        _ if may_be_secret(id) => Err(ClientIdError::MayBeSecret),
        _ => Ok(id.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::samples;

    #[test]
    fn each_invalid_client_id_has_its_own_error() {
        assert_eq!(parse_client_id(&format!(" {}\n", samples::CLIENT_ID)).as_deref(), Ok(samples::CLIENT_ID));
        for (text, error) in [
            (" ", ClientIdError::Empty),
            ("b0876cee 327b", ClientIdError::Blanks),
            ("b0876cee\u{a0}327b", ClientIdError::Blanks),
            ("b0876cee\u{200b}327b", ClientIdError::Foreign),
            ("DOMO_CLIENT_ID=b0876cee", ClientIdError::Assignment("DOMO_CLIENT_ID")),
            (samples::CLIENT_SECRET, ClientIdError::MayBeSecret),
        ] {
            assert_eq!(parse_client_id(text), Err(error), "{text:?}");
        }
    }
}
