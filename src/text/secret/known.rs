//! Masks the secrets that this program holds wherever text leaves it. A service may repeat a token in its error, in
//! part of a name, or in an address: whole or in part, in other case, split by blanks, line ends or invisible
//! characters, percent-encoded. No length or form tells every token from a word.
//!
//! A secret is kept as keyed hashes of its parts, so that remembering it makes no further copy. Each part of a text is
//! hashed alike, without separators, escapes and capitals. A masked text is for the eye: no code decides by it.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use zeroize::Zeroize as _;

use crate::text::unseen::{is_blank, is_ignorable};

/// Shorter ones are words: masking them would black out ordinary text.
const SHORTEST: usize = 8;
/// The shortest part of a secret that is known. A part that is letters of one case, which may be words, has to be
/// `WORDS` long.
const PART: usize = 12;
const WORDS: usize = 24;
/// The filter's size in bits; it passes over most of a text without hashing it.
const BITS: usize = 1 << 16;

#[derive(Debug, Default)]
struct Known {
    key: RandomState,
    /// Whole secrets, to add each once.
    secrets: HashSet<u64>,
    /// Whole short secrets and parts of long ones, by their lengths in bytes.
    parts: BTreeMap<usize, HashSet<u64>>,
    /// A bit for the beginning of each part.
    begins: Vec<u64>,
}

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Remembers a secret for as long as this process lives: a message about it may be shown after it has been dropped.
/// Ignores words, as some passwords are.
pub(crate) fn remember(secret: &str) {
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// Remembers the login of a proxy. A password that may be a word is known only after its user.
pub(crate) fn remember_login(user: &str, password: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.add(password);
    if !password.is_empty() {
        let mut login = format!("{user}:{password}");
        known.add_whole(&login);
        login.zeroize();
    }
}

/// Finds remembered secrets, or parts of them, in a text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).find(text)
}

impl Known {
    fn add(&mut self, secret: &str) {
        let mut bare = Bare::from_text(secret);
        if stands_out(&bare.bytes) {
            self.add_parts(&mut bare, |part| part.len() == WORDS || is_mixed(part));
        }
        bare.bytes.zeroize();
    }

    fn add_whole(&mut self, secret: &str) {
        let mut bare = Bare::from_text(secret);
        if bare.bytes.len() >= SHORTEST {
            self.add_parts(&mut bare, |_| false);
        }
        bare.bytes.zeroize();
    }

    /// Adds the whole secret, and those of its parts that are `telling`.
    fn add_parts(&mut self, bare: &mut Bare, telling: impl Fn(&[u8]) -> bool) {
        let ranges: Vec<Range<usize>> = [PART, WORDS]
            .into_iter()
            .filter(|length| *length < bare.bytes.len())
            .flat_map(|length| (0..=bare.bytes.len() - length).map(move |at| at..at + length))
            .filter(|range| telling(&bare.bytes[range.clone()]))
            .collect();
        bare.bytes.make_ascii_lowercase();
        if !self.secrets.insert(self.key.hash_one(bare.bytes.as_slice())) {
            return;
        }
        self.begins.resize(BITS / 64, 0);
        for range in ranges.into_iter().chain(std::iter::once(0..bare.bytes.len())) {
            let part = &bare.bytes[range];
            let bit = bit_of(beginning(part));
            self.begins[bit / 64] |= 1 << (bit % 64);
            self.parts.entry(part.len()).or_default().insert(self.key.hash_one(part));
        }
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        if self.parts.is_empty() || text.len() < SHORTEST {
            return Vec::new();
        }
        let mut bare = Bare::from_text(text);
        bare.bytes.make_ascii_lowercase();
        let mut found: Vec<Range<usize>> = Vec::new();
        for at in 0..(bare.bytes.len() + 1).saturating_sub(SHORTEST) {
            let bit = bit_of(beginning(&bare.bytes[at..]));
            if self.begins[bit / 64] & 1 << (bit % 64) == 0 {
                continue;
            }
            let Some(length) = self.longest_at(&bare.bytes[at..]) else { continue };
            let range = bare.places[at].start..bare.places[at + length - 1].end;
            match found.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => found.push(range),
            }
        }
        found
    }

    /// The length of the longest part of a secret that `bytes` begin with.
    fn longest_at(&self, bytes: &[u8]) -> Option<usize> {
        let mut fits = self.parts.range(..=bytes.len()).rev();
        fits.find_map(|(length, hashes)| hashes.contains(&self.key.hash_one(&bytes[..*length])).then_some(*length))
    }
}

