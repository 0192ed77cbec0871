//! data.world: who the user is, lists, datasets, files. Answers are held against `support/dataworld_schema.json`.

use std::collections::BTreeSet;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use writeback::sandbox::{Sandbox, samples};

use super::{dataworld, json, look, request, start};

/// Holds a value against one of the shapes.
#[track_caller]
fn conforms(shape: &str, value: &Value) {
    let mut schema: Value = serde_json::from_str(include_str!("../support/dataworld_schema.json")).unwrap();
    schema["$ref"] = format!("#/$defs/{shape}").into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{shape}: {errors:#?}");
}

async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    let body = json(answer).await;
    conforms("error", &body);
    assert_eq!(body["code"], status);
    body["message"].as_str().unwrap().to_owned()
}

async fn send(sandbox: &Sandbox, method: Method, path: &str, body: Value) -> Response {
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
async fn the_user_and_the_organisations() {
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
    let only = look(&sandbox, "/datasets/acme-finance?limit=3&fields=id,owner,accessLevel").await;
    assert_eq!(
        only["records"][0],
        json!({"id": samples::CLOSED_BOOKS, "owner": samples::FINANCE, "accessLevel": "READ"})
    );
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

#[tokio::test]
async fn a_dataset_is_made_and_changed() {
    let sandbox = start().await;
    let made = send(
        &sandbox,
        Method::POST,
        "/datasets/analyst",
        json!({"title": "My GR_drains, 2026", "visibility": "PRIVATE"}),
    )
    .await;
    assert_eq!(made.status(), 200);
    assert_eq!(made.headers()["location"], "https://data.world/analyst/my-grdrains-2026");
    let body = json(made).await;
    conforms("created", &body);
    assert_eq!(body["uri"], "https://data.world/analyst/my-grdrains-2026");
    let path = "/datasets/analyst/my-grdrains-2026";
    let fresh = look(&sandbox, path).await;
    conforms("dataset", &fresh);
    assert_eq!((&fresh["status"], &fresh["accessLevel"]), (&json!("NEW"), &json!("ADMIN")));
    let patched = json(send(&sandbox, Method::PATCH, path, json!({"description": "new", "tags": ["a"]})).await).await;
    conforms("success", &patched);
    let changed = look(&sandbox, path).await;
    assert_eq!(
        (&changed["description"], &changed["tags"], &changed["title"]),
        (&json!("new"), &json!(["a"]), &fresh["title"])
    );
    assert_ne!(changed["version"], fresh["version"]);
    let again =
        send(&sandbox, Method::POST, "/datasets/analyst", json!({"title": "my grdrains 2026", "visibility": "OPEN"}))
            .await;
    refused(again, 409).await;
    for wrong in [
        json!({"visibility": "OPEN"}),
        json!({"title": "abc"}),
        json!({"title": "a", "visibility": "OPEN"}),
        json!({"title": "x".repeat(61), "visibility": "OPEN"}),
        json!({"title": "abc", "visibility": "SECRET"}),
        json!({"title": "abc", "visibility": "OPEN", "description": "x".repeat(121)}),
    ] {
        refused(send(&sandbox, Method::POST, "/datasets/analyst", wrong).await, 422).await;
    }
    refused(
        send(&sandbox, Method::POST, "/datasets/somebody-else", json!({"title": "abc", "visibility": "OPEN"})).await,
        403,
    )
    .await;
}

#[tokio::test]
async fn put_on_a_dataset_that_exists_is_refused() {
    let sandbox = start().await;
    let body = json!({"title": "New title", "visibility": "OPEN"});
    let message =
        refused(send(&sandbox, Method::PUT, "/datasets/acme-analytics/sales-mart", body.clone()).await, 422).await;
    assert!(message.contains("deletes all its files"));
    assert!(sandbox.file("acme-analytics", "sales-mart", "daily-sales.csv").is_some());
    assert_eq!(send(&sandbox, Method::PUT, "/datasets/analyst/chosen-id", body).await.status(), 200);
    assert_eq!(look(&sandbox, "/datasets/analyst/chosen-id").await["title"], "New title");
}

#[tokio::test]
async fn files_are_downloaded_described_and_deleted() {
    let sandbox = start().await;
    sandbox.put_file("analyst", "scratch", "größe & co.csv", "a,b\n1,2\n");
    let file = "/datasets/analyst/scratch/files/gr%C3%B6%C3%9Fe%20%26%20co.csv";
    let download = dataworld(&sandbox, Method::GET, "/file_download/analyst/scratch/gr%C3%B6%C3%9Fe%20%26%20co.csv")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (download.headers()["content-length"].to_str().unwrap(), download.headers()["content-type"].to_str().unwrap()),
        ("8", "text/csv")
    );
    assert_eq!(download.text().await.unwrap(), "a,b\n1,2\n");
    let described = json!({"description": "d", "labels": ["raw data"]});
    conforms("success", &json(send(&sandbox, Method::PATCH, &format!("{file}/metadata"), described).await).await);
    send(&sandbox, Method::PATCH, &format!("{file}/metadata"), json!({"description": "e"})).await;
    let seen = look(&sandbox, &format!("{file}/metadata")).await;
    assert_eq!((&seen["description"], &seen["labels"]), (&json!("e"), &json!(["raw data"])));
    send(&sandbox, Method::PUT, &format!("{file}/metadata"), json!({"description": "f"})).await;
    assert_eq!(look(&sandbox, &format!("{file}/metadata")).await["labels"], json!([]));
    refused(
        send(&sandbox, Method::PUT, &format!("{file}/metadata"), json!({"description": "x".repeat(121)})).await,
        422,
    )
    .await;
    let deleted = dataworld(&sandbox, Method::DELETE, file).send().await.unwrap();
    assert_eq!(json(deleted).await["message"], "Dataset file has been successfully deleted.");
    refused(dataworld(&sandbox, Method::DELETE, file).send().await.unwrap(), 404).await;
    refused(dataworld(&sandbox, Method::GET, "/download/analyst/scratch").send().await.unwrap(), 501).await;
}

#[tokio::test]
async fn several_files_are_deleted_together_or_not_at_all() {
    let sandbox = start().await;
    let path = "/datasets/acme-analytics/sales-mart/files";
    let delete =
        async |query: &str| dataworld(&sandbox, Method::DELETE, &format!("{path}?{query}")).send().await.unwrap();
    refused(delete("name=README.md&name=nothing.csv").await, 404).await;
    refused(delete("").await, 400).await;
    assert!(sandbox.file("acme-analytics", "sales-mart", "README.md").is_some());
    conforms("success", &json(delete("name=README.md&name=daily-sales.csv").await).await);
    let files = look(&sandbox, "/datasets/acme-analytics/sales-mart").await["files"].as_array().unwrap().len();
    assert_eq!(files, 2);
}

#[tokio::test]
async fn files_by_url_are_noted_with_their_source() {
    let sandbox = start().await;
    let files = json!({"files": [{"name": "rates.csv", "source": {"url": "https://bank.example/r.csv"}}]});
    conforms("success", &json(send(&sandbox, Method::POST, "/datasets/analyst/scratch/files", files).await).await);
    let dataset = look(&sandbox, "/datasets/analyst/scratch").await;
    conforms("dataset", &dataset);
    assert_eq!(dataset["files"][0]["source"]["url"], "https://bank.example/r.csv");
    for method in [Method::GET, Method::POST] {
        let sync = dataworld(&sandbox, method, "/datasets/analyst/scratch/sync").send().await.unwrap();
        assert_eq!(json(sync).await["message"], "Sync started.");
    }
}

#[tokio::test]
async fn sql_previews_and_counts() {
    let sandbox = start().await;
    sandbox.put_file("analyst", "scratch", "two-rows.csv", "a,b\n1,x\n# a comment\n2,\"y,z\"\n");
    let ask = async |query: &str| send(&sandbox, Method::POST, "/sql/analyst/scratch", json!({"query": query})).await;
    assert_eq!(json(ask("SELECT * FROM two_rows").await).await, json!([{"a": "1", "b": "x"}, {"a": "2", "b": "y,z"}]));
    assert_eq!(json(ask("SELECT COUNT(*) FROM two_rows").await).await, json!([{"count": "2"}]));
    assert_eq!(json(ask("SELECT * FROM Tables").await).await, json!([{"tableName": "two_rows"}]));
    refused(ask("SELECT * FROM three_rows").await, 400).await;
    let get = dataworld(&sandbox, Method::GET, "/sql/analyst/scratch?query=SELECT+*+FROM+two_rows+LIMIT+1")
        .header("accept", "text/csv");
    assert_eq!(get.send().await.unwrap().text().await.unwrap(), "a,b\n1,x\n");
    let form =
        dataworld(&sandbox, Method::POST, "/sql/analyst/scratch").form(&[("query", "SELECT * FROM two_rows LIMIT 1")]);
    assert_eq!(json(form.send().await.unwrap()).await, json!([{"a": "1", "b": "x"}]));
}
