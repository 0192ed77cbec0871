//! Takes the CSV into the spool, counting it as it arrives, and again after rewriting.

use super::count::Counted;
use super::meter::Meter;
use super::rewrite::Rewriter;
use super::spool::Filler;
use super::{Failure, Refusal, RunNote, bad_rows};
use crate::export::{Checks, Csv, HashRows};

/// Counting and copying happen in parts that fit the processor's nearest cache.
const CHUNK: usize = 32 << 10;
/// No header is longer.
const MAX_HEADER_BYTES: usize = 1 << 20;
/// Most bytes without the end of a row. As the rows are limited by what Domo states, this limits the whole export. A
/// DataSet has up to 1,500 columns (Domo, "Connector FAQs and Troubleshooting"); Domo states no limit for a text in
/// one, and 64 KiB for each is far more than it ever shows.
const MAX_ROW_BYTES: u64 = 1_500 * (64 << 10);

pub(super) struct Intake {
    received: Meter,
    /// The rewriter, and the count of its output.
    rewritten: Option<(Rewriter, Meter)>,
    refuse_hash: bool,
    refuse_unreadable: bool,
    /// Rows at the last new row, and bytes at the end of that piece.
    last_row: (u64, u64),
    max_row_bytes: u64,
    columns: Option<u64>,
    /// Everything received, while there are no rows.
    header: Vec<u8>,
}

impl Intake {
    pub(super) fn new(csv: Csv, checks: Checks, columns: Option<u64>) -> Self {
        Self {
            received: Meter::default(),
            rewritten: Rewriter::new(csv).map(|rewriter| (rewriter, Meter::default())),
            refuse_hash: csv.hash_rows == HashRows::Refuse,
            refuse_unreadable: !checks.allow_unreadable,
            last_row: (0, 0),
            max_row_bytes: MAX_ROW_BYTES,
            columns,
            header: Vec::new(),
        }
    }

    pub(super) async fn take(&mut self, piece: &[u8], filler: &mut Filler) -> Result<(), Failure> {
        let before = self.received.clone();
        for part in piece.chunks(CHUNK) {
            self.received.update(part);
            match &mut self.rewritten {
                Some((rewriter, sent)) => {
                    let part = rewriter.update(part);
                    sent.update(&part);
                    filler.append(&part).await?;
                }
                None => filler.append(part).await?,
            }
        }
        if self.refuse_unreadable && !self.received.text.is_text() {
            return Err(bad_rows::refuse_unreadable(before, piece, &self.received, |meter| self.rows_of(meter)).into());
        }
        if self.refuse_hash && self.received.count().hash_records > 0 {
            return Err(bad_rows::refuse_hash(before, piece, &self.received, |meter| self.rows_of(meter)).into());
        }
        self.check_length()?;
        if self.rows() == 0 && self.header.len() < MAX_HEADER_BYTES {
            self.header.extend_from_slice(piece);
        }
        Ok(())
    }

    /// Refuses an export that goes on without another row.
    fn check_length(&mut self) -> Result<(), Refusal> {
        let (rows, bytes) = (self.rows(), self.bytes());
        if rows != self.last_row.0 {
            self.last_row = (rows, bytes);
        }
        let bytes = bytes - self.last_row.1;
        // The open row was counted at its first byte.
        let is_open = self.received.count().open_line && rows > 0;
        if bytes > self.max_row_bytes {
            Err(Refusal::Endless { rows: rows - u64::from(is_open), bytes })
        } else {
            Ok(())
        }
    }

    pub(super) async fn end(&mut self, filler: &mut Filler) -> Result<(), Failure> {
        if self.refuse_unreadable && self.received.text.is_within_character() {
            let all = self.received.clone();
            return Err(bad_rows::refuse_unreadable(all, b"", &self.received, |meter| self.rows_of(meter)).into());
        }
        if let Some((rewriter, sent)) = &mut self.rewritten {
            let rest = rewriter.finish();
            sent.update(&rest);
            filler.append(&rest).await?;
        }
        Ok(())
    }

    pub(super) fn notes(&self) -> Vec<RunNote> {
        let count = self.received.count();
        let (not_utf8, nul) = (count.not_utf8, count.nul);
        let escapes = (count.formula_escapes > 0).then_some(RunNote::FormulaEscapes(count.formula_escapes));
        let unreadable = (not_utf8 + nul > 0).then_some(RunNote::Unreadable { not_utf8, nul });
        escapes.into_iter().chain(unreadable).collect()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.received.count().bytes
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows_of(&self.received)
    }

    /// Records without the header. For a single column, empty lines are its nulls and count too.
    fn rows_of(&self, meter: &Meter) -> u64 {
        let count = meter.count();
        count.records.saturating_sub(1) + if self.columns == Some(1) { count.empty_lines } else { 0 }
    }

