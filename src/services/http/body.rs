//! Reads bodies within bounds: the JSON of a success, and any body of an error.

use std::time::{Duration, SystemTime};

use reqwest::Response;
use reqwest::header::{LOCATION, RETRY_AFTER};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{ApiError, Broken, Call, failed, media_type, objects};
use crate::text::secret::masked_by_shape;

/// The largest JSON answer that is read. A page of 100 datasets with all their files is far smaller.
const LARGEST_JSON: usize = 32 << 20;
/// The part of an error's body that is read.
const LARGEST_ERROR: usize = 64 << 10;
/// The wait for an error's body: the status is known already, and more important.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The part of a service's own words that is shown.
const LONGEST_MESSAGE: usize = 300;

/// Refuses HTML with status 200: a login page or a proxy has answered, not the service.
pub(super) fn check_service(call: Call, response: &Response) -> Result<(), ApiError> {
    match media_type(response) {
        page if page == "text/html" => Err(call.error(Some(response.url()), Broken::NotTheService(page))),
        _ => Ok(()),
    }
}

pub(super) async fn json<T: DeserializeOwned>(call: Call, response: Response) -> Result<T, ApiError> {
    check_service(call, &response)?;
    let url = response.url().clone();
    let error = |broken| call.error(Some(&url), broken);
    let bytes = match read(call, response, LARGEST_JSON).await? {
        (bytes, true) => bytes,
        (_, false) => return Err(error(Broken::Unreadable("the answer is larger than 32 MB".to_owned()))),
    };
    parse(&bytes).map_err(error)
}

pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Broken> {
    // The library's own message quotes the answer, which may contain a token.
    from_json(bytes).map_err(|reason| {
        let kind = match reason.classify() {
            Category::Data => "is not what the service documents",
            Category::Io | Category::Syntax | Category::Eof => "is not JSON",
        };
        Broken::Unreadable(format!("it {kind} (line {}, column {})", reason.line(), reason.column()))
    })
}

/// Parses JSON. Broken characters, as half a surrogate pair (`\ud800`) or invalid UTF-8, become U+FFFD: a service may
/// cut a name anywhere.
fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes).or_else(|error| match error.classify() {
        Category::Syntax => serde_json::from_str(&with_whole_characters(bytes)),
        Category::Data | Category::Eof | Category::Io => Err(error),
    })
}

/// Replaces each broken character by U+FFFD.
fn with_whole_characters(json: &[u8]) -> String {
    let json = String::from_utf8_lossy(json);
    let (mut whole, mut rest) = (String::with_capacity(json.len()), &*json);
    // Backslashes occur in strings only.
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let unit = |at: usize| u16::from_str_radix(escape.get(at..at + 6)?.strip_prefix("\\u")?, 16).ok();
        let (written, length) = match (unit(0), unit(6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (&escape[..12], 12),
            (Some(0xD800..=0xDFFF), _) => ("\u{fffd}", 6),
            // The backslash escapes one character, of whatever length.
            _ => {
                let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                (&escape[..length], length)
            }
        };
        whole.push_str(written);
        rest = &escape[length..];
    }
    whole + rest
}

/// Reads an unsuccessful answer.
pub(super) async fn refusal(call: Call, response: Response) -> ApiError {
    let (url, status) = (response.url().clone(), response.status());
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let broken = if status.is_redirection() {
        let target = header(LOCATION).and_then(|to| response.url().join(to).ok());
        Broken::Redirect(super::host(target.as_ref()))
    } else {
        let retry_after = header(RETRY_AFTER).and_then(|text| parse_retry_after(text, SystemTime::now()));
        let is_html = media_type(&response) == "text/html";
        // A service in trouble may leave its error unfinished, and the connection open.
        let body = match tokio::time::timeout(LONGEST_WAIT, read(call, response, LARGEST_ERROR)).await {
            Ok(Ok((bytes, _))) if !is_html => read_error_body(&bytes),
            _ => ErrorBody::default(),
        };
        Broken::Status { code: status.as_u16(), message: body.message, support_id: body.support_id, retry_after }
    };
    call.error(Some(&url), broken)
}

/// Reads at most `most` bytes; `true` if that was all.
async fn read(call: Call, mut response: Response, most: usize) -> Result<(Vec<u8>, bool), ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(call, &error))? {
        let room = most - bytes.len();
        if chunk.len() > room {
            bytes.extend_from_slice(&chunk[..room]);
            return Ok((bytes, false));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, true))
}

#[derive(Debug, Default, PartialEq)]
struct ErrorBody {
    message: Option<String>,
    support_id: Option<String>,
}

/// Reads an error's body. Domo and data.world answer JSON of several shapes; a proxy in front of them may answer
/// anything (data.world's own clients are prepared for that).
fn read_error_body(bytes: &[u8]) -> ErrorBody {
    #[derive(Default, Deserialize)]
    #[serde(default, remote = "Self")]
    struct Body {
        message: Option<serde_json::Value>,
        error_description: Option<serde_json::Value>,
        #[serde(rename = "statusReason")]
        status_reason: Option<serde_json::Value>,
        error: Option<serde_json::Value>,
        details: Option<serde_json::Value>,
        /// Domo: "Thread of Execution", for its support.
        toe: Option<serde_json::Value>,
    }
    objects!(Body);
    let text = |value: Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => clean_message(&text),
        _ => None,
    };
    if let Ok(body) = from_json::<Body>(bytes) {
        let message = [body.message, body.error_description, body.status_reason, body.error].into_iter().find_map(text);
        return ErrorBody { message, support_id: text(body.toe).or(text(body.details)) };
    }
    let plain = String::from_utf8_lossy(bytes);
    let is_markup = plain.trim_start().starts_with(['<', '{', '[']);
    ErrorBody { message: if is_markup { None } else { clean_message(&plain) }, support_id: None }
}

