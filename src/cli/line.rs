//! Lines for people, on standard output and standard error.
//!
//! A terminal breaks a long line anywhere, and into the left margin. So a line is broken between words here, its rest
//! stands under its text, and its sign has a color. Piped output is one line, and `anstream` takes the colors out of it.

use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSplitter};

/// The width of a terminal that does not tell its own.
const USUAL: u16 = 80;
/// The least width that tables and lines are fitted to.
const LEAST: u16 = 40;

/// The width of the terminal behind a stream; `None` for a pipe or a file.
pub(super) fn room(stream: &impl IsTerminal) -> Option<u16> {
    if !stream.is_terminal() {
        return None;
    }
    let size = crossterm::terminal::size().map(|(columns, _)| columns);
    Some(size.ok().filter(|columns| *columns > 0).unwrap_or(USUAL).max(LEAST))
}

/// The style of a line or a cell that begins with a sign.
pub(super) fn sign_style(text: &str) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match sign(text) {
        Some('✓') => color(AnsiColor::Green),
        Some('✗') => color(AnsiColor::Red),
        Some('!') => color(AnsiColor::Yellow),
        Some('–') => Style::new().dimmed(),
        _ => Style::new(),
    }
}

/// The sign before the first blank.
fn sign(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|sign| ['✓', '✗', '!', '–'].contains(sign) && chars.next() == Some(' '))
}

/// Colors the sign of `line`, and breaks it between words to fit into `room` columns, if given.
pub(super) fn styled(line: &str, room: Option<u16>) -> String {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let hang = indent + if sign(text).is_some() { 2 } else { 0 };
    let line = hanging(line, hang, room);
    let Some(sign) = sign(text) else { return line };
    let (style, end) = (sign_style(text), indent + sign.len_utf8());
    format!("{}{style}{sign}{style:#}{}", &line[..indent], &line[end..])
}

/// Breaks `line` between words to fit into `room` columns, if given, and indents all but the first by `hang`. A wider
/// word, such as an address, stays whole, so that it can be copied.
pub(super) fn hanging(line: &str, hang: usize, room: Option<u16>) -> String {
    let Some(room) = room else { return line.to_owned() };
    let text = line.trim_start();
    let (first, rest) = (" ".repeat(line.len() - text.len()), " ".repeat(hang));
    let options = Options::new(room.into()).initial_indent(&first).subsequent_indent(&rest);
    textwrap::fill(text, options.break_words(false).word_splitter(WordSplitter::NoHyphenation))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::terminal_text::columns;

    #[test]
    fn a_long_line_hangs_under_its_text() {
        assert_eq!(
            hanging("  ✗ Upload       the rest of it", 17, Some(26)),
            "  ✗ Upload       the rest\n                 of it"
        );
        assert_eq!(styled("one two", Some(40)), "one two");
        let line = styled("  ! Domo does not accept the credentials (401).", Some(40));
        assert_eq!(line, "  \u{1b}[33m!\u{1b}[0m Domo does not accept the credentials\n    (401).");
    }

    #[test]
    fn an_address_is_not_broken() {
        let address = "https://data.world/acme-analytics/sales-mart/workspace/file?filename=daily-sales.csv";
        assert_eq!(styled(&format!("  {address}"), Some(40)), format!("  {address}"));
    }

    proptest! {
        #[test]
        fn breaking_keeps_every_word_and_fits(words in proptest::collection::vec("[a-z]{1,12}", 1..30), room in 40_u16..120) {
            let text = words.join(" ");
            let line = hanging(&format!("✗ {text}"), 2, Some(room));
            prop_assert!(line.lines().all(|line| columns(line) <= usize::from(room)), "{}", line);
            prop_assert_eq!(line.split_whitespace().skip(1).collect::<Vec<_>>().join(" "), text);
        }
    }
}
