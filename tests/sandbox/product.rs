//! The instance's own host, with a developer token.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use writeback::testing::sandbox::{Sandbox, samples};

use super::{json, records, request, start};

async fn get(sandbox: &Sandbox, token: &str, path: &str) -> Response {
    request(sandbox, Method::GET, path).header("X-DOMO-Developer-Token", token).send().await.unwrap()
}

async fn seen(sandbox: &Sandbox, path: &str) -> Value {
    json(get(sandbox, samples::DEVELOPER_TOKEN, path).await).await
}

#[tokio::test]
async fn a_developer_token_has_a_user() {
    let sandbox = start().await;
    assert_eq!(seen(&sandbox, "/api/content/v2/users/me").await["id"], samples::USER_ID);
    let other = json(get(&sandbox, samples::NON_OWNER_DEVELOPER_TOKEN, "/api/content/v2/users/me").await).await;
    assert_ne!(other["id"], samples::USER_ID);
    let refused = get(&sandbox, "wrong", "/api/content/v2/users/me").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(json(refused).await["statusReason"], "Unauthorized");
}

#[tokio::test]
async fn datasets_are_listed_and_searched() {
    let sandbox = start().await;
    let list = seen(&sandbox, "/api/data/v3/datasources?limit=2&offset=1&orderBy=name&nameLike=S").await;
    assert_eq!(list["dataSources"].as_array().unwrap().len(), 2);
    assert!(list["_metaData"]["totalCount"].as_u64().unwrap() > 5);
    assert_eq!(get(&sandbox, samples::DEVELOPER_TOKEN, "/api/data/v3/datasources?limit=51").await.status(), 400);
    let wanted = json!({"entities": ["DATASET"], "filters": [{"field": "name_sort", "filterType": "wildcard", "query": "*ledger*"}], "count": 100, "offset": 0});
    let search = request(&sandbox, Method::POST, "/api/data/ui/v3/datasources/search").json(&wanted);
    let found = json(search.header("X-DOMO-Developer-Token", samples::DEVELOPER_TOKEN).send().await.unwrap()).await;
    assert_eq!(found["dataSources"][0]["id"], samples::NOT_OWNED);
}

#[tokio::test]
async fn metadata_has_the_parts_that_are_asked_for() {
    let sandbox = start().await;
    let parts = [
        ("core", "name"),
        ("permission", "permissions"),
        ("status", "status"),
        ("pdp", "currentUserFullAccess"),
        ("rowcolcount", "rowCount"),
        ("cryo", "cryoStatus"),
    ];
    let has = |answer: &Value, field: &str| answer.get(field).is_some();
    for (asked, _) in parts {
        let one = seen(&sandbox, &format!("/api/data/v3/datasources/{}?part={asked}", samples::DAILY_SALES)).await;
        let list = seen(&sandbox, &format!("/api/data/v3/datasources?limit=1&part={asked}")).await;
        for (part, field) in parts {
            assert_eq!(has(&one, field), part == asked, "{asked}: {one}");
            assert_eq!(has(&list["dataSources"][0], field), part == asked, "{asked}: {list}");
        }
    }
    let daily = seen(&sandbox, &format!("/api/data/v3/datasources/{}", samples::DAILY_SALES)).await;
    assert_eq!((&daily["rowCount"], &daily["columnCount"]), (&json!(240_000), &json!(8)));
    let stated = async |id: &str| {
        seen(&sandbox, &format!("/api/data/v3/datasources/{id}?part=rowcolcount")).await["rowCount"].clone()
    };
    assert_eq!(stated(samples::FEDERATED).await, 0);
    assert_eq!(stated(samples::CLOUD).await, -1);
    assert_eq!(stated(samples::NO_COUNT).await, Value::Null);
}

