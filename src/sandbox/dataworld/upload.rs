//! Uploads: one file by PUT, or several as multipart. A file replaces the old one only once it has arrived whole.

use axum::Json;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;

use super::request::{Asked, check_name};
use super::store::Arriving;
use super::token::{With, Writer};
use super::{Answer, OneDataset, OneFile, Refusal};
use crate::sandbox::intercept::InForce;
use crate::sandbox::world::lock;

/// Asks to unpack archives, which the sandbox never does. One file has `expandArchive`, several `expandArchives`.
#[derive(Debug, Deserialize)]
pub(crate) struct Expand {
    #[serde(default, rename = "expandArchive", alias = "expandArchives")]
    _expand_archive: bool,
}

pub(super) async fn put(
    With(world): Writer,
    Path((owner, id, name)): OneFile,
    _: Asked<Expand>,
    InForce(fault): InForce,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    lock(&world.dataworld).writable(&owner, &id)?;
    check_name(&name)?;
    check_headers(&headers)?;
    let mut file = Arriving::new(world.options.discard_above);
    let mut data = body.into_data_stream();
    while let Some(chunk) = data.next().await {
        file.take(&chunk.map_err(|_| interrupted())?);
    }
    lock(&world.dataworld).keep(&owner, &id, &name, file, fault.as_ref())?;
    Ok(Json(json!({"message": "File uploaded."})))
}

/// `POST /uploads/{owner}/{id}/files`: parts named `file`, each with a file name.
pub(super) async fn multipart(
    With(world): Writer,
    Path((owner, id)): OneDataset,
    _: Asked<Expand>,
    InForce(fault): InForce,
    parts: Result<Multipart, MultipartRejection>,
) -> Answer {
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
        dataworld.keep(&owner, &id, &name, file, fault.as_ref())?;
    }
    Ok(Json(json!({"message": "File(s) uploaded."})))
}

/// Refuses bodies that are not a file: a compressed one (the official Singer target had to switch compression off), and
/// an empty one without a type or with that of JSON (which an old client sends by mistake). An empty file declares its
/// type.
fn check_headers(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refusal::bad_request("Content-Encoding is not supported."));
    }
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    let length = headers.get(header::CONTENT_LENGTH).map(|length| length.as_bytes());
    let is_empty = length.map_or(!headers.contains_key(header::TRANSFER_ENCODING), |length| length == b"0");
    if is_empty && (kind.is_empty() || kind.starts_with(b"application/json")) {
        return Err(Refusal::invalid("The request has no content."));
    }
    Ok(())
}

/// The client has hung up, so nobody reads this.
fn interrupted() -> Refusal {
    Refusal::bad_request("The upload ended before its end.")
}
