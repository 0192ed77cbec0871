//! Reads all environment variables by the same rules.
//!
//! A value often comes with extra characters: `--env-file` of docker and `--from-env-file` of kubectl keep the quotes
//! of `NAME="value"`, files from Windows leave a carriage return. These are removed. A value that is still wrong is an
//! error, never treated as unset. The error names the variable and never repeats the value, which may be a secret.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::text::secret::{ClientIdError, Secret, SecretError, assigned, parse_client_id};
use crate::text::unseen::is_ignorable;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct VariableError {
    pub name: &'static str,
    pub wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Empty,
    NotText,
    Control,
    HalfQuoted,
    /// A line that sets a variable, this one or another.
    Assignment(&'static str),
    /// A path with placeholders that only a shell replaces.
    Unexpanded,
    NoSecret(SecretError),
    NoClientId(ClientIdError),
    Proxy,
    ProxyKind,
    /// Quotes or blanks around a value that a library reads as it is.
    Marks,
}

pub(crate) fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Tells if a variable is set, to any value.
pub(crate) fn is_set(name: &str) -> bool {
    get(name).is_some_and(|value| !value.is_empty())
}

/// The cleaned text of a variable; `None` if it is not set.
///
/// # Errors
///
/// It is set to a value that cannot be used.
pub(crate) fn text(name: &'static str, value: Option<OsString>) -> Result<Option<String>, VariableError> {
    let wrong = |wrong| VariableError { name, wrong };
    let Some(value) = value else { return Ok(None) };
    let value = value.into_string().map_err(|_| wrong(Wrong::NotText))?;
    let text = bare(&value);
    if text.is_empty() {
        return Err(wrong(Wrong::Empty));
    }
    if let Some(assigned) = assigned(text) {
        return Err(wrong(Wrong::Assignment(assigned)));
    }
    if text.contains(char::is_control) {
        return Err(wrong(Wrong::Control));
    }
    // A folder may well be called `a 'b'`: there the quotes are a pair.
    let is_half = |quote| (text.starts_with(quote) || text.ends_with(quote)) && text.matches(quote).count() % 2 == 1;
    if QUOTES.into_iter().any(is_half) {
        return Err(wrong(Wrong::HalfQuoted));
    }
    Ok(Some(text.to_owned()))
}

/// The path in a variable; `None` if it is not set.
///
/// # Errors
///
/// As [`text`], or it has a placeholder that only a shell replaces: a folder of that name would be created.
pub(crate) fn path(name: &'static str, value: Option<OsString>) -> Result<Option<PathBuf>, VariableError> {
    match text(name, value)? {
        Some(text) if is_unexpanded(&text) => Err(VariableError { name, wrong: Wrong::Unexpanded }),
        text => Ok(text.map(PathBuf::from)),
    }
}

/// The id of a Domo client in a variable; `None` if it is not set.
///
/// # Errors
///
/// As [`text`], or it cannot be one.
pub(crate) fn client_id(name: &'static str, value: Option<OsString>) -> Result<Option<String>, VariableError> {
    let parsed = text(name, value)?.as_deref().map(parse_client_id).transpose();
    parsed.map_err(|error| VariableError { name, wrong: Wrong::NoClientId(error) })
}

/// As [`text`], but an empty variable counts as unset, as is the custom for variables that all programs read.
pub(crate) fn text_unless_empty(name: &'static str, value: Option<OsString>) -> Result<Option<String>, VariableError> {
    unless_empty(text(name, value))
}

/// As [`path`], but an empty variable counts as unset.
pub(crate) fn path_unless_empty(name: &'static str, value: Option<OsString>) -> Result<Option<PathBuf>, VariableError> {
    unless_empty(path(name, value))
}

fn unless_empty<T>(read: Result<Option<T>, VariableError>) -> Result<Option<T>, VariableError> {
    match read {
        Err(VariableError { wrong: Wrong::Empty, .. }) => Ok(None),
        read => read,
    }
}

/// The secret of a variable; `None` if it is not set.
///
/// # Errors
///
/// It is set to a value that cannot be a secret.
pub(crate) fn secret(name: &'static str, value: Option<OsString>) -> Result<Option<Secret>, VariableError> {
    let wrong = |wrong| VariableError { name, wrong };
    let Some(value) = value else { return Ok(None) };
    let value = zeroize::Zeroizing::new(value.into_string().map_err(|_| wrong(Wrong::NotText))?);
    match Secret::parse(&value) {
        Ok(secret) => Ok(Some(secret)),
        Err(SecretError::Empty) => Err(wrong(Wrong::Empty)),
        Err(SecretError::Assignment(assigned)) => Err(wrong(Wrong::Assignment(assigned))),
        Err(error) => Err(wrong(Wrong::NoSecret(error))),
    }
}

/// Checks a path that a library reads as it is; its placeholders only if it `is_used`.
///
/// # Errors
///
/// The library would take extra characters for a part of it.
pub(crate) fn check_bare(name: &'static str, value: &OsStr, is_used: bool) -> Result<(), VariableError> {
    let wrong = |wrong| Err(VariableError { name, wrong });
    match value.to_str() {
        Some(text) if bare(text) != text => wrong(Wrong::Marks),
        Some(text) if is_used && is_unexpanded(text) => wrong(Wrong::Unexpanded),
        _ => Ok(()),
    }
}

/// Finds placeholders that only a shell replaces: the home folder, a variable, a command. A name may have a `$` in it,
/// as `$Recycle.Bin`, but hardly that of a variable, which has capitals only.
pub(crate) fn is_unexpanded(path: &str) -> bool {
    let is_name = |text: &str, ends: &[char]| {
        let name = text.split(ends).next().unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let of_shell = |(at, _): (usize, &str)| {
        let (before, rest) = (&path[..at], &path[at + 1..]);
        let is_first = before.is_empty() || before.ends_with(['/', '\\']);
        let is_env = rest.get(..4).is_some_and(|env| env.eq_ignore_ascii_case("env:"));
        rest.starts_with(['(', '{']) || (is_first && (is_env || is_name(rest, &['/', '\\'])))
    };
    // Windows takes any letters for a name between two `%`.
    let is_windows_name = |part: &str| is_name(&part.to_ascii_uppercase(), &['(']);
    let mut parts = path.split('%').skip(1);
    path == "~"
        || path.starts_with("~/")
        || path.starts_with("~\\")
        || path.match_indices('$').any(of_shell)
        || (cfg!(windows) && path.matches('%').count() >= 2 && parts.any(is_windows_name))
}

const QUOTES: [char; 3] = ['"', '\'', '`'];
/// Documents and chats replace straight quotes by these.
const CURLY_QUOTES: [(char, char); 2] = [('“', '”'), ('‘', '’')];

/// Removes blanks, line breaks and pairs of quotes around a text.
fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_ignorable(c));
        let around = |(start, end)| trimmed.strip_prefix::<char>(start)?.strip_suffix::<char>(end);
        let inner = QUOTES.map(|quote| (quote, quote)).into_iter().chain(CURLY_QUOTES).find_map(around);
        match inner {
            Some(inner) => text = inner,
            None => return trimmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &str) -> Result<Option<String>, Wrong> {
        text("NAME", Some(value.into())).map_err(|error| error.wrong)
    }

    proptest! {
        #[test]
        fn pasted_extras_are_removed(value in "[a-z/:@.#][ -~&&[^\"'`]]{0,20}[a-z0-9/]", around in "[ \t\r\n]{0,3}", quote in "|\"|'|`") {
            prop_assume!(!is_unexpanded(&value));
            let pasted = format!("{around}{quote}{around}{value}{around}{quote}{around}");
            prop_assert_eq!(read(&pasted), Ok(Some(value.clone())));
            prop_assert_eq!(check_bare("NAME", OsStr::new(&pasted), true).is_ok(), pasted == value);
        }
    }

    #[test]
    fn extras_from_pages_and_chats_are_removed() {
        for pasted in ["“abc”", "‘abc’", "\u{200b}abc", "\u{feff}“abc” \u{2060}"] {
            assert_eq!(read(pasted), Ok(Some("abc".to_owned())), "{pasted:?}");
        }
    }

    #[test]
    fn an_invalid_value_is_reported_by_its_variable() {
        assert_eq!(text("NAME", None), Ok(None));
        for empty in ["", " ", "\"\"", "'' \n"] {
            assert_eq!(read(empty), Err(Wrong::Empty), "{empty:?}");
            assert_eq!(text_unless_empty("NAME", Some(empty.into())), Ok(None));
        }
        assert_eq!(read("a\nb"), Err(Wrong::Control));
        assert_eq!(read("\"a"), Err(Wrong::HalfQuoted));
        assert_eq!(read("/a 'b'"), Ok(Some("/a 'b'".to_owned())));
        assert_eq!(read("it's"), Ok(Some("it's".to_owned())));
        assert_eq!(read("export NAME=x"), Ok(Some("export NAME=x".to_owned())));
        assert_eq!(read("\"DOMO_INSTANCE=acme\""), Err(Wrong::Assignment("DOMO_INSTANCE")));
        let error = text("WRITEBACK_HOME", Some("".into())).unwrap_err().to_string();
        assert_eq!(error, "WRITEBACK_HOME is set, but empty. Give it a value, or unset it.");
        let error = secret("DW_AUTH_TOKEN", Some("eyJ.abc\neyJ.def".into())).unwrap_err().to_string();
        assert!(error.starts_with("DW_AUTH_TOKEN is not a token: ") && !error.contains("eyJ"), "{error}");
    }

    #[test]
    fn unexpanded_paths_are_recognized() {
        for unexpanded in [
            "~",
            "~/x",
            "~\\x",
            "$HOME/x",
            "/srv/$USER",
            "${HOME}/x",
            "$(pwd)/x",
            "$env:USERPROFILE\\x",
            "$Env:APPDATA\\x",
        ] {
            assert!(is_unexpanded(unexpanded), "{unexpanded}");
            let error = path("WRITEBACK_HOME", Some(unexpanded.into())).unwrap_err();
            assert_eq!(error.wrong, Wrong::Unexpanded);
            assert!(error.to_string().starts_with("WRITEBACK_HOME has `~`, `$` or `%` in it"), "{error}");
            assert_eq!(
                check_bare("XDG_STATE_HOME", OsStr::new(unexpanded), true),
                Err(VariableError { name: "XDG_STATE_HOME", wrong: Wrong::Unexpanded })
            );
        }
        for plain in [
            "/home/ann/x",
            "x",
            "./~/x",
            "~backup",
            "/mnt/c/$Recycle.Bin",
            "/srv/us$",
            "/srv/US$_2024",
            "/u01/OPS$ORACLE/x",
            "/mnt/d/$RECYCLE.BIN",
            "/a~b",
            "/100%/50%",
        ] {
            assert_eq!(path("WRITEBACK_HOME", Some(plain.into())), Ok(Some(plain.into())));
        }
        for unexpanded in ["%USERPROFILE%\\x", "%LocalAppData%\\x", "%ProgramFiles(x86)%\\x"] {
            assert_eq!(is_unexpanded(unexpanded), cfg!(windows));
        }
    }

    #[test]
    fn a_shell_assignment_is_not_a_value() {
        for value in ["DOMO_CLIENT_ID=abc", "export DOMO_CLIENT_ID=\"abc\"", "DW_AUTH_TOKEN=eyJ.abc"] {
            for said in [
                text("DOMO_CLIENT_ID", Some(value.into())).unwrap_err().to_string(),
                secret("DOMO_CLIENT_SECRET", Some(value.into())).unwrap_err().to_string(),
            ] {
                assert!(said.contains("=`. Set it only to what follows.") && !said.contains("abc"), "{said}");
            }
        }
    }

    #[test]
    fn a_client_id_is_one_word() {
        let read = |value: &str| client_id("DOMO_CLIENT_ID", Some(value.into())).map_err(|error| error.to_string());
        assert_eq!(read("'b0876cee'"), Ok(Some("b0876cee".to_owned())));
        let said = read("b0876cee 327b").unwrap_err();
        assert_eq!(
            said,
            "DOMO_CLIENT_ID cannot be used. The client id contains a blank or a line break. Copy only the id."
        );
    }

    #[cfg(unix)]
    #[test]
    fn invalid_text_does_not_count_as_unset() {
        use std::os::unix::ffi::OsStringExt as _;
        let value = || Some(OsString::from_vec(b"/tmp/\xff".to_vec()));
        assert_eq!(text("NAME", value()).map_err(|error| error.wrong), Err(Wrong::NotText));
        assert_eq!(secret("NAME", value()).map_err(|error| error.wrong), Err(Wrong::NotText));
    }
}
