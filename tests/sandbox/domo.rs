//! api.domo.com: lists, metadata, queries, and DataSets made by a client.

use reqwest::Method;
use serde_json::{Value, json};
use writeback::testing::sandbox::samples;

use super::{access_token, domo, export, json, records, request, start};

#[tokio::test]
async fn the_list_comes_in_pages_and_can_be_filtered_and_sorted() {
    let sandbox = start().await;
    let list = async |query: &str| json(domo(&sandbox, &format!("/v1/datasets?{query}")).await).await;
    let names = |list: Value| {
        list.as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = list("limit=50").await;
    assert_eq!(all[0]["name"], "Daily Sales by Region");
    assert_eq!(all[0]["owner"]["id"], samples::USER_ID);
    let all = names(all);
    assert!(all.len() >= 12 && !all.iter().any(|name| name.contains("old")), "{all:?}");
    assert_eq!(names(list("limit=5&offset=5").await), all[5..10]);
    assert_eq!(list("limit=50&offset=50").await, json!([]));
    assert_eq!(names(list("nameLike=SALES").await), ["Daily Sales by Region"]);
    let mut sorted = all.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    assert_eq!(names(list("sort=name").await), sorted);
    assert_eq!(domo(&sandbox, "/v1/datasets?limit=51").await.status(), 400);
    assert_eq!(domo(&sandbox, "/v1/datasets?sort=colour").await.status(), 400);
}

#[tokio::test]
async fn metadata_has_every_oddity() {
    let sandbox = start().await;
    let meta = async |id: &str| domo(&sandbox, &format!("/v1/datasets/{id}")).await;
    let daily = json(meta(samples::DAILY_SALES).await).await;
    assert_eq!((&daily["rows"], &daily["columns"]), (&json!(240_000), &json!(8)));
    assert_eq!(daily["schema"]["columns"][0], json!({"type": "LONG", "name": "order_id"}));
    assert_eq!(daily["updatedAt"].as_str().unwrap().len(), "2026-11-21T06:00:06Z".len());
    let quoted = json(meta(samples::QUOTED).await).await;
    assert_eq!(quoted["updatedAt"].as_str().unwrap().len(), "2026-11-21T06:00:06.567Z".len());
    assert_eq!(json(meta(samples::HASH_ROWS).await).await.get("description"), None);
    assert_eq!(json(meta(samples::PDP).await).await["policies"][0]["type"], "open");
    let deleted = meta(samples::DELETED).await;
    assert_eq!(deleted.status(), 200);
    let deleted = json(deleted).await;
    assert_eq!((&deleted["deleted"], deleted.get("rows")), (&json!(true), None));
    let unknown = meta("00000000-0000-4000-8000-000000000000").await;
    assert_eq!(unknown.status(), 404);
    assert!(json(unknown).await["toe"].is_string());
    assert_eq!(meta("not-a-guid").await.status(), 400);
    let denied = meta(samples::NO_METADATA).await;
    assert_eq!(denied.status(), 400);
    assert_eq!(json(denied).await["message"], "Infrastructure problem (403): Access is denied");
    assert_eq!(records(&export(&sandbox, samples::NO_METADATA, "").await), 900);
    assert_eq!(meta(&samples::DAILY_SALES.to_uppercase()).await.status(), 200);
}

#[tokio::test]
async fn a_query_counts_and_previews() {
    let sandbox = start().await;
    let token = access_token(&sandbox).await;
    let query = async |id: &str, sql: &str| {
        let request = request(&sandbox, Method::POST, &format!("/v1/datasets/query/execute/{id}"));
        request.bearer_auth(&token).json(&json!({"sql": sql})).send().await.unwrap()
    };
    let preview = json(query(samples::DAILY_SALES, "SELECT * FROM table LIMIT 10").await).await;
    assert_eq!(
        (&preview["numRows"], &preview["numColumns"], &preview["fromcache"]),
        (&json!(10), &json!(8), &json!(false))
    );
    assert_eq!((&preview["columns"][0], &preview["rows"][9][0]), (&json!("order_id"), &json!(10)));
    assert_eq!(preview["metadata"][0]["type"], "LONG");
    let nulls = json(query(samples::SINGLE_COLUMN, "SELECT * FROM t").await).await;
    assert_eq!(nulls["numRows"], 1_200);
    assert!(nulls["rows"].as_array().unwrap().contains(&json!([null])));
    let count = json(query(samples::PDP, "select count(*) from t").await).await;
    assert_eq!(count["rows"], json!([[2_400]]));
    assert_eq!(query(samples::PDP, "DROP TABLE t").await.status(), 400);
}

#[tokio::test]
async fn a_dataset_can_be_made_filled_and_deleted() {
    let sandbox = start().await;
    let token = access_token(&sandbox).await;
    let send = async |method, path: &str, body: String| {
        let request = request(&sandbox, method, path).bearer_auth(&token).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    };
    let made = json!({"name": "Mine", "schema": {"columns": [{"type": "STRING", "name": "a"}, {"type": "LONG", "name": "b"}]}});
    let made = send(Method::POST, "/v1/datasets", made.to_string()).await;
    assert_eq!(made.status(), 201);
    let id = json(made).await["id"].as_str().unwrap().to_owned();
    let data = format!("/v1/datasets/{id}/data");
    assert_eq!(send(Method::PUT, &data, "x,1\n\"y\nz\",2".to_owned()).await.status(), 204);
    assert_eq!(send(Method::PUT, &format!("{data}?updateMethod=APPEND"), "q,3\n".to_owned()).await.status(), 204);
    assert_eq!(export(&sandbox, &id, "includeHeader=true").await, "a,b\nx,1\n\"y\nz\",2\nq,3\n");
    assert_eq!(json(domo(&sandbox, &format!("/v1/datasets/{id}")).await).await["rows"], 3);
    assert_eq!(send(Method::DELETE, &format!("/v1/datasets/{id}"), String::new()).await.status(), 204);
    assert_eq!(domo(&sandbox, &data).await.status(), 404);
}

#[tokio::test]
async fn a_test_can_change_what_is_stated() {
    let sandbox = start().await;
    let meta = async || json(domo(&sandbox, &format!("/v1/datasets/{}", samples::HASH_ROWS)).await).await;
    let before = meta().await;
    sandbox.set_rows(samples::HASH_ROWS, 361);
    assert_eq!((&before["rows"], &meta().await["rows"]), (&json!(360), &json!(361)));
    assert_eq!(records(&export(&sandbox, samples::HASH_ROWS, "").await), 360);
    assert_eq!(meta().await["dataCurrentAt"], before["dataCurrentAt"]);
    sandbox.touch(samples::HASH_ROWS);
    assert_ne!(meta().await["dataCurrentAt"], before["dataCurrentAt"]);
}
