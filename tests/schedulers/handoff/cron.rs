//! Lines of a crontab, on a cron as Debian's is (cron(8) and its cron.c): a patient one, minute by minute.

use std::collections::HashSet;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use writeback::testing::export::Schedule;
use writeback::testing::export::schedule::parse_zone;
use writeback::testing::schedulers::SchedulerKind;

use crate::handoff::{cases, runs, schedule, task, written};

/// A line, as cron reads it.
struct Line {
    minutes: HashSet<u32>,
    hours: HashSet<u32>,
    dates: HashSet<u32>,
    months: HashSet<u32>,
    weekdays: HashSet<u32>,
    /// A day needs both its date and its day of the week: one of them is `*`.
    both: bool,
    /// Cron takes it for an interval.
    wildcard: bool,
}

impl Line {
    fn read(fields: &[&str]) -> Self {
        let set = |field: &str, range: std::ops::RangeInclusive<u32>| -> HashSet<u32> {
            let part = |part: &str| {
                let (numbers, step) =
                    part.split_once('/').map_or((part, 1), |(numbers, step)| (numbers, step.parse().unwrap()));
                let (from, to) = match numbers {
                    "*" => (*range.start(), *range.end()),
                    _ => match numbers.split_once('-') {
                        Some((from, to)) => (from.parse().unwrap(), to.parse().unwrap()),
                        None => (numbers.parse().unwrap(), numbers.parse().unwrap()),
                    },
                };
                (from..=to).step_by(step)
            };
            let numbers: HashSet<u32> = field.split(',').flat_map(part).collect();
            assert!(numbers.iter().all(|number| range.contains(number)), "{field}");
            numbers
        };
        let [minutes, hours, dates, months, weekdays]: [&str; 5] = fields.try_into().unwrap();
        Self {
            minutes: set(minutes, 0..=59),
            hours: set(hours, 0..=23),
            dates: set(dates, 1..=31),
            months: set(months, 1..=12),
            weekdays: set(weekdays, 0..=6),
            both: dates.starts_with('*') || weekdays.starts_with('*'),
            wildcard: minutes.starts_with('*') || hours.starts_with('*'),
        }
    }

    fn means(&self, time: NaiveDateTime) -> bool {
        let (date, weekday) =
            (self.dates.contains(&time.day()), self.weekdays.contains(&time.weekday().num_days_from_sunday()));
        self.minutes.contains(&time.minute())
            && self.hours.contains(&time.hour())
            && self.months.contains(&time.month())
            && if self.both { date && weekday } else { date || weekday }
    }
}

/// The times at which cron starts the lines on a computer whose clock goes by `clock`.
fn fires(lines: &[Line], clock: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let minute = TimeDelta::minutes(1);
    let shows = |at: DateTime<Utc>| clock.from_utc_datetime(&at.naive_utc()).naive_local();
    let mut fires = Vec::new();
    let mut at = from;
    let mut last = shows(from - minute);
    while at < until {
        let now = shows(at);
        let ahead = now - last;
        let mut start = |time: NaiveDateTime, which: &dyn Fn(&Line) -> bool| {
            fires.extend(lines.iter().filter(|line| which(line) && line.means(time)).map(|_| at));
        };
        if ahead == minute {
            start(now, &|_| true);
        } else if ahead > minute && ahead < TimeDelta::hours(3) {
            start(now, &|line| line.wildcard);
            while last < now {
                last += minute;
                start(last, &|line| !line.wildcard);
            }
        } else if ahead <= TimeDelta::zero() && ahead > TimeDelta::hours(-3) {
            start(now, &|line| line.wildcard);
        } else {
            start(now, &|_| true);
            last = now;
        }
        last = last.max(now);
        at += minute;
    }
    fires
}

