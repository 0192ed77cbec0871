//! The sandbox behaves as the two services are documented to, and misbehaves as it is asked to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are no tests to clippy, and fail like them"
)]

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use writeback::testing::sandbox::{Options, Sandbox, samples};

mod datasets;
mod dataworld;
mod domo;
mod exports;
mod faults;
mod product;
mod tokens;
mod uploads;
mod wire;

async fn start() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

/// A request to either service, without credentials. Redirects are not followed.
fn request(sandbox: &Sandbox, method: Method, path: &str) -> RequestBuilder {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    client.request(method, format!("{}{path}", sandbox.domo_url()))
}

/// An access token of Domo's, with every scope.
async fn access_token(sandbox: &Sandbox) -> String {
    let request = request(sandbox, Method::GET, "/oauth/token?grant_type=client_credentials");
    let answer = request.basic_auth(samples::CLIENT_ID, Some(samples::CLIENT_SECRET)).send().await.unwrap();
    json(answer).await["access_token"].as_str().unwrap().to_owned()
}

/// A GET with a fresh access token of Domo's.
async fn domo(sandbox: &Sandbox, path: &str) -> Response {
    let token = access_token(sandbox).await;
    request(sandbox, Method::GET, path).bearer_auth(token).send().await.unwrap()
}

/// The CSV of a Domo DataSet as text.
async fn export(sandbox: &Sandbox, dataset: &str, query: &str) -> String {
    let answer = domo(sandbox, &format!("/v1/datasets/{dataset}/data?{query}")).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

/// A request to data.world with the token that may read and write.
fn dataworld(sandbox: &Sandbox, method: Method, path: &str) -> RequestBuilder {
    request(sandbox, method, &format!("/v0{path}")).bearer_auth(samples::READ_WRITE)
}

/// A GET from data.world, as JSON.
async fn look(sandbox: &Sandbox, path: &str) -> Value {
    json(dataworld(sandbox, Method::GET, path).send().await.unwrap()).await
}

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

/// Counts CSV records, the header included.
fn records(csv: &str) -> usize {
    csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes()).records().count()
}

#[tokio::test]
async fn only_this_machine_can_reach_it_and_only_while_it_lives() {
    let sandbox = start().await;
    let url = sandbox.domo_url();
    assert!(url.starts_with("http://127.0.0.1:"));
    drop(sandbox);
    // The server ends when its task is next polled.
    while reqwest::get(&url).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_port_can_be_chosen_once() {
    let first = start().await;
    let port = first.domo_url().rsplit(':').next().unwrap().parse().unwrap();
    let second = Sandbox::start(Options { port: Some(port), ..Options::default() }).await;
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn the_log_has_no_secrets() {
    let sandbox = start().await;
    domo(&sandbox, "/v1/datasets?limit=1").await;
    dataworld(&sandbox, Method::PUT, "/uploads/analyst/scratch/files/a.csv").body("12345").send().await.unwrap();
    let me = request(&sandbox, Method::GET, "/api/content/v2/users/me");
    me.header("X-DOMO-Developer-Token", samples::DEVELOPER_TOKEN).send().await.unwrap();
    let log = sandbox.requests();
    let secrets = [samples::READ_WRITE, samples::CLIENT_SECRET, samples::DEVELOPER_TOKEN, "eyJ"];
    assert!(secrets.iter().all(|secret| !format!("{log:?}").contains(secret)));
    assert_eq!(log.len(), 4);
    assert_eq!(log[0].header("authorization"), Some("Basic"));
    assert_eq!(
        (log[1].method.as_str(), log[1].path.as_str(), log[1].query.as_str()),
        ("GET", "/v1/datasets", "limit=1")
    );
    assert_eq!((log[2].header("authorization"), log[2].body_bytes), (Some("Bearer"), 5));
    assert_eq!(log[3].header("x-domo-developer-token"), Some(""));
}

/// Needs `datadotworld` 2.0.1 and `pydomo` 0.3.0.16 in the Python that `WRITEBACK_TEST_PYTHON` names.
#[tokio::test]
#[ignore = "needs Python packages"]
async fn official_clients() {
    let sandbox = start().await;
    let python = std::env::var("WRITEBACK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/official_clients.py");
    let environment = sandbox.environment();
    let run = move || std::process::Command::new(python).arg(script).envs(environment).status();
    let status = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    assert!(status.success());
}
