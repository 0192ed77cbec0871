//! Runs that are killed at any moment.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use writeback::testing::sandbox::{Effect, Fault, Options, Route, samples};

use crate::history::{history, numbered, numbers, results};
use crate::stage::{Stage, ended};

/// Kills so many runs, each at a moment of its own, and looks after each what it has left.
async fn kill(times: usize) {
    let options = Options { rows: Some(2_000), processing: Duration::from_millis(40), ..Options::default() };
    let stage = Stage::with(options).await;
    let export = numbered(&stage, "one", samples::BIG);
    let definition = std::fs::read(&export).unwrap();
    for route in [Route::Export, Route::Upload] {
        stage.sandbox.fault(Fault::always(route, Effect::Bandwidth(1 << 20)));
    }
    let start = Instant::now();
    assert_eq!(stage.run(&["run", &export]).await.code, Some(0));
    let whole = start.elapsed().as_millis() as u64;
    let size = stage.file("sales_1.csv").unwrap().size;

    let (mut interrupted, mut rows) = (0, 1);
    for time in 1..=times {
        let mut run = stage.command(&["run", &export]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..whole))).await;
        run.kill().unwrap();
        ended(run).await;
        assert_eq!(std::fs::read(&export).unwrap(), definition, "{time}");
        assert!(stage.spool_is_empty(), "{time}");
        let kept = history(&stage, &[]).await;
        let results = results(&kept);
        assert!(results.len() == rows || results.len() == rows + 1, "{time}: one run, one entry at most");
        assert!(!results.contains(&"running"), "{time}: {results:?}");
        interrupted += usize::from(results.len() > rows && results.last() == Some(&"interrupted"));
        rows = results.len();
        if time % 5 == 0 || time == times {
            let next = stage.run(&["run", "--json", &export]).await;
            assert_eq!(next.code, Some(0), "{time}: {next:?}");
            let said: serde_json::Value = serde_json::from_str(&next.out).unwrap();
            assert_eq!(said["notes"], serde_json::json!([]), "{time}");
            let name = said["file"].as_str().unwrap().rsplit('/').next().unwrap();
            assert_eq!(stage.file(name).unwrap().size, size, "{time}");
            assert_eq!(numbers(&stage).last(), numbers(&stage).iter().max(), "{time}: {name}");
            rows += 1;
        }
    }
    assert!(interrupted > times / 4, "only {interrupted} of {times} were met in their midst");
    let taken = numbers(&stage);
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len(), "no number twice: {taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_is_interrupted_and_the_next_one_is_right() {
    kill(25).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute; the short one above runs always"]
async fn a_hundred_killed_runs_leave_all_whole() {
    kill(100).await;
}
