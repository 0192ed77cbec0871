//! Counts the records of CSV as its bytes pass, at memory speed.
//!
//! Records follow RFC 4180, read as leniently as the `csv` crate does: quotes count only at the start of a field, a
//! line ends with LF, CRLF or CR, and an empty line is no record. The nulls of a single-column DataSet are empty lines,
//! so these are counted separately, as are fields that Domo seems to have escaped and bytes that are not text.
//!
//! Blocks of 64 bytes become bit masks, and the masks of eight blocks are processed at once. This assumes that each
//! quote opens or closes a field; a group with a stray quote, which only malformed CSV has, is read byte by byte.

use std::ops::AddAssign;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, i8x64, mask64x8, u8x64, u64x8};

use super::text_check::TextCheck;

const BLOCK: usize = 64;
const GROUP: usize = 8;
/// Blocks whose masks are written before the first is read: reading a vector right after its parts were written stalls.
const BATCH: usize = 8 * GROUP;
const LAST: u32 = BLOCK as u32 - 1;
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Position of the next byte in the CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Position {
    #[default]
    Line,
    Field,
    /// In an unquoted field, or after a closing quote.
    Plain,
    Quoted,
    /// After a quote within quotes: it either closed the field or escapes the next quote.
    AfterQuote,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lines<N> {
    ended: N,
    empty: N,
    /// Records whose first byte is `#`, whether they have ended or not.
    hash: N,
    formula_escapes: N,
}

impl<N> Lines<N> {
    fn map<M>(self, convert: impl Fn(N) -> M) -> Lines<M> {
        let Self { ended, empty, hash, formula_escapes } = self;
        Lines {
            ended: convert(ended),
            empty: convert(empty),
            hash: convert(hash),
            formula_escapes: convert(formula_escapes),
        }
    }
}

impl<N: AddAssign> AddAssign for Lines<N> {
    #[inline(always)]
    fn add_assign(&mut self, more: Self) {
        self.ended += more.ended;
        self.empty += more.empty;
        self.hash += more.hash;
        self.formula_escapes += more.formula_escapes;
    }
}

/// The kind of each byte of a group. The highest bit of the last mask is the state for the next group.
#[derive(Clone, Copy)]
struct Kinds<V> {
    /// Within quotes; such a byte ends nothing.
    quoted: V,
    quote: V,
    /// The end of a field, or the start of the stream.
    field_end: V,
    /// The end of a line, or the start of the stream.
    line_end: V,
    /// A CR. If it is also a line's end, a following LF belongs to it.
    cr: V,
    opens: V,
    apostrophe: V,
}

type GroupRead<S> = (Kinds<u64x8<S>>, Lines<u64x8<S>>);

/// Counts bytes and records of a CSV stream that arrives in pieces of any size.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    bytes: u64,
    lines: Lines<u64>,
    position: Position,
    /// The previous byte was a CR that ended a line: an LF now belongs to it.
    after_cr: bool,
    /// The previous byte was a quote that opened a field.
    after_opening: bool,
    /// The previous byte was an apostrophe that began a field.
    after_apostrophe: bool,
    /// Bytes of a byte order mark seen; 3 when it is no longer looked for.
    bom: usize,
    pub(super) text: TextCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub bytes: u64,
    /// Including a header row.
    pub records: u64,
    pub empty_lines: u64,
    pub hash_records: u64,
    /// Fields that begin with `'=`, `'+`, `'-` or `'@`, in quotes or not.
    pub formula_escapes: u64,
    pub not_utf8: u64,
    pub nul: u64,
    /// The CSV ends within quotes, as after a cut.
    pub unfinished: bool,
    /// The last line has no end. It may still be whole.
    pub open_line: bool,
}

