//! Windows: the XML of a task (Task Scheduler Schema, version 1.2), by the clock of the computer.

use std::collections::BTreeMap;

use super::fields::{AtChanges, CronDays, WallClock};
use super::xml::escaped;
use super::{Document, HandoffError, Task, is_plain, marker, short_hash};
use crate::text::shell::{Shell, powershell};

/// More times a day than this become a repetition; a task has 48 triggers at most.
const MAX_TIMES: usize = 12;
const DEFAULT_START: &str = "2025-01-01";
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) fn document(task: &Task) -> Result<Document, HandoffError> {
    let schedule = &task.export.schedule;
    let wall = WallClock::new(schedule, task.clock, AtChanges::Unknown);
    let mut guard = wall.guard;
    let mut by_days: BTreeMap<&CronDays, Vec<u16>> = BTreeMap::new();
    for fields in &wall.lines {
        by_days.entry(&fields.days).or_default().extend(fields.times.minutes_of_day());
    }
    let start = schedule.start.map_or_else(|| DEFAULT_START.to_owned(), |start| start.to_string());
    let mut triggers = String::new();
    for (days, mut minutes) in by_days {
        minutes.sort_unstable();
        let (times, exact) = repeated_times(&minutes);
        guard |= !exact;
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
    let (command, arguments) = command(task, guard)?;
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
        escaped(&command),
        escaped(&arguments)
    );
    // The scheduler does not return the text byte for byte, but it keeps the stamp.
    let stamp = short_hash(&body, 8);
    let text = format!(
        "<?xml version=\"1.0\"?>\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n  \
         <RegistrationInfo>\n    <Description>{}</Description>\n    <Documentation>{} {stamp}</Documentation>\n  \
         </RegistrationInfo>\n{body}</Task>\n",
        escaped(&schedule.describe()),
        marker(&task.slug),
    );
    Ok(Document { name: format!("{}.xml", task.slug), text })
}

/// The program and its arguments. A task has no environment of its own, so PowerShell sets it.
fn command(task: &Task, guard: bool) -> Result<(String, String), HandoffError> {
    let program = task.program()?;
    let arguments = task.arguments(guard);
    let Some(home) = task.home()? else { return Ok((program.to_owned(), arguments.map(in_double_quotes).join(" "))) };
    if [program, home].iter().any(|path| path.contains('"')) {
        return Err(HandoffError::Path(task.program.clone()));
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
    let months = days.months.iter().filter_map(|month| MONTHS.get(usize::from(*month) - 1));
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
                let names = weekdays.iter().filter_map(|day| WEEKDAYS.get(usize::from(*day)));
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
