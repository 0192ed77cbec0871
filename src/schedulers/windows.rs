//! Windows: the XML of a task (Task Scheduler Schema, version 1.2), by the clock of the computer, installed by `schtasks`.

use std::collections::BTreeMap;
use std::io::Write as _;

use chrono::{Month, Weekday};

use super::cron_fields::{AtChanges, CronDays, CronPlan};
use super::plan::shift_weekday;
use super::task::{MARK, WrittenTask, escape_xml, is_plain, marker, parse_mark, short_hash};
use super::tool::{Tool, console_text, file_error, said};
use super::{
    Difference, Foreign, HandedOver, LocalScheduler, Scheduler, SchedulerError, SchedulerKind, Task, WriteError,
    exchange,
};
use crate::export::schedule::weekday_name;
use crate::text::shell::{Shell, powershell};

const SCHTASKS: Tool = Tool { name: "schtasks", scheduler: SchedulerKind::Windows };

/// More times a day than this become a repetition; a task has 48 triggers at most.
const MAX_TIMES: usize = 12;
const DEFAULT_START: &str = "2025-01-01";

pub(super) struct Windows;

impl Scheduler for Windows {
    fn title(&self) -> &'static str {
        "the Task Scheduler"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let schedule = &task.export.schedule;
        let CronPlan { lines, mut exact } = CronPlan::new(schedule, task.clock, AtChanges::Unknown);
        let mut by_days: BTreeMap<&CronDays, Vec<u16>> = BTreeMap::new();
        for fields in &lines {
            by_days.entry(&fields.days).or_default().extend(fields.times.minutes_of_day());
        }
        let start = schedule.start.map_or_else(|| DEFAULT_START.to_owned(), |start| start.to_string());
        let mut triggers = String::new();
        for (days, mut minutes) in by_days {
            minutes.sort_unstable();
            let (times, same) = repeated_times(&minutes);
            exact &= same;
            for days in day_elements(days) {
                triggers.extend(times.iter().map(|time| {
                    let Repeated { first, repetition } = time;
                    let (hour, minute) = (first / 60, first % 60);
                    format!(
                        "    <CalendarTrigger>\n{repetition}      <StartBoundary>{start}T{hour:02}:{minute:02}:00</StartBoundary>\n      \
                         <Enabled>true</Enabled>\n{days}    </CalendarTrigger>\n"
                    )
                }));
            }
        }
        let (command, arguments) = command(task, exact)?;
        let body = format!(
            "  <Triggers>\n{triggers}  </Triggers>\n  \
             <Principals>\n    <Principal id=\"Author\">\n      <LogonType>InteractiveToken</LogonType>\n      \
             <RunLevel>LeastPrivilege</RunLevel>\n    </Principal>\n  </Principals>\n  \
             <Settings>\n    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\n    \
             <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\n    \
             <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\n    <StartWhenAvailable>true</StartWhenAvailable>\n    \
             <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\n  </Settings>\n  \
             <Actions Context=\"Author\">\n    <Exec>\n      <Command>{}</Command>\n      \
             <Arguments>{}</Arguments>\n    </Exec>\n  </Actions>\n",
            escape_xml(&command),
            escape_xml(&arguments)
        );
        // The scheduler does not return the text byte for byte, but it keeps the stamp.
        let stamp = short_hash(&body, 8);
        let text = format!(
            "<?xml version=\"1.0\"?>\n\
             <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n  \
             <RegistrationInfo>\n    <Description>{}</Description>\n    <Documentation>{} {stamp}</Documentation>\n  \
             </RegistrationInfo>\n{body}</Task>\n",
            escape_xml(&schedule.describe()),
            marker(&task.slug),
        );
        Ok(WrittenTask::one(format!("{}.xml", task.slug), text, exact))
    }

    fn local(&self) -> Option<&dyn LocalScheduler> {
        Some(self)
    }
}

impl LocalScheduler for Windows {
    fn tool(&self) -> Tool {
        SCHTASKS
    }

    /// Tasks have the variables that are kept for the person, not those of one console.
    #[cfg(windows)]
    fn has_variable(&self, name: &str, _: &str) -> bool {
        windows_registry::CURRENT_USER.open("Environment").is_ok_and(|kept| kept.get_string(name).is_ok())
    }

    #[cfg(not(windows))]
    fn has_variable(&self, _: &str, _: &str) -> bool {
        false
    }

    fn name_of(&self, slug: &str) -> String {
        name(slug)
    }

