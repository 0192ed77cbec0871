//! A single cron expression with its zone, for Kubernetes and Airflow.

use chrono_tz::Tz;

use super::fields::{AtChanges, CronDays, CronFields, WallClock};
use super::numbers::{Times, sorted};
use super::plan;
use crate::export::Schedule;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClusterCron {
    pub(super) cron: String,
    pub(super) zone: Tz,
    pub(super) guard: bool,
}

impl ClusterCron {
    /// Uses UTC if clocks skip or repeat one of the times: Kubernetes leaves out a skipped time and runs a repeated one
    /// twice (robfig/cron, "jobs scheduled during daylight-savings leap-ahead transitions will not be run";
    /// kubernetes/kubernetes#121594), Airflow takes 03:30 for a skipped 02:30 and the second of two.
    pub(super) fn new(schedule: &Schedule) -> Self {
        let zone = if plan::is_touched(schedule) { Tz::UTC } else { schedule.zone };
        let WallClock { lines, guard } = WallClock::new(schedule, zone, AtChanges::Unknown);
        let guard = guard || lines.len() > 1;
        let cron = lines.into_iter().reduce(merge).map(|fields| fields.to_string()).unwrap_or_default();
        Self { cron, zone, guard }
    }
}

/// Merges two lines, which includes more times if they differ.
fn merge(a: CronFields, b: CronFields) -> CronFields {
    let both = |a: &[u8], b: &[u8]| sorted(a.iter().chain(b).copied());
    let times =
        Times { hours: both(&a.times.hours, &b.times.hours), minutes: both(&a.times.minutes, &b.times.minutes) };
    let months = both(&a.days.months, &b.days.months);
    let some = |a: Option<Vec<u8>>, b: Option<Vec<u8>>| match (a, b) {
        (Some(a), Some(b)) => Some(both(&a, &b)),
        (one, other) => one.or(other),
    };
    let every_day = [&a.days, &b.days].iter().any(|days| days.dates.is_none() && days.weekdays.is_none());
    let days = match every_day {
        true => CronDays { months, dates: None, weekdays: None },
        // A matching date or weekday is enough, so this includes both sides.
        false => CronDays {
            months,
            dates: some(a.days.dates, b.days.dates),
            weekdays: some(a.days.weekdays, b.days.weekdays),
        },
    };
    CronFields { times, days }
}
