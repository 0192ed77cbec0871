//! systemd's user timers: units in this person's own folder.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::tool::{Before, Tool, delete, files_like, read, user, write};
use super::{SchedulerError, exchange};
use crate::schedulers::handoff::{self, Document, HandoffError, MARK, SchedulerKind, Task, unit_name};

const SYSTEMCTL: Tool = Tool { name: "systemctl", scheduler: SchedulerKind::Systemd };
const LOGINCTL: Tool = Tool { name: "loginctl", scheduler: SchedulerKind::Systemd };

/// Where systemd looks for the units of this person (systemd.unit(5)).
fn folder() -> Result<PathBuf, SchedulerError> {
    let folders = directories::BaseDirs::new().ok_or(SchedulerError::NoHome)?;
    Ok(folders.config_dir().join("systemd").join("user"))
}

fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The timer and the service, one after the other.
pub(super) fn stored(task: &Task) -> Result<String, HandoffError> {
    Ok(handoff::write(task, SchedulerKind::Systemd)?.into_iter().map(|document| document.text).collect())
}

pub(super) fn install(task: &Task) -> Result<Vec<String>, SchedulerError> {
    let documents = handoff::write(task, SchedulerKind::Systemd)?;
    if !SYSTEMCTL.is_there() {
        return Err(SYSTEMCTL.missing());
    }
    let folder = folder()?;
    let paths: Vec<PathBuf> = documents.iter().map(|document| folder.join(&document.name)).collect();
    let timer = format!("{}.timer", unit_name(&task.slug));
    let reload = || SYSTEMCTL.call(&["--user", "daemon-reload"], None);
    // A running timer picks up new times only on restart.
    let restart = || SYSTEMCTL.call(&["--user", "restart", &timer], None);
    // Before that, systemd knows only what it had.
    let is_known = Cell::new(false);
    let hand_over = || {
        paths.iter().zip(&documents).try_for_each(|(path, document)| write(path, &document.text))?;
        reload()?;
        is_known.set(true);
        SYSTEMCTL.call(&["--user", "enable", &timer], None)?;
        restart()?;
        check_understood(&timer, &documents)
    };
    let give_back = |before: &Before| {
        if !before.was_there() {
            // Before its file is deleted: systemd needs it to disable the timer.
            let _ = SYSTEMCTL.call(&["--user", "disable", "--now", &timer], None);
        }
        before.put_back()?;
        if is_known.get() {
            reload()?;
        }
        if is_known.get() && before.was_there() { restart().map(drop) } else { Ok(()) }
    };
    exchange(SchedulerKind::Systemd, &Before::read(&paths, is_ours)?, hand_over, give_back)?;
    let mut said = vec![format!("{timer} is in {} and runs.", folder.display())];
    let linger = LOGINCTL.call(&["show-user", &user(), "--property=Linger", "--value"], None);
    if linger.is_ok_and(|answer| answer.trim() == "no") {
        said.push("It runs while you are logged in; after `loginctl enable-linger`, always.".to_owned());
    }
    Ok(said)
}

/// Looks whether systemd has all times of a timer. It leaves out a line that it cannot read, such as one with a zone that
/// this computer's files do not have, and starts the timer without it.
fn check_understood(timer: &str, documents: &[Document]) -> Result<(), SchedulerError> {
    let shown = SYSTEMCTL.call(&["--user", "show", timer, "--property=TimersCalendar"], None)?;
    let zones = |lines: &mut dyn Iterator<Item = &str>| {
        let mut zones: Vec<String> =
            lines.filter_map(|line| Some(line.split_whitespace().last()?.to_owned())).collect();
        zones.sort_unstable();
        zones
    };
    let written = documents.iter().flat_map(|document| document.text.lines());
    let written = zones(&mut written.filter_map(|line| line.strip_prefix("OnCalendar=")));
    // TimersCalendar={ OnCalendar=*-*-* 06:30:00 UTC ; next_elapse=… }
    let understood = shown.split("OnCalendar=").skip(1).filter_map(|rest| rest.split(';').next());
    let understood = zones(&mut understood.map(str::trim));
    // A version that does not say what it has is believed.
    if shown.trim().is_empty() || understood == written {
        return Ok(());
    }
    let missing: Vec<&str> = written.iter().filter(|zone| !understood.contains(zone)).map(String::as_str).collect();
    let found = match missing.first() {
        Some(zone) => format!("it knows no time in {zone}"),
        None => format!("it has {} of {} times", understood.len(), written.len()),
    };
    Err(SchedulerError::Misunderstood {
        scheduler: SchedulerKind::Systemd.title(),
        found,
        advice: "If a zone is missing, install this computer's time zones (the package tzdata), or choose another zone.",
    })
}

pub(super) fn remove(slug: &str) -> Result<bool, SchedulerError> {
    let paths = paths(&folder()?, slug);
    let mut found = false;
    for path in &paths {
        match read(path)? {
            Some(text) if !is_ours(&text) => return Err(SchedulerError::Foreign(path.display().to_string())),
            text => found |= text.is_some(),
        }
    }
    if found {
        SYSTEMCTL.call(&["--user", "disable", "--now", &format!("{}.timer", unit_name(slug))], None)?;
        paths.iter().try_for_each(|path| delete(path))?;
        SYSTEMCTL.call(&["--user", "daemon-reload"], None)?;
    }
    Ok(found)
}

fn paths(folder: &Path, slug: &str) -> [PathBuf; 2] {
    ["timer", "service"].map(|kind| folder.join(format!("{}.{kind}", unit_name(slug))))
}

pub(super) fn installed() -> Result<Vec<(String, String)>, SchedulerError> {
    let folder = folder()?;
    let mut found = Vec::new();
    for (_, timer) in files_like(&folder, "writeback-", ".timer")? {
        let Some(slug) = handoff::parse_mark(&timer) else { continue };
        let [_, service] = paths(&folder, &slug);
        let service = read(&service)?.unwrap_or_default();
        found.push((slug, timer.clone() + &service));
    }
    Ok(found)
}
