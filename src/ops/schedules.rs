//! Schedules that the schedulers of this computer have.

use chrono_tz::Tz;

use super::Workspace;
use crate::schedulers::{self, LocalSchedules};
use crate::system::process::blocking;

/// Finds the saved exports in the schedulers of this computer. `clock` replaces the zone of its clock.
pub async fn find(workspace: &Workspace, clock: Option<Tz>) -> LocalSchedules {
    let (folder, home) = (workspace.tools.exports.clone(), workspace.tools.environment.home.clone());
    blocking(move || LocalSchedules::find(&folder, home.as_deref(), clock.or_else(schedulers::clock))).await
}