#[tokio::test]
async fn metadata_says_what_the_user_may_do() {
    let sandbox = start().await;
    let path = |id: &str| format!("/api/data/v3/datasources/{id}?part=core,permission,pdp");
    let daily = seen(&sandbox, &path(samples::DAILY_SALES)).await;
    assert_eq!(daily["owner"]["type"], "USER");
    assert!(daily["lastUpdated"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(daily["permissions"], "READ_WRITE_DELETE_SHARE_ADMIN");
    assert_eq!(seen(&sandbox, &path(samples::NOT_OWNED_CO_OWNED)).await["currentUserFullAccess"], true);
    assert_eq!(seen(&sandbox, &path(samples::NOT_OWNED)).await["permissions"], "READ_SHARE");
    let other = json(get(&sandbox, samples::NON_OWNER_DEVELOPER_TOKEN, &path(samples::DAILY_SALES)).await).await;
    assert_eq!(other["permissions"], "READ_SHARE");
    let admin = json(get(&sandbox, samples::ADMIN_DEVELOPER_TOKEN, &path(samples::PDP)).await).await;
    assert_eq!(admin["currentUserFullAccess"], true);
    let analyst = seen(&sandbox, &path(samples::PDP)).await;
    assert_eq!(analyst["currentUserFullAccess"], false);
    for missing in [samples::DELETED, "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(get(&sandbox, samples::DEVELOPER_TOKEN, &path(missing)).await.status(), 404);
    }
}

#[tokio::test]
async fn the_permissions_list_names_owner_and_co_owners() {
    let sandbox = start().await;
    let level = async |id: &str| {
        let list = seen(&sandbox, &format!("/api/data/v3/datasources/{id}/permissions")).await;
        let me = samples::USER_ID.to_string();
        let mine =
            list["list"].as_array().unwrap().iter().find(|entry| entry["type"] == "USER" && entry["id"] == me).cloned();
        mine.map_or_else(String::new, |entry| entry["accessLevel"].as_str().unwrap().to_owned())
    };
    assert_eq!(level(samples::DAILY_SALES).await, "OWNER");
    assert_eq!(level(samples::NOT_OWNED_CO_OWNED).await, "CO_OWNER");
    assert_eq!(level(samples::NOT_OWNED).await, "CAN_VIEW");
    let list = seen(&sandbox, &format!("/api/data/v3/datasources/{}/permissions", samples::DAILY_SALES)).await;
    assert_eq!((&list["totalUserCount"], &list["totalGroupCount"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn schema_export_and_query() {
    let sandbox = start().await;
    let schema = seen(&sandbox, &format!("/api/data/v2/datasources/{}/schemas/latest", samples::HASH_ROWS)).await;
    assert_eq!(schema["schema"]["columns"][0]["name"], "tag");
    let path = format!(
        "/api/query/v1/execute/export/{}?accept=text/csv&includeHeader=true&fileName=x.csv",
        samples::HASH_ROWS
    );
    let csv = get(&sandbox, samples::DEVELOPER_TOKEN, &path).await;
    assert_eq!(csv.headers()["content-type"], "text/csv");
    assert_eq!(records(&csv.text().await.unwrap()), 361);
    let forms = [("execute", json!([{"COUNT(*)": 360}])), ("execute/export", json!([[360]]))];
    for (path, expected) in forms {
        let query = request(&sandbox, Method::POST, &format!("/api/query/v1/{path}/{}", samples::HASH_ROWS));
        let query = query
            .header("X-DOMO-Developer-Token", samples::DEVELOPER_TOKEN)
            .json(&json!({"sql": "SELECT COUNT(*) FROM t"}));
        let answer = json(query.send().await.unwrap()).await;
        assert_eq!(answer.get("rows").unwrap_or(&answer), &expected);
    }
}

#[tokio::test]
async fn what_is_archived_or_joined_is_described_and_not_exported() {
    let sandbox = start().await;
    for (id, archived, status) in [(samples::ARCHIVED, true, 404), (samples::DATA_FUSION, false, 400)] {
        let metadata = seen(&sandbox, &format!("/api/data/v3/datasources/{id}?part=core,cryo")).await;
        assert_eq!(metadata["cryoStatus"] == "ARCHIVED", archived);
        assert_eq!(metadata["type"] == "datafusion", !archived);
        let path = format!("/api/query/v1/execute/export/{id}?includeHeader=true");
        assert_eq!(get(&sandbox, samples::DEVELOPER_TOKEN, &path).await.status(), status);
        let query = request(&sandbox, Method::POST, &format!("/api/query/v1/execute/{id}"));
        let query = query.header("X-DOMO-Developer-Token", samples::DEVELOPER_TOKEN);
        let query = query.json(&json!({"sql": "SELECT COUNT(*) FROM t"})).send().await.unwrap();
        assert_eq!(query.status(), status);
    }
}

#[tokio::test]
async fn where_the_company_escapes_formulas_no_export_has_them_as_they_are() {
    let sandbox = start().await;
    let escaped = async |id: &str| {
        let path = format!("/api/query/v1/execute/export/{id}?disableFormulaInterpretation=false");
        let csv = get(&sandbox, samples::DEVELOPER_TOKEN, &path).await.text().await.unwrap();
        csv.contains(",'=SUM(A1:A3),")
    };
    assert!(escaped(samples::ESCAPED).await);
    assert!(!escaped(samples::QUOTED).await);
}
