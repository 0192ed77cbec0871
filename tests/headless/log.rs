//! The log of a run: what happened is in it, and no secret.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::Stage;

pub(crate) fn logged(stage: &Stage) -> String {
    let Ok(folder) = std::fs::read_dir(stage.home.path().join("logs")) else { return String::new() };
    folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// Fails when any part of a secret is in `text`.
fn has_no_part(text: &str, secret: &str) {
    for part in secret.as_bytes().windows(10) {
        let part = String::from_utf8_lossy(part);
        assert!(!text.contains(&*part), "{part}, of a secret, is in\n{text}");
    }
}

#[tokio::test]
async fn a_run_leaves_its_calls_and_phases_and_no_secret() {
    let mut stage = Stage::new().await;
    stage.set("WRITEBACK_LOG", "debug");
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(503, "")));
    let definition = stage.definition(samples::DAILY_SALES, "");
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(0));

    let log = logged(&stage);
    for part in [
        concat!("--- writeback ", env!("CARGO_PKG_VERSION")),
        "begins input=845305d8-da3d-4107-a9d6-13ef3f86d4a4 output=acme-analytics/sales-mart",
        "in the history as",
        "answer method=GET",
        "path=\"/oauth/token\"",
        "path=\"/v1/datasets/845305d8-da3d-4107-a9d6-13ef3f86d4a4/data\" status=200",
        "status=503",
        "call{attempt=2}: answer method=PUT",
        "phase=\"proof\"",
        "rows=240000",
    ] {
        assert!(log.contains(part), "no {part} in\n{log}");
    }
    for secret in [samples::READ_WRITE, samples::CLIENT_SECRET] {
        has_no_part(&log, secret);
    }
    // Domo's token, made for this run, and a row.
    for word in ["grant_type", "Bearer", "Authorization", "North"] {
        assert!(!log.to_lowercase().contains(&word.to_lowercase()), "{word} is in\n{log}");
    }
}

#[tokio::test]
async fn a_refused_token_is_not_logged_and_the_error_says_where_the_log_is() {
    let mut stage = Stage::new().await;
    stage.set("DW_AUTH_TOKEN", samples::EXPIRED);
    let definition = stage.definition(samples::DAILY_SALES, "");
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    let log = logged(&stage);
    assert!(log.contains("status=401") && log.contains("ERROR"), "{log}");
    has_no_part(&log, samples::EXPIRED);

    stage.set("WRITEBACK_DATAWORLD_URL", "http://127.0.0.1:1");
    stage.config("attempts = 1");
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(1));
    let file = ran.err.lines().last().and_then(|line| line.strip_prefix("The log is ")?.strip_suffix('.')).unwrap();
    assert!(std::fs::read_to_string(file).unwrap().contains("refused"), "the causes are named");
}

#[tokio::test]
async fn a_download_is_logged_as_every_call_and_where_it_is_sent_on_to() {
    let mut stage = Stage::new().await;
    stage.old_file(crate::stage::FILE, "a\n1\n");
    stage.config("attempts = 1");
    let to = format!("{}/v0/user?signed=TOPSECRET", stage.sandbox.dataworld_url());
    stage.sandbox.fault(Fault::once(Route::Download, Effect::Redirect { to }));
    stage.sandbox.fault(Fault::once(Route::Download, Effect::status(500, "")));
    stage.set("WRITEBACK_LOG", "info");
    let get = ["get", "acme-analytics/sales-mart", crate::stage::FILE, "-o", "-"];
    for code in [1, 1, 0] {
        let ran = stage.run(&get).await;
        assert_eq!(ran.code, Some(code), "{ran:?}");
    }
    let log = logged(&stage);
    for part in ["status=307", "path=\"/v0/user\" status=401", "status=500", "refused: Status", "status=200"] {
        assert!(log.contains(part), "no {part} in\n{log}");
    }
    has_no_part(&log, "signed=TOPSECRET");
}

#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let stage = Stage::new().await;
    std::fs::write(stage.home.path().join("logs"), "a file where the folder should be").unwrap();
    let definition = stage.definition(samples::DAILY_SALES, "");
    let ran = stage.run(&["run", &definition, "--verbose"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!ran.err.contains("log"), "{}", ran.err);
}

#[tokio::test]
async fn how_much_is_logged_is_set() {
    let mut stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    stage.set("WRITEBACK_LOG", "off");
    assert_eq!(stage.run(&["run", &definition, "--dry-run"]).await.code, Some(0));
    assert_eq!(logged(&stage), "");
    stage.set("WRITEBACK_LOG", "loud");
    let ran = stage.run(&["run", &definition, "--dry-run"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("WRITEBACK_LOG: `loud` is no level of the log. Levels are off,"), "{}", ran.err);
    stage.set("WRITEBACK_LOG", "");
    assert_eq!(stage.run(&["run", &definition, "--dry-run"]).await.code, Some(0));
    assert!(logged(&stage).contains("INFO") && !logged(&stage).contains("DEBUG"));
    assert_eq!(stage.run(&["run", "-v", &definition, "--dry-run"]).await.code, Some(0));
    assert!(logged(&stage).contains("DEBUG"));
}
