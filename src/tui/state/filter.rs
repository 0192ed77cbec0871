//! Filters of lists: which texts match, how well, and at which characters.
//!
//! The words of a filter match as parts of a text, in any order. Only where no text of a list has all of them, their
//! letters may be scattered.

use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use crate::text::terminal_text::nfc;

/// The way in which the words of a filter match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Closeness {
    #[default]
    Words,
    Letters,
}

/// A parsed filter. All words have to match, in any case; an ASCII word also matches letters with accents. Words in quotes
/// are one, as in `"daily sales"`, and never scattered.
pub(super) struct Filter {
    words: Vec<Word>,
    matcher: Matcher,
}

struct Word {
    text: Utf32String,
    is_quoted: bool,
}

impl Filter {
    pub(super) fn new(text: &str) -> Self {
        let text = nfc(text).to_lowercase();
        let word = |text: &str, is_quoted| Word { text: Utf32String::from(text), is_quoted };
        let mut words = Vec::new();
        for (at, part) in text.split('"').enumerate() {
            match at % 2 {
                0 => words.extend(part.split_whitespace().map(|part| word(part, false))),
                _ => words.push(word(part, true)),
            }
        }
        Self { words, matcher: Matcher::new(Config::DEFAULT) }
    }

    /// How well a text matches; `None` if it does not.
    pub(super) fn score(&mut self, text: &Utf32String, by: Closeness) -> Option<u32> {
        let mut score = 0;
        for Word { text: word, is_quoted } in &self.words {
            self.matcher.config.normalize = matches!(word, Utf32String::Ascii(_));
            let (text, word) = (text.slice(..), word.slice(..));
            score += u32::from(match by {
                // Finding the optimal match costs many times as much.
                Closeness::Letters if !is_quoted => self.matcher.fuzzy_match_greedy(text, word),
                _ => self.matcher.substring_match(text, word),
            }?);
        }
        Some(score)
    }

    /// The matching characters of a text. A word that does not match has none, as where a list shows less than it
    /// searches.
    pub(super) fn matching(&mut self, text: Utf32Str<'_>, by: Closeness) -> Vec<u32> {
        let mut found = Vec::new();
        for Word { text: word, is_quoted } in &self.words {
            self.matcher.config.normalize = matches!(word, Utf32String::Ascii(_));
            let _ = match by {
                Closeness::Letters if !is_quoted => self.matcher.fuzzy_indices(text, word.slice(..), &mut found),
                _ => self.matcher.substring_indices(text, word.slice(..), &mut found),
            };
        }
        found
    }
}
