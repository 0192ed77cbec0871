//! The schedulers that run the saved exports.

use super::{ExportRow, Exports};
use crate::explain::{self, Explanation};
use crate::schedulers::{LocalSchedules, SchedulerStatus};
use crate::tui::dashboard::Home;
use crate::tui::state::{Effect, Remote, Slot};

impl Exports {
    pub fn scheduler_status(&self, row: &ExportRow) -> Option<SchedulerStatus> {
        row.export.as_ref().ok().filter(|export| !export.schedule.is_manual())?;
        Some(match &self.schedules.data {
            Remote::Ready(schedules) => schedules.status(&row.slug(), row.punctuality),
            Remote::Failed(_) | Remote::Idle | Remote::Loading => SchedulerStatus::Unknown(None),
        })
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

/// Asks the schedulers, if any export has a schedule. Exports of the demo have none.
pub(in crate::tui::dashboard) fn ask_schedulers(home: &mut Home) -> Vec<Effect> {
    if home.demo {
        home.exports.schedules = Slot::known(LocalSchedules::default());
        return Vec::new();
    }
    let is_scheduled = |row: &ExportRow| row.export.as_ref().is_ok_and(|export| !export.schedule.is_manual());
    if !home.exports.list.all().any(is_scheduled) {
        return Vec::new();
    }
    let request = home.request(|home, id, schedules| {
        home.exports.schedules.answer(id, schedules);
        Vec::new()
    });
    home.exports.schedules.ask_again(&request);
    vec![Effect::AskSchedulers { request }]
}
