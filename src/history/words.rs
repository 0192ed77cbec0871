//! Words for a run, and a summary of several.

use super::{Phase, RowCount, Run, RunResult, Statistics};
use crate::text::format::{count, took};

impl Run {
    /// An amount; `None` for a run that failed before anything came.
    pub fn came(&self, amount: Option<u64>) -> Option<u64> {
        amount.filter(|amount| *amount > 0 || self.result == Some(RunResult::Done))
    }

    /// The result in words, and the progress unless the run ended well.
    pub fn result_words(&self) -> String {
        use RunResult::{Cancelled, Failed, Interrupted, Refused};
        match (self.result, self.phase.map(Phase::label)) {
            (None, None) => "running".to_owned(),
            (None, Some(phase)) => format!("running: {phase}"),
            (Some(result @ (Failed | Refused | Cancelled | Interrupted)), Some(phase)) => {
                format!("{} at {phase}", result.into_str())
            }
            (Some(result), _) if self.is_unproven() => format!("{}, not proven", result.into_str()),
            (Some(result), _) => result.into_str().to_owned(),
        }
    }

    /// Tells if the run ended well without a proof that all rows came.
    pub fn is_unproven(&self) -> bool {
        self.row_count == Some(RowCount::NotProven)
    }

    /// Names the source of the count, unless it is Domo's statement.
    pub fn row_count_words(&self) -> Option<&'static str> {
        match self.row_count? {
            RowCount::Metadata => None,
            RowCount::Query => Some("counted by a query in Domo"),
            RowCount::NotProven => Some("not proven: Domo gave none"),
        }
    }
}

impl Statistics {
    /// A summary: `98 % good (49 of 50) · 10.2 s on average`.
    pub fn summary(&self) -> String {
        let Some(rate) = self.success_rate() else { return "no run has ended yet".to_owned() };
        // Rounds down: 100 % means all.
        let percent = (rate * 100.0).floor();
        let average = self.average.map(|average| format!(" · {} on average", took(average))).unwrap_or_default();
        format!("{percent} % good ({} of {}){average}", count(self.good), count(self.tried))
    }
}
