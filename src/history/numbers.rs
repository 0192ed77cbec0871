//! The numbers of *Append number*. They belong to the file's name, not to the export: two exports may write to one.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::runs::{read, stored};
use super::{History, HistoryError};
use crate::export::{DatasetKey, FileStem};

impl History {
    /// The last number given to files of that name; 0 if none was.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn last_number(&self, dataset: &DatasetKey, stem: &FileStem) -> Result<u64, HistoryError> {
        let last = self.connection.query_row(
            "SELECT last FROM numbers WHERE dataset = ?1 AND stem = ?2",
            params![dataset.to_string(), stem.as_str()],
            |row| row.get(0),
        );
        Ok(last.optional()?.map_or(0, read))
    }

    /// The last numbers given to the dataset's files, by their names without number and extension.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn last_numbers(&self, dataset: &DatasetKey) -> Result<BTreeMap<String, u64>, HistoryError> {
        let mut query = self.connection.prepare("SELECT stem, last FROM numbers WHERE dataset = ?1")?;
        let numbers = query.query_map([dataset.to_string()], |row| Ok((row.get(0)?, read(row.get(1)?))))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// Gives a number that no run has and that is not below `least`. Once something was sent under it, it stays taken
    /// even if the run fails, because a failed run may leave something on data.world.
    ///
    /// # Errors
    ///
    /// The history cannot be read or written.
    pub fn give_number(&self, dataset: &DatasetKey, stem: &FileStem, least: u64) -> Result<u64, HistoryError> {
        // The transaction is immediate, so that no other reads the same last number.
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

    /// Takes back a number under which nothing was and will be sent, so that it is given again. If a later one was
    /// given since, it stays unused: the last number only goes down by one, and only from this one, so the next number
    /// is above all that are in use.
    ///
    /// # Errors
    ///
    /// The history cannot be read or written.
    pub fn take_back_number(&self, dataset: &DatasetKey, stem: &FileStem, number: u64) -> Result<(), HistoryError> {
        // A single statement is a transaction.
        self.connection.execute(
            "UPDATE numbers SET last = last - 1 WHERE dataset = ?1 AND stem = ?2 AND last = ?3",
            params![dataset.to_string(), stem.as_str(), stored(number)],
        )?;
        Ok(())
    }
}
