//! Every fault, seen from a client.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use reqwest::Method;
use writeback::testing::sandbox::{Effect, Fault, Route, Sandbox, samples};

use super::wire::{Raw, eventually};
use super::{access_token, dataworld, domo, json, look, request, start};

const UPLOAD: &str = "/uploads/analyst/scratch/files/a.csv";

/// The head of an export, and of an upload without a length, for a connection by hand.
async fn raw_export(sandbox: &Sandbox) -> String {
    let token = access_token(sandbox).await;
    format!(
        "GET /v1/datasets/{}/data HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n",
        samples::DAILY_SALES
    )
}

fn raw_upload(length: u64) -> String {
    format!(
        "PUT /v0{UPLOAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\r\n",
        samples::READ_WRITE
    )
}

#[tokio::test]
async fn a_status_comes_as_often_as_it_was_asked_for_and_where() {
    let sandbox = start().await;
    let what =
        Effect::Status { code: 429, headers: vec![("Retry-After".into(), "7".into())], body: "{\"code\":429}".into() };
    sandbox.fault(Fault { on: Route::Dataset, times: 2, what });
    assert_eq!(look(&sandbox, "/user").await["id"], "analyst");
    for _ in 0..2 {
        let answer = dataworld(&sandbox, Method::GET, "/datasets/analyst/scratch").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
        assert_eq!(json(answer).await["code"], 429);
    }
    assert_eq!(dataworld(&sandbox, Method::GET, "/datasets/analyst/scratch").send().await.unwrap().status(), 200);
    let on = Route::Path { method: Some("GET"), prefix: "/v0/user".into() };
    sandbox.fault(Fault::always(on, Effect::status(503, "<html>sorry</html>")));
    for _ in 0..3 {
        let answer = dataworld(&sandbox, Method::GET, "/user").send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
            (503, "text/html;charset=utf-8")
        );
    }
    sandbox.clear_faults();
    assert_eq!(dataworld(&sandbox, Method::GET, "/user").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_status_reads_the_upload_and_keeps_nothing() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::status(500, "")));
    let answer = dataworld(&sandbox, Method::PUT, UPLOAD).body("x".repeat(1_000_000)).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(sandbox.requests().last().unwrap().body_bytes, 1_000_000);
    assert!(sandbox.file("analyst", "scratch", "a.csv").is_none());
}

#[tokio::test]
async fn a_status_stalls() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Export, Effect::StalledStatus(503)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_export(&sandbox).await).await;
    let answer = raw.read_what_comes().await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("{\"message\""), "{answer}");
    assert!(!answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn an_early_status_can_be_read_before_the_body_is_sent() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::early_status(413, "{\"code\":413}")));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_upload(1 << 30)).await;
    raw.send("only the beginning").await;
    let answer = raw.read_what_comes().await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.ends_with("{\"code\":413}"), "{answer}");
    assert!(raw.flood().await.is_ok(), "the rest is not read, and the connection is not cut at once");
    let log = sandbox.requests();
    assert!(log.last().unwrap().body_bytes < 1_000);
}

#[tokio::test]
async fn a_redirect_says_where() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::Redirect { to: "https://elsewhere.example/x".into() }));
    let answer = dataworld(&sandbox, Method::PUT, UPLOAD).body("x").send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (307, "https://elsewhere.example/x")
    );
}

#[tokio::test]
async fn a_delay_delays() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Any, Effect::Delay(Duration::from_millis(200))));
    let started = Instant::now();
    look(&sandbox, "/user").await;
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn bandwidth_slows_an_upload() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::Bandwidth(100_000)));
    let started = Instant::now();
    let answer = dataworld(&sandbox, Method::PUT, UPLOAD).body("x".repeat(40_000)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(started.elapsed() > Duration::from_millis(300), "{:?}", started.elapsed());
    assert_eq!(sandbox.file("analyst", "scratch", "a.csv").unwrap().size, 40_000);
}

#[tokio::test]
async fn a_download_stalls() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Export, Effect::StallAfter(10_000)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_export(&sandbox).await).await;
    let answer = raw.read_what_comes().await;
    assert!((10_000..11_000).contains(&answer.len()), "{}", answer.len());
    assert!(!answer.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn an_upload_stalls() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::StallAfter(10_000)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_upload(1 << 30)).await;
    assert!(raw.flood().await.is_ok(), "it neither ends nor fails");
    assert!(sandbox.requests().last().unwrap().body_bytes < 2 << 20);
}

#[tokio::test]
async fn a_download_is_reset() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Export, Effect::ResetAfter(10_000)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_export(&sandbox).await).await;
    let (answer, end) = raw.read().await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert!((10_000..11_000).contains(&answer.len()), "{}", answer.len());
}

#[tokio::test]
async fn a_download_is_cut() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Export, Effect::CutAfter(10_000)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_export(&sandbox).await).await;
    let (answer, end) = raw.read().await;
    assert!(end.is_ok(), "closed, not reset");
    assert!((10_000..11_000).contains(&answer.len()) && !answer.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn an_upload_is_reset_and_the_old_file_stays() {
    let sandbox = start().await;
    sandbox.put_file("analyst", "scratch", "a.csv", "old");
    sandbox.fault(Fault::once(Route::Upload, Effect::ResetAfter(10_000)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_upload(1 << 30)).await;
    let error = raw.flood().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    assert_eq!(sandbox.file("analyst", "scratch", "a.csv").unwrap().content.unwrap(), b"old");
}

#[tokio::test]
async fn a_connection_is_reset_before_any_answer() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::DomoToken, Effect::ResetAfter(0)));
    let mut raw = Raw::connect(&sandbox).await;
    raw.send("GET /oauth/token HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let (answer, end) = raw.read().await;
    assert_eq!((answer.as_str(), end.unwrap_err().kind()), ("", ErrorKind::ConnectionReset));
    access_token(&sandbox).await;
}

