//! The bodies of requests, typed by data.world's description: a key may be left out, but a present one has the right
//! type. `null` is not a text.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Refusal;

/// The JSON of a request's body.
#[derive(Debug)]
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = Json::from_request(request, state).await;
        body.map(|Json(body)| Self(body)).map_err(|rejection| Refusal::bad_request(rejection.body_text()))
    }
}

/// The query of a request's address.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = Query::try_from_uri(&parts.uri);
        query.map(|Query(asked)| Self(asked)).map_err(|rejection| Refusal::bad_request(rejection.body_text()))
    }
}

/// A key that may be missing, but not `null`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(from = "T")]
pub(super) struct Given<T>(pub(super) Option<T>);

impl<T> From<T> for Given<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Given<T> {
    fn is_missing(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(None)
    }
}

pub(super) const LICENSES: [&str; 34] = [
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DatasetBody {
    pub(super) title: Given<String>,
    pub(super) visibility: Given<String>,
    pub(super) description: Given<String>,
    pub(super) summary: Given<String>,
    pub(super) tags: Given<Vec<String>>,
    pub(super) license: Given<String>,
    /// Only for a new dataset.
    pub(super) files: Vec<NewFile>,
    properties: BTreeMap<String, Value>,
    // Checked for their type, and ignored.
    #[serde(rename = "autoSyncInterval")]
    _auto_sync_interval: Given<Interval>,
    #[serde(rename = "assetStatusIri")]
    _asset_status_iri: Given<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Interval {
    Never,
    Hourly,
    Daily,
    Weekly,
}

impl DatasetBody {
    /// Applies the limits of `DatasetCreateRequest`.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let longer = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.chars().count() > most);
        if self.title.0.as_ref().is_some_and(|title| title.trim().is_empty()) || longer(&self.title.0, 60) {
            return Err(Refusal::invalid("title has 1 to 60 characters"));
        }
        if longer(&self.description.0, 120) || longer(&self.summary.0, 25_000) {
            return Err(Refusal::invalid("description has at most 120 characters, summary at most 25000"));
        }
        if self.visibility.0.as_ref().is_some_and(|v| v != "OPEN" && v != "PRIVATE") {
            return Err(Refusal::invalid("visibility is OPEN or PRIVATE"));
        }
        if self.license.0.as_ref().is_some_and(|license| !LICENSES.contains(&license.as_str())) {
            return Err(Refusal::invalid("license is none of those that there are"));
        }
        self.files.iter().try_for_each(NewFile::check)
    }

    /// The same for a whole dataset, whose properties are texts.
    pub(super) fn check_whole(&self) -> Result<(), Refusal> {
        if self.title.0.is_none() || self.visibility.0.is_none() {
            return Err(Refusal::invalid("title and visibility are required"));
        }
        if self.files.iter().any(|file| file.source.0.is_none()) {
            return Err(Refusal::invalid("source is required"));
        }
        let is_text = |value: &Value| match value {
            Value::Array(values) => values.iter().all(Value::is_string),
            value => value.is_string(),
        };
        if !self.properties.values().all(is_text) {
            return Err(Refusal::invalid("properties are texts or lists of texts"));
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct NewFile {
    pub(super) name: String,
    #[serde(default)]
    pub(super) source: Given<Source>,
    #[serde(default)]
    pub(super) description: Given<String>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Source {
    #[serde(skip_serializing_if = "Given::is_missing")]
    url: Given<String>,
    #[serde(skip_serializing_if = "Given::is_missing")]
    method: Given<Method>,
    expand_archive: bool,
    #[serde(skip_serializing_if = "Given::is_missing")]
    request_entity: Given<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    request_headers: BTreeMap<String, String>,
    /// Databases, queries and credentials, of which the sandbox has none.
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    Get,
    Post,
}

/// Sources that the sandbox does not know.
const NO_ADDRESS: [&str; 10] = [
    "authorization",
    "credentials",
    "dataTables",
    "databaseMetadataSpec",
    "databaseSource",
    "dwccSpec",
    "oauthToken",
    "tableSpec",
    "useDwCredentials",
    "viewRequest",
];

impl NewFile {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        check_name(&self.name)?;
        self.description.0.as_deref().map_or(Ok(()), check_description)?;
        if self.description.0.as_ref().is_some_and(String::is_empty) {
            return Err(Refusal::invalid("A description has at least one character."));
        }
        let Some(source) = &self.source.0 else { return Ok(()) };
        if source.others.keys().any(|key| NO_ADDRESS.contains(&key.as_str())) {
            return Err(Refusal::invalid("The sandbox takes open addresses only as sources."));
        }
        let is_address =
            |url: &str| url.starts_with("http") && url.parse::<Uri>().is_ok_and(|uri| uri.scheme().is_some());
        if source.url.0.as_deref().is_some_and(|url| !is_address(url)) {
            return Err(Refusal::invalid("url is no address"));
        }
        if source.request_entity.0.as_ref().is_some_and(|entity| entity.chars().count() > 10_000) {
            return Err(Refusal::invalid("requestEntity has at most 10000 characters"));
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Sources {
    #[serde(default)]
    pub(super) files: Vec<NewFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Described {
    pub(super) description: Given<String>,
    pub(super) labels: Given<Vec<String>>,
}

impl Described {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.description.0.as_deref().map_or(Ok(()), check_description)?;
        let labels = self.labels.0.as_deref().unwrap_or_default();
        if labels.iter().enumerate().any(|(at, label)| labels[..at].contains(label)) {
            return Err(Refusal::invalid("labels must be unique"));
        }
        Ok(())
    }
}

/// At most 120 characters.
fn check_description(text: &str) -> Result<(), Refusal> {
    match text.chars().count() {
        0..=120 => Ok(()),
        _ => Err(Refusal::invalid("A description has at most 120 characters.")),
    }
}

/// 1 to 128 characters and no `/`: the path parameter of the OpenAPI description.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.contains('/') || name.chars().count() > 128 {
        return Err(Refusal::invalid("File names have 1 to 128 characters and no slash."));
    }
    Ok(())
}
