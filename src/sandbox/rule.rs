//! A [`Fault`] as a line of text, for `writeback sandbox --fault`.
//!
//! `WHERE:FAULT[=VALUE][,OPTION=VALUE]...`, such as `upload:status=429,header=Retry-After:7,times=2`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};

use super::fault::{Effect, Fault, Route};
use crate::system::files::nearest;

/// Names for common places.
const PLACES: [(&str, Route, &str); 7] = [
    ("any", Route::Any, "every request"),
    ("domo-token", Route::DomoToken, "Domo: a client signs in"),
    ("domo-dataset", Route::DomoDataSet, "Domo: the metadata of one DataSet"),
    ("export", Route::Export, "Domo: the CSV of a DataSet"),
    ("dataset", Route::Dataset, "data.world: one dataset with its files"),
    ("upload", Route::Upload, "data.world: a file is uploaded"),
    ("download", Route::Download, "data.world: a file is downloaded"),
];

const LONGEST_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Name, value (empty if it has none), an example of the value, and the effect.
const FAULTS: [(&str, &str, &str, &str); 16] = [
    ("status", "CODE", "503", "reads the request, then answers this status"),
    ("early-status", "CODE", "413", "answers this status without reading the body"),
    ("stalled-status", "CODE", "503", "answers this status and the beginning of a body, and no more"),
    (
        "csv",
        "BYTES",
        r"id\n1\n",
        r"answers this CSV; \n, \r, \t, \\ and \xE9 stand for a byte, and so does \x2C for a comma",
    ),
    ("endless-csv", "BYTES", "x", "the same, over and over without an end"),
    ("redirect", "URL", "https://example.com/", "answers 307 with this address"),
    ("delay", "TIME", "5s", "waits before it does anything else"),
    ("bandwidth", "SIZE", "100kB", "lets the body pass at this many bytes a second"),
    ("stall", "SIZE", "10kB", "lets this much of the body pass, and no more"),
    ("reset", "SIZE", "10kB", "lets this much of the body pass, then resets the connection; 0: before any answer"),
    ("cut", "SIZE", "10kB", "lets this much of the body pass, then closes the connection"),
    ("truncate", "SIZE", "10kB", "ends the body after this much, as if that were all"),
    ("close", "SIZE", "10kB", "the same as HTTP/1.0 does it, by closing the connection"),
    ("rows", "ROWS", "-3", "states or counts this many rows more or fewer than there are"),
    ("processing-error", "", "", "takes the file, then fails to process it"),
    ("late-entry", "LOOKS", "2", "takes the file, and shows the old entry at so many looks"),
];

/// Name, value, and purpose.
const OPTIONS: [(&str, &str, &str); 4] = [
    ("times", "NUMBER", "only for so many requests; if left out, for all"),
    ("header", "NAME:VALUE", "with status and early-status: one more header"),
    ("body", "TEXT", "with status and early-status: the body; it comes last, commas and all"),
    ("dated", "", "with late-entry: the date is the new one"),
];

/// Rule and purpose.
const EXAMPLES: [(&str, &str); 7] = [
    ("upload:status=429,header=Retry-After:7,times=2", "data.world refuses two uploads, and takes the third"),
    ("export:delay=5s", "Domo begins each export after five seconds"),
    ("export:stall=10kB,times=1", "an export stops in its midst, and its connection stays open"),
    ("upload:reset=1MB,times=1", "an upload loses its connection after a megabyte"),
    ("export:truncate=10kB", "an export lacks its end, and looks whole"),
    ("any:rows=-3", "Domo states and counts three rows fewer than it exports"),
    ("GET/v0/user:bandwidth=20", "whatever begins with /v0/user comes at 20 bytes a second"),
];

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The place or the fault is missing.
    #[error("a rule is WHERE:FAULT, as in `{}`", EXAMPLES[1].0)]
    Incomplete,
    /// The kind of part, its name, and the names that there are.
    #[error("there is no {} `{}`{}", .0, .1, or_known(.1, .2))]
    Unknown(&'static str, String, Vec<&'static str>),
    /// A value that is missing, superfluous or not understood.
    #[error("`{0}` is not understood; {1}")]
    Value(String, String),
    /// A header that HTTP does not allow (RFC 9110, 5.1 and 5.5). Its value is not repeated.
    #[error(
        "`{0}` cannot be a header: a name has letters, digits and -, and neither has a line break or a control character"
    )]
    Header(String),
    /// Longer than anybody waits.
    #[error("`{0}` is too long; a delay is 1440m at most, which is a day")]
    Delay(String),
    #[error("`{0}` can be given only once")]
    Twice(String),
    /// An option that does nothing with that fault.
    #[error("`{option}` does nothing with `{fault}`")]
    Option { option: String, fault: String },
    #[error("`{fault}` does nothing at `{place}`, only at `{only}`")]
    Place {
        fault: String,
        place: String,
        /// The place where it has an effect.
        only: &'static str,
    },
}

