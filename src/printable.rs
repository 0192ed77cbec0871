//! Text that came from somewhere else, made harmless and cut to measure.
//!
//! A DataSet's name, a cell of a preview or a service's message is data: an escape sequence in it must never reach the
//! terminal, and a character that turns the reading direction must not make one file look like another.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Stands where something was that does not print.
pub const MARK: char = '\u{fffd}';

/// `text` on one line, with nothing in it that a terminal would obey.
///
/// Line breaks and tabs become a space each; control characters and the characters that override the reading direction
/// become [`MARK`]; characters that are invisible and take no room are dropped.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => shown.push(' '),
            c if c.is_control() || turns_direction(c) => shown.push(MARK),
            c if is_invisible(c) => {}
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// `text` made [`printable`] and cut to at most `width` columns; what was cut shows as `…`.
pub fn fit(text: &str, width: usize) -> String {
    let text = printable(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let mut shown = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > room {
            break;
        }
        shown.push_str(grapheme);
    }
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

/// As [`fit`], filled with blanks to exactly `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    let mut shown = fit(text, width);
    let blanks = width.saturating_sub(shown.width());
    shown.extend(std::iter::repeat_n(' ', blanks));
    shown
}

/// As [`pad`], with the blanks in front: for numbers.
pub fn pad_left(text: &str, width: usize) -> String {
    let shown = fit(text, width);
    let blanks = width.saturating_sub(shown.width());
    format!("{}{shown}", " ".repeat(blanks))
}

/// How many columns `text` takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// Breaks `text` between words so that no line is wider than `width`. A word that is wider is broken where it must be.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(1));
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in printable(text).split(' ').filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        if columns(&line) + gap + columns(word) <= width {
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for piece in pieces(word, width) {
            if columns(&line) + columns(piece) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(piece);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The parts between which a word may be broken: after what separates the parts of an address, and anywhere in a part
/// that is wider than `width`.
fn pieces(word: &str, width: usize) -> impl Iterator<Item = &str> {
    let parts =
        if columns(word) <= width { vec![word] } else { word.split_inclusive(['/', '?', '&', '=', '-']).collect() };
    parts.into_iter().flat_map(
        move |part| {
            if columns(part) <= width { vec![part] } else { part.graphemes(true).collect() }
        },
    )
}

fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}') && !turns_direction(c) && !is_invisible(c)
}

/// Embeddings, overrides and isolates of the Unicode bidirectional algorithm, with which a file name can pretend to end
/// otherwise than it does.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing and that no name needs: direction marks, zero-width spaces, the byte order mark, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_left(text in any::<String>()) {
            let shown = printable(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(!shown.chars().any(turns_direction));
        }

        #[test]
        fn cut_text_is_never_wider_than_its_room(text in any::<String>(), width in 0usize..40) {
            prop_assert!(fit(&text, width).width() <= width);
            prop_assert_eq!(pad(&text, width).width(), width);
            prop_assert_eq!(pad_left(&text, width).width(), width);
        }

        #[test]
        fn no_line_is_wider_than_its_room_and_no_word_is_lost(text in "[a-z一-龥 ]{0,200}", width in 2u16..60) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(columns(line) <= usize::from(width));
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }

        #[test]
        fn ordinary_text_stays_as_it_is(text in "[ -~äöüßéÀ-ÿА-я一-龥]{0,40}") {
            prop_assert_eq!(printable(&text), text.as_str());
            prop_assert_eq!(fit(&text, 80), text);
        }
    }

    #[test]
    fn an_escape_sequence_loses_its_escape() {
        assert_eq!(printable("\u{1b}]52;c;aGk=\u{7}name"), "�]52;c;aGk=�name");
        assert_eq!(printable("\u{9b}31mred"), "�31mred");
    }

    #[test]
    fn several_lines_become_one() {
        assert_eq!(printable("first\r\nsecond\tthird\u{2028}fourth"), "first second third fourth");
    }

    #[test]
    fn a_name_cannot_pretend_to_end_otherwise() {
        assert_eq!(printable("sales_\u{202e}vsc.exe"), "sales_�vsc.exe");
        assert_eq!(printable("\u{feff}sales\u{200b}.csv"), "sales.csv");
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(fit("売上データ", 10), "売上データ");
        assert_eq!(fit("売上データ", 8), "売上デ…");
        assert_eq!(fit("cafe\u{301} au lait", 6), "cafe\u{301}…");
        assert_eq!(fit("Daily Sales", 7), "Daily…");
        assert_eq!(fit("Daily", 0), "");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(
            wrap("The old file stays until every row has arrived.", 20),
            ["The old file stays", "until every row has", "arrived."]
        );
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(
            wrap("https://data.world/a/b?filename=c-d.csv", 22),
            ["https://data.world/a/", "b?filename=c-d.csv"]
        );
        assert_eq!(wrap("", 10), Vec::<String>::new());
    }
}
