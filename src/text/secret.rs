//! A string that does not print, for tokens and client secrets.

mod assignment;
mod client_id;
mod known;
mod shape;

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::text::unseen::is_ignorable;
pub(crate) use assignment::assigned;
pub use client_id::{ClientIdError, parse_client_id};
pub(crate) use known::{remember, remember_login};
pub(crate) use shape::{mask_named, masked_by_shape, may_be_secret};

const MASK: &str = "…";

/// Replaces known secrets, and what has the form of one, by `…`.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let (known, formed) = (known::find(text), shape::find(text, false));
    if known.is_empty() || formed.is_empty() {
        return masked(text, if known.is_empty() { &formed } else { &known });
    }
    // Two tokens may begin alike: the rest of the unknown one is found by its form.
    let mut places = [known, formed].concat();
    places.sort_unstable_by_key(|place| place.start);
    places.dedup_by(|next, last| {
        let overlaps = next.start <= last.end;
        last.end = if overlaps { last.end.max(next.end) } else { last.end };
        overlaps
    });
    masked(text, &places)
}

/// Remembers possible secrets among the arguments, to mask them from now on: many messages repeat arguments.
pub(crate) fn remember_arguments() {
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy();
        // Hexadecimal digits within a path are a commit or a checksum, and as an argument of their own a token.
        let is_path = argument.contains(['/', '\\', '.']);
        shape::find(&argument, !is_path).into_iter().for_each(|range| remember(&argument[range]));
    }
}

fn masked<'a>(text: &'a str, places: &[Range<usize>]) -> Cow<'a, str> {
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut kept) = (String::new(), 0);
    for place in places {
        shown.push_str(&text[kept..place.start]);
        shown.push_str(MASK);
        kept = place.end;
    }
    shown.push_str(&text[kept..]);
    Cow::Owned(shown)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    Empty,
    /// Something else was pasted, or along with it.
    Blanks,
    /// A character that no header and no token can hold.
    Foreign,
    /// A line of a script or of an env file.
    Assignment(&'static str),
}

/// A token or a client secret. It is wiped from memory when dropped, and neither `Debug` nor any serializer shows it.
#[derive(Clone, Default, PartialEq, Eq, derive_more::Debug)]
#[debug("Secret(…)")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Cleans a pasted text of blanks and line breaks around it, quotes, and a leading `Bearer `.
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

    /// As [`Secret::from_paste`], for a complete secret: from now on it is masked wherever text leaves the program.
    ///
    /// # Errors
    ///
    /// It cannot be a token or a client secret.
    pub fn parse(pasted: &str) -> Result<Self, SecretError> {
        let secret = Self::from_paste(pasted);
        secret.check()?;
        remember(secret.expose());
        Ok(secret)
    }

    /// Checks that this can be a token or a client secret. None has a blank, or a character that is not ASCII.
    pub fn check(&self) -> Result<(), SecretError> {
        if let Some(name) = assigned(self.expose()) {
            return Err(SecretError::Assignment(name));
        }
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

    /// The number of characters, which may be shown.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn push(&mut self, c: char) {
        self.0.push(c);
    }

    pub fn pop(&mut self) {
        self.0.pop();
    }
}

/// Characters around a pasted token that cannot be a part of it: quotes and invisible characters.
fn is_around(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’') || is_ignorable(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_user_of_a_proxy_without_a_password_is_no_secret() {
        known::remember_login("quarterly", "");
        assert_eq!(mask("Quarterly: north.csv"), "Quarterly: north.csv");
    }

    proptest! {
        #[test]
        fn extras_around_a_pasted_token_are_removed(token in "[A-Za-z0-9._-]{8,80}", around in "[ \t\r\n\"'`]{0,5}", scheme in "|Bearer |bearer |BEARER  ") {
            let pasted = format!("{around}{scheme}{around}{token}{around}");
            let secret = Secret::from_paste(&pasted);
            prop_assert_eq!(secret.expose(), token);
        }

        #[test]
        fn text_that_cannot_be_sent_is_not_a_secret(before in "[!-~&&[^\"'`]]{1,9}", wrong in "[ \t\n\u{a0}é\u{200b}\0]", after in "[!-~&&[^\"'`]]{1,9}") {
            prop_assume!(!before.eq_ignore_ascii_case("bearer"));
            let is_blank = wrong.chars().all(|c| c.is_whitespace() || c.is_control());
            let expected = if is_blank { SecretError::Blanks } else { SecretError::Foreign };
            prop_assert_eq!(Secret::parse(&format!("{before}{wrong}{after}")), Err(expected));
        }

        #[test]
        fn debug_never_shows_a_secret(token in "[A-Za-z0-9]{8,80}") {
            let shown = format!("{:?}", Secret::new(token.clone()));
            prop_assert!(!shown.contains(&token));
        }
    }
}
