//! Masks the secrets that this program holds wherever text leaves it. A service may repeat a token in its error, in part of
//! a name, or in an address, and no length or form tells every token from a word.
//!
//! What is kept of a secret is its length and a keyed hash, so that remembering it makes no further copy of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{LazyLock, PoisonError, RwLock};

/// Shorter ones are words: masking them would black out ordinary text.
const SHORTEST: usize = 8;
/// Stands where a secret was.
const MASK: &str = "…";

/// Hashes of secrets, by their lengths in bytes.
#[derive(Debug, Default)]
struct Known {
    key: RandomState,
    hashes: BTreeMap<usize, Vec<u64>>,
}

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Remembers a secret for as long as this process lives: a message about it may be shown after it has been dropped.
pub(crate) fn remember(secret: &str) {
    if secret.len() >= SHORTEST {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).add(secret);
    }
}

/// `text` with `…` for each secret that is remembered.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).mask(text)
}

impl Known {
    fn add(&mut self, secret: &str) {
        let hash = self.key.hash_one(secret.as_bytes());
        let of_length = self.hashes.entry(secret.len()).or_default();
        if !of_length.contains(&hash) {
            of_length.push(hash);
        }
    }

    fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(shortest) = self.hashes.keys().next().filter(|shortest| text.len() >= **shortest) else {
            return Cow::Borrowed(text);
        };
        let bytes = text.as_bytes();
        let (mut shown, mut kept, mut at) = (String::new(), 0, 0);
        while at + shortest <= bytes.len() {
            // Secrets are ASCII without blanks, so most of a sentence is passed over a word at a time.
            let run = bytes[at..].iter().take_while(|byte| byte.is_ascii_graphic()).count();
            if run < *shortest {
                at += run + 1;
                continue;
            }
            match self.longest_at(&bytes[at..at + run]) {
                Some(length) => {
                    shown.push_str(&text[kept..at]);
                    shown.push_str(MASK);
                    at += length;
                    kept = at;
                }
                None => at += 1,
            }
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        shown.push_str(&text[kept..]);
        Cow::Owned(shown)
    }

    /// The length of the longest secret that `bytes` begin with.
    fn longest_at(&self, bytes: &[u8]) -> Option<usize> {
        let fits = self.hashes.range(..=bytes.len()).rev();
        let found = |(length, hashes): (&usize, &Vec<u64>)| {
            hashes.contains(&self.key.hash_one(&bytes[..*length])).then_some(*length)
        };
        fits.into_iter().find_map(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(secrets: &[&str]) -> Known {
        let mut known = Known::default();
        secrets.iter().for_each(|secret| known.add(secret));
        known
    }

    proptest! {
        #[test]
        fn a_known_secret_is_masked_wherever_it_stands(secret in "[!-~]{8,80}", before in ".{0,30}", after in ".{0,30}") {
            let text = format!("{before}{secret}{after}");
            let masked = known(&[&secret]).mask(&text).into_owned();
            prop_assert!(!masked.contains(&secret), "{}", masked);
            prop_assert!(masked.contains(MASK));
        }

        #[test]
        fn other_text_stays_as_it_is(text in ".{0,200}", secret in "[!-~]{8,40}") {
            prop_assume!(!text.contains(&secret));
            prop_assert_eq!(known(&[&secret]).mask(&text), text.as_str());
        }
    }

    #[test]
    fn the_longest_of_two_secrets_goes() {
        let known = known(&["12345678", "1234567890"]);
        assert_eq!(known.mask("a=1234567890, b=12345678x"), "a=…, b=…x");
    }
}