/// The first bytes of a part; no part is shorter.
fn beginning(part: &[u8]) -> u64 {
    part[..SHORTEST].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The bit of a beginning: the highest bits of a product, in which all of its bytes are mixed.
fn bit_of(beginning: u64) -> usize {
    (beginning.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS.trailing_zeros())) as usize
}

/// Tells a secret from a word: it is long, or has characters of several kinds.
fn stands_out(bytes: &[u8]) -> bool {
    let is_symbol = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"-_./:@".contains(byte);
    let kinds: [&dyn Fn(&u8) -> bool; 4] =
        [&u8::is_ascii_lowercase, &u8::is_ascii_uppercase, &u8::is_ascii_digit, &is_symbol];
    let kinds = kinds.into_iter().filter(|is_kind| bytes.iter().any(is_kind)).count();
    match bytes.len() {
        WORDS.. => true,
        PART.. => kinds >= 2,
        SHORTEST.. => kinds >= 3,
        _ => false,
    }
}

fn is_mixed(part: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| part.iter().any(kind);
    has(u8::is_ascii_digit) || (has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}

/// A text without separators and escapes, with the position of each byte in the original.
#[derive(Debug, Default)]
struct Bare {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Bare {
    fn from_text(text: &str) -> Self {
        let mut decoded = Self::decoded(text);
        let bytes = std::mem::take(&mut decoded.bytes);
        let mut bare = Self { bytes: Vec::with_capacity(bytes.len()), places: Vec::with_capacity(bytes.len()) };
        let mut at = 0;
        let mut keep = |at: usize, length: usize| {
            bare.bytes.extend_from_slice(&bytes[at..at + length]);
            bare.places.extend_from_slice(&decoded.places[at..at + length]);
        };
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_ascii_graphic() || !(is_blank(c) || c.is_control() || is_ignorable(c)) {
                    keep(at, c.len_utf8());
                }
                at += c.len_utf8();
            }
            keep(at, chunk.invalid().len());
            at += chunk.invalid().len();
        }
        bare
    }

    /// Decodes percent-encoding and JSON escapes.
    fn decoded(text: &str) -> Self {
        let mut decoded = Self { bytes: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        let mut at = 0;
        while let Some(&byte) = text.as_bytes().get(at) {
            let rest = &text.as_bytes()[at..];
            let escape = match byte {
                b'%' => octet(rest).map(|(octet, length)| (char::from(octet), length, true)),
                b'\\' => escaped(rest).map(|(c, length)| (c, length, false)),
                _ => None,
            };
            match escape {
                Some((c, length, is_octet)) => {
                    let (mut utf8, octet) = ([0; 4], [u32::from(c) as u8]);
                    let bytes = if is_octet { &octet[..] } else { c.encode_utf8(&mut utf8).as_bytes() };
                    decoded.bytes.extend_from_slice(bytes);
                    decoded.places.extend(std::iter::repeat_n(at..at + length, bytes.len()));
                    at += length;
                }
                None => {
                    let length = rest.iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count() + 1;
                    decoded.bytes.extend_from_slice(&rest[..length]);
                    decoded.places.extend(std::iter::repeat_n(at..at + length, length));
                    at += length;
                }
            }
        }
        decoded
    }
}

/// A percent-encoded octet, even if encoded several times, and its length in bytes.
fn octet(bytes: &[u8]) -> Option<(u8, usize)> {
    let hex = |at: usize| {
        let digits = std::str::from_utf8(bytes.get(at..at + 2)?).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let mut at = 1;
    loop {
        let octet = hex(at)?;
        if octet != b'%' || hex(at + 2).is_none() {
            return Some((octet, at + 2));
        }
        at += 2;
    }
}

/// A character as JSON (RFC 8259, 7) or Rust's `Debug` escape it, and its length in bytes.
fn escaped(bytes: &[u8]) -> Option<(char, usize)> {
    let of_digits = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    match bytes.get(1)? {
        b'n' | b'r' | b't' | b'f' | b'b' => Some((' ', 2)),
        b'u' if bytes.get(2) == Some(&b'{') => {
            let length = bytes.iter().take(10).position(|byte| *byte == b'}')?;
            Some((of_digits(&bytes[3..length])?, length + 1))
        }
        b'u' => Some((of_digits(bytes.get(2..6)?)?, 6)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::super::{MASK, masked};
    use super::*;

    fn known(secrets: &[&str]) -> Known {
        let mut known = Known::default();
        secrets.iter().for_each(|secret| known.add(secret));
        known
    }

    impl Known {
        fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
            masked(text, &self.find(text))
        }
    }

    /// Spellings of a secret's character.
    #[derive(Debug, Clone, Copy)]
    enum Written {
        Plain,
        OtherCase,
        Before(char),
        Percent,
        PercentTwice,
        Json,
    }

    fn written() -> impl Strategy<Value = Written> {
        prop_oneof![
            10 => Just(Written::Plain),
            3 => Just(Written::OtherCase),
            3 => prop::sample::select(vec![' ', '\n', '\t', '\u{a0}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{2800}', '\u{ad}', '\u{202e}'])
                .prop_map(Written::Before),
            2 => Just(Written::Percent),
            1 => Just(Written::PercentTwice),
            1 => Just(Written::Json),
        ]
    }

    fn write(secret: &str, how: &[Written]) -> String {
        let one = |(c, how): (char, &Written)| match how {
            Written::Plain => c.to_string(),
            Written::OtherCase if c.is_uppercase() => c.to_ascii_lowercase().to_string(),
            Written::OtherCase => c.to_ascii_uppercase().to_string(),
            Written::Before(separator) => format!("{separator}{c}"),
            Written::Percent => format!("%{:02X}", u32::from(c)),
            Written::PercentTwice => format!("%25{:02x}", u32::from(c)),
            Written::Json => format!("\\u{:04x}", u32::from(c)),
        };
        secret.chars().zip(how.iter().cycle()).map(one).collect()
    }

    proptest! {
        #[test]
        fn a_known_secret_is_masked_wherever_it_stands(secret in "[!-~]{8,80}", before in ".{0,30}", after in ".{0,30}") {
            prop_assume!(stands_out(&Bare::from_text(&secret).bytes));
            let text = format!("{before} {secret} {after}");
            let masked = known(&[&secret]).mask(&text).into_owned();
            prop_assert!(!masked.contains(&secret), "{}", masked);
            prop_assert!(masked.contains(MASK));
        }

        #[test]
        fn a_part_of_a_secret_is_masked_in_any_spelling(
            secret in "[A-Za-z0-9._-]{40,90}",
            from in 0..28_usize,
            length in PART..40_usize,
            how in prop::collection::vec(written(), 1..9),
        ) {
            let part = &secret[from..(from + length).min(secret.len())];
            prop_assume!(part.as_bytes().windows(PART).all(is_mixed));
            let text = format!("«{}»", write(part, &how));
            let masked = known(&[&secret]).mask(&text).into_owned();
            // A separator in front of it stays.
            prop_assert_eq!(masked.replace(|c| is_blank(c) || is_ignorable(c), ""), format!("«{}»", MASK), "{:?}", text);
        }

        #[test]
        fn other_text_stays_as_it_is(text in ".{0,200}", secret in "[!-~]{8,40}") {
            prop_assume!(!text.contains(&secret));
            prop_assert_eq!(known(&[&secret]).mask(&text), text.as_str());
        }

        #[test]
        fn no_text_makes_the_reading_of_escapes_panic(text in "([%\\\\u{}25né0-9a-f]|\\PC){0,40}", secret in "[%\\\\un{}0-9A-F]{24,30}") {
            let known = known(&[&secret]);
            known.mask(&text);
            known.mask(&format!("{text}{secret}"));
        }
    }

    #[test]
    fn a_word_is_no_secret() {
        let known = known(&["data", "admin", "analytics", "20261130", "warehouse01", "acme-analytics"]);
        let text = "admin: analytics data of acme-analytics/warehouse01, 20261130";
        assert_eq!(known.mask(text), text);
    }

    #[test]
    fn a_password_that_is_a_word_is_known_behind_its_user() {
        let mut known = Known::default();
        known.add("data");
        known.add_whole("jdoe:data");
        assert_eq!(known.mask("http://jdoe:data@proxy, jdoe%3Adata, data of jdoe"), "http://…@proxy, …, data of jdoe");
    }

    #[test]
    fn two_adjacent_secrets_are_both_masked() {
        let known = known(&["a1B2c3D4e5F6g7", "h8I9j0K1l2M3n4"]);
        assert_eq!(known.mask("x=a1B2c3D4e5F6g7h8I9j0K1l2M3n4; y=h8I9j0K1l2M3n4!"), "x=…; y=…!");
    }

    #[test]
    fn ordinary_words_within_a_secret_are_not_masked_elsewhere() {
        let known = known(&[crate::sandbox::samples::DEVELOPER_TOKEN]);
        let text = "a developer token of the analyst, in the sandbox";
        assert_eq!(known.mask(text), text);
        assert_eq!(known.mask("DDCIsandboxdevelopertokenofana"), "…");
        assert_eq!(known.mask("tokenofanalystdf3a5b1"), "token…", "digits make it a part");
    }
}
