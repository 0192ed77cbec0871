//! Facts of an export that outlive its runs: its last scheduled run, the result of its last good run, and the files
//! that are its own.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::record::{Arrived, NewRun, Reached, RunFilter};
use super::runs::{MOST, moment, read, stored, text};
use super::{History, HistoryError};
use crate::export::schedule::Punctuality;
use crate::export::{DatasetKey, Export, Schedule};
use crate::system::files::{canonical, folder_of};

/// The time by which a run may seem to begin in the future: clocks are set back a little, and computers differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    /// Without the dataset.
    pub file: String,
    pub bytes: u64,
    pub rows: u64,
    /// The date of the last change, as Domo stated it.
    pub data_date: DateTime<Utc>,
    /// The date that data.world gave the file, if any.
    pub updated: Option<DateTime<Utc>>,
}

/// A file as an export wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Without the dataset.
    pub file: String,
    pub bytes: u64,
    /// The date that data.world gave the file; `None` if it gave none, or an earlier version wrote the file.
    pub updated: Option<DateTime<Utc>>,
}

impl History {
    /// The last time that a scheduler began a run of the export, retries included. A run that was refused because the
    /// export was running does not count, nor does one in the future, which began by a wrong clock.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn last_scheduled(&self, definition: &Path, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, HistoryError> {
        let last = self.connection.query_row(
            "SELECT scheduled FROM exports WHERE definition = ?1",
            [text(definition)],
            |row| row.get::<_, Option<i64>>(0),
        );
        Ok(moment(last.optional()?.flatten()).filter(|begun| *begun <= now + CLOCKS_DIFFER))
    }

    /// Compares the export's scheduled runs with its schedule.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn punctuality(
        &self,
        definition: &Path,
        schedule: &Schedule,
        now: DateTime<Utc>,
    ) -> Result<Punctuality, HistoryError> {
        let changed = definition.metadata().and_then(|metadata| metadata.modified()).ok().map(DateTime::from);
        let usual = self.statistics(RunFilter::Definition(definition))?.average;
        Ok(schedule.punctuality(self.last_scheduled(definition, now)?, changed, usual, now))
    }

    /// The result of the export's last good run, if that wrote the same [`content`](crate::export::Export::content),
    /// Domo stated the date of its data, and no other export has written the file since.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn last_good(
        &self,
        definition: &Path,
        dataset: &DatasetKey,
        content: &str,
    ) -> Result<Option<LastGood>, HistoryError> {
        let last = self.connection.query_row(
            "SELECT file, exports.bytes, rows, data_date, updated FROM exports JOIN files USING (definition, file)
             WHERE definition = ?1 AND dataset = ?2 AND content = ?3 AND data_date IS NOT NULL",
            params![text(definition), dataset.to_string(), content],
            |row| {
                Ok(LastGood {
                    file: row.get(0)?,
                    bytes: read(row.get(1)?),
                    rows: read(row.get(2)?),
                    data_date: moment(row.get(3)?).unwrap_or_default(),
                    updated: moment(row.get(4)?),
                })
            },
        );
        Ok(last.optional()?)
    }

    /// The dataset's files that this export was the last to write.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn written(&self, definition: &Path, dataset: &DatasetKey) -> Result<Vec<WrittenFile>, HistoryError> {
        let mut query =
            self.connection.prepare("SELECT file, bytes, updated FROM files WHERE definition = ?1 AND dataset = ?2")?;
        let files = query.query_map(params![text(definition), dataset.to_string()], |row| {
            Ok(WrittenFile { file: row.get(0)?, bytes: read(row.get(1)?), updated: moment(row.get(2)?) })
        })?;
        Ok(files.collect::<Result<_, _>>()?)
    }

    /// Finds the history of exports whose folder was moved, or is found by another `WRITEBACK_HOME`, and takes it
    /// along. It belongs to a definition of the same file name, in a folder that no longer exists, with the same export
    /// name, source and target; if several fit, none is taken. Locks other programs out only if there is something to
    /// move.
    ///
    /// # Errors
    ///
    /// The history cannot be read or written.
    pub fn find_moved<'a>(
        &self,
        exports: impl IntoIterator<Item = (&'a Path, &'a Export)>,
    ) -> Result<(), HistoryError> {
        let mut found = Vec::new();
        for (file, export) in exports {
            let definition = canonical(file);
            if let Some(from) = find_moved_from(&self.connection, &definition, export)? {
                found.push((definition, export, from));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        for (definition, export, from) in found {
            // Another program may have been quicker.
            if find_moved_from(&transaction, &definition, export)?.as_ref() == Some(&from) {
                for table in ["runs", "exports", "files"] {
                    let change = format!("UPDATE {table} SET definition = ?2 WHERE definition = ?1");
                    transaction.execute(&change, [&from, &text(&definition)])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Moves an export's history to its new name. Facts of an earlier export of that name are forgotten, except for its
    /// runs, unless `but` wrote them: an export may run under its new name before it is saved.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
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
        // A running run holds the lock of the old name, which its row keeps.
        transaction.execute(
            "UPDATE runs SET definition = ?2, export = ?3, slug = ?4 WHERE definition = ?1",
            params![from, to, name, slug],
        )?;
        forget(&transaction, &to, but)?;
        // Under the new name everything else is newer; only the scheduler knew the old name.
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

    /// Forgets the facts of a deleted export, except for its runs: a new export of that name is another one and does
    /// not own the old files. They are kept if the last good run was one of `but`, which may run before it is saved and
    /// be changed in between.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub fn forget(&self, definition: &Path, but: Option<&Export>) -> Result<(), HistoryError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        forget(&transaction, &text(definition), but)?;
        Ok(transaction.commit()?)
    }
}

/// Finds the definition whose history belongs to this export, of which nothing is known under its own name.
fn find_moved_from(connection: &Connection, definition: &Path, export: &Export) -> rusqlite::Result<Option<String>> {
    let is_known = || {
        connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM runs WHERE definition = ?1) OR EXISTS (SELECT 1 FROM exports WHERE definition = ?1)",
            [text(definition)],
            |row| row.get(0),
        )
    };
    let Some(name) = definition.file_name().filter(|_| definition.is_file()) else { return Ok(None) };
    if is_known()? {
        return Ok(None);
    }
    let mut query = connection.prepare(
        "SELECT definition, writes, content,
             (SELECT export FROM runs WHERE runs.definition = exports.definition ORDER BY id DESC LIMIT 1)
         FROM exports WHERE substr(definition, -length(?1)) = ?1",
    )?;
    let like = query.query_map([name.to_string_lossy()], |row| {
        Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?, row.get(3)?))
    })?;
    let mut found = Vec::new();
    for row in like {
        let (before, writes, content, called): (String, _, _, Option<String>) = row?;
        let path = Path::new(&before);
        let is_same = writes.map_or_else(|| content.is_some_and(|it| export.wrote(&it)), |it| it == export.route())
            && called.is_none_or(|called| called == export.name);
        // A file that was deleted from an existing folder was not moved.
        if path.file_name() == Some(name) && is_same && matches!(folder_of(path).try_exists(), Ok(false)) {
            found.push(before);
        }
    }
    Ok(found.pop().filter(|_| found.is_empty()))
}

pub(super) fn begin_run(transaction: &Transaction, run: &NewRun) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO exports (definition, writes) VALUES (?1, ?2)
         ON CONFLICT (definition) DO UPDATE SET writes = excluded.writes",
        params![text(run.definition), run.writes],
    )?;
    Ok(())
}

/// Forgets the facts of an export, except for its runs, unless its last good run was one of `but`.
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

pub(super) fn record_scheduled(
    transaction: &Transaction,
    definition: &str,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO exports (definition, scheduled) VALUES (?1, ?2)
         ON CONFLICT (definition) DO UPDATE SET scheduled = excluded.scheduled",
        params![definition, now.timestamp_millis()],
    )?;
    Ok(())
}

pub(super) fn record_arrival(
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
        "INSERT OR REPLACE INTO files (dataset, file, definition, bytes, written, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            dataset,
            arrived.file,
            definition,
            bytes,
            now.timestamp_millis(),
            arrived.updated.map(|date| date.timestamp_millis())
        ],
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
