//! data.world's datasets, and the way of a file into one.

use std::time::Duration;

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::dataset::{Access, Dataset, File, Late, time};
use super::{Refusal, catalog};
use crate::sandbox::fault::Effect;
use crate::text::terminal_text::nfc;

/// A file as a test sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    /// `None` above [`Options::discard_above`](crate::sandbox::Options::discard_above).
    pub content: Option<Vec<u8>>,
    pub updated: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct DataWorld {
    pub(super) datasets: Vec<Dataset>,
    processing: Duration,
    composes_names: bool,
}

/// An upload in progress: counted and hashed, and kept as long as it is small.
#[derive(Debug)]
pub(crate) struct Arriving {
    size: u64,
    hash: Sha256,
    kept: Option<Vec<u8>>,
    most: u64,
}

impl Arriving {
    /// An empty upload, kept up to `most` bytes.
    pub(crate) fn new(most: u64) -> Arriving {
        Arriving { size: 0, hash: Sha256::new(), kept: Some(Vec::new()), most }
    }

    pub(crate) fn whole(bytes: &[u8]) -> Arriving {
        let mut file = Arriving::new(u64::MAX);
        file.take(bytes);
        file
    }

    pub(crate) fn take(&mut self, chunk: &[u8]) {
        self.size += chunk.len() as u64;
        self.hash.update(chunk);
        if self.size > self.most {
            self.kept = None;
        }
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(chunk);
        }
    }
}

impl DataWorld {
    pub(crate) fn new(processing: Duration, composes_names: bool) -> DataWorld {
        DataWorld { datasets: catalog::datasets(), processing, composes_names }
    }

    pub(super) fn find(&self, owner: &str, id: &str) -> Result<&Dataset, Refusal> {
        self.datasets.iter().find(|d| d.owner == owner && d.id == id).ok_or_else(Refusal::not_found)
    }

    pub(super) fn find_mut(&mut self, owner: &str, id: &str) -> Result<&mut Dataset, Refusal> {
        self.datasets.iter_mut().find(|d| d.owner == owner && d.id == id).ok_or_else(Refusal::not_found)
    }

    pub(super) fn writable(&mut self, owner: &str, id: &str) -> Result<&mut Dataset, Refusal> {
        let dataset = self.find_mut(owner, id)?;
        if dataset.access < Access::Write {
            return Err(Refusal::forbidden("You do not have write access to this dataset."));
        }
        Ok(dataset)
    }

    /// Replaces a file by a complete upload, with the effects of a fault.
    pub(super) fn keep(
        &mut self,
        owner: &str,
        id: &str,
        name: &str,
        file: Arriving,
        fault: Option<&Effect>,
    ) -> Result<(), Refusal> {
        let ready = Instant::now() + self.processing;
        let composes = self.composes_names;
        let dataset = self.writable(owner, id)?;
        let composed = composes.then(|| nfc(name));
        insert(dataset, composed.as_deref().unwrap_or(name), file, ready, fault);
        Ok(())
    }

    /// Puts a file, already processed, into a dataset, if that exists.
    pub(crate) fn seed(&mut self, owner: &str, id: &str, name: &str, bytes: &[u8]) {
        if let Ok(dataset) = self.find_mut(owner, id) {
            insert(dataset, name, Arriving::whole(bytes), Instant::now(), None);
        }
    }

    pub(crate) fn stored(&self, owner: &str, id: &str, name: &str) -> Option<StoredFile> {
        let file = self.find(owner, id).ok()?.file(name)?;
        Some(StoredFile {
            size: file.size.unwrap_or_default(),
            sha256: file.sha256.clone(),
            content: file.content.as_ref().map(|bytes| bytes.to_vec()),
            updated: file.updated,
        })
    }
}

/// Replaces a file by an upload, which is processed at `ready`.
pub(super) fn insert(dataset: &mut Dataset, name: &str, arrived: Arriving, ready: Instant, fault: Option<&Effect>) {
    dataset.changed();
    let before = dataset.files.iter().position(|file| file.name == name).map(|index| dataset.files.remove(index));
    let sha256 = arrived.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let late = match fault {
        Some(&Effect::LateEntry { looks, dated }) => {
            let mut entry = before.as_ref().and_then(File::shown);
            if let Some(entry) = entry.as_mut().filter(|_| dated) {
                entry["updated"] = time(dataset.updated).into();
            }
            Some(Late { entry, looks })
        }
        _ => None,
    };
    dataset.files.push(File {
        size: Some(arrived.size),
        sha256,
        content: arrived.kept.map(Bytes::from),
        created: before.as_ref().map_or(dataset.updated, |file| file.created),
        description: before.as_ref().and_then(|file| file.description.clone()),
        labels: before.map(|file| file.labels).unwrap_or_default(),
        ready,
        broken: matches!(fault, Some(Effect::ProcessingError)),
        late,
        ..File::new(name, dataset.updated)
    });
    dataset.files.sort_by(|a, b| a.name.cmp(&b.name));
}
