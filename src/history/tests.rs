use std::collections::BTreeSet;
use std::sync::Barrier;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::export::schedule::Punctuality;
use crate::export::{Append, DatasetKey, Export, FileStem, Update, file_name, next_number};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_300_000 + second, 0).unwrap()
}

fn open(state: &Path) -> History {
    let Opened { history, note } = History::open(state, at(0)).unwrap();
    assert_eq!(note, None);
    history
}

fn run(definition: &Path, second: i64) -> NewRun<'_> {
    NewRun { export: "Daily sales", slug: "daily-sales", definition, kind: Kind::Manual, started: at(second) }
}

fn ending(result: RunResult) -> Ending {
    let reached =
        Reached { phase: Some("verify"), file: Some("acme/mart/x_1.csv".to_owned()), rows: 3, bytes: 40, attempts: 2 };
    Ending {
        result,
        arrived: None,
        log: Update::Append,
        reached,
        reason: None,
        advice: None,
        file_now: None,
        support_id: None,
    }
}

fn daily_sales() -> Which<'static> {
    Which::Export { slug: "daily-sales", definition: Path::new("/nowhere") }
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn what_is_recorded_is_read_back_the_newest_first() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let first = history.begin(&run(Path::new("/a.toml"), 0)).unwrap();
    let failed = Ending {
        reason: Some("It broke.".to_owned()),
        advice: Some("Mend it.".to_owned()),
        file_now: Some("The old file is untouched.".to_owned()),
        support_id: Some("T1".to_owned()),
        ..ending(RunResult::Failed)
    };
    history.end(first, &failed, at(2)).unwrap();
    let second = NewRun { kind: Kind::Retry, ..run(Path::new("/a.toml"), 5) };
    let second = history.begin(&second).unwrap();
    history.reached(second, &Reached { phase: Some("export"), rows: 7, ..Reached::default() }, at(6)).unwrap();

    let runs = open(state.path()).runs(Which::All, 10).unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].kind, runs[0].result, runs[0].rows), (Some(Kind::Retry), None, Some(7)));
    assert_eq!((runs[0].phase.as_deref(), runs[0].took()), (Some("export"), None));
    let said = Run {
        export: "Daily sales".to_owned(),
        definition: "/a.toml".to_owned(),
        kind: Some(Kind::Manual),
        result: Some(RunResult::Failed),
        started: at(0),
        ended: Some(at(2)),
        phase: Some("verify".to_owned()),
        rows: Some(3),
        bytes: Some(40),
        file: Some("acme/mart/x_1.csv".to_owned()),
        attempts: 2,
        reason: failed.reason,
        advice: failed.advice,
        file_now: failed.file_now,
        support_id: failed.support_id,
    };
    assert_eq!(runs[1], said);
    assert_eq!(history.runs(Which::All, 1).unwrap().len(), 1);
}

#[test]
fn an_export_is_found_by_its_name_or_its_file() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    history.begin(&run(Path::new("/a.toml"), 0)).unwrap();
    history.begin(&NewRun { export: "Other", slug: "other", ..run(Path::new("/b.toml"), 1) }).unwrap();
    let of = |slug, definition: &str| {
        history.runs(Which::Export { slug, definition: Path::new(definition) }, 10).unwrap().len()
    };
    assert_eq!((of("other", "/x"), of("x", "/b.toml"), of("daily-sales", "/b.toml"), of("x", "/x")), (1, 1, 2, 0));
}

