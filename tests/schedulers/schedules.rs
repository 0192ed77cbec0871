//! The next runs of any schedule are those that a patient person finds who watches the clock on the wall, minute by
//! minute: over leap years, and over every kind of change that clocks have made.
//!
//! The reckoning here knows nothing of the one in the library: it goes forward in UTC, reads the wall clock from it, and
//! asks of each minute that is shown whether the schedule means it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use writeback::testing::config::Environment;
use writeback::testing::export::schedule::{
    Active, Advanced, DaysOfMonth, Nth, Rhythm, TimeOfDay, Times, WeekdayOfMonth, parse_zone,
};
use writeback::testing::export::{Export, Schedule};
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::wizard::{Effect, Field, Model, Msg, Original, Start, Step, update};

/// Days of a scene, and where in it the change is.
const BEFORE: u64 = 34;
const AFTER: u64 = 12;

/// Changes of clocks by zone and date.
const CHANGES: [(&str, &str); 33] = [
    ("UTC", "2028-02-29"),
    ("UTC", "2100-02-28"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Berlin", "1980-04-06"),
    ("America/New_York", "2027-03-14"),
    ("America/New_York", "2028-11-05"),
    ("America/Denver", "2028-03-12"),
    // Half an hour.
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    // At midnight: days without their first hour, days with their last one twice.
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Santiago", "2026-09-06"),
    ("America/Havana", "2027-03-14"),
    ("Asia/Beirut", "2027-03-28"),
    ("America/Nuuk", "2023-03-26"),
    ("America/Scoresbysund", "2024-03-31"),
    ("Asia/Gaza", "2023-04-29"),
    // A quarter of an hour, once.
    ("Asia/Kathmandu", "1986-01-01"),
    // Days that were skipped.
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    // Twice a year around Ramadan.
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    // Two hours.
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    // For good.
    ("Europe/Moscow", "2011-03-27"),
    ("Europe/Moscow", "2014-10-26"),
    ("Asia/Pyongyang", "2015-08-15"),
    ("Asia/Pyongyang", "2018-05-05"),
    ("America/Caracas", "2016-05-01"),
    ("Asia/Tehran", "2022-09-22"),
    ("Pacific/Chatham", "2026-09-27"),
    ("Europe/Dublin", "2026-10-25"),
];

/// A minute that passes.
struct Minute {
    at: DateTime<Utc>,
    /// The time on the clock, in minutes since midnight.
    shows: usize,
    /// The clock shows that time for the first time.
    new: bool,
    /// The minutes that the clock has skipped before it.
    skipped: Vec<NaiveDateTime>,
}

/// The minutes of one date on the wall, without a break.
struct Stretch {
    date: NaiveDate,
    minutes: Vec<Minute>,
    skips: bool,
}

/// Some weeks somewhere.
struct Scene {
    zone: Tz,
    change: NaiveDate,
    end: DateTime<Utc>,
    stretches: Vec<Stretch>,
    /// Dates that the clock has shown at all.
    shown: HashSet<NaiveDate>,
}

static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| CHANGES.iter().map(|(zone, date)| scene(zone, date)).collect());

fn scene(zone: &str, change: &str) -> Scene {
    let (zone, change) = (parse_zone(zone).unwrap(), change.parse::<NaiveDate>().unwrap());
    let midnight = |date: NaiveDate| date.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let (start, end) = (midnight(change - Days::new(BEFORE)), midnight(change + Days::new(AFTER)));
    let mut scene = Scene { zone, change, end, stretches: Vec::new(), shown: HashSet::new() };
    let mut seen = HashSet::new();
    let mut before: Option<NaiveDateTime> = None;
    let mut at = start;
    while at < end {
        let local = at.with_timezone(&zone).naive_local();
        let mut skipped = Vec::new();
        let mut next = before.map_or(local, |before| before + TimeDelta::minutes(1));
        while next < local {
            skipped.push(next);
            next += TimeDelta::minutes(1);
        }
        scene.shown.insert(local.date());
        if scene.stretches.last().is_none_or(|stretch| stretch.date != local.date()) {
            scene.stretches.push(Stretch { date: local.date(), minutes: Vec::new(), skips: false });
        }
        let stretch = scene.stretches.last_mut().unwrap();
        stretch.skips |= !skipped.is_empty();
        stretch.minutes.push(Minute { at, shows: minute_of(local), new: seen.insert(local), skipped });
        before = Some(local);
        at += TimeDelta::minutes(1);
    }
    scene
}

fn minute_of(time: NaiveDateTime) -> usize {
    (time.hour() * 60 + time.minute()) as usize
}

