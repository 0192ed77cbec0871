//! Rows that begin with `#`, for whoever has to judge them: which is the first, how many there are so far, and how it begins.
//!
//! The meter only counts them. Which one it was is found afterwards, once, in the piece in which the count has changed.

use std::fmt;

use super::Refusal;
use super::meter::Meter;
use crate::printable::fit;

/// How much of a row is shown, in columns.
const SHOWN: usize = 40;
/// More bytes than that hardly ever fit into it.
const MOST: usize = 8 * SHOWN;

/// How a row begins. It is shown to whoever looks at the run, and nowhere kept: rows are in no log and no history.
#[derive(Clone, PartialEq, Eq)]
pub struct RowStart(String);

impl RowStart {
    /// The beginning of the row that `bytes` begin with, harmless and short.
    pub fn of(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let row = &bytes[..end.unwrap_or(bytes.len())];
        let text = String::from_utf8_lossy(&row[..row.len().min(MOST)]);
        let goes_on = end.is_none() || row.len() > MOST;
        Self(fit(&if goes_on { format!("{text}…") } else { text.into_owned() }, SHOWN))
    }

    /// It, as a terminal may show it.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RowStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(the beginning of a row)")
    }
}

/// Refuses an export in whose last `piece` a row begins with `#`: the first, by what was counted `before` that piece, and
/// how many, by what is counted `after` it.
pub(super) fn refuse(before: Meter, piece: &[u8], after: &Meter, rows: impl Fn(&Meter) -> u64) -> Refusal {
    let (at, before) = before.until_hash(piece);
    // The header is a record too.
    let is_header = before.count().records == 0;
    Refusal::HashRows {
        first: (!is_header).then(|| rows(&before) + 1),
        found: after.count().hash_records - u64::from(is_header),
        rows: rows(after),
        begins: RowStart::of(&piece[at..]),
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
                return refuse(before, piece.as_bytes(), &meter, |meter| meter.count().records.saturating_sub(1));
            }
        }
        panic!("no row begins with #");
    }

    fn hash_rows(first: Option<u64>, found: u64, rows: u64, begins: &str) -> Refusal {
        Refusal::HashRows { first, found, rows, begins: RowStart(begins.to_owned()) }
    }

    #[test]
    fn the_first_row_is_named_and_those_that_came_by_then_are_counted() {
        let text = "id,tag\n1,#no\n\"#quoted\",x\n#2,\"a\nb\"\n#3,c\n4,d\n";
        assert_eq!(refused(&[text]), hash_rows(Some(3), 2, 5, "#2,\"a"));
        assert_eq!(refused(&["id,tag\n1,#no\n2", ",x\n#3,", "c\n"]), hash_rows(Some(3), 1, 3, "#3,…"));
        assert_eq!(refused(&["\u{feff}#id,tag\r\n1,x\r\n#2,y\r\n"]), hash_rows(None, 1, 2, "#id,tag"));
    }

    #[test]
    fn no_row_is_too_far_behind_to_be_found() {
        let rows: String = (1..20_000).map(|row| format!("{row},\"a, \"\"b\"\"\nc\"\n")).collect();
        let text = format!("id,text\n{rows}#,x\n");
        assert_eq!(refused(&[&text]), hash_rows(Some(20_000), 1, 20_000, "#,x"));
    }

    #[test]
    fn a_beginning_is_short_harmless_and_in_no_log() {
        let begins = RowStart::of(format!("#\u{1b}]52;c;aGk=\u{7}{}", "x".repeat(5_000)).as_bytes());
        assert_eq!(begins.text(), format!("#�]52;c;aGk=�{}…", "x".repeat(26)));
        assert_eq!(RowStart::of(b"#\xff\xfe\n").text(), "#��");
        assert_eq!(format!("{begins:?}"), "(the beginning of a row)");
    }
}
