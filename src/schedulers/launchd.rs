//! This person's launch agents (launchctl(1)).

use std::path::PathBuf;

use super::tool::{Before, Tool, delete, files_like, read, user, write};
use super::{SchedulerError, exchange};
use crate::schedulers::handoff::{self, HandoffError, SchedulerKind, Task, launchd};

const LAUNCHCTL: Tool = Tool { name: "launchctl", scheduler: SchedulerKind::Launchd };

fn folder() -> Result<PathBuf, SchedulerError> {
    let folders = directories::BaseDirs::new().ok_or(SchedulerError::NoHome)?;
    Ok(folders.home_dir().join("Library").join("LaunchAgents"))
}

/// Whose agent that is, if Writeback has written it.
fn owner(text: &str) -> Option<String> {
    handoff::parse_mark(text.lines().nth(1)?.strip_prefix("<!-- ")?)
}

pub(super) fn stored(task: &Task) -> Result<String, HandoffError> {
    Ok(handoff::write(task, SchedulerKind::Launchd)?.into_iter().map(|document| document.text).collect())
}

pub(super) fn install(task: &Task) -> Result<Vec<String>, SchedulerError> {
    let text = stored(task)?;
    if !LAUNCHCTL.is_there() {
        return Err(LAUNCHCTL.missing());
    }
    let path = path(&task.slug)?;
    let domain = format!("gui/{}", user());
    let file = path.display().to_string();
    let service = format!("{domain}/{}", launchd::agent_label(&task.slug));
    // One that is loaded already has to go first; it mostly is not.
    let reload = || {
        LAUNCHCTL.ask(&["bootout", &service], None)?;
        LAUNCHCTL.call(&["bootstrap", &domain, &file], None)
    };
    let hand_over = || {
        write(&path, &text)?;
        reload()?;
        LAUNCHCTL.call(&["print", &service], None).map(drop)
    };
    let give_back = |before: &Before| {
        before.put_back()?;
        match before.was_there() {
            true => reload().map(drop),
            false => LAUNCHCTL.ask(&["bootout", &service], None).map(drop),
        }
    };
    let before = Before::read(std::slice::from_ref(&path), |text| owner(text).is_some())?;
    exchange(SchedulerKind::Launchd, &before, hand_over, give_back)?;
    Ok(vec![format!("{} is loaded. It runs while you are logged in.", path.display())])
}

pub(super) fn remove(slug: &str) -> Result<bool, SchedulerError> {
    let path = path(slug)?;
    let Some(text) = read(&path)? else { return Ok(false) };
    if owner(&text).is_none() {
        return Err(SchedulerError::Foreign(path.display().to_string()));
    }
    // One that is not loaded is removed all the same.
    let _ = LAUNCHCTL.ask(&["bootout", &format!("gui/{}/{}", user(), launchd::agent_label(slug))], None)?;
    delete(&path)?;
    Ok(true)
}

fn path(slug: &str) -> Result<PathBuf, SchedulerError> {
    Ok(folder()?.join(format!("{}.plist", launchd::agent_label(slug))))
}

pub(super) fn installed() -> Result<Vec<(String, String)>, SchedulerError> {
    let files = files_like(&folder()?, "writeback.", ".plist")?;
    Ok(files.into_iter().filter_map(|(_, text)| Some((owner(&text)?, text.clone()))).collect())
}
