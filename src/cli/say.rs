//! What commands say on standard error. A log that cannot be written, on a full disk, is no reason to end a run.

use std::io::Write as _;

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
