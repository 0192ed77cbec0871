//! What the schedulers of this computer have of the saved exports.

use std::io;
use std::path::Path;

use chrono::Utc;
use chrono_tz::Tz;

use super::{Installed, SchedulerError, SchedulerKind, Task, install, installed, remove};
use crate::export::schedule::{Punctuality, parse_zone};
use crate::export::{Export, saved};

/// What has been handed to the schedulers of this computer, beside what is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handed {
    /// What they have.
    pub all: Vec<Has>,
    /// Why some could not be asked: sentences.
    pub unasked: Vec<String>,
    /// The one to be proposed for what none of them has.
    pub proposed: Option<SchedulerKind>,
}

/// What a scheduler has of a saved export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Has {
    /// The export's name as `writeback run` takes it.
    pub slug: String,
    /// The scheduler.
    pub target: SchedulerKind,
    /// Whether it is what would be handed over now.
    pub matches: bool,
}

/// Who runs an export when its schedule says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    /// That is not known: nobody has looked yet, or something could not be asked, and why.
    Unknown(Option<String>),
    /// A scheduler of this computer.
    Scheduler(SchedulerKind),
    /// One that has something else of it than what is saved.
    Outdated(SchedulerKind),
    /// None of this computer that Writeback handed it to, but one has begun a run of it here.
    Other,
    /// None, as far as is known here; schedulers elsewhere may have it.
    Nobody,
}

impl Handed {
    /// Finds out what they have. It waits for their tools.
    pub fn look(folder: &Path, home: Option<&Path>) -> Self {
        let (found, errors) = installed();
        let matches = |found: &Installed| {
            let Ok(export) = Export::load(&saved::definition_path(folder, &found.slug)) else { return false };
            // What was written for an unknown clock cannot be compared.
            let clock = clock().unwrap_or(export.schedule.zone);
            task(found.slug.clone(), export, clock, home).is_ok_and(|task| found.matches(&task))
        };
        let all =
            found.into_iter().map(|found| Has { matches: matches(&found), slug: found.slug, target: found.target });
        let unasked = errors.iter().map(|(_, error)| error.to_string()).collect();
        Self { all: all.collect(), unasked, proposed: SchedulerKind::proposed() }
    }

    /// Who runs the export of that name, if its runs come when they are due as `punctuality` says.
    pub fn keeper(&self, slug: &str, punctuality: Option<Punctuality>) -> Keeper {
        let of_export = || self.all.iter().filter(|has| has.slug == slug);
        let has_run = matches!(punctuality, Some(Punctuality::OnTime | Punctuality::Late(_)));
        match (of_export().find(|has| has.matches), of_export().next(), self.unasked.first()) {
            (Some(has), ..) => Keeper::Scheduler(has.target),
            (None, Some(has), _) => Keeper::Outdated(has.target),
            _ if has_run => Keeper::Other,
            (None, None, Some(why)) => Keeper::Unknown(Some(why.clone())),
            (None, None, None) => Keeper::Nobody,
        }
    }
}

/// The result of a renaming in a scheduler.
#[derive(Debug)]
pub struct Renamed {
    /// The scheduler.
    pub target: SchedulerKind,
    /// Success if it has the export under its new name; the error, if it was tried.
    pub result: Result<(), Option<SchedulerError>>,
}

/// Hands an export that was renamed over under its new name to the schedulers of this computer that have it, and takes the
/// old one back. What a scheduler has otherwise than it would be handed over now is left: somebody may have wanted it so.
/// `before` and `after` are the names of its file without `.toml`.
pub fn rename(folder: &Path, home: Option<&Path>, before: &str, after: &str) -> Vec<Renamed> {
    if before == after {
        return Vec::new();
    }
    let Ok(export) = Export::load(&saved::definition_path(folder, after)) else { return Vec::new() };
    let clock = clock().unwrap_or(export.schedule.zone);
    let of = |slug: &str| task(slug.to_owned(), export.clone(), clock, home);
    let (Ok(old), Ok(new)) = (of(before), of(after)) else { return Vec::new() };
    let result = |found: &Installed| match found.matches(&old) {
        true => Some(install(&new, found.target).and_then(|_| remove(before, found.target)).map(drop).map_err(Some)),
        false => found.is_of(home).then_some(Err(None)),
    };
    let has_it = installed().0.into_iter().filter(|found| found.slug == before);
    has_it.filter_map(|found| Some(Renamed { target: found.target, result: result(&found)? })).collect()
}

/// A saved export as it would be handed over now.
///
/// # Errors
/// When this program, or the folder it was started in, cannot be found.
pub fn task(slug: String, export: Export, clock: Tz, home: Option<&Path>) -> io::Result<Task> {
    let home = home.map(std::path::absolute).transpose()?;
    Ok(Task { slug, export, program: std::env::current_exe()?, home, clock, begins: Utc::now() })
}

/// The zone of this computer's clock, where it can be found.
pub fn clock() -> Option<Tz> {
    iana_time_zone::get_timezone().ok().and_then(|zone| parse_zone(&zone).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(slug: &str, target: SchedulerKind, matches: bool) -> Has {
        Has { slug: slug.to_owned(), target, matches }
    }

    #[test]
    fn the_scheduler_that_has_what_is_saved_runs_it() {
        let all = vec![has("sales", SchedulerKind::Cron, false), has("sales", SchedulerKind::Systemd, true)];
        let handed = Handed { all, unasked: vec!["No.".to_owned()], proposed: None };
        assert_eq!(handed.keeper("sales", None), Keeper::Scheduler(SchedulerKind::Systemd));
        let all = vec![has("sales", SchedulerKind::Cron, false)];
        let handed = Handed { all, ..handed };
        assert_eq!(handed.keeper("sales", Some(Punctuality::OnTime)), Keeper::Outdated(SchedulerKind::Cron));
        assert_eq!(
            handed.keeper("sales-2", None),
            Keeper::Unknown(Some("No.".to_owned())),
            "it may be in what is not known"
        );
    }

    #[test]
    fn what_a_scheduler_ran_has_one_even_if_nobody_knows_which() {
        let handed = Handed::default();
        let late = Punctuality::Late(Utc::now());
        assert_eq!(
            [Punctuality::OnTime, late].map(|it| handed.keeper("sales", Some(it))),
            [Keeper::Other, Keeper::Other]
        );
        let none = [None, Some(Punctuality::NotYet)];
        assert_eq!(none.map(|it| handed.keeper("sales", it)), [Keeper::Nobody, Keeper::Nobody]);
    }
}
