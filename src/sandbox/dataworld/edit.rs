//! Datasets made, changed and deleted.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use super::dataset::{Access, Dataset};
use super::token::{Admin, Writer};
use crate::sandbox::samples;
use crate::sandbox::world::{Shared, lock, new_id};

/// What a dataset can be given.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    title: Option<String>,
    visibility: Option<String>,
    description: Option<String>,
    summary: Option<String>,
    tags: Option<Vec<String>>,
    license: Option<String>,
}

/// What `license` may be: of `DatasetCreateRequest`, `DatasetPutRequest` and `DatasetPatchRequest` alike.
const LICENSES: [&str; 34] = [
    "Public Domain",
    "PDDL",
    "CC-0",
    "CC-BY",
    "CDLA-Permissive-1.0",
    "CC-BY-IGO",
    "CC-BY 3.0",
    "CC-BY 3.0 AU",
    "CC-BY 3.0 IGO",
    "CC-BY-SA",
    "CC-BY-SA 3.0",
    "CDLA-Sharing-1.0",
    "CC BY-NC",
    "CC BY-ND",
    "CC BY-ND 3.0",
    "CC-BY 3.0 NZ",
    "CC-BY-NC 3.0",
    "CC BY-NC-ND",
    "CC-BY-NC-SA 3.0",
    "CC-BY-SA 3.0 NZ",
    "CC-BY-NC-SA 3.0 NZ",
    "CC-BY-NC 3.0 NZ",
    "CC-BY-NC-ND-NZ-3.0",
    "CC BY-NC-SA",
    "Italian-ODL",
    "MIT License",
    "OGL",
    "OGL-Canada",
    "OGL-Nova Scotia",
    "OGL-UK",
    "OSODL",
    "ODC-BY",
    "ODC-ODbL",
    "Other",
];

type WantedBody = Result<Json<Wanted>, JsonRejection>;

/// `POST /datasets/{owner}`. The id is made from the title, and told in `uri` and in `Location`.
pub(crate) async fn create(
    _: Writer,
    State(world): State<Shared>,
    Path(owner): Path<String>,
    body: WantedBody,
) -> Result<Response, Refusal> {
    let wanted = read(body)?;
    if ![samples::USER, samples::ORGANIZATION, samples::FINANCE].contains(&owner.as_str()) {
        return Err(Refusal::forbidden("You may not create datasets for this owner."));
    }
    let title = wanted.title.clone().ok_or_else(|| Refusal::invalid("title is required"))?;
    let id = slug(&title);
    let dataset = new(&owner, &id, wanted)?;
    let mut dataworld = lock(&world.dataworld);
    if dataworld.find(&owner, &id).is_ok() {
        return Err(Refusal::new(axum::http::StatusCode::CONFLICT, "A dataset with this id already exists."));
    }
    dataworld.datasets.push(dataset);
    let uri = format!("https://data.world/{owner}/{id}");
    let body = json!({"message": "Dataset has been successfully created.", "uri": uri});
    Ok(([(header::LOCATION, uri)], Json(body)).into_response())
}

/// `PUT /datasets/{owner}/{id}`: makes a dataset of this id. Of one that exists, data.world would delete all files; the sandbox refuses, for a
/// client that asks for it has a mistake.
pub(crate) async fn put(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): Path<(String, String)>,
    body: WantedBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = read(body)?;
    let mut dataworld = lock(&world.dataworld);
    if dataworld.find(&owner, &id).is_ok() {
        return Err(Refusal::invalid(
            "PUT on an existing dataset deletes all its files. The sandbox does not do that: use PATCH.",
        ));
    }
    if slug(&id) != id {
        return Err(Refusal::invalid("Ids have lower-case letters, digits and single hyphens."));
    }
    let dataset = new(&owner, &id, wanted)?;
    dataworld.datasets.push(dataset);
    Ok(Json(json!({"message": "Dataset has been successfully created."})))
}

/// `PATCH /datasets/{owner}/{id}`.
pub(crate) async fn patch(
    _: Writer,
    State(world): State<Shared>,
    Path((owner, id)): Path<(String, String)>,
    body: WantedBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = read(body)?;
    let mut dataworld = lock(&world.dataworld);
    let dataset = dataworld.writable(&owner, &id)?;
    wanted.apply(dataset);
    dataset.changed();
    Ok(Json(json!({"message": "Dataset successfully updated."})))
}

/// `DELETE /datasets/{owner}/{id}`: needs the scope to administer.
pub(crate) async fn delete(
    _: Admin,
    State(world): State<Shared>,
    Path((owner, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let mut dataworld = lock(&world.dataworld);
    dataworld.writable(&owner, &id)?;
    dataworld.datasets.retain(|dataset| dataset.owner != owner || dataset.id != id);
    Ok(Json(json!({"message": "Dataset has been successfully deleted."})))
}

/// Reads and checks a body, with the limits of `DatasetCreateRequest`.
fn read(body: WantedBody) -> Result<Wanted, Refusal> {
    let Json(wanted) = body.map_err(|rejection| Refusal::bad_request(rejection.body_text()))?;
    let longer = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.chars().count() > most);
    if wanted.title.as_ref().is_some_and(|title| title.trim().is_empty()) || longer(&wanted.title, 60) {
        return Err(Refusal::invalid("title has 1 to 60 characters"));
    }
    if longer(&wanted.description, 120) || longer(&wanted.summary, 25_000) {
        return Err(Refusal::invalid("description has at most 120 characters, summary at most 25000"));
    }
    if wanted.visibility.as_ref().is_some_and(|v| v != "OPEN" && v != "PRIVATE") {
        return Err(Refusal::invalid("visibility is OPEN or PRIVATE"));
    }
    if wanted.license.as_ref().is_some_and(|license| !LICENSES.contains(&license.as_str())) {
        return Err(Refusal::invalid("license is none of those that there are"));
    }
    Ok(wanted)
}

/// The id that a title gives: lower case, words joined by single hyphens, everything else dropped (underscores too: data.world-py, issue 100).
fn slug(title: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '-' || c.is_whitespace();
    let words: String = title.to_lowercase().chars().filter(|c| kept(*c)).collect();
    words.split(|c: char| c == '-' || c.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

fn new(owner: &str, id: &str, wanted: Wanted) -> Result<Dataset, Refusal> {
    // Lengths of an id: the official Singer target.
    if !(3..=95).contains(&id.len()) {
        return Err(Refusal::invalid("The title gives no valid id: it needs 3 to 95 letters or digits."));
    }
    if wanted.title.is_none() || wanted.visibility.is_none() {
        return Err(Refusal::invalid("title and visibility are required"));
    }
    let now = Utc::now();
    let mut dataset = Dataset {
        owner: owner.to_owned(),
        id: id.to_owned(),
        title: String::new(),
        description: String::new(),
        summary: String::new(),
        tags: Vec::new(),
        license: None,
        visibility: String::new(),
        access: Access::Admin,
        contributing: false,
        liked: false,
        project: false,
        files: Vec::new(),
        version: new_id(),
        created: now,
        updated: now,
    };
    wanted.apply(&mut dataset);
    Ok(dataset)
}

impl Wanted {
    fn apply(self, dataset: &mut Dataset) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut dataset.title, self.title);
        set(&mut dataset.visibility, self.visibility);
        set(&mut dataset.description, self.description);
        set(&mut dataset.summary, self.summary);
        set(&mut dataset.tags, self.tags);
        dataset.license = self.license.or_else(|| dataset.license.take());
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
