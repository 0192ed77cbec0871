use axum::Json;
use axum::extract::Path;

use super::dataset::Dataset;
use super::page::Page;
use super::token::{Reader, With};
use super::{Answer, OneDataset, Refusal};
use crate::sandbox::samples;
use crate::sandbox::world::lock;

pub(super) async fn datasets(With(world): Reader, Path(relation): Path<String>, page: Page) -> Answer {
    let related = relation_of(&relation)?;
    let world = lock(&world.dataworld);
    Ok(Json(page.answer(world.datasets.iter().filter(|d| !d.project && related(d)).map(Dataset::record))))
}

/// `GET /user/projects/{own|contributing|liked}`. Its description has no `fields`.
pub(super) async fn projects(With(world): Reader, Path(relation): Path<String>, page: Page) -> Answer {
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
pub(super) async fn of_owner(With(world): Reader, Path(owner): Path<String>, page: Page) -> Answer {
    let world = lock(&world.dataworld);
    if !world.datasets.iter().any(|d| d.owner == owner) {
        return Err(Refusal::not_found());
    }
    Ok(Json(page.answer(world.datasets.iter().filter(|d| d.owner == owner).map(Dataset::record))))
}

pub(super) async fn dataset(With(world): Reader, Path((owner, id)): OneDataset) -> Answer {
    let mut dataworld = lock(&world.dataworld);
    let dataset = dataworld.find_mut(&owner, &id)?;
    let record = dataset.record();
    dataset.looked_at();
    Ok(Json(record))
}