fn or_known(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; there are {}", known.join(", ")),
    }
}

impl FromStr for Fault {
    type Err = RuleError;

    fn from_str(rule: &str) -> Result<Self, RuleError> {
        let (place, rest) = rule.split_once(':').ok_or(RuleError::Incomplete)?;
        let on = route(place.trim())?;
        let mut rest = Some(rest.trim_start());
        let (name, value) = pair(&mut rest).ok_or(RuleError::Incomplete)?;
        let mut fault = Self::always(on, effect(name, value)?);
        check_place(name, place.trim(), &fault)?;
        let mut given = Vec::new();
        while let Some((option, value)) = pair(&mut rest) {
            if option != "header" && given.contains(&option) {
                return Err(RuleError::Twice(option.to_owned()));
            }
            given.push(option);
            set(&mut fault, name, option, value)?;
        }
        Ok(fault)
    }
}

/// Takes the next `NAME=VALUE` or `NAME` off a rule. A body takes the rest of the rule, with the blanks at its end.
fn pair<'a>(rest: &mut Option<&'a str>) -> Option<(&'a str, Option<&'a str>)> {
    let text = rest.take().filter(|text| !text.is_empty())?;
    let next = match text.split_once(',') {
        _ if text.starts_with("body=") => text,
        Some((next, others)) => {
            *rest = Some(others);
            next.trim_end()
        }
        None => text.trim_end(),
    };
    Some(next.split_once('=').map_or((next, None), |(name, value)| (name, Some(value))))
}

fn route(place: &str) -> Result<Route, RuleError> {
    if let Some((_, route, _)) = PLACES.iter().find(|(name, ..)| *name == place) {
        return Ok(route.clone());
    }
    let known = || PLACES.map(|(name, ..)| name).into_iter().chain(["or a path such as /v0/user or PUT/v0/uploads"]);
    let unknown = || RuleError::Unknown("place", place.to_owned(), known().collect());
    let (method, path) = place.split_at(place.find('/').ok_or_else(unknown)?);
    let method = match method.trim() {
        "" => None,
        method => Some(*METHODS.iter().find(|known| known.eq_ignore_ascii_case(method)).ok_or_else(unknown)?),
    };
    Ok(Route::Path { method, prefix: path.to_owned() })
}

fn effect(name: &str, value: Option<&str>) -> Result<Effect, RuleError> {
    let known = FAULTS.iter().find(|(known, ..)| *known == name);
    let Some((_, takes, example, _)) = known else {
        return Err(RuleError::Unknown("fault", name.to_owned(), FAULTS.map(|(name, ..)| name).to_vec()));
    };
    let wrong = || {
        let written = value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"));
        let right = match takes.is_empty() {
            true => format!("it is only `{name}`"),
            false => format!("it is {name}={takes}, as in `{name}={example}`"),
        };
        RuleError::Value(written, right)
    };
    if value.is_none() != takes.is_empty() {
        return Err(wrong());
    }
    match read(name, value.unwrap_or_default()).ok_or_else(wrong)? {
        Effect::Delay(time) if time > LONGEST_DELAY => Err(RuleError::Delay(value.unwrap_or_default().to_owned())),
        effect => Ok(effect),
    }
}

