//! This person's crontab, by crontab(1).

use super::tool::{OWN, Tool, said};
use super::{SchedulerError, exchange};
use crate::schedulers::handoff::{self, HandoffError, SchedulerKind, Task, cron};

const CRONTAB: Tool = Tool { name: "crontab", scheduler: SchedulerKind::Cron };

/// The most attempts to write the crontab.
const ATTEMPTS: usize = 3;

pub(super) fn stored(task: &Task) -> Result<String, HandoffError> {
    Ok(handoff::write(task, SchedulerKind::Cron)?.into_iter().map(|document| document.text).collect())
}

pub(super) fn install(task: &Task) -> Result<Vec<String>, SchedulerError> {
    let lines = stored(task)?;
    let put = |lines: &str| change(|crontab| cron::replace_lines(crontab, &task.slug, lines)).map(drop);
    let before = installed()?.into_iter().find(|(slug, _)| *slug == task.slug);
    let give_back = |before: &Option<(String, String)>| match before {
        Some((_, lines)) => put(lines),
        None => remove(&task.slug).map(drop),
    };
    exchange(SchedulerKind::Cron, &before, || put(&lines), give_back)?;
    Ok(vec![
        "It is in your crontab; `crontab -l` shows it.".to_owned(),
        format!(
            "cron belongs to no session, so it may not reach your keyring: `crontab -e` and set the tokens' variables \
             there, or use `--to {}`.",
            OWN.word()
        ),
    ])
}

pub(super) fn remove(slug: &str) -> Result<bool, SchedulerError> {
    change(|crontab| cron::remove_lines(crontab, slug))
}

/// Changes the crontab, and reads it back: another program may have written it at the same moment, as `crontab -e` does.
/// Then it is changed again as it is by then. Returns whether there was anything to change.
fn change(change: impl Fn(&str) -> String) -> Result<bool, SchedulerError> {
    let mut changed = false;
    for _ in 0..ATTEMPTS {
        let before = crontab()?;
        let after = change(&before);
        if after == before {
            return Ok(changed);
        }
        changed = true;
        match after.is_empty() {
            true => CRONTAB.call(&["-r"], None)?,
            false => CRONTAB.call(&["-"], Some(&after))?,
        };
    }
    // The last text that was written has not been read back yet.
    let kept = crontab()?;
    if change(&kept) == kept {
        return Ok(true);
    }
    Err(SchedulerError::Misunderstood {
        scheduler: SchedulerKind::Cron.title(),
        found: "what was written into it is not there when it is read back".to_owned(),
        advice: "Look at it with `crontab -l`: another program may be changing it.",
    })
}

pub(super) fn installed() -> Result<Vec<(String, String)>, SchedulerError> {
    Ok(cron::find_lines(&crontab()?))
}

/// The crontab as it is; nothing if there is none.
fn crontab() -> Result<String, SchedulerError> {
    let output = CRONTAB.ask(&["-l"], None)?;
    let said = said(&output);
    match output.status.success() {
        // Bytes that are no text could not be put back.
        true => String::from_utf8(output.stdout)
            .map_err(|_| CRONTAB.refused(&["-l"], "The crontab is not UTF-8, so it stays as it is.")),
        false if said.starts_with("no crontab for") || said.contains("crontab: no crontab for") => Ok(String::new()),
        false => Err(CRONTAB.refused(&["-l"], &said)),
    }
}
