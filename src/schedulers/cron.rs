//! cron: lines of this person's crontab (crontab(1), crontab(5)), by the clock of the computer. Debian's cron has no zone
//! for a line.
//!
//! A comment before each line names its export, so that foreign lines are never touched.

use super::cron_fields::{AtChanges, CronPlan};
use super::task::{WrittenTask, marker, parse_mark};
use super::tool::{Tool, said};
use super::{
    Difference, HandedOver, LocalScheduler, Scheduler, SchedulerError, SchedulerKind, Task, WriteError, exchange,
};
use crate::text::shell::sh;

const CRONTAB: Tool = Tool { name: "crontab", scheduler: SchedulerKind::Cron };

/// The most attempts to write the crontab.
const ATTEMPTS: usize = 3;

pub(super) struct Cron;

impl Scheduler for Cron {
    fn title(&self) -> &'static str {
        "your crontab"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let schedule = &task.export.schedule;
        let plan = CronPlan::new(schedule, task.clock, AtChanges::Once);
        let command = command(task, plan.exact)?;
        let comment = marker(&task.slug);
        let what = schedule.describe();
        let lines = plan.lines.iter().map(|fields| format!("{comment} ({what})\n{fields} {command}\n"));
        Ok(WrittenTask::one("crontab".to_owned(), lines.collect(), plan.exact))
    }

    fn local(&self) -> Option<&dyn LocalScheduler> {
        Some(self)
    }
}

impl LocalScheduler for Cron {
    fn tool(&self) -> Tool {
        CRONTAB
    }

    fn is_in_session(&self) -> bool {
        false
    }

    fn home_setting(&self, home: &str) -> Option<String> {
        Some(escape_percent(&format!("WRITEBACK_HOME={} ", sh(home))))
    }

    fn has_variable(&self, name: &str, slug: &str) -> bool {
        crontab().is_ok_and(|crontab| sets_variable(&crontab, name, slug))
    }

    fn name_of(&self, slug: &str) -> String {
        slug.to_owned()
    }

    fn install(&self, task: &Task, written: &WrittenTask) -> Result<HandedOver, SchedulerError> {
        let lines = written.text();
        let put = |lines: &str| change(|crontab| replace_lines(crontab, &task.slug, lines)).map(drop);
        let before = self.installed()?.into_iter().find(|(slug, _)| *slug == task.slug);
        let give_back = |before: &Option<(String, String)>| {
            let now = self.installed()?.into_iter().find(|(slug, _)| *slug == task.slug);
            match before {
                before if now == *before => Ok(()),
                Some((_, lines)) => put(lines),
                None => self.remove(&task.slug).map(drop),
            }
        };
        exchange(SchedulerKind::Cron, &before, || put(&lines), give_back)?;
        Ok(HandedOver::default())
    }

    fn remove(&self, slug: &str) -> Result<bool, SchedulerError> {
        change(|crontab| remove_lines(crontab, slug))
    }

    fn installed(&self) -> Result<Vec<(String, String)>, SchedulerError> {
        Ok(find_lines(&crontab()?))
    }
}

/// The command that cron hands to `/bin/sh`.
fn command(task: &Task, exact: bool) -> Result<String, WriteError> {
    let home = task.home()?.and_then(|home| Cron.home_setting(home)).unwrap_or_default();
    let run = format!("{} {}", sh(task.program()?), task.arguments(exact).map(sh).join(" "));
    let command = home + &escape_percent(&run);
    if command.contains(['\n', '\r']) {
        return Err(WriteError::Path(task.program.clone()));
    }
    Ok(command)
}

/// cron takes a `%` for a new line.
fn escape_percent(command: &str) -> String {
    command.replace('%', "\\%")
}

/// Removes the export's lines from a crontab; all other bytes stay.
fn remove_lines(crontab: &str, slug: &str) -> String {
    let mut rest = String::new();
    let mut lines = crontab.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let is_ours =
            parse_mark(line).as_deref() == Some(slug) && lines.peek().is_some_and(|next| runs_export(next, slug));
        if is_ours {
            lines.next();
        } else {
            rest.push_str(line);
        }
    }
    rest
}

fn replace_lines(crontab: &str, slug: &str, lines: &str) -> String {
    let mut rest = remove_lines(crontab, slug);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    rest + lines
}

