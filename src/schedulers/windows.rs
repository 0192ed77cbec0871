//! The Windows Task Scheduler, by `schtasks`.

use std::io::Write as _;

use super::tool::{Tool, said};
use super::{SchedulerError, console, exchange};
use crate::schedulers::handoff::{self, HandoffError, MARK, SchedulerKind, Task};

const SCHTASKS: Tool = Tool { name: "schtasks", scheduler: SchedulerKind::Windows };

/// The mark and the stamp that a task of Writeback bears. They are in ASCII: schtasks prints what it has in a code page
/// that need not have the letters of a name, and then writes `?` for them.
fn marks(xml: &str) -> impl Iterator<Item = &str> {
    let texts = xml.split("<Documentation>").skip(1).filter_map(|rest| rest.split("</Documentation>").next());
    texts.filter(|text| text.starts_with(MARK))
}

pub(super) fn stored(task: &Task) -> Result<String, HandoffError> {
    let xml: String = handoff::write(task, SchedulerKind::Windows)?.into_iter().map(|document| document.text).collect();
    Ok(marks(&xml).next().unwrap_or_default().to_owned())
}

pub(super) fn install(task: &Task) -> Result<Vec<String>, SchedulerError> {
    let xml: String = handoff::write(task, SchedulerKind::Windows)?.into_iter().map(|document| document.text).collect();
    let name = name(&task.slug);
    let hand_over = || {
        create(&name, &xml)?;
        let kept = console::text(&SCHTASKS.ask(&["/Query", "/TN", &name, "/XML"], None)?.stdout);
        let triggers = |xml: &str| xml.matches("<CalendarTrigger").count();
        if triggers(&kept) == triggers(&xml) {
            return Ok(());
        }
        Err(SchedulerError::Misunderstood {
            scheduler: SchedulerKind::Windows.title(),
            found: format!("the task {name} has {} of {} triggers", triggers(&kept), triggers(&xml)),
            advice: "Look at it in the Task Scheduler.",
        })
    };
    let give_back = |before: &Option<String>| match before {
        before if existing(&name)? == *before => Ok(()),
        // What is printed instead of a letter would be run.
        Some(xml) if action(xml).contains('?') => {
            let what = "schtasks does not print all letters of what it runs; schedule it again as it was";
            Err(SCHTASKS.refused(&["/Query", "/TN", &name, "/XML"], what))
        }
        Some(xml) => create(&name, xml),
        None => remove(&task.slug).map(drop),
    };
    exchange(SchedulerKind::Windows, &existing(&name)?, hand_over, give_back)?;
    Ok(vec![format!("The task {name} is there. It runs while you are logged in.")])
}

/// Makes a task, in place of one of that name.
fn create(name: &str, xml: &str) -> Result<(), SchedulerError> {
    let path = std::env::temp_dir();
    let failed = |source| SchedulerError::File { path: path.clone(), source };
    let mut file = tempfile::NamedTempFile::with_suffix(".xml").map_err(failed)?;
    // schtasks reads UTF-16, which the mark at its beginning tells.
    file.write_all(&crate::system::files::in_utf16(xml)).map_err(failed)?;
    // While it is open, others cannot read it there.
    let file = file.into_temp_path();
    SCHTASKS.call(&["/Create", "/TN", name, "/XML", &file.display().to_string(), "/F"], None).map(drop)
}

/// What a task runs: the program and its arguments.
fn action(xml: &str) -> &str {
    xml.split_once("<Actions").and_then(|(_, rest)| rest.split("</Actions>").next()).unwrap_or_default()
}

pub(super) fn remove(slug: &str) -> Result<bool, SchedulerError> {
    let name = name(slug);
    let found = existing(&name)?.is_some();
    if found {
        SCHTASKS.call(&["/Delete", "/TN", &name, "/F"], None)?;
    }
    Ok(found)
}

fn name(slug: &str) -> String {
    format!("\\Writeback\\{slug}")
}

/// A task, as schtasks prints it.
///
/// # Errors
/// When there is one, and Writeback has not written it.
fn existing(name: &str) -> Result<Option<String>, SchedulerError> {
    let output = SCHTASKS.ask(&["/Query", "/TN", name, "/XML"], None)?;
    let xml = console::text(&output.stdout);
    let is_ours = marks(&xml).next().is_some();
    match (output.status.success(), is_ours) {
        (false, _) => Ok(None),
        (true, true) => Ok(Some(xml)),
        (true, false) => Err(SchedulerError::Foreign(format!("The task {name}"))),
    }
}

pub(super) fn installed() -> Result<Vec<(String, String)>, SchedulerError> {
    let query = ["/Query", "/XML"];
    let output = SCHTASKS.ask(&query, None)?;
    let xml = console::text(&output.stdout);
    // It may fail over a task of somebody else's, and has said by then what there is of Writeback's.
    if !output.status.success() && !output.stderr.is_empty() && marks(&xml).next().is_none() {
        return Err(SCHTASKS.refused(&query, &said(&output)));
    }
    let found = marks(&xml).filter_map(|mark| Some((handoff::parse_mark(mark)?, mark.to_owned())));
    Ok(found.collect())
}
