//! The numbers of *Append number*. They belong to the file's name, not to the export: two exports may write to one.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::runs::{read, stored};
use super::{History, HistoryError};
use crate::export::{DatasetKey, FileStem};

impl History {
    /// The number given last to a file of that name; 0 if none was.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn last_number(&self, dataset: &DatasetKey, stem: &FileStem) -> Result<u64, HistoryError> {
        let last = self.connection.query_row(
            "SELECT last FROM numbers WHERE dataset = ?1 AND stem = ?2",
            params![dataset.to_string(), stem.as_str()],
            |row| row.get(0),
        );
        Ok(last.optional()?.map_or(0, read))
    }

    /// The numbers given last to files of that dataset, by their names without number and extension.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn last_numbers(&self, dataset: &DatasetKey) -> Result<BTreeMap<String, u64>, HistoryError> {
        let mut query = self.connection.prepare("SELECT stem, last FROM numbers WHERE dataset = ?1")?;
        let numbers = query.query_map([dataset.to_string()], |row| Ok((row.get(0)?, read(row.get(1)?))))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// Gives a number that nobody has and that is not below `least`. Once something was sent under it, it is taken even if
    /// its run fails: what a failed run has left on data.world is not always known.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub fn give_number(&self, dataset: &DatasetKey, stem: &FileStem, least: u64) -> Result<u64, HistoryError> {
        // From its beginning the transaction keeps others from reading the same last number.
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let number = self.last_number(dataset, stem)?.saturating_add(1).max(least);
        transaction.execute(
            "INSERT INTO numbers (dataset, stem, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (dataset, stem) DO UPDATE SET last = excluded.last",
            params![dataset.to_string(), stem.as_str(), stored(number)],
        )?;
        transaction.commit()?;
        Ok(number)
    }

    /// Takes back a number under which nothing was sent and nothing will be, so that it is given again; if another one was
    /// given since, it is left out. Every number that somebody has is below the next one all the while: the last one goes
    /// down by one, and only when it is this.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub fn take_back_number(&self, dataset: &DatasetKey, stem: &FileStem, number: u64) -> Result<(), HistoryError> {
        // One statement is one transaction.
        self.connection.execute(
            "UPDATE numbers SET last = last - 1 WHERE dataset = ?1 AND stem = ?2 AND last = ?3",
            params![dataset.to_string(), stem.as_str(), stored(number)],
        )?;
        Ok(())
    }
}
