//! When a cluster's scheduler comes: one cron expression and its zone, for Kubernetes and Airflow.

use chrono_tz::Tz;

use super::fields::{AtChanges, CronDays, Fields, Wall};
use super::numbers::{Times, sorted};
use super::plan;
use crate::export::Schedule;

/// All times of a schedule, and more where it needs a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticks {
    /// The cron expression, of five fields.
    pub(super) cron: String,
    /// The zone of its times.
    pub(super) zone: Tz,
    /// Whether it says more than the schedule.
    pub(super) guard: bool,
}

impl Ticks {
    /// Where clocks skip one of the times or show it twice, in UTC, which does neither: Kubernetes leaves out the one and
    /// runs the other twice (robfig/cron, "jobs scheduled during daylight-savings leap-ahead transitions will not be run";
    /// kubernetes/kubernetes#121594), Airflow takes 03:30 for a 02:30 that is missing and the second of two.
    pub(super) fn of(schedule: &Schedule) -> Self {
        let zone = if plan::is_touched(schedule) { Tz::UTC } else { schedule.zone };
        let Wall { lines, guard } = Wall::of(schedule, zone, AtChanges::Unknown);
        let guard = guard || lines.len() > 1;
        let cron = lines.into_iter().reduce(wider).map(|fields| fields.to_string()).unwrap_or_default();
        Self { cron, zone, guard }
    }
}

/// One line for both, and for more where they differ.
fn wider(a: Fields, b: Fields) -> Fields {
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
        // A date or a day of the week is enough, so both sides are in it.
        false => CronDays {
            months,
            dates: some(a.days.dates, b.days.dates),
            weekdays: some(a.days.weekdays, b.days.weekdays),
        },
    };
    Fields { times, days }
}
