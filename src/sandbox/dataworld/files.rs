//! A dataset's files: downloaded, deleted, described, and those that data.world fetches by URL.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::json;

use super::dataset::{File, time};
use super::request::{Described, Given, NewFile, Sent, Sources};
use super::token::{Reader, With, Writer};
use super::{Answer, OneDataset, OneFile, Refusal};
use crate::sandbox::world::{Shared, lock};

/// `GET /file_download/{owner}/{id}/{file}`: the bytes as they were uploaded.
pub(super) async fn download(With(world): Reader, Path((owner, id, name)): OneFile) -> Result<Response, Refusal> {
    let dataworld = lock(&world.dataworld);
    let file = dataworld.find(&owner, &id)?.file(&name).ok_or_else(Refusal::not_found)?;
    let Some(content) = file.content.clone() else {
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "The sandbox did not keep this file: it is too large."));
    };
    let kind = if name.ends_with(".csv") { "text/csv" } else { "application/octet-stream" };
    Ok(([(header::CONTENT_TYPE, kind)], content).into_response())
}

/// `GET /download/{owner}/{id}`: a zip of everything, which the sandbox refuses to make.
pub(super) async fn download_all(With(world): Reader, Path((owner, id)): OneDataset) -> Refusal {
    match lock(&world.dataworld).find(&owner, &id) {
        Ok(_) => Refusal::bad_request("The sandbox makes no zip files: download files one by one."),
        Err(refusal) => refusal,
    }
}

pub(super) async fn delete_one(With(world): Writer, Path((owner, id, name)): OneFile) -> Answer {
    remove(&world, &owner, &id, &[name])?;
    Ok(Json(json!({"message": "Dataset file has been successfully deleted."})))
}

/// `DELETE /datasets/{owner}/{id}/files?name=a&name=b`: all of them, or none if one is missing.
pub(super) async fn delete_several(
    With(world): Writer,
    Path((owner, id)): OneDataset,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
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

pub(super) async fn metadata(With(world): Reader, Path((owner, id, name)): OneFile) -> Answer {
    let dataworld = lock(&world.dataworld);
    let file = dataworld.find(&owner, &id)?.file(&name).ok_or_else(Refusal::not_found)?;
    Ok(Json(file.metadata()))
}

/// `PUT .../files/{file}/metadata` clears omitted values.
pub(super) async fn put_metadata(writer: Writer, path: OneFile, Sent(body): Sent<Described>) -> Answer {
    let (description, labels) = (body.description.0.unwrap_or_default(), body.labels.0.unwrap_or_default());
    let all = Described { description: Given(Some(description)), labels: Given(Some(labels)) };
    patch_metadata(writer, path, Sent(all)).await
}

/// `PATCH .../files/{file}/metadata` keeps omitted values.
pub(super) async fn patch_metadata(
    With(world): Writer,
    Path((owner, id, name)): OneFile,
    Sent(described): Sent<Described>,
) -> Answer {
    described.check()?;
    let mut dataworld = lock(&world.dataworld);
    let file = dataworld.writable(&owner, &id)?.file_mut(&name).ok_or_else(Refusal::not_found)?;
    // Not documented: this may or may not count as a change of the file.
    file.updated = Utc::now();
    if let Some(description) = described.description.0 {
        file.description = Some(description).filter(|text| !text.is_empty());
    }
    if let Some(labels) = described.labels.0 {
        file.labels = labels;
    }
    Ok(Json(json!({"message": "File metadata has been successfully updated."})))
}

/// `POST /datasets/{owner}/{id}/files`. The sandbox notes the source, and never fetches it.
pub(super) async fn add_by_url(
    With(world): Writer,
    Path((owner, id)): OneDataset,
    Sent(sources): Sent<Sources>,
) -> Answer {
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
    let mut source = json!(file.source.0);
    source["syncStatus"] = "OK".into();
    source["lastSyncStart"] = time(now).into();
    source["lastSyncSuccess"] = time(now).into();
    File { description: file.description.0, labels: file.labels, source: Some(source), ..File::new(&file.name, now) }
}

pub(super) async fn sync(With(world): Writer, Path((owner, id)): OneDataset) -> Answer {
    lock(&world.dataworld).writable(&owner, &id)?;
    Ok(Json(json!({"message": "Sync started."})))
}
