//! A DataSet, and its JSON on each of Domo's two hosts.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Refusal;
use super::people::Person;
use crate::sandbox::intercept::InForce;
use crate::sandbox::rows::Family;

#[derive(Debug, Clone)]
pub(crate) struct DataSet {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) owner: Person,
    pub(crate) shared: Vec<Share>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: u64,
    /// The number of rows that Domo states; negative or missing if it keeps none.
    pub(crate) stated: Option<i64>,
    pub(crate) kind: Kind,
    pub(crate) is_archived: bool,
    /// Cells are escaped against formulas whatever an export asks for.
    pub(crate) always_escapes: bool,
    pub(crate) content: Content,
    /// Personalized Data Permissions limit everybody but the owners to the rows of this region (an index into
    /// `REGIONS`).
    pub(crate) pdp_region: Option<usize>,
    pub(crate) deleted: bool,
    pub(crate) metadata: bool,
    /// Set if its timestamps have milliseconds: real ones come both ways.
    pub(crate) millis: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stored,
    /// Its rows are queried from a database each time.
    Federated,
    View,
    /// Its rows are in the customer's own cloud.
    Cloud,
    Fusion,
    /// Its rows can be exported but not queried.
    Unqueried,
}

impl Kind {
    /// The instance's undocumented word for it in `type`, `displayType` and `dataProviderType`.
    fn word(self) -> &'static str {
        match self {
            Kind::Stored | Kind::Unqueried => "api",
            Kind::Federated => "federated",
            Kind::View => "dataset-view",
            Kind::Cloud => "snowflake",
            Kind::Fusion => "datafusion",
        }
    }

    /// Id, name and engine of its cloud.
    fn cloud(self) -> [&'static str; 3] {
        match self {
            Kind::Cloud => ["5f0c6d1e-snowflake", "Warehouse of Acme", "snowflake"],
            _ => ["domo", "Domo", "domo"],
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) with: Person,
    /// `CO_OWNER`, `CAN_EDIT`, `CAN_SHARE` or `CAN_VIEW`.
    pub(crate) level: &'static str,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// STRING, DECIMAL, LONG, DOUBLE, DATE or DATETIME.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Made on request; the seed distinguishes DataSets of one family.
    Generated { family: Family, seed: u64 },
    /// CSV without a header, as it was imported.
    Stored(Vec<u8>),
}

impl DataSet {
    pub(super) fn new(id: String, name: String, owner: Person, content: Content, now: DateTime<Utc>) -> DataSet {
        DataSet {
            id,
            name,
            description: None,
            owner,
            shared: Vec::new(),
            columns: Vec::new(),
            rows: 0,
            stated: Some(0),
            kind: Kind::Stored,
            is_archived: false,
            always_escapes: false,
            content,
            pdp_region: None,
            deleted: false,
            metadata: true,
            millis: false,
            created: now,
            updated: now,
        }
    }

    /// Applies a fault's row count.
    pub(super) fn misstated(&self, fault: &InForce) -> DataSet {
        let stated = self.stated.map(|stated| match fault.more_rows() {
            0 => stated,
            more => stated.saturating_add(more).max(0),
        });
        DataSet { stated, ..self.clone() }
    }

    /// Includes co-owners.
    pub(crate) fn is_owned_by(&self, person: Person) -> bool {
        self.owner == person || self.shared.iter().any(|share| share.with == person && share.level == "CO_OWNER")
    }

    /// Tells if `person` sees all rows despite PDP, as owners and Admins do (knowledge base, "Personalized Data
    /// Permissions").
    pub(crate) fn is_open_to(&self, person: Person) -> bool {
        self.is_owned_by(person) || person.is_admin()
    }

    /// The region to which PDP limits the rows for `person`.
    pub(crate) fn limited_to(&self, person: Person) -> Option<usize> {
        self.pdp_region.filter(|_| !self.is_open_to(person))
    }

    /// Refuses a DataSet whose rows Domo can neither export nor query.
    pub(crate) fn has_rows_at_hand(&self) -> Result<(), Refusal> {
        // Domo's answer is not documented.
        if self.is_archived {
            return Err(Refusal::not_found(&format!("/v1/datasets/{}/data", self.id)));
        }
        match self.kind {
            Kind::Fusion => Err(Refusal::bad_request("Unsupported operation")),
            _ => Ok(()),
        }
    }

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

    /// The answer to `GET /v1/datasets/{id}`. For a deleted DataSet it is shortened, with status 200.
    pub(crate) fn full(&self) -> Value {
        if self.deleted {
            return json!({"id": self.id, "name": self.name, "createdAt": self.time(self.created), "deleted": true});
        }
        let mut full = self.listed();
        full["schema"] = json!({"columns": self.columns});
        full["policies"] = match self.pdp_region {
            None => json!([]),
            Some(_) => {
                json!([{"id": 17, "type": "open", "name": "All Rows", "filters": [], "users": [self.owner.id], "virtualUsers": [], "groups": []}])
            }
        };
        full
    }

    /// The requested parts of the instance's answer, as `person` sees them (developer portal, "Product APIs", "Get
    /// metadata"). Only the fields of rows, columns, `permissions` and `cryoStatus` are known to belong to a part.
    pub(crate) fn parts(&self, person: Person, wanted: &str) -> Value {
        let wanted = |part: &str| wanted.split(',').any(|wanted| wanted == part);
        let mut answer = if wanted("core") { self.core() } else { json!({"id": self.id}) };
        if wanted("permission") {
            let all = self.is_open_to(person);
            answer["permissions"] = if all { "READ_WRITE_DELETE_SHARE_ADMIN" } else { "READ_SHARE" }.into();
        }
        if wanted("status") {
            answer["status"] = "SUCCESS".into();
            answer["state"] = "SUCCESS".into();
        }
        if wanted("pdp") {
            answer["currentUserFullAccess"] = self.is_open_to(person).into();
            answer["masked"] = false.into();
        }
        if wanted("rowcolcount") {
            answer["rowCount"] = self.stated.into();
            answer["columnCount"] = self.columns.len().into();
        }
        if wanted("cryo") {
            answer["cryoStatus"] = if self.is_archived { "ARCHIVED" } else { "ADRENALINE" }.into();
        }
        answer
    }

    /// The part `core`; times are milliseconds since 1970.
    fn core(&self) -> Value {
        let kind = self.kind.word();
        let [cloud, cloud_name, engine] = self.kind.cloud();
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "displayType": kind,
            "dataProviderType": kind,
            "type": kind,
            "cloudId": cloud,
            "cloudName": cloud_name,
            "cloudEngine": engine,
            "owner": {"id": self.owner.id.to_string(), "name": self.owner.name, "type": "USER", "group": false},
            "created": self.created.timestamp_millis(),
            "lastTouched": self.updated.timestamp_millis(),
            "lastUpdated": self.updated.timestamp_millis(),
        })
    }

    fn time(&self, time: DateTime<Utc>) -> String {
        let precision = if self.millis { SecondsFormat::Millis } else { SecondsFormat::Secs };
        time.to_rfc3339_opts(precision, true)
    }
}
