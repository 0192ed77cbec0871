//! A string that does not print: tokens, client secrets.

use std::fmt;

use zeroize::Zeroizing;

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
            let shorter = text
                .trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`'))
                .trim_start_matches('\u{feff}');
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
        fn debug_never_shows_it(token in "[A-Za-z0-9]{8,80}") {
            let shown = format!("{:?}", Secret::new(token.clone()));
            prop_assert!(!shown.contains(&token));
        }
    }
}
