//! Numbers never replace a file, whatever happens.

use rusqlite::ErrorCode;

use super::*;

/// An event in the life of a file name's numbers.
#[derive(Debug, Clone)]
enum Event {
    /// A run takes a number, and its file arrives or not.
    Run {
        arrives: bool,
    },
    File(u64),
    Remove,
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
        let stem = "sales".parse::<FileStem>().unwrap();
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
        let other = "sales-eu".parse::<FileStem>().unwrap();
        let history = history.unwrap_or_else(|| open(state.path()));
        prop_assert_eq!(history.give_number(&key, &other, 1).unwrap(), 1);
    }
}

/// A step of concurrent runs.
#[derive(Debug, Clone)]
enum Step {
    /// A run begins and is given a number.
    Begin,
    /// A running run sends something and ends; its file arrives or not.
    Send { which: usize, arrives: bool },
    /// A running run ends before it has sent anything.
    Refuse { which: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Begin),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(which, arrives)| Step::Send { which, arrives }),
        3 => any::<usize>().prop_map(|which| Step::Refuse { which }),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_number_taken_back_was_not_given_to_another_run(steps in steps()) {
        let state = tempfile::tempdir().unwrap();
        let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), "sales".parse::<FileStem>().unwrap());
        let history = open(state.path());
        let (mut going_on, mut sent, mut files) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for step in steps {
            let count = going_on.len().max(1);
            match step {
                Step::Begin => {
                    let names = files.iter().map(|number| file_name(&stem, Append::Number, chrono::NaiveDate::MIN, *number));
                    let names: Vec<String> = names.collect();
                    let least = next_number(&stem, names.iter().map(String::as_str), 0);
                    let number = history.give_number(&key, &stem, least).unwrap();
                    prop_assert!(!going_on.contains(&number), "{} is another's", number);
                    prop_assert!(!sent.contains(&number), "something was sent under {}", number);
                    going_on.push(number);
                }
                Step::Send { which, arrives } if !going_on.is_empty() => {
                    let number = going_on.remove(which % count);
                    sent.insert(number);
                    if arrives {
                        files.insert(number);
                    }
                }
                Step::Refuse { which } if !going_on.is_empty() => {
                    let (number, last) = (going_on.remove(which % count), history.last_number(&key, &stem).unwrap());
                    history.take_back_number(&key, &stem, number).unwrap();
                    let now = history.last_number(&key, &stem).unwrap();
                    prop_assert_eq!(now, if number == last { last - 1 } else { last });
                }
                Step::Send { .. } | Step::Refuse { .. } => {}
            }
        }
    }
}

/// Writes as soon as no other connection does, however long that takes on a busy computer.
fn in_turn<T>(write: impl Fn() -> Result<T, HistoryError>) -> T {
    loop {
        match write() {
            Err(HistoryError::Sqlite(error)) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            written => return written.unwrap(),
        }
    }
}

#[test]
fn concurrent_runs_never_share_a_number() {
    let state = tempfile::tempdir().unwrap();
    let (key, stem): (DatasetKey, _) = ("acme/mart".parse().unwrap(), "sales".parse::<FileStem>().unwrap());
    let together = Barrier::new(6);
    let mut sent: Vec<u64> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|run| {
                let (together, state, key, stem) = (&together, &state, &key, &stem);
                scope.spawn(move || {
                    together.wait();
                    let history = open(state.path());
                    let mut sent = Vec::new();
                    for round in 0..20 {
                        let number = in_turn(|| history.give_number(key, stem, 1));
                        match (run + round) % 2 {
                            0 => sent.push(number),
                            _ => in_turn(|| history.take_back_number(key, stem, number)),
                        }
                    }
                    sent
                })
            })
            .collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    let count = sent.len();
    sent.sort_unstable();
    sent.dedup();
    assert_eq!((sent.len(), count), (60, 60), "no number twice");
}
