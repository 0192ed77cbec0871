//! Counts the records of CSV as its bytes pass, at memory speed.
//!
//! What is a record is what RFC 4180 says, read as leniently as the `csv` crate does: quotes count at the start of a
//! field only, a line ends with LF, CRLF or CR, and an empty line is no record. A DataSet with a single column has empty
//! lines for its nulls, so these are counted too, apart.
//!
//! 64 bytes at a time are looked at as bit masks. That assumes that each quote opens or closes a field; where one does
//! not, which only malformed CSV has, the 64 bytes are read one by one.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

const LANES: usize = 64;
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Where in the CSV the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a line.
    Line,
    /// At the start of a field that is not the first.
    Field,
    /// In a field without quotes, or behind its closing quote.
    Plain,
    /// Within quotes.
    Quoted,
    /// Behind a quote within quotes: it closed the field, or the next one makes it a quote in the text.
    AfterQuote,
}

/// Counts bytes and records of a CSV stream that comes in pieces of any size.
#[derive(Debug, Clone)]
pub struct Meter {
    bytes: u64,
    ended: u64,
    empty_lines: u64,
    hash_records: u64,
    place: Place,
    /// The byte before was a CR that ended a line: an LF now belongs to it.
    after_cr: bool,
    /// How much of a byte order mark has been seen; 3 or more when it is no longer looked for.
    bom: usize,
}

/// What a [`Meter`] has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Bytes, all of them.
    pub bytes: u64,
    /// Records, a header row among them.
    pub records: u64,
    /// Lines with nothing on them.
    pub empty_lines: u64,
    /// Records whose first byte is `#`.
    pub hash_records: u64,
    /// Whether the CSV ends within quotes, as it does when it was cut off there.
    pub unfinished: bool,
    /// Whether the last line has no end. It may be whole all the same.
    pub open_line: bool,
}

impl Default for Meter {
    fn default() -> Self {
        Self { bytes: 0, ended: 0, empty_lines: 0, hash_records: 0, place: Place::Line, after_cr: false, bom: 0 }
    }
}

impl Meter {
    /// Counts the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        let (blocks, rest) = self.skip_bom(piece).as_chunks();
        dispatch!(Level::new(), simd => self.blocks(simd, blocks));
        self.one_by_one(rest);
    }

    /// What has been counted, as if the stream ended here.
    pub fn count(&self) -> Count {
        let open = match self.place {
            Place::Line => 0,
            Place::Field | Place::Plain | Place::Quoted | Place::AfterQuote => 1,
        };
        Count {
            bytes: self.bytes,
            records: self.ended + open,
            empty_lines: self.empty_lines,
            hash_records: self.hash_records,
            unfinished: self.place == Place::Quoted,
            open_line: self.place != Place::Line,
        }
    }

    /// The piece without a byte order mark at the start of the stream, which is no part of the first field.
    fn skip_bom<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        while self.bom < BOM.len() {
            let Some((first, rest)) = piece.split_first() else { return piece };
            if *first == BOM[self.bom] {
                self.bom += 1;
                piece = rest;
            } else {
                // What looked like a mark was text.
                let text = self.bom;
                self.bom = BOM.len();
                self.one_by_one(&BOM[..text]);
            }
        }
        piece
    }

    // Inlined, as what it calls, into a function made for the processor's instructions.
    #[inline(always)]
    fn blocks(&mut self, simd: impl Simd, blocks: &[[u8; LANES]]) {
        for block in blocks {
            if !self.block(u8x64::load_array_ref(simd, block)) {
                self.one_by_one(block);
            }
        }
    }

    /// Counts 64 bytes; `false`, and nothing counted, if a quote among them neither opens nor closes a field.
    #[inline(always)]
    fn block(&mut self, block: u8x64<impl Simd>) -> bool {
        let [quote, comma, lf, cr] = [b'"', b',', b'\n', b'\r'].map(|byte| marks(block, byte));

        // Bit by bit: is the text behind this byte within quotes?
        let carried = if self.place == Place::Quoted { u64::MAX } else { 0 };
        let quoted = running_parity(quote) ^ carried;
        let opening = quote & quoted;
        let may_open = matches!(self.place, Place::Line | Place::Field | Place::AfterQuote);
        if opening & !shifted(quote | comma | lf | cr, may_open) != 0 {
            return false;
        }

        let lf = lf & !quoted;
        let cr = cr & !quoted;
        let line_end = lf | cr;
        let line_start = shifted(line_end, self.place == Place::Line);
        let of_crlf = lf & shifted(cr, self.after_cr);
        self.ended += ones(line_end & !line_start);
        self.empty_lines += ones(line_end & line_start & !of_crlf);
        // Marks of `#` are rare: most blocks have none, and then it is not looked where lines start.
        let hash = marks(block, b'#');
        if hash != 0 {
            self.hash_records += ones(hash & line_start);
        }

        let last = 1 << (LANES - 1);
        self.after_cr = cr & last != 0;
        self.place = if quoted & last != 0 {
            Place::Quoted
        } else if quote & last != 0 {
            Place::AfterQuote
        } else if line_end & last != 0 {
            Place::Line
        } else if comma & last != 0 {
            Place::Field
        } else {
            Place::Plain
        };
        true
    }

    fn one_by_one(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            self.place = match (self.place, byte) {
                (Place::Quoted, b'"') => Place::AfterQuote,
                (Place::Quoted, _) => Place::Quoted,
                (Place::Line | Place::Field | Place::AfterQuote, b'"') => Place::Quoted,
                (_, b',') => Place::Field,
                (Place::Line, b'\n') if after_cr => Place::Line,
                (place, b'\n' | b'\r') => {
                    if place == Place::Line {
                        self.empty_lines += 1;
                    } else {
                        self.ended += 1;
                    }
                    self.after_cr = byte == b'\r';
                    Place::Line
                }
                (place, _) => {
                    if place == Place::Line && byte == b'#' {
                        self.hash_records += 1;
                    }
                    Place::Plain
                }
            };
        }
    }
}