impl Meter {
    pub fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        let rest = self.skip_bom(piece);
        let is_plain = dispatch!(Level::new(), simd => self.count_lines(simd, rest));
        self.text.update(piece, is_plain && rest.len() == piece.len());
    }

    pub fn count(&self) -> Count {
        let open_line = self.position != Position::Line;
        Count {
            bytes: self.bytes,
            records: self.lines.ended + u64::from(open_line),
            empty_lines: self.lines.empty,
            hash_records: self.lines.hash,
            formula_escapes: self.lines.formula_escapes,
            not_utf8: self.text.not_utf8(),
            nul: self.text.nul(),
            unfinished: self.position == Position::Quoted,
            open_line,
        }
    }

    /// Finds the first byte of the next piece after which `is_found` holds, and the count before it. Runs byte by byte:
    /// it is used once, on a stream that is then given up.
    pub(super) fn find_first(mut self, piece: &[u8], is_found: impl Fn(&Self) -> bool) -> (usize, Self) {
        for (at, byte) in piece.iter().enumerate() {
            let before = self.clone();
            self.update(std::slice::from_ref(byte));
            if is_found(&self) {
                return (at, before);
            }
        }
        (piece.len(), self)
    }

    /// Skips a byte order mark at the start of the stream: it is no part of the first field.
    fn skip_bom<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        while self.bom < BOM.len() {
            let Some((first, rest)) = piece.split_first() else { return piece };
            if *first == BOM[self.bom] {
                self.bom += 1;
                piece = rest;
            } else {
                // The beginning of a mark was text after all.
                let text = self.bom;
                self.bom = BOM.len();
                self.update_bytewise(&BOM[..text]);
            }
        }
        piece
    }

    /// Counts lines and fields; returns whether all bytes are ASCII other than NUL.
    // Inlined, with what it calls, into a function compiled for the processor's instructions.
    #[inline(always)]
    fn count_lines(&mut self, simd: impl Simd, bytes: &[u8]) -> bool {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        // As signed numbers, NUL and all bytes that are not ASCII are the least.
        let mut least = i8x64::splat(simd, i8::MAX);
        let mut masks = [[0; BATCH]; 5];
        let zero = u64x8::splat(simd, 0);
        let mut lines = Lines { ended: zero, empty: zero, hash: zero, formula_escapes: zero };
        let mut before = self.previous_byte(simd);
        for batch in blocks.chunks(BATCH) {
            for (at, block) in batch.iter().enumerate() {
                let block = u8x64::load_array_ref(simd, block);
                least = least.min(block.bitcast::<i8x64<_>>());
                let is = |byte: u8| block.simd_eq(byte);
                let found = [is(b'"'), is(b','), is(b'\n'), is(b'\r'), is(b'#') | is(b'\'')];
                for (masks, found) in masks.iter_mut().zip(found) {
                    masks[at] = found.to_bitmask();
                }
            }
            if batch.len() < BATCH {
                masks.iter_mut().for_each(|masks| masks[batch.len()..].fill(0));
            }
            for (at, group) in batch.chunks(GROUP).enumerate() {
                let masks = masks.each_ref().map(|masks| u64x8::from_slice(simd, &masks[at * GROUP..(at + 1) * GROUP]));
                if let Some((kinds, more)) = read_group(simd, &before, masks, group) {
                    lines += more;
                    before = kinds;
                    if group.len() < GROUP {
                        self.store_state(&before, group.len());
                        before = self.previous_byte(simd);
                    }
                } else {
                    self.store_state(&before, GROUP);
                    self.update_bytewise(group.as_flattened());
                    before = self.previous_byte(simd);
                }
            }
        }
        self.store_state(&before, GROUP);
        self.lines += lines.map(|counted| counted.reduce_sum());
        self.update_bytewise(rest);
        least.simd_gt(0).all_true() && rest.iter().all(|byte| matches!(byte, 1..=127))
    }

    #[inline(always)]
    fn previous_byte<S: Simd>(&self, simd: S) -> Kinds<u64x8<S>> {
        let is = |flag: bool| u64x8::splat(simd, u64::from(flag) << LAST);
        Kinds {
            quoted: is(self.position == Position::Quoted),
            quote: is(self.position == Position::AfterQuote),
            field_end: is(matches!(self.position, Position::Line | Position::Field)),
            line_end: is(self.position == Position::Line),
            cr: is(self.after_cr),
            opens: is(self.after_opening),
            apostrophe: is(self.after_apostrophe),
        }
    }

    #[inline(always)]
    fn store_state<S: Simd>(&mut self, kinds: &Kinds<u64x8<S>>, blocks: usize) {
        let is = |masks: &u64x8<S>| masks[blocks - 1] >> LAST != 0;
        self.after_cr = is(&kinds.cr) && is(&kinds.line_end);
        self.after_opening = is(&kinds.opens);
        self.after_apostrophe = is(&kinds.apostrophe);
        self.position = if is(&kinds.quoted) {
            Position::Quoted
        } else if is(&kinds.quote) {
            Position::AfterQuote
        } else if is(&kinds.line_end) {
            Position::Line
        } else if is(&kinds.field_end) {
            Position::Field
        } else {
            Position::Plain
        };
    }

    fn update_bytewise(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            let is_first = matches!(self.position, Position::Line | Position::Field);
            if self.after_apostrophe && matches!(byte, b'=' | b'+' | b'-' | b'@') {
                self.lines.formula_escapes += 1;
            }
            self.after_apostrophe = byte == b'\'' && (is_first || self.after_opening);
            self.after_opening = byte == b'"' && is_first;
            self.position = match (self.position, byte) {
                (Position::Quoted, b'"') => Position::AfterQuote,
                (Position::Quoted, _) => Position::Quoted,
                (Position::Line | Position::Field | Position::AfterQuote, b'"') => Position::Quoted,
                (_, b',') => Position::Field,
                (Position::Line, b'\n') if after_cr => Position::Line,
                (place, b'\n' | b'\r') => {
                    if place == Position::Line {
                        self.lines.empty += 1;
                    } else {
                        self.lines.ended += 1;
                    }
                    self.after_cr = byte == b'\r';
                    Position::Line
                }
                (place, _) => {
                    if place == Position::Line && byte == b'#' {
                        self.lines.hash += 1;
                    }
                    Position::Plain
                }
            };
        }
    }
}

