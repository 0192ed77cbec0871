//! *Keep last N*: older files of an export are deleted once a newer one is proven.

use super::ask::Target;
use super::{Job, Note};
use crate::dataworld::File;

/// The names of the files that are too many once `newest` is there. Only those are among them that this export itself
/// wrote and that nobody has changed since: they have the size that it gave them.
pub(super) fn too_many(job: &Job, newest: &str, files: &[File]) -> Vec<String> {
    let Some(keep) = job.export.output.keep else { return Vec::new() };
    let as_written = |name: &str| {
        let written = job.past.written.iter().find(|written| written.file == name);
        let file = files.iter().find(|file| file.name == name);
        written.is_some_and(|written| file.is_some_and(|file| file.size == Some(written.bytes)))
    };
    let output = &job.export.output;
    let present = files.iter().map(|file| file.name.as_str());
    let found = keep.too_many(&output.file, output.append, newest, present, as_written);
    found.into_iter().map(str::to_owned).collect()
}

/// Deletes what is too many after a proven run, and says what is gone. The file has arrived: that another one could not
/// be deleted is worth a note, and the next run tries again.
pub(super) async fn delete(job: &Job, target: &Target) -> (Vec<String>, Option<Note>) {
    if job.export.output.keep.is_none() || job.past.written.is_empty() {
        return (Vec::new(), None);
    }
    // What was there when the run began may have been changed by somebody else since.
    let files = match job.dataworld.dataset(&target.key).await {
        Ok(dataset) => dataset.files.unwrap_or_default(),
        Err(error) => return (Vec::new(), Some(Note::NotDeleted { file: None, error })),
    };
    let mut deleted = Vec::new();
    for name in too_many(job, &target.name, &files) {
        match job.dataworld.delete_file(&target.key, &name).await {
            // Somebody else was quicker.
            Err(error) if error.status() != Some(404) => {
                return (deleted, Some(Note::NotDeleted { file: Some(name), error }));
            }
            _ => deleted.push(name),
        }
    }
    (deleted, None)
}