/// A service's own words on one line, without control characters, shortened.
fn clean_message(text: &str) -> Option<String> {
    let line = masked_by_shape(crate::text::terminal_text::printable(text).trim());
    let short: String = line.chars().take(LONGEST_MESSAGE).collect();
    (!short.is_empty()).then_some(short)
}

/// `Retry-After`: seconds, with fractions from some services, or a date (RFC 9110, 10.2.3).
fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds = text.parse().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said_of(text: &str) -> (Option<String>, Option<String>) {
        let body = read_error_body(text.as_bytes());
        (body.message, body.support_id)
    }

    #[test]
    fn both_services_errors_are_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            said_of(r#"{"code":404,"message":"No such entity exists.","details":"b6267b6a"}"#),
            (some("No such entity exists."), some("b6267b6a"))
        );
        assert_eq!(
            said_of(r#"{"status":400,"statusReason":"Bad Request","message":"Infrastructure problem","toe":"CA6JI"}"#),
            (some("Infrastructure problem"), some("CA6JI"))
        );
        assert_eq!(
            said_of(r#"{"error":"invalid_token","error_description":"Cannot convert"}"#).0,
            some("Cannot convert")
        );
        assert_eq!(said_of(r#"{"status":403,"toe":"694M4"}"#), (None, some("694M4")));
        let token = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kIn0.c2lnbmF0dXJl";
        assert_eq!(
            said_of(&format!(r#"{{"message":"Token {token}, is expired, of 845305d8-da3d-4107-a9d6-13ef3f86d4a4."}}"#))
                .0,
            some("Token …, is expired, of 845305d8-da3d-4107-a9d6-13ef3f86d4a4.")
        );
        assert_eq!(said_of("<html><h1>Bad gateway"), (None, None));
        assert_eq!(said_of("upstream\u{1b}[2J gone\n"), (some("upstream\u{fffd}[2J gone"), None));
        assert_eq!(said_of(""), (None, None));
    }

    #[test]
    fn a_broken_character_does_not_make_an_answer_unreadable() {
        let read = |json: &[u8]| from_json::<Vec<String>>(json).ok();
        for (json, text) in [
            (r#"["a","x\ud800"]"#, "x\u{fffd}"),
            (r#"["a","\ud800\ud800\udc00\udc00y"]"#, "\u{fffd}\u{10000}\u{fffd}y"),
            (r#"["a","\uDFFF\\ud800\n"]"#, "\u{fffd}\\ud800\n"),
            (r#"["a","\\\ud800\u00e9"]"#, "\\\u{fffd}é"),
        ] {
            assert_eq!(read(json.as_bytes()), Some(vec!["a".to_owned(), text.to_owned()]), "{json}");
        }
        assert_eq!(read(b"[\"a\",\"Jos\xe9\"]"), Some(vec!["a".to_owned(), "Jos\u{fffd}".to_owned()]));
        for none in
            [r#"["\ud800"#, r#"["\ud8"]"#, r#"["\x"]"#, r#"["\u+123"]"#, "\\", r"\ud800", "[\"\\é\"]", "[\"\\u00é0\"]"]
        {
            assert_eq!(read(none.as_bytes()), None, "{none}");
        }
        assert_eq!(
            said_of(r#"{"message":"No \ud800.","toe":"A1"}"#),
            (Some("No \u{fffd}.".to_owned()), Some("A1".to_owned()))
        );
        assert_eq!(said_of(r#"["a","b","c"]"#), (None, None));
    }

    proptest! {
        #[test]
        fn valid_json_is_not_changed(text in ".{0,20}") {
            let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            for json in [serde_json::to_string(&[&text]).unwrap(), format!("[\"{escaped}\"]")] {
                prop_assert_eq!(&with_whole_characters(json.as_bytes()), &json);
            }
        }

        #[test]
        fn any_units_of_utf_16_are_a_text(units in proptest::collection::vec(prop_oneof![0xD7FEu16..0xE002, any::<u16>()], 0..12)) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let read: Vec<String> = from_json(format!("[\"{escaped}\"]").as_bytes()).unwrap();
            prop_assert_eq!(&read[0], &String::from_utf16_lossy(&units));
        }
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        assert_eq!(parse_retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 12:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(
            parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now).map(|wait| wait > Duration::from_secs(1 << 37)),
            Some(true)
        );
        assert_eq!(parse_retry_after(" 1.5 ", now), Some(Duration::from_millis(1_500)));
        assert_eq!(parse_retry_after("0", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after(&"9".repeat(30), now), Some(Duration::MAX));
        for none in ["soon", "", "-5", ".", "1e9", "inf", "NaN", "1,5", "1.2.3"] {
            assert_eq!(parse_retry_after(none, now), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn no_token_is_ever_shown(before in ".{0,40}", token in "[A-Za-z0-9._~+/=%-]{20,100}[0-9][A-Za-z0-9._~+/=%-]{20,100}", after in ".{0,40}") {
            let shown = clean_message(&format!("{before}{token}{after}")).unwrap_or_default();
            prop_assert!(!token.as_bytes().windows(20).any(|part| shown.contains(&*String::from_utf8_lossy(part))), "{shown}");
        }
    }
}
