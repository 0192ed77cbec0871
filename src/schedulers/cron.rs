//! This person's crontab, by crontab(1).

use super::SchedulerError;
use super::tool::{OWN, Tool, said};
use crate::handoff::{self, HandoffError, Target, Task, cron};

const CRONTAB: Tool = Tool { name: "crontab", scheduler: Target::Cron };

pub(super) fn stored(task: &Task) -> Result<String, HandoffError> {
    Ok(handoff::write(task, Target::Cron)?.into_iter().map(|document| document.text).collect())
}

pub(super) fn install(task: &Task) -> Result<Vec<String>, SchedulerError> {
    let lines = stored(task)?;
    let crontab = crontab()?;
    CRONTAB.call(&["-"], Some(&cron::with(&crontab, &task.slug, &lines)))?;
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
    let crontab = crontab()?;
    let rest = cron::without(&crontab, slug);
    if rest == crontab {
        return Ok(false);
    }
    match rest.is_empty() {
        true => CRONTAB.call(&["-r"], None)?,
        false => CRONTAB.call(&["-"], Some(&rest))?,
    };
    Ok(true)
}

pub(super) fn installed() -> Result<Vec<(String, String)>, SchedulerError> {
    Ok(cron::installed(&crontab()?))
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
