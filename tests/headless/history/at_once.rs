//! Several runs at once.

use std::collections::BTreeSet;
use std::time::Duration;

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::history::{history, numbered, numbers, quick, results};
use crate::stage::{Ran, Stage, ended};

const ROUNDS: usize = 50;

/// Three at once: one export twice, and another that writes files of the same name.
async fn three_at_once(stage: &Stage, one: &str, other: &str) -> Vec<Ran> {
    let started: Vec<_> = [one, one, other].map(|export| stage.command(&["run", export]).spawn().unwrap()).into();
    let mut ran = Vec::new();
    for run in started {
        ran.push(ended(run).await);
    }
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_at_once_take_no_number_twice_and_replace_no_file() {
    let stage = quick().await;
    let (one, other) = (numbered(&stage, "one", samples::QUOTED), numbered(&stage, "other", samples::SINGLE_COLUMN));
    let (mut good, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let ran = three_at_once(&stage, &one, &other).await;
        let good_ones = ran[..2].iter().filter(|ran| ran.code == Some(0)).count();
        assert!(good_ones > 0 && ran[2].code == Some(0), "round {round}: {ran:?}");
        // The second of an export may also begin after the first has ended, in every round.
        for refusal in ran[..2].iter().filter(|ran| ran.code != Some(0)) {
            assert_eq!(refusal.code, Some(1), "round {round}: {refusal:?}");
            assert!(refusal.err.contains("Export one is already running: process "), "{}", refusal.err);
            refused += 1;
        }
        good += good_ones + 1;
    }
    let taken = numbers(&stage);
    assert_eq!(taken.len(), good, "one upload a run");
    let once: BTreeSet<u64> = taken.iter().copied().collect();
    assert_eq!(once, (1..=good as u64).collect(), "no number twice, and none left out");
    let kept = history(&stage, &[]).await;
    assert_eq!(results(&kept).iter().filter(|result| **result == "done").count(), good);
    assert_eq!(results(&kept).iter().filter(|result| **result == "failed").count(), refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_learns_who_runs_the_export() {
    let stage = Stage::new().await;
    stage.config("stall_seconds = 60");
    let (one, other) = (numbered(&stage, "one", samples::DAILY_SALES), numbered(&stage, "other", samples::QUOTED));
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::StallAfter(1_000_000)));
    let mut first = stage.command(&["run", &one]).spawn().unwrap();
    while numbers(&stage).is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let second = stage.run(&["run", &one]).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    let who = format!("writeback: Export one is already running: process {} on ", first.id());
    assert!(second.err.starts_with(&who) && second.err.contains("since "), "{}", second.err);
    assert!(second.err.contains("Wait until it has finished"), "{}", second.err);
    // By another way to the same file it is the same export.
    let detour = format!("{}/spool/../one.toml", stage.home.path().display());
    let third = stage.run(&["run", "--json", &detour]).await;
    let said: serde_json::Value = serde_json::from_str(&third.out).unwrap();
    assert_eq!((third.code, &said["result"]), (Some(1), &"failed".into()));
    assert!(said["message"].as_str().unwrap().contains("is already running"), "{said}");
    // Nothing is uploaded by a dry run, and other exports are not concerned.
    assert_eq!(stage.run(&["run", "--dry-run", &one]).await.code, Some(0));
    assert_eq!(stage.run(&["run", &other]).await.code, Some(0));
    let kept = history(&stage, &[]).await;
    assert_eq!(results(&kept), ["running", "failed", "failed", "done"]);
    assert_eq!(kept["runs"][3]["phase"], "upload");
    assert_eq!(kept["runs"][3]["file"], "acme-analytics/sales-mart/sales_1.csv");
    first.kill().unwrap();
    first.wait().unwrap();
    let kept = history(&stage, &[&one]).await;
    assert_eq!(results(&kept), ["interrupted", "failed", "failed"]);
    assert_eq!(stage.run(&["run", &one]).await.code, Some(0));
    assert_eq!(numbers(&stage), [1, 2, 3]);
}
