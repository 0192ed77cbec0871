//! The rows of a generated DataSet: any number of them, the same each time, made as they are sent and never stored.
//!
//! A row is its number, a date, and one of [`TAILS`] prepared endings. With prepared endings a row costs a copy of some
//! 80 bytes, so that the sandbox is not the slow side of a transfer.

use std::io::Write;

use bytes::Bytes;
use chrono::{Days, NaiveDate};
use fastrand::Rng;

mod cells;
mod family;

pub(crate) use cells::Cells;
pub(crate) use family::{Family, REGIONS};

/// A multiple of the number of regions, so that the region of a row is its number modulo the regions.
const TAILS: usize = 2_000;
/// Rows of one day; a DataSet runs through two years of days and starts over.
const ROWS_A_DAY: u64 = 330;
const DAYS: u64 = 730;
/// Large enough that the overhead of sending a block is small.
const BLOCK: usize = 128 << 10;

#[derive(Debug)]
pub(crate) struct Table {
    numbered: bool,
    dates: Vec<String>,
    tails: Vec<Vec<u8>>,
}

impl Table {
    /// `seed` distinguishes DataSets of one family; `escape` puts a `'` before cells that a spreadsheet would run.
    pub(crate) fn new(family: Family, seed: u64, escape: bool) -> Table {
        let mut random = Rng::with_seed(seed);
        let tail = |index: usize| {
            let mut cells = Cells::new(escape);
            family.tail(index, &mut random, &mut cells);
            cells.into_line()
        };
        let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
        Table {
            numbered: family.numbered(),
            tails: (0..TAILS).map(tail).collect(),
            dates: (0..DAYS).map(|day| format!(",{},", start + Days::new(day))).collect(),
        }
    }

    /// Appends row `row`, counted from 0, with its line end.
    pub(crate) fn write(&self, row: u64, out: &mut Vec<u8>) {
        if self.numbered {
            // Writing to memory does not fail.
            let _ = write!(out, "{}", row + 1);
            out.extend_from_slice(self.dates[(row / ROWS_A_DAY % DAYS) as usize].as_bytes());
        }
        let regions = REGIONS.len() as u64;
        // The multiplier of Knuth's linear generator, to spread neighbors.
        let spread = row.wrapping_mul(6_364_136_223_846_793_005) >> 33;
        let tail = spread % (TAILS as u64 / regions) * regions + row % regions;
        out.extend_from_slice(&self.tails[tail as usize]);
        out.push(b'\n');
    }
}

#[derive(Debug)]
pub(crate) struct Blocks {
    table: Table,
    next: u64,
    step: u64,
    end: u64,
}

impl Blocks {
    pub(crate) fn all(table: Table, end: u64) -> Blocks {
        Blocks { table, next: 0, step: 1, end }
    }

    /// Only one region's rows up to `end`, as a PDP policy leaves them.
    pub(crate) fn of_region(table: Table, region: usize, end: u64) -> Blocks {
        Blocks { table, next: region as u64, step: REGIONS.len() as u64, end }
    }

    /// Single rows, with their line ends.
    pub(crate) fn rows(self) -> impl Iterator<Item = Vec<u8>> {
        let Blocks { table, next, step, end } = self;
        (next..end).step_by(step as usize).map(move |row| {
            let mut line = Vec::new();
            table.write(row, &mut line);
            line
        })
    }
}

impl Iterator for Blocks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.next >= self.end {
            return None;
        }
        let mut block = Vec::with_capacity(BLOCK + 1024);
        while self.next < self.end && block.len() < BLOCK {
            self.table.write(self.next, &mut block);
            self.next += self.step;
        }
        Some(block.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(family: Family, rows: u64) -> Vec<u8> {
        Blocks::all(Table::new(family, 7, false), rows).flatten().collect()
    }

    #[test]
    fn the_same_id_and_row_give_the_same_text() {
        let few = text(Family::Sales, 1_000);
        assert_eq!(few, text(Family::Sales, 1_000));
        assert!(text(Family::Sales, 5_000).starts_with(&few));
    }

    #[test]
    fn every_family_has_the_stated_records_and_cells() {
        for family in Family::ALL {
            let text = text(family, 3_000);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            let blank = text.windows(2).filter(|pair| *pair == b"\n\n").count();
            let blank = if family == Family::OptOuts { blank + usize::from(text[0] == b'\n') } else { 0 };
            assert_eq!(records.len() + blank, 3_000, "{family:?}");
            assert!(records.iter().all(|r| r.len() == family.columns().len()), "{family:?}");
        }
    }

    #[test]
    fn a_region_is_every_fifth_row() {
        let rows: Vec<u8> = Blocks::of_region(Table::new(Family::Sales, 7, false), 3, 1_000).flatten().collect();
        let rows = String::from_utf8(rows).unwrap();
        assert_eq!(rows.lines().count(), 200);
        assert!(rows.lines().all(|row| row.contains(REGIONS[3])));
    }
}