/// Classifies and counts the bytes of a group; `None` if a quote in it neither opens nor closes a field. The masks are
/// those of `"`, `,`, LF, CR, and of `#` and apostrophe together. Line ends and quotes are unpredictable, so nothing
/// branches on them; a field that begins with `#` or an apostrophe is rare.
#[inline(always)]
fn read_group<S: Simd>(
    simd: S,
    before: &Kinds<u64x8<S>>,
    [quote, comma, lf, cr, rare]: [u64x8<S>; 5],
    group: &[[u8; BLOCK]],
) -> Option<GroupRead<S>> {
    let quoted = within_quotes(simd, quote, before.quoted);
    let line_end = (lf | cr) & !quoted;
    let field_end = (comma | lf | cr) & !quoted;
    let line_start = shift_in(line_end, before.line_end);
    let field_start = shift_in(field_end, before.field_end);

    let opening = quote & quoted;
    let opens = opening & field_start;
    let lost = opening & !field_start & !shift_in(quote, before.quote);
    let rare = rare & (field_start | shift_in(opens, before.opens));
    let of_crlf = lf & shift_in(cr, before.cr);
    let mut lines = Lines {
        ended: (line_end & !line_start).count_ones(),
        empty: (line_end & line_start & !of_crlf).count_ones(),
        hash: u64x8::splat(simd, 0),
        formula_escapes: u64x8::splat(simd, 0),
    };
    let mut apostrophe = rare;
    if has_any(lost | rare | before.apostrophe) {
        if has_any(lost) {
            return None;
        }
        let (mut hash, mut operator) = ([0; GROUP], [0; GROUP]);
        for (at, block) in group.iter().enumerate() {
            let block = u8x64::load_array_ref(simd, block);
            let is = |byte: u8| block.simd_eq(byte);
            hash[at] = is(b'#').to_bitmask();
            operator[at] = (is(b'=') | is(b'+') | is(b'-') | is(b'@')).to_bitmask();
        }
        let [hash, operator] = [hash, operator].map(|masks| u64x8::simd_from(simd, masks));
        apostrophe &= !hash;
        lines.hash = (hash & line_start).count_ones();
        lines.formula_escapes = (operator & shift_in(apostrophe, before.apostrophe)).count_ones();
    }
    Some((Kinds { quoted, quote, field_end, line_end, cr, opens, apostrophe }, lines))
}

/// Sets each bit whose byte is followed by quoted text: the number of quotes up to and including it is odd.
#[inline(always)]
fn within_quotes<S: Simd>(simd: S, quote: u64x8<S>, before: u64x8<S>) -> u64x8<S> {
    let mut within = quote;
    for distance in [1, 2, 4, 8, 16, 32] {
        within ^= within << distance;
    }
    // The same from block to block: one bit each, set if its text begins within quotes.
    let mut begins = (within >> LAST).simd_ne(0).to_bitmask() << 1 | before[GROUP - 1] >> LAST;
    for distance in [1, 2, 4] {
        begins ^= begins << distance;
    }
    let all = |bits: u64| u64x8::splat(simd, bits);
    within ^ mask64x8::from_bitmask(simd, begins & 0xFF).select(all(!0), all(0))
}

