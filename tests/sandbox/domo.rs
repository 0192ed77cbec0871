//! api.domo.com: tokens and the DataSet API.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use writeback::sandbox::{Options, Sandbox, samples};

use super::{access_token, domo, export, json, records, request, start};

async fn ask_token(sandbox: &Sandbox, query: &str, secret: &str) -> Response {
    let request = request(sandbox, Method::GET, &format!("/oauth/token{query}"));
    request.basic_auth(samples::CLIENT_ID, Some(secret)).send().await.unwrap()
}

#[tokio::test]
async fn a_token_is_given_for_a_query_and_for_a_form() {
    let sandbox = start().await;
    let by_query =
        ask_token(&sandbox, "?grant_type=client_credentials&scope=data%20user", samples::CLIENT_SECRET).await;
    assert_eq!(by_query.headers()["content-type"], "application/json;charset=UTF-8");
    let by_query = json(by_query).await;
    let form = request(&sandbox, Method::POST, "/oauth/token")
        .form(&[("grant_type", "client_credentials"), ("scope", "data user")]);
    let by_form = json(form.basic_auth(samples::CLIENT_ID, Some(samples::CLIENT_SECRET)).send().await.unwrap()).await;
    for answer in [by_query, by_form] {
        assert_eq!(answer["scope"], "data user");
        assert_eq!(answer["token_type"], "bearer");
        assert_eq!(answer["customer"], samples::INSTANCE);
        assert_eq!(answer["userId"], samples::USER_ID);
        assert_eq!(answer["expires_in"], 3599);
        let parts: Vec<&str> = answer["access_token"].as_str().unwrap().split('.').collect();
        assert_eq!(parts.len(), 3);
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert!(claims["exp"].as_i64().unwrap() > chrono::Utc::now().timestamp() + 3_000);
    }
}

#[tokio::test]
async fn a_token_is_refused_for_a_wrong_secret_or_request() {
    let sandbox = start().await;
    let wrong = ask_token(&sandbox, "?grant_type=client_credentials", "wrong").await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(json(wrong).await["statusReason"], "Unauthorized");
    for (query, error) in [
        ("", "invalid_request"),
        ("?grant_type=password", "unsupported_grant_type"),
        ("?grant_type=client_credentials&scope=everything", "invalid_scope"),
    ] {
        let refused = ask_token(&sandbox, query, samples::CLIENT_SECRET).await;
        assert_eq!(refused.status(), 400, "{query}");
        assert_eq!(json(refused).await["error"], error);
    }
}

async fn with(sandbox: &Sandbox, authorization: &str, accept: &str) -> Response {
    let path = format!("/v1/datasets/{}/data", samples::EMPTY);
    let request = request(sandbox, Method::GET, &path).header("accept", accept);
    request.header("authorization", authorization).send().await.unwrap()
}

#[tokio::test]
async fn an_expired_token_is_406_for_csv_and_401_for_json() {
    let sandbox = start().await;
    let token = access_token(&sandbox).await;
    assert_eq!(with(&sandbox, &format!("bearer {token}"), "text/csv").await.status(), 200, "the scheme has no case");
    sandbox.expire_domo_tokens();
    let csv = with(&sandbox, &format!("Bearer {token}"), "text/csv").await;
    assert_eq!(csv.status(), 406);
    assert!(csv.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let json_answer = with(&sandbox, &format!("Bearer {token}"), "*/*").await;
    assert_eq!(json_answer.status(), 401);
    let challenge = json_answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\"") && challenge.contains("Jwt expired at 20"),
        "{challenge}"
    );
    assert!(json(json_answer).await["toe"].as_str().unwrap().len() > 15);
    let fresh = access_token(&sandbox).await;
    assert_eq!(with(&sandbox, &format!("Bearer {fresh}"), "text/csv").await.status(), 200);
}

