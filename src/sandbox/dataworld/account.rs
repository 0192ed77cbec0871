//! The token's user and their organizations.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::Refusal;
use super::page::Page;
use super::token::Reader;
use crate::sandbox::samples;
use crate::sandbox::world::Shared;

pub(crate) async fn user(_: Reader, State(world): State<Shared>) -> Json<Value> {
    Json(account(&world, samples::USER, "Ana Lyst"))
}

pub(crate) async fn users(
    _: Reader,
    State(world): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let (_, name) = PEOPLE.iter().find(|(known, _)| *known == id).ok_or_else(Refusal::not_found)?;
    Ok(Json(account(&world, &id, name)))
}

const PEOPLE: [(&str, &str); 4] = [
    (samples::USER, "Ana Lyst"),
    ("jo-steward", "Jo Steward"),
    ("city-open-data", "City Open Data"),
    ("census-mirror", "Census Mirror"),
];

pub(crate) async fn organizations(_: Reader, State(world): State<Shared>, page: Page) -> Json<Value> {
    let organizations = [(samples::ORGANIZATION, "Acme Analytics"), (samples::FINANCE, "Acme Finance")];
    Json(page.answer(organizations.map(|(id, name)| {
        let mut organization = account(&world, id, name);
        organization["type"] = "DEFAULT".into();
        organization
    })))
}

fn account(world: &Shared, id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "displayName": name,
        "avatarUrl": format!("{}/avatars/{id}.png", world.url),
        "baseUrl": world.url,
        "created": "2016-06-13T22:38:29.412Z",
        "updated": "2026-10-02T08:15:00.000Z",
    })
}
