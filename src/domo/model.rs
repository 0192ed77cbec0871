//! What Domo tells, as plain data.

use chrono::{DateTime, Utc};

use crate::export::DataSetId;
use crate::secret::Secret;

/// What proves to Domo who one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomoCredential {
    /// A client of Domo's API, made in Domo under Admin, Authentication, API Clients.
    Client {
        /// The client id.
        id: String,
        /// The client secret; not the password of a person.
        secret: Secret,
    },
    /// A developer token, made in Domo under Admin, Authentication, Access tokens. It acts as its user.
    DeveloperToken {
        /// `acme` of `acme.domo.com`.
        instance: String,
        /// The token.
        token: Secret,
    },
}

/// Whose credentials they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomoIdentity {
    /// The user's id.
    pub user_id: Option<String>,
    /// The user's name, which client credentials do not tell.
    pub user_name: Option<String>,
    /// The instance (Domo's answer calls it `customer`).
    pub instance: Option<String>,
    /// The role, such as `Admin`.
    pub role: Option<String>,
    /// What the credentials are good for; a client needs `data`. Empty when Domo does not say.
    pub scopes: Vec<String>,
}

impl DomoIdentity {
    /// Tells who sees all rows of every DataSet, unmasked (knowledge base, "Personalized Data Permissions").
    pub(super) fn is_admin(&self) -> bool {
        self.role.as_deref() == Some("Admin")
    }

    /// The user as people know them: by name, else by number, `user 27`; `None` when Domo tells neither.
    pub fn user(&self) -> Option<String> {
        let by_number = || Some(format!("user {}", self.user_id.as_deref()?));
        self.user_name.clone().or_else(by_number)
    }
}

/// A DataSet as Domo describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    /// Its GUID.
    pub id: DataSetId,
    /// Its name.
    pub name: String,
    /// How many rows Domo states.
    pub rows: Option<u64>,
    /// How many columns Domo states.
    pub columns: Option<u64>,
    /// The columns, where Domo tells them along: [`Domo::schema`](super::Domo::schema) asks for them.
    pub schema: Vec<Column>,
    /// The id of the owner: the one that the public API names.
    pub owner_id: Option<String>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// When it was changed last, metadata included.
    pub updated: Option<DateTime<Utc>>,
    /// When its data was changed last, where Domo says so apart.
    pub data_current: Option<DateTime<Utc>>,
    /// PDP policies filter its rows for those who do not own it; a developer token is not told.
    pub pdp_enabled: bool,
    /// The account sees all rows, unmasked, or does not, where Domo says so: only to a developer token.
    pub full_access: Option<bool>,
    /// Its kind, as far as Domo says so.
    pub kind: DataSetKind,
    /// It is archived: nobody can query or export it until somebody presses *Start* on its page (knowledge base,
    /// 360056727214).
    pub is_archived: bool,
}

/// The kind of a DataSet. Only a developer token is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSetKind {
    /// Domo does not say.
    Unsaid,
    /// Its rows are in Domo.
    Stored,
    /// Its rows are asked of a database each time. Domo keeps neither their number nor when they changed (knowledge base,
    /// 360046074774).
    Federated,
    /// Its rows are in the customer's own cloud, which Domo looks at now and then (knowledge base, 4412849158167).
    CloudIntegration,
    /// A View on another DataSet. On a federated one it states for ever the rows of the day it was made (knowledge base,
    /// 360046074774), and which one it is on is not told.
    View,
    /// Several DataSets, joined. It cannot be exported (knowledge base, 360042926134).
    DataFusion,
}

impl DataSetKind {
    /// Tells a kind whose metadata states the number of rows that it has.
    pub fn keeps_row_count(self) -> bool {
        matches!(self, Self::Unsaid | Self::Stored | Self::DataFusion)
    }
}

/// Reasons why rows may be left out for somebody who is no owner, or masked, as far as Domo says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hiding {
    /// Nothing that is known of.
    #[default]
    Nothing,
    /// PDP is enabled.
    Pdp,
    /// The account does not have full access to the rows, or they are masked for it.
    NoFullAccess,
}

impl DataSet {
    /// Without its columns, which a list has no use for.
    pub(super) fn without_schema(self) -> Self {
        Self { schema: Vec::new(), ..self }
    }

    /// The rows that its metadata states, where that is the number that it has.
    pub fn stated_rows(&self) -> Option<u64> {
        self.rows.filter(|_| self.kind.keeps_row_count())
    }

    /// Finds out what may leave rows out for somebody who is no owner.
    pub fn hiding(&self) -> Hiding {
        match (self.full_access, self.pdp_enabled) {
            (Some(true), _) | (None, false) => Hiding::Nothing,
            (_, true) => Hiding::Pdp,
            (Some(false), false) => Hiding::NoFullAccess,
        }
    }

    /// When its data was changed last, or where Domo does not say so, anything of it.
    pub fn data_date(&self) -> Option<DateTime<Utc>> {
        self.data_current.or(self.updated)
    }
}

/// A page of the list of DataSets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetPage {
    /// Those of the page that have an ID.
    pub data_sets: Vec<DataSet>,
    /// Where the next page begins; `None` at the end of the list.
    pub next: Option<usize>,
}

/// A column of a DataSet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `STRING`, `LONG`, `DECIMAL`, `DOUBLE`, `DATE`, `DATETIME`, or one that is new.
    pub kind: String,
}

/// What is known of "The owner of a writeback dataset must also be an owner or co-owner of the input dataset."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Owner or co-owner.
    Proven,
    /// Not shown to be one, but the account sees all rows, unmasked: the person may decide to go on.
    SeesAll,
    /// Neither: the export is refused.
    Denied,
    /// The credentials cannot tell, so the person has to.
    Unknown,
}

impl Ownership {
    /// Tells that no row is kept from the account, or masked for it.
    pub(crate) fn sees_all(self) -> bool {
        matches!(self, Self::Proven | Self::SeesAll)
    }
}

/// The first rows of a DataSet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows of as many fields.
    pub rows: Vec<Vec<String>>,
}
