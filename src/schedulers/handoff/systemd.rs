//! systemd: a user timer and its service (systemd.timer(5), systemd.time(7), systemd.service(5)).
//!
//! A timer knows zones, days from the end of a month and several lines, so most schedules are exact. Clock changes are
//! not, as seen with version 252: it leaves out a skipped time, often with all others of the same day, and of a
//! repeated time it takes now the first, now the second. For a schedule with such times, additional lines in UTC name
//! the right moments, and the guard lets only those through.
//!
//! If a gap begins in the middle of an hour (Pacific/Chatham, from 02:45 to 03:45), it leaves out the rest of that hour
//! and the next one, and fails at a skipped time. Such zones are written in UTC.

use super::changes;
use super::days::{Dates, DaySet};
use super::numbers::format_ranges;
use super::plan::{self, Line, Plan};
use super::{Document, HandoffError, Task, is_plain, marker, short_hash};
use crate::export::schedule::current_name;
use chrono::{Weekday, WeekdaySet};
use chrono_tz::Tz;

pub(super) fn documents(task: &Task) -> Result<Vec<Document>, HandoffError> {
    let schedule = &task.export.schedule;
    let (mut plan, mut clock) = (Plan::new(schedule), schedule.zone);
    if changes::has_mid_hour_gap(clock) {
        (plan, clock) = (plan.in_utc(clock), Tz::UTC);
    }
    let near_changes = plan::every_year(&plan::near_changes(schedule), Tz::UTC);
    let guard = plan.guard || !near_changes.is_empty();
    let head = format!("{}\n# {}\n", marker(&task.slug), schedule.describe());
    let lines = plan.lines.iter().map(|line| (line, clock));
    let lines = lines.chain(near_changes.iter().map(|line| (line, Tz::UTC)));
    let lines: String = lines.map(|(line, zone)| format!("OnCalendar={}\n", on_calendar(line, zone))).collect();
    // A `%` begins a specifier.
    let in_words = task.slug.replace('%', "%%");
    let timer = format!(
        "{head}[Unit]\nDescription=When Writeback exports {in_words}\n\n\
         [Timer]\n{lines}AccuracySec=1s\nPersistent=true\n\n\
         [Install]\nWantedBy=timers.target\n"
    );
    let program = task.program()?;
    // systemd refuses these in a program's path, quoted or not: "contains special characters".
    if program.contains(['"', '\'', '\\']) || program.contains(char::is_control) {
        return Err(HandoffError::Path(task.program.clone()));
    }
    let home = match task.home()? {
        Some(home) => format!("Environment={}\n", quoted(&format!("WRITEBACK_HOME={home}"))),
        None => String::new(),
    };
    // The program's path has no variables, so a `$` in it stands for itself.
    let arguments = task.arguments(guard).map(|argument| match is_plain(argument) {
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
    let name = unit_name(&task.slug);
    Ok(vec![
        Document { name: format!("{name}.timer"), text: timer },
        Document { name: format!("{name}.service"), text: service },
    ])
}

/// Longest unit name without its suffix: systemd keeps the last start in a file `stamp-NAME.timer`, and a file's name
/// has at most 255 bytes.
const MAX_UNIT_NAME: usize = 243;

/// The units' name without suffix. Other characters are escaped as systemd-escape(1) does. Too long a name is cut and
/// gets a hash of the whole, so that no two exports share it.
pub(crate) fn unit_name(slug: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let escaped = |c: char| -> String {
        let bytes = c.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
        let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("\\x{byte:02x}") };
        bytes.into_iter().map(one).collect()
    };
    let whole = format!("writeback-{}", slug.chars().map(escaped).collect::<String>());
    if whole.len() <= MAX_UNIT_NAME {
        return whole;
    }
    let hash = short_hash(slug, 8);
    let mut short = "writeback-".to_owned();
    for part in slug.chars().map(escaped) {
        if short.len() + part.len() > 80 {
            break;
        }
        short += &part;
    }
    format!("{short}-{hash}")
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('\n', "\\n");
    format!("\"{text}\"")
}

/// For example `Mon..Fri *-*-* 06:30:00 Europe/Berlin`.
fn on_calendar(line: &Line, zone: Tz) -> String {
    let Line { days, times } = line;
    let number = |number: u8| format!("{number:02}");
    let months = if days.months.len() == 12 { "*".to_owned() } else { format_ranges(&days.months, "..", number) };
    let date = match &days.dates {
        Dates::Every => "-*".to_owned(),
        Dates::Of(dates) => format!("-{}", format_ranges(dates, "..", number)),
        Dates::FromEnd(back) => format!("~{}", format_ranges(back, "..", number)),
    };
    let hours = if times.hours.len() == 24 { "*".to_owned() } else { format_ranges(&times.hours, "..", number) };
    let minutes = if times.minutes.len() == 60 { "*".to_owned() } else { format_ranges(&times.minutes, "..", number) };
    format!("{}*-{months}{date} {hours}:{minutes}:00 {}", weekdays(days), current_name(zone))
}

fn weekdays(days: &DaySet) -> String {
    if days.weekdays == WeekdaySet::ALL {
        return String::new();
    }
    let numbers: Vec<u8> = days.weekdays.iter(Weekday::Mon).map(|day| day.num_days_from_monday() as u8).collect();
    let name = |number: u8| Weekday::try_from(number).map(|weekday| weekday.to_string()).unwrap_or_default();
    format!("{} ", format_ranges(&numbers, "..", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_names_are_valid_short_and_unique() {
        assert_eq!(unit_name("daily-sales"), "writeback-daily-sales");
        assert_eq!(unit_name("größe"), r"writeback-gr\xc3\xb6\xc3\x9fe");
        // The longest name that was installed before this limit existed must stay as it is.
        let longest = format!("{}x", "ö".repeat(29));
        assert_eq!(unit_name(&longest).len(), 10 + 29 * 8 + 1);
        let (one, other) = ("日".repeat(20), format!("{}月", "日".repeat(19)));
        assert!(
            unit_name(&one) != unit_name(&other) && unit_name(&one).starts_with(r"writeback-\xe6\x97\xa5"),
            "{}",
            unit_name(&one)
        );
        for slug in [one, other, "x".repeat(250), "月".repeat(40)] {
            assert!(unit_name(&slug).len() <= MAX_UNIT_NAME, "{slug}");
        }
    }
}
