//! Checks around a run, and traces of it: only when updated, keep last N, retry, the log's update method.

use serde_json::Value;
use writeback::testing::sandbox::{Effect, Fault, Options, Route, samples};

use crate::stage::{FILE, Ran, Stage};

const FILES: &str = "/v0/datasets/acme-analytics/sales-mart/files/";

async fn quick() -> Stage {
    Stage::with(Options { processing: std::time::Duration::ZERO, ..Options::default() }).await
}

/// A definition whose runs are skipped while the data stays the same.
fn only_when_updated(stage: &Stage, more: &str) -> String {
    let path = stage.definition(samples::QUOTED, more);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("[output]", "only_when_updated = true\n[output]")).unwrap();
    path
}

fn numbered(number: u64) -> String {
    FILE.replace(".csv", &format!("_{number}.csv"))
}

/// The numbers of the first ten numbered files that exist.
fn there(stage: &Stage) -> Vec<u64> {
    (1..10).filter(|number| stage.file(&numbered(*number)).is_some()).collect()
}

fn uploads(stage: &Stage) -> usize {
    stage.requests("PUT", "/v0/uploads")
}

async fn good(stage: &Stage, args: &[&str]) -> Ran {
    let ran = stage.run(&[&["run"], args].concat()).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran
}

async fn results(stage: &Stage) -> Vec<(String, String)> {
    let ran = stage.run(&["history", "--json"]).await;
    let kept: Value = serde_json::from_str(&ran.out).unwrap();
    let word = |run: &Value, key: &str| run[key].as_str().unwrap_or("running").to_owned();
    kept["runs"].as_array().unwrap().iter().rev().map(|run| (word(run, "kind"), word(run, "result"))).collect()
}

