use std::collections::BTreeSet;
use std::sync::Barrier;

use proptest::prelude::*;

use super::*;
use crate::export::{Append, DatasetKey, FileStem, file_name, next_number};

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
    Ending { result, reached, reason: None, advice: None, file_now: None, support_id: None }
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
    assert!(runs[1].reason.as_ref().unwrap().contains("killed") && runs[1].advice.is_some());
    // What is said of a run too late changes nothing.
    history.reached(killed, &Reached { phase: Some("verify"), ..Reached::default() }, at(9)).unwrap();
    assert_eq!(history.runs(Which::All, 10).unwrap()[1], runs[1]);
    history.end(alive, &ending(RunResult::Done), at(5)).unwrap();
    drop(lock);
    history.find_interrupted(state.path()).unwrap();
    assert_eq!(history.runs(Which::All, 10).unwrap()[0].result, Some(RunResult::Done));
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
