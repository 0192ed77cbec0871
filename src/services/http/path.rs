//! Builds URL paths from names that a person or a service has given.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Encodes all but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// No gateway decodes more often.
const MOST_DECODINGS: usize = 5;

/// A name without a valid URL: empty, with NUL or a line break, or with a part that leads to another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unaddressable(pub(crate) String);

/// `/a/b%20c` from `a` and `b c`.
///
/// # Errors
///
/// A part is empty, or is or contains `.` or `..` between slashes: clients, gateways and servers resolve these, encoded
/// or not, and the call would reach another path (RFC 3986, 6.2.2.3). Or it has NUL or a line break: some servers read
/// a name only up to there.
pub(crate) fn path<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<String, Unaddressable> {
    let mut path = String::new();
    for part in parts {
        if leads_elsewhere(part) {
            return Err(Unaddressable(part.to_owned()));
        }
        path.push('/');
        path.extend(utf8_percent_encode(part, ENCODED));
    }
    Ok(path)
}

/// Encodes a value of a query, or of a login.
pub(crate) fn value(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Finds parts that are empty, or that something on the way would resolve. Files of an archive have slashes in their
/// names, so each piece between slashes is checked, and its percent-decoded forms too.
fn leads_elsewhere(part: &str) -> bool {
    let mut decoded = part.to_owned();
    for _ in 0..MOST_DECODINGS {
        if decoded.contains(['\0', '\r', '\n'])
            || decoded.split(['/', '\\']).any(|piece| matches!(piece.trim(), "" | "." | ".."))
        {
            return true;
        }
        let again = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if again == decoded {
            return false;
        }
        decoded = again;
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::Url;

    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_gets_no_address() {
        for name in [
            "",
            " ",
            ".",
            "..",
            "%2e",
            "%2E%2e",
            ".%2e",
            "%252e%252e",
            "../x",
            "x/..",
            "x/../y",
            "..\\x",
            "/x",
            "x/",
            "x//y",
            "%2f",
            "a%2F..%2Fb",
            "%5c..",
            "%25252525252e",
            "a\0b",
            "a%00b",
            "a%250ab",
        ] {
            assert_eq!(path(["acme", name]), Err(Unaddressable(name.to_owned())), "{name}");
        }
        for (name, encoded) in [
            ("a b&c/é.csv", "a%20b%26c%2F%C3%A9.csv"),
            ("...", "..."),
            (".hidden", ".hidden"),
            ("100%.csv", "100%25.csv"),
            ("a\\b.csv", "a%5Cb.csv"),
            ("50%25.csv", "50%2525.csv"),
        ] {
            assert_eq!(path([name]), Ok(format!("/{encoded}")));
        }
    }

    proptest! {
        #[test]
        fn an_address_has_the_parts_that_it_was_built_from(parts in proptest::collection::vec(r"([.%2eEfF5cC/\\]|\PC){0,6}", 1..4)) {
            if let Ok(path) = path(parts.iter().map(String::as_str)) {
                let url = Url::parse(&format!("https://host.example{path}")).unwrap();
                prop_assert_eq!(url.path(), &path);
                let read: Vec<String> = url.path_segments().unwrap()
                    .map(|segment| percent_decode_str(segment).decode_utf8().unwrap().into_owned()).collect();
                prop_assert_eq!(read, parts);
            }
        }
    }
}
