//! An export whose scheduler no longer runs it, one that gets another name, and one that is removed.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use writeback::testing::history::{History, Kind, NewRun};
use writeback::testing::sandbox::samples;

use crate::history::{history, quick, results};
use crate::stage::Stage;

/// A saved export that is due every day, whose definition has not been changed for a year.
fn daily(stage: &Stage) -> PathBuf {
    let text =
        std::fs::read_to_string(stage.definition(samples::QUOTED, "[schedule]\nevery = \"day\"\nat = \"06:30\"\n"));
    let path = stage.home.path().join("exports/a-test.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text.unwrap()).unwrap();
    changed(&path, Utc::now() - TimeDelta::days(365));
    dunce::canonicalize(path).unwrap()
}

/// A definition was last changed then. A disk has a clock of its own, which need not be that of the test.
fn changed(definition: &Path, when: DateTime<Utc>) {
    let file = std::fs::File::options().write(true).open(definition).unwrap();
    file.set_modified(when.into()).unwrap();
}

/// A scheduler began a run then.
fn scheduled(stage: &Stage, definition: &Path, started: DateTime<Utc>) {
    let history = History::open(stage.home.path(), started).unwrap().history;
    let (export, slug) = ("A test", "a-test");
    let run = NewRun { export, slug, definition, writes: "", is_locked: true, kind: Kind::Scheduled, started };
    history.record_begin(&run).unwrap();
}

/// The only export in `exports list --json`.
async fn listed(stage: &Stage) -> serde_json::Value {
    let ran = stage.run(&["exports", "list", "--json"]).await;
    serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()[0].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_late_once_a_scheduler_has_run_it_and_no_longer_does() {
    let mut stage = quick().await;
    // No crontab of this computer is looked at.
    stage.set("PATH", "/nowhere");
    let definition = daily(&stage);
    let ran = stage.run(&["exports", "list"]).await;
    assert!(ran.out.trim_end().ends_with("! not scheduled here"), "{ran:?}");
    assert!(!stage.home.path().join("history.sqlite").exists(), "looking makes none");
    assert_eq!(stage.run(&["run", "a-test"]).await.code, Some(0));
    assert_eq!(listed(&stage).await["state"], "no scheduled run yet", "one by hand is none of a scheduler's");

    scheduled(&stage, &definition, Utc::now() - TimeDelta::days(3));
    let said = listed(&stage).await;
    assert_eq!(said["state"], "late");
    let due = said["late_since"].as_str().unwrap();
    assert!(due.ends_with("T06:30:00Z"), "{said}");
    let ran = stage.run(&["exports", "list"]).await;
    assert!(ran.out.contains("! late: due 2 d ago") || ran.out.contains("! late: due 3 d ago"), "{}", ran.out);
    let ran = stage.run(&["history", "a-test"]).await;
    let on = writeback::testing::text::format::moment(due.parse().unwrap());
    assert!(ran.out.contains(&format!("! It is late: the run that was due on {on} has not begun.")), "{}", ran.out);
    let kept = history(&stage, &["a-test"]).await;
    assert_eq!((&kept["state"], kept["late_since"].as_str()), (&"late".into(), Some(due)));

    assert_eq!(stage.run(&["run", "--scheduled", "a-test"]).await.code, Some(0));
    let said = listed(&stage).await;
    assert_eq!((&said["state"], &said["late_since"]), (&"on time".into(), &serde_json::Value::Null));
    let ran = stage.run(&["history", "a-test"]).await;
    assert!(!ran.out.contains("late"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_takes_the_runs_along_and_what_is_late() {
    let stage = quick().await;
    let definition = daily(&stage);
    scheduled(&stage, &definition, Utc::now() - TimeDelta::days(3));
    assert_eq!(stage.run(&["run", "a-test"]).await.code, Some(0));
    assert_eq!(stage.run(&["exports", "rename", "a-test", "Another"]).await.code, Some(0));
    let kept = history(&stage, &["another"]).await;
    assert_eq!((results(&kept).len(), &kept["runs"][0]["export"]), (2, &"Another".into()));
    // Runs due before the definition was written anew do not count.
    changed(&definition.with_file_name("another.toml"), Utc::now());
    assert_eq!(listed(&stage).await["state"], "on time");
    assert_eq!(stage.run(&["history", "a-test"]).await.code, Some(2), "there is none of that name any more");

    let held = writeback::testing::history::ExportLock::take(
        stage.home.path(),
        &definition.with_file_name("another.toml"),
        Utc::now(),
    );
    let refused = stage.run(&["exports", "rename", "another", "A third"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("is already running"), "{refused:?}");
    drop(held);
    assert_eq!(stage.run(&["exports", "rename", "another", "A third"]).await.code, Some(0));
}

/// Saves `a-test`, whose files get numbers.
fn archive(stage: &Stage, more: &str) {
    let text = std::fs::read_to_string(stage.definition(samples::QUOTED, &format!("append = \"number\"\n{more}")));
    std::fs::create_dir_all(stage.home.path().join("exports")).unwrap();
    std::fs::write(stage.home.path().join("exports/a-test.toml"), text.unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_a_removed_ones_name_deletes_none_of_its_files() {
    let stage = quick().await;
    archive(&stage, "");
    for _ in 0..3 {
        assert_eq!(stage.run(&["run", "a-test", "--scheduled"]).await.code, Some(0));
    }
    let held = writeback::testing::history::ExportLock::take(
        stage.home.path(),
        &dunce::canonicalize(stage.home.path().join("exports/a-test.toml")).unwrap(),
        Utc::now(),
    );
    let refused = stage.run(&["exports", "remove", "a-test", "--yes"]).await;
    assert!(refused.code == Some(1) && refused.err.contains("a-test is already running"), "{refused:?}");
    drop(held);
    assert_eq!(stage.run(&["exports", "remove", "a-test", "--yes"]).await.code, Some(0));
    archive(&stage, "keep = 1\n[schedule]\nevery = \"day\"\nat = \"06:30\"\n");
    assert_eq!(listed(&stage).await["state"], "no scheduled run yet");
    let ran = stage.run(&["run", "a-test", "--json"]).await;
    let ran: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran["deleted"], serde_json::json!([]), "{ran}");
    assert!((1..=4).all(|number| stage.file(&format!("daily-sales-copy_{number}.csv")).is_some()));
    assert_eq!(results(&history(&stage, &["a-test"]).await).len(), 4, "its runs can still be read");
}
