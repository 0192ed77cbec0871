//! What data.world tells, as plain data.

use chrono::{DateTime, Utc};

use crate::export::DatasetKey;
use crate::printable::is_same_name;

/// A user of data.world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user name, which is also the owner part of their datasets.
    pub id: String,
    /// The name that people see.
    pub display_name: Option<String>,
    /// The address of the user's site, for links.
    pub base_url: Option<String>,
    /// What the token's own payload says: `Some(false)` when it may not write. A hint, never a verdict: nothing
    /// documents the payload.
    pub token_may_write: Option<bool>,
}

/// What the user may do with a dataset (data.world API, `accessLevel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// See that it exists, at most.
    None,
    /// Read its files.
    Read,
    /// Write files.
    Write,
    /// Everything.
    Admin,
    /// Not told.
    Unknown,
}

impl Access {
    /// Whether an upload can succeed. An access that was not told may turn out well.
    pub fn may_write(self) -> bool {
        matches!(self, Self::Write | Self::Admin | Self::Unknown)
    }
}

/// Who sees a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everyone who may see the owner's site.
    Open,
    /// Those it is shared with.
    Private,
}

/// A data.world dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// `owner/id`.
    pub key: DatasetKey,
    /// Its title.
    pub title: String,
    /// What the user may do.
    pub access: Access,
    /// Who sees it, when told.
    pub visibility: Option<Visibility>,
    /// Whether it is a project's own dataset.
    pub is_project: bool,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// `NEW`, `INPROGRESS`, `LOADED`, `SYSTEMERROR`, or one that is new; `None` when not told.
    pub status: Option<String>,
    /// All its files; `None` where a list leaves them out, or data.world does not tell them all.
    pub files: Option<Vec<File>>,
}

/// Why a dataset is in the person's lists: the first reason that data.world gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The person owns it.
    Own,
    /// They contribute to it.
    Contributing,
    /// An organization of theirs owns it.
    Organization,
    /// They only like it.
    Liked,
}

/// A dataset, or a project's, from one of the person's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The dataset.
    pub dataset: Dataset,
    /// Why it is there.
    pub shelf: Shelf,
    /// Whether the person likes it.
    pub liked: bool,
}

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name. Files out of an archive have slashes in it.
    pub name: String,
    /// Bytes; `None` while data.world processes it.
    pub size: Option<u64>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// For files that data.world fetches itself: how the last fetch went, such as `OK` or `SYSTEMERROR`.
    pub sync_status: Option<String>,
}

impl File {
    /// Tells whether `name` means this file: data.world may give its letters otherwise composed.
    pub fn is_called(&self, name: &str) -> bool {
        is_same_name(&self.name, name)
    }

    /// How the last fetch went of a file that data.world fetches itself, for people. A state that is new is said as it
    /// comes.
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

/// A dataset to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDataset {
    /// The user or organization that will own it.
    pub owner: String,
    /// Its title, 1 to 60 characters; data.world makes the id from it.
    pub title: String,
    /// Who will see it.
    pub visibility: Visibility,
}

/// An organization that the user belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id, which is the owner part of its datasets.
    pub id: String,
    /// The name that people see.
    pub display_name: String,
}