/// A schedule as a person would put it.
struct Meaning {
    /// The schedule means a date.
    day: Box<dyn Fn(NaiveDate) -> bool>,
    /// The minutes after the midnight of such a date, over two days.
    minutes: Vec<bool>,
    /// It runs at one time a day.
    one: bool,
}

impl Meaning {
    fn means(&self, local: NaiveDateTime) -> bool {
        let days = [local.date(), local.date() - Days::new(1)].map(&self.day);
        self.means_minute(minute_of(local), days)
    }

    /// A minute is meant, given today and yesterday, each of which may be a meant date or not.
    fn means_minute(&self, minute: usize, [today, yesterday]: [bool; 2]) -> bool {
        (today && self.minutes[minute]) || (yesterday && self.minutes[minute + 1440])
    }

    /// The runs after a moment until another.
    fn runs(&self, scene: &Scene, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut runs = Vec::new();
        for stretch in &scene.stretches {
            let over = stretch.minutes.first().unwrap().at > until || stretch.minutes.last().unwrap().at <= after;
            let days = [stretch.date, stretch.date - Days::new(1)].map(&self.day);
            if over || (!stretch.skips && days == [false, false]) {
                continue;
            }
            for minute in &stretch.minutes {
                let made_up = self.one
                    && minute.skipped.iter().any(|time| self.means(*time) && scene.shown.contains(&time.date()));
                let meant = made_up || (minute.new && self.means_minute(minute.shows, days));
                if meant && minute.at > after && minute.at <= until {
                    runs.push(minute.at);
                }
            }
        }
        runs
    }
}

/// A date is the one of that number in its month, or the last.
fn is_number(date: NaiveDate, number: u8) -> bool {
    let is_last = (date + Days::new(1)).day() == 1;
    date.day() == u32::from(number) || (is_last && date.day() < u32::from(number))
}

fn monday(date: NaiveDate) -> NaiveDate {
    let mut monday = date;
    while monday.weekday() != Weekday::Mon {
        monday = monday.pred_opt().unwrap();
    }
    monday
}

fn is_place(date: NaiveDate, place: WeekdayOfMonth) -> bool {
    if date.weekday() != place.weekday {
        return false;
    }
    let in_month: Vec<NaiveDate> =
        (1..=31).filter_map(|day| date.with_day(day)).filter(|other| other.weekday() == place.weekday).collect();
    match place.nth {
        Nth::Every => true,
        Nth::Last => in_month.last() == Some(&date),
        Nth::Number(number) => in_month.get(usize::from(number) - 1) == Some(&date),
    }
}

fn only(time: TimeOfDay) -> Vec<bool> {
    (0..2880).map(|minute| minute == usize::from(time.hour() * 60 + time.minute())).collect()
}

fn interval(minutes: u16, active: Active) -> Vec<bool> {
    let from = active.from.hour() * 60 + active.from.minute();
    let mut to = active.to.map_or(from, |to| to.hour() * 60 + to.minute());
    if to <= from {
        to += 1440;
    }
    (0..2880).map(|minute| minute >= from && minute < to && (minute - from).is_multiple_of(minutes)).collect()
}

fn meaning(schedule: &Schedule) -> Meaning {
    let start = schedule.start;
    let (day, minutes, one): (Box<dyn Fn(NaiveDate) -> bool>, _, _) = match schedule.rhythm.clone() {
        Rhythm::Manually | Rhythm::Cron(_) => unreachable!(),
        Rhythm::Hours { every, active } => (Box::new(|_| true), interval(every * 60, active), false),
        Rhythm::Days { every, at: time } => (
            Box::new(move |date| every == 1 || (date - start.unwrap()).num_days() % i64::from(every) == 0),
            only(time),
            true,
        ),
        Rhythm::Weekdays { at: time } => (
            Box::new(|date| {
                [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri].contains(&date.weekday())
            }),
            only(time),
            true,
        ),
        Rhythm::Weeks { every, on, at: time } => (
            Box::new(move |date| {
                let in_step =
                    every == 1 || (monday(date) - monday(start.unwrap())).num_days() % (7 * i64::from(every)) == 0;
                in_step && on.iter(Weekday::Sun).any(|weekday| weekday == date.weekday())
            }),
            only(time),
            true,
        ),
        Rhythm::Months { every, day, at: time } => (
            Box::new(move |date| {
                let in_step = every == 1 || {
                    let start = start.unwrap();
                    let (mut year, mut month) = (start.year(), start.month());
                    while (year, month) < (date.year(), date.month()) {
                        month += u32::from(every);
                        (year, month) = (year + i32::try_from((month - 1) / 12).unwrap(), (month - 1) % 12 + 1);
                    }
                    (year, month) == (date.year(), date.month())
                };
                in_step && is_number(date, day)
            }),
            only(time),
            true,
        ),
        Rhythm::Advanced(Advanced { days, times, .. }) => {
            let (minutes, one) = match times {
                Times::At(time) => (only(time), true),
                Times::Interval { minutes, active } => (interval(minutes, active), false),
            };
            let day: Box<dyn Fn(NaiveDate) -> bool> = Box::new(move |date| match &days {
                DaysOfMonth::Every => true,
                DaysOfMonth::Dates(dates) => dates.iter().any(|number| is_number(date, *number)),
                DaysOfMonth::Weekdays(places) => places.iter().any(|place| is_place(date, *place)),
            });
            (day, minutes, one)
        }
    };
    Meaning { day: Box::new(move |date| start.is_none_or(|start| date >= start) && day(date)), minutes, one }
}

