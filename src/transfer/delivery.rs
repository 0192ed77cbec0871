//! Checks data.world right before sending: which file it is, and whether it may be replaced.

use tokio::sync::SetOnce;

use super::ask::{self, Target};
use super::export::Sent;
use super::job::KnownTarget;
use super::report::Reporter;
use super::upload::Uploaded;
use super::{Failure, Job, Pause, Refusal};
use crate::export::{Append, Checks};
use crate::history::Phase;
use crate::services::dataworld::File;

/// An export of less than half the existing file's size is refused, unless that is allowed.
const MAX_SHRINK_FACTOR: u64 = 2;

#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Without the header.
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) job: &'a Job,
    pub(super) planned: &'a Target,
    pub(super) reporter: &'a Reporter,
    pub(super) known: &'a KnownTarget,
}

impl Delivery<'_> {
    pub(super) fn target(&self) -> Target {
        self.known.target().unwrap_or_else(|| self.planned.clone())
    }

    /// Claims the file to write. If somebody else has written it since the run began, it counts as one to replace, or a
    /// numbered export takes the next number. `size` is known once the export is proven.
    ///
    /// # Errors
    /// When data.world cannot be asked, or an export of that size must not replace the file.
    pub(super) async fn claim(&self, size: Option<Size>) -> Result<Target, Failure> {
        let target = self.target();
        let dataset = self.job.dataworld.dataset(&target.key).await?;
        self.reporter.set_note(None);
        let files = dataset.files.ok_or(Refusal::NoFileList)?;
        let Some(there) = files.iter().find(|file| self.is_foreign(file, &target, size)) else {
            return Ok(target);
        };
        if self.is_numbered() {
            return self.next_number(&target, &files).await;
        }
        if let Some(size) = size {
            check_size(&self.job.export.checks, size, there.size)?;
        }
        let has_appeared = target.existing.is_none();
        let was_broken = dataset.status.as_deref() == Some("SYSTEMERROR");
        let target = Target { existing: Some(there.clone()), was_broken, ..target };
        self.known.update(target.clone(), self.reporter);
        if has_appeared {
            self.reporter.set_note(Some(Pause::Appeared(target.name.clone())));
        }
        Ok(target)
    }

    pub(super) async fn has_appeared(&self, target: &Target, size: Size) -> Result<bool, Failure> {
        let files = self.job.dataworld.dataset(&target.key).await?.files.ok_or(Refusal::NoFileList)?;
        self.reporter.set_note(None);
        Ok(files.iter().any(|file| self.is_foreign(file, target, Some(size))))
    }

    /// Sends a proven export again under the next number, since the file `target` has somebody else's bytes.
    pub(super) async fn resend(&self, target: &Target, sent: &Sent) -> Result<Uploaded, Failure> {
        let files = self.job.dataworld.dataset(&target.key).await?.files.ok_or(Refusal::NoFileList)?;
        for phase in [Phase::Upload, Phase::Processing, Phase::Proof] {
            self.reporter.reset(phase);
        }
        self.next_number(target, &files).await?;
        self.upload(&sent.spool, &SetOnce::new_with(Some(sent.size))).await
    }

    async fn next_number(&self, target: &Target, files: &[File]) -> Result<Target, Failure> {
        let (name, number) = ask::choose_name(self.job, files).await?;
        let next = Target { name, number, existing: None, ..target.clone() };
        self.known.set(next.clone(), self.reporter);
        self.reporter.set_note(Some(Pause::NameTaken { name: target.name.clone(), next: next.name.clone() }));
        Ok(next)
    }

    /// A numbered file replaces none.
    pub(super) fn is_numbered(&self) -> bool {
        self.job.export.output.append == Append::Number
    }

    /// The file has the name, and this run cannot have sent it.
    fn is_foreign(&self, file: &File, target: &Target, size: Option<Size>) -> bool {
        file.is_called(&target.name) && !self.known.sending.may_be_ours(file.size, size.map_or(0, |size| size.bytes))
    }
}

pub(super) fn check_size(checks: &Checks, new: Size, old: Option<u64>) -> Result<(), Refusal> {
    let Size { rows, bytes: new } = new;
    // A file that data.world is processing has no size yet, but may have rows.
    let Some(old) = old else {
        return if rows == 0 && !checks.allow_empty { Err(Refusal::WouldEmpty { old, new }) } else { Ok(()) };
    };
    // A file no larger than the export's header may still have rows, under a shorter header. Only one of exactly that
    // size, left by an export without rows, has nothing to lose.
    if rows == 0 && old > 0 && old != new && !checks.allow_empty {
        return Err(Refusal::WouldEmpty { old: Some(old), new });
    }
    if rows > 0 && new < old.div_ceil(MAX_SHRINK_FACTOR) && !checks.allow_shrink {
        return Err(Refusal::WouldShrink { old, new });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_not_replaced_by_an_empty_or_much_smaller_one() {
        let none = Checks::default();
        let (empty, shrink) = (Checks { allow_empty: true, ..none }, Checks { allow_shrink: true, ..none });
        let refused = |checks: &Checks, rows, bytes, old| check_size(checks, Size { rows, bytes }, old).is_err();
        // New rows and bytes, old bytes, and which of the two settings lets the case through.
        let cases = [
            (1, 50, Some(100), true, true),
            (1, 49, Some(100), false, true),
            (1, 50, Some(101), false, true),
            (1, 51, Some(101), true, true),
            (1, 0, Some(0), true, true),
            (1, 1, None, true, true),
            (0, 10, Some(0), true, true),
            (0, 10, Some(10), true, true),
            (0, 10, Some(9), true, false),
            (0, 10, Some(11), true, false),
            (0, 10, Some(500), true, false),
            (0, 10, None, true, false),
        ];
        for (rows, bytes, old, with_empty, with_shrink) in cases {
            let case = format!("{rows} rows of {bytes} bytes over {old:?}");
            assert_eq!(!refused(&empty, rows, bytes, old), with_empty, "{case}");
            assert_eq!(!refused(&shrink, rows, bytes, old), with_shrink, "{case}");
            assert_eq!(!refused(&none, rows, bytes, old), with_empty && with_shrink, "{case}");
        }
    }
}
