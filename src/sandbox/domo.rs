//! The Domo half: `api.domo.com` (tokens, DataSet API), and the instance's own host (the API of Domo's web pages, with
//! a developer token).

use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use uuid::Uuid;

use super::world::Shared;

mod catalog;
mod dataset;
mod export;
mod people;
mod product;
mod public;
mod query;
mod refusal;
mod token;

pub(crate) use refusal::Refusal;

use dataset::DataSet;
use token::{INSTANCE, PUBLIC, Tokens};

type Answer = Result<Json<Value>, Refusal>;

#[derive(Debug)]
pub(crate) struct Domo {
    datasets: Vec<DataSet>,
    pub(crate) tokens: Tokens,
}

impl Domo {
    /// The sample DataSets; `big` adds one of so many rows.
    pub(crate) fn new(big: Option<u64>) -> Domo {
        Domo { datasets: catalog::datasets(big), tokens: Tokens::default() }
    }

    /// Finds a DataSet that exists or once did. A malformed id has a refusal of its own.
    fn known(&self, id: &str) -> Result<&DataSet, Refusal> {
        if id.len() != 36 || Uuid::parse_str(id).is_err() {
            return Err(Refusal::bad_request(format!("Invalid UUID string: {id}")));
        }
        let found = self.datasets.iter().find(|dataset| dataset.id.eq_ignore_ascii_case(id));
        found.ok_or_else(|| Refusal::not_found(&format!("/v1/datasets/{id}")))
    }

    fn existing(&self, id: &str) -> Result<&DataSet, Refusal> {
        let dataset = self.known(id)?;
        if dataset.deleted {
            return Err(Refusal::not_found(&format!("/v1/datasets/{id}")));
        }
        Ok(dataset)
    }

    fn existing_mut(&mut self, id: &str) -> Result<&mut DataSet, Refusal> {
        self.existing(id)?;
        self.find_mut(id).ok_or_else(|| Refusal::not_found(&format!("/v1/datasets/{id}")))
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut DataSet> {
        self.datasets.iter_mut().find(|dataset| dataset.id.eq_ignore_ascii_case(id))
    }
}

fn named_like<'d>(datasets: &'d [DataSet], wanted: &str) -> Vec<&'d DataSet> {
    let wanted = wanted.to_lowercase();
    datasets.iter().filter(|d| !d.deleted && d.name.to_lowercase().contains(&wanted)).collect()
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/oauth/token", get(token::by_query).post(token::by_form))
        .route("/v1/datasets", get(public::list).post(public::create))
        .route("/v1/datasets/{id}", get(public::metadata).put(public::update).delete(public::delete))
        .route("/v1/datasets/{id}/data", get(export::get::<PUBLIC>).put(public::import))
        .route("/v1/datasets/query/execute/{id}", post(query::post::<PUBLIC, false>))
        .route("/api/content/v2/users/me", get(product::me))
        .route("/api/data/v3/datasources", get(product::list))
        .route("/api/data/ui/v3/datasources/search", post(product::search))
        .route("/api/data/v3/datasources/{id}", get(product::metadata))
        .route("/api/data/v3/datasources/{id}/permissions", get(product::permissions))
        .route("/api/data/v2/datasources/{id}/schemas/latest", get(product::schema))
        .route("/api/query/v1/execute/export/{id}", get(export::get::<INSTANCE>).post(query::post::<INSTANCE, false>))
        .route("/api/query/v1/execute/{id}", post(query::post::<INSTANCE, true>))
}
