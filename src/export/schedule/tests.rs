//! Parsing, formatting, descriptions and errors of schedules.

use super::*;

fn read(text: &str) -> Result<Schedule, String> {
    crate::system::files::read_toml_text(text, std::path::Path::new("x"))
        .map_err(|error| error.to_string().trim_start_matches("x, ").to_owned())
}

fn schedule(text: &str) -> Schedule {
    read(text).unwrap()
}

/// The next runs in UTC, as in `2026-11-22 06:30`.
fn runs(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let after: DateTime<Utc> = after.parse().unwrap();
    schedule.next_runs(after).take(count).map(|run| run.format("%Y-%m-%d %H:%M").to_string()).collect()
}

#[test]
fn each_schedule_has_one_form_and_a_description() {
    let table = [
        ("", "Manually"),
        ("timezone = \"Europe/Berlin\"\n", "Manually"),
        ("every = \"hour\"\n", "Every hour, UTC"),
        ("every = \"2 hours\"\nfrom = \"08:30\"\nto = \"20:00\"\n", "Every 2 hours from 08:30 until before 20:00, UTC"),
        ("every = \"day\"\nat = \"06:30\"\n", "Every day at 06:30, UTC"),
        (
            "every = \"3 days\"\nat = \"06:30\"\nstart = \"2026-11-23\"\n",
            "Every 3 days at 06:30, from 23 Nov 2026, UTC",
        ),
        ("every = \"weekday\"\nat = \"06:30\"\n", "Every weekday, Monday to Friday, at 06:30, UTC"),
        (
            "every = \"2 weeks\"\non = [\"monday\", \"thursday\"]\nat = \"06:30\"\nstart = \"2026-11-23\"\n\
             timezone = \"America/Denver\"\n",
            "Every 2 weeks on Monday and Thursday at 06:30, from 23 Nov 2026, America/Denver",
        ),
        ("every = \"month\"\non = 31\nat = \"06:30\"\n", "Every month on the last day at 06:30, UTC"),
        ("on = [1, 15, 30]\nat = \"06:30\"\n", "On the 1st, 15th and 30th (or last day) of the month at 06:30, UTC"),
        (
            "on = [\"2nd sunday\", \"4th sunday\"]\nat = \"06:30\"\nstart_at_once = true\n",
            "On the second and fourth Sunday of the month at 06:30, and at once, UTC",
        ),
        (
            "every = \"15 minutes\"\non = [\"monday\", \"last friday\"]\nfrom = \"22:00\"\nto = \"02:00\"\n",
            "Every 15 minutes from 22:00 until before 02:00 on every Monday and the last Friday of the month, UTC",
        ),
        ("every = \"8 hours\"\non = [1]\n", "Every 8 hours on the 1st of the month, UTC"),
        ("every = \"120 minutes\"\n", "Every 2 hours, UTC"),
        ("cron = \"30 6 * * 1,4\"\n", "At 06:30, on Monday and Thursday (cron 30 6 * * 1,4), UTC"),
    ];
    for (text, words) in table {
        let schedule = schedule(text);
        assert_eq!(schedule.describe(), words, "{text}");
        assert_eq!(toml::to_string(&schedule).unwrap(), text);
    }
}

#[test]
fn spellings_by_hand_are_understood() {
    let date = schedule("every = \"2 days\"\nat = \"6:30\"\nstart = 2026-11-23");
    assert_eq!(date, schedule("every = \"2 Days\"\nat = \"06:30\"\nstart = \"2026-11-23\""));
    assert_eq!(
        schedule("on = [\"Second Sunday\", 'LAST fri', \"2nd sunday\"]\nat = \"06:30\""),
        schedule("on = [\"last friday\", \"2nd sunday\"]\nat = \"06:30\"")
    );
    assert_eq!(schedule("every = \"week\"\non = \"mon\"\nat = \"06:30\""), {
        schedule("every = \"week\"\non = [\"monday\"]\nat = \"06:30\"")
    });
    assert_eq!(schedule("timezone = \"america/denver\"").zone, Tz::America__Denver);
}

