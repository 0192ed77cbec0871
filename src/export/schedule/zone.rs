//! A time zone by its IANA name.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::files::nearest;

/// What was entered is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no time zone {typed}. {}", advice(.nearest.as_deref()))]
pub struct ZoneError {
    typed: String,
    nearest: Option<String>,
}

fn advice(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("Did you mean {name}?"),
        None => "Its name has the form Area/City, like America/Denver, or is UTC.".to_owned(),
    }
}

/// Reads a zone's IANA name in any case, with blanks where the name has underscores.
///
/// # Errors
/// When there is no such zone: the nearest one that there is.
pub fn parse_zone(text: &str) -> Result<Tz, ZoneError> {
    let typed = text.trim();
    let name = typed.replace(' ', "_");
    TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&name)).copied().ok_or_else(|| {
        let lower = name.to_ascii_lowercase();
        let cities: Vec<String> = TZ_VARIANTS.iter().map(|zone| zone.name().to_ascii_lowercase()).collect();
        let city = |name: &str| name.rsplit('/').next() == Some(lower.as_str());
        let near = TZ_VARIANTS.iter().map(|zone| zone.name()).find(|name| city(&name.to_ascii_lowercase()));
        let near = near.map(str::to_owned).or_else(|| {
            let near = nearest(&lower, cities.iter().map(String::as_str))?;
            TZ_VARIANTS.iter().map(|zone| zone.name()).find(|name| name.eq_ignore_ascii_case(near)).map(str::to_owned)
        });
        ZoneError { typed: typed.to_owned(), nearest: near }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_name_and_a_mistake_by_its_neighbour() {
        assert_eq!(parse_zone(" utc "), Ok(Tz::UTC));
        assert_eq!(parse_zone("america/new york"), Ok(Tz::America__New_York));
        let said = |text: &str| parse_zone(text).unwrap_err().to_string();
        assert_eq!(said("America/Denvr"), "There is no time zone America/Denvr. Did you mean America/Denver?");
        assert_eq!(said("berlin"), "There is no time zone berlin. Did you mean Europe/Berlin?");
        assert!(said("xq").ends_with("or is UTC."), "{}", said("xq"));
    }
}