#[test]
fn the_rate_counts_runs_that_were_to_bring_a_file() {
    use RunResult::{Cancelled, Done, Failed, Interrupted, Refused, Skipped};
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    assert_eq!(history.statistics(Which::All).unwrap().success_rate(), None);
    for (second, result) in [Done, Done, Failed, Refused, Interrupted, Cancelled, Skipped].into_iter().enumerate() {
        let second = second as i64 * 100;
        let id = history.begin(&run(Path::new("/a.toml"), second)).unwrap();
        history.end(id, &ending(result), at(second + 4)).unwrap();
    }
    history.begin(&run(Path::new("/a.toml"), 1000)).unwrap();
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
    let killed = history.begin(&run(dead, 0)).unwrap();
    history.reached(killed, &Reached { phase: Some("upload"), ..Reached::default() }, at(3)).unwrap();
    let alive = history.begin(&run(alive, 1)).unwrap();
    history.find_interrupted(state.path()).unwrap();
    let runs = history.runs(Which::All, 10).unwrap();
    assert_eq!((runs[0].result, runs[1].result), (None, Some(RunResult::Interrupted)));
    assert_eq!((runs[1].phase.as_deref(), runs[1].ended), (Some("upload"), Some(at(3))));
    assert!(runs[1].reason.as_ref().unwrap().contains("killed"));
    // What is said of a run too late changes nothing.
    history.reached(killed, &Reached { phase: Some("verify"), ..Reached::default() }, at(9)).unwrap();
    assert_eq!(history.runs(Which::All, 10).unwrap()[1], runs[1]);
    history.end(alive, &ending(RunResult::Done), at(5)).unwrap();
    drop(lock);
    history.find_interrupted(state.path()).unwrap();
    assert_eq!(history.runs(Which::All, 10).unwrap()[0].result, Some(RunResult::Done));
}

#[test]
fn what_an_interrupted_run_may_have_replaced_is_said_by_its_phase() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let nothing = "Run the export again. When it was last seen, nothing had been sent.";
    let part = "Look at the file, then run the export again. Unless all of it had been sent, it replaced nothing.";
    let all = "The file had been sent whole, and data.world may show it by now. Run the export again if it does not.";
    for (phase, said) in [
        (None, nothing),
        (Some("export"), nothing),
        (Some("upload"), part),
        (Some("processing"), all),
        (Some("verify"), all),
    ] {
        let killed = history.begin(&run(Path::new("/dead.toml"), 0)).unwrap();
        history.reached(killed, &Reached { phase, ..Reached::default() }, at(3)).unwrap();
        history.find_interrupted(state.path()).unwrap();
        assert_eq!(history.runs(Which::All, 1).unwrap()[0].advice.as_deref(), Some(said), "{phase:?}");
    }
}

