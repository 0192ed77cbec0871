//! The DataSet API of api.domo.com (developer portal, "DataSet API").

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Deserialize;
use serde_json::Value;

use super::dataset::{Column, Content, DataSet};
use super::token::{Bearer, Signed};
use super::{Answer, Refusal, export, named_like};
use crate::sandbox::intercept::InForce;
use crate::sandbox::world::{lock, new_id};

/// The largest page.
const MOST: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListQuery {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    #[serde(default)]
    name_like: String,
    #[serde(default)]
    sort: String,
}

/// `GET /v1/datasets`: a bare array, empty after the last page.
pub(super) async fn list(Signed(_, world): Bearer, Query(page): Query<ListQuery>) -> Answer {
    let limit = page.limit.unwrap_or(MOST);
    if limit > MOST {
        return Err(Refusal::bad_request(format!("limit must be {MOST} or less")));
    }
    let domo = lock(&world.domo);
    let mut found = named_like(&domo.datasets, &page.name_like);
    sort(&mut found, &page.sort)?;
    Ok(Json(found.into_iter().skip(page.offset).take(limit).map(DataSet::listed).collect()))
}

fn sort(datasets: &mut [&DataSet], by: &str) -> Result<(), Refusal> {
    match by {
        // The sandbox counts no cards and has no errors to sort by.
        ""
        | "cardCount"
        | "cardCountAscending"
        | "cardViewCount"
        | "cardViewCountAscending"
        | "errorState"
        | "errorStateDescending" => {}
        "name" => datasets.sort_by_key(|d| d.name.to_lowercase()),
        "nameDescending" => datasets.sort_by_key(|d| std::cmp::Reverse(d.name.to_lowercase())),
        "lastTouched" | "lastUpdated" => datasets.sort_by_key(|d| std::cmp::Reverse(d.updated)),
        "lastTouchedAscending" | "lastUpdatedAscending" => datasets.sort_by_key(|d| d.updated),
        "createdAt" => datasets.sort_by_key(|d| std::cmp::Reverse(d.created)),
        "createdAtAscending" => datasets.sort_by_key(|d| d.created),
        "dataSourceId" => datasets.sort_by_key(|d| d.id.clone()),
        other => return Err(Refusal::bad_request(format!("Invalid sort: {other}"))),
    }
    Ok(())
}

pub(crate) async fn metadata(Signed(_, world): Bearer, Path(id): Path<String>, fault: InForce) -> Answer {
    let domo = lock(&world.domo);
    let dataset = domo.known(&id)?;
    if !dataset.metadata {
        return Err(Refusal::no_metadata());
    }
    Ok(Json(dataset.misstated(&fault).full()))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    name: Option<String>,
    description: Option<String>,
    schema: Option<Schema>,
}

#[derive(Debug, Deserialize)]
struct Schema {
    columns: Vec<Column>,
}

/// `POST /v1/datasets`: an empty DataSet of the caller's.
pub(crate) async fn create(
    Signed(owner, world): Bearer,
    change: Result<Json<Change>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let Json(change) = change.map_err(|error| Refusal::bad_request(error.body_text()))?;
    let (Some(name), Some(schema)) = (change.name, change.schema) else {
        return Err(Refusal::bad_request("name and schema are required"));
    };
    let empty = DataSet::new(new_id(), name, owner, Content::Stored(Vec::new()), Utc::now());
    let dataset = DataSet { description: change.description, columns: schema.columns, ..empty };
    let answer = dataset.full();
    lock(&world.domo).datasets.push(dataset);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `PUT /v1/datasets/{id}`: name, description, schema.
pub(crate) async fn update(
    Signed(_, world): Bearer,
    Path(id): Path<String>,
    change: Result<Json<Change>, JsonRejection>,
) -> Answer {
    let Json(change) = change.map_err(|error| Refusal::bad_request(error.body_text()))?;
    let mut domo = lock(&world.domo);
    let dataset = domo.existing_mut(&id)?;
    dataset.name = change.name.unwrap_or_else(|| dataset.name.clone());
    dataset.description = change.description.or_else(|| dataset.description.clone());
    if let Some(schema) = change.schema {
        dataset.columns = schema.columns;
    }
    dataset.updated = Utc::now();
    Ok(Json(dataset.full()))
}

pub(super) async fn delete(Signed(_, world): Bearer, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    lock(&world.domo).existing_mut(&id)?.deleted = true;
    Ok(StatusCode::NO_CONTENT)
}

/// Import options: replace or append.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Import {
    update_method: Option<String>,
}

/// `PUT /v1/datasets/{id}/data`: CSV without a header.
pub(crate) async fn import(
    Signed(_, world): Bearer,
    Path(id): Path<String>,
    Query(wanted): Query<Import>,
    csv: Bytes,
) -> Result<Response, Refusal> {
    let mut domo = lock(&world.domo);
    let dataset = domo.existing_mut(&id)?;
    let mut content = match (wanted.update_method.as_deref().unwrap_or("REPLACE"), &dataset.content) {
        ("APPEND", Content::Stored(csv)) => csv.clone(),
        ("REPLACE", _) => Vec::new(),
        (other, _) => {
            return Err(Refusal::bad_request(format!("Invalid updateMethod: {other}")));
        }
    };
    content.extend_from_slice(&csv);
    if content.last().is_some_and(|byte| *byte != b'\n') {
        content.push(b'\n');
    }
    dataset.rows = export::count(&content);
    dataset.stated = i64::try_from(dataset.rows).ok();
    dataset.content = Content::Stored(content);
    dataset.updated = Utc::now();
    Ok(StatusCode::NO_CONTENT.into_response())
}
