//! Reads the history for the screen, without creating one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::Utc;

use super::Shared;
use crate::explain::{self, Explanation};
use crate::export::DatasetKey;
use crate::history::{History, HistoryError, Opened, RunFilter, RunResult};
use crate::ops::exports::open_history;
use crate::system::process::blocking;
use crate::tui::state::Runs;

/// Runs of the history, the newest first. Where there is no history there are none.
pub(super) async fn runs(
    shared: &Shared,
    definition: Option<PathBuf>,
    results: &'static [RunResult],
    most: u32,
) -> Result<Runs, Explanation> {
    let state = shared.workspace.tools.state.clone();
    let read = move || -> Result<Runs, HistoryError> {
        let Some(Opened { history, .. }) = open_history(&state)? else { return Ok(Runs::default()) };
        let which = match &definition {
            Some(definition) => RunFilter::Definition(definition),
            None => RunFilter::All,
        };
        let (runs, total) = history.ended_as(which, results, most)?;
        let statistics = definition.is_some().then(|| history.statistics(which)).transpose()?;
        Ok(Runs { runs, total, statistics })
    };
    blocking(read).await.map_err(|error| Explanation::new(explain::history_unreadable(&error), ""))
}

/// The numbers given last to files of that dataset. Without a history there are none.
pub(super) async fn numbers(shared: &Shared, key: DatasetKey) -> BTreeMap<String, u64> {
    let state = shared.workspace.tools.state.clone();
    let read = move || History::existing(&state, Utc::now()).ok()??.history.last_numbers(&key).ok();
    blocking(read).await.unwrap_or_default()
}
