//! Tells by its form what may be a secret that this program does not know: one that a service repeats, or that was
//! entered where something else belongs.
//!
//! These are taken for secrets:
//! - a JSON Web Token, as data.world's tokens and those of Domo's clients are: its header is JSON, which begins `eyJ` in
//!   base64url (RFC 7519);
//! - an access token of Domo's: `DDCI`, then letters and digits;
//! - 32 or more letters and digits in one piece, in which capitals, small letters and digits change as often as they do by
//!   chance. In names they come in words and years;
//! - 40 or more hexadecimal digits in one piece, as in the secrets of Domo's clients, which have 64, but only where a person
//!   names something: a service also shows checksums.
//!
//! An id of a data.world dataset may have 95 small letters and digits, and is none of these; neither is a UUID, such as
//! that of a DataSet or a request, or the name of a file.

use std::borrow::Cow;
use std::ops::Range;

use uuid::Uuid;

use super::MASK;

/// The shortest part of a JSON Web Token that is taken for one; a whole header has 20 characters.
const SHORTEST_JWT: usize = 16;
/// The longest header of a JSON Web Token that is looked for within a word.
const LONGEST_HEADER: usize = 1024;
/// The shortest access token of Domo's; they have over 40 characters.
const SHORTEST_DDCI: usize = 24;
/// The shortest random text, and the digits of hexadecimal ones.
const SHORTEST_RANDOM: usize = 32;
const SHORTEST_HEX: usize = 40;
/// No token that a service repeats is shorter.
const SHORTEST_REPEATED: usize = 40;

/// Tells if a name, host, address or id that a person gave may be a misplaced secret. Such a text must not be repeated
/// or sent: looking up a host tells its name to every resolver on the way.
pub(crate) fn may_be_secret(text: &str) -> bool {
    !find(text, true).is_empty()
}

/// Masks possible secrets by `…` in a text that repeats what a person has named: see [`may_be_secret`].
pub(crate) fn mask_named(text: &str) -> Cow<'_, str> {
    super::masked(text, &find(text, true))
}

/// Finds possible secrets in a text. `is_named` applies the stricter rules for what a person has named.
pub(super) fn find(text: &str, is_named: bool) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(skipped) = bytes[at..].iter().position(u8::is_ascii_alphanumeric) {
        let mut start = at + skipped;
        let end = end_of(bytes, start, |byte| byte.is_ascii_alphanumeric());
        // A percent-encoded octet is not part of the word behind it.
        if start > 0 && bytes[start - 1] == b'%' && bytes[start..end].iter().take(2).all(u8::is_ascii_hexdigit) {
            start = (start + 2).min(end);
        }
        let word = &text[start..end];
        let secret = jwt(text, start..end).or_else(|| is_secret(word, is_named).then_some(start..end));
        at = secret.as_ref().map_or(end, |secret| secret.end);
        found.extend(secret);
    }
    found
}

/// The end of the run of bytes that begins at `start`.
fn end_of(bytes: &[u8], start: usize, belongs: impl Fn(&u8) -> bool) -> usize {
    start + bytes[start..].iter().take_while(|byte| belongs(byte)).count()
}

