//! systemd: a user timer and its service (systemd.timer(5), systemd.time(7), systemd.service(5)).
//!
//! A timer says a zone, days from the end of a month and several lines, so most schedules are said exactly. When clocks
//! change it is less exact, as was seen with version 252: it leaves out a time that they skip, often with all others of the
//! same day, and of a time that comes twice it takes now the first, now the second. Where a schedule has such
//! times, lines in UTC say what it means there, and the guard lets only that through.
//!
//! Where clocks skip times from the midst of an hour on (Pacific/Chatham, from 02:45 to 03:45), it leaves out what is left
//! of that hour and the next, and fails at a time that is skipped. There all is said in UTC.

use super::changes;
use super::days::{Dates, DaySet};
use super::numbers::listed;
use super::plan::{self, Line, Plan};
use super::{Document, HandoffError, Task, marker};
use chrono::{Weekday, WeekdaySet};
use chrono_tz::Tz;

/// The unit that starts the other.
pub(super) fn documents(task: &Task) -> Result<Vec<Document>, HandoffError> {
    let schedule = &task.export.schedule;
    let (mut plan, mut clock) = (Plan::of(schedule), schedule.zone);
    if changes::skip_from_midst_of_hour(clock) {
        (plan, clock) = (plan.in_utc(clock), Tz::UTC);
    }
    let near_changes = plan::every_year(&plan::near_changes(schedule), Tz::UTC);
    let guard = plan.guard || !near_changes.is_empty();
    let head = format!("{}\n# {}\n", marker(&task.slug), schedule.describe());
    let lines = plan.lines.iter().map(|line| (line, clock));
    let lines = lines.chain(near_changes.iter().map(|line| (line, Tz::UTC)));
    let lines: String = lines.map(|(line, zone)| format!("OnCalendar={}\n", on_calendar(line, zone))).collect();
    // A specifier begins with it.
    let in_words = task.slug.replace('%', "%%");
    let timer = format!(
        "{head}[Unit]\nDescription=When Writeback exports {in_words}\n\n\
         [Timer]\n{lines}AccuracySec=1s\nPersistent=true\n\n\
         [Install]\nWantedBy=timers.target\n"
    );
    let program = task.program()?;
    // In the name of a program systemd takes none of these, quoted or not: "contains special characters".
    if program.contains(['"', '\'', '\\']) || program.contains(char::is_control) {
        return Err(HandoffError::Path(task.program.clone()));
    }
    let home = match task.home()? {
        Some(home) => format!("Environment={}\n", quoted(&format!("WRITEBACK_HOME={home}"))),
        None => String::new(),
    };
    // The program's path is no place for variables, so that a `$` in it stands for itself.
    let plain = |argument: &str| argument.chars().all(|c| c.is_alphanumeric() || c == '-');
    let arguments = task.arguments(guard).map(|argument| match plain(argument) {
        true => argument.to_owned(),
        false => quoted(argument).replace('$', "$$"),
    });
    let arguments = arguments.join(" ");
    let service = format!(
        "{head}[Unit]\nDescription=Writeback exports {in_words}\n\n\
         [Service]\nType=oneshot\n{home}ExecStart={program} {arguments}\nTimeoutStartSec=infinity\n\
         NoNewPrivileges=true\nUMask=0077\n",
        program = quoted(program),
    );
    let name = unit(&task.slug);
    Ok(vec![
        Document { name: format!("{name}.timer"), text: timer },
        Document { name: format!("{name}.service"), text: service },
    ])
}

/// What the units of an export are called, without their kind. What cannot stand there is written as systemd-escape(1)
/// does.
pub(crate) fn unit(slug: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let name =
        slug.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("\\x{byte:02x}") });
    format!("writeback-{}", name.collect::<String>())
}

/// A value in quotes, in which neither blanks nor specifiers mean anything.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('\n', "\\n");
    format!("\"{text}\"")
}

/// `Mon..Fri *-*-* 06:30:00 Europe/Berlin`.
fn on_calendar(line: &Line, zone: Tz) -> String {
    let Line { days, times } = line;
    let number = |number: u8| format!("{number:02}");
    let months = if days.months.len() == 12 { "*".to_owned() } else { listed(&days.months, "..", number) };
    let date = match &days.dates {
        Dates::Every => "-*".to_owned(),
        Dates::Of(dates) => format!("-{}", listed(dates, "..", number)),
        Dates::FromEnd(back) => format!("~{}", listed(back, "..", number)),
    };
    let hours = if times.hours.len() == 24 { "*".to_owned() } else { listed(&times.hours, "..", number) };
    let minutes = if times.minutes.len() == 60 { "*".to_owned() } else { listed(&times.minutes, "..", number) };
    format!("{}*-{months}{date} {hours}:{minutes}:00 {}", weekdays(days), zone.name())
}

fn weekdays(days: &DaySet) -> String {
    if days.weekdays == WeekdaySet::ALL {
        return String::new();
    }
    let numbers: Vec<u8> = days.weekdays.iter(Weekday::Mon).map(|day| day.num_days_from_monday() as u8).collect();
    let name = |number: u8| Weekday::try_from(number).map(|weekday| weekday.to_string()).unwrap_or_default();
    format!("{} ", listed(&numbers, "..", name))
}
