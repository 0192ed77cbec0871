//! A dataset's files: downloaded, deleted, described, and those that data.world fetches by URL.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Refusal;
use super::dataset::{File, time};
use super::request::{Body, Described, NewFile, Sources, read};
use super::token::{Reader, Writer};
use crate::sandbox::world::{Shared, lock};

type OneFile = Path<(String, String, String)>;
type OneDataset = Path<(String, String)>;

/// `GET /file_download/{owner}/{id}/{file}`: the bytes as they were uploaded.
pub(crate) async fn download(
    _: Reader,
    State(world): State<Shared>,
    Path((owner, id, name)): OneFile,
) -> Result<Response, Refusal> {
    let dataworld = lock(&world.dataworld);
    let file = dataworld.find(&owner, &id)?.file(&name).ok_or_else(Refusal::not_found)?;
    let Some(content) = file.content.clone() else {
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "The sandbox did not keep this file: it is too large."));
    };
    let kind = if name.ends_with(".csv") { "text/csv" } else { "application/octet-stream" };
    Ok(([(header::CONTENT_TYPE, kind)], content).into_response())
}

/// `GET /download/{owner}/{id}`: a zip of everything, which the sandbox refuses to make.
pub(crate) async fn download_all(_: Reader, State(world): State<Shared>, Path((owner, id)): OneDataset) -> Refusal {
    match lock(&world.dataworld).find(&owner, &id) {
        Ok(_) => Refusal::bad_request("The sandbox makes no zip files: download files one by one."),
        Err(refusal) => refusal,
    }
}

pub(crate) async fn delete_one(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id, name)): OneFile,
) -> Result<Json<Value>, Refusal> {
    remove(&world, &owner, &id, &[name])?;
    Ok(Json(json!({"message": "Dataset file has been successfully deleted."})))
}

/// `DELETE /datasets/{owner}/{id}/files?name=a&name=b`: all of them, or none if one is missing.
pub(crate) async fn delete_several(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): OneDataset,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    let names: Vec<String> = query.into_iter().filter(|(key, _)| key == "name").map(|(_, name)| name).collect();
    if names.is_empty() {
        return Err(Refusal::bad_request("name is required"));
    }
    remove(&world, &owner, &id, &names)?;
    Ok(Json(json!({"message": "Dataset files have been successfully deleted."})))
}

fn remove(world: &Shared, owner: &str, id: &str, names: &[String]) -> Result<(), Refusal> {
    let mut dataworld = lock(&world.dataworld);
    let dataset = dataworld.writable(owner, id)?;
    if names.iter().any(|name| dataset.file(name).is_none()) {
        return Err(Refusal::not_found());
    }
    dataset.files.retain(|file| !names.contains(&file.name));
    dataset.changed();
    Ok(())
}

pub(crate) async fn metadata(
    _: Reader,
    State(world): State<Shared>,
    Path((owner, id, name)): OneFile,
) -> Result<Json<Value>, Refusal> {
    let dataworld = lock(&world.dataworld);
    let file = dataworld.find(&owner, &id)?.file(&name).ok_or_else(Refusal::not_found)?;
    Ok(Json(file.metadata()))
}

/// `PUT .../files/{file}/metadata` clears omitted values.
pub(crate) async fn put_metadata(
    writer: Writer,
    State(world): State<Shared>,
    path: OneFile,
    body: Body<Described>,
) -> Result<Json<Value>, Refusal> {
    let all = body.map(|Json(d)| {
        Json(Described {
            description: d.description.or_else(|| Some(String::new())),
            labels: d.labels.or_else(|| Some(Vec::new())),
        })
    });
    patch_metadata(writer, State(world), path, all).await
}

/// `PATCH .../files/{file}/metadata` keeps omitted values.
pub(crate) async fn patch_metadata(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id, name)): OneFile,
    body: Body<Described>,
) -> Result<Json<Value>, Refusal> {
    let described = read(body)?;
    described.check()?;
    let mut dataworld = lock(&world.dataworld);
    let file = dataworld.writable(&owner, &id)?.file_mut(&name).ok_or_else(Refusal::not_found)?;
    // Not documented: this may or may not count as a change of the file.
    file.updated = Utc::now();
    if let Some(description) = described.description {
        file.description = Some(description).filter(|text| !text.is_empty());
    }
    if let Some(labels) = described.labels {
        file.labels = labels;
    }
    Ok(Json(json!({"message": "File metadata has been successfully updated."})))
}

/// `POST /datasets/{owner}/{id}/files`. The sandbox notes the source, and never fetches it.
pub(crate) async fn add_by_url(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): OneDataset,
    body: Body<Sources>,
) -> Result<Json<Value>, Refusal> {
    let sources = read(body)?;
    sources.files.iter().try_for_each(NewFile::check)?;
    let mut dataworld = lock(&world.dataworld);
    let dataset = dataworld.writable(&owner, &id)?;
    for file in sources.files {
        dataset.files.retain(|old| old.name != file.name);
        dataset.files.push(by_url(file));
    }
    dataset.changed();
    Ok(Json(json!({"message": "Dataset has been successfully updated with new sources. Sync in progress."})))
}

/// A file as if data.world had fetched it just now.
pub(super) fn by_url(file: NewFile) -> File {
    let now = Utc::now();
    let mut source = json!(file.source);
    source["syncStatus"] = "OK".into();
    source["lastSyncStart"] = time(now).into();
    source["lastSyncSuccess"] = time(now).into();
    File {
        name: file.name,
        size: None,
        sha256: String::new(),
        content: None,
        created: now,
        updated: now,
        description: file.description,
        labels: file.labels,
        source: Some(source),
        ready: Instant::now(),
        broken: false,
        late: None,
    }
}

pub(crate) async fn sync(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): OneDataset,
) -> Result<Json<Value>, Refusal> {
    lock(&world.dataworld).writable(&owner, &id)?;
    Ok(Json(json!({"message": "Sync started."})))
}
