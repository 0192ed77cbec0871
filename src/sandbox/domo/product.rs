//! The instance's own host, `{instance}.domo.com`, with a developer token (developer portal, "Product APIs"; where it
//! is silent, Domo's R package).

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::dataset::DataSet;
use super::people::Person;
use super::token::{Developer, Signed};
use super::{Answer, Refusal, named_like};
use crate::sandbox::intercept::InForce;
use crate::sandbox::world::lock;

/// The largest page of the plain list.
const MOST: usize = 50;

/// `GET /api/content/v2/users/me`: the token's user.
pub(crate) async fn me(Signed(person, _): Developer) -> Json<Value> {
    Json(json!({
        "id": person.id,
        "displayName": person.name,
        "userName": person.email,
        "emailAddress": person.email,
        "role": person.role,
        "isSystemUser": false,
        "isPending": false,
        "isActive": true,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListQuery {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    #[serde(default)]
    name_like: String,
    #[serde(default)]
    order_by: String,
    part: Option<String>,
}

pub(super) async fn list(Signed(person, world): Developer, Query(page): Query<ListQuery>) -> Answer {
    let limit = page.limit.unwrap_or(MOST);
    if limit > MOST {
        return Err(Refusal::bad_request(format!("limit must be {MOST} or less")));
    }
    let domo = lock(&world.domo);
    let mut found = named_like(&domo.datasets, &page.name_like);
    match page.order_by.as_str() {
        "name" => found.sort_by_key(|dataset| dataset.name.to_lowercase()),
        "lastTouched" | "lastUpdated" => {
            found.sort_by_key(|dataset| std::cmp::Reverse(dataset.updated));
        }
        _ => {}
    }
    let total = found.len();
    let parts = page.part.as_deref().unwrap_or(PARTS_OF_LISTED);
    let found: Vec<Value> =
        found.into_iter().skip(page.offset).take(limit).map(|dataset| dataset.parts(person, parts)).collect();
    Ok(Json(json!({"dataSources": found, "_metaData": {"totalCount": total}})))
}

/// The body of a search: `filters` hold a wildcard such as `*sales*` in `query`.
#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    filters: Vec<Filter>,
    count: Option<usize>,
    #[serde(default)]
    offset: usize,
}

#[derive(Debug, Deserialize)]
struct Filter {
    field: Option<String>,
    query: Option<String>,
}

/// `POST /api/data/ui/v3/datasources/search`, as Domo's web pages call it.
pub(crate) async fn search(Signed(person, world): Developer, body: Result<Json<Search>, JsonRejection>) -> Answer {
    let Json(search) = body.map_err(|rejection| Refusal::bad_request(rejection.body_text()))?;
    let by_name = search.filters.into_iter().find(|filter| filter.field.as_deref() == Some("name_sort"));
    let wildcard = by_name.and_then(|filter| filter.query).unwrap_or_default();
    let domo = lock(&world.domo);
    let found = named_like(&domo.datasets, wildcard.trim_matches('*'));
    let total = found.len();
    let found = found.into_iter().skip(search.offset).take(search.count.unwrap_or(MOST));
    let found: Vec<Value> = found.map(|dataset| dataset.parts(person, PARTS_OF_LISTED)).collect();
    Ok(Json(json!({"dataSources": found, "_metaData": {"totalCount": total}})))
}

/// The requested parts of the metadata, such as `core,rowcolcount`.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    part: Option<String>,
}

/// The default parts of a single DataSet: working clients find the rows there.
const PARTS: &str = "core,status,rowcolcount";
/// The default parts of the DataSets in a list.
const PARTS_OF_LISTED: &str = "core,status";

pub(crate) async fn metadata(
    Signed(person, world): Developer,
    Path(id): Path<String>,
    Query(Part { part }): Query<Part>,
    fault: InForce,
) -> Answer {
    let domo = lock(&world.domo);
    let dataset = readable(domo.existing(&id)?)?;
    Ok(Json(dataset.misstated(&fault).parts(person, part.as_deref().unwrap_or(PARTS))))
}

/// `GET /api/data/v3/datasources/{id}/permissions`: the access list. Here, unlike in metadata, ids are strings.
pub(super) async fn permissions(Signed(_, world): Developer, Path(id): Path<String>) -> Answer {
    let domo = lock(&world.domo);
    let dataset = readable(domo.existing(&id)?)?;
    let user = |person: Person, level: &str| json!({"type": "USER", "id": person.id.to_string(), "accessLevel": level, "name": person.name});
    let mut list = vec![user(dataset.owner, "OWNER")];
    list.extend(dataset.shared.iter().map(|share| user(share.with, share.level)));
    let users = list.len();
    list.push(json!({"type": "GROUP", "id": "1324037627", "accessLevel": "CAN_VIEW", "name": "Everyone at Acme"}));
    Ok(Json(json!({"list": list, "totalUserCount": users, "totalGroupCount": 1})))
}

pub(super) async fn schema(Signed(_, world): Developer, Path(id): Path<String>) -> Answer {
    let domo = lock(&world.domo);
    let dataset = readable(domo.existing(&id)?)?;
    let column = |column: &super::dataset::Column| json!({"type": column.kind, "name": column.name, "id": column.name, "visible": true, "metadata": {"colLabel": null}});
    let columns: Vec<Value> = dataset.columns.iter().map(column).collect();
    Ok(Json(json!({"schema": {"columns": columns}})))
}

fn readable(dataset: &DataSet) -> Result<&DataSet, Refusal> {
    if dataset.metadata { Ok(dataset) } else { Err(Refusal::new(StatusCode::FORBIDDEN, "Forbidden")) }
}
