//! Tells by its form what may be a secret that this program does not know: one that a service repeats, or that was
//! entered where something else belongs.

use uuid::Uuid;

/// No token of either service is shorter; an id is (36 characters).
const SHORTEST_TOKEN: usize = 40;
/// A word of a host or an id that has as many characters, with digits among them, is none that people have given.
const LONGEST_WORD: usize = 31;
/// The same of one with capitals and small letters mixed.
const LONGEST_MIXED: usize = 19;

/// Tells whether a text that was given as a host, an address or an id may be a secret in the wrong place. It must not be
/// repeated, and is sent nowhere: looking up a host tells its name to every resolver on the way.
pub(crate) fn may_be_secret(text: &str) -> bool {
    text.contains("eyJ")
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
            let (digit, small, capital) =
                (has(u8::is_ascii_digit), has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
            digit && (word.len() > LONGEST_WORD || (small && capital && word.len() > LONGEST_MIXED))
        })
}

/// A line in which `…` stands for all that may be a token that the service repeats, which must get to no screen, history
/// or log.
pub(crate) fn masked_by_shape(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_of_token) {
        let run = &rest[start..];
        let run = &run[..run.find(|c| !is_of_token(c)).unwrap_or(run.len())];
        shown.push_str(&rest[..start]);
        mask(run, &mut shown);
        rest = &rest[start + run.len()..];
    }
    shown.push_str(rest);
    shown
}

/// The characters of a token (RFC 6750, 2.1), and what stands for one of them in an address.
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=' | '%')
}

/// Appends characters of tokens to `shown`, masked where they are as many as a token has. The id of a DataSet, which may
/// stand in an address, is told, and so is a word, which has no digit.
fn mask(run: &str, shown: &mut String) {
    let mut piece = |text: &str| {
        let may_be_token = text.len() >= SHORTEST_TOKEN && text.contains(|c: char| c.is_ascii_digit());
        shown.push_str(if may_be_token { "…" } else { text });
    };
    let mut rest = run;
    while let Some((before, id, after)) = around_id(rest) {
        piece(before);
        piece(id);
        rest = after;
    }
    piece(rest);
}

/// The first id of a DataSet in characters of tokens, with what stands around it, if it stands there for itself.
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
    use super::*;

    #[test]
    fn a_secret_is_told_from_hosts_and_ids() {
        use crate::sandbox::samples::{CLIENT_SECRET, DEVELOPER_TOKEN, EXPIRED, NON_OWNER_DEVELOPER_TOKEN, READ_WRITE};
        for secret in [CLIENT_SECRET, DEVELOPER_TOKEN, EXPIRED, NON_OWNER_DEVELOPER_TOKEN, READ_WRITE] {
            assert!(may_be_secret(secret), "{secret}");
            assert!(may_be_secret(&format!("https://{secret}.domo.com/x")), "{secret}");
        }
        for plain in [
            "acme",
            "https://acme-analytics-2024-partners.demo.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4",
            "vpce-0a1b2c3d4e5f67890-abcdefgh.execute-api.us-east-1.vpce.amazonaws.com",
            "acme-analytics/sales-2024-q4-by-region-and-product-line",
            "[2001:db8:85a3::8a2e:370:7334]:8080",
        ] {
            assert!(!may_be_secret(plain), "{plain}");
        }
    }

    #[test]
    fn a_token_is_masked_wherever_it_stands_and_what_helps_is_not() {
        let token = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kIn0.c2lnbmF0dXJl";
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
