//! Runs as text: a support report for one, a summary for several.

use super::{Phase, RowCount, Run, RunResult, Statistics};
use crate::text::format::{bytes, count, second, took};

impl Run {
    /// The run as plain text for a support ticket. Times are in UTC.
    pub fn support_report(&self) -> String {
        let lines = [
            ("Export", Some(self.export.clone())),
            ("File", self.file.clone()),
            ("Result", Some(self.result_words())),
            ("Started by", self.kind.map(|kind| kind.starter().to_owned())),
            ("Start", Some(second(self.started))),
            ("End", self.ended.map(second)),
            ("Time", self.took().map(took)),
            ("Attempts", (self.attempts > 0).then(|| self.attempts.to_string())),
            ("Rows", self.came(self.rows).map(count)),
            ("Row count", self.row_count_words().map(str::to_owned)),
            ("Bytes", self.came(self.bytes).map(|sent| format!("{} ({})", bytes(sent), count(sent)))),
            ("Reason", self.reason.clone()),
            ("Advice", self.advice.clone()),
            ("data.world", self.file_now.clone()),
            ("Support id", self.support_id.clone()),
        ];
        let head = format!("Writeback {}", env!("CARGO_PKG_VERSION"));
        let notes = self.notes.iter().map(|note| ("Note", Some(note.clone())));
        let lines = lines.into_iter().chain(notes);
        let lines = lines.filter_map(|(label, value)| Some(format!("{label:<12}{}", value?)));
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

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

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::history::Kind;

    fn run() -> Run {
        let at = |millis: i64| DateTime::from_timestamp_millis(1_795_240_800_000 + millis).unwrap();
        Run {
            export: "Daily sales".to_owned(),
            definition: "/home/ada/.config/writeback/exports/daily-sales.toml".to_owned(),
            kind: Some(Kind::Scheduled),
            result: Some(RunResult::Failed),
            started: at(0),
            ended: Some(at(10_400)),
            phase: Some(Phase::Upload),
            rows: Some(812_004),
            row_count: None,
            bytes: Some(57_100_000),
            file: Some("acme-analytics/sales-mart/daily-sales.csv".to_owned()),
            attempts: 5,
            reason: Some("data.world is busy (503).".to_owned()),
            advice: Some("Run it again later.".to_owned()),
            file_now: Some("The old daily-sales.csv (84.2 MB) is untouched.".to_owned()),
            support_id: Some("b6267b6a".to_owned()),
            notes: vec!["The API token says that it is read-only.".to_owned()],
        }
    }

    #[test]
    fn a_support_report_is_complete_and_has_no_local_path() {
        let ticket = run().support_report();
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "Writeback {version}\n\
             Export      Daily sales\n\
             File        acme-analytics/sales-mart/daily-sales.csv\n\
             Result      failed at Upload\n\
             Started by  a scheduler\n\
             Start       21 Nov 2026 06:00:00 UTC\n\
             End         21 Nov 2026 06:00:10 UTC\n\
             Time        10.4 s\n\
             Attempts    5\n\
             Rows        812,004\n\
             Bytes       57.1 MB (57,100,000)\n\
             Reason      data.world is busy (503).\n\
             Advice      Run it again later.\n\
             data.world  The old daily-sales.csv (84.2 MB) is untouched.\n\
             Support id  b6267b6a\n\
             Note        The API token says that it is read-only."
        );
        assert_eq!(ticket, expected);
    }

    #[test]
    fn a_support_report_names_the_source_of_the_row_count() {
        let done = |row_count| Run { result: Some(RunResult::Done), row_count, ..run() };
        let result = |row_count| done(row_count).result_words();
        assert_eq!(result(Some(RowCount::NotProven)), "done, not proven");
        for proven in [None, Some(RowCount::Metadata), Some(RowCount::Query)] {
            assert_eq!(result(proven), "done");
        }
        let ticket = done(Some(RowCount::Query)).support_report();
        assert!(ticket.contains("Row count   counted by a query in Domo\n"), "{ticket}");
    }

    #[test]
    fn unknown_values_are_left_out_of_a_support_report() {
        let run = Run { phase: None, rows: Some(0), bytes: None, attempts: 0, reason: None, ended: None, ..run() };
        let ticket = Run { result: None, ..run }.support_report();
        for label in ["Rows", "Bytes", "Attempts", "End", "Time", "Reason"] {
            assert!(!ticket.lines().any(|line| line.starts_with(label)), "{label}:\n{ticket}");
        }
        assert!(ticket.contains("Result      running\n"), "{ticket}");
    }
}