/// A bit for each byte of the block: whether it is `byte`.
#[inline(always)]
fn marks(block: u8x64<impl Simd>, byte: u8) -> u64 {
    block.simd_eq(byte).to_bitmask()
}

/// Each bit says whether the number of set bits up to and with its own is odd.
fn running_parity(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

/// `bits` as seen from the next byte; `first` is what the first byte sees.
fn shifted(bits: u64, first: bool) -> u64 {
    bits << 1 | u64::from(first)
}

fn ones(bits: u64) -> u64 {
    u64::from(bits.count_ones())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(pieces: &[&[u8]]) -> Count {
        let mut meter = Meter::default();
        for piece in pieces {
            meter.update(piece);
        }
        meter.count()
    }

    /// Records as the `csv` crate reads them.
    fn peer(bytes: &[u8]) -> (u64, u64) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let (mut records, mut hashes) = (0, 0);
        for record in reader.byte_records() {
            let record = record.unwrap();
            let mut at = record.position().unwrap().byte() as usize;
            // The position may be that of empty lines before the record.
            if at == 0 && bytes.starts_with(&BOM) {
                at = BOM.len();
            }
            let first = bytes[at..].iter().find(|byte| !matches!(byte, b'\n' | b'\r'));
            records += 1;
            hashes += u64::from(first == Some(&b'#'));
        }
        (records, hashes)
    }

    /// Text dense in what matters to CSV.
    fn csv_like() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            4 => Just(b'"'), 3 => Just(b','), 2 => Just(b'\n'), 2 => Just(b'\r'), 1 => Just(b'#'),
            4 => Just(b'a'), 1 => any::<u8>(),
        ];
        prop::collection::vec(byte, 0..600)
    }

    /// Rows as a writer makes them, so that blocks of 64 are counted the fast way.
    fn well_formed() -> impl Strategy<Value = Vec<u8>> {
        let cell = "[a#\",\n\r]{0,30}";
        prop::collection::vec(prop::collection::vec(cell, 1..5), 0..40).prop_map(|rows| {
            let mut writer =
                csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(vec![]);
            for row in rows {
                writer.write_record(row).unwrap();
            }
            writer.into_inner().unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn it_counts_what_the_csv_crate_counts(bytes in prop_oneof![csv_like(), well_formed()], cuts in prop::collection::vec(0usize..600, 0..8), bom in any::<bool>()) {
            let bytes = if bom { [&BOM[..], &bytes].concat() } else { bytes };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let split = count(&pieces);
            prop_assert_eq!(split, count(&[&bytes]));
            prop_assert_eq!((split.records, split.hash_records), peer(&bytes));
            prop_assert_eq!(split.bytes, bytes.len() as u64);
        }

        #[test]
        fn blocks_and_single_bytes_count_alike(bytes in csv_like()) {
            let singly: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(count(&singly), count(&[&bytes]));
        }

        #[test]
        fn nulls_of_a_single_column_are_counted(rows in prop::collection::vec(prop::option::of("[a-z]{1,9}"), 0..200), crlf in any::<bool>()) {
            let end = if crlf { "\r\n" } else { "\n" };
            let text: String = rows.iter().map(|row| format!("{}{end}", row.as_deref().unwrap_or_default())).collect();
            let count = count(&[text.as_bytes()]);
            prop_assert_eq!(count.records + count.empty_lines, rows.len() as u64);
        }
    }

    #[test]
    fn a_stream_cut_within_quotes_is_unfinished() {
        assert!(count(&[b"a,b\n1,\"cut off he"]).unfinished);
        assert!(!count(&[b"a,b\n1,\"whole\""]).unfinished);
        assert_eq!(count(&[b"a,b\n1,2"]).records, 2, "the last newline may be missing");
    }
}
