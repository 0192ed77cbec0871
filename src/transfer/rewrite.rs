//! Rewrites the CSV on the way, as the export asks: rows that begin with `#` get their first field quoted, null marks
//! become empty fields. Everything else passes byte for byte.

use crate::export::{Csv, HashRows, Nulls};

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Line,
    Field,
    Plain,
    /// In a first field that gets quotes.
    Hash,
    Quoted,
    AfterQuote,
    /// After `\` at the start of a field, the record's first or another.
    Backslash {
        first: bool,
    },
    /// After `\N` at the start of a field.
    Null {
        first: bool,
    },
}

#[derive(Debug)]
pub struct Rewriter {
    quote_hash: bool,
    empty_nulls: bool,
    position: Position,
    /// Bytes of a byte order mark seen; all of it when it is no longer looked for.
    bom: usize,
}

impl Rewriter {
    pub fn new(csv: Csv) -> Option<Self> {
        let quote_hash = csv.hash_rows == HashRows::Quote;
        let empty_nulls = csv.nulls == Nulls::Empty;
        (quote_hash || empty_nulls).then_some(Self { quote_hash, empty_nulls, position: Position::Line, bom: 0 })
    }

    pub fn update(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len() + 64);
        for &byte in self.pass_bom(piece, &mut out) {
            self.byte(byte, &mut out);
        }
        out
    }

    /// Passes a byte order mark at the start of the stream, which is no part of the first field.
    fn pass_bom<'a>(&mut self, mut piece: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        while self.bom < BOM.len() {
            let Some((first, rest)) = piece.split_first() else { return piece };
            if *first == BOM[self.bom] {
                out.push(*first);
                self.bom += 1;
                piece = rest;
            } else {
                // The beginning of a mark was text after all.
                if self.bom > 0 {
                    self.position = Position::Plain;
                }
                self.bom = BOM.len();
            }
        }
        piece
    }

    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.end_field(&mut out, true);
        self.position = Position::Line;
        out
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        // A null mark is held back until the field is known to end after it.
        match (self.position, byte) {
            (Position::Line | Position::Field, b'\\') if self.empty_nulls => {
                self.position = Position::Backslash { first: self.position == Position::Line };
                return;
            }
            (Position::Backslash { first }, b'N') => {
                self.position = Position::Null { first };
                return;
            }
            (Position::Backslash { .. } | Position::Null { .. }, byte) if !matches!(byte, b',' | b'\n' | b'\r') => {
                self.release(out);
                self.position = Position::Plain;
            }
            _ => {}
        }
        self.position = match (self.position, byte) {
            (Position::Quoted, b'"') => Position::AfterQuote,
            (Position::Quoted, _) => Position::Quoted,
            (Position::Line | Position::Field | Position::AfterQuote, b'"') => Position::Quoted,
            (Position::Line, b'#') if self.quote_hash => {
                out.push(b'"');
                Position::Hash
            }
            (Position::Hash, b'"') => {
                out.push(b'"');
                Position::Hash
            }
            (_, b',') => {
                self.end_field(out, false);
                Position::Field
            }
            (_, b'\n' | b'\r') => {
                self.end_field(out, true);
                Position::Line
            }
            (Position::Hash, _) => Position::Hash,
            (_, _) => Position::Plain,
        };
        out.push(byte);
    }

    fn end_field(&self, out: &mut Vec<u8>, ends_record: bool) {
        match self.position {
            Position::Hash => out.push(b'"'),
            Position::Backslash { .. } => self.release(out),
            // A record of one empty field would be an empty line, which readers skip.
            Position::Null { first: true } if ends_record => out.extend_from_slice(b"\"\""),
            _ => {}
        }
    }

    fn release(&self, out: &mut Vec<u8>) {
        match self.position {
            Position::Backslash { .. } => out.extend_from_slice(b"\\"),
            Position::Null { .. } => out.extend_from_slice(b"\\N"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: Csv = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Empty };

    fn rewritten(csv: Csv, pieces: &[&[u8]]) -> Vec<u8> {
        let mut rewriter = Rewriter::new(csv).unwrap();
        let mut out: Vec<u8> = pieces.iter().flat_map(|piece| rewriter.update(piece)).collect();
        out.extend(rewriter.finish());
        out
    }

    fn text(csv: Csv, input: &str) -> String {
        String::from_utf8(rewritten(csv, &[input.as_bytes()])).unwrap()
    }

    #[test]
    fn only_the_requested_changes_are_made() {
        let quote = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Keep };
        assert_eq!(text(quote, "#a,b\n#1\"2,#\n\"#q\",x\n#end"), "\"#a\",b\n\"#1\"\"2\",#\n\"#q\",x\n\"#end\"");
        let empty = Csv { hash_rows: HashRows::Refuse, nulls: Nulls::Empty };
        assert_eq!(
            text(empty, "a,\\N,\"\\N\",\\Nx,\\,\\\n\\N,1\r\n\\N\n\\N"),
            "a,,\"\\N\",\\Nx,\\,\\\n,1\r\n\"\"\n\"\""
        );
        assert!(Rewriter::new(Csv::default()).is_none());
        assert!(Rewriter::new(Csv { hash_rows: HashRows::Allow, nulls: Nulls::Keep }).is_none());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_field() {
        let quote = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Empty };
        assert_eq!(text(quote, "\u{feff}#a,b\n1,2\n"), "\u{feff}\"#a\",b\n1,2\n");
        assert_eq!(text(quote, "\u{feff}\"a\n#\",b\n"), "\u{feff}\"a\n#\",b\n");
        assert_eq!(text(quote, "\u{feff}\\N,b\n"), "\u{feff},b\n");
        assert_eq!(rewritten(quote, &[b"\xEF", b"\xBB", b"#,\\N\n#"]), b"\xEF\xBB#,\n\"#\"");
        assert_eq!(rewritten(quote, &[b"\xEF"]), b"\xEF");
    }

    fn records(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #[test]
        fn values_other_than_nulls_stay(rows in prop::collection::vec(prop::collection::vec("[#a\\\\N,\" \n]{0,6}", 1..4), 0..20), cuts in prop::collection::vec(0usize..200, 0..6), bom in any::<bool>()) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let mut bytes = if bom { BOM.to_vec() } else { Vec::new() };
            bytes.extend(writer.into_inner().unwrap());
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let out = rewritten(BOTH, &pieces);
            // In a quoted field the mark is text; the writer never quotes it.
            let expected: Vec<Vec<Vec<u8>>> = records(&bytes)
                .into_iter()
                .map(|row| row.into_iter().map(|cell| if cell == b"\\N" { Vec::new() } else { cell }).collect())
                .collect();
            prop_assert_eq!(records(&out), expected);
            prop_assert_eq!(out.starts_with(&BOM), bom);
            let first = out.strip_prefix(&BOM).unwrap_or(&out).first();
            prop_assert_ne!(first, Some(&b'#'));
        }
    }
}
