//! Runs: recorded, found, counted, and found dead.

use super::*;

#[test]
fn runs_are_listed_newest_first_as_recorded() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let first = history.record_begin(&run(Path::new("/a.toml"), 0)).unwrap();
    let failed = Ending {
        reason: Some("It broke.".to_owned()),
        advice: Some("Mend it.".to_owned()),
        file_now: Some("The old file is untouched.".to_owned()),
        support_id: Some("T1".to_owned()),
        notes: vec!["The clock is wrong.".to_owned(), "So is the date.".to_owned()],
        ..ending(RunResult::Failed)
    };
    history.end(first, &failed, at(2)).unwrap();
    let second = NewRun { kind: Kind::Retry, ..run(Path::new("/a.toml"), 5) };
    let second = history.record_begin(&second).unwrap();
    history.reached(second, &Reached { phase: Some(Phase::Export), rows: 7, ..Reached::default() }, at(6)).unwrap();

    let runs = open(state.path()).runs(RunFilter::All, 10).unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].kind, runs[0].result, runs[0].rows), (Some(Kind::Retry), None, Some(7)));
    assert_eq!((runs[0].phase, runs[0].took()), (Some(Phase::Export), None));
    let said = Run {
        export: "Daily sales".to_owned(),
        definition: "/a.toml".to_owned(),
        kind: Some(Kind::Manual),
        result: Some(RunResult::Failed),
        started: at(0),
        ended: Some(at(2)),
        phase: Some(Phase::Proof),
        rows: Some(3),
        bytes: Some(40),
        row_count: None,
        file: Some("acme/mart/x_1.csv".to_owned()),
        attempts: 2,
        reason: failed.reason,
        advice: failed.advice,
        file_now: failed.file_now,
        support_id: failed.support_id,
        notes: failed.notes,
    };
    assert_eq!(runs[1], said);
    assert_eq!(history.runs(RunFilter::All, 1).unwrap().len(), 1);
}

#[test]
fn the_source_of_the_row_count_is_read_back() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let counts = [RowCount::Metadata, RowCount::Query, RowCount::NotProven];
    for (second, row_count) in counts.into_iter().enumerate() {
        let id = history.record_begin(&run(Path::new("/a.toml"), second as i64)).unwrap();
        history.end(id, &Ending { row_count: Some(row_count), ..ending(RunResult::Done) }, at(9)).unwrap();
    }
    let runs = open(state.path()).runs(RunFilter::All, 10).unwrap();
    let said = serde_json::to_value(&runs).unwrap();
    for (at, row_count) in counts.into_iter().rev().enumerate() {
        assert_eq!(runs[at].row_count, Some(row_count));
        assert_eq!(said[at]["row_count"], row_count.into_str());
    }
}

#[test]
fn an_export_is_found_by_its_name_or_its_file() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    history.record_begin(&run(Path::new("/a.toml"), 0)).unwrap();
    history.record_begin(&NewRun { export: "Other", slug: "other", ..run(Path::new("/b.toml"), 1) }).unwrap();
    let of = |slug, definition: &str| {
        history.runs(RunFilter::Export { slug, definition: Path::new(definition) }, 10).unwrap().len()
    };
    assert_eq!((of("other", "/x"), of("x", "/b.toml"), of("daily-sales", "/b.toml"), of("x", "/x")), (1, 1, 2, 0));
}

#[test]
fn the_rate_counts_runs_that_were_to_bring_a_file() {
    use RunResult::{Cancelled, Done, Failed, Interrupted, Refused, Skipped};
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    assert_eq!(history.statistics(RunFilter::All).unwrap().success_rate(), None);
    for (second, result) in [Done, Done, Failed, Refused, Interrupted, Cancelled, Skipped].into_iter().enumerate() {
        let second = second as i64 * 100;
        let id = history.record_begin(&run(Path::new("/a.toml"), second)).unwrap();
        history.end(id, &ending(result), at(second + 4)).unwrap();
    }
    history.record_begin(&run(Path::new("/a.toml"), 1000)).unwrap();
    let statistics = history.statistics(daily_sales()).unwrap();
    assert_eq!((statistics.runs, statistics.tried, statistics.good), (8, 5, 2));
    assert_eq!(statistics.success_rate(), Some(0.4));
    assert_eq!(statistics.average, Some(Duration::from_secs(4)));
    assert_eq!(statistics.last_good, Some(at(104)));
}

#[test]
fn only_runs_whose_lock_is_free_are_interrupted() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (dead, alive) = (Path::new("/dead.toml"), Path::new("/alive.toml"));
    let lock = ExportLock::take(state.path(), alive, at(0)).unwrap();
    let killed = history.record_begin(&run(dead, 0)).unwrap();
    history.reached(killed, &Reached { phase: Some(Phase::Upload), ..Reached::default() }, at(3)).unwrap();
    let alive = history.record_begin(&run(alive, 1)).unwrap();
    history.find_interrupted(state.path(), at(9), explain::interrupted).unwrap();
    let runs = history.runs(RunFilter::All, 10).unwrap();
    assert_eq!((runs[0].result, runs[1].result), (None, Some(RunResult::Interrupted)));
    assert_eq!((runs[1].phase, runs[1].ended), (Some(Phase::Upload), Some(at(3))));
    assert!(runs[1].reason.as_ref().unwrap().contains("killed"));
    // A late report changes nothing.
    history.reached(killed, &Reached { phase: Some(Phase::Proof), ..Reached::default() }, at(9)).unwrap();
    assert_eq!(history.runs(RunFilter::All, 10).unwrap()[1], runs[1]);
    history.end(alive, &ending(RunResult::Done), at(5)).unwrap();
    drop(lock);
    history.find_interrupted(state.path(), at(9), explain::interrupted).unwrap();
    assert_eq!(history.runs(RunFilter::All, 10).unwrap()[0].result, Some(RunResult::Done));
}

#[test]
fn the_advice_after_an_interruption_depends_on_the_phase() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let nothing = "Run the export again. When it was last seen, nothing had been sent.";
    let part = "Look at the file, then run the export again. Unless all of it had been sent, it replaced nothing.";
    let all = "The file had been sent whole, and data.world may show it by now. Run the export again if it does not.";
    for (phase, said) in [
        (None, nothing),
        (Some(Phase::Export), nothing),
        (Some(Phase::Upload), part),
        (Some(Phase::Processing), all),
        (Some(Phase::Proof), all),
    ] {
        let killed = history.record_begin(&run(Path::new("/dead.toml"), 0)).unwrap();
        history.reached(killed, &Reached { phase, ..Reached::default() }, at(3)).unwrap();
        history.find_interrupted(state.path(), at(9), explain::interrupted).unwrap();
        assert_eq!(history.runs(RunFilter::All, 1).unwrap()[0].advice.as_deref(), Some(said), "{phase:?}");
    }
}