    fn install(&self, task: &Task, written: &WrittenTask) -> Result<HandedOver, SchedulerError> {
        let xml = written.text();
        let name = name(&task.slug);
        let hand_over = || {
            create(&name, &xml)?;
            let kept = console_text(&SCHTASKS.ask(&["/Query", "/TN", &name, "/XML"], None)?.stdout);
            let triggers = |xml: &str| xml.matches("<CalendarTrigger").count();
            if triggers(&kept) == triggers(&xml) {
                return Ok(());
            }
            Err(SchedulerError::Misunderstood {
                scheduler: SchedulerKind::Windows,
                difference: Difference::Triggers { task: name.clone(), has: triggers(&kept), of: triggers(&xml) },
            })
        };
        let give_back = |before: &Option<String>| match before {
            before if existing(&name)? == *before => Ok(()),
            // A `?` printed instead of a letter would be run.
            Some(xml) if action(xml).contains('?') => {
                Err(SchedulerError::LettersLost(SCHTASKS.command(&["/Query", "/TN", &name, "/XML"])))
            }
            Some(xml) => create(&name, xml),
            None => self.remove(&task.slug).map(drop),
        };
        exchange(SchedulerKind::Windows, &existing(&name)?, hand_over, give_back)?;
        Ok(HandedOver { while_logged_in: true, ..HandedOver::default() })
    }

    fn remove(&self, slug: &str) -> Result<bool, SchedulerError> {
        let name = name(slug);
        let found = existing(&name)?.is_some();
        if found {
            SCHTASKS.call(&["/Delete", "/TN", &name, "/F"], None)?;
        }
        Ok(found)
    }

    fn installed(&self) -> Result<Vec<(String, String)>, SchedulerError> {
        let query = ["/Query", "/XML"];
        let output = SCHTASKS.ask(&query, None)?;
        let xml = console_text(&output.stdout);
        // Somebody else's task may have made it fail after it printed those of Writeback.
        if !output.status.success() && !output.stderr.is_empty() && marks(&xml).next().is_none() {
            return Err(SCHTASKS.refused(&query, &said(&output)));
        }
        let found = marks(&xml).filter_map(|mark| Some((parse_mark(mark)?, mark.to_owned())));
        Ok(found.collect())
    }

    fn stored(&self, written: &WrittenTask) -> String {
        marks(&written.text()).next().unwrap_or_default().to_owned()
    }

    fn home_setting(&self, _: &str) -> Option<String> {
        None
    }
}

/// The program and its arguments. A task has no environment of its own, so PowerShell sets it.
fn command(task: &Task, exact: bool) -> Result<(String, String), WriteError> {
    let program = task.program()?;
    let arguments = task.arguments(exact);
    let Some(home) = task.home()? else { return Ok((program.to_owned(), arguments.map(in_double_quotes).join(" "))) };
    if [program, home].iter().any(|path| path.contains('"')) {
        return Err(WriteError::Path(task.program.clone()));
    }
    let arguments =
        arguments.map(|argument| if is_plain(argument) { argument.to_owned() } else { powershell(argument) });
    let script = format!(
        "{}; & {} {}; exit $LASTEXITCODE",
        Shell::Powershell.assignment("WRITEBACK_HOME", home),
        powershell(program),
        arguments.join(" "),
    );
    Ok(("powershell.exe".to_owned(), format!("-NoProfile -NonInteractive -WindowStyle Hidden -Command \"{script}\"")))
}

/// Quotes an argument for a Windows program, which splits at blanks.
fn in_double_quotes(argument: &str) -> String {
    if is_plain(argument) { argument.to_owned() } else { format!("\"{argument}\"") }
}

struct Repeated {
    first: u16,
    repetition: String,
}

/// Times of a day; may include more, and says whether the result is exact.
fn repeated_times(minutes: &[u16]) -> (Vec<Repeated>, bool) {
    let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else { return (Vec::new(), true) };
    let step = minutes.windows(2).map(|pair| pair[1] - pair[0]).fold(0, gcd);
    let regular = minutes.len() > 2 && minutes.windows(2).all(|pair| pair[1] - pair[0] == step);
    if minutes.len() <= MAX_TIMES && !regular {
        return (minutes.iter().map(|first| Repeated { first: *first, repetition: String::new() }).collect(), true);
    }
    let repetition = format!(
        "      <Repetition>\n        <Interval>PT{step}M</Interval>\n        <Duration>PT{}M</Duration>\n        \
         <StopAtDurationEnd>false</StopAtDurationEnd>\n      </Repetition>\n",
        last - first + 1
    );
    (vec![Repeated { first: *first, repetition }], regular)
}

