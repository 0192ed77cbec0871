//! Runs without history or lock.

use std::io;

use crate::export::Export;
use crate::history::HistoryError;

pub fn not_in_history(error: &HistoryError, export: &Export) -> String {
    let keys = [("`only_when_updated`", export.input.only_when_updated), ("`keep`", export.output.keep.is_some())];
    let keys: Vec<&str> = keys.iter().filter(|(_, is_set)| *is_set).map(|(key, _)| *key).collect();
    let undone = match keys.as_slice() {
        [] => String::new(),
        [one] => format!(" Without a history {one} does nothing."),
        several => format!(" Without a history {} do nothing.", several.join(" and ")),
    };
    let elsewhere = if error.is_of_its_disk() { format!(" {ELSEWHERE}") } else { String::new() };
    format!("This run is not in the history: {error}.{undone}{elsewhere}")
}

pub fn without_lock(error: &io::Error) -> String {
    format!("This export is not protected against running twice at once: its lock could not be created: {error}.")
}

/// Some network drives have no locks (<https://www.sqlite.org/faq.html#q5>).
#[cfg(target_os = "linux")]
const ELSEWHERE: &str = "A history needs a disk that can be written and has file locks, which some network drives lack: \
                         set WRITEBACK_HOME, or XDG_STATE_HOME for the history alone, to a folder on such a disk.";
#[cfg(not(target_os = "linux"))]
const ELSEWHERE: &str = "A history needs a disk that can be written and has file locks, which some network drives lack: \
                         set WRITEBACK_HOME to a folder on such a disk.";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_run_without_a_history_says_which_wishes_it_cannot_heed() {
        let text = "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"sales\"\nappend = \"date\"\n";
        let said = |text: &str| {
            let error = HistoryError::Unusable { path: "/x".into(), source: io::Error::other("No locks available") };
            not_in_history(&error, &Export::parse(text, Path::new("x.toml")).unwrap())
        };
        let beginning = "This run is not in the history: /x: No locks available.";
        assert!(said(text).starts_with(&format!("{beginning} A history needs a disk that")), "{}", said(text));
        let keep = said(&format!("{text}keep = 3"));
        assert!(keep.starts_with(&format!("{beginning} Without a history `keep` does nothing. A history")), "{keep}");
        let both = said(&format!("{text}keep = 3").replace("[output]", "only_when_updated = true\n[output]"));
        assert!(both.contains(" Without a history `only_when_updated` and `keep` do nothing. "), "{both}");
    }
}