fn find_lines(crontab: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut lines = crontab.split_inclusive('\n').peekable();
    while let Some(comment) = lines.next() {
        let Some(slug) = parse_mark(comment) else { continue };
        let Some(line) = lines.next_if(|next| runs_export(next, &slug)) else { continue };
        match found.iter_mut().find(|(known, _)| *known == slug) {
            Some((_, text)) => text.extend([comment, line]),
            None => found.push((slug, format!("{comment}{line}"))),
        }
    }
    found
}

/// The export's lines are given that variable: cron sets those above a line (crontab(5)). Lines that are not there yet will
/// be the last ones.
fn sets_variable(crontab: &str, name: &str, slug: &str) -> bool {
    let lines: Vec<&str> = crontab.lines().collect();
    let is_its = |pair: &[&str]| parse_mark(pair[0]).as_deref() == Some(slug) && runs_export(pair[1], slug);
    let above = lines.windows(2).position(is_its).unwrap_or(lines.len());
    let value = |line: &&str| {
        let (before, value) = line.split_once('=')?;
        let bare = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        (bare(before) == name).then(|| bare(value))
    };
    lines[..above].iter().rev().find_map(value).is_some_and(|value| !value.is_empty())
}

/// The line runs that export. A foreign line between a comment and its line does not.
fn runs_export(line: &str, slug: &str) -> bool {
    let slug = escape_percent(&sh(slug));
    !line.starts_with('#')
        && [" --scheduled", " --if-due"].iter().any(|end| line.trim_end().ends_with(&format!(" run {slug}{end}")))
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
    Err(SchedulerError::Misunderstood { scheduler: SchedulerKind::Cron, difference: Difference::Lost })
}

/// The crontab as it is; nothing if there is none.
fn crontab() -> Result<String, SchedulerError> {
    let output = CRONTAB.ask(&["-l"], None)?;
    let said = said(&output);
    match output.status.success() {
        // Bytes that are no text could not be put back.
        true => String::from_utf8(output.stdout).map_err(|_| SchedulerError::NotText(CRONTAB.command(&["-l"]))),
        false if said.starts_with("no crontab for") || said.contains("crontab: no crontab for") => Ok(String::new()),
        false => Err(CRONTAB.refused(&["-l"], &said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str =
        "# writeback: sales (Every day at 06:30, UTC)\n30 6 * * * /bin/writeback run sales --scheduled\n";

    #[test]
    fn only_the_exports_own_lines_change() {
        let foreign =
            "MAILTO=me\n\n# writeback: other (x)\n1 1 * * * /bin/writeback run other --if-due\n5 5 * * * \tx \\% y";
        let both = replace_lines(foreign, "sales", OURS);
        assert_eq!(both, format!("{foreign}\n{OURS}"));
        assert_eq!(replace_lines(&both, "sales", OURS), both);
        assert_eq!(remove_lines(&both, "sales"), format!("{foreign}\n"));
        assert_eq!(find_lines(&both).iter().map(|(slug, _)| slug.as_str()).collect::<Vec<_>>(), ["other", "sales"]);
        assert_eq!(find_lines(&both)[1].1, OURS);
        assert_eq!(remove_lines(&both, "sale"), both);
    }

    #[test]
    fn a_variable_counts_above_the_exports_lines_and_with_a_value() {
        let sets = |crontab: &str| sets_variable(crontab, "DW_AUTH_TOKEN", "sales");
        for crontab in ["DW_AUTH_TOKEN=x\n", "  DW_AUTH_TOKEN = \"x y\"\nMAILTO=\n", "'DW_AUTH_TOKEN'='x'\n"] {
            assert!(sets(crontab) && sets(&format!("{crontab}{OURS}")), "{crontab}");
            assert!(!sets(&format!("{OURS}{crontab}")), "below them: {crontab}");
        }
        for crontab in ["", "DW_AUTH_TOKEN=\n", "DW_AUTH_TOKEN=\"\"\n", "#DW_AUTH_TOKEN=x\n", "XDW_AUTH_TOKEN=x\n"] {
            assert!(!sets(crontab), "{crontab}");
        }
        assert!(!sets("DW_AUTH_TOKEN=x\nDW_AUTH_TOKEN=\n"), "it is emptied again");
    }

    #[test]
    fn a_foreign_line_after_our_comment_is_kept() {
        for foreign in
            ["7 7 * * * backup\n", "30 6 * * * /bin/writeback run sales --dry-run\n", "# writeback: sales\n", ""]
        {
            let crontab = format!("# writeback: sales (Every day)\n{foreign}9 9 * * * last\n");
            assert_eq!(remove_lines(&crontab, "sales"), crontab);
            assert!(find_lines(&crontab).is_empty());
        }
    }
}