    /// Proves that everything arrived and is sent, in the number of rows that Domo states, if it does. `framed` says
    /// whether the answer had a known end.
    pub(super) fn proven(&self, input: &Counted, framed: bool) -> Result<u64, Refusal> {
        let (count, counted) = (self.received.count(), self.rows());
        // There is always a header. A last line without its end is whole only in a framed answer.
        if count.unfinished || count.records == 0 || (count.open_line && !framed) {
            return Err(Refusal::CutOff { stated: input.rows, counted });
        }
        let stated = input.rows.unwrap_or(counted);
        let sent = self.rewritten.as_ref().map_or(counted, |(_, sent)| self.rows_of(sent));
        if let Some(counted) = [counted, sent].into_iter().find(|counted| *counted != stated) {
            return Err(Refusal::rows(input, stated, counted));
        }
        // Rows prove themselves by their number. Without any, every line of text would pass for a header.
        if let Some(columns) = self.columns.filter(|_| stated == 0) {
            let came = self.columns_of_header();
            if came != columns {
                return Err(Refusal::NoHeader { columns, found: came });
            }
        }
        Ok(stated)
    }

    fn columns_of_header(&self) -> u64 {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&self.header[..]);
        reader.byte_records().next().and_then(Result::ok).map_or(0, |record| record.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::{DataSetId, Nulls};
    use crate::history::RowCount;
    use crate::services::domo::{DataSet, DataSetKind};

    fn input(rows: u64, columns: u64) -> Counted {
        let data_set = DataSet {
            id: "845305d8-da3d-4107-a9d6-13ef3f86d4a4".parse::<DataSetId>().unwrap(),
            name: String::new(),
            rows: Some(rows),
            columns: Some(columns),
            schema: Vec::new(),
            owner_id: None,
            owner_name: None,
            updated: None,
            data_current: None,
            pdp_enabled: false,
            full_access: None,
            kind: DataSetKind::Unsaid,
            is_archived: false,
        };
        Counted { data_set, rows: Some(rows), by: RowCount::Metadata, missing: None }
    }

    /// An intake that has taken `text`, rewritten in both ways.
    async fn intake_of(columns: u64, text: &str) -> Intake {
        let csv = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Empty };
        let mut filler = Filler::new(std::env::temp_dir());
        let mut intake = Intake::new(csv, Checks::default(), Some(columns));
        for piece in text.as_bytes().chunks(5) {
            intake.take(piece, &mut filler).await.unwrap();
        }
        intake.end(&mut filler).await.unwrap();
        intake
    }

    #[tokio::test]
    async fn rewritten_rows_are_counted_too() {
        for (columns, text) in [(2, "id,tag\n#1,\\N\n2,\"#\n\"\n"), (1, "tag\n\\N\n\n")] {
            let mut intake = intake_of(columns, text).await;
            assert_eq!(intake.proven(&input(2, columns), true), Ok(2), "{text}");
            // As if a row had been lost on the way.
            intake.rewritten.as_mut().unwrap().1 = Meter::default();
            let refused = Refusal::rows(&input(2, columns), 2, 0);
            assert_eq!(intake.proven(&input(2, columns), true), Err(refused), "{text}");
        }
    }

    #[tokio::test]
    async fn of_what_arrives_only_the_header_is_kept() {
        let mut filler = Filler::new(std::env::temp_dir());
        let mut intake = Intake::new(Csv::default(), Checks::default(), Some(2));
        for piece in ["id,tag\n", "1,x\n", "2,y\n", "3,z\n"] {
            intake.take(piece.as_bytes(), &mut filler).await.unwrap();
        }
        assert_eq!(intake.header, b"id,tag\n");
        let mut intake = Intake::new(Csv::default(), Checks::default(), Some(2));
        for _ in 0..20 {
            intake.take(&[b'x'; 1 << 16], &mut filler).await.unwrap();
        }
        assert_eq!(intake.header.len(), MAX_HEADER_BYTES);
    }

    /// Repeats a text without end, with rows limited to 1,000 bytes. Returns the failure and the bytes taken.
    async fn endless(columns: u64, beginning: &str, repeated: &str) -> (Result<(), Failure>, u64) {
        let mut filler = Filler::new(std::env::temp_dir());
        let mut intake = Intake::new(Csv::default(), Checks::default(), Some(columns));
        intake.max_row_bytes = 1_000;
        let mut taken = intake.take(beginning.as_bytes(), &mut filler).await;
        while taken.is_ok() && intake.bytes() < 10_000 {
            taken = intake.take(repeated.as_bytes(), &mut filler).await;
        }
        (taken, intake.bytes())
    }

