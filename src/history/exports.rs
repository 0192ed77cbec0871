//! What has to be known of an export however few of its runs are kept: when a scheduler last ran it, what its last good
//! run wrote, and which files are its own.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::record::{Arrived, NewRun, Reached, Which};
use super::runs::{MOST, moment, read, stored, text};
use super::{History, HistoryError};
use crate::export::schedule::Punctuality;
use crate::export::{DatasetKey, Export, Schedule};
use crate::system::files::{canonical, folder_of};

/// How far ahead the clock may be by which a run began: a clock is set back a little, and computers differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// What the last good run of an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    /// The file's name, without its dataset.
    pub file: String,
    pub bytes: u64,
    pub rows: u64,
    /// When Domo said that the data was changed last.
    pub data_date: DateTime<Utc>,
    /// The date that data.world gave the file; `None` where it gave none.
    pub updated: Option<DateTime<Utc>>,
}

/// A file that an export wrote, as it wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name, without its dataset.
    pub file: String,
    pub bytes: u64,
    /// The date that data.world gave it; `None` where it gave none, and of files that an earlier version wrote.
    pub updated: Option<DateTime<Utc>>,
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

    /// The files of that dataset that the export with that definition was the last to write.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn written(&self, definition: &Path, dataset: &DatasetKey) -> Result<Vec<Written>, HistoryError> {
        let mut query =
            self.connection.prepare("SELECT file, bytes, updated FROM files WHERE definition = ?1 AND dataset = ?2")?;
        let files = query.query_map(params![text(definition), dataset.to_string()], |row| {
            Ok(Written { file: row.get(0)?, bytes: read(row.get(1)?), updated: moment(row.get(2)?) })
        })?;
        Ok(files.collect::<Result<_, _>>()?)
    }

    /// Finds the history of exports whose folder has been moved, or is found by another `WRITEBACK_HOME`, and takes it
    /// along. It is the one of a file of the same name, in a folder that is there no more, whose export was called the same,
    /// and read and wrote the same; where there are several, none. Other programs are kept from writing only where there is
    /// something to be taken along.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub fn find_moved<'a>(
        &self,
        exports: impl IntoIterator<Item = (&'a Path, &'a Export)>,
    ) -> Result<(), HistoryError> {
        let mut found = Vec::new();
        for (file, export) in exports {
            let definition = canonical(file);
            if let Some(from) = moved(&self.connection, &definition, export)? {
                found.push((definition, export, from));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        for (definition, export, from) in found {
            // Another program may have been quicker.
            if moved(&transaction, &definition, export)?.as_ref() == Some(&from) {
                for table in ["runs", "exports", "files"] {
                    let change = format!("UPDATE {table} SET definition = ?2 WHERE definition = ?1");
                    transaction.execute(&change, [&from, &text(&definition)])?;
                }
            }
        }
        Ok(transaction.commit()?)
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

/// The definition whose history is that of an export of which nothing is known, and that is `definition` now.
fn moved(connection: &Connection, definition: &Path, export: &Export) -> rusqlite::Result<Option<String>> {
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
        // A file that was deleted from a folder that is still there was no move.
        if path.file_name() == Some(name) && is_same && matches!(folder_of(path).try_exists(), Ok(false)) {
            found.push(before);
        }
    }
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// Notes what a run that begins reads and writes.
pub(super) fn begun(transaction: &Transaction, run: &NewRun) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO exports (definition, writes) VALUES (?1, ?2)
         ON CONFLICT (definition) DO UPDATE SET writes = excluded.writes",
        params![text(run.definition), run.writes],
    )?;
    Ok(())
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
