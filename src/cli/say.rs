//! What commands say: JSON on standard output, the rest on standard error. A log that cannot be written, on a full disk,
//! is no reason to end a run.

use std::io::{self, Write as _};

use super::out::out;
use crate::printable::printable;

/// Says a line.
pub(super) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says where there is more to read, if there is.
pub(super) fn say_where_the_log_is() {
    let sentence = crate::log::sentence();
    if !sentence.is_empty() {
        say(&sentence);
    }
}

/// Says an object on standard output, in one line.
pub(super) fn json(object: &serde_json::Value) -> io::Result<()> {
    // JSON may hold what a terminal obeys, or what turns the reading direction; escaped it means the same.
    let mut line = String::new();
    for c in object.to_string().chars() {
        if printable(c.encode_utf8(&mut [0; 4])) == c.to_string() {
            line.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    writeln!(out(), "{line}")
}
