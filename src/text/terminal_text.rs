//! Makes foreign text safe for a terminal, and cuts it to a width.
//!
//! A DataSet's name, a cell of a preview or a service's message is data: an escape sequence in it must never reach the
//! terminal, and a character that turns the reading direction must not make one file look like another.
//!
//! Terminals disagree on widths: old ones add up characters, newer ones measure grapheme clusters, and they differ over
//! families of emoji, tones of skin and signs that were made emoji. Only the parts on which all agree are shown, or the
//! rest of the line would be out of place.
//!
//! Hebrew and Arabic are written in reading order. Most terminals draw that order from left to right, and some reorder
//! it themselves; no output suits both. Isolates (U+2066 to U+2069) are unknown to most, who draw them as a box or
//! count them as a column, and reordering here would be undone by terminals that reorder too.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::secret::mask;
use crate::text::unseen::{is_blank, is_ignorable};

/// Replaces unprintable characters.
pub const MARK: char = '\u{fffd}';

/// The marks of half-width katakana. Terminals and libraries count them as nothing, one or two columns; the same marks
/// of the other katakana combine everywhere.
const VOICED_HALF: char = '\u{ff9e}';
const SEMI_VOICED_HALF: char = '\u{ff9f}';

/// Makes `text` a single line, without anything that a terminal would obey, or that two of them would measure
/// differently.
///
/// A secret, or what has the form of one, becomes `…`. Line breaks and tabs become a space each; control characters
/// become [`MARK`]; invisible characters without width, among them those that override the reading direction, become
/// `<U+200B>`, so that names which differ by them look different; joiners of emoji are dropped. Letters are composed
/// (`nfc`).
pub fn printable(text: &str) -> Cow<'_, str> {
    match mask(text) {
        Cow::Borrowed(text) => harmless(text),
        Cow::Owned(text) => Cow::Owned(harmless(&text).into_owned()),
    }
}

/// A name as `printable` shows it, but names that differ only invisibly look different: control characters, blanks
/// other than single inner spaces, and signs that terminals measure differently are shown as `<U+00A0>`. A part of the
/// name that already looks like that is shown as `<U+003C>U+00A0>`.
pub fn name(name: &str) -> Cow<'_, str> {
    match mask(name) {
        Cow::Borrowed(name) => whole_name(name),
        Cow::Owned(name) => Cow::Owned(whole_name(&name).into_owned()),
    }
}

/// As [`name`], without masking secrets.
pub(crate) fn whole_name(name: &str) -> Cow<'_, str> {
    let text = nfc(name);
    let mut shown = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let is_single_space = c == ' ' && before != ' ' && !rest.is_empty();
        match c {
            '<' if rest.starts_with("U+") => shown.push_str(&code(c)),
            c if c.is_control() || is_blank(c) && !is_single_space => shown.push_str(&code(c)),
            c => shown.push(c),
        }
        before = c;
    }
    let is_marked = |sign: &str| !sign.contains(MARK) && harmless(sign).contains(MARK);
    if shown == name && !shown.graphemes(true).any(is_marked) {
        return harmless(name);
    }
    let shown: String = shown
        .graphemes(true)
        .map(|sign| if is_marked(sign) { sign.chars().map(code).collect() } else { sign.to_owned() })
        .collect();
    Cow::Owned(harmless(&shown).into_owned())
}

/// As [`printable`], without masking secrets, for text that code decides by.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let text = nfc(text);
    if text.chars().all(is_plain) && text.graphemes(true).all(is_agreed) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '\r' if next == Some('\n') => {}
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => shown.push(' '),
            c if c.is_control() => shown.push(MARK),
            VOICED_HALF => shown.push('\u{3099}'),
            SEMI_VOICED_HALF => shown.push('\u{309a}'),
            c if makes_emoji(c) && shown.chars().next_back().is_some_and(|before| is_emoji(before, c, next)) => {}
            c if joins(c, shown.chars().next_back(), next) => shown.push(c),
            c if is_ignorable(c) => shown.push_str(&code(c)),
            c => shown.push(c),
        }
    }
    let shown = nfc(&shown).into_owned();
    if shown.graphemes(true).all(is_agreed) {
        return Cow::Owned(shown);
    }
    let agreed = |grapheme| if is_agreed(grapheme) { Cow::Borrowed(grapheme) } else { Cow::Owned(MARK.to_string()) };
    Cow::Owned(shown.graphemes(true).map(agreed).collect())
}