#[test]
fn each_mistake_is_a_sentence_with_its_line() {
    let table = [
        ("evry = \"day\"", "line 1: there is no key `evry` here. Did you mean `every`?"),
        ("every = \"fortnight\"", "line 1: `every` is a number and a unit"),
        ("every = \"0 days\"", "line 1: `every` is a number and a unit"),
        ("every = \"24 hours\"", "line 1: Every 24 hours is more than the 23 hours that `every` takes."),
        ("every = \"day\"\nat = \"25:00\"", "line 2: A time of day has hours and minutes"),
        ("every = \"day\"", "The schedule lacks `at`"),
        ("at = \"06:30\"", "The schedule lacks `every`: day, weekday, week or month."),
        ("on = [1]", "The schedule lacks `at`"),
        ("on = []\nat = \"06:30\"", "The schedule lacks `on`"),
        ("every = \"week\"\nat = \"06:30\"", "The schedule lacks `on`: the days of the week"),
        ("every = \"week\"\nat = \"06:30\"\non = [1]", "Of a week, `on` names days like monday."),
        ("every = \"month\"\nat = \"06:30\"\non = [1, 2]", "Of a month, `on` is one day"),
        ("on = [1, \"monday\"]\nat = \"06:30\"", "`on` names days of the month or days of the week, not both."),
        ("at = \"06:30\"\non = [1,\n 32]", "line 3: A day is a number from 1 to 31"),
        ("at = \"06:30\"\non = [\"6th monday\"]", "line 2: A day is a number from 1 to 31"),
        ("every = \"2 days\"\nat = \"06:30\"", "The schedule lacks `start`: the date from which it is counted."),
        ("start = \"2026-11-23\"", "The schedule lacks `every`: how often it runs."),
        ("start = \"23 Nov\"", "line 1: A date has a year, like 2026-11-23, 23 Nov 2026, or 11/23/2026."),
        ("every = \"hour\"\nat = \"06:30\"", "`at` has no meaning in this schedule. Times at an interval begin"),
        ("every = \"day\"\nat = \"06:30\"\nto = \"08:00\"", "`to` has no meaning in this schedule."),
        ("every = \"day\"\nat = \"06:30\"\non = [1]", "`on` has no meaning in this schedule."),
        ("every = \"day\"\nat = \"06:30\"\nstart_at_once = true", "`start_at_once` has no meaning in this schedule."),
        ("every = \"hour\"\nfrom = \"08:00\"\nto = \"08:00\"", "`from` and `to` are the same."),
        ("cron = \"30 6 * * *\"\nat = \"06:30\"", "`cron` says all of it"),
        ("cron = \"30 6 * *\"", "line 1: A cron expression has five fields"),
        ("cron = \"0 30 6 * * *\"", "line 1: A cron expression has five fields"),
        ("cron = \"61 6 * * *\"", "line 1: That is not a cron expression."),
        ("cron = \"0 6 30 2 *\"", "line 1: This cron expression never matches any day."),
        ("timezone = \"Mars/Olympus\"", "line 1: `Mars/Olympus` is not a time zone."),
    ];
    for (text, expected) in table {
        let error = read(text).unwrap_err();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn skipped_times_move_and_repeated_times_run_once() {
    let daily = schedule("every = \"day\"\nat = \"02:30\"\ntimezone = \"Europe/Berlin\"");
    let spring = runs(&daily, "2026-03-28T00:00:00Z", 3);
    assert_eq!(spring, ["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"]);
    let autumn = runs(&daily, "2026-10-24T20:00:00Z", 2);
    assert_eq!(autumn, ["2026-10-25 00:30", "2026-10-26 01:30"]);

    let hourly = schedule("every = \"hour\"\nfrom = \"00:30\"\ntimezone = \"Europe/Berlin\"");
    let spring = runs(&hourly, "2026-03-28T23:45:00Z", 3);
    assert_eq!(spring, ["2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"]);
    let autumn = runs(&hourly, "2026-10-24T22:45:00Z", 4);
    assert_eq!(autumn, ["2026-10-24 23:30", "2026-10-25 00:30", "2026-10-25 02:30", "2026-10-25 03:30"]);

    let apia = schedule("every = \"day\"\nat = \"06:00\"\ntimezone = \"Pacific/Apia\"");
    let runs = runs(&apia, "2011-12-28T18:00:00Z", 2);
    assert_eq!(runs, ["2011-12-29 16:00", "2011-12-30 16:00"], "30 December was left out");
}

#[test]
fn the_end_of_active_hours_is_not_part_of_them_and_they_may_cross_midnight() {
    let domo = schedule("every = \"hour\"\nfrom = \"08:00\"\nto = \"07:00\"");
    let all: Vec<String> = runs(&domo, "2026-11-22T05:30:00Z", 2);
    assert_eq!(all, ["2026-11-22 06:00", "2026-11-22 08:00"]);
    let night = schedule("every = \"2 hours\"\non = [\"monday\"]\nfrom = \"22:00\"\nto = \"04:00\"");
    assert_eq!(
        runs(&night, "2026-11-22T00:00:00Z", 4),
        ["2026-11-23 22:00", "2026-11-24 00:00", "2026-11-24 02:00", "2026-11-30 22:00"]
    );
}

#[test]
fn a_short_month_runs_on_its_last_day_and_once() {
    let monthly = schedule("every = \"month\"\non = 31\nat = \"06:00\"");
    assert_eq!(runs(&monthly, "2028-01-31T07:00:00Z", 3), ["2028-02-29 06:00", "2028-03-31 06:00", "2028-04-30 06:00"]);
    let both = schedule("on = [30, 31]\nat = \"06:00\"");
    assert_eq!(runs(&both, "2027-02-01T00:00:00Z", 3), ["2027-02-28 06:00", "2027-03-30 06:00", "2027-03-31 06:00"]);
}

#[test]
fn schedules_below_15_minutes_are_noticed() {
    let quarter = TimeDelta::minutes(15);
    let is_faster = |text: &str| schedule(text).is_faster_than(quarter);
    assert!(is_faster("every = \"14 minutes\""));
    assert!(!is_faster("every = \"15 minutes\""));
    assert!(is_faster("cron = \"0,10 6 * * 1\""));
    assert!(is_faster("cron = \"0,59 0,23 * * *\""), "from 23:59 to 00:00");
    assert!(!is_faster("cron = \"*/15 * * * *\""));
    assert!(!is_faster("every = \"week\"\non = [\"monday\"]\nat = \"06:30\""));
    assert!(!is_faster(""));
}

#[test]
fn nothing_runs_before_the_start() {
    let later = schedule("every = \"weekday\"\nat = \"06:30\"\nstart = \"2027-01-01\"");
    assert_eq!(runs(&later, "2026-11-22T00:00:00Z", 2), ["2027-01-01 06:30", "2027-01-04 06:30"]);
    let cron = schedule("cron = \"30 6 * * *\"\nstart = \"2027-01-01\"");
    assert_eq!(runs(&cron, "2026-11-22T00:00:00Z", 1), ["2027-01-01 06:30"]);
}
