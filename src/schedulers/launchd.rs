//! launchd: the property list of a launch agent of this person (launchd.plist(5), launchctl(1)), by the clock of the
//! computer.

use std::cell::Cell;
use std::path::PathBuf;

use super::cron_fields::{AtChanges, CronFields, CronPlan};
use super::task::{WrittenTask, escape_xml, marker, parse_mark};
use super::tool::{Before, Tool, delete, files_like, read, user, write};
use super::{
    Foreign, HandedOver, LocalScheduler, Scheduler, SchedulerError, SchedulerKind, Task, WriteError, exchange,
};

const LAUNCHCTL: Tool = Tool { name: "launchctl", scheduler: SchedulerKind::Launchd };

pub(super) struct Launchd;

impl Scheduler for Launchd {
    fn title(&self) -> &'static str {
        "launchd"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let schedule = &task.export.schedule;
        let plan = CronPlan::new(schedule, task.clock, AtChanges::Unknown);
        let arguments = std::iter::once(task.program()?).chain(task.arguments(plan.exact));
        let arguments: String =
            arguments.map(|argument| format!("        <string>{}</string>\n", escape_xml(argument))).collect();
        let home = task.home()?.and_then(|home| self.home_setting(home)).unwrap_or_default();
        let intervals: String = plan.lines.iter().flat_map(intervals).collect();
        let label = agent_label(&task.slug);
        // A comment cannot contain two hyphens.
        let comment = format!("{} ({})", marker(&task.slug), schedule.describe()).replace("--", "- -");
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!-- {comment} -->\n\
             <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
             <plist version=\"1.0\">\n<dict>\n    <key>Label</key>\n    <string>{}</string>\n{home}    \
             <key>ProgramArguments</key>\n    <array>\n{arguments}    </array>\n    \
             <key>StartCalendarInterval</key>\n    <array>\n{intervals}    </array>\n    \
             <key>ProcessType</key>\n    <string>Background</string>\n</dict>\n</plist>\n",
            escape_xml(&label),
        );
        Ok(WrittenTask::one(format!("{label}.plist"), text, plan.exact))
    }

    fn local(&self) -> Option<&dyn LocalScheduler> {
        Some(self)
    }
}

impl LocalScheduler for Launchd {
    fn tool(&self) -> Tool {
        LAUNCHCTL
    }

    fn home_setting(&self, home: &str) -> Option<String> {
        Some(format!(
            "    <key>EnvironmentVariables</key>\n    <dict>\n        <key>WRITEBACK_HOME</key>\n        \
             <string>{}</string>\n    </dict>\n",
            escape_xml(home)
        ))
    }

    fn has_variable(&self, name: &str, _: &str) -> bool {
        LAUNCHCTL.call(&["getenv", name], None).is_ok_and(|value| !value.trim().is_empty())
    }

    fn name_of(&self, slug: &str) -> String {
        agent_label(slug)
    }

    fn install(&self, task: &Task, written: &WrittenTask) -> Result<HandedOver, SchedulerError> {
        let text = written.text();
        if !LAUNCHCTL.is_there() {
            return Err(LAUNCHCTL.missing());
        }
        let path = path(&task.slug)?;
        let domain = format!("gui/{}", user());
        let file = path.display().to_string();
        let service = format!("{domain}/{}", agent_label(&task.slug));
        // Unloads an older agent first; mostly there is none.
        let is_asked = Cell::new(false);
        let reload = || {
            is_asked.set(true);
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
                // The agent that is loaded is still the old one, and may be running.
                _ if !is_asked.get() => Ok(()),
                true => reload().map(drop),
                false => LAUNCHCTL.ask(&["bootout", &service], None).map(drop),
            }
        };
        let before = Before::read(std::slice::from_ref(&path), |text| owner(text).is_some())?;
        exchange(SchedulerKind::Launchd, &before, hand_over, give_back)?;
        Ok(HandedOver { place: path, while_logged_in: true })
    }

    fn remove(&self, slug: &str) -> Result<bool, SchedulerError> {
        let path = path(slug)?;
        let Some(text) = read(&path)? else { return Ok(false) };
        if owner(&text).is_none() {
            return Err(SchedulerError::Foreign(Foreign::File(path)));
        }
        // An agent that is not loaded is removed all the same.
        let _ = LAUNCHCTL.ask(&["bootout", &format!("gui/{}/{}", user(), agent_label(slug))], None)?;
        delete(&path)?;
        Ok(true)
    }

    fn installed(&self) -> Result<Vec<(String, String)>, SchedulerError> {
        let files = files_like(&folder()?, "writeback.", ".plist")?;
        Ok(files.into_iter().filter_map(|(_, text)| Some((owner(&text)?, text.clone()))).collect())
    }
}

fn agent_label(slug: &str) -> String {
    format!("writeback.{slug}")
}

/// A dictionary for each time on each day; a missing key matches all its values. Day and Weekday are never combined,
/// since either would be enough.
fn intervals(fields: &CronFields) -> Vec<String> {
    let all = |numbers: &[u8], of: usize| match numbers.len() == of {
        true => vec![None],
        false => numbers.iter().copied().map(Some).collect::<Vec<_>>(),
    };
    let key = |name: &'static str, number: Option<u8>| number.map(|number| (name, number));
    let days = &fields.days;
    let dates = days.dates.iter().flatten().map(|date| key("Day", Some(*date)));
    let weekdays = days.weekdays.iter().flatten().map(|day| key("Weekday", Some(*day)));
    let mut which: Vec<_> = dates.chain(weekdays).collect();
    if which.is_empty() {
        which.push(None);
    }
    let mut dictionaries = Vec::new();
    for month in all(&days.months, 12) {
        for day in &which {
            for hour in all(&fields.times.hours, 24) {
                for minute in all(&fields.times.minutes, 60) {
                    let keys = [key("Month", month), *day, key("Hour", hour), key("Minute", minute)];
                    let keys = keys.into_iter().flatten();
                    let keys = keys.map(|(name, n)| {
                        format!("            <key>{name}</key>\n            <integer>{n}</integer>\n")
                    });
                    dictionaries.push(format!("        <dict>\n{}        </dict>\n", keys.collect::<String>()));
                }
            }
        }
    }
    dictionaries
}

fn folder() -> Result<PathBuf, SchedulerError> {
    let folders = directories::BaseDirs::new().ok_or(SchedulerError::NoHome)?;
    Ok(folders.home_dir().join("Library").join("LaunchAgents"))
}

/// The export of an agent that Writeback has written.
fn owner(text: &str) -> Option<String> {
    parse_mark(text.lines().nth(1)?.strip_prefix("<!-- ")?)
}

fn path(slug: &str) -> Result<PathBuf, SchedulerError> {
    Ok(folder()?.join(format!("{}.plist", agent_label(slug))))
}
