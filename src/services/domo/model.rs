//! Domo's objects as plain data.

use chrono::{DateTime, Utc};

use crate::export::DataSetId;
use crate::text::secret::Secret;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomoCredential {
    /// A client of Domo's API, made in Domo under Admin, Authentication, API Clients.
    Client { id: String, secret: Secret },
    /// A developer token, made in Domo under Admin, Authentication, Access tokens. It acts as its user.
    DeveloperToken {
        /// `acme` of `acme.domo.com`.
        instance: String,
        token: Secret,
    },
}

impl DomoCredential {
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::Client { .. } => None,
            Self::DeveloperToken { instance, .. } => Some(instance),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomoIdentity {
    pub user_id: Option<String>,
    pub user_name: Option<String>,
    /// Domo's answer calls it `customer`.
    pub instance: Option<String>,
    pub role: Option<String>,
    /// A client needs `data`. Empty when Domo does not say.
    pub scopes: Vec<String>,
}

impl DomoIdentity {
    /// An admin sees all rows of every DataSet, unmasked (knowledge base, "Personalized Data Permissions").
    pub(super) fn is_admin(&self) -> bool {
        self.role.as_deref() == Some("Admin")
    }

    /// The user's name, or else number, as in `user 27`.
    pub fn user(&self) -> Option<String> {
        let by_number = || Some(format!("user {}", self.user_id.as_deref()?));
        self.user_name.clone().or_else(by_number)
    }

    /// As in `Ana Lyst, role Privileged, instance acme`; without what Domo does not say.
    pub fn words(&self) -> String {
        let role = self.role.as_ref().map(|role| format!("role {role}"));
        let instance = self.instance.as_ref().map(|instance| format!("instance {instance}"));
        [self.user(), role, instance].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    pub id: DataSetId,
    pub name: String,
    pub rows: Option<u64>,
    pub columns: Option<u64>,
    /// Often empty: `Domo::schema` asks for the columns.
    pub schema: Vec<Column>,
    pub owner_id: Option<String>,
    pub owner_name: Option<String>,
    pub updated: Option<DateTime<Utc>>,
    /// Date of the data's last change, if Domo states it separately.
    pub data_current: Option<DateTime<Utc>>,
    /// PDP policies filter its rows for accounts that do not own it; a developer token is not told.
    pub pdp_enabled: bool,
    /// The account sees all rows, unmasked. Only a developer token is told.
    pub full_access: Option<bool>,
    pub kind: DataSetKind,
    /// An archived DataSet can be neither queried nor exported until somebody presses *Start* on its page (knowledge
    /// base, 360056727214).
    pub is_archived: bool,
}

/// Only a developer token is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSetKind {
    Unsaid,
    Stored,
    /// Its rows are queried from a database each time. Domo knows neither their number nor their changes (knowledge
    /// base, 360046074774).
    Federated,
    /// Its rows are in the customer's own cloud, which Domo polls now and then (knowledge base, 4412849158167).
    CloudIntegration,
    /// A View on another DataSet. On a federated one it states the rows of its first day for ever (knowledge base,
    /// 360046074774), and its source is not told.
    View,
    /// Several joined DataSets. It cannot be exported (knowledge base, 360042926134).
    DataFusion,
}

impl DataSetKind {
    /// The metadata of this kind states the true number of rows.
    pub fn keeps_row_count(self) -> bool {
        matches!(self, Self::Unsaid | Self::Stored | Self::DataFusion)
    }
}

/// Reasons why rows may be left out or masked for an account that is no owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hiding {
    #[default]
    Nothing,
    Pdp,
    /// The account lacks full access to the rows, or they are masked for it.
    NoFullAccess,
}

impl DataSet {
    /// Drops the columns, which a list does not need.
    pub(super) fn without_schema(self) -> Self {
        Self { schema: Vec::new(), ..self }
    }

    pub fn stated_rows(&self) -> Option<u64> {
        self.rows.filter(|_| self.kind.keeps_row_count())
    }

    pub fn hiding(&self) -> Hiding {
        match (self.full_access, self.pdp_enabled) {
            (Some(true), _) | (None, false) => Hiding::Nothing,
            (_, true) => Hiding::Pdp,
            (Some(false), false) => Hiding::NoFullAccess,
        }
    }

    /// Date of the data's last change or, if Domo does not state that, of any change.
    pub fn data_date(&self) -> Option<DateTime<Utc>> {
        self.data_current.or(self.updated)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetPage {
    /// Records without an ID are left out.
    pub data_sets: Vec<DataSet>,
    /// Offset of the next page; `None` at the end of the list.
    pub next: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// `STRING`, `LONG`, `DECIMAL`, `DOUBLE`, `DATE`, `DATETIME`, or a new type.
    pub kind: String,
}

impl Column {
    pub const NUMBER: &'static str = "number";

    /// The type in everyday words; one that is new is called as Domo calls it.
    pub fn kind_words(&self) -> &str {
        match self.kind.as_str() {
            "STRING" => "text",
            "LONG" | "DECIMAL" | "DOUBLE" => Self::NUMBER,
            "DATE" => "date",
            "DATETIME" => "date, time",
            other => other,
        }
    }
}

/// Result of the connector's rule "The owner of a writeback dataset must also be an owner or co-owner of the input
/// dataset."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    Proven,
    /// Not known to be an owner, but sees all rows, unmasked: the person may decide to go on.
    SeesAll,
    Denied,
    /// The credentials cannot tell, so the person decides.
    Unknown,
}

impl Ownership {
    pub(crate) fn sees_all(self) -> bool {
        matches!(self, Self::Proven | Self::SeesAll)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    pub columns: Vec<String>,
    /// Each row has as many fields as there are columns.
    pub rows: Vec<Vec<String>>,
}
