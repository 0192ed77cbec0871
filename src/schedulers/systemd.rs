//! systemd: a user timer and its service (systemd.timer(5), systemd.time(7), systemd.service(5)), in the units of this
//! person.
//!
//! A timer knows zones, days from the end of a month and several lines, so most schedules are exact. Clock changes are
//! not, as seen with version 252: it leaves out a skipped time, often with all others of the same day, and of a
//! repeated time it takes now the first, now the second. For a schedule with such times, additional lines in UTC name
//! the right moments, and the guard lets only those through.
//!
//! If a gap begins in the middle of an hour (Pacific/Chatham, from 02:45 to 03:45), it leaves out the rest of that hour
//! and the next one, and fails at a skipped time. Such zones are written in UTC.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use chrono::{Weekday, WeekdaySet};
use chrono_tz::Tz;

use super::plan::{self, Dates, DaySet, Line, SchedulePlan, format_ranges};
use super::task::{Document, MARK, WrittenTask, is_plain, marker, parse_mark, short_hash};
use super::tool::{Before, Tool, delete, files_like, read, user, write};
use super::{
    Difference, Foreign, HandedOver, LocalScheduler, Scheduler, SchedulerError, SchedulerKind, Task, WriteError,
    clock_changes, exchange,
};
use crate::export::schedule::current_name;

const SYSTEMCTL: Tool = Tool { name: "systemctl", scheduler: SchedulerKind::Systemd };
const LOGINCTL: Tool = Tool { name: "loginctl", scheduler: SchedulerKind::Systemd };

pub(super) struct Systemd;

impl Scheduler for Systemd {
    fn title(&self) -> &'static str {
        "systemd"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let schedule = &task.export.schedule;
        let (mut plan, mut clock) = (SchedulePlan::new(schedule), schedule.zone);
        if clock_changes::has_mid_hour_gap(clock) {
            (plan, clock) = (plan.shifted(&clock_changes::differences(clock, Tz::UTC)), Tz::UTC);
        }
        let near_changes = plan::every_year(&plan::near_changes(schedule), Tz::UTC);
        let exact = plan.exact && near_changes.is_empty();
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
            return Err(WriteError::Path(task.program.clone()));
        }
        let home = task.home()?.and_then(|home| self.home_setting(home)).unwrap_or_default();
        // The program's path has no variables, so a `$` in it stands for itself.
        let arguments = task.arguments(exact).map(|argument| match is_plain(argument) {
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
        let documents = vec![
            Document { name: format!("{name}.timer"), text: timer },
            Document { name: format!("{name}.service"), text: service },
        ];
        Ok(WrittenTask { documents, exact })
    }

    fn local(&self) -> Option<&dyn LocalScheduler> {
        Some(self)
    }
}

impl LocalScheduler for Systemd {
    fn tool(&self) -> Tool {
        SYSTEMCTL
    }

    fn goes_by_clock(&self) -> bool {
        false
    }

    fn home_setting(&self, home: &str) -> Option<String> {
        Some(format!("Environment={}\n", quoted(&format!("WRITEBACK_HOME={home}"))))
    }

    fn has_variable(&self, name: &str, _: &str) -> bool {
        let is_set = |line: &str| line.split_once('=').is_some_and(|(before, _)| before == name);
        let shown = SYSTEMCTL.call(&["--user", "show-environment"], None);
        shown.is_ok_and(|environment| environment.lines().any(is_set))
    }

    fn name_of(&self, slug: &str) -> String {
        unit_name(slug)
    }

    fn install(&self, task: &Task, written: &WrittenTask) -> Result<HandedOver, SchedulerError> {
        if !SYSTEMCTL.is_there() {
            return Err(SYSTEMCTL.missing());
        }
        let folder = folder()?;
        let paths: Vec<PathBuf> = written.documents.iter().map(|document| folder.join(&document.name)).collect();
        let timer = format!("{}.timer", unit_name(&task.slug));
        let reload = || SYSTEMCTL.call(&["--user", "daemon-reload"], None);
        // A running timer picks up new times only on restart.
        let restart = || SYSTEMCTL.call(&["--user", "restart", &timer], None);
        // Before that, systemd knows only what it had.
        let is_known = Cell::new(false);
        let hand_over = || {
            paths.iter().zip(&written.documents).try_for_each(|(path, document)| write(path, &document.text))?;
            reload()?;
            is_known.set(true);
            SYSTEMCTL.call(&["--user", "enable", &timer], None)?;
            restart()?;
            check_understood(&timer, &written.documents)
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
        let linger = LOGINCTL.call(&["show-user", &user(), "--property=Linger", "--value"], None);
        Ok(HandedOver { place: folder, while_logged_in: linger.is_ok_and(|answer| answer.trim() == "no") })
    }

    fn remove(&self, slug: &str) -> Result<bool, SchedulerError> {
        let paths = paths(&folder()?, slug);
        let mut found = false;
        for path in &paths {
            match read(path)? {
                Some(text) if !is_ours(&text) => return Err(SchedulerError::Foreign(Foreign::File(path.clone()))),
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

    fn installed(&self) -> Result<Vec<(String, String)>, SchedulerError> {
        let folder = folder()?;
        let mut found = Vec::new();
        for (_, timer) in files_like(&folder, "writeback-", ".timer")? {
            let Some(slug) = parse_mark(&timer) else { continue };
            let [_, service] = paths(&folder, &slug);
            let service = read(&service)?.unwrap_or_default();
            found.push((slug, timer.clone() + &service));
        }
        Ok(found)
    }
}

/// Longest unit name without its suffix: systemd keeps the last start in a file `stamp-NAME.timer`, and a file's name
/// has at most 255 bytes.
const MAX_UNIT_NAME: usize = 243;

/// The units' name without suffix. Other characters are escaped as systemd-escape(1) does. Too long a name is cut and
/// gets a hash of the whole, so that no two exports share it.
fn unit_name(slug: &str) -> String {
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

/// The folder of this person's units (systemd.unit(5)).
fn folder() -> Result<PathBuf, SchedulerError> {
    let folders = directories::BaseDirs::new().ok_or(SchedulerError::NoHome)?;
    Ok(folders.config_dir().join("systemd").join("user"))
}

fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// Checks that systemd has all times of a timer: it leaves out a line that it cannot read, such as one with a zone that
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
    let difference = match missing.first() {
        Some(zone) => Difference::Zone((*zone).to_owned()),
        None => Difference::Times { has: understood.len(), of: written.len() },
    };
    Err(SchedulerError::Misunderstood { scheduler: SchedulerKind::Systemd, difference })
}

fn paths(folder: &Path, slug: &str) -> [PathBuf; 2] {
    ["timer", "service"].map(|kind| folder.join(format!("{}.{kind}", unit_name(slug))))
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