fn read(name: &str, value: &str) -> Option<Effect> {
    Some(match name {
        "status" => Effect::status(code(value)?, ""),
        "early-status" => Effect::early_status(code(value)?, ""),
        "stalled-status" => Effect::StalledStatus(code(value)?),
        "csv" => Effect::csv(unescaped(value)?),
        "endless-csv" => Effect::Csv { content: unescaped(value).filter(|bytes| !bytes.is_empty())?, endless: true },
        "redirect" => Effect::Redirect { to: value.parse::<axum::http::Uri>().ok()?.to_string() },
        "delay" => Effect::Delay(time(value)?),
        "bandwidth" => Effect::Bandwidth(size(value).filter(|rate| *rate > 0)?),
        "stall" => Effect::StallAfter(size(value)?),
        "reset" => Effect::ResetAfter(size(value)?),
        "cut" => Effect::CutAfter(size(value)?),
        "truncate" => Effect::TruncateAfter(size(value)?),
        "close" => Effect::CloseAfter(size(value)?),
        "rows" => Effect::WrongRowCount(value.parse().ok().filter(|rows| *rows != 0)?),
        "processing-error" => Effect::ProcessingError,
        "late-entry" => Effect::LateEntry { looks: value.parse().ok().filter(|looks| *looks > 0)?, dated: false },
        _ => return None,
    })
}

/// Decodes the escapes of a body.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let digit = |byte: u8| char::from(byte).to_digit(16);
                    let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                    u8::try_from(high * 16 + low).ok()?
                }
                escaped @ (b'\\' | b'\'' | b'"') => escaped,
                _ => return None,
            },
            byte => byte,
        });
    }
    Some(bytes)
}

/// Escapes bytes, so that a rule is neither split nor trimmed at them.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let each = |byte: &u8| match byte {
        b',' | b' ' => format!("\\x{byte:02x}"),
        byte => std::ascii::escape_default(*byte).to_string(),
    };
    bytes.iter().map(each).collect()
}

/// Statuses below 200 are not answers, and services send none above 599.
fn code(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| (200..600).contains(code))
}

fn time(text: &str) -> Option<Duration> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let milliseconds = match &text[number.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(milliseconds)?))
}

fn size(text: &str) -> Option<u64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// Refuses a fault at a place where it has no effect.
fn check_place(fault: &str, place: &str, rule: &Fault) -> Result<(), RuleError> {
    let only = match rule.what {
        Effect::WrongRowCount(_) => "domo-dataset",
        Effect::ProcessingError | Effect::LateEntry { .. } => "upload",
        _ => return Ok(()),
    };
    if place == only || matches!(rule.on, Route::Any | Route::Path { .. }) {
        return Ok(());
    }
    Err(RuleError::Place { fault: fault.to_owned(), place: place.to_owned(), only })
}

fn set(rule: &mut Fault, fault: &str, option: &str, value: Option<&str>) -> Result<(), RuleError> {
    let Some((_, takes, _)) = OPTIONS.iter().find(|(known, ..)| *known == option) else {
        return Err(RuleError::Unknown("option", option.to_owned(), OPTIONS.map(|(name, ..)| name).to_vec()));
    };
    let wrong = || {
        let written = value.map_or_else(|| option.to_owned(), |value| format!("{option}={value}"));
        let right = if takes.is_empty() { option.to_owned() } else { format!("{option}={takes}") };
        RuleError::Value(written, format!("it is {right}"))
    };
    if value.is_none() != takes.is_empty() {
        return Err(wrong());
    }
    let value = value.unwrap_or_default();
    match (option, &mut rule.what) {
        ("times", _) => {
            let times = value.parse().ok().filter(|times| (1..u32::MAX).contains(times));
            rule.times = times.ok_or_else(wrong)?;
        }
        ("header", Effect::Status { headers, .. } | Effect::EarlyStatus { headers, .. }) => {
            let (name, value) = value.split_once(':').ok_or_else(wrong)?;
            // Trims blanks only: a trimmed line break would go unnoticed.
            let (name, value) = (name.trim_matches(' '), value.trim_matches(' '));
            if name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err() {
                return Err(RuleError::Header(name.to_owned()));
            }
            headers.push((name.to_owned(), value.to_owned()));
        }
        ("body", Effect::Status { body, .. } | Effect::EarlyStatus { body, .. }) => value.clone_into(body),
        ("dated", Effect::LateEntry { dated, .. }) => *dated = true,
        _ => return Err(RuleError::Option { option: option.to_owned(), fault: fault.to_owned() }),
    }
    Ok(())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.on, self.what)?;
        if self.times != u32::MAX {
            write!(f, ",times={}", self.times)?;
        }
        match &self.what {
            Effect::Status { headers, body, .. } | Effect::EarlyStatus { headers, body, .. } => {
                headers.iter().try_for_each(|(name, value)| write!(f, ",header={name}:{value}"))?;
                if body.is_empty() { Ok(()) } else { write!(f, ",body={body}") }
            }
            Effect::LateEntry { dated: true, .. } => f.write_str(",dated"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { method, prefix } => write!(f, "{}{prefix}", method.unwrap_or_default()),
            named => {
                let place = PLACES.iter().find(|(_, route, _)| route == named);
                f.write_str(place.map_or("", |(name, ..)| name))
            }
        }
    }
}

