//! The file of the history: shared by all runs, private to its owner, damaged, of another version.

use super::*;

#[test]
fn concurrent_programs_create_one_history_and_share_no_number() {
    let state = tempfile::tempdir().unwrap();
    let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), "sales".parse::<FileStem>().unwrap());
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
fn only_the_owner_can_read_the_history() {
    use std::os::unix::fs::PermissionsExt as _;
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    history.record_begin(&run(Path::new("/a.toml"), 0)).unwrap();
    for name in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let mode = state.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_damaged_file_is_set_aside_under_a_name_that_says_when() {
    let damages: [fn(&mut Vec<u8>); 2] = [
        |bytes| bytes[..64].fill(b'x'),
        // The header is sound, the tables are not.
        |bytes| bytes[100..].fill(0xff),
    ];
    for damage in damages {
        let state = tempfile::tempdir().unwrap();
        open(state.path()).record_begin(&run(Path::new("/a.toml"), 0)).unwrap();
        let mut bytes = std::fs::read(file(state.path())).unwrap();
        damage(&mut bytes);
        std::fs::write(file(state.path()), &bytes).unwrap();

        let opened = History::open(state.path(), at(0)).and_then(|opened| {
            opened.history.find_interrupted(state.path(), at(9), explain::interrupted)?;
            Ok(opened)
        });
        let Opened { history, damaged } = match opened {
            Err(HistoryError::Damaged) => History::restore(state.path(), at(0)).unwrap(),
            opened => opened.unwrap(),
        };
        let kept = "history-damaged-2026-11-21T22-26-40.000Z.sqlite";
        assert!(damaged.unwrap().ends_with(kept));
        assert_eq!(std::fs::read(state.path().join(kept)).unwrap(), bytes);
        assert!(history.runs(RunFilter::All, 10).unwrap().is_empty());
        history.record_begin(&run(Path::new("/a.toml"), 0)).unwrap();
        // A second program that had seen the damage too leaves the new file alone.
        let again = History::restore(state.path(), at(1)).unwrap();
        assert_eq!((again.damaged, again.history.runs(RunFilter::All, 10).unwrap().len()), (None, 1));
    }
}

#[test]
fn a_history_of_a_newer_version_is_not_changed() {
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
    assert!(matches!(History::open(&state, at(0)), Err(HistoryError::Unusable(_))));
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
    assert_eq!(history.runs(RunFilter::All, 10).unwrap().len(), 5);
    let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), "x".parse::<FileStem>().unwrap());
    assert_eq!(history.last_number(&key, &stem).unwrap(), 2);
    let started = DateTime::from_timestamp_millis(3000);
    assert_eq!(history.last_scheduled(Path::new("/a.toml"), at(0) + TimeDelta::days(9)).unwrap(), started);
    let of = |definition| history.written(Path::new(definition), &key).unwrap();
    assert_eq!(of("/a.toml"), [WrittenFile { file: "x_2.csv".to_owned(), bytes: 60, updated: None }]);
    assert_eq!(of("/b.toml"), [WrittenFile { file: "x_1.csv".to_owned(), bytes: 70, updated: None }]);
    assert_eq!(schema::form(&history.connection).unwrap(), schema::FORM);
}

#[test]
fn a_file_of_an_earlier_form_that_cannot_be_written_is_read() {
    let state = tempfile::tempdir().unwrap();
    make_private(&file(state.path())).unwrap();
    let old = connect(&file(state.path())).unwrap();
    old.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    old.execute_batch(schema::MIGRATIONS[0]).unwrap();
    old.execute_batch(
        "INSERT INTO runs (export, slug, definition, lock, kind, started, seen, ended, bytes, file, attempts, result) VALUES
             ('A', 'a', '/a.toml', 'a-1', 'scheduled', 1000, 2000, 2000, 40, 'acme/mart/x_1.csv', 1, 'done');
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    let before = std::fs::read(file(state.path())).unwrap();
    let history = History::read_only(&file(state.path())).unwrap();
    assert_eq!(history.runs(RunFilter::All, 10).unwrap().len(), 1);
    let written = history.written(Path::new("/a.toml"), &"acme/mart".parse().unwrap()).unwrap();
    assert_eq!(written, [WrittenFile { file: "x_1.csv".to_owned(), bytes: 40, updated: None }]);
    assert!(history.forget(Path::new("/a.toml"), None).is_err(), "a change would be lost");
    assert_eq!(std::fs::read(file(state.path())).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn an_error_names_what_stands_in_place_of_the_file() {
    let state = tempfile::tempdir().unwrap();
    let path = file(state.path());
    let said = || {
        let said = [History::open(state.path(), at(0)), History::existing(state.path(), at(0)).map(Option::unwrap)];
        let said = said.map(|opened| opened.unwrap_err().to_string());
        assert_eq!(said[0], said[1]);
        std::fs::remove_file(&path).unwrap();
        said[0].strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
    };
    std::os::unix::fs::symlink("gone/history.sqlite", &path).unwrap();
    let gone = state.path().join("gone/history.sqlite");
    assert_eq!(said(), format!("it is a link to {}, and there is no such file", gone.display()));
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_eq!(said(), "it is a socket, and only plain files are read");
}
