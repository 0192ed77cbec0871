//! The plan of a schedule in cron fields, by the clock of any zone. launchd and Windows use the same form.

use std::collections::BTreeMap;
use std::fmt;

use chrono::Weekday;
use chrono_tz::Tz;

use super::clock_changes::differences;
use super::plan::{self, Dates, DaySet, SchedulePlan, Times, format_ranges, sorted};
use crate::export::Schedule;

/// All times of a schedule, each time in one line only; more times unless it is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CronPlan {
    pub(super) lines: Vec<CronFields>,
    /// The lines are the schedule, and the scheduler treats clock changes as the schedule does.
    pub(super) exact: bool,
}

/// A single cron expression with its zone, for Kubernetes and Airflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClusterPlan {
    pub(super) cron: String,
    pub(super) zone: Tz,
    pub(super) exact: bool,
}

/// The fields of a cron expression. A matching date or a matching weekday is enough; `None` matches nothing, and two
/// `None` match every day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CronFields {
    pub(super) times: Times,
    pub(super) days: CronDays,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CronDays {
    pub(super) months: Vec<u8>,
    pub(super) dates: Option<Vec<u8>>,
    /// Sunday is 0.
    pub(super) weekdays: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtChanges {
    /// A daily time runs once, after the gap if it is in one: Debian's cron and its relatives (cron(8), *Daylight
    /// Saving Time and other time changes*).
    Once,
    Unknown,
}

impl CronPlan {
    /// Plans the schedule for a scheduler that goes by `clock`.
    pub(super) fn new(schedule: &Schedule, clock: Tz, at_changes: AtChanges) -> Self {
        let differences = differences(schedule.zone, clock);
        let kept = differences.len() == 1 && at_changes == AtChanges::Once && schedule.moves_skipped_times();
        let mut plan = SchedulePlan::new(schedule);
        if !kept {
            plan.lines.extend(plan::every_year(&plan::after_gaps(schedule), schedule.zone));
        }
        let plan = plan.shifted(&differences);
        let mut exact = plan.exact && (kept || !plan::is_touched(schedule));
        let mut days_of: BTreeMap<u16, Vec<DaySet>> = BTreeMap::new();
        for line in &plan.lines {
            for minute in line.times.minutes_of_day() {
                days_of.entry(minute).or_default().push(line.days.clone());
            }
        }
        let mut minutes_of: BTreeMap<CronDays, Vec<u16>> = BTreeMap::new();
        for (minute, sets) in days_of {
            let (days, same) = CronDays::from_sets(&sets);
            exact &= same;
            minutes_of.entry(days).or_default().push(minute);
        }
        let lines = minutes_of.into_iter().flat_map(|(days, minutes)| {
            Times::group(minutes).into_iter().map(move |times| CronFields { times, days: days.clone() })
        });
        Self { lines: lines.collect(), exact }
    }
}

impl ClusterPlan {
    /// Uses UTC if clocks skip or repeat one of the times: Kubernetes leaves out a skipped time and runs a repeated one
    /// twice (robfig/cron, "jobs scheduled during daylight-savings leap-ahead transitions will not be run";
    /// kubernetes/kubernetes#121594), Airflow takes 03:30 for a skipped 02:30 and the second of two.
    pub(super) fn new(schedule: &Schedule) -> Self {
        let zone = if plan::is_touched(schedule) { Tz::UTC } else { schedule.zone };
        let CronPlan { lines, exact } = CronPlan::new(schedule, zone, AtChanges::Unknown);
        let exact = exact && lines.len() < 2;
        let cron = lines.into_iter().reduce(merge).map(|fields| fields.to_string()).unwrap_or_default();
        Self { cron, zone, exact }
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

impl CronDays {
    /// The days of all sets; may include more, and says whether the result is exact.
    fn from_sets(sets: &[DaySet]) -> (Self, bool) {
        let months = sorted(sets.iter().flat_map(|set| set.months.iter().copied()));
        let mut exact = sets.iter().all(|set| set.months == months);
        if sets.iter().any(DaySet::is_every_day) {
            return (Self { months, dates: None, weekdays: None }, exact);
        }
        let (mut dates, mut weekdays) = (Vec::new(), Vec::new());
        for set in sets {
            if set.weekdays != chrono::WeekdaySet::ALL {
                exact &= set.dates == Dates::Every;
                weekdays.extend(set.weekdays.iter(Weekday::Sun).map(|day| day.num_days_from_sunday() as u8));
                continue;
            }
            match &set.dates {
                Dates::Every => {}
                Dates::Of(some) => dates.extend(some),
                Dates::FromEnd(back) => {
                    exact = false;
                    let last = |month: &u8| match month {
                        2 => 28..=29,
                        4 | 6 | 9 | 11 => 30..=30,
                        _ => 31..=31u8,
                    };
                    let ends = set.months.iter().flat_map(last);
                    dates.extend(ends.flat_map(|end| back.iter().map(move |back| end + 1 - back)));
                }
            }
        }
        let some = |numbers: Vec<u8>| Some(sorted(numbers)).filter(|numbers| !numbers.is_empty());
        (Self { months, dates: some(dates), weekdays: some(weekdays) }, exact)
    }
}

/// The cron expression. `*/15` and the like are used only for repeated times: cron takes a line whose minutes or hours
/// begin with `*` for an interval, and makes up for none of its times.
impl fmt::Display for CronFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { times, days } = self;
        let plain = |numbers: &[u8]| format_ranges(numbers, "-", |number| number.to_string());
        let of = |numbers: &Option<Vec<u8>>| numbers.as_deref().map_or_else(|| "*".to_owned(), plain);
        let months = if days.months.len() == 12 { "*".to_owned() } else { plain(&days.months) };
        let (minutes, hours) = (stepped(&times.minutes, 60), stepped(&times.hours, 24));
        write!(f, "{minutes} {hours} {} {months} {}", of(&days.dates), of(&days.weekdays))
    }
}

fn stepped(numbers: &[u8], all: u8) -> String {
    match numbers {
        all_of if all_of.len() == usize::from(all) => "*".to_owned(),
        [0, step, ..]
            if all.is_multiple_of(*step) && numbers.iter().copied().eq((0..all).step_by(usize::from(*step))) =>
        {
            format!("*/{step}")
        }
        _ => format_ranges(numbers, "-", |number| number.to_string()),
    }
}
