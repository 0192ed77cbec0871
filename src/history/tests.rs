mod exports;
mod file;
mod numbers;
mod runs;

use std::collections::BTreeSet;
use std::sync::Barrier;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::explain;
use crate::export::schedule::Punctuality;
use crate::export::{Append, DatasetKey, Export, FileStem, Update, file_name, next_number};
use crate::history::RowCount;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_300_000 + second, 0).unwrap()
}

fn open(state: &Path) -> History {
    let Opened { history, damaged } = History::open(state, at(0)).unwrap();
    assert_eq!(damaged, None);
    history
}

fn run(definition: &Path, second: i64) -> NewRun<'_> {
    let (export, slug, started) = ("Daily sales", "daily-sales", at(second));
    NewRun { export, slug, definition, writes: "x", is_locked: true, kind: Kind::Manual, started }
}

fn ending(result: RunResult) -> Ending {
    let reached = Reached {
        phase: Some(Phase::Proof),
        file: Some("acme/mart/x_1.csv".to_owned()),
        rows: 3,
        bytes: 40,
        attempts: 2,
    };
    Ending::new(result, Update::Append, reached)
}

fn daily_sales() -> RunFilter<'static> {
    RunFilter::Export { slug: "daily-sales", definition: Path::new("/nowhere") }
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