/// The rules in full, for the help and the documentation.
pub fn rules() -> String {
    let named = |name: &str, value: &str| if value.is_empty() { name.to_owned() } else { format!("{name}={value}") };
    let lines = |rows: Vec<(String, &str)>, width: usize| -> String {
        rows.iter().map(|(left, right)| format!("  {left:width$}  {right}\n")).collect()
    };
    let path = ("[METHOD]/PATH".to_owned(), "every request whose path begins so");
    let places = PLACES.map(|(name, _, about)| (name.to_owned(), about)).into_iter().chain([path]).collect();
    let faults = FAULTS.map(|(name, value, _, does)| (named(name, value), does)).to_vec();
    let options = OPTIONS.map(|(name, value, about)| (named(name, value), about)).to_vec();
    let examples: String = EXAMPLES.iter().map(|(rule, about)| format!("  {about}:\n    --fault {rule}\n")).collect();
    format!(
        "A RULE is WHERE:FAULT[=VALUE][,OPTION=VALUE]... A request gets the first rule that is for it.\n\n\
         WHERE:\n{}\nFAULT (the body is the file's for an upload, else the answer's):\n{}\n\
         SIZE is in bytes, or with kB, MB, GB, KiB, MiB or GiB; TIME has ms, s or m, and a day at most.\n\n\
         OPTION:\n{}\nExamples:\n{examples}",
        lines(places, 16),
        lines(faults, 19),
        lines(options, 17),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(rule: &str) -> Result<Fault, String> {
        rule.parse().map_err(|error: RuleError| error.to_string())
    }

    #[test]
    fn every_example_is_a_rule() {
        for (rule, _) in EXAMPLES {
            assert!(fault(rule).is_ok(), "{rule}: {:?}", fault(rule));
        }
        for (name, value, example, _) in FAULTS {
            let rule = format!("any:{name}{}{example}", if value.is_empty() { "" } else { "=" });
            assert!(fault(&rule).is_ok(), "{rule}: {:?}", fault(&rule));
        }
    }

    #[test]
    fn a_rule_is_the_fault_that_the_tests_ask_for() {
        let what = Effect::Status {
            code: 429,
            headers: vec![("Retry-After".to_owned(), "7".to_owned())],
            body: "{\"a\": 1, \"b\": 2}".to_owned(),
        };
        let rule = "upload:status=429,header=Retry-After: 7,times=2,body={\"a\": 1, \"b\": 2}";
        assert_eq!(fault(rule), Ok(Fault { on: Route::Upload, times: 2, what }));
        let on = Route::Path { method: Some("GET"), prefix: "/v0/user".to_owned() };
        for rule in ["GET/v0/user:delay=2s", "get /v0/user:delay=2000ms"] {
            assert_eq!(fault(rule), Ok(Fault::always(on.clone(), Effect::Delay(Duration::from_secs(2)))), "{rule}");
        }
        assert_eq!(fault("export:stall=2MiB,times=1"), Ok(Fault::once(Route::Export, Effect::StallAfter(2 << 20))));
        assert_eq!(
            fault("upload:late-entry=3,dated").map(|rule| rule.to_string()),
            Ok("upload:late-entry=3,dated".to_owned())
        );
    }

    #[test]
    fn an_invalid_rule_is_refused_with_the_valid_words() {
        for (rule, said) in [
            ("upload", "a rule is WHERE:FAULT, as in `export:delay=5s`"),
            ("upload:", "a rule is WHERE:FAULT, as in `export:delay=5s`"),
            ("uplaod:status=503", "there is no place `uplaod`; did you mean `upload`?"),
            (
                "HEAD/v0:status=503",
                "there is no place `HEAD/v0`; there are any, domo-token, domo-dataset, export, dataset, upload, download, or a path such as /v0/user or PUT/v0/uploads",
            ),
            ("upload:stauts=503", "there is no fault `stauts`; did you mean `status`?"),
            ("upload:status=503,time=2", "there is no option `time`; did you mean `times`?"),
            ("upload:status", "`status` is not understood; it is status=CODE, as in `status=503`"),
            ("upload:status=99", "`status=99` is not understood; it is status=CODE, as in `status=503`"),
            ("export:delay=5", "`delay=5` is not understood; it is delay=TIME, as in `delay=5s`"),
            (
                "export:stall=18446744073709551615GB",
                "`stall=18446744073709551615GB` is not understood; it is stall=SIZE, as in `stall=10kB`",
            ),
            ("upload:processing-error=1", "`processing-error=1` is not understood; it is only `processing-error`"),
            ("upload:status=503,times=0", "`times=0` is not understood; it is times=NUMBER"),
            ("export:delay=1441m", "`1441m` is too long; a delay is 1440m at most, which is a day"),
            (
                "export:delay=18446744073709551615ms",
                "`18446744073709551615ms` is too long; a delay is 1440m at most, which is a day",
            ),
            ("upload:status=503,times=1,times=2", "`times` can be given only once"),
            ("upload:late-entry=3,dated,dated", "`dated` can be given only once"),
            ("export:delay=5s,body=x", "`body` does nothing with `delay`"),
            ("export:rows=-3", "`rows` does nothing at `export`, only at `domo-dataset`"),
        ] {
            assert_eq!(fault(rule), Err(said.to_owned()), "{rule}");
        }
    }

    #[test]
    fn an_invalid_header_is_refused() {
        for (header, named) in
            [("X:a\rb", "X"), ("X:a\nY: b", "X"), ("X\r\nY:b", "X\r\nY"), ("X:a\0", "X"), ("X Y:b", "X Y"), (":b", "")]
        {
            let refused = Err(RuleError::Header(named.to_owned()).to_string());
            assert_eq!(fault(&format!("upload:status=503,header={header}")), refused, "{header:?}");
        }
        assert!(fault("upload:status=503,header=X:,header=Y: a b ").is_ok());
    }

    fn routes() -> impl Strategy<Value = Route> {
        let method = proptest::option::of(proptest::sample::select(&METHODS[..]));
        let path = (method, "/[a-z0-9/%=,-]{0,20}").prop_map(|(method, prefix)| Route::Path { method, prefix });
        prop_oneof![proptest::sample::select(PLACES.map(|(_, route, _)| route).to_vec()), path]
    }

    fn effects() -> impl Strategy<Value = Effect> {
        let headers = proptest::collection::vec(("[A-Za-z-]{1,9}", "[a-z][a-z0-9:= ]{0,9}[a-z]"), 0..3);
        prop_oneof![
            (200..600_u16, headers.clone(), ".{0,20}").prop_map(|(code, headers, body)| Effect::Status {
                code,
                headers,
                body
            }),
            (200..600_u16, headers, ".{0,20}").prop_map(|(code, headers, body)| Effect::EarlyStatus {
                code,
                headers,
                body
            }),
            (200..600_u16).prop_map(Effect::StalledStatus),
            (proptest::collection::vec(any::<u8>(), 1..20), any::<bool>())
                .prop_map(|(content, endless)| Effect::Csv { content, endless }),
            (0..=86_400_000_u64).prop_map(|time| Effect::Delay(Duration::from_millis(time))),
            (1..=u64::MAX).prop_map(Effect::Bandwidth),
            any::<u64>().prop_map(Effect::StallAfter),
            any::<u64>().prop_map(Effect::ResetAfter),
            any::<u64>().prop_map(Effect::CutAfter),
            any::<u64>().prop_map(Effect::TruncateAfter),
            any::<u64>().prop_map(Effect::CloseAfter),
        ]
    }

    proptest! {
        #[test]
        fn a_fault_survives_writing_and_parsing(on in routes(), times in 1..=u32::MAX, what in effects()) {
            let rule = Fault { on, times, what };
            prop_assert_eq!(fault(&rule.to_string()), Ok(rule));
        }

        #[test]
        fn any_text_is_parsed_without_a_panic(rule in ".{0,40}", tail in "[a-zé=,:0-9/-]{0,20}") {
            let _ = fault(&rule);
            let _ = fault(&format!("upload:{tail}"));
        }
    }
}
