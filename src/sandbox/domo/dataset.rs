//! A DataSet: what Domo knows of it, and the JSON in which each of its two hosts says so.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::people::Person;
use crate::sandbox::rows::Family;

/// What a DataSet is.
#[derive(Debug, Clone)]
pub(crate) struct DataSet {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) owner: Person,
    /// Who else it is shared with.
    pub(crate) shared: Vec<Share>,
    pub(crate) columns: Vec<Column>,
    /// How many rows there are.
    pub(crate) rows: u64,
    /// How many rows Domo says there are.
    pub(crate) stated: u64,
    pub(crate) content: Content,
    /// Under Personalized Data Permissions, who is not an owner sees the rows of this region only (an index into `REGIONS`).
    pub(crate) pdp_region: Option<usize>,
    pub(crate) deleted: bool,
    /// Whether its metadata may be read.
    pub(crate) metadata: bool,
    /// Whether its timestamps have milliseconds: real ones come both ways.
    pub(crate) millis: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// An entry of the permissions list.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) with: Person,
    /// `CO_OWNER`, `CAN_EDIT`, `CAN_SHARE` or `CAN_VIEW`.
    pub(crate) level: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// STRING, DECIMAL, LONG, DOUBLE, DATE or DATETIME.
    pub(crate) kind: String,
}

/// Where the rows come from.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Made when they are asked for; the seed tells DataSets of one family apart.
    Generated { family: Family, seed: u64 },
    /// CSV without a header, as it was imported.
    Stored(Vec<u8>),
}

impl DataSet {
    /// Whether `person` is its owner or a co-owner.
    pub(crate) fn is_owned_by(&self, person: Person) -> bool {
        self.owner == person || self.shared.iter().any(|share| share.with == person && share.level == "CO_OWNER")
    }

    /// The region to which PDP limits what `person` sees. Owners see everything (knowledge base, "Personalized Data Permissions").
    pub(crate) fn limited_to(&self, person: Person) -> Option<usize> {
        self.pdp_region.filter(|_| !self.is_owned_by(person))
    }

    /// An entry of `GET /v1/datasets`.
    pub(crate) fn listed(&self) -> Value {
        let mut entry = json!({
            "id": self.id,
            "name": self.name,
            "rows": self.stated,
            "columns": self.columns.len(),
            "owner": {"id": self.owner.id, "name": self.owner.name},
            "createdAt": self.time(self.created),
            "updatedAt": self.time(self.updated),
            "dataCurrentAt": self.time(self.updated),
            "pdpEnabled": self.pdp_region.is_some(),
        });
        if let Some(description) = &self.description {
            entry["description"] = description.as_str().into();
        }
        entry
    }

    /// The answer to `GET /v1/datasets/{id}`. Of a deleted DataSet only part is left, with status 200.
    pub(crate) fn full(&self) -> Value {
        if self.deleted {
            return json!({"id": self.id, "name": self.name, "createdAt": self.time(self.created), "deleted": true});
        }
        let mut full = self.listed();
        let columns: Vec<Value> = self.columns.iter().map(|c| json!({"type": c.kind, "name": c.name})).collect();
        full["schema"] = json!({"columns": columns});
        full["policies"] = match self.pdp_region {
            None => json!([]),
            Some(_) => {
                json!([{"id": 17, "type": "open", "name": "All Rows", "filters": [], "users": [self.owner.id], "virtualUsers": [], "groups": []}])
            }
        };
        full
    }

    fn time(&self, time: DateTime<Utc>) -> String {
        let precision = if self.millis { SecondsFormat::Millis } else { SecondsFormat::Secs };
        time.to_rfc3339_opts(precision, true)
    }
}