/// A scene, a schedule in its zone, and minutes before the change from which on runs are wanted.
fn cases() -> impl Strategy<Value = (usize, Schedule, i64)> {
    let start = prop_oneof![1 => Just(None), 2 => (-700i64..10).prop_map(Some)];
    let earlier = prop_oneof![0i64..3 * 1440, 0i64..32 * 1440];
    (0..CHANGES.len(), crate::rhythms::rhythms(), start, earlier).prop_map(|(scene, rhythm, start, earlier)| {
        let Scene { zone, change, .. } = SCENES[scene];
        let start = start.or(rhythm.is_counted().then_some(-100)).map(|days| change + TimeDelta::days(days));
        (scene, Schedule { rhythm, start, zone }, earlier)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_runs_are_those_that_the_clock_on_the_wall_tells((scene, schedule, earlier) in cases()) {
        let scene = &SCENES[scene];
        let meaning = meaning(&schedule);
        let after = scene.change.and_hms_opt(12, 0, 0).unwrap().and_utc() - TimeDelta::minutes(earlier);
        // Of what comes often, some days around the change say all.
        let often = !meaning.one || matches!(schedule.rhythm, Rhythm::Days { .. } | Rhythm::Weekdays { .. });
        let last = scene.end - TimeDelta::minutes(1);
        let until = if often { last.min(after + TimeDelta::days(4)) } else { last };
        let runs: Vec<DateTime<Utc>> = schedule.next_runs(after).take_while(|run| *run <= until).collect();
        prop_assert_eq!(runs, meaning.runs(scene, after, until), "{} after {}", schedule.describe(), after);
    }

    #[test]
    fn every_schedule_is_written_and_read_back((_, schedule, _) in cases()) {
        let text = toml::to_string(&schedule).unwrap();
        let read: Schedule = toml::from_str(&text).unwrap();
        // A time or an interval on all days has a Basic form.
        prop_assert_eq!(toml::to_string(&read).unwrap(), &text[..]);
        let after = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let runs = |schedule: &Schedule| schedule.next_runs(after).take(3).collect::<Vec<_>>();
        prop_assert_eq!(runs(&read), runs(&schedule), "{}", text);
    }

    #[test]
    fn the_wizard_shows_every_schedule_back((_, schedule, _) in cases()) {
        let basic = matches!(
            &schedule.rhythm,
            Rhythm::Advanced(Advanced { days: DaysOfMonth::Every, times: Times::At(_), .. })
        );
        prop_assume!(!basic);
        let text = "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"sales\"";
        let mut export = Export::parse(text, Path::new("x.toml")).unwrap();
        export.schedule = schedule.clone();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let start = |edit, drafts| Model::new(Start {
            environment: Environment::default(),
            accounts: Vec::new(),
            exports: Vec::new(),
            edit,
            drafts,
            today: now.date_naive(),
            now,
            zone: None,
            demo: false,
        });
        let mut model = start(Some(Original::new(export)), Vec::new());
        prop_assert_eq!(model.scheduling.schedule(now), Ok(schedule.clone()));
        // And so it does when it was left unfinished.
        model.step = Step::Describe;
        let other = Intent::Set(Field::EXPORT_DESCRIPTION, Secret::new("something else"));
        update(&mut model, Msg::Intent(other));
        let effects = update(&mut model, Msg::Ending);
        let [Effect::KeepDraft(draft)] = &effects[..] else { panic!("{effects:?}") };
        let draft = toml::from_str(&toml::to_string(&draft).unwrap()).unwrap();
        let mut model = start(None, vec![draft]);
        update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::NONE)));
        prop_assert_eq!(model.scheduling.schedule(now), Ok(schedule));
    }
}