/// Shifts `bits` by one byte. The first byte gets the last bit of `before`.
#[inline(always)]
fn shift_in<S: Simd>(bits: u64x8<S>, before: u64x8<S>) -> u64x8<S> {
    bits << 1 | before.slide::<{ GROUP - 1 }>(bits) >> LAST
}

#[inline(always)]
fn has_any(bits: u64x8<impl Simd>) -> bool {
    bits.simd_ne(0).any_true()
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

    fn formula_escapes(bytes: &[u8]) -> u64 {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let is_escape = |cell: &&[u8]| matches!(cell, [b'\'', b'=' | b'+' | b'-' | b'@', ..]);
        reader.byte_records().map(|record| record.unwrap().iter().filter(is_escape).count() as u64).sum()
    }

    fn csv_crate_counts(bytes: &[u8]) -> (u64, u64) {
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

    fn csv_like() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            4 => Just(b'"'), 3 => Just(b','), 2 => Just(b'\n'), 2 => Just(b'\r'), 1 => Just(b'#'),
            2 => Just(b'\''), 2 => Just(b'='), 4 => Just(b'a'), 1 => any::<u8>(),
        ];
        prop::collection::vec(byte, 0..600)
    }

    /// Rows as a writer makes them, which take the fast path.
    fn well_formed() -> impl Strategy<Value = Vec<u8>> {
        let cell = "['=+@-]{0,2}[-+=@'a#\",\n\r]{0,30}";
        let rows = prop::collection::vec(prop::collection::vec(cell, 1..5), 0..40);
        (rows, any::<bool>(), any::<bool>()).prop_map(|(rows, always, crlf)| {
            let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer =
                csv::WriterBuilder::new().flexible(true).quote_style(style).terminator(end).from_writer(vec![]);
            for row in rows {
                writer.write_record(row).unwrap();
            }
            writer.into_inner().unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn records_are_counted_as_by_the_csv_crate(bytes in prop_oneof![csv_like(), well_formed()], cuts in prop::collection::vec(0usize..600, 0..8), bom in any::<bool>()) {
            let bytes = if bom { [&BOM[..], &bytes].concat() } else { bytes };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let split = count(&pieces);
            prop_assert_eq!(split, count(&[&bytes]));
            prop_assert_eq!((split.records, split.hash_records), csv_crate_counts(&bytes));
            prop_assert_eq!(split.bytes, bytes.len() as u64);
        }

        #[test]
        fn formula_escapes_are_counted_as_by_the_csv_crate(bytes in well_formed(), cut in 0usize..2_000) {
            let (one, other) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(count(&[one, other]).formula_escapes, formula_escapes(&bytes));
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
    fn formula_escapes_count_only_at_the_start_of_a_cell() {
        for (csv, escapes) in [
            ("'=1,\"'+1\",'-1\r\n'@x\n", 4),
            ("\u{feff}'=1", 1),
            ("a'=1,\"a'=1\",'a=1,' =1,'',\"'\"\"=1\",\"\"\"'=1\",\"a\n'=1\",\"a,'=1\"\n", 0),
            ("#'=1\n'=1", 1),
        ] {
            let spaced = |before: usize| format!("{}\n{csv}", "x".repeat(before));
            assert_eq!(count(&[csv.as_bytes()]).formula_escapes, escapes, "{csv}");
            if !csv.starts_with('\u{feff}') {
                for before in (0..130).chain(500..530) {
                    assert_eq!(count(&[spaced(before).as_bytes()]).formula_escapes, escapes, "{csv} after {before}");
                }
            }
        }
    }

    #[test]
    fn a_stream_cut_within_quotes_is_unfinished() {
        assert!(count(&[b"a,b\n1,\"cut off he"]).unfinished);
        assert!(!count(&[b"a,b\n1,\"whole\""]).unfinished);
        assert_eq!(count(&[b"a,b\n1,2"]).records, 2, "the last newline may be missing");
    }
}