/// A JSON Web Token, or its beginning, in a word and the text after it.
fn jwt(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    if word.len() < 8 {
        return None;
    }
    let start = word.start + text[word.clone()].find("eyJ")?;
    // `Survey January` may be one word too, so within a word only a header with its payload counts. A header is short, and
    // looking no further keeps the time linear.
    let header = &text.as_bytes()[start..text.len().min(start + LONGEST_HEADER)];
    if start != word.start && !header.windows(4).any(|bytes| bytes == b".eyJ") {
        return None;
    }
    let end = end_of(text.as_bytes(), start, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let token = text[start..end].trim_end_matches('.');
    let is_token = token.len() >= SHORTEST_JWT && (start == word.start || token.contains(".eyJ"));
    is_token.then(|| start..start + token.len())
}

fn is_secret(word: &str, is_named: bool) -> bool {
    (word.len() >= SHORTEST_DDCI && word.starts_with("DDCI"))
        || (word.len() >= SHORTEST_RANDOM && is_random(word))
        || (is_named && word.len() >= SHORTEST_HEX && is_hex(word))
}

fn is_hex(word: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
    word.bytes().all(|byte| byte.is_ascii_hexdigit()) && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// Tells if capitals, small letters and digits change as often as by chance, which is 4 to 5 times in 10 characters;
/// names have at most 3 changes, and those with so many have two numbers. A capital that begins a word is not a change.
fn is_random(word: &str) -> bool {
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let pairs = || word.as_bytes().windows(2).map(|pair| (kind(pair[0]), kind(pair[1])));
    let (capital, small) = ((false, true), (false, false));
    let changes = pairs().filter(|(one, next)| one != next && (*one, *next) != (capital, small)).count();
    let numbers = pairs().filter(|((was_digit, _), (is_digit, _))| !was_digit && *is_digit).count();
    let has_both = [u8::is_ascii_uppercase, u8::is_ascii_lowercase].iter().all(|kind| word.as_bytes().iter().any(kind));
    has_both && numbers >= 3 && changes * 10 >= word.len() * 3
}

/// Masks by `…` every possible token in a service's line before it gets to a screen, history or log.
pub(crate) fn masked_by_shape(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_of_token) {
        let run = &rest[start..];
        let run = &run[..run.find(|c| !is_of_token(c)).unwrap_or(run.len())];
        shown.push_str(&rest[..start]);
        mask_run(run, &mut shown);
        rest = &rest[start + run.len()..];
    }
    shown.push_str(rest);
    shown
}

/// The characters of a token (RFC 6750, 2.1), and their escapes in an address.
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=' | '%')
}

/// Appends token characters to `shown`, masked if there are as many as in a token. DataSet ids, which may stand in an
/// address, stay, and so do words, which have no digit.
fn mask_run(run: &str, shown: &mut String) {
    let mut piece = |text: &str| {
        let may_be_token = text.len() >= SHORTEST_REPEATED && text.contains(|c: char| c.is_ascii_digit());
        shown.push_str(if may_be_token { MASK } else { text });
    };
    let mut rest = run;
    while let Some((before, id, after)) = around_id(rest) {
        piece(before);
        piece(id);
        rest = after;
    }
    piece(rest);
}

