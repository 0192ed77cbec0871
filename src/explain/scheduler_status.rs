//! Schedulers that start an export.

use super::Explanation;
use crate::schedulers::{Renamed, SchedulerKind, SchedulerStatus};
use crate::text::shell::argument;

/// Advice on how to schedule an export; `None` if a scheduler has it, or while that is unknown. `proposed` is a
/// scheduler of this computer.
pub fn scheduler_status(status: &SchedulerStatus, slug: &str, proposed: Option<SchedulerKind>) -> Option<Explanation> {
    match status {
        SchedulerStatus::Scheduler(_) | SchedulerStatus::Other | SchedulerStatus::Unknown(None) => None,
        SchedulerStatus::Nobody => {
            let command = match proposed {
                Some(target) => install(slug, target),
                None => format!("writeback schedule {} --to SCHEDULER", argument(slug)),
            };
            Some(Explanation::new(
                "No scheduler on this computer has it: it does not run by itself here.",
                format!("Schedule it: {command}"),
            ))
        }
        SchedulerStatus::Outdated(target) => Some(Explanation::new(
            format!("What {} has of it is not what is saved.", target.title()),
            format!("Schedule it anew: {}", install(slug, *target)),
        )),
        SchedulerStatus::Unknown(Some(why)) => {
            Some(Explanation::new(format!("Whether a scheduler on this computer has it is not known. {why}"), ""))
        }
    }
}

/// Exports of the demo cannot be scheduled, because no command finds them.
pub fn scheduler_status_in_demo() -> Explanation {
    Explanation::new(
        "No scheduler gets what only the demo has: it does not run by itself.",
        "Outside the demo, `writeback schedule` gives it to one.",
    )
}

/// A scheduler still starts an export that was removed.
pub fn left_with_scheduler(slug: &str, target: SchedulerKind) -> String {
    let (title, word) = (target.title(), target.word());
    let slug = argument(slug);
    format!("In {title} it stays, and fails, until: writeback schedule {slug} --to {word} --remove")
}

pub fn rescheduled(before: &str, after: &str, renamed: &Renamed) -> String {
    let (title, word) = (renamed.target.title(), renamed.target.word());
    let why = match &renamed.result {
        Ok(()) => return format!("It has the new name in {title} too."),
        Err(Some(error)) => format!("{title} could not be given the new name: {error}"),
        Err(None) => format!("{title} still has it under its old name, and otherwise than it is saved."),
    };
    let anew = install(after, renamed.target);
    format!("{why} Schedule it anew: {anew}, then writeback schedule {} --to {word} --remove", argument(before))
}

fn install(slug: &str, target: SchedulerKind) -> String {
    format!("writeback schedule {} --to {} --install", argument(slug), target.word())
}
