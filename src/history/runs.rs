//! Records runs, finds dead ones, lists them, and forgets old ones.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Row, Transaction, TransactionBehavior, named_params, params};

use super::lock::{self, ExportLock};
use super::record::{Ending, Kind, NewRun, Phase, Reached, Run, RunFilter, RunId, RunResult, Statistics};
use super::{History, HistoryError, exports};
use crate::export::Update;
use crate::text::secret::mask;

/// A run is kept longer than a year, so that a yearly schedule shows the run before.
const KEPT: TimeDelta = TimeDelta::days(400);
/// A run without a lock that is silent for longer counts as killed; no run waits that long.
const SILENT: TimeDelta = TimeDelta::days(1);
/// The most runs of an export that are kept, and the most files that it is known to have written.
pub(super) const MOST: i64 = 10_000;

impl History {
    /// Records that a run begins, and forgets runs that are too old or too many.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub fn record_begin(&self, run: &NewRun) -> Result<RunId, HistoryError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let id = insert(&transaction, run)?;
        exports::begin_run(&transaction, run)?;
        if matches!(run.kind, Kind::Scheduled | Kind::Retry) {
            exports::record_scheduled(&transaction, &text(run.definition), run.started)?;
        }
        transaction.commit()?;
        Ok(id)
    }

    /// Records a run that could not begin. It does not count as scheduled.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub fn refuse(&self, run: &NewRun, ending: &Ending) -> Result<(), HistoryError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let id = insert(&transaction, run)?;
        transaction.commit()?;
        self.end(id, ending, run.started)
    }

    /// Records the progress of a run, unless it has ended.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub fn reached(&self, run: RunId, reached: &Reached, now: DateTime<Utc>) -> Result<(), HistoryError> {
        self.connection.execute(
            "UPDATE runs SET seen = ?2, phase = ?3, file = ?4, rows = ?5, bytes = ?6, attempts = ?7
             WHERE id = ?1 AND result IS NULL",
            params![
                run.0,
                now.timestamp_millis(),
                reached.phase.map(<&str>::from),
                reached.file,
                stored(reached.rows),
                stored(reached.bytes),
                reached.attempts,
            ],
        )?;
        Ok(())
    }

    pub fn end(&self, run: RunId, ending: &Ending, now: DateTime<Utc>) -> Result<(), HistoryError> {
        let reached = &ending.reached;
        let notes = (!ending.notes.is_empty()).then(|| ending.notes.join("\n"));
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        // The export may have been renamed during the run.
        let definition: String = transaction.query_row(
            "UPDATE runs SET seen = :now, ended = :now, phase = :phase, file = coalesce(:file, file), rows = :rows,
                 row_count = :row_count, bytes = :bytes, attempts = :attempts, result = :result, reason = :reason, advice = :advice,
                 file_now = :file_now, support_id = :support_id, notes = :notes
             WHERE id = :id RETURNING definition",
            named_params! {
                ":id": run.0,
                ":now": now.timestamp_millis(),
                ":phase": reached.phase.map(<&str>::from),
                ":file": reached.file,
                ":rows": stored(reached.rows),
                ":row_count": ending.row_count.map(<&str>::from),
                ":bytes": stored(reached.bytes),
                ":attempts": reached.attempts,
                ":result": ending.result.into_str(),
                ":reason": ending.reason.as_deref().map(mask),
                ":advice": ending.advice.as_deref().map(mask),
                ":file_now": ending.file_now.as_deref().map(mask),
                ":support_id": ending.support_id.as_deref().map(mask),
                ":notes": notes.as_deref().map(mask),
            },
            |row| row.get(0),
        )?;
        if let Some(arrived) = &ending.arrived {
            exports::record_arrival(&transaction, &definition, arrived, reached, now)?;
        }
        if ending.log == Update::Replace {
            transaction.execute(
                "DELETE FROM runs WHERE definition = ?1 AND result IS NOT NULL AND id <> ?2",
                params![definition, run.0],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Records runs as interrupted that have no end and whose export's lock nobody holds. Runs that could get no lock
    /// are judged by their last sign of life.
    ///
    /// # Errors
    ///
    /// The history cannot be read or written.
    pub fn find_interrupted(
        &self,
        state: &Path,
        now: DateTime<Utc>,
        explain: impl Fn(Option<Phase>) -> [&'static str; 2],
    ) -> Result<(), HistoryError> {
        let mut running = self.connection.prepare("SELECT id, lock, phase, seen FROM runs WHERE result IS NULL")?;
        let running: Vec<(i64, String, Option<Phase>, i64)> = running
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, known(row, 2)?, row.get(3)?)))?
            .collect::<Result<_, _>>()?;
        let silent = (now - SILENT).timestamp_millis();
        for (id, lock, phase, seen) in running {
            // A run records its end before it releases the lock, so one that has ended meanwhile is not touched.
            let is_alive = if lock.is_empty() { seen > silent } else { ExportLock::is_held(state, &lock) };
            if !is_alive {
                let [reason, advice] = explain(phase);
                self.connection.execute(
                    "UPDATE runs SET ended = seen, result = ?2, reason = ?3, advice = ?4
                     WHERE id = ?1 AND result IS NULL",
                    params![id, RunResult::Interrupted.into_str(), reason, advice],
                )?;
            }
        }
        Ok(())
    }

    /// Runs, the newest first.
    pub fn runs(&self, which: RunFilter, most: u32) -> Result<Vec<Run>, HistoryError> {
        Ok(self.ended_as(which, &[], most)?.0)
    }

    /// Runs with one of these results, or all if `results` is empty, the newest first; and their number without the
    /// limit.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn ended_as(
        &self,
        which: RunFilter,
        results: &[RunResult],
        most: u32,
    ) -> Result<(Vec<Run>, u64), HistoryError> {
        const WANTED: &str = "(?2 IS NULL OR slug = ?1 OR definition = ?2)
            AND (?3 = '' OR instr(?3, ' ' || coalesce(result, '') || ' ') > 0)";
        let (slug, definition) = filter(which);
        let words: String = results.iter().map(|result| format!(" {} ", result.into_str())).collect();
        let count = format!("SELECT count(*) FROM runs WHERE {WANTED}");
        let total = self.connection.query_row(&count, params![slug, definition, words], |row| row.get(0))?;
        let mut query = self.connection.prepare(&format!(
            "SELECT export, definition, kind, result, started, ended, phase, rows, bytes, file, attempts, reason, advice,
                 file_now, support_id, row_count, notes
             FROM runs WHERE {WANTED} ORDER BY started DESC, id DESC LIMIT ?4"
        ))?;
        let runs = query.query_map(params![slug, definition, words, most], run_of)?;
        Ok((runs.collect::<Result<_, _>>()?, read(total)))
    }

    pub fn statistics(&self, which: RunFilter) -> Result<Statistics, HistoryError> {
        let (slug, definition) = filter(which);
        let all = self.connection.query_row(
            "SELECT count(*),
                 count(*) FILTER (WHERE result IN ('done', 'failed', 'refused', 'interrupted')),
                 count(*) FILTER (WHERE result = 'done'),
                 avg(ended - started) FILTER (WHERE result = 'done'),
                 max(ended) FILTER (WHERE result = 'done')
             FROM runs WHERE ?2 IS NULL OR slug = ?1 OR definition = ?2",
            params![slug, definition],
            |row| {
                let average: Option<f64> = row.get(3)?;
                Ok(Statistics {
                    runs: read(row.get(0)?),
                    tried: read(row.get(1)?),
                    good: read(row.get(2)?),
                    average: average.map(|millis| Duration::from_millis(millis.max(0.0) as u64)),
                    last_good: moment(row.get(4)?),
                })
            },
        )?;
        Ok(all)
    }
}

