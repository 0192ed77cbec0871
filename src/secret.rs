//! A string that does not print: tokens, client secrets.

mod known;
mod shape;

use std::fmt;

use zeroize::Zeroizing;

pub(crate) use known::{mask, remember};
pub(crate) use shape::{masked_by_shape, may_be_secret};

/// Why what was entered is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing.
    #[error("nothing was entered.")]
    Empty,
    /// Something else was pasted, or along with it.
    #[error("it contains blanks or line breaks. Copy only the token.")]
    Blanks,
    /// A character that no header and no token can hold.
    #[error("it contains a character that no token has. Copy it again.")]
    Foreign,
}

/// A token or a client secret. It is wiped from memory when dropped, and neither `Debug` nor any serializer shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps `text` as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// What a person pasted, without what comes along by accident: blanks and line breaks anywhere at the ends, quotes
    /// around it, and a leading `Bearer `.
    pub fn from_paste(pasted: &str) -> Self {
        let mut text = pasted.trim();
        loop {
            let shorter = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_around(c));
            let shorter = match shorter.get(..7) {
                Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => &shorter[7..],
                _ => shorter,
            };
            if shorter == text {
                return Self::new(text);
            }
            text = shorter;
        }
    }

    /// As [`Secret::from_paste`], for what has to be a whole secret: from now on it is masked wherever text leaves the
    /// program.
    ///
    /// # Errors
    /// When it cannot be a token or a client secret.
    pub fn parse(pasted: &str) -> Result<Self, SecretError> {
        let secret = Self::from_paste(pasted);
        secret.check()?;
        remember(secret.expose());
        Ok(secret)
    }

    /// Checks that it can be a token or a client secret. None has a blank, or a character that is not ASCII.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> Result<(), SecretError> {
        match self.expose() {
            "" => Err(SecretError::Empty),
            text if text.contains(|c: char| c.is_whitespace() || c.is_control()) => Err(SecretError::Blanks),
            text if !text.is_ascii() => Err(SecretError::Foreign),
            _ => Ok(()),
        }
    }

    /// The plain text, for the one place that sends or stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How many characters it has, which may be shown.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a typed character.
    pub fn push(&mut self, c: char) {
        self.0.push(c);
    }

    /// Takes back the last character.
    pub fn pop(&mut self) {
        self.0.pop();
    }
}

/// Characters around a pasted token that cannot be a part of it: quotes, the byte order mark, those without a width.
fn is_around(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '“' | '”' | '‘' | '’')
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_surrounds_a_pasted_token_goes(token in "[A-Za-z0-9._-]{8,80}", around in "[ \t\r\n\"'`]{0,5}", scheme in "|Bearer |bearer |BEARER  ") {
            let pasted = format!("{around}{scheme}{around}{token}{around}");
            let secret = Secret::from_paste(&pasted);
            prop_assert_eq!(secret.expose(), token);
        }

        #[test]
        fn what_cannot_be_sent_is_no_secret(before in "[!-~&&[^\"'`]]{1,9}", wrong in "[ \t\n\u{a0}é\u{200b}\0]", after in "[!-~&&[^\"'`]]{1,9}") {
            prop_assume!(!before.eq_ignore_ascii_case("bearer"));
            let is_blank = wrong.chars().all(|c| c.is_whitespace() || c.is_control());
            let expected = if is_blank { SecretError::Blanks } else { SecretError::Foreign };
            prop_assert_eq!(Secret::parse(&format!("{before}{wrong}{after}")), Err(expected));
        }

        #[test]
        fn debug_never_shows_it(token in "[A-Za-z0-9]{8,80}") {
            let shown = format!("{:?}", Secret::new(token.clone()));
            prop_assert!(!shown.contains(&token));
        }
    }
}