async fn delete(stage: &Stage, name: &str) {
    let url = format!("{}{FILES}{name}", stage.sandbox.dataworld_url());
    let deleted = reqwest::Client::new().delete(url).bearer_auth(samples::READ_WRITE).send().await.unwrap();
    assert!(deleted.status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_skipped_while_the_data_stays_the_same_and_its_file_is_there() {
    let stage = quick().await;
    let definition = only_when_updated(&stage, "");
    good(&stage, &[&definition]).await;
    let skipped = good(&stage, &["--scheduled", &definition]).await;
    assert!(skipped.out.starts_with("✓ Skipped: the data of "), "{skipped:?}");
    assert!(skipped.out.contains("acme-analytics/sales-mart/daily-sales-copy.csv already holds it"), "{skipped:?}");
    assert!(skipped.err.contains("Domo states 2,500 rows") && !skipped.err.contains("rows not"), "{skipped:?}");
    let skipped: Value = serde_json::from_str(&good(&stage, &["--json", &definition]).await.out).unwrap();
    assert_eq!((&skipped["result"], &skipped["exit_code"]), (&"skipped".into(), &0.into()));
    assert!(skipped["data_date"].is_string(), "{skipped}");
    assert!(good(&stage, &["--dry-run", &definition]).await.out.starts_with("✓ Skipped"));
    assert_eq!(uploads(&stage), 1);
    let skipped = |kind: &str| (kind.to_owned(), "skipped".to_owned());
    assert_eq!(results(&stage).await[1..], [skipped("scheduled"), skipped("manual")]);

    stage.sandbox.touch(samples::QUOTED);
    good(&stage, &[&definition]).await;
    assert_eq!(uploads(&stage), 2, "the data is new");
    good(&stage, &[&definition]).await;
    assert_eq!(uploads(&stage), 2);
    delete(&stage, FILE).await;
    good(&stage, &[&definition]).await;
    assert_eq!(uploads(&stage), 3, "the file was gone");
    stage.old_file(FILE, b"date\n1\n".repeat(2));
    good(&stage, &[&definition]).await;
    assert_eq!(uploads(&stage), 4, "the file was somebody else's");
    let other = only_when_updated(&stage, "[csv]\nnulls = \"empty\"\n");
    good(&stage, &[&other]).await;
    assert_eq!(uploads(&stage), 5, "the same data makes another file now");
    good(&stage, &[&stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(uploads(&stage), 6, "the export no longer says so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_looks_as_before_is_read_back() {
    let stage = quick().await;
    let definition = only_when_updated(&stage, "");
    good(&stage, &[&definition]).await;
    stage.config("processing_seconds = 1");
    let as_before =
        || stage.sandbox.fault(Fault::once(Route::Upload, Effect::LateEntry { looks: u32::MAX, dated: false }));
    // The same bytes are there: that is proof.
    stage.sandbox.touch(samples::QUOTED);
    as_before();
    let ran = good(&stage, &[&definition]).await;
    assert!(ran.out.contains("Proven") && !ran.out.contains("! "), "{ran:?}");
    assert!(good(&stage, &[&definition]).await.out.starts_with("✓ Skipped"));
    // It cannot be read back: nothing is skipped because of a run of which only the size is known.
    stage.sandbox.touch(samples::QUOTED);
    as_before();
    stage.sandbox.fault(Fault { on: Route::Download, times: 9, what: Effect::status(403, "{}") });
    let ran = good(&stage, &[&definition]).await;
    assert!(ran.out.contains("! data.world shows the size that was sent but still the old file's date"), "{ran:?}");
    assert!(!good(&stage, &[&definition]).await.out.starts_with("✓ Skipped"));
    // Other bytes of the same size are still there: nothing has arrived.
    let size = stage.file(FILE).unwrap().size as usize;
    stage.old_file(FILE, "x".repeat(size));
    stage.sandbox.touch(samples::QUOTED);
    stage.sandbox.clear_faults();
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(200, r#"{"message":"File uploaded."}"#)));
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("with other bytes in it"), "{ran:?}");
    assert!(!good(&stage, &[&definition]).await.out.starts_with("✓ Skipped"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_failed_in_between_does_not_make_the_data_new() {
    let stage = quick().await;
    let definition = only_when_updated(&stage, "append = \"number\"\n[log]\nupdate = \"replace\"\n");
    good(&stage, &[&definition]).await;
    stage.sandbox.touch(samples::QUOTED);
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(403, "{}")));
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    good(&stage, &[&definition]).await;
    assert_eq!(there(&stage), [1, 3], "what failed is tried again");
    good(&stage, &[&definition]).await;
    assert_eq!(there(&stage), [1, 3]);
    // The log keeps the latest run only, and all that has to be known is known.
    assert_eq!(results(&stage).await, [("manual".to_owned(), "skipped".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_files_are_kept_and_only_those_that_this_export_wrote_are_deleted() {
    let stage = quick().await;
    stage.old_file(&numbered(1), "somebody else's");
    let definition = stage.definition(samples::QUOTED, "append = \"number\"\nkeep = 2\n");
    for _ in 0..2 {
        let ran = good(&stage, &[&definition]).await;
        assert!(!ran.out.contains("elete"), "{ran:?}");
    }
    let would = good(&stage, &["--dry-run", &definition]).await;
    let name = numbered(2);
    let said = format!("  Would delete {name}: the last 2 of its files are kept.");
    assert!(would.out.contains(&said), "{would:?}");
    assert_eq!(there(&stage), [1, 2, 3]);
    let ran = good(&stage, &[&definition]).await;
    assert!(ran.out.contains(&format!("  Deleted {name}: the last 2 of its files are kept.")), "{ran:?}");
    assert_eq!(there(&stage), [1, 3, 4]);

    // A file that somebody has put in its place is theirs.
    stage.old_file(&numbered(3), "theirs now");
    good(&stage, &[&definition]).await;
    let ran: Value = serde_json::from_str(&good(&stage, &["--json", &definition]).await.out).unwrap();
    assert_eq!(ran["deleted"], serde_json::json!([numbered(4)]));
    assert_eq!(there(&stage), [1, 3, 5, 6]);

    // Another export of files by the same name deletes none of them.
    let other = stage.home.path().join("other.toml");
    let text = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&other, text.replace("A test", "Other").replace("keep = 2", "keep = 1")).unwrap();
    good(&stage, &[other.to_str().unwrap()]).await;
    assert_eq!(there(&stage), [1, 3, 5, 6, 7]);
    // Without the history nobody knows whose they are.
    for file in std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().starts_with("history") {
            std::fs::remove_file(file).unwrap();
        }
    }
    good(&stage, &[&definition]).await;
    assert_eq!(there(&stage), [1, 3, 5, 6, 7, 8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_deleted_is_deleted_another_time() {
    let stage = quick().await;
    let definition = stage.definition(samples::QUOTED, "append = \"number\"\nkeep = 1\n");
    good(&stage, &[&definition]).await;
    let route = || Route::Path { method: Some("DELETE"), prefix: FILES.to_owned() };
    stage.sandbox.fault(Fault::once(route(), Effect::status(403, r#"{"code":403,"message":"No."}"#)));
    let ran = good(&stage, &[&definition]).await;
    let name = numbered(1);
    let said = format!("! {name} could not be deleted; the next run tries again.");
    assert!(ran.out.contains(&said), "{ran:?}");
    assert_eq!(there(&stage), [1, 2]);
    // A file that is gone at the second attempt has been deleted.
    stage.sandbox.fault(Fault::once(route(), Effect::status(404, r#"{"code":404,"message":"Not found."}"#)));
    let ran = good(&stage, &[&definition]).await;
    assert!(ran.out.contains(&format!("Deleted {name}, {}", numbered(2))), "{ran:?}");
    // An answer without anything in it is one.
    stage.sandbox.fault(Fault::once(route(), Effect::status(204, "")));
    let ran = good(&stage, &[&definition]).await;
    assert!(ran.out.contains(&format!("Deleted {}", numbered(3))), "{ran:?}");
    // A run that did not succeed deletes nothing.
    let before = there(&stage);
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(403, "{}")));
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    assert_eq!(there(&stage), before);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_run_that_failed_waits_to_be_made_again() {
    let stage = quick().await;
    let definition = stage.definition(samples::QUOTED, "[retry]\nevery = \"1 hour\"\n");
    let refuse = || stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(401, "{}")));
    for args in [vec![], vec!["--scheduled", "--no-retry"]] {
        refuse();
        let args = [vec!["run"], args, vec![definition.as_str()]].concat();
        let ran = stage.run(&args).await;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(!ran.err.contains("runs again"), "{ran:?}");
    }
    refuse();
    let mut waiting = stage.command(&["run", "--scheduled", &definition]).spawn().unwrap();
    let err = waiting.stderr.take().unwrap();
    let said = tokio::task::spawn_blocking(move || {
        use std::io::BufRead as _;
        let mut lines = std::io::BufReader::new(err).lines().map(Result::unwrap);
        let said = lines.by_ref().find(|line| line.contains("runs again"));
        (said, lines)
    });
    let (said, rest) = said.await.unwrap();
    assert_eq!(said.unwrap(), "! It runs again in 60 minutes (retry 1 of 3). Ctrl-C ends the wait.");
    // Meanwhile a person may run it.
    good(&stage, &[&definition]).await;
    let killed = std::process::Command::new("kill").args(["-INT", &waiting.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let code = tokio::task::spawn_blocking(move || (rest.count(), waiting.wait().unwrap().code())).await.unwrap().1;
    assert_eq!(code, Some(130));
    let made = |kind: &str, result: &str| (kind.to_owned(), result.to_owned());
    let all = [("manual", "failed"), ("scheduled", "failed"), ("scheduled", "failed"), ("manual", "done")];
    assert_eq!(results(&stage).await, all.map(|(kind, result)| made(kind, result)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn while_one_export_waits_to_be_run_again_the_next_is_run() {
    let stage = quick().await;
    let good = stage.definition(samples::QUOTED, "");
    let text = std::fs::read_to_string(&good).unwrap().replace(samples::QUOTED, samples::DELETED);
    let failing = good.replace("test.toml", "failing.toml");
    std::fs::write(&failing, format!("{text}[retry]\nevery = \"1 hour\"\n")).unwrap();
    let waiting = stage.command(&["run", "--scheduled", &failing, &good]).spawn().unwrap();
    stage.until_request("PUT", "/v0/uploads").await;
    let history = || async { results(&stage).await.into_iter().map(|(_, result)| result).collect::<Vec<_>>() };
    let start = std::time::Instant::now();
    while history().await != ["failed", "done"] {
        assert!(start.elapsed().as_secs() < 60, "{:?}", history().await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let killed = std::process::Command::new("kill").args(["-INT", &waiting.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let ran = crate::stage::ended(waiting).await;
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.out.contains("Proven"), "{ran:?}");
    assert_eq!(history().await, ["failed", "done"], "what waited was not run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told_where_the_date_is_in_the_files_name() {
    let stage = quick().await;
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3 * 3_600 + 60);
    let dated = |body: &str| Effect::Status {
        code: 200,
        headers: vec![("Date".to_owned(), httpdate::fmt_http_date(later))],
        body: body.to_owned(),
    };
    let user = || Route::Path { method: Some("GET"), prefix: "/v0/user".to_owned() };
    let told = async |append: &str| {
        stage.sandbox.fault(Fault::once(user(), dated(r#"{"id":"analyst"}"#)));
        let dataset = r#"{"owner":"acme-analytics","id":"sales-mart","accessLevel":"WRITE","files":[]}"#;
        stage.sandbox.fault(Fault::once(Route::Dataset, dated(dataset)));
        good(&stage, &[&stage.definition(samples::QUOTED, append)]).await.out
    };
    let note = "! This computer's clock is 3 hours behind data.world's, and the date in the file's name goes by it: \
                check whether it is the right one, and set the clock.\n";
    let dated = told("append = \"date\"\n").await;
    assert!(dated.contains(note), "{dated}");
    assert!(!told("").await.contains("clock"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_wrote_anew_is_neither_deleted_nor_taken_for_unchanged() {
    let stage = quick().await;
    // Describing a file may change its date: that is no change by somebody else.
    let more = "append = \"number\"\nkeep = 1\ndescription = \"Mine\"\n";
    let definition = stage.definition(samples::QUOTED, more);
    good(&stage, &[&definition]).await;
    good(&stage, &[&definition]).await;
    assert_eq!(there(&stage), [2], "what is its own goes");
    let size = stage.file(&numbered(2)).unwrap().size as usize;
    stage.old_file(&numbered(2), "x".repeat(size));
    let ran = good(&stage, &["--json", &definition]).await;
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((there(&stage), &said["deleted"]), (vec![2, 3], &serde_json::json!([])));
    assert_eq!(stage.file(&numbered(2)).unwrap().content.unwrap(), "x".repeat(size).into_bytes());
    let dry = good(&stage, &["--json", "--dry-run", &definition]).await;
    let said: Value = serde_json::from_str(&dry.out).unwrap();
    assert_eq!(said["deleted"], serde_json::json!([numbered(3)]));

    let definition = only_when_updated(&stage, "");
    good(&stage, &[&definition]).await;
    assert!(good(&stage, &[&definition]).await.out.starts_with("✓ Skipped"));
    stage.old_file(FILE, "x".repeat(size));
    assert!(!good(&stage, &[&definition]).await.out.starts_with("✓ Skipped"));
}