/// Adds a run, and deletes old ones.
fn insert(transaction: &Transaction, run: &NewRun) -> rusqlite::Result<RunId> {
    transaction.execute(
        "INSERT INTO runs (export, slug, definition, lock, kind, started, seen)
         VALUES (:export, :slug, :definition, :lock, :kind, :started, :started)",
        named_params! {
            ":export": run.export,
            ":slug": run.slug,
            ":definition": text(run.definition),
            ":lock": if run.is_locked { lock::name(run.definition) } else { String::new() },
            ":kind": run.kind.into_str(),
            ":started": run.started.timestamp_millis(),
        },
    )?;
    let id = RunId(transaction.last_insert_rowid());
    // Age counts from the run before, if that is older: a clock that is wrong once ages nothing.
    transaction.execute(
        "DELETE FROM runs WHERE result IS NOT NULL
             AND started < min(?1, coalesce((SELECT max(started) FROM runs WHERE id <> ?2), ?1)) - ?3",
        params![run.started.timestamp_millis(), id.0, KEPT.num_milliseconds()],
    )?;
    transaction.execute(
        "DELETE FROM runs WHERE definition = ?1 AND result IS NOT NULL AND id < (
             SELECT id FROM runs WHERE definition = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![text(run.definition), MOST - 1],
    )?;
    Ok(id)
}

fn filter(which: RunFilter) -> (Option<String>, Option<String>) {
    match which {
        RunFilter::All => (None, None),
        RunFilter::Definition(definition) => (None, Some(text(definition))),
        RunFilter::Export { slug, definition } => (Some(slug.to_owned()), Some(text(definition))),
    }
}

fn run_of(row: &Row) -> rusqlite::Result<Run> {
    Ok(Run {
        export: row.get(0)?,
        definition: row.get(1)?,
        kind: known(row, 2)?,
        result: known(row, 3)?,
        started: DateTime::from_timestamp_millis(row.get(4)?).unwrap_or_default(),
        ended: moment(row.get(5)?),
        phase: known(row, 6)?,
        rows: row.get::<_, Option<i64>>(7)?.map(read),
        bytes: row.get::<_, Option<i64>>(8)?.map(read),
        file: row.get(9)?,
        attempts: row.get(10)?,
        reason: row.get(11)?,
        advice: row.get(12)?,
        file_now: row.get(13)?,
        support_id: row.get(14)?,
        row_count: known(row, 15)?,
        notes: row.get::<_, Option<String>>(16)?.unwrap_or_default().lines().map(str::to_owned).collect(),
    })
}

/// The value of a word; `None` for one that this version does not know.
fn known<T: FromStr>(row: &Row, column: usize) -> rusqlite::Result<Option<T>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|word| word.parse().ok()))
}

pub(super) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub(super) fn moment(millis: Option<i64>) -> Option<DateTime<Utc>> {
    millis.and_then(DateTime::from_timestamp_millis)
}

/// SQLite's integers have a sign.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn read(number: i64) -> u64 {
    number.try_into().unwrap_or(0)
}
