//! After the upload: does data.world have the file, whole, and can it use it?

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::ask::Target;
use super::report::Reporter;
use super::upload::Sending;
use super::{Failure, FileNow, Job, Note, Phase, Unproven};
use crate::dataworld::{DataWorld, File};

const FIRST_LOOK: Duration = Duration::from_millis(200);
const SLOWEST_LOOK: Duration = Duration::from_secs(5);
/// How long a file's entry may look as it did before the upload. An upload of the same bytes may not change it.
const SAME_ENTRY: Duration = Duration::from_secs(10);
/// How often a file may show another size, or that its processing failed, before that is believed.
const WRONG_LOOKS: u32 = 3;

/// Waits until data.world shows the file with the size that was sent and has processed it. What is worth knowing
/// besides is returned: data.world may take longer than anyone waits.
pub(super) async fn prove(job: &Job, target: &Target, sent: u64, reporter: &Reporter) -> Result<Option<Note>, Failure> {
    reporter.begin(Phase::Processing);
    let start = Instant::now();
    let mut look = FIRST_LOOK;
    let mut wrong_looks = 0;
    loop {
        let dataset = job.dataworld.dataset(&target.key).await?;
        reporter.note(None);
        let status = dataset.status.as_deref().unwrap_or("LOADED");
        let file = dataset.files.unwrap_or_default().into_iter().find(|file| file.name == target.name);
        let shown = file.as_ref().filter(|file| is_new(file, target, start)).and_then(|file| file.size);
        let over = start.elapsed() >= job.limits.processing;
        match (status, shown) {
            // One look may still show how the processing before this one ended.
            ("SYSTEMERROR", Some(_)) => {
                wrong_looks += 1;
                if wrong_looks >= WRONG_LOOKS || over {
                    return Err(Failure::Unproven(Unproven::Processing(status.to_owned())));
                }
            }
            ("NEW" | "INPROGRESS", _) if !over => {}
            (_, Some(shown)) if shown == sent => {
                reporter.done(Phase::Processing, start);
                reporter.done(Phase::Verify, Instant::now());
                let unchanged = file.is_some_and(|file| !has_changed(&file, target));
                return Ok(match status {
                    "NEW" | "INPROGRESS" => Some(Note::StillProcessing),
                    _ if unchanged => Some(Note::OldDate),
                    _ => None,
                });
            }
            (_, Some(shown)) => {
                wrong_looks += 1;
                if wrong_looks >= WRONG_LOOKS || over {
                    return Err(Failure::Unproven(Unproven::Size { sent, shown }));
                }
            }
            (_, None) if over => return Err(Failure::Unproven(Unproven::NotShown)),
            (_, None) => {}
        }
        tokio::time::sleep(look).await;
        look = (look * 3 / 2).min(SLOWEST_LOOK);
    }
}

/// Whether an entry can be that of the file just sent, and not still that of the one before.
fn is_new(file: &File, target: &Target, since: Instant) -> bool {
    has_changed(file, target) || since.elapsed() >= SAME_ENTRY
}

/// Whether an entry differs from that of the file before.
fn has_changed(file: &File, target: &Target) -> bool {
    target.existing.as_ref().is_none_or(|old| (file.updated, file.size) != (old.updated, old.size))
}

/// What is on data.world after a run that ended without its file.
pub(super) async fn file_now(dataworld: &DataWorld, target: &Target, sending: &Sending) -> FileNow {
    if !sending.begun.load(Ordering::Relaxed) {
        return FileNow::NothingSent { exists: target.existing.is_some() };
    }
    let Ok(dataset) = dataworld.dataset(&target.key).await else { return FileNow::Unknown };
    let file = dataset.files.unwrap_or_default().into_iter().find(|file| file.name == target.name);
    let same = match (&target.existing, &file) {
        (None, None) => true,
        (Some(old), Some(new)) => (old.size, old.updated) == (new.size, new.updated),
        _ => false,
    };
    match file {
        _ if same && sending.whole.load(Ordering::Relaxed) => FileNow::Late,
        None if same => FileNow::StillNone,
        Some(file) if same => FileNow::Untouched { size: file.size },
        file => FileNow::Changed { size: file.and_then(|file| file.size) },
    }
}
