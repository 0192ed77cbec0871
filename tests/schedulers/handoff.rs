//! A schedule that is handed to a scheduler: whatever the scheduler makes of it, the export runs when its schedule says so,
//! and nothing that Writeback did not write is touched.
//!
//! `tests/handoff.sh` runs what needs real schedulers.

mod cron;
mod due;
mod forms;
#[cfg(unix)]
mod installing;
mod systemd;

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use writeback::testing::export::schedule::parse_zone;
use writeback::testing::export::{Export, Schedule};
use writeback::testing::schedulers::{self, SchedulerKind, Task, is_due};

/// Changes of clocks by zone and date: an hour, half an hour, at midnight, two hours, over and over.
const CHANGES: [(&str, &str); 14] = [
    ("UTC", "2028-02-29"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2027-03-14"),
    ("America/Denver", "2028-11-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("America/Santiago", "2026-09-06"),
    ("America/Scoresbysund", "2027-03-28"),
    ("Asia/Beirut", "2027-03-28"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Pacific/Chatham", "2026-09-27"),
    ("Asia/Kolkata", "2026-12-31"),
];

/// A schedule, and a moment some days before clocks change where it is.
fn cases() -> impl Strategy<Value = (Schedule, DateTime<Utc>)> {
    let start = prop_oneof![1 => Just(None), 2 => (-700i64..10).prop_map(Some)];
    (0..CHANGES.len(), crate::rhythms::rhythms(), start, 0i64..20 * 1440).prop_map(
        |(change, rhythm, start, earlier)| {
            let (zone, change) = CHANGES[change];
            let change: chrono::NaiveDate = change.parse().unwrap();
            let start = start.or(rhythm.is_counted().then_some(-100)).map(|days| change + TimeDelta::days(days));
            let from = change.and_hms_opt(12, 0, 0).unwrap().and_utc() - TimeDelta::minutes(earlier);
            (Schedule { rhythm, start, zone: parse_zone(zone).unwrap() }, from)
        },
    )
}

fn schedule(text: &str) -> Schedule {
    toml::from_str(text).unwrap()
}

fn task(schedule: Schedule, clock: Tz) -> Task {
    let text = "name = \"Daily sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                [output]\ndataset = \"acme/sales\"\nfile = \"sales\"";
    let mut export = Export::parse(text, Path::new("x.toml")).unwrap();
    export.schedule = schedule;
    Task {
        slug: export.slug(),
        export,
        program: "/usr/bin/writeback".into(),
        home: None,
        clock,
        begins: DateTime::UNIX_EPOCH,
    }
}

/// The runs of an export whose scheduler comes at these moments: all, or with the guard those that are due. `last` is when it
/// has begun a run before, if it has.
fn runs(
    schedule: &Schedule,
    fires: impl IntoIterator<Item = DateTime<Utc>>,
    guard: bool,
    last: Option<DateTime<Utc>>,
) -> Vec<DateTime<Utc>> {
    let mut runs: Vec<DateTime<Utc>> = Vec::new();
    for fire in fires {
        if !guard || is_due(schedule, runs.last().copied().or(last), fire) {
            runs.push(fire);
        }
    }
    runs
}

/// The texts that are written. Their command has the guard if the plan is not exact, and only then.
fn written(task: &Task, target: SchedulerKind) -> String {
    let written = schedulers::write(task, target).unwrap();
    let text: String = written.documents.into_iter().map(|document| document.text).collect();
    assert_eq!(written.exact, !text.contains("--if-due"), "{text}");
    text
}
