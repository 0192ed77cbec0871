//! data.world: datasets made and changed, files described, queried and deleted.

use reqwest::Method;
use serde_json::{Value, json};

use super::dataworld::{conforms, description, errors, refused, send};
use super::{dataworld, json, look, start};

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
    refused(send(&sandbox, Method::PATCH, path, json!({"license": "CC-NONE"})).await, 422).await;
    send(&sandbox, Method::PATCH, path, json!({"license": "CC-BY"})).await;
    assert_eq!(look(&sandbox, path).await["license"], "CC-BY");
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
async fn what_the_description_does_not_allow_is_refused_key_by_key() {
    let sandbox = start().await;
    let whole = json!({"title": "A new one", "visibility": "OPEN"});
    let file = "/datasets/acme-analytics/sales-mart/files/daily-sales.csv/metadata";
    let by_url = |file: Value| json!({"files": [file]});
    let as_is = |body: Value| body;
    let source = |source: Value| json!({"files": [{"name": "a.csv", "source": source}]});
    type Place = (Method, &'static str, &'static str, &'static str, Value, fn(Value) -> Value);
    let places: [Place; 8] = [
        (Method::POST, "/datasets/analyst", "newDataset", "newDataset", whole.clone(), as_is),
        (Method::PUT, "/datasets/analyst/new", "wholeDataset", "wholeDataset", whole, as_is),
        (Method::PATCH, "/datasets/analyst/scratch", "datasetChange", "datasetChange", json!({}), as_is),
        (Method::PUT, file, "fileDescription", "fileDescription", json!({}), as_is),
        (Method::PATCH, file, "fileDescription", "fileDescription", json!({}), as_is),
        (Method::POST, "/datasets/analyst/scratch/files", "filesByUrl", "newFile", json!({"name": "a.csv"}), by_url),
        (Method::POST, "/datasets/analyst/scratch/files", "filesByUrl", "newSource", json!({}), source),
        (
            Method::POST,
            "/sql/acme-analytics/sales-mart",
            "statement",
            "statement",
            json!({"query": "SELECT * FROM tables"}),
            as_is,
        ),
    ];
    let mut refusals = 0;
    for (method, path, body, shape, right, within) in places {
        let description = description();
        let keys = description["components"]["schemas"][shape]["properties"].as_object().unwrap().keys();
        for key in keys {
            for value in
                [json!(null), json!(true), json!(5), json!("\u{e9} x"), json!(""), json!([5]), json!({"a": {}})]
            {
                let mut wrong = right.clone();
                wrong[key] = value;
                let wrong = within(wrong);
                if errors(body, &wrong).is_empty() {
                    continue;
                }
                let answer = send(&sandbox, method.clone(), path, wrong.clone()).await;
                assert!(matches!(answer.status().as_u16(), 400 | 422), "{method} {path} {wrong}: {}", answer.status());
                conforms("error", &json(answer).await);
                refusals += 1;
            }
        }
    }
    assert!(refusals > 150, "{refusals}");
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
    let twice = json!({"labels": ["report", "raw data", "report"]});
    refused(send(&sandbox, Method::PATCH, &format!("{file}/metadata"), twice).await, 422).await;
    let deleted = dataworld(&sandbox, Method::DELETE, file).send().await.unwrap();
    assert_eq!(json(deleted).await["message"], "Dataset file has been successfully deleted.");
    refused(dataworld(&sandbox, Method::DELETE, file).send().await.unwrap(), 404).await;
    refused(dataworld(&sandbox, Method::GET, "/download/analyst/scratch").send().await.unwrap(), 400).await;
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