#[test]
fn many_who_begin_at_once_make_one_history_and_share_no_number() {
    let state = tempfile::tempdir().unwrap();
    let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), FileStem::parse("sales").unwrap());
    let together = Barrier::new(8);
    let mut given: Vec<u64> = std::thread::scope(|scope| {
        let givers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    let history = open(state.path());
                    (0..10).map(|_| history.give_number(&key, &stem, 1).unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        givers.into_iter().flat_map(|giver| giver.join().unwrap()).collect()
    });
    given.sort_unstable();
    assert_eq!(given, (1..=80).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    history.begin(&run(Path::new("/a.toml"), 0)).unwrap();
    for name in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let mode = state.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_damaged_file_is_set_aside_under_a_name_that_says_when() {
    let damages: [fn(&mut Vec<u8>); 2] = [
        |bytes| bytes[..64].fill(b'x'),
        // The head is sound, the tables are not.
        |bytes| bytes[100..].fill(0xff),
    ];
    for damage in damages {
        let state = tempfile::tempdir().unwrap();
        open(state.path()).begin(&run(Path::new("/a.toml"), 0)).unwrap();
        let mut bytes = std::fs::read(file(state.path())).unwrap();
        damage(&mut bytes);
        std::fs::write(file(state.path()), &bytes).unwrap();

        let opened = History::open(state.path(), at(0)).and_then(|opened| {
            opened.history.find_interrupted(state.path())?;
            Ok(opened)
        });
        let Opened { history, note } = match opened {
            Err(HistoryError::Damaged) => History::restore(state.path(), at(0)).unwrap(),
            opened => opened.unwrap(),
        };
        let kept = "history-damaged-2026-11-21T22-26-40.000Z.sqlite";
        assert!(note.unwrap().contains(kept));
        assert_eq!(std::fs::read(state.path().join(kept)).unwrap(), bytes);
        assert!(history.runs(Which::All, 10).unwrap().is_empty());
        history.begin(&run(Path::new("/a.toml"), 0)).unwrap();
        // A second that had seen the damage too leaves the new one alone.
        let again = History::restore(state.path(), at(1)).unwrap();
        assert_eq!((again.note, again.history.runs(Which::All, 10).unwrap().len()), (None, 1));
    }
}

#[test]
fn one_of_a_newer_version_is_left_as_it_is() {
    let state = tempfile::tempdir().unwrap();
    open(state.path()).connection.pragma_update(None, "user_version", schema::FORM + 1).unwrap();
    let before = std::fs::read(file(state.path())).unwrap();
    for opened in [History::open(state.path(), at(0)), History::restore(state.path(), at(0))] {
        let error = opened.unwrap_err();
        assert!(matches!(error, HistoryError::Newer { .. }), "{error}");
        assert!(error.to_string().starts_with("a newer Writeback has written "), "{error}");
    }
    assert_eq!(std::fs::read(file(state.path())).unwrap(), before);
    assert!(!names(state.path()).iter().any(|name| name.contains("damaged")));
}

#[test]
fn a_state_that_cannot_be_a_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    std::fs::write(&state, "").unwrap();
    assert!(matches!(History::open(&state, at(0)), Err(HistoryError::Unusable { .. })));
}

/// A good run that wrote `file`.
fn good(history: &History, definition: &str, file: &str, second: i64, log: Update) {
    let id = history.begin(&run(Path::new(definition), second)).unwrap();
    let ending = Ending { arrived: Some(arrived(file, second)), log, ..ending(RunResult::Done) };
    history.end(id, &ending, at(second + 1)).unwrap();
}

/// An export to the file of that name.
fn export(file: &str) -> Export {
    let text = format!(
        "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
         [output]\ndataset = \"acme/mart\"\nfile = \"{file}\""
    );
    Export::parse(&text, Path::new("x.toml")).unwrap()
}

fn content(file: &str) -> String {
    export(file).content().unwrap()
}

fn arrived(file: &str, second: i64) -> Arrived {
    Arrived {
        content: content("one"),
        dataset: "acme/mart".parse().unwrap(),
        file: file.to_owned(),
        data_date: Some(at(second)),
        deleted: Vec::new(),
    }
}

fn written(history: &History, definition: &str) -> Vec<String> {
    let files = history.written(Path::new(definition), &"acme/mart".parse().unwrap()).unwrap();
    files.into_iter().map(|written| written.file).collect()
}

#[test]
fn a_file_belongs_to_the_export_that_wrote_it_last() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    good(&history, "/a.toml", "x_1.csv", 0, Update::Append);
    good(&history, "/a.toml", "x_2.csv", 10, Update::Append);
    good(&history, "/b.toml", "x_1.csv", 20, Update::Append);
    assert_eq!(
        (written(&history, "/a.toml"), written(&history, "/b.toml")),
        (vec!["x_2.csv".into()], vec!["x_1.csv".into()])
    );
    assert!(history.written(Path::new("/a.toml"), &"acme/other".parse().unwrap()).unwrap().is_empty());
    // What was deleted is nobody's any more.
    let id = history.begin(&run(Path::new("/a.toml"), 30)).unwrap();
    let deleted = Arrived { deleted: vec!["x_2.csv".to_owned()], ..arrived("x_3.csv", 30) };
    history.end(id, &Ending { arrived: Some(deleted), ..ending(RunResult::Done) }, at(31)).unwrap();
    assert_eq!(written(&history, "/a.toml"), ["x_3.csv"]);
}

#[test]
fn what_a_good_run_wrote_is_known_until_another_content_is_exported() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let dataset = "acme/mart".parse().unwrap();
    let of = |file| history.last_good(Path::new("/a.toml"), &dataset, &content(file)).unwrap();
    assert_eq!(of("one"), None);
    good(&history, "/a.toml", "x_1.csv", 0, Update::Append);
    let last = LastGood { file: "x_1.csv".to_owned(), bytes: 40, rows: 3, data_date: at(0) };
    assert_eq!((of("one"), of("two")), (Some(last), None));
    let id = history.begin(&run(Path::new("/a.toml"), 5)).unwrap();
    history.end(id, &ending(RunResult::Failed), at(6)).unwrap();
    assert!(of("one").is_some(), "a run that failed brings nothing");
    good(&history, "/b.toml", "x_1.csv", 6, Update::Append);
    assert_eq!(of("one"), None, "the file is another export's by now");
    good(&history, "/a.toml", "x_1.csv", 7, Update::Append);
    assert!(of("one").is_some());
    let id = history.begin(&run(Path::new("/a.toml"), 7)).unwrap();
    let undated = Arrived { data_date: None, ..arrived("x_2.csv", 7) };
    history.end(id, &Ending { arrived: Some(undated), ..ending(RunResult::Done) }, at(8)).unwrap();
    assert_eq!(of("one"), None, "a date of which nothing is known is never the same");
}

