//! The data.world half: the public API under `/v0`, by its OpenAPI description (apidocs.data.world).

use axum::extract::Path;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde_json::Value;

use super::world::Shared;

mod account;
mod catalog;
mod dataset;
mod edit;
mod files;
mod lists;
mod page;
mod query;
mod refusal;
mod request;
mod store;
mod token;
mod upload;

pub(crate) use refusal::Refusal;
pub(crate) use store::DataWorld;
pub use store::StoredFile;

type OneDataset = Path<(String, String)>;
type OneFile = Path<(String, String, String)>;
type Answer = Result<Json<Value>, Refusal>;

pub(crate) fn routes() -> Router<Shared> {
    let dataset = get(lists::dataset).patch(edit::patch).put(edit::put).delete(edit::delete);
    let metadata = get(files::metadata).put(files::put_metadata).patch(files::patch_metadata);
    Router::new()
        .route("/v0/user", get(account::user))
        .route("/v0/users/{account}", get(account::users))
        .route("/v0/user/organizations", get(account::organizations))
        .route("/v0/user/datasets/{relation}", get(lists::datasets))
        .route("/v0/user/projects/{relation}", get(lists::projects))
        .route("/v0/datasets/{owner}", get(lists::of_owner).post(edit::create))
        .route("/v0/datasets/{owner}/{id}", dataset)
        .route("/v0/datasets/{owner}/{id}/files", delete(files::delete_several).post(files::add_by_url))
        .route("/v0/datasets/{owner}/{id}/files/{file}", delete(files::delete_one))
        .route("/v0/datasets/{owner}/{id}/files/{file}/metadata", metadata)
        .route("/v0/datasets/{owner}/{id}/sync", get(files::sync).post(files::sync))
        .route("/v0/uploads/{owner}/{id}/files", post(upload::multipart))
        .route("/v0/uploads/{owner}/{id}/files/{file}", put(upload::put))
        .route("/v0/file_download/{owner}/{id}/{file}", get(files::download))
        .route("/v0/download/{owner}/{id}", get(files::download_all))
        .route("/v0/sql/{owner}/{id}", get(query::by_query).post(query::by_body))
}
