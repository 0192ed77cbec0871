//! Pages of a list: `limit`, `next` and `fields` of the query, and the answer's `count`, `records` and `nextPageToken`.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;

/// Keys that every record has, whatever `fields` names: the required ones of `DatasetSummaryResponse`.
const REQUIRED: [&str; 10] =
    ["accessLevel", "created", "id", "isProject", "owner", "status", "title", "updated", "version", "visibility"];

#[derive(Debug)]
pub(crate) struct Page {
    /// 1 to 100; 10 by default.
    limit: usize,
    offset: usize,
    /// The fields of a record besides the required ones.
    fields: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct PageQuery {
    limit: Option<String>,
    next: Option<String>,
    fields: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Page, Refusal> {
        let Query(asked) =
            Query::<PageQuery>::try_from_uri(&parts.uri).map_err(|e| Refusal::bad_request(e.to_string()))?;
        let limit = asked.limit.as_deref().unwrap_or("10").parse().ok().filter(|limit| (1..=100).contains(limit));
        let fields = asked.fields.filter(|fields| !fields.is_empty());
        Ok(Page {
            limit: limit.ok_or_else(|| Refusal::bad_request("limit must be between 1 and 100"))?,
            offset: asked.next.as_deref().map_or(Ok(0), offset)?,
            fields: fields.map(|fields| fields.split(',').map(|field| field.trim().to_owned()).collect()),
        })
    }
}

impl Page {
    /// The page without `fields`, for a list that does not know it.
    pub(crate) fn whole(self) -> Page {
        Page { fields: None, ..self }
    }

    pub(crate) fn answer(&self, records: impl IntoIterator<Item = Value>) -> Value {
        let mut records: Vec<Value> = records.into_iter().skip(self.offset).collect();
        let more = records.len() > self.limit;
        records.truncate(self.limit);
        let records: Vec<Value> = records.into_iter().map(|record| self.only_fields(record)).collect();
        let mut page = json!({"count": records.len(), "records": records});
        if more {
            page["nextPageToken"] = token(self.offset + self.limit).into();
        }
        page
    }

    fn only_fields(&self, mut record: Value) -> Value {
        if let (Some(fields), Some(object)) = (&self.fields, record.as_object_mut()) {
            object.retain(|name, _| REQUIRED.contains(&name.as_str()) || fields.contains(name));
        }
        record
    }
}

/// A token of eight characters, so that its base64 ends in `=` as real ones do: a client has to encode it.
fn token(offset: usize) -> String {
    STANDARD.encode(format!("at{offset:06}"))
}

fn offset(token: &str) -> Result<usize, Refusal> {
    let decoded = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .and_then(|text| text.strip_prefix("at")?.parse().ok())
        .ok_or_else(|| Refusal::bad_request("Invalid page token"))
}
