//! The Domo half: `api.domo.com` (tokens, DataSet API) and the instance's own host (what Domo's web pages call, with a developer token).

use axum::Router;
use axum::routing::{get, post};

use super::world::Shared;

mod catalog;
mod dataset;
mod export;
mod people;
mod public;
mod query;
mod refusal;
mod token;

pub(crate) use refusal::Refusal;

use dataset::DataSet;
use token::Tokens;

/// What Domo knows.
#[derive(Debug)]
pub(crate) struct Domo {
    datasets: Vec<DataSet>,
    pub(crate) tokens: Tokens,
}

impl Domo {
    /// The sample DataSets; with `big`, one more of that many rows.
    pub(crate) fn new(big: Option<u64>) -> Domo {
        Domo {
            datasets: catalog::datasets(big),
            tokens: Tokens::default(),
        }
    }

    pub(crate) fn find(&self, id: &str) -> Option<&DataSet> {
        self.datasets
            .iter()
            .find(|dataset| dataset.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut DataSet> {
        self.datasets
            .iter_mut()
            .find(|dataset| dataset.id.eq_ignore_ascii_case(id))
    }
}

/// Every path of Domo's.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/oauth/token", get(token::by_query).post(token::by_form))
        .route("/v1/datasets", get(public::list).post(public::create))
        .route(
            "/v1/datasets/{id}",
            get(public::metadata)
                .put(public::update)
                .delete(public::delete),
        )
        .route(
            "/v1/datasets/{id}/data",
            get(public::export).put(public::import),
        )
        .route("/v1/datasets/query/execute/{id}", post(public::query))
}