#[test]
fn a_log_that_is_replaced_keeps_the_latest_run_and_all_that_is_known_of_the_export() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let other = history.begin(&NewRun { slug: "other", ..run(Path::new("/b.toml"), 0) }).unwrap();
    let scheduled = NewRun { kind: Kind::Scheduled, ..run(Path::new("/a.toml"), 1) };
    let id = history.begin(&scheduled).unwrap();
    history.end(id, &ending(RunResult::Failed), at(2)).unwrap();
    good(&history, "/a.toml", "x_1.csv", 3, Update::Append);
    let running = history.begin(&run(Path::new("/a.toml"), 5)).unwrap();
    good(&history, "/a.toml", "x_2.csv", 10, Update::Replace);
    let starts: Vec<_> = history.runs(Which::All, 10).unwrap().into_iter().map(|run| run.started).collect();
    assert_eq!(starts, [at(10), at(5), at(0)], "the latest, one that still runs, and another export's");
    assert_eq!(history.last_scheduled(Path::new("/a.toml"), at(0) + TimeDelta::days(9)).unwrap(), Some(at(1)));
    assert_eq!(written(&history, "/a.toml"), ["x_1.csv", "x_2.csv"]);
    for id in [running, other] {
        history.end(id, &Ending { log: Update::Replace, ..ending(RunResult::Cancelled) }, at(20)).unwrap();
    }
    let starts: Vec<_> = history.runs(Which::All, 10).unwrap().into_iter().map(|run| run.started).collect();
    assert_eq!(starts, [at(5), at(0)]);
}

#[test]
fn runs_that_are_too_old_or_too_many_are_forgotten() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let day = 24 * 60 * 60;
    for days in [0, 1] {
        good(&history, "/a.toml", "x_1.csv", days * day, Update::Append);
    }
    history.begin(&run(Path::new("/a.toml"), 2)).unwrap();
    history.begin(&run(Path::new("/b.toml"), 400 * day + 1)).unwrap();
    assert_eq!(history.statistics(Which::All).unwrap().runs, 4, "the clock may be wrong");
    history.begin(&run(Path::new("/b.toml"), 400 * day + 2)).unwrap();
    let left = history.runs(Which::All, 10).unwrap();
    let left: Vec<_> = left.iter().map(|run| (run.definition.as_str(), run.result)).collect();
    let running = [("/b.toml", None), ("/b.toml", None), ("/a.toml", Some(RunResult::Done)), ("/a.toml", None)];
    assert_eq!(left, running, "400 days are kept, and whatever still runs");

    let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10005)
        INSERT INTO runs (export, slug, definition, lock, kind, started, seen, result)
        SELECT 'C', 'c', '/c.toml', 'c', 'manual', 1795300000000 + i, 0, 'done' FROM n";
    history.connection.execute(many, []).unwrap();
    history.begin(&run(Path::new("/c.toml"), 100)).unwrap();
    let kept = history.statistics(Which::Export { slug: "", definition: Path::new("/c.toml") }).unwrap();
    assert_eq!((kept.runs, history.statistics(Which::All).unwrap().runs), (10_000, 10_004));
}

#[test]
fn a_run_by_a_clock_that_was_wrong_is_no_run_that_is_known() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let definition = Path::new("/a.toml");
    let schedule = toml::from_str("every = \"day\"\nat = \"06:30\"").unwrap();
    good(&history, "/a.toml", "x_1.csv", 0, Update::Append);
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 1000 * 24 * 60 * 60) }).unwrap();
    assert_eq!(history.statistics(Which::All).unwrap().runs, 2, "nothing is old by that clock");
    assert_eq!(history.last_scheduled(definition, at(10)).unwrap(), None);
    assert_eq!(history.punctuality(definition, &schedule, at(10)).unwrap(), Punctuality::NotYet);
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 70) }).unwrap();
    assert_eq!(history.last_scheduled(definition, at(10)).unwrap(), Some(at(70)), "clocks may differ a little");
}

