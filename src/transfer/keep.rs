//! *Keep last N*: deletes older files of an export once a newer one is proven.

use tokio_util::sync::CancellationToken;

use super::ask::{Target, is_as_written};
use super::job::unless_cancelled;
use super::{Job, LeftOut, RunNote};
use crate::history::WrittenFile;
use crate::services::dataworld::File;
use crate::text::terminal_text::is_same_composed;

/// Names the files that exceed the limit once `newest` is there. Only files that this export wrote and that are
/// unchanged count: they have the size and date recorded then. Without a recorded date, a file may be somebody else's
/// of the same size.
pub(super) fn surplus(job: &Job, newest: &str, files: &[File]) -> Vec<String> {
    let Some(keep) = job.export.output.keep else { return Vec::new() };
    let as_written = |name: &str| {
        let written =
            job.past.written.iter().find(|written| is_same_composed(&written.file, name) && written.updated.is_some());
        written.is_some_and(|WrittenFile { file, bytes, updated }| {
            files.iter().any(|there| there.name == name && is_as_written(there, file, *bytes, *updated))
        })
    };
    let output = &job.export.output;
    let present = files.iter().map(|file| file.name.as_str());
    let found = keep.too_many(&output.file, output.append, newest, present, as_written);
    found.into_iter().map(str::to_owned).collect()
}

/// Deletes the files that exceed the limit after a proven run. A failure is only a note, and the next run tries again.
/// After `cancel` no further file is deleted.
pub(super) async fn delete_surplus(
    job: &Job,
    target: &Target,
    cancel: &CancellationToken,
) -> (Vec<String>, Option<RunNote>) {
    if job.export.output.keep.is_none() || job.past.written.is_empty() {
        return (Vec::new(), None);
    }
    let left = |under_way| Some(RunNote::LeftOut(LeftOut::Deletion { under_way }));
    // Since the run began, somebody else may have changed a file.
    let files = match unless_cancelled(cancel, job.dataworld.dataset(&target.key)).await {
        Some(Ok(dataset)) => dataset.files.unwrap_or_default(),
        Some(Err(error)) => return (Vec::new(), Some(RunNote::NotDeleted { file: None, error })),
        None => return (Vec::new(), left(None)),
    };
    let mut deleted = Vec::new();
    for name in surplus(job, &target.name, &files) {
        if cancel.is_cancelled() {
            return (deleted, left(None));
        }
        match unless_cancelled(cancel, job.dataworld.delete_file(&target.key, &name)).await {
            Some(Ok(())) => deleted.push(name),
            Some(Err(error)) if error.status() == Some(404) => deleted.push(name),
            Some(Err(error)) => return (deleted, Some(RunNote::NotDeleted { file: Some(name), error })),
            None => return (deleted, left(Some(name))),
        }
    }
    (deleted, None)
}
