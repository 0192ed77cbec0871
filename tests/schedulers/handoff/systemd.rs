//! Units, and what systemd itself makes of their calendar.

use std::process::Command;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use proptest::test_runner::{Config, TestRunner};
use writeback::testing::export::Schedule;
use writeback::testing::schedulers::SchedulerKind;

use crate::handoff::{cases, runs, schedule, task, written};

/// The lines of the timer, and whether the service has the guard.
fn calendar(schedule: &Schedule) -> (Vec<String>, bool) {
    let text = written(&task(schedule.clone(), Tz::UTC), SchedulerKind::Systemd);
    let lines = text.lines().filter_map(|line| line.strip_prefix("OnCalendar=")).map(str::to_owned).collect();
    (lines, text.contains("--if-due"))
}

#[test]
fn what_systemd_can_say_it_says_and_the_rest_has_a_guard() {
    let table: [(&str, &[&str], bool); 13] = [
        ("every = \"day\"\nat = \"06:30\"\ntimezone = \"Europe/Berlin\"", &["*-*-* 06:30:00 Europe/Berlin"], false),
        ("every = \"weekday\"\nat = \"06:30\"", &["Mon..Fri *-*-* 06:30:00 UTC"], false),
        ("every = \"hour\"\nfrom = \"08:15\"", &["*-*-* *:15:00 UTC"], false),
        ("every = \"30 minutes\"\nfrom = \"08:00\"\nto = \"10:00\"", &["*-*-* 08,09:00,30:00 UTC"], false),
        ("on = [\"2nd sunday\"]\nat = \"06:30\"", &["Sun *-*-08..14 06:30:00 UTC"], false),
        ("on = [\"last friday\"]\nat = \"06:30\"", &["Fri *-*~01..07 06:30:00 UTC"], false),
        ("every = \"month\"\non = 31\nat = \"06:30\"", &["*-*~01 06:30:00 UTC"], false),
        ("every = \"month\"\non = 30\nat = \"06:30\"", &["*-01,03..12-30 06:30:00 UTC", "*-02~01 06:30:00 UTC"], false),
        ("cron = \"0 6 1 * 1\"", &["*-*-01 06:00:00 UTC", "Mon *-*-* 06:00:00 UTC"], false),
        (
            "every = \"day\"\nat = \"02:30\"\ntimezone = \"Europe/Berlin\"",
            &["*-*-* 02:30:00 Europe/Berlin", "Sun *-10-* 00:30:00 UTC", "Sun *-03-* 01:00:00 UTC"],
            true,
        ),
        (
            "every = \"week\"\non = \"monday\"\nat = \"02:30\"\ntimezone = \"Europe/Berlin\"",
            &["Mon *-*-* 02:30:00 Europe/Berlin"],
            false,
        ),
        (
            "every = \"3 months\"\non = 1\nat = \"06:30\"\nstart = \"2026-11-23\"",
            &["*-02,05,08,11-01 06:30:00 UTC"],
            true,
        ),
        ("every = \"2 days\"\nat = \"06:30\"\nstart = \"2026-11-23\"", &["*-*-* 06:30:00 UTC"], true),
    ];
    for (text, expected, guard) in table {
        assert_eq!(
            calendar(&schedule(text)),
            (expected.iter().map(|&line| line.to_owned()).collect(), guard),
            "{text}"
        );
    }
}

