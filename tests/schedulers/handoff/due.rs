//! `run --if-due`: the real binary, at this moment.

use chrono::{TimeDelta, Utc};
use writeback::testing::sandbox::{Options, samples};

use crate::stage::{FILE, Stage};

async fn stage() -> Stage {
    Stage::with(Options { processing: std::time::Duration::ZERO, ..Options::default() }).await
}

/// A definition of an export whose last scheduled moment is so many minutes ago.
fn definition(stage: &Stage, ago: i64) -> String {
    let at = (Utc::now() - TimeDelta::minutes(ago)).format("%H:%M");
    stage.definition(samples::QUOTED, &format!("[schedule]\nevery = \"day\"\nat = \"{at}\""))
}

fn kinds(stage: &Stage) -> Vec<String> {
    let opened = writeback::testing::history::History::open(stage.home.path(), Utc::now()).unwrap();
    let runs = opened.history.runs(writeback::testing::history::RunFilter::All, 100).unwrap();
    runs.into_iter().map(|run| run.kind.unwrap().into_str().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_runs_once_and_what_is_not_says_when() {
    let stage = stage().await;
    let definition = definition(&stage, 5);
    // A person's run does not stand for the scheduler's.
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(0));
    let first = stage.run(&["run", "--if-due", &definition]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(kinds(&stage), ["scheduled", "manual"]);
    let uploads = stage.requests("PUT", "/v0/uploads");
    let second = stage.run(&["run", "--if-due", &definition]).await;
    assert_eq!((second.code, second.out.as_str()), (Some(0), ""));
    assert!(
        second.err.starts_with("A test is not due: its next run is on ") && second.err.trim_end().ends_with(" UTC."),
        "{second:?}"
    );
    assert_eq!(
        (kinds(&stage).len(), stage.requests("PUT", "/v0/uploads")),
        (2, uploads),
        "nothing ran, nothing is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_by_a_clock_that_was_wrong_silences_no_schedule() {
    let stage = stage().await;
    let definition = definition(&stage, 5);
    let path = dunce::canonicalize(&definition).unwrap();
    let opened = writeback::testing::history::History::open(stage.home.path(), Utc::now()).unwrap();
    let run = writeback::testing::history::NewRun {
        export: "A test",
        slug: "a-test",
        definition: &path,
        writes: "",
        is_locked: true,
        kind: writeback::testing::history::Kind::Scheduled,
        started: Utc::now() + TimeDelta::days(3000),
    };
    opened.history.record_begin(&run).unwrap();
    let ran = stage.run(&["run", "--if-due", &definition]).await;
    assert!(ran.code == Some(0) && ran.out.contains("Proven"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_has_missed_is_not_made_up_for() {
    let stage = stage().await;
    let definition = definition(&stage, 120);
    let ran = stage.run(&["run", "--if-due", &definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("is not due"), "{ran:?}");
    assert!(stage.file(FILE).is_none());
    assert!(!stage.home.path().join("history.sqlite").exists(), "looking makes none");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_a_schedule_is_never_due() {
    let stage = stage().await;
    let ran = stage.run(&["run", "--if-due", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!((ran.code, ran.err.trim()), (Some(0), "A test is not due: no further run is scheduled."));
}
