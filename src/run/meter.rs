//! Counts the records of CSV as its bytes pass, at memory speed.
//!
//! What is a record is what RFC 4180 says, read as leniently as the `csv` crate does: quotes count at the start of a
//! field only, a line ends with LF, CRLF or CR, and an empty line is no record. A DataSet with a single column has empty
//! lines for its nulls, so these are counted too, apart.
//!
//! 64 bytes at a time are looked at as bit masks. That assumes that each quote opens or closes a field; where one does
//! not, which only malformed CSV has, the 64 bytes are read one by one.

use std::ops::AddAssign;

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

/// Lines that have ended, by what they are.
#[derive(Debug, Clone, Copy, Default)]
struct Lines {
    /// The last lines of records.
    ended: u64,
    empty: u64,
    /// First lines of records whose first byte is `#`, whether they have ended or not.
    hash: u64,
}

impl AddAssign for Lines {
    #[inline(always)]
    fn add_assign(&mut self, more: Self) {
        self.ended += more.ended;
        self.empty += more.empty;
        self.hash += more.hash;
    }
}

/// What the byte before a block was, each 0 or 1: a bit that is shifted into the block's masks.
#[derive(Clone, Copy)]
struct Edge {
    /// Within quotes; then nothing else of it counts.
    quoted: u64,
    quote: u64,
    comma: u64,
    /// The end of a line, or the start of the stream.
    line_end: u64,
    /// A CR that ended a line.
    cr: u64,
}

/// Counts bytes and records of a CSV stream that comes in pieces of any size.
#[derive(Debug, Clone)]
pub struct Meter {
    bytes: u64,
    lines: Lines,
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
        Self { bytes: 0, lines: Lines::default(), place: Place::Line, after_cr: false, bom: 0 }
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
            records: self.lines.ended + open,
            empty_lines: self.lines.empty,
            hash_records: self.lines.hash,
            unfinished: self.place == Place::Quoted,
            open_line: self.place != Place::Line,
        }
    }

    /// Where in the next piece the first record begins whose first byte is `#`, and what is counted up to there. Byte by
    /// byte: it is asked once, of a stream that is given up then.
    pub(super) fn until_hash(mut self, piece: &[u8]) -> (usize, Self) {
        for (at, byte) in piece.iter().enumerate() {
            let before = self.clone();
            self.update(std::slice::from_ref(byte));
            if self.lines.hash > before.lines.hash {
                return (at, before);
            }
        }
        (piece.len(), self)
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
        let (mut edge, mut lines) = (self.edge(), Lines::default());
        for block in blocks {
            if let Some((next, more)) = read(edge, u8x64::load_array_ref(simd, block)) {
                edge = next;
                lines += more;
            } else {
                self.cross(edge);
                self.one_by_one(block);
                edge = self.edge();
            }
        }
        self.lines += lines;
        self.cross(edge);
    }

    /// The place as an edge.
    fn edge(&self) -> Edge {
        let at = |place| u64::from(self.place == place);
        Edge {
            quoted: at(Place::Quoted),
            quote: at(Place::AfterQuote),
            comma: at(Place::Field),
            line_end: at(Place::Line),
            cr: u64::from(self.after_cr),
        }
    }

    /// The place behind an edge.
    fn cross(&mut self, edge: Edge) {
        self.after_cr = edge.cr != 0;
        self.place = match edge {
            Edge { quoted: 1, .. } => Place::Quoted,
            Edge { quote: 1, .. } => Place::AfterQuote,
            Edge { line_end: 1, .. } => Place::Line,
            Edge { comma: 1, .. } => Place::Field,
            _ => Place::Plain,
        };
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
                        self.lines.empty += 1;
                    } else {
                        self.lines.ended += 1;
                    }
                    self.after_cr = byte == b'\r';
                    Place::Line
                }
                (place, _) => {
                    if place == Place::Line && byte == b'#' {
                        self.lines.hash += 1;
                    }
                    Place::Plain
                }
            };
        }
    }
}

/// What 64 bytes behind `edge` hold, and the edge behind them; `None` if a quote among them neither opens nor closes a
/// field. Where lines end and quotes open is as good as random, so nothing here branches on it.
#[inline(always)]
fn read(edge: Edge, block: u8x64<impl Simd>) -> Option<(Edge, Lines)> {
    let [quote, comma, lf, cr, hash] = [b'"', b',', b'\n', b'\r', b'#'].map(|byte| marks(block, byte));

    // Bit by bit: is the text behind this byte within quotes?
    let quoted = running_parity(quote) ^ 0u64.wrapping_sub(edge.quoted);
    let opening = quote & quoted;
    let may_open = shifted(quote | comma | lf | cr, edge.quote | edge.comma | edge.line_end);
    if opening & !may_open != 0 {
        return None;
    }

    let lf = lf & !quoted;
    let cr = cr & !quoted;
    let line_end = lf | cr;
    let line_start = shifted(line_end, edge.line_end);
    let of_crlf = lf & shifted(cr, edge.cr);
    let lines = Lines {
        ended: ones(line_end & !line_start),
        empty: ones(line_end & line_start & !of_crlf),
        hash: ones(hash & line_start),
    };
    let [quoted, quote, comma, line_end, cr] = [quoted, quote, comma, line_end, cr].map(|bits| bits >> (LANES - 1));
    Some((Edge { quoted, quote, comma, line_end, cr }, lines))
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

/// `bits` as seen from the next byte; `first`, 0 or 1, is what the first byte sees.
fn shifted(bits: u64, first: u64) -> u64 {
    bits << 1 | first
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