#[tokio::test]
async fn a_truncated_download_ends_in_order() {
    let sandbox = start().await;
    sandbox.put_file("analyst", "scratch", "a.csv", "0123456789");
    sandbox.fault(Fault::once(Route::Export, Effect::TruncateAfter(10_000)));
    sandbox.fault(Fault::once(Route::Download, Effect::TruncateAfter(4)));
    let export = domo(&sandbox, &format!("/v1/datasets/{}/data", samples::DAILY_SALES)).await;
    assert_eq!(export.bytes().await.unwrap().len(), 10_000);
    let download = dataworld(&sandbox, Method::GET, "/file_download/analyst/scratch/a.csv").send().await.unwrap();
    assert_eq!(download.headers().get("content-length"), None);
    assert_eq!(download.text().await.unwrap(), "0123");
}

#[tokio::test]
async fn a_truncated_upload_succeeds_with_fewer_bytes() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::TruncateAfter(10)));
    let answer = dataworld(&sandbox, Method::PUT, UPLOAD).body("x".repeat(1_000_000)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(sandbox.file("analyst", "scratch", "a.csv").unwrap().size, 10);
    eventually(async || look(&sandbox, "/datasets/analyst/scratch").await["files"][0]["sizeInBytes"] == 10).await;
}

#[tokio::test]
async fn a_body_is_ended_by_closing_the_connection() {
    let sandbox = start().await;
    sandbox.fault(Fault { on: Route::Export, times: 2, what: Effect::CloseAfter(10_000) });
    let mut raw = Raw::connect(&sandbox).await;
    raw.send(&raw_export(&sandbox).await).await;
    let (answer, end) = raw.read().await;
    assert!(end.is_ok() && answer.starts_with("HTTP/1.0 200"), "{}", &answer[..60]);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.len(), 10_000);
    let head = head.to_lowercase();
    assert!(!head.contains("content-length") && !head.contains("transfer-encoding"), "{head}");
    let fooled = domo(&sandbox, &format!("/v1/datasets/{}/data", samples::DAILY_SALES)).await;
    assert_eq!(fooled.bytes().await.unwrap().len(), 10_000, "to a client it looks whole");
}

#[tokio::test]
async fn the_stated_rows_are_wrong() {
    let sandbox = start().await;
    sandbox.fault(Fault { on: Route::DomoDataSet, times: 2, what: Effect::WrongRowCount(-3) });
    let rows =
        async || json(domo(&sandbox, &format!("/v1/datasets/{}", samples::HASH_ROWS)).await).await["rows"].as_u64();
    assert_eq!((rows().await, rows().await, rows().await), (Some(357), Some(357), Some(360)));
    sandbox.fault(Fault::once(Route::DomoDataSet, Effect::WrongRowCount(40)));
    let product = request(&sandbox, Method::GET, &format!("/api/data/v3/datasources/{}", samples::HASH_ROWS));
    let product = product.header("X-DOMO-Developer-Token", samples::DEVELOPER_TOKEN).send().await.unwrap();
    assert_eq!(json(product).await["rowCount"], 400);
}

#[tokio::test]
async fn processing_fails_after_an_upload() {
    let sandbox = start().await;
    sandbox.fault(Fault::once(Route::Upload, Effect::ProcessingError));
    let status = async || look(&sandbox, "/datasets/analyst/scratch").await["status"].clone();
    dataworld(&sandbox, Method::PUT, UPLOAD).body("x").send().await.unwrap();
    assert_eq!(status().await, "INPROGRESS");
    eventually(async || status().await == "SYSTEMERROR").await;
    dataworld(&sandbox, Method::PUT, UPLOAD).body("x").send().await.unwrap();
    eventually(async || status().await == "LOADED").await;
}

#[tokio::test]
async fn an_entry_comes_late_after_an_upload() {
    let sandbox = start().await;
    let late = |dated| Effect::LateEntry { looks: 2, dated };
    let entry = async || look(&sandbox, "/datasets/analyst/scratch").await["files"][0].clone();
    sandbox.fault(Fault::once(Route::Upload, late(false)));
    dataworld(&sandbox, Method::PUT, UPLOAD).body("x").send().await.unwrap();
    assert_eq!([entry().await, entry().await], [serde_json::Value::Null, serde_json::Value::Null]);
    eventually(async || entry().await["sizeInBytes"] == 1).await;
    let first = entry().await;
    for dated in [true, false] {
        let before = entry().await;
        sandbox.fault(Fault::once(Route::Upload, late(dated)));
        dataworld(&sandbox, Method::PUT, UPLOAD).body(if dated { "12345" } else { "1234567" }).send().await.unwrap();
        for shown in [entry().await, entry().await] {
            assert_eq!(shown["sizeInBytes"], before["sizeInBytes"]);
            assert_eq!(shown["updated"] == before["updated"], !dated);
        }
        eventually(async || entry().await["sizeInBytes"] == if dated { 5 } else { 7 }).await;
    }
    assert_ne!(entry().await["updated"], first["updated"]);
}
