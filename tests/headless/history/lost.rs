//! A history that is gone, damaged, of another version, or out of reach: exports go on.

use std::path::PathBuf;

use writeback::testing::sandbox::samples;

use crate::history::{history, numbered, numbers, quick, results};
use crate::stage::{OLD, Stage};

fn file(stage: &Stage) -> PathBuf {
    stage.home.path().join("history.sqlite")
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_history_the_next_number_still_replaces_nothing() {
    let stage = quick().await;
    stage.old_file("sales_4.csv", OLD);
    let export = numbered(&stage, "one", samples::QUOTED);
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    std::fs::remove_file(file(&stage)).unwrap();
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    assert_eq!(numbers(&stage), [5, 6]);
    assert_eq!(stage.file("sales_4.csv").unwrap().content.unwrap(), OLD);
    assert_eq!(results(&history(&stage, &[]).await), ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_a_run_took_is_not_given_again_though_its_file_never_came() {
    use writeback::testing::sandbox::{Effect, Fault, Route};
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::QUOTED);
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(401, "{}")));
    assert_eq!(stage.run(&["run", &export]).await.code, Some(3));
    // Looking is not taking.
    for _ in 0..2 {
        let looked = stage.run(&["run", "--dry-run", &export]).await;
        assert!(looked.out.contains("sales_2.csv would be new"), "{}", looked.out);
    }
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    assert_eq!(numbers(&stage), [1, 2]);
    assert!(stage.file("sales_1.csv").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_history_is_set_aside_and_a_new_one_begun() {
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::QUOTED);
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    // In the first, not even the head is left; in the second, only the tables are damaged.
    let whole = std::fs::read(file(&stage)).unwrap();
    for (from, files) in [(0, 1), (100, 2)] {
        let mut damaged = whole.clone();
        damaged[from..].fill(b'x');
        std::fs::write(file(&stage), &damaged).unwrap();
        let ran = stage.run(&["run", &export]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.contains("! The history of runs was damaged. It is kept as "), "{}", ran.out);
        let entries = std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().path());
        let kept: Vec<_> = entries.filter(|path| path.to_string_lossy().contains("history-damaged-20")).collect();
        assert_eq!(kept.len(), files, "{kept:?}");
        assert!(kept.iter().any(|path| std::fs::read(path).unwrap() == damaged));
        assert_eq!(results(&history(&stage, &[]).await), ["done"]);
    }
    assert_eq!(numbers(&stage), [1, 2, 3]);
    // Commands that only read say so as well.
    std::fs::write(file(&stage), "nothing that could be read as a history of anything").unwrap();
    let looked = stage.run(&["history"]).await;
    assert_eq!(looked.code, Some(0), "{looked:?}");
    assert!(looked.err.contains("! The history of runs was damaged.") && looked.out.contains("There are no runs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_a_newer_version_is_left_alone() {
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::QUOTED);
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    rusqlite::Connection::open(file(&stage)).unwrap().pragma_update(None, "user_version", 1000).unwrap();
    let before = std::fs::read(file(&stage)).unwrap();
    let ran = stage.run(&["run", "--json", &export]).await;
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &said["result"]), (Some(0), &"done".into()));
    let note = said["notes"][0].as_str().unwrap();
    assert!(note.starts_with("This run is not in the history: a newer Writeback has written "), "{note}");
    assert_eq!(numbers(&stage), [1, 2]);
    let looked = stage.run(&["history"]).await;
    assert_eq!(looked.code, Some(1), "{looked:?}");
    assert!(looked.err.starts_with("writeback: The history cannot be read: a newer Writeback"), "{}", looked.err);
    assert_eq!(std::fs::read(file(&stage)).unwrap(), before);
}

/// Linux, because there even an administrator cannot make a folder under /proc.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn where_no_state_can_be_kept_exports_run_and_say_so() {
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::QUOTED);
    let run = |args: &[&str]| {
        let mut command = stage.command(args);
        command.env_remove("WRITEBACK_HOME").env("XDG_STATE_HOME", "/proc");
        command.env("XDG_CONFIG_HOME", stage.home.path()).env("TMPDIR", stage.spool());
        crate::stage::ended(command.spawn().unwrap())
    };
    for number in [1, 2] {
        let ran = run(&["run", &export]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.contains("! This run is not in the history: /proc/writeback/history.sqlite: "), "{}", ran.out);
        assert!(ran.out.contains("! This export is not protected against running twice at once"), "{}", ran.out);
        assert_eq!(numbers(&stage).len(), number);
    }
    assert_eq!(numbers(&stage), [1, 2]);
    assert!(run(&["history"]).await.out.contains("There are no runs"));
}

/// A history in a folder that nobody may write to is read by whoever may.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_cannot_be_written_can_be_read() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
    use std::os::unix::process::CommandExt as _;
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::QUOTED);
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    let folder = stage.home.path();
    // The history that an administrator has copied there has nothing beside it.
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", file(&stage).display()));
    }
    std::fs::set_permissions(file(&stage), PermissionsExt::from_mode(0o444)).unwrap();
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o555)).unwrap();
    for args in [&["history"][..], &["history", &export]] {
        let mut command = stage.command(args);
        if folder.metadata().unwrap().uid() == 0 {
            // An administrator may write anywhere; nobody may not.
            command.uid(65_534);
        }
        let ran = crate::stage::ended(command.spawn().unwrap()).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        assert!(ran.out.contains("manual") && ran.out.ends_with("\n1 run\n"), "{ran:?}");
    }
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
}

/// `ulimit -f`.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_the_size_of_files_fails_the_run_with_a_sentence() {
    let stage = quick().await;
    let export = numbered(&stage, "one", samples::DAILY_SALES);
    let limited = r#"ulimit -f 4096 && exec "$0" run "$1""#;
    let mut command = stage.wrapped(std::path::Path::new("/bin/sh"), &["-c", limited]);
    command.arg(env!("CARGO_BIN_EXE_writeback")).arg(&export);
    let ran = crate::stage::ended(command.spawn().unwrap()).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("a file may not be that large here, as `ulimit -f`"), "{ran:?}");
    assert!(stage.file("sales_1.csv").is_none());
}