/// The first id of a DataSet in a run of token characters, with the text around it, if it stands by itself.
fn around_id(run: &str) -> Option<(&str, &str, &str)> {
    const LENGTH: usize = 36;
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+'));
    (0..=run.len().checked_sub(LENGTH)?).find_map(|at| {
        let (before, id, after) = (&run[..at], &run[at..at + LENGTH], &run[at + LENGTH..]);
        let stands_alone = edge(before.chars().next_back()) && edge(after.chars().next());
        (stands_alone && Uuid::try_parse(id).is_ok()).then_some((before, id, after))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sandbox::samples::{
        ADMIN, ADMIN_DEVELOPER_TOKEN, CLIENT_SECRET, DEVELOPER_TOKEN, EXPIRED, NON_OWNER_DEVELOPER_TOKEN, READ_ONLY,
        READ_WRITE,
    };

    fn mask(text: &str) -> Cow<'_, str> {
        crate::text::secret::masked(text, &find(text, false))
    }

    const TOKENS: [&str; 7] =
        [READ_WRITE, READ_ONLY, ADMIN, EXPIRED, DEVELOPER_TOKEN, ADMIN_DEVELOPER_TOKEN, NON_OWNER_DEVELOPER_TOKEN];

    proptest! {
        #[test]
        fn a_token_is_masked_whatever_stands_around_it(
            token in 0..TOKENS.len(),
            before in "[a-zé ]{0,9}[ /:=`\"'@(]|%20|",
            after in "[ /:`\"',);@]\\PC{0,9}|\\.?",
        ) {
            let masked = mask(&format!("{before}{}{after}", TOKENS[token])).into_owned();
            let (start, end) = (mask(&before).into_owned(), mask(&after).into_owned());
            prop_assert_eq!(masked, format!("{}{}{}", start, MASK, end));
        }

        #[test]
        fn ids_names_and_sentences_stay_as_they_are(
            id in "[a-z0-9]{3,95}|[a-z0-9]{1,40}(-[a-z0-9]{1,20}){1,3}",
            uuid in "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            name in "([A-Z]?[a-z]{2,9}[ _.-]?|[0-9]{4}[ _.-]?|Q[1-4]_){1,9}\\.csv",
        ) {
            prop_assume!(!is_hex(&id) && !name.contains("eyJ"));
            let text = format!("{name} of acme/{id}, request {uuid}");
            prop_assert_eq!(mask_named(&text), text.as_str());
        }
    }

    #[test]
    fn most_random_texts_are_recognized() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut text = |length: usize| (0..length).map(|_| random.alphanumeric()).collect::<String>();
        for (length, least) in [(32, 820), (40, 920), (64, 970)] {
            let told = (0..1_000).filter(|_| may_be_secret(&text(length))).count();
            assert!(told >= least, "{told} of 1000 with {length} characters");
        }
    }

    #[test]
    fn secrets_are_distinguished_from_hosts_and_ids() {
        for secret in TOKENS.into_iter().chain([CLIENT_SECRET]) {
            assert!(may_be_secret(secret), "{secret}");
            assert!(may_be_secret(&format!("https://{secret}.domo.com/x")), "{secret}");
        }
        for plain in [
            "acme",
            "https://acme-analytics-2024-partners.demo.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4",
            "vpce-0a1b2c3d4e5f67890-abcdefgh.execute-api.us-east-1.vpce.amazonaws.com",
            "acme-analytics/sales-2024-q4-by-region-and-product-line",
            "salesbyregionandproductline2024q4withreturns",
            "d41d8cd98f00b204e9800998ecf8427e",
            "[2001:db8:85a3::8a2e:370:7334]:8080",
            "SurveyJanuary2025ByRegionAndProduct.csv",
            "SalesQ4FY2024V2NorthAmericaFinal01",
            "ExportOf12MonthsRolling3RegionsTop10Customers",
        ] {
            assert!(!may_be_secret(plain), "{plain}");
        }
        assert_eq!(mask(CLIENT_SECRET), CLIENT_SECRET, "it may be a checksum");
    }

    #[test]
    fn tokens_are_masked_and_useful_ids_are_not() {
        let token = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kIn0.c2lnbmF0dXJl";
        assert_eq!(mask(&format!("No {token}.")), "No ….");
        assert_eq!(mask(&format!("token{token} is wrong")), "token… is wrong");
        assert_eq!(masked_by_shape(&format!("({token})")), "(…)");
        assert_eq!(masked_by_shape(&format!("token={token};")), "…;");
        assert_eq!(masked_by_shape("c2VjcmV0L3NlY3J/c2VjcmV0+2VjcmV0c2VjcmV0c2Vj=="), "…");
        let told = [
            "com.domo.infrastructure.exceptions.BadRequestException: no such thing",
            "No data at https://api.domo.com/v1/datasets/845305d8-da3d-4107-a9d6-13ef3f86d4a4/data.",
            "größe 845305D8-DA3D-4107-A9D6-13EF3F86D4A4, v1.2",
        ];
        for line in told {
            assert_eq!(masked_by_shape(line), line);
        }
        assert_eq!(
            masked_by_shape("x845305d8-da3d-4107-a9d6-13ef3f86d4a4-1234"),
            "…",
            "no id, for there is more of it"
        );
    }
}
