//! Domo's errors. Shapes from the DataSet API's OpenAPI file (developer portal) and from issues of Domo's own Java and
//! Node SDKs.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Refusal(Box<Response>);

impl Refusal {
    /// The common shape: status, reason, message, and a `toe` ("thread of execution") for Domo's support.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal::json(status, &common(status, &message.into()))
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found(path: &str) -> Refusal {
        let mut body = common(StatusCode::NOT_FOUND, "Not Found");
        body["path"] = path.into();
        Refusal::json(StatusCode::NOT_FOUND, &body)
    }

    /// For a user who may not read the metadata, Domo wraps its own 403 in a 400 (node SDK, issue 6).
    pub(crate) fn no_metadata() -> Refusal {
        Refusal::bad_request("Infrastructure problem (403): Access is denied")
    }

    /// The token lacks the scope: a 403 with an empty body (DataSet API's OpenAPI file).
    pub(crate) fn no_scope() -> Refusal {
        Refusal::json(StatusCode::FORBIDDEN, &json!({"status": 403, "toe": toe()}))
    }

    /// No credentials at all. The reason does not fit the status; Domo words it like this (Java SDK, issue 14).
    pub(crate) fn no_credentials(path: &str) -> Refusal {
        let message = "com.domo.bedrock.service.exception.UnauthorizedException: \
                       Full authentication is required to access this resource";
        Refusal::json(
            StatusCode::UNAUTHORIZED,
            &json!({"status": 401, "statusReason": "Internal Server Error", "path": path, "message": message, "toe": toe()}),
        )
    }

    /// For a malformed token (Java SDK, issues 5 and 12).
    pub(crate) fn malformed_token() -> Refusal {
        Refusal::json(
            StatusCode::UNAUTHORIZED,
            &json!({"error": "invalid_token", "error_description": "Cannot convert access token to JSON"}),
        )
    }

    /// For an expired token, with the challenge of the DataSet API's OpenAPI file.
    pub(crate) fn expired_token(reason: &str) -> Refusal {
        let mut refusal = Refusal::new(StatusCode::UNAUTHORIZED, "Invalid or expired access token");
        let challenge = format!(
            "Bearer error=\"invalid_token\", error_description=\"An error occurred while attempting to decode the Jwt: {reason}\", \
             error_uri=\"https://tools.ietf.org/html/rfc6750#section-3.1\""
        );
        refusal.0.headers_mut().extend(challenge.try_into().ok().map(|value| (header::WWW_AUTHENTICATE, value)));
        refusal
    }

    pub(crate) fn bad_client() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials")
    }

    /// The token endpoint's error for a malformed request (RFC 6749, 5.2).
    pub(crate) fn oauth(error: &str, description: &str) -> Refusal {
        Refusal::json(StatusCode::BAD_REQUEST, &json!({"error": error, "error_description": description}))
    }

    /// The refusal for a client that accepts only CSV: Domo cannot write its JSON error as CSV, and answers 406 with a
    /// page (Java SDK, issues 10, 11 and 15).
    pub(crate) fn for_csv(self) -> Refusal {
        let page = "<!doctype html><html><head><title>HTTP Status 406 \u{2013} Not Acceptable</title></head>\
                    <body><h1>HTTP Status 406 \u{2013} Not Acceptable</h1></body></html>";
        Refusal(Box::new((StatusCode::NOT_ACCEPTABLE, Html(page)).into_response()))
    }

    fn json(status: StatusCode, body: &Value) -> Refusal {
        Refusal(Box::new((status, Json(body)).into_response()))
    }
}

fn common(status: StatusCode, message: &str) -> Value {
    json!({
        "status": status.as_u16(),
        "statusReason": status.canonical_reason(),
        "message": message,
        "toe": toe(),
    })
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A "thread of execution" in the form of Domo's examples: `CA6JIHTO46-28C5D-UEQ7I`.
fn toe() -> String {
    let part = |length| (0..length).map(|_| fastrand::alphanumeric().to_ascii_uppercase()).collect::<String>();
    format!("{}-{}-{}", part(10), part(5), part(5))
}
