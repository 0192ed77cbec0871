//! Runs that a service ends: the old file stays, and the person learns why.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::{FILE, Nobody, OLD, Stage};

/// Runs the daily sales with a fault that does not pass.
async fn failing(on: Route, what: Effect) -> (Stage, crate::stage::Ran) {
    let stage = Stage::new().await;
    stage.config("stall_seconds = 1\nanswer_seconds = 2\nprocessing_seconds = 5\nattempts = 2");
    stage.old_file(FILE, OLD);
    stage.sandbox.fault(Fault::always(on, what));
    let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
    (stage, ran)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_leaves_the_old_file_and_says_why() {
    let html = "<html><h1>Welcome</h1></html>";
    let cases = [
        (Route::Export, Effect::TruncateAfter(9_000_000), 4, "Domo states 240,000 rows, but "),
        (Route::Export, Effect::CloseAfter(9_000_000), 4, "Domo states 240,000 rows, but "),
        (Route::Export, Effect::ResetAfter(9_000_000), 1, "The connection to Domo was lost"),
        (Route::Export, Effect::CutAfter(9_000_000), 1, "The connection to Domo was lost"),
        (Route::Export, Effect::StallAfter(9_000_000), 1, "no data went to or came from Domo for 1.0 s"),
        (Route::Export, Effect::Delay(std::time::Duration::from_secs(60)), 1, "Domo did not answer in time."),
        (Route::Export, Effect::status(406, html), 3, "Domo no longer accepts this account's sign-in (406)"),
        (Route::Export, Effect::status(200, html), 1, "it sent a web page"),
        (Route::Export, Effect::status(200, "id,name\n1,a\n"), 1, "it sent text/plain"),
        (
            Route::Export,
            Effect::status(200, r#"{"status":500,"message":"Out of memory","toe":"T2-OE"}"#),
            1,
            "Domo could not export the DataSet (200). Domo says: Out of memory.",
        ),
        (Route::Export, Effect::status(204, ""), 1, "which is no whole export"),
        (Route::Any, Effect::WrongRowCount(-5), 4, "Domo states 239,995 rows, but at least "),
        (Route::Any, Effect::WrongRowCount(5), 4, "Domo states 240,005 rows, but 240,000 arrived"),
        (
            Route::DomoToken,
            Effect::status(401, r#"{"status":401,"message":"Bad credentials","toe":"T1-OE"}"#),
            3,
            "Support id T1-OE",
        ),
        (Route::Upload, Effect::ResetAfter(9_000_000), 1, "The connection to data.world was lost"),
        (Route::Upload, Effect::StallAfter(500_000), 1, "no data went to or came from data.world for "),
        (Route::Upload, Effect::status(503, html), 1, "data.world has a problem of its own (503)"),
        (
            Route::Upload,
            Effect::status(401, r#"{"code":401,"message":"Gone"}"#),
            3,
            "does not accept the API token (401). data.world says: Gone.",
        ),
        (Route::Upload, Effect::early_status(401, "{}"), 3, "does not accept the API token (401)"),
        (
            Route::Upload,
            Effect::early_status(413, r#"{"code":413,"message":"Too large"}"#),
            1,
            "The file is too large for data.world (413)",
        ),
        (
            Route::Upload,
            Effect::status(403, r#"{"code":403,"message":"No","details":"b6267b6a"}"#),
            3,
            "Support id b6267b6a",
        ),
        (
            Route::Upload,
            Effect::Redirect { to: "https://login.example/".into() },
            1,
            "redirected to login.example. Your credentials were not sent there.",
        ),
        (Route::Dataset, Effect::status(200, html), 1, "is not data.world's API"),
    ];
    for (on, what, code, sentence) in cases {
        let name = format!("{on:?} {what:?}");
        // Before both services have answered nobody knows which file it is about.
        let asking = matches!(on, Route::DomoToken | Route::Dataset);
        let (stage, ran) = failing(on.clone(), what).await;
        assert_eq!(ran.code, Some(code), "{name}: {ran:?}");
        assert!(ran.err.contains(sentence), "{name}: {}", ran.err);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD, "{name}");
        // A stalled request, or one answered late, may have been handed to the network whole.
        let late = ran.err.contains("but all of it was sent");
        let safe = ["is untouched", "is as it was"].iter().any(|words| ran.err.contains(words));
        assert!(asking || safe || (on == Route::Upload && late), "{name}: {}", ran.err);
        assert!(stage.spool_is_empty(), "{name}");
        assert!(ran.out.is_empty(), "{name}: {}", ran.out);
        for secret in [samples::CLIENT_SECRET, samples::READ_WRITE] {
            assert!(!ran.err.contains(secret), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_taken_no_more_often_than_is_said() {
    for (attempts, exports) in [(1, 1), (2, 2), (7, 3)] {
        let stage = Stage::new().await;
        stage.config(&format!("attempts = {attempts}"));
        stage.sandbox.fault(Fault::always(Route::Export, Effect::TruncateAfter(50_000)));
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
        assert_eq!(ran.code, Some(4), "{ran:?}");
        let last = format!("Exporting again (attempt {exports} of {exports})");
        assert_eq!(ran.err.contains(&last), exports > 1, "{}", ran.err);
        assert_eq!(stage.sandbox.requests().iter().filter(|request| request.path.ends_with("/data")).count(), exports);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_a_day_because_a_service_says_so() {
    let busy = Effect::Status { code: 429, headers: vec![("Retry-After".into(), "86400".into())], body: "{}".into() };
    let (_stage, ran) = failing(Route::Upload, busy).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("too many requests (429)"), "{}", ran.err);
}

/// Replaces a file by an upload with this fault, which data.world accepts, and waits for the proof as briefly as can be.
async fn accepted(what: Effect) -> crate::stage::Ran {
    let stage = Stage::new().await;
    stage.config("processing_seconds = 1");
    stage.old_file(FILE, OLD);
    stage.sandbox.fault(Fault::once(Route::Upload, what));
    stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await
}

/// As [`accepted`], for an upload that ends unproven.
async fn unproven(what: Effect) -> crate::stage::Ran {
    let ran = accepted(what).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_which_nothing_is_to_be_seen_is_no_success() {
    let ran = unproven(Effect::status(200, r#"{"message":"File uploaded."}"#)).await;
    assert!(ran.err.contains("data.world accepted the file but does not show it"), "{}", ran.err);
    assert!(ran.err.contains("does not show a new daily-sales-copy.csv, but all of it was sent"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_entry_stays_the_old_one_is_proven_by_its_bytes() {
    for dated in [false, true] {
        let ran = accepted(Effect::LateEntry { looks: u32::MAX, dated }).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let said =
            "shows a size of 29 bytes for the file, but it was read back, and its bytes are those that were sent.";
        assert!(ran.out.contains(said), "{}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_another_file_of_the_dataset_has_fails_no_run() {
    let stage = Stage::new().await;
    stage.config("processing_seconds = 1");
    let definition = stage.definition(samples::QUOTED, "");
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::ProcessingError));
    let other = format!("{}/v0/uploads/acme-analytics/sales-mart/files/broken.csv", stage.sandbox.dataworld_url());
    let sent = reqwest::Client::new().put(other).bearer_auth(samples::READ_WRITE).body("x").send().await.unwrap();
    assert!(sent.status().is_success());
    let is_broken = async || {
        let at = format!("{}/v0/datasets/acme-analytics/sales-mart", stage.sandbox.dataworld_url());
        let answer = reqwest::Client::new().get(at).bearer_auth(samples::READ_WRITE).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()["status"] == "SYSTEMERROR"
    };
    while !is_broken().await {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("! The dataset had a processing error before this run and still has it"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_shorter_than_what_was_sent_is_no_success() {
    let ran = unproven(Effect::TruncateAfter(9_000_000)).await;
    assert!(ran.err.contains("data.world shows a file of 9,000,000 bytes, but "), "{}", ran.err);
    assert!(ran.err.contains("has changed"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn processing_that_fails_is_said() {
    let ran = unproven(Effect::ProcessingError).await;
    assert!(ran.err.contains("could not process the dataset (SYSTEMERROR)"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there() {
    let mut stage = Stage::new().await;
    let nobody = Nobody::new();
    stage.set("WRITEBACK_DOMO_URL", &format!("http://{}", nobody.address));
    stage.config("attempts = 1");
    // Loopback is called without a proxy, which is to blame for nothing then.
    stage.set("HTTP_PROXY", "http://127.0.0.1:1");
    let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.err.contains(&format!("Domo could not be reached at {}: nothing listens there.", nobody.address)),
        "{}",
        ran.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_never_ends_is_told_by_its_status() {
    let refused = async |on, service| {
        let stage = Stage::new().await;
        stage.config("attempts = 1");
        stage.sandbox.fault(Fault::always(on, Effect::StalledStatus(503)));
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains(&format!("{service} has a problem of its own (503).")), "{}", ran.err);
    };
    tokio::join!(
        refused(Route::Export, "Domo"),
        refused(Route::Upload, "data.world"),
        refused(Route::Dataset, "data.world")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_without_an_address_may_have_one_a_moment_later() {
    let mut stage = Stage::new().await;
    stage.set("WRITEBACK_DOMO_URL", "https://api.domo.invalid");
    stage.config("attempts = 2");
    let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("No address was found for api.domo.invalid"), "{}", ran.err);
    let log = crate::log::logged(&stage);
    assert_eq!(log.matches("trying again").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_row_that_was_cut_short_is_no_whole_row() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::SINGLE_COLUMN, "");
    let whole = stage.run(&["run", &definition]).await;
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let size = stage.file(FILE).unwrap().size;
    // As many rows as are stated, but the last of them has lost its end, and the answer does not say where it ends.
    stage.sandbox.fault(Fault::always(Route::Export, Effect::CloseAfter(size - 2)));
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("was cut off after"), "{}", ran.err);
    assert_eq!(stage.file(FILE).unwrap().size, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_bytes_are_not_taken_for_rows() {
    let gzip = Effect::Status {
        code: 200,
        headers: vec![("Content-Encoding".into(), "gzip".into()), ("Content-Type".into(), "text/csv".into())],
        body: "not really".into(),
    };
    let (_stage, ran) = failing(Route::Export, gzip).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("it is compressed (gzip)"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_read_is_not_repeated() {
    let (_stage, ran) =
        failing(Route::DomoToken, Effect::status(200, "{\"access_token\":{\"a\":\"TOPSECRET\"}}")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("is not what the service documents (line 1, column "), "{}", ran.err);
    assert!(!ran.err.contains("TOPSECRET"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_sees_what_stays_on_this_computer() {
    let mut stage = Stage::new().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", nobody.local_addr().unwrap());
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        stage.set(name, &proxy);
    }
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    nobody.set_nonblocking(true).unwrap();
    assert!(nobody.accept().is_err(), "nobody connected to the proxy");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_written_does_not_end_a_run() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let mut command = stage.command(&["run", &definition]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = command.stderr(full).spawn().unwrap();
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(0));
    assert!(stage.file(FILE).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_both_services_that_are_asked_the_one_that_refuses_is_named() {
    for (variable, step, service) in [
        ("DW_AUTH_TOKEN", "  ✗ Ask          data.world\n", "data.world"),
        ("DOMO_CLIENT_SECRET", "  ✗ Ask          Domo\n", "domo"),
    ] {
        let mut stage = Stage::new().await;
        stage.set(variable, if service == "domo" { "wrong" } else { samples::EXPIRED });
        let definition = stage.definition(samples::QUOTED, "");
        let ran = stage.run(&["run", &definition]).await;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        let failed = ran.err.split_once(step).unwrap_or_else(|| panic!("no {step} in {}", ran.err)).1;
        assert!(failed.to_lowercase().contains(service), "{failed}");
        let ran = stage.run(&["run", &definition, "--json"]).await;
        let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&object["service"], &object["exit_code"]), (&service.into(), &3.into()), "{object}");
    }
}