/// A character's code point, as Unicode's own tables write it.
fn code(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// Makes `text` `printable` and cuts it to `width` columns; `…` shows the cut.
pub fn fit(text: &str, width: usize) -> String {
    let text = printable(text);
    if columns(&text) <= width {
        return text.into_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    format!("{}…", take_columns(text.graphemes(true), room).concat().trim_end())
}

/// As [`fit`], but cuts in the middle: names of one kind often begin alike, and differ in their ends.
pub fn fit_middle(text: &str, width: usize) -> String {
    let text = printable(text);
    if columns(&text) <= width {
        return text.into_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let end: String = take_columns(text.graphemes(true).rev(), room / 2).into_iter().rev().collect();
    let start: String = take_columns(text.graphemes(true), room - columns(&end)).concat();
    format!("{}…{}", start.trim_end(), end.trim_start())
}

/// The first of these signs that fit into `room` columns.
fn take_columns<'a>(signs: impl Iterator<Item = &'a str>, room: usize) -> Vec<&'a str> {
    let mut used = 0;
    let fits = |sign: &&str| {
        used += sign.width();
        used <= room
    };
    signs.take_while(fits).collect()
}

/// As [`fit`], filled with blanks to exactly `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    let mut shown = fit(text, width);
    let blanks = width.saturating_sub(columns(&shown));
    shown.extend(std::iter::repeat_n(' ', blanks));
    shown
}

/// As [`pad`], with the blanks in front: for numbers.
pub fn pad_left(text: &str, width: usize) -> String {
    let shown = fit(text, width);
    let blanks = width.saturating_sub(columns(&shown));
    format!("{}{shown}", " ".repeat(blanks))
}

/// Keeps at most `most` bytes of a name: longer ones would fill the memory.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text.shrink_to_fit();
    text
}

/// Counts the columns of `text`, sign by sign. Measured as a whole it may be less: lam and alef are one ligature on
/// paper, and two cells on every terminal.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// Tells if the parts of a sign together are as wide as the sign, so that all terminals agree on it.
fn is_agreed(grapheme: &str) -> bool {
    let width = |c: char| c.width().unwrap_or(0);
    grapheme.chars().all(|c| width(c) <= 2) && grapheme.chars().map(width).sum::<usize>() == grapheme.width()
}

/// Breaks `text` between words into lines of at most `width` columns. A wider word is broken.
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

/// Splits a word where it may be broken: after the separators of an address, and anywhere in a part that is wider than
/// `width`.
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
    let is_changed = matches!(c, '\u{2028}' | '\u{2029}' | VOICED_HALF | SEMI_VOICED_HALF);
    !c.is_control() && !is_changed && !is_ignorable(c) && !makes_emoji(c)
}

/// Composes letters, so that equal-looking names are equal (Unicode Standard Annex 15).
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    icu_normalizer::ComposingNormalizer::new_nfc().normalize(text)
}

/// Compares names regardless of the composition of their letters.
pub(crate) fn is_same_composed(one: &str, other: &str) -> bool {
    one == other || nfc(one) == nfc(other)
}

/// The characters that turn a symbol and its neighbors into one emoji: the joiner, the choice between text and picture,
/// and tones of skin. After a letter the joiner has another task, which does not change the width.
fn makes_emoji(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Tells if `c` after `before` is part of an emoji: of a symbol, or of a keycap, which is a digit, a choice between
/// text and picture, and the cap.
fn is_emoji(before: char, c: char, next: Option<char>) -> bool {
    match before {
        '#' | '*' | '0'..='9' => matches!(c, '\u{fe0e}' | '\u{fe0f}') && next == Some('\u{20e3}'),
        '©'
        | '®'
        | '\u{203c}'..='\u{2bff}'
        | '\u{3030}'
        | '\u{303d}'
        | '\u{3297}'
        | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}' => true,
        _ => false,
    }
}

