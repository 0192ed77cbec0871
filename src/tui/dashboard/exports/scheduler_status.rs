//! The schedulers that run the saved exports.

use super::{ExportRow, Exports};
use crate::explain::{self, Explanation};
use crate::schedulers::{LocalSchedules, SchedulerStatus};
use crate::tui::dashboard::Home;
use crate::tui::state::{Effect, HasShell as _, Remote, Slot};

impl Exports {
    pub fn scheduler_status(&self, row: &ExportRow) -> Option<SchedulerStatus> {
        let schedule = &row.export.as_ref().ok()?.schedule;
        match &self.schedules.data {
            Remote::Ready(schedules) => schedules.status(&row.slug(), schedule, row.punctuality),
            _ => (!schedule.is_manual()).then_some(SchedulerStatus::Unknown(None)),
        }
    }

    /// The export has no schedule, and no scheduler of this computer has it.
    pub(super) fn is_unscheduled(&self, row: &ExportRow) -> bool {
        self.scheduler_status(row).is_none()
            && self.schedules.data.ready().is_some_and(|schedules| schedules.unasked.is_empty())
    }

    /// Advice for an export that does not run by itself.
    pub fn schedule_advice(&self, row: &ExportRow, demo: bool) -> Option<Explanation> {
        let (status, slug) = (self.scheduler_status(row)?, row.slug());
        if demo {
            return Some(explain::scheduler_status_in_demo());
        }
        let proposed = self.schedules.data.ready().and_then(|schedules| schedules.proposed);
        explain::scheduler_status(&status, &slug, proposed)
    }
}

/// Asks the schedulers, if there is an export: one may have it that has no schedule any more. Exports of the demo have none.
pub(in crate::tui::dashboard) fn ask_schedulers(home: &mut Home) -> Vec<Effect> {
    if home.demo {
        home.exports.schedules = Slot::known(LocalSchedules::default());
        return Vec::new();
    }
    if home.exports.saved().next().is_none() {
        return Vec::new();
    }
    let request = home.request(|home, id, schedules| {
        home.exports.schedules.answer(id, schedules);
        Vec::new()
    });
    home.exports.schedules.ask_again(&request);
    vec![Effect::AskSchedulers { request }]
}