fn gcd(a: u16, b: u16) -> u16 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The days of a trigger: one element by date, one by weekday.
fn day_elements(days: &CronDays) -> Vec<String> {
    let months = days.months.iter().filter_map(|month| Some(Month::try_from(*month).ok()?.name()));
    let months: String = months.map(|month| format!("<{month} />")).collect();
    let by_date = |dates: &mut dyn Iterator<Item = u8>| {
        let dates: String = dates.map(|date| format!("<Day>{date}</Day>")).collect();
        format!(
            "      <ScheduleByMonth>\n        <DaysOfMonth>{dates}</DaysOfMonth>\n        <Months>{months}</Months>\n      \
             </ScheduleByMonth>\n"
        )
    };
    let of_year = days.months.len() == 12;
    match (&days.dates, &days.weekdays) {
        (None, None) if of_year => {
            vec!["      <ScheduleByDay>\n        <DaysInterval>1</DaysInterval>\n      </ScheduleByDay>\n".to_owned()]
        }
        (None, None) => vec![by_date(&mut (1..=31))],
        (dates, weekdays) => {
            let dates = dates.iter().map(|dates| by_date(&mut dates.iter().copied()));
            let weekdays = weekdays.iter().map(|weekdays| {
                let names = weekdays.iter().map(|day| weekday_name(shift_weekday(Weekday::Sun, *day as i8)));
                let names: String = names.map(|name| format!("<{name} />")).collect();
                let names = format!("        <DaysOfWeek>{names}</DaysOfWeek>\n");
                if of_year {
                    let every = "        <WeeksInterval>1</WeeksInterval>\n";
                    return format!("      <ScheduleByWeek>\n{every}{names}      </ScheduleByWeek>\n");
                }
                let weeks: String = ["1", "2", "3", "4", "Last"].map(|week| format!("<Week>{week}</Week>")).concat();
                format!(
                    "      <ScheduleByMonthDayOfWeek>\n        <Weeks>{weeks}</Weeks>\n{names}        \
                     <Months>{months}</Months>\n      </ScheduleByMonthDayOfWeek>\n"
                )
            });
            dates.chain(weekdays).collect()
        }
    }
}

/// The mark and the stamp that a task of Writeback bears. They are in ASCII: schtasks prints what it has in a code page
/// that need not have the letters of a name, and then writes `?` for them.
fn marks(xml: &str) -> impl Iterator<Item = &str> {
    let texts = xml.split("<Documentation>").skip(1).filter_map(|rest| rest.split("</Documentation>").next());
    texts.filter(|text| text.starts_with(MARK))
}

/// Makes a task, in place of one of that name.
fn create(name: &str, xml: &str) -> Result<(), SchedulerError> {
    let path = std::env::temp_dir();
    let failed = |error| file_error(&path, error);
    let mut file = tempfile::NamedTempFile::with_suffix(".xml").map_err(failed)?;
    // schtasks reads UTF-16, which the mark at its beginning tells.
    file.write_all(&crate::system::files::in_utf16(xml)).map_err(failed)?;
    // While it is open, others cannot read it there.
    let file = file.into_temp_path();
    SCHTASKS.call(&["/Create", "/TN", name, "/XML", &file.display().to_string(), "/F"], None).map(drop)
}

/// The program of a task and its arguments.
fn action(xml: &str) -> &str {
    xml.split_once("<Actions").and_then(|(_, rest)| rest.split("</Actions>").next()).unwrap_or_default()
}

fn name(slug: &str) -> String {
    format!("\\Writeback\\{slug}")
}

/// A task, as schtasks prints it.
///
/// # Errors
/// When there is one, and Writeback has not written it.
fn existing(name: &str) -> Result<Option<String>, SchedulerError> {
    let output = SCHTASKS.ask(&["/Query", "/TN", name, "/XML"], None)?;
    let xml = console_text(&output.stdout);
    let is_ours = marks(&xml).next().is_some();
    match (output.status.success(), is_ours) {
        (false, _) => Ok(None),
        (true, true) => Ok(Some(xml)),
        (true, false) => Err(SchedulerError::Foreign(Foreign::Task(name.to_owned()))),
    }
}
