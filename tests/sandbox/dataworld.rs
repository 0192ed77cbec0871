//! data.world: who the user is, lists, datasets, files. Answers are held against `support/dataworld_openapi.json`.

use std::collections::BTreeSet;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use writeback::testing::sandbox::{Sandbox, samples};

use super::{dataworld, json, look, request, start};

/// The description of what the sandbox has of data.world.
pub(crate) fn description() -> Value {
    serde_json::from_str(include_str!("../support/dataworld_openapi.json")).unwrap()
}

/// Why a value has not one of the description's shapes.
pub(crate) fn errors(shape: &str, value: &Value) -> Vec<String> {
    let mut schema = description();
    schema["$ref"] = format!("#/components/schemas/{shape}").into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Holds a value against one of the shapes.
#[track_caller]
pub(crate) fn conforms(shape: &str, value: &Value) {
    let errors = errors(shape, value);
    assert!(errors.is_empty(), "{shape}: {errors:#?}");
}

pub(crate) async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    let body = json(answer).await;
    conforms("error", &body);
    assert_eq!(body["code"], status);
    body["message"].as_str().unwrap().to_owned()
}

pub(crate) async fn send(sandbox: &Sandbox, method: Method, path: &str, body: Value) -> Response {
    dataworld(sandbox, method, path).json(&body).send().await.unwrap()
}

/// Every record of a list, page by page.
async fn all(sandbox: &Sandbox, path: &str, limit: usize) -> Vec<Value> {
    let mut records = Vec::new();
    let mut next = String::new();
    loop {
        let query =
            dataworld(sandbox, Method::GET, path).query(&[("limit", limit.to_string()), ("next", next.clone())]);
        let query =
            if next.is_empty() { dataworld(sandbox, Method::GET, path).query(&[("limit", limit)]) } else { query };
        let page = json(query.send().await.unwrap()).await;
        conforms("page", &page);
        assert_eq!(page["count"].as_u64().unwrap() as usize, page["records"].as_array().unwrap().len());
        records.extend(page["records"].as_array().unwrap().clone());
        match page["nextPageToken"].as_str() {
            Some(token) => next = token.to_owned(),
            None => return records,
        }
        assert!(next.ends_with('='), "has to be encoded by the client: {next}");
    }
}

#[tokio::test]
async fn every_answer_has_the_documented_shape() {
    let sandbox = start().await;
    for (shape, path) in [
        ("user", "/user"),
        ("user", "/users/jo-steward"),
        ("organizations", "/user/organizations"),
        ("datasets", "/user/datasets/own?limit=100"),
        ("datasets", "/user/datasets/contributing"),
        ("datasets", "/user/datasets/liked"),
        ("datasets", "/datasets/acme-analytics?limit=100"),
        ("datasets", "/datasets/acme-finance?limit=100"),
        ("projects", "/user/projects/own"),
        ("projects", "/user/projects/contributing"),
        ("projects", "/user/projects/liked"),
        ("dataset", "/datasets/acme-analytics/sales-mart"),
        ("dataset", "/datasets/analyst/legacy-archive"),
        ("file", "/datasets/acme-analytics/sales-mart/files/daily-sales.csv/metadata"),
    ] {
        conforms(shape, &look(&sandbox, path).await);
    }
}

