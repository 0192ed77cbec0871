//! Numbers: whatever happens, none replaces a file.

use super::*;

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
