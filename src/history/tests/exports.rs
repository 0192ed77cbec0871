//! Facts of an export that outlive its runs, and those that are forgotten.

use super::*;

fn good(history: &History, definition: &str, file: &str, second: i64, log: Update) {
    let id = history.record_begin(&run(Path::new(definition), second)).unwrap();
    let ending = Ending { arrived: Some(arrived(file, second)), log, ..ending(RunResult::Done) };
    history.end(id, &ending, at(second + 1)).unwrap();
}

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
        updated: Some(at(second)),
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
    // A deleted file has no owner.
    let id = history.record_begin(&run(Path::new("/a.toml"), 30)).unwrap();
    let deleted = Arrived { deleted: vec!["x_2.csv".to_owned()], ..arrived("x_3.csv", 30) };
    history.end(id, &Ending { arrived: Some(deleted), ..ending(RunResult::Done) }, at(31)).unwrap();
    assert_eq!(written(&history, "/a.toml"), ["x_3.csv"]);
}

#[test]
fn the_last_good_run_counts_until_the_content_changes() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let dataset = "acme/mart".parse().unwrap();
    let of = |file| history.last_good(Path::new("/a.toml"), &dataset, &content(file)).unwrap();
    assert_eq!(of("one"), None);
    good(&history, "/a.toml", "x_1.csv", 0, Update::Append);
    let last = LastGood { file: "x_1.csv".to_owned(), bytes: 40, rows: 3, data_date: at(0), updated: Some(at(0)) };
    assert_eq!((of("one"), of("two")), (Some(last), None));
    let id = history.record_begin(&run(Path::new("/a.toml"), 5)).unwrap();
    history.end(id, &ending(RunResult::Failed), at(6)).unwrap();
    assert!(of("one").is_some(), "a run that failed brings nothing");
    good(&history, "/b.toml", "x_1.csv", 6, Update::Append);
    assert_eq!(of("one"), None, "the file is another export's by now");
    good(&history, "/a.toml", "x_1.csv", 7, Update::Append);
    assert!(of("one").is_some());
    let id = history.record_begin(&run(Path::new("/a.toml"), 7)).unwrap();
    let undated = Arrived { data_date: None, ..arrived("x_2.csv", 7) };
    history.end(id, &Ending { arrived: Some(undated), ..ending(RunResult::Done) }, at(8)).unwrap();
    assert_eq!(of("one"), None, "a date of which nothing is known is never the same");
}

#[test]
fn a_replaced_log_keeps_the_latest_run_and_the_exports_facts() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let other = history.record_begin(&NewRun { slug: "other", ..run(Path::new("/b.toml"), 0) }).unwrap();
    let scheduled = NewRun { kind: Kind::Scheduled, ..run(Path::new("/a.toml"), 1) };
    let id = history.record_begin(&scheduled).unwrap();
    history.end(id, &ending(RunResult::Failed), at(2)).unwrap();
    good(&history, "/a.toml", "x_1.csv", 3, Update::Append);
    let running = history.record_begin(&run(Path::new("/a.toml"), 5)).unwrap();
    good(&history, "/a.toml", "x_2.csv", 10, Update::Replace);
    let starts: Vec<_> = history.runs(RunFilter::All, 10).unwrap().into_iter().map(|run| run.started).collect();
    assert_eq!(starts, [at(10), at(5), at(0)], "the latest, one that still runs, and another export's");
    assert_eq!(history.last_scheduled(Path::new("/a.toml"), at(0) + TimeDelta::days(9)).unwrap(), Some(at(1)));
    assert_eq!(written(&history, "/a.toml"), ["x_1.csv", "x_2.csv"]);
    for id in [running, other] {
        history.end(id, &Ending { log: Update::Replace, ..ending(RunResult::Cancelled) }, at(20)).unwrap();
    }
    let starts: Vec<_> = history.runs(RunFilter::All, 10).unwrap().into_iter().map(|run| run.started).collect();
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
    history.record_begin(&run(Path::new("/a.toml"), 2)).unwrap();
    history.record_begin(&run(Path::new("/b.toml"), 400 * day + 1)).unwrap();
    assert_eq!(history.statistics(RunFilter::All).unwrap().runs, 4, "the clock may be wrong");
    history.record_begin(&run(Path::new("/b.toml"), 400 * day + 2)).unwrap();
    let left = history.runs(RunFilter::All, 10).unwrap();
    let left: Vec<_> = left.iter().map(|run| (run.definition.as_str(), run.result)).collect();
    let running = [("/b.toml", None), ("/b.toml", None), ("/a.toml", Some(RunResult::Done)), ("/a.toml", None)];
    assert_eq!(left, running, "400 days are kept, and whatever still runs");

    let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10005)
        INSERT INTO runs (export, slug, definition, lock, kind, started, seen, result)
        SELECT 'C', 'c', '/c.toml', 'c', 'manual', 1795300000000 + i, 0, 'done' FROM n";
    history.connection.execute(many, []).unwrap();
    history.record_begin(&run(Path::new("/c.toml"), 100)).unwrap();
    let kept = history.statistics(RunFilter::Definition(Path::new("/c.toml"))).unwrap();
    assert_eq!((kept.runs, history.statistics(RunFilter::All).unwrap().runs), (10_000, 10_004));
}

