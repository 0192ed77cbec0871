//! The bodies of requests, typed by data.world's description: a key may be left out, but a present one has the right
//! type. `null` is not a text.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::Uri;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Refusal;

pub(super) type Body<T> = Result<Json<T>, JsonRejection>;

pub(super) fn read<T>(body: Body<T>) -> Result<T, Refusal> {
    body.map(|Json(body)| body).map_err(|rejection| Refusal::bad_request(rejection.body_text()))
}

/// Reads a present key; a missing one is `None` by `serde(default)`.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
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

#[derive(Debug, Deserialize)]
pub(crate) struct DatasetBody {
    #[serde(default, deserialize_with = "given")]
    pub(super) title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) visibility: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) summary: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) license: Option<String>,
    /// Only for a new dataset.
    #[serde(default)]
    pub(super) files: Vec<NewFile>,
    #[serde(default)]
    properties: BTreeMap<String, Value>,
    // Checked for their type, and ignored.
    #[serde(default, rename = "autoSyncInterval", deserialize_with = "given")]
    _auto_sync_interval: Option<Interval>,
    #[serde(default, rename = "assetStatusIri", deserialize_with = "given")]
    _asset_status_iri: Option<String>,
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
        if self.title.as_ref().is_some_and(|title| title.trim().is_empty()) || longer(&self.title, 60) {
            return Err(Refusal::invalid("title has 1 to 60 characters"));
        }
        if longer(&self.description, 120) || longer(&self.summary, 25_000) {
            return Err(Refusal::invalid("description has at most 120 characters, summary at most 25000"));
        }
        if self.visibility.as_ref().is_some_and(|v| v != "OPEN" && v != "PRIVATE") {
            return Err(Refusal::invalid("visibility is OPEN or PRIVATE"));
        }
        if self.license.as_ref().is_some_and(|license| !LICENSES.contains(&license.as_str())) {
            return Err(Refusal::invalid("license is none of those that there are"));
        }
        self.files.iter().try_for_each(NewFile::check)
    }

    /// The same for a whole dataset, whose properties are texts.
    pub(super) fn check_whole(&self) -> Result<(), Refusal> {
        if self.title.is_none() || self.visibility.is_none() {
            return Err(Refusal::invalid("title and visibility are required"));
        }
        if self.files.iter().any(|file| file.source.is_none()) {
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
pub(crate) struct NewFile {
    pub(super) name: String,
    #[serde(default, deserialize_with = "given")]
    pub(super) source: Option<Source>,
    #[serde(default, deserialize_with = "given")]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    method: Option<Method>,
    #[serde(default)]
    expand_archive: bool,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    request_entity: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
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
        self.description.as_deref().map_or(Ok(()), check_description)?;
        if self.description.as_ref().is_some_and(String::is_empty) {
            return Err(Refusal::invalid("A description has at least one character."));
        }
        let Some(source) = &self.source else { return Ok(()) };
        if source.others.keys().any(|key| NO_ADDRESS.contains(&key.as_str())) {
            return Err(Refusal::invalid("The sandbox takes open addresses only as sources."));
        }
        let is_address =
            |url: &str| url.starts_with("http") && url.parse::<Uri>().is_ok_and(|uri| uri.scheme().is_some());
        if source.url.as_deref().is_some_and(|url| !is_address(url)) {
            return Err(Refusal::invalid("url is no address"));
        }
        if source.request_entity.as_ref().is_some_and(|entity| entity.chars().count() > 10_000) {
            return Err(Refusal::invalid("requestEntity has at most 10000 characters"));
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sources {
    #[serde(default)]
    pub(super) files: Vec<NewFile>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Described {
    #[serde(default, deserialize_with = "given")]
    pub(super) description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) labels: Option<Vec<String>>,
}

impl Described {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.description.as_deref().map_or(Ok(()), check_description)?;
        let labels = self.labels.as_deref().unwrap_or_default();
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