#[tokio::test]
async fn the_user_and_the_organizations() {
    let sandbox = start().await;
    let user = look(&sandbox, "/user").await;
    assert_eq!((&user["id"], &user["displayName"]), (&json!("analyst"), &json!("Ana Lyst")));
    let organizations: Vec<Value> =
        all(&sandbox, "/user/organizations", 1).await.iter().map(|o| o["id"].clone()).collect();
    assert_eq!(organizations, [samples::ORGANIZATION, samples::FINANCE]);
    refused(dataworld(&sandbox, Method::GET, "/users/nobody").send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn lists_come_in_pages_and_have_over_120_datasets() {
    let sandbox = start().await;
    let mut keys = BTreeSet::new();
    for path in [
        "/user/datasets/own",
        "/user/datasets/contributing",
        "/user/datasets/liked",
        "/datasets/acme-analytics",
        "/datasets/acme-finance",
    ] {
        let records = all(&sandbox, path, 7).await;
        let ids: BTreeSet<String> =
            records.iter().map(|r| format!("{}/{}", r["owner"].as_str().unwrap(), r["id"].as_str().unwrap())).collect();
        assert_eq!(ids.len(), records.len(), "{path}");
        keys.extend(ids);
    }
    assert!(keys.len() > 120, "{}", keys.len());
    assert_eq!(look(&sandbox, "/user/datasets/own").await["count"], 10);
    for wrong in ["limit=0", "limit=101", "limit=x", "next=xyz"] {
        refused(dataworld(&sandbox, Method::GET, &format!("/user/datasets/own?{wrong}")).send().await.unwrap(), 400)
            .await;
    }
    let projects = look(&sandbox, "/user/projects/own?fields=id").await;
    assert!(projects["records"][0]["owner"].is_string(), "lists of projects know no fields");
    let only = look(&sandbox, "/datasets/acme-finance?limit=3&fields=id,tags").await;
    conforms("datasets", &only);
    let first = &only["records"][0];
    assert_eq!((&first["id"], &first["tags"]), (&json!(samples::CLOSED_BOOKS), &json!([])));
    assert_eq!((first.get("files"), first.get("summary")), (None, None), "what is not asked for, and not required");
    refused(dataworld(&sandbox, Method::GET, "/datasets/nobody").send().await.unwrap(), 404).await;
    assert_eq!(look(&sandbox, "/user/projects/own").await["records"][0]["id"], samples::PROJECT);
}

#[tokio::test]
async fn some_files_are_odd() {
    let sandbox = start().await;
    let archive = look(&sandbox, "/datasets/analyst/legacy-archive").await;
    let file = |name: &str| archive["files"].as_array().unwrap().iter().find(|f| f["name"] == name).cloned().unwrap();
    assert!(file("exports/2019/orders.csv")["sizeInBytes"].is_u64());
    assert_eq!(file("pending.csv").get("sizeInBytes"), None);
    assert_eq!(file("exchange-rates.csv")["source"]["syncStatus"], "OK");
    let slash = dataworld(&sandbox, Method::GET, "/file_download/analyst/legacy-archive/exports%2F2019%2Forders.csv");
    assert_eq!(slash.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_token_allows_what_it_says() {
    let sandbox = start().await;
    let with = async |method: Method, path: &str, token: &str| {
        let request = request(&sandbox, method, &format!("/v0{path}")).header("authorization", token);
        request.json(&json!({"description": "d"})).send().await.unwrap()
    };
    let bearer = |token: &str| format!("Bearer {token}");
    let dataset = "/datasets/acme-analytics/sales-mart";
    for wrong in [
        String::new(),
        bearer("abc"),
        bearer(samples::EXPIRED),
        samples::READ_WRITE.to_owned(),
        format!("Basic {}", samples::READ_WRITE),
    ] {
        refused(with(Method::GET, "/user", &wrong).await, 401).await;
    }
    refused(request(&sandbox, Method::GET, "/v0/user").send().await.unwrap(), 401).await;
    assert_eq!(with(Method::GET, "/user", &bearer(samples::READ_ONLY)).await.status(), 200);
    refused(with(Method::PATCH, dataset, &bearer(samples::READ_ONLY)).await, 403).await;
    assert_eq!(with(Method::PATCH, dataset, &bearer(samples::READ_WRITE)).await.status(), 200);
    refused(with(Method::PATCH, "/datasets/acme-finance/closed-books", &bearer(samples::READ_WRITE)).await, 403).await;
    refused(with(Method::PATCH, "/datasets/acme-finance/no-such", &bearer(samples::READ_WRITE)).await, 404).await;
    refused(with(Method::DELETE, dataset, &bearer(samples::READ_WRITE)).await, 403).await;
    assert_eq!(with(Method::DELETE, dataset, &bearer(samples::ADMIN)).await.status(), 200);
    refused(with(Method::GET, dataset, &bearer(samples::ADMIN)).await, 404).await;
    refused(with(Method::GET, "/no/such/path", &bearer(samples::ADMIN)).await, 404).await;
    refused(with(Method::DELETE, "/user", &bearer(samples::ADMIN)).await, 405).await;
}
