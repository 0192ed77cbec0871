//! api.domo.com: access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::Value;
use writeback::testing::sandbox::{Sandbox, samples};

use super::{access_token, json, request, start};

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
