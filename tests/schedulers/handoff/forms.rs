//! Everything written besides the times: paths with every letter that means something somewhere, and never a secret.

use chrono_tz::Tz;
use writeback::testing::schedulers::{self, SchedulerKind, Task, WriteError};

use crate::handoff::{schedule, task, written};

const DAILY: &str = "every = \"day\"\nat = \"06:30\"";
const ODD: &str = "/opt/a b/%h $HOME \"x\" 'y' \\z & <w>/writeback";

fn odd(target: SchedulerKind) -> String {
    let mut task = task(schedule(DAILY), Tz::UTC);
    task.program = ODD.into();
    task.home = Some(ODD.into());
    written(&task, target)
}

#[test]
fn a_path_means_itself_in_every_form() {
    let mut spaced = task(schedule(DAILY), Tz::UTC);
    spaced.program = "/opt/a b/%h $HOME & <w>/writeback".into();
    spaced.home = Some(ODD.into());
    let systemd = written(&spaced, SchedulerKind::Systemd);
    let program = "\"/opt/a b/%%h $HOME & <w>/writeback\"";
    assert!(systemd.contains(&format!("\nExecStart={program} run daily-sales --scheduled\n")), "{systemd}");
    let quoted = "/opt/a b/%%h $HOME \\\"x\\\" 'y' \\\\z & <w>/writeback";
    assert!(systemd.contains(&format!("\nEnvironment=\"WRITEBACK_HOME={quoted}\"\n")), "{systemd}");

    let cron = odd(SchedulerKind::Cron);
    let quoted = "'/opt/a b/\\%h $HOME \"x\" '\\''y'\\'' \\z & <w>/writeback'";
    assert!(
        cron.contains(&format!("\n30 6 * * * WRITEBACK_HOME={quoted} {quoted} run daily-sales --scheduled\n")),
        "{cron}"
    );

    let launchd = odd(SchedulerKind::Launchd);
    assert!(
        launchd.contains("<string>/opt/a b/%h $HOME &quot;x&quot; 'y' \\z &amp; &lt;w&gt;/writeback</string>"),
        "{launchd}"
    );

    let mut task = task(schedule(DAILY), Tz::UTC);
    task.program = "C:\\Program Files\\it's & <me>\\writeback.exe".into();
    task.home = Some("D:\\$x%y".into());
    let windows = written(&task, SchedulerKind::Windows);
    let script = "$env:WRITEBACK_HOME='D:\\$x%y'; &amp; 'C:\\Program Files\\it''s &amp; &lt;me&gt;\\writeback.exe' run daily-sales --scheduled";
    assert!(windows.contains(script), "{windows}");
    // A quote of a word processor is one to PowerShell as well.
    task.home = Some("D:\\Ann’s ‘Ledger‛‚".into());
    let windows = written(&task, SchedulerKind::Windows);
    assert!(windows.contains("WRITEBACK_HOME='D:\\Ann’’s ‘‘Ledger‛‛‚‚'; "), "{windows}");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let mut task = task(schedule(DAILY), Tz::UTC);
    for program in ["/opt/it's/writeback", "/opt/\"a\"/writeback", "/opt/a\\b/writeback"] {
        task.program = program.into();
        assert_eq!(schedulers::write(&task, SchedulerKind::Systemd), Err(WriteError::Path(program.into())));
    }
    task.export.schedule = writeback::testing::export::Schedule::default();
    let said = schedulers::write(&task, SchedulerKind::Cron).unwrap_err().to_string();
    assert!(said.starts_with("daily-sales has no schedule: it runs only when someone runs it."), "{said}");
}

#[test]
fn a_name_in_any_script_names_units_in_plain_letters() {
    let mut task = task(schedule(DAILY), Tz::UTC);
    task.slug = "umsätze".to_owned();
    let names: Vec<String> =
        schedulers::write(&task, SchedulerKind::Systemd).unwrap().documents.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["writeback-ums\\xc3\\xa4tze.timer", "writeback-ums\\xc3\\xa4tze.service"]);
}

#[test]
fn windows_repeats_what_comes_often() {
    let task = task(schedule("every = \"15 minutes\"\nfrom = \"08:00\"\nto = \"20:00\"\non = [\"monday\"]"), Tz::UTC);
    let text = written(&task, SchedulerKind::Windows);
    assert_eq!(text.matches("<CalendarTrigger>").count(), 1);
    for part in [
        "<Interval>PT15M</Interval>",
        "<Duration>PT706M</Duration>",
        "T08:00:00<",
        "<DaysOfWeek><Monday /></DaysOfWeek>",
        "--scheduled<",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_character_that_a_scheduler_cannot_be_given_is_refused_by_where_it_is() {
    let every_day = || schedule("every = \"day\"\nat = \"06:30\"");
    let good = task(every_day(), Tz::UTC);
    for target in [SchedulerKind::Systemd, SchedulerKind::Cron, SchedulerKind::Launchd, SchedulerKind::Windows] {
        for bad in ['\r', '\n', '\t', '\0', '\u{1b}', '\u{85}', '\u{ffff}'] {
            let text = format!("/home/x{bad}ExecStart=/bin/evil");
            for (what, wrong) in [
                ("WRITEBACK_HOME", Task { home: Some(text.clone().into()), ..good.clone() }),
                ("The path of this program", Task { program: text.clone().into(), ..good.clone() }),
            ] {
                let said = schedulers::write(&wrong, target).unwrap_err().to_string();
                let code =
                    format!("{what} contains the control character U+{:04X}, which cannot be written", u32::from(bad));
                assert!(said.starts_with(&code), "{said}");
            }
        }
    }
}

#[test]
fn a_zone_is_handed_over_by_its_current_name() {
    let eastern = "every = \"day\"\nat = \"02:30\"\ntimezone = \"US/Eastern\"";
    // A schedule that clocks do not touch, so that no scheduler is given UTC.
    for text in [eastern.to_owned(), eastern.replace("02:30", "12:00")] {
        for target in [SchedulerKind::Systemd, SchedulerKind::Kubernetes, SchedulerKind::Airflow] {
            let documents = schedulers::write(&task(schedule(&text), Tz::UTC), target).unwrap().documents;
            let lines = documents.iter().flat_map(|document| document.text.lines());
            let zones =
                lines.filter(|line| ["OnCalendar=", "timeZone:", "timezone="].iter().any(|it| line.contains(it)));
            let zones: Vec<&str> = zones.collect();
            assert!(!zones.is_empty() && zones.iter().all(|line| !line.contains("US/Eastern")), "{zones:?}");
            assert!(text == eastern || zones.iter().all(|line| line.contains("America/New_York")), "{zones:?}");
        }
    }
}