#[tokio::test]
async fn each_way_of_having_no_token_has_its_own_answer() {
    let sandbox = start().await;
    let none = request(&sandbox, Method::GET, "/v1/datasets").send().await.unwrap();
    assert_eq!(none.status(), 401);
    assert!(json(none).await["message"].as_str().unwrap().contains("Full authentication is required"));
    let malformed = with(&sandbox, "Bearer abc", "*/*").await;
    assert_eq!(malformed.status(), 401);
    assert_eq!(json(malformed).await["error"], "invalid_token");
    assert_eq!(with(&sandbox, "Bearer a.b.c", "*/*").await.status(), 401);
    let other_scope =
        json(ask_token(&sandbox, "?grant_type=client_credentials&scope=user", samples::CLIENT_SECRET).await).await;
    let forbidden = with(&sandbox, &format!("Bearer {}", other_scope["access_token"].as_str().unwrap()), "*/*").await;
    assert_eq!(forbidden.status(), 403);
    assert_eq!(json(forbidden).await["message"], Value::Null);
}

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
async fn an_export_has_a_header_only_when_it_is_asked_for() {
    let sandbox = start().await;
    assert_eq!(export(&sandbox, samples::EMPTY, "").await, "");
    let header = export(&sandbox, samples::EMPTY, "includeHeader=True").await;
    assert_eq!(header, "order_id,order_date,region,store,product,units,amount,discount\n");
    let answer = domo(&sandbox, &format!("/v1/datasets/{}/data?fileName=x.csv", samples::EMPTY)).await;
    assert_eq!(answer.headers()["content-type"], "text/csv");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"x.csv\"");
    assert_eq!(answer.headers().get("content-length"), None);
    assert_eq!(domo(&sandbox, &format!("/v1/datasets/{}/data?includeHeader=2", samples::EMPTY)).await.status(), 400);
    assert_eq!(domo(&sandbox, &format!("/v1/datasets/{}/data", samples::DELETED)).await.status(), 404);
}

#[tokio::test]
async fn every_export_has_the_rows_that_are_stated_but_for_pdp() {
    let sandbox = start().await;
    for dataset in json(domo(&sandbox, "/v1/datasets").await).await.as_array().unwrap() {
        let id = dataset["id"].as_str().unwrap();
        let csv = export(&sandbox, id, "").await;
        // An empty line is a null in a DataSet of one column, and no record at all for a reader of CSV.
        let rows = if id == samples::SINGLE_COLUMN { csv.lines().count() } else { records(&csv) };
        let expected = if id == samples::PDP { 2_400 } else { dataset["rows"].as_u64().unwrap() as usize };
        assert_eq!(rows, expected, "{}", dataset["name"]);
    }
}

#[tokio::test]
async fn the_difficult_contents_are_there() {
    let sandbox = start().await;
    let quoted = export(&sandbox, samples::QUOTED, "disableFormulaInterpretation=false").await;
    for part in [
        "\"\"never again\"\"",
        "\"Two lines:\nthis",
        "line\r\nends",
        "\u{1F600}",
        ",\\N\n",
        ",\"\\N\"\n",
        ",=SUM(A1:A3),",
        ",\"\"\n",
    ] {
        assert!(quoted.contains(part), "{part:?}");
    }
    let escaped = export(&sandbox, samples::QUOTED, "").await;
    for part in [",'=SUM(A1:A3),", ",'+1 555 0100,", ",'@support", "\"'-5% off"] {
        assert!(escaped.contains(part), "{part:?}");
    }
    assert_eq!(escaped, export(&sandbox, samples::QUOTED, "disableFormulaInterpretation=TRUE").await);
    let sales = export(&sandbox, samples::DAILY_SALES, "").await;
    assert!(sales.contains(",-") && !sales.contains("'-"), "numbers below zero stay numbers");
    assert!(export(&sandbox, samples::HASH_ROWS, "").await.lines().filter(|line| line.starts_with('#')).count() > 100);
    assert!(export(&sandbox, samples::SINGLE_COLUMN, "").await.lines().filter(|line| line.is_empty()).count() > 50);
}

#[tokio::test]
async fn a_big_dataset_is_there_on_demand_and_always_the_same() {
    let big = async |rows| {
        let sandbox = Sandbox::start(Options { rows: Some(rows), ..Options::default() }).await.unwrap();
        export(&sandbox, samples::BIG, "").await
    };
    let (small, large) = (big(1_000).await, big(5_000).await);
    assert_eq!((records(&small), records(&large)), (1_000, 5_000));
    assert!(large.starts_with(&small));
    let without = start().await;
    assert_eq!(domo(&without, &format!("/v1/datasets/{}", samples::BIG)).await.status(), 404);
}

#[tokio::test]
async fn bandwidth_slows_an_export() {
    let sandbox = Sandbox::start(Options { bandwidth: Some(60_000), ..Options::default() }).await.unwrap();
    let started = Instant::now();
    let bytes =
        export(&sandbox, samples::HASH_ROWS, "").await.len() + export(&sandbox, samples::SINGLE_COLUMN, "").await.len();
    assert!(bytes > 20_000, "{bytes}");
    assert!(started.elapsed() > Duration::from_millis(250), "{:?}", started.elapsed());
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
