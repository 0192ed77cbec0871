//! The tables, and their migrations.

use rusqlite::{Connection, TransactionBehavior};

use super::HistoryError;

/// Each migrates a file to the next form. A released migration is never changed.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        export TEXT NOT NULL,
        slug TEXT NOT NULL,        -- the name as `writeback run` takes it
        definition TEXT NOT NULL,  -- the path of its file
        lock TEXT NOT NULL,        -- the name of its lock; empty where it has none
        kind TEXT NOT NULL,
        started INTEGER NOT NULL,  -- milliseconds since 1970, as all times here
        seen INTEGER NOT NULL,     -- when it last said how far it was
        ended INTEGER,
        phase TEXT,
        rows INTEGER,
        bytes INTEGER,
        file TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        result TEXT,               -- NULL while it runs
        reason TEXT,
        advice TEXT,
        file_now TEXT,
        support_id TEXT
    ) STRICT;
    CREATE INDEX runs_by_slug ON runs (slug);
    CREATE INDEX runs_by_definition ON runs (definition);
    CREATE INDEX runs_that_run ON runs (id) WHERE result IS NULL;
    CREATE TABLE numbers (
        dataset TEXT NOT NULL,     -- owner/id
        stem TEXT NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (dataset, stem)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE INDEX runs_by_start ON runs (started);
    -- What has to be known of an export however few of its runs are kept.
    CREATE TABLE exports (
        definition TEXT PRIMARY KEY,
        scheduled INTEGER,         -- when a scheduler last began a run
        content TEXT,              -- what its last good run wrote, and where to
        file TEXT,                 -- that file's name
        bytes INTEGER,             -- its size
        rows INTEGER,
        data_date INTEGER          -- when Domo says that the data was changed last
    ) STRICT, WITHOUT ROWID;
    -- Who wrote a file last.
    CREATE TABLE files (
        dataset TEXT NOT NULL,     -- owner/id
        file TEXT NOT NULL,        -- its name there
        definition TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        written INTEGER NOT NULL,
        PRIMARY KEY (dataset, file)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX files_by_definition ON files (definition, written);
    INSERT INTO exports (definition, scheduled)
        SELECT definition, max(started) FROM runs WHERE kind IN ('scheduled', 'retry')
            -- One that was refused because the export was running reached no phase, and ended as it began.
            AND NOT (coalesce(result, '') = 'failed' AND phase IS NULL AND ended = started)
        GROUP BY definition;
    -- A path is owner/id/name, and no part of it has a slash.
    INSERT OR REPLACE INTO files (dataset, file, definition, bytes, written)
        SELECT substr(file, 1, length(file) - length(name) - 1), name, definition, bytes, ended
        FROM (SELECT *, replace(file, rtrim(file, replace(file, '/', '')), '') AS name FROM runs)
        WHERE result = 'done' AND name <> '' AND bytes IS NOT NULL AND ended IS NOT NULL
        ORDER BY ended;
",
    "
    -- What it reads and writes, as of its last run: by that it is known again when its folder has been moved.
    ALTER TABLE exports ADD COLUMN writes TEXT;
",
    "
    ALTER TABLE files ADD COLUMN updated INTEGER; -- when data.world said that it was changed last
",
    "
    -- What the rows were compared with, a word; NULL where it is not known.
    ALTER TABLE runs ADD COLUMN row_count TEXT;
",
    "
    ALTER TABLE runs ADD COLUMN notes TEXT;  -- what else is worth knowing of it, a sentence a line
",
];

pub(super) const FORM: i64 = MIGRATIONS.len() as i64;

/// The form of a file; 0 for an empty one.
pub(super) fn form(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Migrates a file to [`FORM`], as a whole or not at all. The caller keeps other programs away: SQLite does not wait
/// for them when the journal's mode changes (<https://www.sqlite.org/wal.html>).
pub(super) fn migrate(connection: &mut Connection) -> Result<(), HistoryError> {
    // Readers and a writer do not wait for each other; the mode stays with the file.
    let _: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(form(&transaction)?).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", FORM)?;
    Ok(transaction.commit()?)
}
