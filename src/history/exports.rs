//! What has to be known of an export however few of its runs are kept: when a scheduler last ran it, what its last good
//! run wrote, and which files are its own.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::record::{Arrived, Reached, Which};
use super::runs::{MOST, moment, read, stored, text};
use super::{History, HistoryError};
use crate::export::schedule::Punctuality;
use crate::export::{DatasetKey, Export, Schedule};

/// How far ahead the clock may be by which a run began: a clock is set back a little, and computers differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// What the last good run of an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    /// The file's name, without its dataset.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// When Domo said that the data was changed last.
    pub data_date: DateTime<Utc>,
}

/// A file that an export wrote, as it wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name, without its dataset.
    pub file: String,
    /// Its size.
    pub bytes: u64,
}

impl History {
    /// When a scheduler last began a run of the export with that definition, retries with it; `None` when none ever did,
    /// as far as is known. One that was refused because the export was running does not count, nor does one that began
    /// later than now: the clock was wrong, and nobody knows when that was.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn last_scheduled(&self, definition: &Path, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, HistoryError> {
        let last = self.connection.query_row(
            "SELECT scheduled FROM exports WHERE definition = ?1",
            [text(definition)],
            |row| row.get::<_, Option<i64>>(0),
        );
        Ok(moment(last.optional()?.flatten()).filter(|begun| *begun <= now + CLOCKS_DIFFER))
    }

    /// Whether the scheduled runs of the export with that definition come when they are due.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn punctuality(
        &self,
        definition: &Path,
        schedule: &Schedule,
        now: DateTime<Utc>,
    ) -> Result<Punctuality, HistoryError> {
        let changed = definition.metadata().and_then(|metadata| metadata.modified()).ok().map(DateTime::from);
        let usual = self.statistics(Which::Export { slug: "", definition })?.average;
        Ok(schedule.punctuality(self.last_scheduled(definition, now)?, changed, usual, now))
    }

    /// What the last good run of the export with that definition wrote, if it wrote the same
    /// [`content`](crate::export::Export::content), Domo told the date of its data, and no other export has written that
    /// file of the dataset since.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn last_good(
        &self,
        definition: &Path,
        dataset: &DatasetKey,
        content: &str,
    ) -> Result<Option<LastGood>, HistoryError> {
        let last = self.connection.query_row(
            "SELECT file, exports.bytes, rows, data_date FROM exports JOIN files USING (definition, file)
             WHERE definition = ?1 AND dataset = ?2 AND content = ?3 AND data_date IS NOT NULL",
            params![text(definition), dataset.to_string(), content],
            |row| {
                Ok(LastGood {
                    file: row.get(0)?,
                    bytes: read(row.get(1)?),
                    rows: read(row.get(2)?),
                    data_date: moment(row.get(3)?).unwrap_or_default(),
                })
            },
        );
        Ok(last.optional()?)
    }

    /// The files of that dataset that the export with that definition was the last to write.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn written(&self, definition: &Path, dataset: &DatasetKey) -> Result<Vec<Written>, HistoryError> {
        let mut query =
            self.connection.prepare("SELECT file, bytes FROM files WHERE definition = ?1 AND dataset = ?2")?;
        let files = query.query_map(params![text(definition), dataset.to_string()], |row| {
            Ok(Written { file: row.get(0)?, bytes: read(row.get(1)?) })
        })?;
        Ok(files.collect::<Result<_, _>>()?)
    }

    /// Takes an export's history along to its new name. What is known of one that had that name before, and is gone, is
    /// forgotten, except for its runs. With `but`, it is kept if that export wrote it: one may run under its new name
    /// before it is saved.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub fn rename(
        &self,
        from: &Path,
        to: &Path,
        name: &str,
        slug: &str,
        but: Option<&Export>,
    ) -> Result<(), HistoryError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let (from, to) = (text(from), text(to));
        // A run that goes on holds the lock of the old name, so its row says so; no other lock is looked at.
        transaction.execute(
            "UPDATE runs SET definition = ?2, export = ?3, slug = ?4 WHERE definition = ?1",
            params![from, to, name, slug],
        )?;
        forget(&transaction, &to, but)?;
        // What is still known under the new name is the newer; a scheduler knew the old one.
        transaction.execute(
            "UPDATE exports SET scheduled = (SELECT scheduled FROM exports WHERE definition = ?1) WHERE definition = ?2",
            [&from, &to],
        )?;
        for table in ["exports", "files"] {
            transaction.execute(
                &format!("UPDATE OR IGNORE {table} SET definition = ?2 WHERE definition = ?1"),
                [&from, &to],
            )?;
        }
        transaction.execute("DELETE FROM exports WHERE definition = ?1", [&from])?;
        Ok(transaction.commit()?)
    }

    /// Forgets what is known of an export that is gone, except for its runs: one of the same name is another, and the files
    /// of the first are none of its own. With `but`, it is kept if the last good run was one of that export: it may run
    /// before it is saved, and be changed in between.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub fn forget(&self, definition: &Path, but: Option<&Export>) -> Result<(), HistoryError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        forget(&transaction, &text(definition), but)?;
        Ok(transaction.commit()?)
    }
}

/// Forgets all that is known of an export besides its runs, unless its last good run was one of `but`.
fn forget(transaction: &Transaction, definition: &str, but: Option<&Export>) -> rusqlite::Result<()> {
    if let Some(but) = but {
        let content =
            transaction.query_row("SELECT content FROM exports WHERE definition = ?1", [definition], |row| row.get(0));
        let content: Option<String> = content.optional()?.flatten();
        if content.is_some_and(|content| but.wrote(&content)) {
            return Ok(());
        }
    }
    for table in ["exports", "files"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE definition = ?1"), [definition])?;
    }
    Ok(())
}

/// Notes that a scheduler begins a run.
pub(super) fn scheduled(transaction: &Transaction, definition: &str, now: DateTime<Utc>) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO exports (definition, scheduled) VALUES (?1, ?2)
         ON CONFLICT (definition) DO UPDATE SET scheduled = excluded.scheduled",
        params![definition, now.timestamp_millis()],
    )?;
    Ok(())
}

/// Notes what a good run has written, and what it has deleted.
pub(super) fn arrived(
    transaction: &Transaction,
    definition: &str,
    arrived: &Arrived,
    reached: &Reached,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let dataset = arrived.dataset.to_string();
    let bytes = stored(reached.bytes);
    transaction.execute(
        "INSERT INTO exports (definition, content, file, bytes, rows, data_date) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (definition) DO UPDATE SET content = excluded.content, file = excluded.file,
             bytes = excluded.bytes, rows = excluded.rows, data_date = excluded.data_date",
        params![
            definition,
            arrived.content,
            arrived.file,
            bytes,
            stored(reached.rows),
            arrived.data_date.map(|date| date.timestamp_millis())
        ],
    )?;
    transaction.execute(
        "INSERT OR REPLACE INTO files (dataset, file, definition, bytes, written) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![dataset, arrived.file, definition, bytes, now.timestamp_millis()],
    )?;
    for file in &arrived.deleted {
        transaction.execute("DELETE FROM files WHERE dataset = ?1 AND file = ?2", [&dataset, file])?;
    }
    transaction.execute(
        "DELETE FROM files WHERE definition = ?1 AND written < (
             SELECT written FROM files WHERE definition = ?1 ORDER BY written DESC LIMIT 1 OFFSET ?2)",
        params![definition, MOST - 1],
    )?;
    Ok(())
}
