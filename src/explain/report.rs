//! Reports for a support ticket, in one form: what it is about, ids, steps or phases, the reason, the log. None has a
//! part of a secret.

use std::fmt;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Explanation, result, state, step, verdict};
use crate::check::{Checked, State, Step, left_out};
use crate::export::{Export, Service};
use crate::history::{Phase, Run};
use crate::text::format::{self, bytes, count, second, took};
use crate::text::terminal_text::printable;
use crate::transfer::{PhaseState, Progress};

/// The columns of a label.
const LABEL: usize = 12;

/// A line of a report. Wrapped text is indented under `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketLine {
    pub label: String,
    pub text: String,
}

impl TicketLine {
    fn new(label: &str, text: impl AsRef<str>) -> Self {
        Self { label: format!("{label:LABEL$}"), text: printable(text.as_ref()).into_owned() }
    }

    fn without_label(text: &str) -> Self {
        Self { label: String::new(), text: text.to_owned() }
    }
}

impl fmt::Display for TicketLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, text } = self;
        write!(f, "{label}{text}")
    }
}

/// The lines of a report as one text.
pub fn report_text(lines: &[TicketLine]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn head(at: DateTime<Utc>) -> [TicketLine; 2] {
    let version = format!("Writeback {} on {}", env!("CARGO_PKG_VERSION"), platform());
    [TicketLine::without_label(&version), TicketLine::without_label(&second(at))]
}

/// The report on an error outside a run.
pub fn error_report(Explanation { what, advice, support_id }: &Explanation, at: DateTime<Utc>) -> String {
    let advice = (!advice.is_empty()).then(|| TicketLine::new("Advice", advice));
    let id = support_id.as_ref().map(|id| TicketLine::new("Support id", id));
    let lines = head(at).into_iter().chain([TicketLine::new("Reason", what)]).chain(advice).chain(id);
    report_text(&lines.collect::<Vec<_>>())
}

/// The ids of an export, with the name of the file that a run has given it.
fn ids(export: &Export, file: Option<&str>) -> [TicketLine; 2] {
    let stem = format!("{}/{}", export.output.dataset, export.output.file);
    [TicketLine::new("DataSet", export.input.dataset.to_string()), TicketLine::new("File", file.unwrap_or(&stem))]
}

/// The accounts that an export names: `Domo acme, data.world analyst`.
fn accounts(export: &Export) -> String {
    let named = |service: Service| Some(format!("{service} {}", export.credentials.get(service)?));
    let named: Vec<String> = [Service::Domo, Service::DataWorld].into_iter().filter_map(named).collect();
    if named.is_empty() { "none named".to_owned() } else { named.join(", ") }
}

/// The report on a check.
pub fn ticket(checked: &Checked) -> Vec<TicketLine> {
    let Checked { begun, addresses, export, results } = checked;
    let mut lines: Vec<TicketLine> = head(*begun).into();
    lines.extend(addresses.iter().map(|(service, address)| TicketLine::new(service.name(), address)));
    lines.extend(export.iter().map(|export| TicketLine::new("Export", &export.name)));
    lines.extend(export.iter().flat_map(|export| ids(export, None)));
    lines.push(TicketLine::new("Result", verdict(results)));
    let mut rest = results.as_slice();
    while let Some(first) = rest.first() {
        let left_out = left_out(rest);
        rest = &rest[left_out.max(1)..];
        let service = first.service.name();
        if left_out > 1 {
            let steps = format::counted(left_out as u64, "step");
            lines.push(TicketLine::new(&format!("{service:LABEL$}{steps:16}"), state(&first.state)));
            continue;
        }
        let took = first.took.map(|took| format!(" in {} ms", took.as_millis())).unwrap_or_default();
        // A service may have several accounts.
        let account = if first.step == Step::Credentials { format!(", {}", first.account) } else { String::new() };
        let label = format!("{service:LABEL$}{:16}", step(first.service, first.step));
        let found = match &first.state {
            State::Done(found) | State::Warned(found, _) if first.step != Step::Credentials => format!(", {found}"),
            _ => String::new(),
        };
        lines.push(TicketLine::new(&label, format!("{}{took}{account}{found}", state(&first.state))));
        if let Some(Explanation { what, advice, support_id }) = result(first) {
            let id = support_id.map(|id| format!("Support id {id}"));
            let sentences = [what, advice].into_iter().filter(|sentence| !sentence.is_empty()).chain(id);
            lines.extend(sentences.map(|sentence| TicketLine::new("", sentence)));
        }
    }
    lines
}

/// The report on a run. `export` is its definition and `progress` its phases, where they are known.
pub fn run_report(
    run: &Run,
    export: Option<&Export>,
    progress: Option<&Progress>,
    log: Option<&Path>,
) -> Vec<TicketLine> {
    let line = |label, text: Option<String>| text.map(|text| TicketLine::new(label, text));
    let ids = match (export, &run.file) {
        (Some(export), file) => ids(export, file.as_deref()).into(),
        (None, file) => line("File", file.clone()).into_iter().collect::<Vec<_>>(),
    };
    let rest = [
        line("Accounts", export.map(accounts)),
        line("Result", Some(run.result_words())),
        line("Started by", run.kind.map(|kind| kind.starter().to_owned())),
        line("Start", Some(second(run.started))),
        line("End", run.ended.map(second)),
        line("Time", run.took().map(took)),
        line("Phases", progress.map(phases).filter(|phases| !phases.is_empty())),
        line("Attempts", (run.attempts > 0).then(|| run.attempts.to_string())),
        line("Rows", run.came(run.rows).map(count)),
        line("Row count", run.row_count_words().map(str::to_owned)),
        line("Bytes", run.came(run.bytes).map(|sent| format!("{} ({})", bytes(sent), count(sent)))),
        line("Reason", run.reason.clone()),
        line("Advice", run.advice.clone()),
        line("File now", run.file_now.clone()),
        line("Support id", run.support_id.clone()),
    ];
    let notes = run.notes.iter().map(|note| TicketLine::new("Note", note));
    let log = log.map(|log| TicketLine::new("Log", log.to_string_lossy()));
    let named = head(run.ended.unwrap_or(run.started)).into_iter().chain([TicketLine::new("Export", &run.export)]);
    named.chain(ids).chain(rest.into_iter().flatten()).chain(notes).chain(log).collect()
}

/// The phases that have begun: `Ask 0.4 s, Export 9.9 s, Upload failed`.
fn phases(progress: &Progress) -> String {
    let phase = |phase: Phase| {
        let words = match progress.phases[phase as usize] {
            PhaseState::Waiting | PhaseState::Skipped => return None,
            PhaseState::Done(time) => super::took(time),
            PhaseState::Running => "running".to_owned(),
            PhaseState::Failed => "failed".to_owned(),
            PhaseState::Stopped => "stopped".to_owned(),
        };
        Some(format!("{} {words}", phase.label()))
    };
    Phase::ALL.into_iter().filter_map(phase).collect::<Vec<_>>().join(", ")
}

pub fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::history::{Kind, RowCount, RunResult};

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

    fn report(run: &Run, export: Option<&Export>, progress: Option<&Progress>, log: Option<&Path>) -> String {
        report_text(&run_report(run, export, progress, log))
    }

    #[test]
    fn a_report_is_complete() {
        let mut progress = Progress::default();
        let [ask, export, upload, ..] = &mut progress.phases;
        *ask = PhaseState::Done(Duration::from_millis(420));
        *export = PhaseState::Done(Duration::from_millis(2_400));
        *upload = PhaseState::Failed;
        let text = "name = \"Daily sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme-analytics/sales-mart\"\nfile = \"daily-sales\"\n\
                    [credentials]\ndomo = \"acme\"\ndataworld = \"analyst\"";
        let export = Export::parse(text, Path::new("x.toml")).unwrap();
        let ticket = report(&run(), Some(&export), Some(&progress), Some(Path::new("/x/writeback.log")));
        let head = format!("Writeback {} on {}\n21 Nov 2026 06:00:10 UTC\n", env!("CARGO_PKG_VERSION"), platform());
        let expected = head
            + "\
             Export      Daily sales\n\
             DataSet     845305d8-da3d-4107-a9d6-13ef3f86d4a4\n\
             File        acme-analytics/sales-mart/daily-sales.csv\n\
             Accounts    Domo acme, data.world analyst\n\
             Result      failed at Upload\n\
             Started by  a scheduler\n\
             Start       21 Nov 2026 06:00:00 UTC\n\
             End         21 Nov 2026 06:00:10 UTC\n\
             Time        10.4 s\n\
             Phases      Ask 420 ms, Export 2.4 s, Upload failed\n\
             Attempts    5\n\
             Rows        812,004\n\
             Bytes       57.1 MB (57,100,000)\n\
             Reason      data.world is busy (503).\n\
             Advice      Run it again later.\n\
             File now    The old daily-sales.csv (84.2 MB) is untouched.\n\
             Support id  b6267b6a\n\
             Note        The API token says that it is read-only.\n\
             Log         /x/writeback.log";
        assert_eq!(ticket, expected);
    }

    #[test]
    fn a_report_names_the_source_of_the_row_count() {
        let done = |row_count| Run { result: Some(RunResult::Done), row_count, ..run() };
        let result = |row_count| done(row_count).result_words();
        assert_eq!(result(Some(RowCount::NotProven)), "done, not proven");
        for proven in [None, Some(RowCount::Metadata), Some(RowCount::Query)] {
            assert_eq!(result(proven), "done");
        }
        let ticket = report(&done(Some(RowCount::Query)), None, None, None);
        assert!(ticket.contains("Row count   counted by a query in Domo\n"), "{ticket}");
    }

    #[test]
    fn unknown_values_are_left_out_of_a_report() {
        let run = Run { phase: None, rows: Some(0), bytes: None, attempts: 0, reason: None, ended: None, ..run() };
        let ticket = report(&Run { result: None, ..run }, None, None, None);
        for label in ["Rows", "Bytes", "Attempts", "End", "Time", "Reason"] {
            assert!(!ticket.lines().any(|line| line.starts_with(label)), "{label}:\n{ticket}");
        }
        assert!(ticket.contains("Result      running\n"), "{ticket}");
    }
}
