//! Reports the rows that make an export fail a check: the first one, how many so far, and how it begins.
//!
//! The meter only counts them. The first is searched for once, afterwards, in the piece in which the count changed.

use super::Refusal;
use super::meter::Meter;
use crate::text::terminal_text::fit;

const SHOWN_COLUMNS: usize = 40;
const CONTEXT_BYTES: usize = 24;
/// Longer input hardly ever fits.
const MAX_BYTES: usize = 8 * SHOWN_COLUMNS;

/// The beginning of a row, for the person who watches the run. Rows are never written to a log or history, so `Debug`
/// hides it.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
#[debug("(the beginning of a row)")]
pub struct RowStart(String);

impl RowStart {
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let row = &bytes[..end.unwrap_or(bytes.len())];
        let text = String::from_utf8_lossy(&row[..row.len().min(MAX_BYTES)]);
        let goes_on = end.is_none() || row.len() > MAX_BYTES;
        Self(fit(&if goes_on { format!("{text}…") } else { text.into_owned() }, SHOWN_COLUMNS))
    }

    fn around_byte(bytes: &[u8], at: usize) -> Self {
        let before = &bytes[..at];
        let line = before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
        let near = at.saturating_sub(CONTEXT_BYTES);
        let start = (line.max(near)..at).find(|at| !matches!(bytes[*at], 0x80..0xC0)).unwrap_or(at);
        let Self(text) = Self::from_bytes(&bytes[start..]);
        Self(if start > line { fit(&format!("…{text}"), SHOWN_COLUMNS) } else { text })
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Builds the refusal of an export in whose last `piece` a row begins with `#`. `before` counts up to that piece,
/// `after` includes it.
pub(super) fn refuse_hash(before: Meter, piece: &[u8], after: &Meter, rows: impl Fn(&Meter) -> u64) -> Refusal {
    let (at, before) = before.find_first(piece, |meter| meter.count().hash_records > 0);
    let is_header = before.count().records == 0;
    Refusal::HashRows {
        first: (!is_header).then(|| rows(&before) + 1),
        found: after.count().hash_records - u64::from(is_header),
        rows: rows(after),
        begins: RowStart::from_bytes(&piece[at..]),
    }
}

/// Builds the refusal of an export with bytes that are not text in its last `piece` or right after it, as
/// [`refuse_hash`] does.
pub(super) fn refuse_unreadable(before: Meter, piece: &[u8], after: &Meter, rows: impl Fn(&Meter) -> u64) -> Refusal {
    let (at, before) = before.find_first(piece, |meter| !meter.text.is_text());
    // An unfinished character belongs to the current row, whichever byte reveals it.
    let row = if before.text.is_within_character() {
        before
    } else {
        let mut with = before;
        with.update(&piece[at..piece.len().min(at + 1)]);
        with
    };
    let count = after.count();
    Refusal::Unreadable {
        first: (row.count().records > 1).then(|| rows(&row)),
        not_utf8: count.not_utf8,
        nul: count.nul,
        rows: rows(after),
        line: RowStart::around_byte(piece, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pieces: &[&str]) -> Refusal {
        let mut meter = Meter::default();
        for piece in pieces {
            let before = meter.clone();
            meter.update(piece.as_bytes());
            if meter.count().hash_records > 0 {
                return refuse_hash(before, piece.as_bytes(), &meter, |meter| meter.count().records.saturating_sub(1));
            }
        }
        panic!("no row begins with #");
    }

    fn unreadable(pieces: &[&[u8]]) -> (Option<u64>, u64, u64, String) {
        let (mut meter, mut last) = (Meter::default(), (Meter::default(), &b""[..]));
        for piece in pieces {
            last = (meter.clone(), piece);
            meter.update(piece);
            if !meter.text.is_text() {
                break;
            }
        }
        match refuse_unreadable(last.0, last.1, &meter, |meter| meter.count().records.saturating_sub(1)) {
            Refusal::Unreadable { first, not_utf8, nul, line, .. } => (first, not_utf8, nul, line.0),
            other => panic!("{other:?}"),
        }
    }

    fn hash_rows(first: Option<u64>, found: u64, rows: u64, begins: &str) -> Refusal {
        Refusal::HashRows { first, found, rows, begins: RowStart(begins.to_owned()) }
    }

    #[test]
    fn the_first_hash_row_is_named_and_all_so_far_are_counted() {
        let text = "id,tag\n1,#no\n\"#quoted\",x\n#2,\"a\nb\"\n#3,c\n4,d\n";
        assert_eq!(refused(&[text]), hash_rows(Some(3), 2, 5, "#2,\"a"));
        assert_eq!(refused(&["id,tag\n1,#no\n2", ",x\n#3,", "c\n"]), hash_rows(Some(3), 1, 3, "#3,…"));
        assert_eq!(refused(&["\u{feff}#id,tag\r\n1,x\r\n#2,y\r\n"]), hash_rows(None, 1, 2, "#id,tag"));
    }

    #[test]
    fn a_hash_row_is_found_in_a_large_piece() {
        let rows: String = (1..20_000).map(|row| format!("{row},\"a, \"\"b\"\"\nc\"\n")).collect();
        let text = format!("id,text\n{rows}#,x\n");
        assert_eq!(refused(&[&text]), hash_rows(Some(20_000), 1, 20_000, "#,x"));
    }

    #[test]
    fn the_first_unreadable_row_is_named_wherever_the_stream_is_cut() {
        let text = b"id,name\n1,Jos\xe9\n2,ok\n3,a\0b\n";
        assert_eq!(unreadable(&[text]), (Some(1), 1, 1, "1,Jos\u{fffd}".to_owned()));
        // The byte that reveals it may be a line's end, part of the next row, or missing.
        let (start, end) = text.split_at(b"id,name\n1,Jos\xe9".len());
        assert_eq!(unreadable(&[start, end]).0, Some(1));
        assert_eq!(unreadable(&[start]), (Some(1), 1, 0, "1,Jos\u{fffd}…".to_owned()));
        assert_eq!(unreadable(&[b"id\n1\n", b"\xff\n"]), (Some(2), 1, 0, "\u{fffd}".to_owned()));
        assert_eq!(unreadable(&[b"id\n\"1\n\0\"\n2\n"]), (Some(1), 0, 1, "\u{fffd}\"".to_owned()));
        assert_eq!(unreadable(&[b"\xff\xfei\0d\0\n\0"]).0, None, "UTF-16, whose header is none already");
        assert_eq!(unreadable(&[b"\xef\xbb\xbfid\xe9\n1\n"]).0, None);
        assert_eq!(unreadable(&[b"\xef\xbb,x\n1\n"]).0, None, "half of a byte order mark");
    }

    #[test]
    fn the_line_is_shown_around_its_fault() {
        let line = ["\u{e4}".repeat(200).as_bytes(), b"\xe9 and more of it, which goes on for a while\n"].concat();
        let shown = unreadable(&[b"id\n", &line]).3;
        assert!(
            shown.starts_with("…ää") && shown.contains("ä\u{fffd} and") && shown.chars().count() <= SHOWN_COLUMNS,
            "{shown}"
        );
    }

    #[test]
    fn a_row_start_is_short_safe_and_hidden_from_logs() {
        let begins = RowStart::from_bytes(format!("#\u{1b}]52;c;aGk=\u{7}{}", "x".repeat(5_000)).as_bytes());
        assert_eq!(begins.text(), format!("#�]52;c;aGk=�{}…", "x".repeat(26)));
        assert_eq!(RowStart::from_bytes(b"#\xff\xfe\n").text(), "#��");
        assert_eq!(format!("{begins:?}"), "(the beginning of a row)");
    }
}
