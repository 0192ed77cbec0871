//! Uploads: one file as a PUT, or several as multipart. A file takes the place of the old one when it has arrived whole, and not before.

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::Refusal;
use super::store::Arriving;
use super::token::Writer;
use crate::sandbox::fault::Effect;
use crate::sandbox::intercept::InForce;
use crate::sandbox::world::{Shared, lock};

/// `PUT /uploads/{owner}/{id}/files/{file}`.
pub(crate) async fn put(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id, name)): Path<(String, String, String)>,
    fault: Option<Extension<InForce>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    lock(&world.dataworld).writable(&owner, &id)?;
    check_name(&name)?;
    check_headers(&headers)?;
    let mut file = Arriving::new(world.options.discard_above);
    let mut data = body.into_data_stream();
    while let Some(chunk) = data.next().await {
        file.take(&chunk.map_err(|_| interrupted())?);
    }
    lock(&world.dataworld).keep(&owner, &id, &name, file, effect(fault.as_ref()))?;
    Ok(Json(json!({"message": "File uploaded."})))
}

/// `POST /uploads/{owner}/{id}/files`: parts named `file`, each with a file name.
pub(crate) async fn multipart(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): Path<(String, String)>,
    fault: Option<Extension<InForce>>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Refusal> {
    lock(&world.dataworld).writable(&owner, &id)?;
    let mut parts = parts.map_err(|rejection| Refusal::bad_request(rejection.body_text()))?;
    let mut files = Vec::new();
    while let Some(mut part) = parts.next_field().await.map_err(|_| interrupted())? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        check_name(&name)?;
        let mut file = Arriving::new(world.options.discard_above);
        while let Some(chunk) = part.chunk().await.map_err(|_| interrupted())? {
            file.take(&chunk);
        }
        files.push((name, file));
    }
    if files.is_empty() {
        return Err(Refusal::invalid("There is no file in the request."));
    }
    let mut dataworld = lock(&world.dataworld);
    for (name, file) in files {
        dataworld.keep(&owner, &id, &name, file, effect(fault.as_ref()))?;
    }
    Ok(Json(json!({"message": "File(s) uploaded."})))
}

/// 1 to 128 characters and no `/`: the path parameter of the OpenAPI description.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.contains('/') || name.chars().count() > 128 {
        return Err(Refusal::invalid("File names have 1 to 128 characters and no slash."));
    }
    Ok(())
}

/// Refuses what is no file: a compressed body (the official Singer target had to switch compression off), and an empty one that says it is
/// JSON (what an old client sends by mistake). An empty file is a file.
fn check_headers(headers: &HeaderMap) -> Result<(), Refusal> {
    let is = |name, value: &str| headers.get(name).is_some_and(|sent| sent.as_bytes().starts_with(value.as_bytes()));
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refusal::bad_request("Content-Encoding is not supported."));
    }
    if is(header::CONTENT_TYPE, "application/json") && is(header::CONTENT_LENGTH, "0") {
        return Err(Refusal::invalid("The request has no content."));
    }
    Ok(())
}

/// Nobody is there to read it: the client has hung up.
fn interrupted() -> Refusal {
    Refusal::bad_request("The upload ended before its end.")
}

fn effect(fault: Option<&Extension<InForce>>) -> Option<&Effect> {
    fault.map(|Extension(InForce(effect))| effect)
}