#[test]
fn a_run_in_the_future_does_not_count_as_the_last_one() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let definition = Path::new("/a.toml");
    let schedule = toml::from_str("every = \"day\"\nat = \"06:30\"").unwrap();
    good(&history, "/a.toml", "x_1.csv", 0, Update::Append);
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 1000 * 24 * 60 * 60) }).unwrap();
    assert_eq!(history.statistics(RunFilter::All).unwrap().runs, 2, "nothing is old by that clock");
    assert_eq!(history.last_scheduled(definition, at(10)).unwrap(), None);
    assert_eq!(history.punctuality(definition, &schedule, at(10)).unwrap(), Punctuality::NotYet);
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 70) }).unwrap();
    assert_eq!(history.last_scheduled(definition, at(10)).unwrap(), Some(at(70)), "clocks may differ a little");
}

#[test]
fn a_renamed_export_keeps_its_history() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(a, 0) }).unwrap();
    good(&history, "/a.toml", "x_1.csv", 5, Update::Append);
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(b, 1) }).unwrap();
    // A refused run has not begun.
    history.refuse(&NewRun { kind: Kind::Scheduled, ..run(a, 3) }, &ending(RunResult::Failed)).unwrap();
    good(&history, "/b.toml", "y_1.csv", 5, Update::Append);
    let lock = ExportLock::take(state.path(), a, at(6)).unwrap();
    let running = history.record_begin(&run(a, 6)).unwrap();
    history.rename(a, b, "Sales", "sales", None).unwrap();
    let runs = history.runs(RunFilter::Export { slug: "sales", definition: Path::new("/nowhere") }, 10).unwrap();
    assert_eq!(runs.iter().map(|run| run.export.as_str()).collect::<Vec<_>>(), ["Sales"; 4]);
    assert_eq!(history.last_scheduled(b, at(10)).unwrap(), Some(at(0)), "that of the export which has the name now");
    assert_eq!(
        (history.last_scheduled(a, at(10)).unwrap(), written(&history, "/b.toml")),
        (None, vec!["x_1.csv".to_owned()])
    );
    // The run in progress is still known by its lock, and ends under the new name.
    history.find_interrupted(state.path(), at(9), explain::interrupted).unwrap();
    assert!(history.runs(RunFilter::All, 10).unwrap().iter().any(|run| run.started == at(6) && run.result.is_none()));
    history.end(running, &Ending { arrived: Some(arrived("x_2.csv", 6)), ..ending(RunResult::Done) }, at(9)).unwrap();
    assert_eq!(written(&history, "/b.toml"), ["x_1.csv", "x_2.csv"]);
    drop(lock);
}

#[test]
fn a_rename_keeps_runs_of_the_new_name_and_scheduled_runs_of_the_old_one() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(a, 0) }).unwrap();
    good(&history, "/a.toml", "x_1.csv", 5, Update::Append);
    history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(b, 1) }).unwrap();
    good(&history, "/b.toml", "x_2.csv", 10, Update::Append);
    history.rename(a, b, "Sales", "sales", Some(&export("one"))).unwrap();
    assert_eq!(written(&history, "/b.toml"), ["x_1.csv", "x_2.csv"]);
    assert_eq!(history.last_scheduled(b, at(10)).unwrap(), Some(at(0)));
    let last = |definition| history.last_good(definition, &"acme/mart".parse().unwrap(), &content("one")).unwrap();
    assert_eq!((last(a), last(b).unwrap().file), (None, "x_2.csv".to_owned()));
    assert_eq!(history.last_scheduled(a, at(10)).unwrap(), None);
}

#[test]
fn a_removed_export_keeps_only_its_runs() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let (a, b) = (Path::new("/a.toml"), Path::new("/b.toml"));
    for definition in [a, b] {
        history.record_begin(&NewRun { kind: Kind::Scheduled, ..run(definition, 0) }).unwrap();
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
    assert_eq!(history.runs(RunFilter::All, 10).unwrap().len(), 4);
}

#[test]
fn exports_that_were_not_moved_are_listed_while_another_program_writes() {
    let state = tempfile::tempdir().unwrap();
    let history = open(state.path());
    let file = state.path().join("daily-sales.toml");
    std::fs::write(&file, "").unwrap();
    let export = export("one");
    let writer = open(state.path());
    writer.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    // With no busy timeout, waiting for the other connection's lock fails at once.
    history.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    history.find_moved([(&*file, &export), (&*file, &export)]).unwrap();
}
