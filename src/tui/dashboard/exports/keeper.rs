//! The schedulers that run the saved exports.

use super::{Exports, Row};
use crate::explain::{self, Explanation};
use crate::schedulers::{Handed, Keeper};
use crate::tui::dashboard::Home;
use crate::tui::state::{Effect, Remote, Slot};

impl Exports {
    pub fn keeper(&self, row: &Row) -> Option<Keeper> {
        row.export.as_ref().ok().filter(|export| !export.schedule.is_manual())?;
        Some(match &self.handed.data {
            Remote::Ready(handed) => handed.keeper(&row.slug(), row.punctuality),
            Remote::Failed(why) => Keeper::Unknown(Some(why.what.clone())),
            Remote::Idle | Remote::Loading => Keeper::Unknown(None),
        })
    }

    /// Advice for an export that does not run by itself.
    pub fn schedule_advice(&self, row: &Row, demo: bool) -> Option<Explanation> {
        let (keeper, slug) = (self.keeper(row)?, row.slug());
        if demo {
            return Some(explain::keeper_in_demo());
        }
        let proposed = self.handed.data.ready().and_then(|handed| handed.proposed);
        explain::keeper(&keeper, &slug, proposed)
    }
}

/// Asks the schedulers, if any export has a schedule. Exports of the demo have none.
pub(in crate::tui::dashboard) fn ask_schedulers(home: &mut Home) -> Vec<Effect> {
    if home.demo {
        home.exports.handed = Slot::known(Handed::default());
        return Vec::new();
    }
    let is_scheduled = |row: &Row| row.export.as_ref().is_ok_and(|export| !export.schedule.is_manual());
    if !home.exports.list.all().any(is_scheduled) {
        return Vec::new();
    }
    let request = home.request();
    home.exports.handed.ask_again(request);
    vec![Effect::AskSchedulers { request }]
}