#[test]
fn another_name_takes_the_history_along() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(a, 0) }).unwrap();
    good(&history, "/a.toml", "x_1.csv", 5, Update::Append);
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(b, 1) }).unwrap();
    // One that was refused was not begun.
    history.refuse(&NewRun { kind: Kind::Scheduled, ..run(a, 3) }, &ending(RunResult::Failed)).unwrap();
    good(&history, "/b.toml", "y_1.csv", 5, Update::Append);
    let lock = ExportLock::take(state.path(), a, at(6)).unwrap();
    let running = history.begin(&run(a, 6)).unwrap();
    history.rename(a, b, "Sales", "sales", None).unwrap();
    let runs = history.runs(Which::Export { slug: "sales", definition: Path::new("/nowhere") }, 10).unwrap();
    assert_eq!(runs.iter().map(|run| run.export.as_str()).collect::<Vec<_>>(), ["Sales"; 4]);
    assert_eq!(history.last_scheduled(b, at(10)).unwrap(), Some(at(0)), "that of the export which has the name now");
    assert_eq!(
        (history.last_scheduled(a, at(10)).unwrap(), written(&history, "/b.toml")),
        (None, vec!["x_1.csv".to_owned()])
    );
    // The run that goes on is still known by its lock, and ends under the new name.
    history.find_interrupted(state.path()).unwrap();
    assert!(history.runs(Which::All, 10).unwrap().iter().any(|run| run.started == at(6) && run.result.is_none()));
    history.end(running, &Ending { arrived: Some(arrived("x_2.csv", 6)), ..ending(RunResult::Done) }, at(9)).unwrap();
    assert_eq!(written(&history, "/b.toml"), ["x_1.csv", "x_2.csv"]);
    drop(lock);
}

#[test]
fn what_ran_under_the_new_name_before_stays_and_a_scheduler_knew_the_old_one() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(a, 0) }).unwrap();
    good(&history, "/a.toml", "x_1.csv", 5, Update::Append);
    history.begin(&NewRun { kind: Kind::Scheduled, ..run(b, 1) }).unwrap();
    good(&history, "/b.toml", "x_2.csv", 10, Update::Append);
    history.rename(a, b, "Sales", "sales", Some(&export("one"))).unwrap();
    assert_eq!(written(&history, "/b.toml"), ["x_1.csv", "x_2.csv"]);
    assert_eq!(history.last_scheduled(b, at(10)).unwrap(), Some(at(0)));
    let last = |definition| history.last_good(definition, &"acme/mart".parse().unwrap(), &content("one")).unwrap();
    assert_eq!((last(a), last(b).unwrap().file), (None, "x_2.csv".to_owned()));
    assert_eq!(history.last_scheduled(a, at(10)).unwrap(), None);
}

#[test]
fn of_an_export_that_is_gone_only_its_runs_are_known() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    for definition in [a, b] {
        history.begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 0) }).unwrap();
        let file = if definition == a { "x_1.csv" } else { "y_1.csv" };
        good(&history, definition.to_str().unwrap(), file, 5, Update::Append);
    }
    history.forget(a, Some(&export("one"))).unwrap();
    assert_eq!(written(&history, "/a.toml"), ["x_1.csv"], "it is the same export, which had run before it was saved");
    history.forget(a, Some(&export("two"))).unwrap();
    history.forget(b, None).unwrap();
    for definition in [a, b] {
        assert_eq!(written(&history, definition.to_str().unwrap()), Vec::<String>::new());
        assert_eq!(history.last_scheduled(definition, at(10)).unwrap(), None);
        assert_eq!(history.last_good(definition, &"acme/mart".parse().unwrap(), &content("one")).unwrap(), None);
    }
    assert_eq!(history.runs(Which::All, 10).unwrap().len(), 4);
}

