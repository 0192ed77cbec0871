use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::Refusal;
use super::dataset::Dataset;
use super::page::Page;
use super::token::Reader;
use crate::sandbox::samples;
use crate::sandbox::world::{Shared, lock};

pub(crate) async fn datasets(
    _: Reader,
    State(world): State<Shared>,
    Path(relation): Path<String>,
    page: Page,
) -> Result<Json<Value>, Refusal> {
    let related = relation_of(&relation)?;
    let world = lock(&world.dataworld);
    Ok(Json(page.answer(world.datasets.iter().filter(|d| !d.project && related(d)).map(Dataset::record))))
}

/// `GET /user/projects/{own|contributing|liked}`. Its description has no `fields`.
pub(crate) async fn projects(
    _: Reader,
    State(world): State<Shared>,
    Path(relation): Path<String>,
    page: Page,
) -> Result<Json<Value>, Refusal> {
    let related = relation_of(&relation)?;
    let world = lock(&world.dataworld);
    let projects = world.datasets.iter().filter(|d| d.project && related(d)).map(Dataset::project_record);
    Ok(Json(page.whole().answer(projects)))
}

fn relation_of(name: &str) -> Result<fn(&Dataset) -> bool, Refusal> {
    match name {
        "own" => Ok(|dataset| dataset.owner == samples::USER),
        "contributing" => Ok(|dataset| dataset.contributing),
        "liked" => Ok(|dataset| dataset.liked),
        _ => Err(Refusal::not_found()),
    }
}

/// `GET /datasets/{owner}`: a user's or an organization's datasets, including those of projects.
pub(crate) async fn of_owner(
    _: Reader,
    State(world): State<Shared>,
    Path(owner): Path<String>,
    page: Page,
) -> Result<Json<Value>, Refusal> {
    let world = lock(&world.dataworld);
    if !world.datasets.iter().any(|d| d.owner == owner) {
        return Err(Refusal::not_found());
    }
    Ok(Json(page.answer(world.datasets.iter().filter(|d| d.owner == owner).map(Dataset::record))))
}

pub(crate) async fn dataset(
    _: Reader,
    State(world): State<Shared>,
    Path((owner, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let mut dataworld = lock(&world.dataworld);
    let record = dataworld.find(&owner, &id)?.record();
    if let Some(dataset) = dataworld.datasets.iter_mut().find(|dataset| dataset.owner == owner && dataset.id == id) {
        dataset.looked_at();
    }
    Ok(Json(record))
}
