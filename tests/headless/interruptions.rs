//! Runs that end from outside: signals, a full disk.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command};

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::{FILE, OLD, Stage, ended};

/// A run that is in the midst of its upload.
async fn uploading(stage: &Stage) -> Child {
    stage.old_file(FILE, OLD);
    stage.config("stall_seconds = 60");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(1_000_000)));
    let run = stage.command(&["run", &stage.definition(samples::DAILY_SALES, "")]).spawn().unwrap();
    stage.until_request("PUT", "/v0/uploads").await;
    run
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// These tests, and so their children, were started to outlive their terminal.
fn is_under_nohup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    ignored.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interruption_leaves_the_old_file_and_says_so() {
    for name in ["-INT", "-TERM", "-HUP"].into_iter().filter(|name| *name != "-HUP" || !is_under_nohup()) {
        let stage = Stage::new().await;
        let run = uploading(&stage).await;
        signal(&run, name);
        let ran = ended(run).await;
        assert_eq!(ran.code, Some(130), "{name}: {ran:?}");
        assert!(ran.err.contains("Cancelled.") && ran.err.contains("is untouched"), "{name}: {}", ran.err);
        // Phases under way have not failed.
        assert!(ran.err.contains("\n  – Upload       stopped\n") && !ran.err.contains('✗'), "{name}: {}", ran.err);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD, "{name}");
        assert!(stage.spool_is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_arrived_when_it_is_interrupted_is_done_and_the_next_is_left_out() {
    let stage = Stage::new().await;
    let first = stage.definition(samples::QUOTED, "description = \"What it is.\"\n");
    let second = first.replace("test.toml", "second.toml");
    let text = std::fs::read_to_string(&first).unwrap();
    std::fs::write(&second, text.replace("file = \"", "file = \"second-")).unwrap();
    let on = Route::Path { method: Some("PATCH"), prefix: "/v0/datasets/".to_owned() };
    stage.sandbox.fault(Fault::always(on, Effect::Delay(std::time::Duration::from_secs(3_600))));
    let run = stage.command(&["run", &first, &second]).spawn().unwrap();
    stage.until_request("PATCH", FILE).await;
    signal(&run, "-INT");
    let ran = ended(run).await;
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.out.contains("Proven"), "{ran:?}");
    assert!(
        ran.out.contains("! Cancelled after the file had arrived: its description may not have been set."),
        "{ran:?}"
    );
    assert!(stage.file(FILE).is_some() && stage.file(&format!("second-{FILE}")).is_none());
    let kept = stage.run(&["history", "--json"]).await;
    let kept: serde_json::Value = serde_json::from_str(&kept.out).unwrap();
    assert_eq!(kept["runs"].as_array().unwrap().iter().map(|run| &run["result"]).collect::<Vec<_>>(), ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_whose_turn_never_came_is_said_to_be_cancelled_too() {
    for json in [&["--json"][..], &[]] {
        let stage = Stage::new().await;
        stage.config("stall_seconds = 60");
        stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(1_000_000)));
        let first = stage.definition(samples::DAILY_SALES, "");
        let second = first.replace("test.toml", "second.toml");
        std::fs::copy(&first, &second).unwrap();
        let run = stage.command(&[&["run", &first, &second], json].concat()).spawn().unwrap();
        stage.until_request("PUT", "/v0/uploads").await;
        signal(&run, "-INT");
        let ran = ended(run).await;
        assert_eq!(ran.code, Some(130), "{ran:?}");
        let sentence = format!("Cancelled before {second} was run.");
        if json.is_empty() {
            assert!(ran.err.contains(&sentence), "{ran:?}");
            continue;
        }
        let ends: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let results: Vec<_> = ends.iter().map(|end| (&end["result"], &end["exit_code"])).collect();
        assert_eq!(results, [(&"cancelled".into(), &130.into()); 2], "{ends:?}");
        assert_eq!(ends[1]["message"], sentence);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn under_nohup_a_closed_terminal_ends_nothing() {
    let stage = Stage::new().await;
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::Bandwidth(10 << 20)));
    let definition = stage.definition(samples::DAILY_SALES, "");
    let args = ["-c", "trap '' HUP; exec \"$0\" run \"$1\"", env!("CARGO_BIN_EXE_writeback"), &definition];
    let run = stage.wrapped(Path::new("/bin/sh"), &args).spawn().unwrap();
    stage.until_request("PUT", "/v0/uploads").await;
    signal(&run, "-HUP");
    let ran = ended(run).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(stage.file(FILE).is_some());
}

/// Waits until a program handles Ctrl-C and has that file open.
#[cfg(target_os = "linux")]
async fn until_open(child: &Child, file: &Path) {
    let process = Path::new("/proc").join(child.id().to_string());
    let handles_interrupts = || {
        let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
        mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 0b10 != 0)
    };
    let has_it_open = || {
        let open = std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        open.filter_map(|it| std::fs::read_link(it.path()).ok()).any(|it| it == file)
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !(handles_interrupts() && has_it_open()) {
        assert!(std::time::Instant::now() < deadline, "{} is not opened", file.display());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_another_programs_change_can_be_interrupted() {
    let stage = Stage::new().await;
    let account = |name: &str| format!("[[account]]\nname = \"{name}\"\nservice = \"domo\"\n");
    std::fs::write(stage.home.path().join("accounts.toml"), account("old") + &account("new")).unwrap();
    let lock = stage.home.path().canonicalize().unwrap().join("exports.lock");
    let held = std::fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    let moved = stage.command(&["accounts", "move", "domo", "--from", "old", "--to", "new"]).spawn().unwrap();
    until_open(&moved, &lock).await;
    signal(&moved, "-INT");
    let ran = ended(moved).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(130), "writeback: Cancelled.\n"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_leaves_the_old_file_and_nothing_on_disk() {
    let stage = Stage::new().await;
    let run = uploading(&stage).await;
    signal(&run, "-KILL");
    let ran = ended(run).await;
    assert_eq!(ran.code, None);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    assert!(stage.spool_is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_is_said_and_leaves_nothing() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let definition = stage.definition(samples::DAILY_SALES, "");
    // No file over 1 MiB: the signal is ignored, so that the write fails.
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" run \"$1\"";
    let args = ["-c", script, env!("CARGO_BIN_EXE_writeback"), &definition];
    let ran = ended(stage.wrapped(Path::new("/bin/sh"), &args).spawn().unwrap()).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("a file may not be that large here"), "{}", ran.err);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    assert!(stage.spool_is_empty());
}