/// Tells if a joiner stands between two letters of a script that is written with it, where it changes the shape.
fn joins(c: char, before: Option<char>, next: Option<char>) -> bool {
    let is_of_script = |c: char| matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}');
    matches!(c, '\u{200c}' | '\u{200d}')
        && before.is_some_and(is_of_script)
        && next.is_some_and(|next| is_of_script(next) && next.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hebrew and Arabic with their points and joiners, Devanagari, jamo, wide and half-wide characters, marks that
    /// combine, and all that emoji are made of.
    const TRICKY: &str = "[a-c1-3#*©א-ת\u{5b0}-\u{5bc}ا-ي\u{64b}-\u{652}ﷺ\u{200c}\u{200d}क-ह\u{93f}\u{94d}ᄀ-ᄃ\
                          ᅡ-ᅤᆨ-ᆫ一-丟가-갛ｱ-ﾄ\u{301}\u{302}\u{20e3}❤☺⚕♂🏳🏴👍👨👩👧😀🇦-🇿\u{1f3fb}-\u{1f3ff}\u{fe0e}\u{fe0f}\
                          \u{17d8}\u{e0067}]{0,60}";

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_left(text in any::<String>()) {
            let shown = printable(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!shown.chars().any(turns));
        }

        #[test]
        fn different_names_look_different(
            one in "[ab<U+0-9>]{0,3}[ \t\u{a0}\u{2003}\u{2800}\u{3000}\u{200b}\u{202e}\u{202d}\u{1b}\u{7}\u{fffd}]{0,2}[ab<]{0,2}",
            other in "[ab<U+0-9>]{0,3}[ \t\u{a0}\u{2003}\u{2800}\u{3000}\u{200b}\u{202e}\u{202d}\u{1b}\u{7}\u{fffd}]{0,2}[ab<]{0,2}",
        ) {
            prop_assert_eq!(name(&one) == name(&other), one == other, "{} {}", name(&one), name(&other));
            // Wrapped into a sentence, no blank of it is lost.
            let question = format!("Delete {}?", name(&one));
            prop_assert_eq!(wrap(&question, 200).join(" "), question);
        }

        #[test]
        fn cut_text_is_never_wider_than_its_room(text in any::<String>(), width in 0usize..40) {
            prop_assert!(columns(&fit(&text, width)) <= width);
            prop_assert!(columns(&fit_middle(&text, width)) <= width);
            prop_assert_eq!(columns(&pad(&text, width)), width);
            prop_assert_eq!(columns(&pad_left(&text, width)), width);
        }

        #[test]
        fn a_terminal_takes_as_many_columns_as_are_counted(text in TRICKY) {
            let shown = printable(&text);
            let mut screen = vt100::Parser::new(std::num::NonZero::new(1).unwrap(), std::num::NonZero::new(400).unwrap(), 0);
            // The parser drops the mark, which terminals show as one column.
            screen.process(shown.replace(MARK, "?").as_bytes());
            prop_assert_eq!(usize::from(screen.screen().cursor_position().1), columns(&shown), "{:?}", shown);
            prop_assert_eq!(printable(&shown), shown.as_ref(), "again, it stays as it is");
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
            prop_assert_eq!(&fit(&text, 80), &text);
            prop_assert_eq!(fit_middle(&text, 80), text);
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
        assert_eq!(printable("sales_\u{202e}vsc.exe"), "sales_<U+202E>vsc.exe");
        assert_eq!(printable("\u{feff}sales\u{200b}.csv"), "<U+FEFF>sales<U+200B>.csv");
    }

    #[test]
    fn emoji_of_several_parts_are_shown_in_parts() {
        assert_eq!(printable("👨\u{200d}👩\u{200d}👧 family"), "👨👩👧 family");
        assert_eq!(printable("👍🏽 ❤\u{fe0f} 1\u{fe0f}\u{20e3}"), "👍 ❤ 1\u{20e3}");
        assert_eq!(printable("🇩🇪 売上 क्षि ﾊﾞﾟ"), "🇩🇪 売上 क्षि ﾊ\u{3099}\u{309a}");
        assert_eq!(printable("می\u{200c}خواهم, श्र\u{200d}य"), "می\u{200c}خواهم, श्र\u{200d}य", "no emoji, no change");
    }

    #[test]
    fn invisible_characters_of_a_name_are_shown() {
        let unseen = "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2063}\u{2066}\u{3164}\u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{e0001}\u{e0100}";
        for (before, after) in [("sales", ".csv"), ("sales1", ".csv"), ("売", "上"), ("ж", "ж"), ("می", "")] {
            let plain = printable(&format!("{before}{after}")).into_owned();
            for c in unseen.chars() {
                let name = format!("{before}{c}{after}");
                let shown = printable(&name);
                assert_ne!(shown, plain, "{name:?}");
                assert!(shown.contains(&code(c)), "{shown}");
            }
        }
    }

    #[test]
    fn unusual_blanks_of_a_name_are_shown() {
        for (text, shown) in [
            ("daily sales.csv", "daily sales.csv"),
            ("daily\u{a0}sales.csv", "daily<U+00A0>sales.csv"),
            ("daily\u{2003}sales.csv", "daily<U+2003>sales.csv"),
            ("daily\u{2800}sales.csv", "daily<U+2800>sales.csv"),
            ("daily\tsales.csv", "daily<U+0009>sales.csv"),
            ("daily  sales.csv ", "daily <U+0020>sales.csv<U+0020>"),
            (" daily sales.csv", "<U+0020>daily sales.csv"),
            ("daily\u{1b}sales", "daily<U+001B>sales"),
            ("daily\u{fffd}sales", "daily\u{fffd}sales"),
            ("daily\u{200b}sales", "daily<U+200B>sales"),
            ("daily<U+200B>sales", "daily<U+003C>U+200B>sales"),
            ("売上　データ", "売上<U+3000>データ"),
            ("größe <2026>.csv", "größe <2026>.csv"),
        ] {
            assert_eq!(name(text), shown);
            assert_eq!(printable(&name(text)), shown, "once more, it stays as it is");
        }
    }

    #[test]
    fn harmless_text_is_not_masked() {
        let token = crate::sandbox::samples::READ_WRITE;
        assert_eq!(harmless(token), token);
        assert_eq!((printable(token), name(token)), (Cow::from("…"), Cow::from("…")));
    }

    #[test]
    fn letters_are_composed() {
        assert_eq!(printable("Umsa\u{308}tze"), "Umsätze");
        assert!(
            is_same_composed("Umsa\u{308}tze.csv", "Umsätze.csv") && !is_same_composed("Umsatze.csv", "Umsätze.csv")
        );
    }

    #[test]
    fn lam_and_alef_take_a_column_each() {
        assert_eq!((columns("سلام"), columns("क्षि")), (4, 3));
        assert_eq!(pad("لا", 4), "لا  ");
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(fit("売上データ", 10), "売上データ");
        assert_eq!(fit("売上データ", 8), "売上デ…");
        assert_eq!(fit("cafe\u{301} au lait", 6), "café…");
        assert_eq!(fit("Daily Sales", 7), "Daily…");
        assert_eq!(fit("Daily", 0), "");
    }

    #[test]
    fn a_cut_in_the_middle_keeps_both_ends() {
        assert_eq!(fit_middle("daily-sales-north.csv", 12), "daily-…h.csv");
        assert_eq!(fit_middle("売上データ.csv", 11), "売上デ….csv");
        assert_eq!(fit_middle("Daily sales north", 9), "Dail…orth");
        assert_eq!(["", "…", "D…", "D…h"].map(str::to_owned), [0, 1, 2, 3].map(|width| fit_middle("Dash", width)));
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
