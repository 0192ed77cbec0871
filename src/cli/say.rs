//! Standard error. A line that cannot be written, as on a full disk, is no reason to end a run.

use std::io::Write as _;

use crate::explain;
use crate::services::http::Retry;
use crate::text::terminal_text::printable;

pub(super) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

pub(super) fn say_retry(retry: &Retry) {
    say(&retry_line(retry));
}

pub(super) fn retry_line(retry: &Retry) -> String {
    format!("  ! {}", printable(&explain::retry(retry)))
}

pub(super) fn say_where_the_log_is() {
    let sentence = crate::system::log::sentence();
    if !sentence.is_empty() {
        say(&sentence);
    }
}
