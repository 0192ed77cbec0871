//! The token's user and their organizations.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use super::page::Page;
use super::token::{Reader, With};
use super::{Answer, Refusal};
use crate::sandbox::samples;
use crate::sandbox::world::Shared;

pub(super) async fn user(With(world): Reader) -> Json<Value> {
    Json(account(&world, samples::USER, "Ana Lyst"))
}

pub(super) async fn users(With(world): Reader, Path(id): Path<String>) -> Answer {
    let (_, name) = PEOPLE.iter().find(|(known, _)| *known == id).ok_or_else(Refusal::not_found)?;
    Ok(Json(account(&world, &id, name)))
}

const PEOPLE: [(&str, &str); 4] = [
    (samples::USER, "Ana Lyst"),
    ("jo-steward", "Jo Steward"),
    ("city-open-data", "City Open Data"),
    ("census-mirror", "Census Mirror"),
];

pub(super) async fn organizations(With(world): Reader, page: Page) -> Json<Value> {
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