    #[tokio::test]
    async fn an_endless_row_is_refused() {
        for (beginning, repeated, rows) in [
            ("", "header,", 0),
            ("id\n1,x\n2,\"", "lines\nin a field,\n", 1),
            ("id\n1,x\n", "\n", 1),
            ("id\n1,x\n", "field,", 1),
            ("", "\n", 0),
        ] {
            let (taken, bytes) = endless(2, beginning, repeated).await;
            let Err(Failure::Refused(Refusal::Endless { rows: before, .. })) = taken else { panic!("{taken:?}") };
            assert_eq!(before, rows, "{beginning}{repeated}");
            assert!(bytes < 1_100, "{beginning}{repeated}: {bytes}");
        }
        assert_eq!(endless(1, "tag\n", "\n").await.0, Ok(()), "each is a row of a single column");
        assert_eq!(endless(2, "id\n", "1,x\n").await.0, Ok(()));
        assert_eq!(endless(2, "id\n", &format!("1,{}\n", "x".repeat(900))).await.0, Ok(()));
    }

    fn count_rows(bytes: &[u8], columns: u64, piece: usize) -> Result<u64, Refusal> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut filler = Filler::new(std::env::temp_dir());
            let mut intake = Intake::new(Csv::default(), Checks::default(), Some(columns));
            let taken = async {
                for piece in bytes.chunks(piece) {
                    intake.take(piece, &mut filler).await?;
                }
                intake.end(&mut filler).await?;
                Ok(intake.rows())
            };
            taken.await.map_err(|failure| match failure {
                Failure::Refused(refusal) => refusal,
                other => panic!("{other:?}"),
            })
        })
    }

    /// Cells full of CSV's special characters, sometimes with bytes that data.world does not read.
    fn cell() -> impl Strategy<Value = Vec<u8>> {
        let usual = prop::sample::select(b"ab \",\n'=".to_vec());
        let rare = prop::sample::select(vec![b'#', 0, 0xE9, 0xC3, 0xA9]);
        prop::collection::vec(prop_oneof![20 => usual, 1 => rare], 0..8)
    }

    proptest! {
        #[test]
        fn rows_are_counted_and_the_first_wrong_one_is_named(
            rows in prop::collection::vec(prop::collection::vec(cell(), 2..4), 1..20),
            piece in 1usize..60,
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let is_text = |row: &Vec<Vec<u8>>| {
                row.iter().all(|cell| std::str::from_utf8(cell).is_ok() && !cell.contains(&0))
            };
            let unreadable = rows.iter().position(|row| !is_text(row));
            // The writer quotes only where needed.
            let is_hash = |row: &Vec<Vec<u8>>| {
                row[0].first() == Some(&b'#') && !row[0].iter().any(|byte| b"\",\n".contains(byte))
            };
            let hash = rows.iter().position(is_hash);
            let row = |first: Option<u64>| Some(first.unwrap_or(0) as usize);
            match count_rows(&bytes, 3, piece) {
                Ok(counted) => prop_assert_eq!((counted, unreadable, hash), (rows.len() as u64 - 1, None, None)),
                Err(Refusal::Unreadable { first, .. }) => prop_assert_eq!(row(first), unreadable),
                Err(Refusal::HashRows { first, .. }) => prop_assert_eq!(row(first), hash),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn without_a_row_count_only_a_cut_is_refused() {
        let unproven = Counted { rows: None, by: RowCount::NotProven, ..input(0, 2) };
        assert_eq!(intake_of(2, "id,tag\n1,a\n2,b").await.proven(&unproven, true), Ok(2));
        for (text, framed, counted) in [("id,tag\n1,\"a\n", true, 1), ("id,tag\n1,a\n2", false, 2), ("", true, 0)] {
            let refused = Refusal::CutOff { stated: None, counted };
            assert_eq!(intake_of(2, text).await.proven(&unproven, framed), Err(refused), "{text}");
        }
        let none = intake_of(2, "Not now").await.proven(&unproven, true);
        assert_eq!(none, Err(Refusal::NoHeader { columns: 2, found: 1 }));
        let mut lost = intake_of(2, "id,tag\n1,a\n").await;
        lost.rewritten.as_mut().unwrap().1 = Meter::default();
        assert_eq!(lost.proven(&unproven, true), Err(Refusal::rows(&unproven, 1, 0)));
    }

    #[tokio::test]
    async fn an_empty_line_is_a_row_of_a_single_column_only() {
        assert_eq!(intake_of(1, "tag\na\n\n").await.proven(&input(2, 1), true), Ok(2));
        assert_eq!(intake_of(2, "id,tag\n1,a\n\n").await.proven(&input(1, 2), true), Ok(1));
    }

    #[tokio::test]
    async fn a_header_without_rows_has_the_columns_of_the_data_set() {
        let header = intake_of(3, "\u{feff}id,\"a, \"\"b\"\"\nc\",\"#\"\r\n").await;
        assert_eq!(header.proven(&input(0, 3), true), Ok(0));
        let text = intake_of(3, "Not now, please").await;
        assert_eq!(text.proven(&input(0, 3), true), Err(Refusal::NoHeader { columns: 3, found: 2 }));
    }
}