#[test]
fn a_file_of_the_first_form_keeps_its_runs_and_numbers() {
    let state = tempfile::tempdir().unwrap();
    make_private(&file(state.path())).unwrap();
    let old = connect(&file(state.path())).unwrap();
    old.execute_batch(schema::MIGRATIONS[0]).unwrap();
    old.execute_batch(
        "INSERT INTO runs (export, slug, definition, lock, kind, started, seen, ended, bytes, file, attempts, result) VALUES
             ('A', 'a', '/a.toml', 'a-1', 'scheduled', 1000, 2000, 2000, 40, 'acme/mart/x_1.csv', 1, 'done'),
             ('A', 'a', '/a.toml', 'a-1', 'scheduled', 3000, 4000, 4000, 50, 'acme/mart/x_2.csv', 1, 'failed'),
             ('A', 'a', '/a.toml', 'a-1', 'manual', 5000, 6000, 6000, 60, 'acme/mart/x_2.csv', 1, 'done'),
             ('B', 'b', '/b.toml', 'b-1', 'manual', 7000, 8000, 8000, 70, 'acme/mart/x_1.csv', 1, 'done'),
             ('B', 'b', '/b.toml', 'b-1', 'manual', 9000, 9000, NULL, NULL, NULL, 0, NULL);
         INSERT INTO numbers VALUES ('acme/mart', 'x', 2);
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    let history = open(state.path());
    assert_eq!(history.runs(Which::All, 10).unwrap().len(), 5);
    let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), FileStem::parse("x").unwrap());
    assert_eq!(history.last_number(&key, &stem).unwrap(), 2);
    let started = DateTime::from_timestamp_millis(3000);
    assert_eq!(history.last_scheduled(Path::new("/a.toml"), at(0) + TimeDelta::days(9)).unwrap(), started);
    let of = |definition| history.written(Path::new(definition), &key).unwrap();
    assert_eq!(of("/a.toml"), [Written { file: "x_2.csv".to_owned(), bytes: 60 }]);
    assert_eq!(of("/b.toml"), [Written { file: "x_1.csv".to_owned(), bytes: 70 }]);
    assert_eq!(schema::form(&history.connection).unwrap(), schema::FORM);
}

/// What happens to the numbers of one file name.
#[derive(Debug, Clone)]
enum Event {
    /// A run takes a number, and its file arrives or not.
    Run { arrives: bool },
    /// Somebody else puts a file there.
    File(u64),
    /// Somebody removes the newest file.
    Remove,
    /// The history is lost.
    Lost,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any::<bool>().prop_map(|arrives| Event::Run { arrives }),
        1 => (0u64..60).prop_map(Event::File),
        1 => Just(Event::Remove),
        1 => Just(Event::Lost),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_number_replaces_no_file_and_is_given_once(events in prop::collection::vec(event(), 1..24)) {
        let state = tempfile::tempdir().unwrap();
        let key: DatasetKey = "acme/mart".parse().unwrap();
        let stem = FileStem::parse("sales").unwrap();
        let name = |number| file_name(&stem, Append::Number, chrono::NaiveDate::MIN, number);
        let (mut files, mut given, mut history) = (BTreeSet::new(), BTreeSet::new(), Some(open(state.path())));
        for event in events {
            match event {
                Event::Run { arrives } => {
                    let opened = history.take().unwrap_or_else(|| open(state.path()));
                    let least = next_number(&stem, files.iter().map(String::as_str), 0);
                    let number = opened.give_number(&key, &stem, least).unwrap();
                    prop_assert_eq!(number, least.max(given.last().copied().unwrap_or(0) + 1));
                    prop_assert_eq!(opened.last_number(&key, &stem).unwrap(), number);
                    given.insert(number);
                    prop_assert!(!files.contains(&name(number)), "{} would be replaced", number);
                    if arrives {
                        files.insert(name(number));
                    }
                    history = Some(opened);
                }
                Event::File(number) => drop(files.insert(name(number))),
                Event::Remove => drop(files.pop_last()),
                Event::Lost => {
                    drop(history.take());
                    for name in names(state.path()) {
                        std::fs::remove_file(state.path().join(name)).unwrap();
                    }
                    given.clear();
                }
            }
        }
        // Another name has numbers of its own.
        let other = FileStem::parse("sales-eu").unwrap();
        let history = history.unwrap_or_else(|| open(state.path()));
        prop_assert_eq!(history.give_number(&key, &other, 1).unwrap(), 1);
    }
}
