//! cron: lines of a crontab (crontab(5)), by the clock of the computer. Debian's cron has no zone for a line.
//!
//! A comment before each line names its export, so that foreign lines are never touched.

use super::fields::{AtChanges, WallClock};
use super::{Document, HandoffError, Task, marker, parse_mark};
use crate::text::shell::sh;

pub(super) fn document(task: &Task) -> Result<Document, HandoffError> {
    let schedule = &task.export.schedule;
    let wall = WallClock::new(schedule, task.clock, AtChanges::Once);
    let command = command(task, wall.guard)?;
    let comment = marker(&task.slug);
    let what = schedule.describe();
    let lines = wall.lines.iter().map(|fields| format!("{comment} ({what})\n{fields} {command}\n"));
    Ok(Document { name: "crontab".to_owned(), text: lines.collect() })
}

/// The command that cron hands to `/bin/sh`.
fn command(task: &Task, guard: bool) -> Result<String, HandoffError> {
    let home = task.home()?.map(|home| format!("WRITEBACK_HOME={} ", sh(home))).unwrap_or_default();
    let command = format!("{home}{} {}", sh(task.program()?), task.arguments(guard).map(sh).join(" "));
    if command.contains(['\n', '\r']) {
        return Err(HandoffError::Path(task.program.clone()));
    }
    Ok(escape_percent(&command))
}

/// cron takes a `%` for a new line.
fn escape_percent(command: &str) -> String {
    command.replace('%', "\\%")
}

/// Removes the export's lines from a crontab; all other bytes stay.
pub(crate) fn remove_lines(crontab: &str, slug: &str) -> String {
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

pub(crate) fn replace_lines(crontab: &str, slug: &str, lines: &str) -> String {
    let mut rest = remove_lines(crontab, slug);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    rest + lines
}

pub(crate) fn find_lines(crontab: &str) -> Vec<(String, String)> {
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

/// The line runs that export. A foreign line between a comment and its line does not.
fn runs_export(line: &str, slug: &str) -> bool {
    let slug = escape_percent(&sh(slug));
    !line.starts_with('#')
        && [" --scheduled", " --if-due"].iter().any(|end| line.trim_end().ends_with(&format!(" run {slug}{end}")))
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