/// The moments at which systemd would start a timer, so far as it was asked.
fn elapses(lines: &[String], after: DateTime<Utc>, most: usize) -> Vec<DateTime<Utc>> {
    let mut all = Vec::new();
    let mut known = DateTime::<Utc>::MAX_UTC;
    for line in lines {
        let base = after.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        let output = Command::new("systemd-analyze")
            .args(["calendar", &format!("--base-time={base}"), &format!("--iterations={most}"), line])
            .envs([("TZ", "UTC"), ("LC_ALL", "C")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let times: Vec<DateTime<Utc>> = text
            .lines()
            .filter_map(|line| line.trim().strip_suffix(" UTC")?.split_once(": ").map(|(_, time)| time))
            .filter_map(|time| NaiveDateTime::parse_from_str(time.trim(), "%a %Y-%m-%d %H:%M:%S").ok())
            .map(|time| time.and_utc())
            .collect();
        // A calendar that is over has fewer.
        if times.len() == most {
            known = known.min(*times.last().unwrap());
        }
        all.extend(times);
    }
    all.sort();
    all.dedup();
    all.retain(|time| *time <= known);
    all
}

/// Compares the runs of a schedule with those that systemd makes of its timer. Returns how many there were.
fn compare(schedule: &Schedule, after: DateTime<Utc>, most: usize) -> usize {
    let (lines, guard) = calendar(schedule);
    let elapses = elapses(&lines, after, most);
    let Some(until) = elapses.last().copied() else { return 0 };
    let ours: Vec<DateTime<Utc>> = schedule.next_runs(after).take_while(|run| *run <= until).collect();
    let theirs = runs(schedule, elapses, guard, None);
    let lacking = |these: &[DateTime<Utc>], those: &[DateTime<Utc>]| {
        these.iter().copied().filter(|time| !those.contains(time)).collect::<Vec<_>>()
    };
    let (missing, wrong) = (lacking(&ours, &theirs), lacking(&theirs, &ours));
    assert_eq!((missing, wrong), (vec![], vec![]), "{} after {after}: {lines:?}", schedule.describe());
    ours.len()
}

/// All rhythms, in words of a definition.
const RHYTHMS: [&str; 26] = [
    "every = \"hour\"",
    "every = \"hour\"\nfrom = \"00:30\"",
    "every = \"3 hours\"\nfrom = \"22:00\"\nto = \"06:00\"",
    "every = \"day\"\nat = \"00:00\"",
    "every = \"day\"\nat = \"02:30\"",
    "every = \"day\"\nat = \"23:30\"",
    "every = \"3 days\"\nat = \"02:15\"\nstart = \"2026-01-01\"",
    "every = \"weekday\"\nat = \"06:30\"",
    "every = \"week\"\non = [\"sunday\", \"thursday\"]\nat = \"02:00\"",
    "every = \"2 weeks\"\non = [\"monday\"]\nat = \"06:30\"\nstart = \"2026-03-04\"",
    "every = \"month\"\non = 1\nat = \"06:30\"",
    "every = \"month\"\non = 29\nat = \"02:30\"",
    "every = \"month\"\non = 30\nat = \"06:30\"",
    "every = \"month\"\non = 31\nat = \"00:15\"",
    "every = \"3 months\"\non = 31\nat = \"06:30\"\nstart = \"2026-02-01\"",
    "every = \"5 months\"\non = 29\nat = \"06:30\"\nstart = \"2026-02-01\"",
    "on = [5, 15, 30, 31]\nat = \"06:30\"",
    "on = [28, 29]\nevery = \"45 minutes\"\nfrom = \"23:00\"\nto = \"02:00\"",
    "on = [\"2nd sunday\", \"last friday\"]\nat = \"02:30\"",
    "on = [\"1st sunday\", \"5th monday\", \"wednesday\"]\nat = \"06:30\"",
    "on = [\"last sunday\"]\nevery = \"30 minutes\"\nfrom = \"01:00\"\nto = \"04:00\"",
    "cron = \"*/15 0-4 1,15 * 0\"",
    "cron = \"30 2 * * *\"",
    "every = \"14 hours\"\nfrom = \"03:57\"",
    "every = \"12 hours\"\nfrom = \"02:45\"",
    "cron = \"0 6 * 2-4 5#2\"",
];
const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
    "Pacific/Chatham",
];

#[test]
#[ignore = "needs systemd-analyze: tests/handoff.sh"]
fn the_next_fifty_times_of_a_table_are_systemds() {
    let mut compared = 0;
    for rhythm in RHYTHMS {
        for zone in ZONES {
            let schedule = schedule(&format!("{rhythm}\ntimezone = \"{zone}\""));
            // Before the changes of spring and of autumn, in the north and in the south.
            for after in
                ["2026-03-25T07:10:00Z", "2026-10-23T07:10:00Z", "2026-09-04T11:00:00Z", "2026-09-25T11:00:00Z"]
            {
                compared += compare(&schedule, after.parse().unwrap(), 50);
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
#[ignore = "needs systemd-analyze: tests/handoff.sh"]
fn the_times_of_any_schedule_are_systemds() {
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let done = runner.run(&cases(), |(schedule, after)| {
        compare(&schedule, after, 40);
        Ok(())
    });
    done.unwrap();
}
