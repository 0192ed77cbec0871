//! A dataset, its files, and their JSON (`DatasetSummaryResponse`, `FileSummaryResponse`, `FileMetadataResponse` and
//! `ProjectSummaryResponse` of the OpenAPI description).

use axum::body::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use strum::IntoStaticStr;
use tokio::time::Instant;

use crate::sandbox::samples;
use crate::sandbox::world::new_id;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub(crate) enum Access {
    Read,
    Write,
    Admin,
}

#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) owner: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) summary: String,
    pub(crate) tags: Vec<String>,
    pub(crate) license: Option<String>,
    pub(crate) visibility: String,
    pub(crate) access: Access,
    /// Set if the user is a contributor without being the owner.
    pub(crate) contributing: bool,
    pub(crate) liked: bool,
    /// Set for a project's own dataset.
    pub(crate) project: bool,
    pub(crate) files: Vec<File>,
    pub(crate) version: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    /// `None` for a file whose size data.world never learned.
    pub(crate) size: Option<u64>,
    pub(crate) sha256: String,
    /// `None` if it was too large to keep.
    pub(crate) content: Option<Bytes>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) description: Option<String>,
    pub(crate) labels: Vec<String>,
    /// Set for files that data.world fetches by itself.
    pub(crate) source: Option<Value>,
    pub(crate) ready: Instant,
    pub(crate) broken: bool,
    /// Hides the file behind an outdated entry for a while.
    pub(crate) late: Option<Late>,
}

/// An outdated entry of `files`, shown instead of the file's own.
#[derive(Debug, Clone)]
pub(crate) struct Late {
    /// `None` if there was no file.
    pub(crate) entry: Option<Value>,
    /// The number of times that it is still shown.
    pub(crate) looks: u32,
}

impl File {
    pub(super) fn new(name: &str, now: DateTime<Utc>) -> Self {
        Self {
            name: name.to_owned(),
            size: None,
            sha256: String::new(),
            content: None,
            created: now,
            updated: now,
            description: None,
            labels: Vec::new(),
            source: None,
            ready: Instant::now(),
            broken: false,
            late: None,
        }
    }

    fn is_ready(&self) -> bool {
        self.ready <= Instant::now()
    }

    /// The entry of `files` that is shown now.
    pub(super) fn shown(&self) -> Option<Value> {
        match &self.late {
            Some(late) => late.entry.clone(),
            None => Some(self.summary()),
        }
    }

    /// An entry of `files`. It has no size while the file is processed.
    fn summary(&self) -> Value {
        let mut summary = self.metadata();
        if let Some(source) = &self.source {
            summary["source"] = source.clone();
        }
        summary
    }

    pub(crate) fn metadata(&self) -> Value {
        let mut metadata = json!({
            "name": self.name,
            "created": time(self.created),
            "updated": time(self.updated),
            "createdBy": samples::USER,
            "updatedBy": samples::USER,
            "labels": self.labels,
        });
        if let Some(size) = self.size.filter(|_| self.is_ready()) {
            metadata["sizeInBytes"] = size.into();
        }
        if let Some(description) = &self.description {
            metadata["description"] = description.as_str().into();
        }
        metadata
    }
}

impl Dataset {
    pub(super) fn new(owner: &str, id: &str, title: &str, access: Access, now: DateTime<Utc>) -> Self {
        Self {
            owner: owner.to_owned(),
            id: id.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            summary: String::new(),
            tags: Vec::new(),
            license: None,
            visibility: "PRIVATE".to_owned(),
            access,
            contributing: false,
            liked: false,
            project: false,
            files: Vec::new(),
            version: new_id(),
            created: now,
            updated: now,
        }
    }

    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    pub(crate) fn file_mut(&mut self, name: &str) -> Option<&mut File> {
        self.files.iter_mut().find(|file| file.name == name)
    }

    pub(crate) fn changed(&mut self) {
        self.version = new_id();
        self.updated = Utc::now();
    }

    pub(crate) fn looked_at(&mut self) {
        for file in &mut self.files {
            if let Some(late) = &mut file.late
                && late.looks != u32::MAX
            {
                late.looks -= 1;
            }
            file.late.take_if(|late| late.looks == 0);
        }
    }

    fn status(&self) -> &'static str {
        if self.files.iter().any(|file| !file.is_ready()) {
            "INPROGRESS"
        } else if self.files.iter().any(|file| file.broken) {
            "SYSTEMERROR"
        } else if self.files.is_empty() {
            "NEW"
        } else {
            "LOADED"
        }
    }

    pub(crate) fn record(&self) -> Value {
        let tables = self.files.iter().filter(|file| file.name.ends_with(".csv")).count();
        let mut record = json!({
            "owner": self.owner,
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "summary": self.summary,
            "tags": self.tags,
            "visibility": self.visibility,
            "files": self.files.iter().filter_map(File::shown).collect::<Vec<_>>(),
            "status": self.status(),
            "accessLevel": <&str>::from(self.access),
            "isProject": self.project,
            "version": self.version,
            "created": time(self.created),
            "updated": time(self.updated),
            "properties": {},
            "datasetStatistics": {"fileCount": self.files.len(), "tableCount": tables, "columnCount": tables * 8},
        });
        if let Some(license) = &self.license {
            record["license"] = license.as_str().into();
        }
        record
    }

    /// The record of a project, which has an objective instead of a description.
    pub(crate) fn project_record(&self) -> Value {
        let mut record = self.record();
        if let Some(fields) = record.as_object_mut() {
            let description = fields.remove("description").unwrap_or_default();
            fields.insert("objective".to_owned(), description);
            fields.remove("isProject");
            fields.insert("linkedDatasets".to_owned(), json!([]));
        }
        record
    }
}

pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
