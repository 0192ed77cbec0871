//! The list of time zones: this computer's first, then UTC, then all others by name.

use chrono::{DateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::Scheduling;
use crate::tui::state::{Picker, Slot};

#[derive(Debug)]
pub struct ZoneRow {
    pub zone: Tz,
    /// The time there, such as `14:32 UTC+01:00`.
    pub time: String,
    pub is_here: bool,
}

pub(super) fn picker() -> Picker<ZoneRow> {
    Picker::new(text, |a, b| (rank(a), a.zone.name()).cmp(&(rank(b), b.zone.name())))
}

/// Finds `new york` in `America/New_York`.
fn text(row: &ZoneRow) -> String {
    let name = row.zone.name();
    if name.contains('_') { format!("{name} {}", name.replace('_', " ")) } else { name.to_owned() }
}

fn rank(row: &ZoneRow) -> u8 {
    match row.zone {
        _ if row.is_here => 0,
        Tz::UTC => 1,
        _ => 2,
    }
}

impl Scheduling {
    pub(in crate::tui::wizard) fn list_zones(&mut self, here: Option<Tz>, now: DateTime<Utc>) {
        // The same zone by two names.
        let here = here.map(|here| if here == Tz::Etc__UTC { Tz::UTC } else { here });
        self.zones = picker();
        self.zones.load = Slot::known(());
        self.zones.extend(TZ_VARIANTS.iter().map(|&zone| {
            let time = now.with_timezone(&zone).format("%H:%M UTC%:z").to_string();
            ZoneRow { zone, time, is_here: Some(zone) == here }
        }));
    }
}
