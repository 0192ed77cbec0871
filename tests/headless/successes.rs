//! Runs that end well.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use writeback::testing::sandbox::{Effect, Fault, Options, Route, samples};

use crate::stage::{FILE, OLD, Stage};

/// Fetches Domo's export past all of the program's own code.
async fn exported(stage: &Stage, data_set: &str) -> Vec<u8> {
    let http = reqwest::Client::new();
    let token: serde_json::Value = http
        .get(format!("{}/oauth/token?grant_type=client_credentials", stage.sandbox.domo_url()))
        .basic_auth(samples::CLIENT_ID, Some(samples::CLIENT_SECRET))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let url = format!(
        "{}/v1/datasets/{data_set}/data?includeHeader=true&disableFormulaInterpretation=false",
        stage.sandbox.domo_url()
    );
    let answer = http.get(url).bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_arrives_and_the_old_file_is_replaced() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("✓ 240,000 rows, 15.0 MB, in "), "{}", ran.out);
    assert!(ran.out.contains(&format!("https://data.world/acme-analytics/sales-mart/workspace/file?filename={FILE}")));
    for phase in ["✓ Ask", "✓ Export", "✓ Upload", "✓ Processing", "✓ Proof"] {
        assert!(ran.err.contains(phase), "{phase} is missing in: {}", ran.err);
    }
    let stored = stage.file(FILE).unwrap();
    let expected = exported(&stage, samples::DAILY_SALES).await;
    assert_eq!(stored.size, expected.len() as u64);
    let hash: String = Sha256::digest(&expected).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(stored.sha256, hash);
    assert!(stage.spool_is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_data_sets_arrive_as_they_are() {
    for data_set in [samples::QUOTED, samples::SINGLE_COLUMN, samples::EMPTY] {
        let stage = Stage::new().await;
        let ran = stage.run(&["run", &stage.definition(data_set, "")]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), exported(&stage, data_set).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_row_without_its_end_is_whole_where_the_answer_says_where_it_ends() {
    let stage = Stage::new().await;
    stage.sandbox.set_rows(samples::SINGLE_COLUMN, 2);
    let headers = vec![("Content-Type".to_owned(), "text/csv".to_owned())];
    let body = "name\none\ntwo".to_owned();
    stage.sandbox.fault(Fault::once(Route::Export, Effect::Status { code: 200, headers, body: body.clone() }));
    let ran = stage.run(&["run", &stage.definition(samples::SINGLE_COLUMN, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), body.into_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_export_is_proven_before_it_is_sent_and_states_its_length() {
    let stage = Stage::new().await;
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let requests = stage.sandbox.requests();
    let put = requests.iter().position(|request| request.method == "PUT").unwrap();
    let last_question = requests.iter().rposition(|request| request.path.ends_with(samples::QUOTED)).unwrap();
    assert!(last_question < put, "the rows are compared before the upload begins");
    assert!(requests[put].headers.iter().any(|(name, _)| name == "content-length"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_uploads_nothing_and_says_what_it_would_replace() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let ran = stage.run(&["run", "--dry-run", &stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("Nothing was uploaded"), "{}", ran.out);
    assert!(ran.out.contains(&format!("acme-analytics/sales-mart/{FILE} would replace 29 B of ")), "{}", ran.out);
    assert_eq!(stage.requests("PUT", "/v0"), 0);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_says_it_all_and_only_json_is_on_standard_output() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let ran = stage.run(&["run", "--json", &stage.definition(samples::QUOTED, "")]).await;
    let said: serde_json::Value = serde_json::from_str(ran.out.trim()).unwrap();
    assert_eq!(said["result"], "done");
    assert_eq!(said["exit_code"], 0);
    assert_eq!(said["bytes"], stage.file(FILE).unwrap().size);
    assert_eq!(said["replaced"]["size"], OLD.len());
    assert_eq!(said["file"], format!("acme-analytics/sales-mart/{FILE}"));
    assert!(said["seconds"].as_f64().unwrap() > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_token_goes_to_the_instance() {
    let mut stage = Stage::new().await;
    stage.set("DOMO_CLIENT_ID", "");
    stage.set("DOMO_CLIENT_SECRET", "");
    stage.set("DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    for data_set in [samples::QUOTED, samples::NOT_OWNED_CO_OWNED] {
        let definition = stage.definition(data_set, "");
        let text = std::fs::read_to_string(&definition).unwrap().replace("owner_confirmed = true\n", "");
        std::fs::write(&definition, text).unwrap();
        let ran = stage.run(&["run", &definition]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(stage.requests("GET", "/v1"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_dates_are_appended_and_a_number_replaces_nothing() {
    let stage = Stage::new().await;
    stage.old_file("daily-sales-copy_7.csv", OLD);
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "append = \"number\"\n")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(stage.file("daily-sales-copy_8.csv").is_some());
    assert_eq!(stage.file("daily-sales-copy_7.csv").unwrap().content.unwrap(), OLD);
    let before = chrono::Utc::now().date_naive();
    let ran = stage.run(&["run", "--json", &stage.definition(samples::QUOTED, "append = \"date\"\n")]).await;
    let after = chrono::Utc::now().date_naive();
    let said: serde_json::Value = serde_json::from_str(ran.out.trim()).unwrap();
    let dated =
        |date: chrono::NaiveDate| format!("acme-analytics/sales-mart/daily-sales-copy_{}.csv", date.format("%m-%d-%Y"));
    assert!(said["file"] == dated(before) || said["file"] == dated(after), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_taken_meanwhile_is_not_taken_again() {
    // Small: nothing is sent before all has come. Large: it is sent while it comes, and its end is held back.
    for (data_set, rate, seen) in [(samples::QUOTED, 70_000, "/data"), (samples::DAILY_SALES, 8 << 20, ".csv")] {
        let stage = Stage::new().await;
        stage.old_file("daily-sales-copy_7.csv", OLD);
        stage.sandbox.fault(Fault::once(Route::Export, Effect::Bandwidth(rate)));
        let definition = stage.definition(data_set, "append = \"number\"\n");
        let run = stage.command(&["run", "--json", &definition]).spawn().unwrap();
        stage.until_request(if seen == ".csv" { "PUT" } else { "GET" }, seen).await;
        // A run on another computer was quicker. The next export is here before data.world tells which numbers there are.
        stage.old_file("daily-sales-copy_8.csv", OLD);
        stage.sandbox.fault(Fault { on: Route::Dataset, times: 2, what: Effect::Delay(Duration::from_secs(1)) });
        let ran = crate::stage::ended(run).await;
        let said: serde_json::Value = serde_json::from_str(ran.out.trim()).unwrap();
        assert_eq!(said["file"], "acme-analytics/sales-mart/daily-sales-copy_9.csv", "{ran:?}");
        assert!(said["link"].as_str().unwrap().ends_with("daily-sales-copy_9.csv"), "{said}");
        assert_eq!(said["replaced"], serde_json::Value::Null);
        assert_eq!(stage.file("daily-sales-copy_8.csv").unwrap().content.unwrap(), OLD);
        assert_eq!(stage.file("daily-sales-copy_9.csv").unwrap().size, said["bytes"].as_u64().unwrap());
        let exports = stage.requests("GET", &format!("/v1/datasets/{data_set}/data"));
        assert_eq!(exports, 1, "Domo is not asked again: {}", ran.err);
        let history = stage.run(&["history", "--json"]).await;
        assert!(history.out.contains("daily-sales-copy_9.csv"), "{}", history.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_taken_between_two_attempts_is_given_up_for_the_next() {
    let stage = Stage::new().await;
    let busy = Effect::Status { code: 503, headers: vec![("Retry-After".into(), "1".into())], body: "{}".into() };
    stage.sandbox.fault(Fault::once(Route::Upload, busy));
    let definition = stage.definition(samples::QUOTED, "append = \"number\"\n");
    let run = stage.command(&["run", "--json", &definition]).spawn().unwrap();
    stage.until_request("PUT", "_1.csv").await;
    let [one, two] = [1, 2].map(|number| FILE.replace(".csv", &format!("_{number}.csv")));
    stage.old_file(&one, "of another computer");
    let ran = crate::stage::ended(run).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(stage.file(&one).unwrap().size, "of another computer".len() as u64);
    assert!(stage.file(&two).is_some() && ran.out.contains(&two), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_answer_for_a_while_makes_a_proof_late_and_not_wrong() {
    for (processing, code) in [(600, 0), (1, 1)] {
        let stage = Stage::with(Options { processing: Duration::from_secs(3), ..Options::default() }).await;
        stage.config(&format!("attempts = 1\nprocessing_seconds = {processing}"));
        let run = stage.command(&["run", &stage.definition(samples::QUOTED, "")]).spawn().unwrap();
        stage.until_request("PUT", FILE).await;
        let times = if code == 0 { 3 } else { u32::MAX };
        stage.sandbox.fault(Fault { on: Route::Dataset, times, what: Effect::status(503, "<html>busy</html>") });
        let ran = crate::stage::ended(run).await;
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert_eq!(ran.err.contains("data.world has a problem of its own (503)"), code == 1, "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_number_beyond_all_reason_does_not_count() {
    let stage = Stage::new().await;
    let beyond = format!("daily-sales-copy_{}.csv", u64::MAX);
    for name in [&beyond, "daily-sales-copy_3.csv"] {
        stage.old_file(name, OLD);
    }
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "append = \"number\"\n")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(stage.file("daily-sales-copy_4.csv").is_some());
    assert_eq!(stage.file(&beyond).unwrap().content.unwrap(), OLD);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_survived() {
    let faults = [
        (Route::Export, Effect::ResetAfter(3_000_000)),
        (Route::Export, Effect::TruncateAfter(3_000_000)),
        (Route::Export, Effect::CloseAfter(3_000_000)),
        (Route::Export, Effect::StallAfter(3_000_000)),
        (Route::Export, Effect::status(406, "<html>Not Acceptable</html>")),
        (Route::Export, Effect::status(503, "<html>busy</html>")),
        (Route::Upload, Effect::ResetAfter(9_000_000)),
        (Route::Upload, Effect::StallAfter(9_000_000)),
        (Route::Upload, Effect::early_status(503, "{}")),
        (Route::Upload, Effect::status(500, "{}")),
        (Route::Dataset, Effect::status(502, "<html>Bad gateway</html>")),
        (Route::DomoToken, Effect::status(504, "")),
        (Route::DomoDataSet, Effect::WrongRowCount(3)),
    ];
    let whole = exported(&Stage::new().await, samples::DAILY_SALES).await.len() as u64;
    for (on, what) in faults {
        let stage = Stage::new().await;
        stage.old_file(FILE, OLD);
        let name = format!("{on:?} {what:?}");
        stage.sandbox.fault(Fault::once(on, what));
        let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
        assert_eq!(stage.file(FILE).unwrap().size, whole, "{name}");
        assert!(stage.spool_is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_data_world_shows_late_is_waited_for() {
    for (old, dated) in [(Some(OLD), false), (Some(OLD), true), (None, false)] {
        let stage = Stage::new().await;
        if let Some(old) = old {
            stage.old_file(FILE, old);
        }
        stage.sandbox.fault(Fault::once(Route::Upload, Effect::LateEntry { looks: 5, dated }));
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
        assert_eq!(ran.code, Some(0), "{old:?} {dated}: {ran:?}");
        assert!(!ran.out.contains("! "), "{old:?} {dated}: {}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_starts_again_without_asking_domo_again() {
    let stage = Stage::new().await;
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::ResetAfter(9_000_000)));
    let ran = stage.run(&["run", "--json", &stage.definition(samples::DAILY_SALES, "")]).await;
    let said: serde_json::Value = serde_json::from_str(ran.out.trim()).unwrap();
    assert_eq!(said["attempts"], 2);
    assert!(ran.err.contains("Trying again in"), "{}", ran.err);
    let exports = stage.sandbox.requests().iter().filter(|request| request.path.ends_with("/data")).count();
    assert_eq!(exports, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_waited_for() {
    let stage = Stage::new().await;
    let busy = Effect::Status { code: 429, headers: vec![("Retry-After".into(), "1".into())], body: "{}".into() };
    stage.sandbox.fault(Fault::once(Route::Upload, busy));
    let start = std::time::Instant::now();
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(start.elapsed() >= std::time::Duration::from_secs(1));
    assert!(ran.err.contains("Trying again in 1.0 s (attempt 2 of 10)"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_ends_during_the_run_is_renewed() {
    let stage = Stage::new().await;
    stage.sandbox.fault(Fault::once(Route::Export, Effect::Bandwidth(8 << 20)));
    let definition = stage.definition(samples::DAILY_SALES, "");
    let run = stage.command(&["run", &definition]).spawn().unwrap();
    stage.until_request("GET", &format!("{}/data", samples::DAILY_SALES)).await;
    stage.sandbox.expire_domo_tokens();
    let ran = crate::stage::ended(run).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(stage.requests("GET", "/oauth/token"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_domo_updates_meanwhile_is_taken_again() {
    let stage = Stage::new().await;
    stage.sandbox.fault(Fault::once(Route::Export, Effect::Bandwidth(8 << 20)));
    let definition = stage.definition(samples::DAILY_SALES, "");
    let run = stage.command(&["run", &definition]).spawn().unwrap();
    stage.until_request("GET", &format!("{}/data", samples::DAILY_SALES)).await;
    stage.sandbox.touch(samples::DAILY_SALES);
    let ran = crate::stage::ended(run).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("Exporting again (attempt 2 of 3)"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_export_leaves_nothing_on_disk() {
    let stage = Stage::with(Options { rows: Some(2_000_000), discard_above: 1 << 20, ..Options::default() }).await;
    let ran = stage.run(&["run", &stage.definition(samples::BIG, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(stage.file(FILE).unwrap().size > 100 << 20);
    assert!(stage.spool_is_empty());
}
