//! What commands say on standard error. A log that cannot be written, on a full disk, is no reason to end a run.

use std::io::Write as _;

use crate::explain;
use crate::services::http::Retry;
use crate::text::terminal_text::printable;

/// Says a line.
pub(super) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says why a call is tried again, and when.
pub(super) fn say_retry(retry: &Retry) {
    say(&retry_line(retry));
}

/// The same, as a line.
pub(super) fn retry_line(retry: &Retry) -> String {
    format!("  ! {}", printable(&explain::retry(retry)))
}

/// Says where there is more to read, if there is.
pub(super) fn say_where_the_log_is() {
    let sentence = crate::system::log::sentence();
    if !sentence.is_empty() {
        say(&sentence);
    }
}
