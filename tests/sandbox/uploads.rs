//! Uploads to data.world: what is kept, when it is seen, and that the old file stays until the new one is whole.

use std::time::Duration;

use reqwest::{Body, Method};
use serde_json::Value;
use sha2::{Digest, Sha256};
use writeback::testing::sandbox::{Options, Sandbox, samples};

use super::wire::{Raw, eventually};
use super::{dataworld, json, look, request, start};

const SCRATCH: &str = "/uploads/analyst/scratch/files";

fn entry(dataset: &Value, name: &str) -> Value {
    dataset["files"].as_array().unwrap().iter().find(|file| file["name"] == name).cloned().unwrap()
}

/// A body without a length.
fn chunked(chunks: &[&'static str]) -> Body {
    let chunks: Vec<Result<&'static str, std::io::Error>> = chunks.iter().map(|chunk| Ok(*chunk)).collect();
    Body::wrap_stream(futures_util::stream::iter(chunks))
}

#[tokio::test]
async fn with_a_length_or_in_chunks_the_same_bytes_are_kept() {
    let sandbox = start().await;
    for (name, body) in [("length.csv", Body::from("a,b\n1,2\n")), ("chunks.csv", chunked(&["a,b\n", "1,2\n"]))] {
        let answer = dataworld(&sandbox, Method::PUT, &format!("{SCRATCH}/{name}")).body(body).send().await.unwrap();
        assert_eq!(json(answer).await["message"], "File uploaded.");
        let file = sandbox.file("analyst", "scratch", name).unwrap();
        assert_eq!((file.size, file.content.as_deref()), (8, Some(&b"a,b\n1,2\n"[..])));
        let sha256: String = Sha256::digest(b"a,b\n1,2\n").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(file.sha256, sha256);
    }
}

#[tokio::test]
async fn a_file_is_processed_before_it_has_a_size() {
    let options = Options { processing: Duration::from_secs(2), ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.put_file("analyst", "scratch", "a.csv", "old");
    let before = entry(&look(&sandbox, "/datasets/analyst/scratch").await, "a.csv");
    assert_eq!(before["sizeInBytes"], 3);
    dataworld(&sandbox, Method::PUT, &format!("{SCRATCH}/a.csv")).body("newer").send().await.unwrap();
    let during = look(&sandbox, "/datasets/analyst/scratch").await;
    assert_eq!(during["status"], "INPROGRESS");
    assert_eq!(entry(&during, "a.csv").get("sizeInBytes"), None);
    eventually(async || look(&sandbox, "/datasets/analyst/scratch").await["status"] == "LOADED").await;
    let after = entry(&look(&sandbox, "/datasets/analyst/scratch").await, "a.csv");
    assert_eq!((&after["sizeInBytes"], &after["created"]), (&5.into(), &before["created"]));
    assert_ne!(after["updated"], before["updated"]);
}

#[tokio::test]
async fn the_old_file_stays_while_the_new_one_arrives_and_when_it_never_does() {
    let sandbox = start().await;
    sandbox.put_file("analyst", "scratch", "a.csv", "old");
    let kept = || sandbox.file("analyst", "scratch", "a.csv").unwrap().content.unwrap();
    for framing in ["Transfer-Encoding: chunked\r\n\r\n4\r\nnew!\r\n", "Content-Length: 9\r\n\r\nnew!"] {
        let mut raw = Raw::connect(&sandbox).await;
        raw.send(&format!(
            "PUT /v0{SCRATCH}/a.csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{framing}",
            samples::READ_WRITE
        ))
        .await;
        let arrived =
            async || sandbox.requests().iter().rev().find(|r| r.method == "PUT").is_some_and(|r| r.body_bytes == 4);
        eventually(arrived).await;
        assert_eq!(kept(), b"old", "while it arrives");
        drop(raw);
        // A later request is answered after the broken one was noticed.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(kept(), b"old", "after it broke off");
    }
    assert_eq!(look(&sandbox, "/datasets/analyst/scratch").await["status"], "LOADED");
}

#[tokio::test]
async fn a_large_upload_is_counted_and_hashed_but_not_kept() {
    let sandbox = Sandbox::start(Options { discard_above: 1_000, ..Options::default() }).await.unwrap();
    let body = "0123456789".repeat(500);
    dataworld(&sandbox, Method::PUT, &format!("{SCRATCH}/big.csv")).body(body.clone()).send().await.unwrap();
    let file = sandbox.file("analyst", "scratch", "big.csv").unwrap();
    let sha256: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((file.size, file.sha256, file.content), (5_000, sha256, None));
    let download = dataworld(&sandbox, Method::GET, "/file_download/analyst/scratch/big.csv").send().await.unwrap();
    assert_eq!(download.status(), 501);
}

#[tokio::test]
async fn several_files_come_as_multipart() {
    let sandbox = start().await;
    let post = async |parts: &[(&str, &str)]| {
        let mut body = String::new();
        for (disposition, text) in parts {
            body += &format!("--cut\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{text}\r\n");
        }
        let request =
            dataworld(&sandbox, Method::POST, SCRATCH).header("content-type", "multipart/form-data; boundary=cut");
        request.body(body + "--cut--\r\n").send().await.unwrap()
    };
    let files = [("name=\"file\"; filename=\"one.csv\"", "1"), ("name=\"file\"; filename=\"größe.csv\"", "22")];
    assert_eq!(json(post(&files).await).await["message"], "File(s) uploaded.");
    let kept = sandbox.file("analyst", "scratch", "größe.csv").unwrap();
    assert_eq!(kept.content.unwrap(), b"22");
    assert!(sandbox.file("analyst", "scratch", "one.csv").is_some());
    assert_eq!(post(&[("name=\"other\"", "x")]).await.status(), 422);
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let sandbox = start().await;
    let put = |path: &str| dataworld(&sandbox, Method::PUT, path);
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    let name = |length: usize| format!("{SCRATCH}/{}", "n".repeat(length));
    assert_eq!(status(put(&name(128)).body("x")).await, 200);
    assert_eq!(status(put(&name(129)).body("x")).await, 422);
    assert_eq!(status(put(&format!("{SCRATCH}/a%2Fb.csv")).body("x")).await, 422);
    assert_eq!(status(put(&format!("{SCRATCH}/a.csv")).header("content-encoding", "gzip").body("x")).await, 400);
    let nothing =
        put(&format!("{SCRATCH}/a.csv")).header("content-type", "application/json").header("content-length", "0");
    assert_eq!(status(nothing).await, 422);
    assert_eq!(status(put(&format!("{SCRATCH}/a.csv")).body(chunked(&[]))).await, 200);
    assert_eq!(status(put("/uploads/analyst/no-such/files/a.csv").body("x")).await, 404);
    assert_eq!(status(put("/uploads/acme-finance/closed-books/files/a.csv").body("x")).await, 403);
    let reader = request(&sandbox, Method::PUT, &format!("/v0{SCRATCH}/a.csv")).bearer_auth(samples::READ_ONLY);
    assert_eq!(status(reader.body("x")).await, 403);
}
