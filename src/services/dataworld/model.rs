//! data.world's objects as plain data.

use chrono::{DateTime, Utc};

use crate::export::DatasetKey;
use crate::text::terminal_text::is_same_composed;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user name, which is also the owner part of their datasets.
    pub id: String,
    pub display_name: Option<String>,
    pub base_url: Option<String>,
    /// A claim of the token's payload: `Some(false)` when it may not write. A hint, never a verdict, since the payload
    /// is undocumented.
    pub token_may_write: Option<bool>,
}

/// The user's access to a dataset (data.world API, `accessLevel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Sees at most that it exists.
    None,
    Read,
    Write,
    Admin,
    Unknown,
}

impl Access {
    /// An upload may succeed; unknown access may turn out well.
    pub fn may_write(self) -> bool {
        matches!(self, Self::Write | Self::Admin | Self::Unknown)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::None => "you may not read it",
            Self::Read => "you may read, and not write",
            Self::Write | Self::Admin => "you may write here",
            Self::Unknown => "it is not known whether you may write here",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    Open,
    Private,
}

impl Visibility {
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open to everyone who can see the owner's page",
            Self::Private => "private",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    pub key: DatasetKey,
    pub title: String,
    pub access: Access,
    pub visibility: Option<Visibility>,
    pub is_project: bool,
    pub updated: Option<DateTime<Utc>>,
    /// `NEW`, `INPROGRESS`, `LOADED`, `SYSTEMERROR`, or a new status.
    pub status: Option<String>,
    /// All its files; `None` if a list leaves them out, or data.world does not list them all.
    pub files: Option<Vec<File>>,
}

/// The list that contains a dataset: the first, if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    Own,
    Contributing,
    Organization,
    Liked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub dataset: Dataset,
    pub shelf: Shelf,
    pub liked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Files of an archive have slashes in their name.
    pub name: String,
    /// Bytes; `None` while data.world processes the file.
    pub size: Option<u64>,
    pub created: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    pub updated_by: Option<String>,
    /// For files that data.world fetches itself: the result of the last fetch, such as `OK` or `SYSTEMERROR`.
    pub sync_status: Option<String>,
}

impl File {
    /// Compares names regardless of Unicode composition, which data.world may change.
    pub fn is_called(&self, name: &str) -> bool {
        is_same_composed(&self.name, name)
    }

    /// The sync status for people. A new status is shown as it comes.
    pub fn sync(&self) -> Option<&str> {
        Some(match self.sync_status.as_deref()? {
            "OK" | "LOADED" => "synced",
            "INPROGRESS" => "syncing",
            "NEW" => "not synced yet",
            "SYSTEMERROR" => "sync failed",
            other => other,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDataset {
    pub owner: String,
    /// 1 to 60 characters; data.world derives the id from it.
    pub title: String,
    pub visibility: Visibility,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The owner part of its datasets.
    pub id: String,
    pub display_name: String,
}
