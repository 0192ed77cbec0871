//! launchd: the property list of a launch agent (launchd.plist(5)), by the clock of the computer.

use super::fields::{AtChanges, CronFields, WallClock};
use super::xml::escaped;
use super::{Document, HandoffError, Task, marker};

pub(super) fn document(task: &Task) -> Result<Document, HandoffError> {
    let schedule = &task.export.schedule;
    let wall = WallClock::new(schedule, task.clock, AtChanges::Unknown);
    let arguments = std::iter::once(task.program()?).chain(task.arguments(wall.guard));
    let arguments: String =
        arguments.map(|argument| format!("        <string>{}</string>\n", escaped(argument))).collect();
    let home = match task.home()? {
        Some(home) => format!(
            "    <key>EnvironmentVariables</key>\n    <dict>\n        <key>WRITEBACK_HOME</key>\n        \
             <string>{}</string>\n    </dict>\n",
            escaped(home)
        ),
        None => String::new(),
    };
    let intervals: String = wall.lines.iter().flat_map(intervals).collect();
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
        escaped(&label),
    );
    Ok(Document { name: format!("{label}.plist"), text })
}

pub(crate) fn agent_label(slug: &str) -> String {
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
