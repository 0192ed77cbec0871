use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::json;

use super::dataset::{Access, Dataset};
use super::files::by_url;
use super::request::{DatasetBody, Given, Sent};
use super::token::{Admin, With, Writer};
use super::{Answer, OneDataset, Refusal};
use crate::sandbox::samples;
use crate::sandbox::world::lock;

/// `POST /datasets/{owner}`. The id is made from the title and returned in `uri` and in `Location`.
pub(super) async fn create(
    With(world): Writer,
    Path(owner): Path<String>,
    Sent(mut body): Sent<DatasetBody>,
) -> Result<Response, Refusal> {
    body.check()?;
    body.check_whole()?;
    check_owner(&owner)?;
    let files = std::mem::take(&mut body.files);
    let id = slug(body.title.0.as_deref().unwrap_or_default());
    let mut dataset = new(&owner, &id, body)?;
    dataset.files.extend(files.into_iter().map(by_url));
    let mut dataworld = lock(&world.dataworld);
    if dataworld.find(&owner, &id).is_ok() {
        return Err(Refusal::new(axum::http::StatusCode::CONFLICT, "A dataset with this id already exists."));
    }
    dataworld.datasets.push(dataset);
    let uri = format!("https://data.world/{owner}/{id}");
    let body = json!({"message": "Dataset has been successfully created.", "uri": uri});
    Ok(([(header::LOCATION, uri)], Json(body)).into_response())
}

/// `PUT /datasets/{owner}/{id}`. data.world would delete all files of an existing dataset; the sandbox refuses, because
/// a client that asks for it has a mistake.
pub(super) async fn put(With(world): Writer, Path((owner, id)): OneDataset, Sent(body): Sent<DatasetBody>) -> Answer {
    body.check()?;
    body.check_whole()?;
    check_owner(&owner)?;
    let mut dataworld = lock(&world.dataworld);
    if dataworld.find(&owner, &id).is_ok() {
        return Err(Refusal::invalid(
            "PUT on an existing dataset deletes all its files. The sandbox does not do that: use PATCH.",
        ));
    }
    if slug(&id) != id {
        return Err(Refusal::invalid("Ids have lower-case letters, digits and single hyphens."));
    }
    let dataset = new(&owner, &id, body)?;
    dataworld.datasets.push(dataset);
    Ok(Json(json!({"message": "Dataset has been successfully created."})))
}

pub(super) async fn patch(With(world): Writer, Path((owner, id)): OneDataset, Sent(body): Sent<DatasetBody>) -> Answer {
    body.check()?;
    let mut dataworld = lock(&world.dataworld);
    let dataset = dataworld.writable(&owner, &id)?;
    body.apply(dataset);
    dataset.changed();
    Ok(Json(json!({"message": "Dataset successfully updated."})))
}

/// `DELETE /datasets/{owner}/{id}`, with the admin scope.
pub(super) async fn delete(With(world): Admin, Path((owner, id)): OneDataset) -> Answer {
    let mut dataworld = lock(&world.dataworld);
    dataworld.writable(&owner, &id)?;
    dataworld.datasets.retain(|dataset| dataset.owner != owner || dataset.id != id);
    Ok(Json(json!({"message": "Dataset has been successfully deleted."})))
}

/// Refuses datasets of owners that the user neither is nor belongs to.
fn check_owner(owner: &str) -> Result<(), Refusal> {
    if ![samples::USER, samples::ORGANIZATION, samples::FINANCE].contains(&owner) {
        return Err(Refusal::forbidden("You may not create datasets for this owner."));
    }
    Ok(())
}

/// Makes an id from a title: lower case, words joined by single hyphens, everything else dropped (underscores too:
/// data.world-py, issue 100).
fn slug(title: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '-' || c.is_whitespace();
    let words: String = title.to_lowercase().chars().filter(|c| kept(*c)).collect();
    words.split(|c: char| c == '-' || c.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

fn new(owner: &str, id: &str, body: DatasetBody) -> Result<Dataset, Refusal> {
    // The lengths of an id are from the official Singer target.
    if !(3..=95).contains(&id.len()) {
        return Err(Refusal::invalid("The title gives no valid id: it needs 3 to 95 letters or digits."));
    }
    let mut dataset = Dataset::new(owner, id, "", Access::Admin, Utc::now());
    body.apply(&mut dataset);
    Ok(dataset)
}

impl DatasetBody {
    fn apply(self, dataset: &mut Dataset) {
        fn set<T>(field: &mut T, Given(value): Given<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut dataset.title, self.title);
        set(&mut dataset.visibility, self.visibility);
        set(&mut dataset.description, self.description);
        set(&mut dataset.summary, self.summary);
        set(&mut dataset.tags, self.tags);
        dataset.license = self.license.0.or_else(|| dataset.license.take());
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn ids_come_from_titles() {
        assert_eq!(slug("API Sandbox"), "api-sandbox");
        assert_eq!(slug("GR_drains"), "grdrains");
        assert_eq!(slug("  Q4 -- forecast (draft) "), "q4-forecast-draft");
        assert_eq!(slug("日本"), "");
    }
}
