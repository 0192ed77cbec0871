//! The sandbox behaves as the two services are documented to.

use reqwest::Client;
use serde_json::Value;
use writeback::sandbox::{Options, Sandbox, samples};

async fn start() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

async fn token(sandbox: &Sandbox) -> String {
    let url = format!("{}/oauth/token?grant_type=client_credentials", sandbox.domo_url());
    let request = Client::new().get(url).basic_auth(samples::CLIENT_ID, Some(samples::CLIENT_SECRET));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_export_goes_through() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let url = format!("{}/v1/datasets/{}/data?includeHeader=true", sandbox.domo_url(), samples::DAILY_SALES);
    let csv = Client::new().get(url).bearer_auth(token).header("accept", "text/csv").send().await.unwrap();
    assert_eq!(csv.status(), 200);
    let csv = csv.bytes().await.unwrap();
    assert_eq!(csv::Reader::from_reader(&csv[..]).records().count(), 240_000);
    let url = format!(
        "{}/v0/uploads/{}/{}/files/new.csv",
        sandbox.dataworld_url(),
        samples::ORGANIZATION,
        samples::SALES_MART
    );
    let answer = Client::new().put(url).bearer_auth(samples::READ_WRITE).body(csv.clone()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let stored = sandbox.file(samples::ORGANIZATION, samples::SALES_MART, "new.csv").unwrap();
    assert_eq!(stored.size, csv.len() as u64);
    assert_eq!(stored.content.unwrap(), csv);
}