/// Ours, and those that cron makes with what it is given, over some days.
fn both(schedule: &Schedule, clock: Tz, from: DateTime<Utc>, days: i64) -> [Vec<DateTime<Utc>>; 2] {
    let text = written(&task(schedule.clone(), clock), SchedulerKind::Cron);
    let (comments, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    assert_eq!(comments.len(), lines.len(), "{text}");
    let guard = text.contains("--if-due");
    let lines: Vec<Line> = lines.iter().map(|line| Line::read(&line.split(' ').take(5).collect::<Vec<_>>())).collect();
    let from = from - TimeDelta::seconds(from.timestamp().rem_euclid(60));
    let until = from + TimeDelta::days(days);
    let ours = schedule.next_runs(from - TimeDelta::seconds(1)).take_while(|run| *run < until).collect();
    let last = schedule.last_run(from - TimeDelta::seconds(1));
    [ours, runs(schedule, fires(&lines, clock, from, until), guard, last)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cron_makes_the_runs_of_the_schedule_in_its_own_zone_and_in_one_without_changes(
        (schedule, from) in cases(),
        utc in any::<bool>(),
    ) {
        let clock = if utc { Tz::UTC } else { schedule.zone };
        let [ours, crons] = both(&schedule, clock, from, 40);
        let text = written(&task(schedule.clone(), clock), SchedulerKind::Cron);
        prop_assert!(ours == crons, "{} by {}: {}", schedule.describe(), clock, text);
    }

    #[test]
    fn cron_makes_them_by_the_clock_of_any_zone_and_an_hour_late_where_that_clock_shows_a_time_twice(
        (schedule, from) in cases(),
        clock in prop::sample::select(&["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe"][..]),
    ) {
        let clock = parse_zone(clock).unwrap();
        let [ours, crons] = both(&schedule, clock, from, 40);
        let changes = |at: DateTime<Utc>| {
            let shows = |at: DateTime<Utc>| clock.from_utc_datetime(&at.naive_utc()).naive_local() - at.naive_utc();
            shows(at - TimeDelta::hours(4)) != shows(at + TimeDelta::hours(4))
        };
        let quiet = |runs: &[DateTime<Utc>]| runs.iter().copied().filter(|run| !changes(*run)).collect::<Vec<_>>();
        prop_assert!(quiet(&ours) == quiet(&crons), "{} by {}", schedule.describe(), clock);
        for run in ours.iter().filter(|run| changes(**run) && **run < from + TimeDelta::days(39)) {
            let made = crons.iter().any(|at| at >= run && *at <= *run + TimeDelta::hours(2));
            prop_assert!(made, "{} by {}: {} is missing", schedule.describe(), clock, run);
        }
        prop_assert!(crons.len() <= ours.len());
    }
}

/// The five fields of each line, and whether the command has the guard.
fn lines(text: &str, clock: Tz) -> (Vec<String>, bool) {
    let text = written(&task(schedule(text), clock), SchedulerKind::Cron);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    (lines.map(|line| line.split(' ').take(5).collect::<Vec<_>>().join(" ")).collect(), text.contains("--if-due"))
}

#[test]
fn what_cron_can_say_it_says_and_the_rest_has_a_guard() {
    let table: [(&str, &[&str], bool); 14] = [
        ("every = \"day\"\nat = \"06:30\"", &["30 6 * * *"], false),
        ("every = \"weekday\"\nat = \"06:30\"", &["30 6 * * 1-5"], false),
        ("every = \"week\"\non = [\"sunday\", \"monday\"]\nat = \"06:30\"", &["30 6 * * 0,1"], false),
        ("every = \"hour\"", &["0 * * * *"], false),
        ("every = \"15 minutes\"\nfrom = \"08:00\"\nto = \"20:00\"", &["*/15 8-19 * * *"], false),
        ("every = \"6 hours\"\nfrom = \"02:15\"", &["15 2,8,14,20 * * *"], false),
        ("every = \"month\"\non = 15\nat = \"00:00\"", &["0 0 15 * *"], false),
        ("cron = \"*/15 8-18 1,15 * mon-fri\"", &["*/15 8-18 1,15 * 1-5"], false),
        ("cron = \"0 6 * * 7\"", &["0 6 * * 0"], false),
        ("every = \"month\"\non = 31\nat = \"06:30\"", &["30 6 28-31 * *"], true),
        ("on = [\"2nd sunday\"]\nat = \"06:30\"", &["30 6 * * 0"], true),
        ("every = \"2 weeks\"\non = \"monday\"\nat = \"06:30\"\nstart = \"2026-11-23\"", &["30 6 * * 1"], true),
        ("every = \"3 months\"\non = 1\nat = \"06:30\"\nstart = \"2026-11-23\"", &["30 6 1 2,5,8,11 *"], true),
        ("cron = \"0 6 L * *\"", &["0 6 * * *"], true),
    ];
    for (text, expected, guard) in table {
        assert_eq!(lines(text, Tz::UTC), (expected.iter().map(|&line| line.to_owned()).collect(), guard), "{text}");
    }
    let daily = "every = \"day\"\nat = \"02:30\"\ntimezone = \"Europe/Berlin\"";
    assert_eq!(lines(daily, Tz::Europe__Berlin), (vec!["30 2 * * *".to_owned()], false), "cron makes up for it itself");
    let denver = "every = \"weekday\"\nat = \"06:30\"\ntimezone = \"America/Denver\"";
    assert_eq!(lines(denver, Tz::UTC), (vec!["30 12,13 * * 1-5".to_owned()], true));
    let kolkata = "every = \"week\"\non = \"monday\"\nat = \"02:00\"\ntimezone = \"Asia/Kolkata\"";
    assert_eq!(lines(kolkata, Tz::UTC), (vec!["30 20 * * 0".to_owned()], false), "the evening before");
}

#[test]
fn cron_expressions_are_kept_too() {
    let from = "2026-09-15T00:00:00Z".parse().unwrap();
    for cron in
        ["30 2 * * *", "30 2,14 1,15 * 1", "*/20 0-4 * * 0", "0 6 * * 5#2", "0 6 L * *", "7 */2 13 * 5", "0 0 1-7 * +1"]
    {
        for zone in ["UTC", "Europe/Berlin", "America/Santiago"] {
            let schedule = schedule(&format!("cron = \"{cron}\"\ntimezone = \"{zone}\""));
            for clock in [schedule.zone, Tz::UTC] {
                let [ours, crons] = both(&schedule, clock, from, 60);
                assert!(ours == crons, "{cron} {zone} by {clock}");
            }
        }
    }
}
