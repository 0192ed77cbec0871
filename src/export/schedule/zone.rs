//! Time zones by IANA name.

use std::collections::BTreeSet;

use chrono_tz::{TZ_VARIANTS, Tz};

use super::ScheduleError;

/// Parses an IANA name, or the city in one, in any case, with blanks for underscores.
///
/// # Errors
/// When there is no such zone; suggests the nearest name.
pub fn parse_zone(text: &str) -> Result<Tz, ScheduleError> {
    let typed = text.trim();
    let name = typed.replace(' ', "_");
    let zone = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&name)).copied();
    zone.or_else(|| zone_of_city(&name)).ok_or_else(|| ScheduleError::Zone {
        typed: typed.to_owned(),
        nearest: nearest_zone(&name.to_ascii_lowercase()),
    })
}

/// The zone of a city. Former names of one zone count once; `Eastern` is in several zones.
fn zone_of_city(city: &str) -> Option<Tz> {
    let is_city = |zone: &&Tz| zone.name().rsplit_once('/').is_some_and(|(_, name)| name.eq_ignore_ascii_case(city));
    let zones: BTreeSet<&str> = TZ_VARIANTS.iter().filter(is_city).map(|zone| current_name(*zone)).collect();
    let only = zones.first().filter(|_| zones.len() == 1)?;
    TZ_VARIANTS.iter().find(|zone| zone.name() == *only).copied()
}

/// The current name of a zone. Many systems lack former names such as `US/Eastern`, so schedulers there would not know
/// them.
pub(crate) fn current_name(zone: Tz) -> &'static str {
    let now = former_names().find(|(former, _)| *former == zone.name());
    now.map_or(zone.name(), |(_, now)| now)
}

pub(crate) fn former_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("../../../assets/former-time-zones.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (former, now) = line.split_once(' ')?;
        Some((former, now.trim()))
    })
}

/// The zone whose name or city differs in few letters. More differences mean another place.
fn nearest_zone(typed: &str) -> Option<&'static str> {
    let distance = |zone: &str| {
        let zone = zone.to_ascii_lowercase();
        let city = zone.rsplit('/').next().unwrap_or_default();
        strsim::osa_distance(typed, &zone).min(strsim::osa_distance(typed, city))
    };
    let nearest =
        TZ_VARIANTS.iter().map(|zone| (distance(zone.name()), zone.name())).min_by_key(|(distance, _)| *distance);
    nearest.filter(|(distance, _)| *distance <= typed.chars().count() / 4).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_name_and_a_mistake_by_a_similar_name() {
        assert_eq!(parse_zone(" utc "), Ok(Tz::UTC));
        assert_eq!(parse_zone("america/new york"), Ok(Tz::America__New_York));
        assert_eq!(parse_zone("berlin"), Ok(Tz::Europe__Berlin));
        assert_eq!(parse_zone("Buenos Aires"), Ok(Tz::America__Argentina__Buenos_Aires));
        assert_eq!(parse_zone("istanbul").map(current_name), Ok("Europe/Istanbul"));
        assert!(parse_zone("eastern").is_err(), "of the US or of Canada");
        let error_for = |text: &str| parse_zone(text).unwrap_err().to_string();
        assert_eq!(error_for("America/Denvr"), "`America/Denvr` is not a time zone. Did you mean America/Denver?");
        assert_eq!(error_for("Berln"), "`Berln` is not a time zone. Did you mean Europe/Berlin?");
        assert_eq!(
            error_for("america/new yrok"),
            "`america/new yrok` is not a time zone. Did you mean America/New_York?"
        );
        for nowhere in ["xq", "x", "", "Mars/Phobos", "Earth/Atlantis", "Somewhere"] {
            assert!(error_for(nowhere).ends_with("or is UTC."), "{}", error_for(nowhere));
        }
    }
}
