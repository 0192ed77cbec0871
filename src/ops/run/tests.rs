use chrono::TimeDelta;

use super::*;
use crate::history::RunFilter;

fn entry(folder: &Path, dry_run: bool) -> RunEntry {
    let text = "name = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                dataset = \"acme/sales\"\nfile = \"sales\"";
    let definition = folder.join("sales.toml");
    let export = Export::parse(text, &definition).unwrap();
    RunEntry { export, definition, kind: Kind::Manual, dry_run }
}

#[tokio::test]
async fn only_a_runs_own_number_is_taken_back() {
    let state = tempfile::tempdir().unwrap();
    let dry = Journal::open(state.path().to_owned(), entry(state.path(), true)).await.unwrap().past().numbers;
    let run = Journal::open(state.path().to_owned(), entry(state.path(), false)).await.unwrap();
    let own = run.past().numbers;
    // The run gets the number that the dry run only looked up.
    assert_eq!((dry.next(1).await, own.next(1).await), (1, 1));
    dry.take_back(1).await;
    assert_eq!(dry.next(1).await, 2);
    own.take_back(1).await;
    assert_eq!(dry.next(1).await, 1);
}

#[tokio::test]
async fn a_run_without_a_lock_does_not_count_as_killed() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("locks"), "a file where the folder should be").unwrap();
    let journal = Journal::open(state.path().to_owned(), entry(state.path(), false)).await.unwrap();
    let result = |after: TimeDelta| {
        let history = History::open(state.path(), Utc::now()).unwrap().history;
        history.find_interrupted(state.path(), Utc::now() + after, explain::interrupted).unwrap();
        history.runs(RunFilter::All, 9).unwrap()[0].result
    };
    assert_eq!(result(TimeDelta::zero()), None);
    assert_eq!(result(TimeDelta::days(2)), Some(RunResult::Interrupted), "nothing has been heard of it since");
    drop(journal);
}

#[tokio::test]
async fn a_panic_while_writing_is_an_error() {
    let state = tempfile::tempdir().unwrap();
    let history = History::open(state.path(), Utc::now()).unwrap().history;
    let new = NewRun {
        export: "x",
        slug: "x",
        definition: Path::new("/x"),
        writes: "",
        is_locked: true,
        kind: Kind::Manual,
        started: Utc::now(),
    };
    let run = Some(history.record_begin(&new).unwrap());
    let kept = SharedHistory { history: Arc::new(Mutex::new(history)), run };
    let written = kept.write(|_, _| std::panic::resume_unwind(Box::new("the disk"))).await;
    assert!(matches!(written, Err(HistoryError::BrokeOff)), "{written:?}");
    kept.write(|history, run| history.reached(run, &Reached::default(), Utc::now())).await.unwrap();
}
