//! The CSV on its way into the spool: counted as it comes, and once more as it is sent where the export has it changed.

use super::count::Counted;
use super::meter::Meter;
use super::rewrite::Rewriter;
use super::spool::Filler;
use super::{Failure, Refusal, hash_rows};
use crate::export::{Csv, HashRows};

/// What is counted is copied while it still lies in the processor's nearest cache.
const PART: usize = 32 << 10;
/// No header is longer.
const LONGEST_HEADER: usize = 1 << 20;

/// What has come so far.
pub(super) struct Intake {
    came: Meter,
    /// What changes it, and what was made of it.
    rewritten: Option<(Rewriter, Meter)>,
    refuse_hash: bool,
    /// Of how many columns Domo says that the DataSet is.
    columns: Option<u64>,
    /// All of it, as long as there are no rows.
    header: Vec<u8>,
}

impl Intake {
    pub(super) fn new(csv: Csv, columns: Option<u64>) -> Self {
        Self {
            came: Meter::default(),
            rewritten: Rewriter::new(csv).map(|rewriter| (rewriter, Meter::default())),
            refuse_hash: csv.hash_rows == HashRows::Refuse,
            columns,
            header: Vec::new(),
        }
    }

    /// Takes the next piece.
    pub(super) async fn take(&mut self, piece: &[u8], filler: &mut Filler) -> Result<(), Failure> {
        let before = self.came.clone();
        for part in piece.chunks(PART) {
            self.came.update(part);
            match &mut self.rewritten {
                Some((rewriter, sent)) => {
                    let part = rewriter.update(part);
                    sent.update(&part);
                    filler.append(&part).await?;
                }
                None => filler.append(part).await?,
            }
        }
        if self.refuse_hash && self.came.count().hash_records > 0 {
            return Err(hash_rows::refuse(before, piece, &self.came, |meter| self.rows_of(meter)).into());
        }
        if self.rows() == 0 && self.header.len() < LONGEST_HEADER {
            self.header.extend_from_slice(piece);
        }
        Ok(())
    }

    /// Takes what is left when all has come.
    pub(super) async fn end(&mut self, filler: &mut Filler) -> Result<(), Failure> {
        if let Some((rewriter, sent)) = &mut self.rewritten {
            let rest = rewriter.finish();
            sent.update(&rest);
            filler.append(&rest).await?;
        }
        Ok(())
    }

    /// Bytes that have come.
    pub(super) fn bytes(&self) -> u64 {
        self.came.count().bytes
    }

    /// Rows that have come.
    pub(super) fn rows(&self) -> u64 {
        self.rows_of(&self.came)
    }

    /// Records without the header, and for a single column the empty lines, which are its nulls.
    fn rows_of(&self, meter: &Meter) -> u64 {
        let count = meter.count();
        count.records.saturating_sub(1) + if self.columns == Some(1) { count.empty_lines } else { 0 }
    }

    /// The rows, if they are as many as Domo says that the DataSet has, where it says so, all came, and all are sent.
    /// `framed` is whether the answer has said where it ends.
    pub(super) fn proven(&self, input: &Counted, framed: bool) -> Result<u64, Refusal> {
        let (count, counted) = (self.came.count(), self.rows());
        // There is always a header. A last line without its end is whole only if the answer has said that it is.
        if count.unfinished || count.records == 0 || (count.open_line && !framed) {
            return Err(Refusal::CutOff { stated: input.rows, counted });
        }
        let stated = input.rows.unwrap_or(counted);
        let sent = self.rewritten.as_ref().map_or(counted, |(_, sent)| self.rows_of(sent));
        if let Some(counted) = [counted, sent].into_iter().find(|counted| *counted != stated) {
            return Err(Refusal::rows(input, stated, counted));
        }
        // Where rows came, their number is the proof. Where there are none, any line of text would do for a header.
        if let Some(columns) = self.columns.filter(|_| stated == 0) {
            let came = self.columns_of_header();
            if came != columns {
                return Err(Refusal::NoHeader { columns, came });
            }
        }
        Ok(stated)
    }

    fn columns_of_header(&self) -> u64 {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&self.header[..]);
        // Read from memory, CSV is never wrong before its second record.
        reader.byte_records().next().and_then(Result::ok).map_or(0, |record| record.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domo::{DataSet, DataSetKind};
    use crate::export::{DataSetId, Nulls};
    use crate::run::RowCount;

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

    /// What has taken a DataSet of so many columns, changed in both ways.
    async fn taken(columns: u64, text: &str) -> Intake {
        let csv = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Empty };
        let mut filler = Filler::new(std::env::temp_dir());
        let mut intake = Intake::new(csv, Some(columns));
        for piece in text.as_bytes().chunks(5) {
            intake.take(piece, &mut filler).await.unwrap();
        }
        intake.end(&mut filler).await.unwrap();
        intake
    }

    #[tokio::test]
    async fn what_is_sent_is_counted_as_well_as_what_came() {
        for (columns, text) in [(2, "id,tag\n#1,\\N\n2,\"#\n\"\n"), (1, "tag\n\\N\n\n")] {
            let mut intake = taken(columns, text).await;
            assert_eq!(intake.proven(&input(2, columns), true), Ok(2), "{text}");
            // As if a row had been lost on the way.
            intake.rewritten.as_mut().unwrap().1 = Meter::default();
            let refused = Refusal::rows(&input(2, columns), 2, 0);
            assert_eq!(intake.proven(&input(2, columns), true), Err(refused), "{text}");
        }
    }

    #[tokio::test]
    async fn without_a_number_of_rows_all_that_came_is_sent_unless_it_was_cut_off() {
        let unproven = Counted { rows: None, by: RowCount::NotProven, ..input(0, 2) };
        assert_eq!(taken(2, "id,tag\n1,a\n2,b").await.proven(&unproven, true), Ok(2));
        for (text, framed, counted) in [("id,tag\n1,\"a\n", true, 1), ("id,tag\n1,a\n2", false, 2), ("", true, 0)] {
            let refused = Refusal::CutOff { stated: None, counted };
            assert_eq!(taken(2, text).await.proven(&unproven, framed), Err(refused), "{text}");
        }
        let none = taken(2, "Not now").await.proven(&unproven, true);
        assert_eq!(none, Err(Refusal::NoHeader { columns: 2, came: 1 }));
        let mut lost = taken(2, "id,tag\n1,a\n").await;
        lost.rewritten.as_mut().unwrap().1 = Meter::default();
        assert_eq!(lost.proven(&unproven, true), Err(Refusal::rows(&unproven, 1, 0)));
    }

    #[tokio::test]
    async fn a_header_without_rows_has_the_columns_of_the_data_set() {
        let header = taken(3, "\u{feff}id,\"a, \"\"b\"\"\nc\",\"#\"\r\n").await;
        assert_eq!(header.proven(&input(0, 3), true), Ok(0));
        let text = taken(3, "Not now, please").await;
        assert_eq!(text.proven(&input(0, 3), true), Err(Refusal::NoHeader { columns: 3, came: 2 }));
    }
}
