//! Formats rows, bytes, speeds and times for people.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// `1204331` as `1,204,331`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `1 row`, `2 rows`.
pub fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Decimal units, as data.world and disks count: `84.2 MB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut amount = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be shown as 1000.0.
    while amount >= 999.95 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS[unit])
}

/// `8.2 MB/s`.
pub fn speed(bytes_a_second: f64) -> String {
    format!("{}/s", bytes(bytes_a_second as u64))
}

/// A duration: `0.4 s`, `12.3 s`, `2:05`, `1:02:05`.
pub fn took(time: Duration) -> String {
    if time < Duration::from_secs(60) { format!("{:.1} s", floor_tenth(time)) } else { clock(time) }
}

/// A running clock: `0:04`, `2:05`, `1:02:05`.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A time in the past: `just now`, `12 minutes ago`, `3 days ago`, and from a month on the date, `21 Nov 2026`.
pub fn ago(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    let minutes = (now - then).num_minutes();
    let times = |number: i64, one: &str| format!("{} ago", counted(number.unsigned_abs(), one));
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => times(minutes, "minute"),
        60..1440 => times(minutes / 60, "hour"),
        1440..44_640 => times(minutes / 1440, "day"),
        _ => day(then),
    }
}

/// For a column of a table: `just now`, `12 min ago`, `3 h ago`, `5 d ago`, and from a month on the date.
pub fn ago_in_short(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    match (now - then).num_minutes() {
        ..1 => "just now".to_owned(),
        minutes => in_minutes(minutes).map_or_else(|| day(then), |time| format!("{time} ago")),
    }
}

/// A time in the future, for a column of a table: `now`, `in 12 min`, `in 3 h`, `in 5 d`, and from a month on the date.
pub fn in_short(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    match (then - now).num_minutes() {
        ..1 => "now".to_owned(),
        minutes => in_minutes(minutes).map_or_else(|| day(then), |time| format!("in {time}")),
    }
}

/// `None` from a month on.
fn in_minutes(minutes: i64) -> Option<String> {
    match minutes {
        ..60 => Some(format!("{minutes} min")),
        60..1440 => Some(format!("{} h", minutes / 60)),
        1440..44_640 => Some(format!("{} d", minutes / 1440)),
        _ => None,
    }
}

/// A rough duration: `7 minutes`, `3 hours`, `2 days`.
pub fn about(time: Duration) -> String {
    let minutes = time.as_secs().saturating_add(30) / 60;
    match minutes {
        0 => counted(time.as_secs(), "second"),
        1..120 => counted(minutes, "minute"),
        120..2880 => counted((minutes + 30) / 60, "hour"),
        _ => counted((minutes + 720) / 1440, "day"),
    }
}

/// `21 Nov 2026`.
pub fn day(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y").to_string()
}

/// `21 Nov 2026 06:30 UTC`.
pub fn moment(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y %H:%M UTC").to_string()
}

/// For a column whose head names UTC: `21 Nov 2026 06:30`.
pub fn date_and_time(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y %H:%M").to_string()
}

/// `21 Nov 2026 06:30:05 UTC`.
pub fn second(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y %H:%M:%S UTC").to_string()
}

/// `21 Nov 2026 15:30 JST`.
pub fn moment_in(zone: Tz, moment: DateTime<Utc>) -> String {
    moment.with_timezone(&zone).format("%-d %b %Y %H:%M %Z").to_string()
}

/// With UTC beside another zone: `21 Nov 2026 07:30 CET (06:30 UTC)`.
pub fn moment_and_utc(zone: Tz, at: DateTime<Utc>) -> String {
    with_utc(moment_in(zone, at), at.format(" (%H:%M UTC)"))
}

/// The same with seconds: `21 Nov 2026 07:30:05 CET (06:30:05 UTC)`.
pub fn second_and_utc(zone: Tz, at: DateTime<Utc>) -> String {
    let there = at.with_timezone(&zone).format("%-d %b %Y %H:%M:%S %Z");
    with_utc(there.to_string(), at.format(" (%H:%M:%S UTC)"))
}

/// Several zones are UTC by other names.
fn with_utc(there: String, utc: impl std::fmt::Display) -> String {
    if there.ends_with(" UTC") { there } else { format!("{there}{utc}") }
}

/// Known details of a name: ` (84.2 MB, 21 Nov 2026)`, or nothing.
pub fn in_brackets(known: impl IntoIterator<Item = Option<String>>) -> String {
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

/// Tenths without rounding up, so that 59.97 s is never `60.0 s`.
fn floor_tenth(time: Duration) -> f64 {
    (time.as_millis() / 100) as f64 / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_rounded_to_one_unit() {
        let cases = [
            (7, "7 seconds"),
            (60, "1 minute"),
            (420, "7 minutes"),
            (3_600, "60 minutes"),
            (86_400, "24 hours"),
            (300_000, "3 days"),
        ];
        for (seconds, said) in cases {
            assert_eq!(about(Duration::from_secs(seconds)), said);
        }
    }

    #[test]
    fn counts_have_a_comma_every_three_digits() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_204_331, "1,204,331")] {
            assert_eq!(count(number), shown);
        }
        assert_eq!((counted(1, "row"), counted(2, "row")), ("1 row".into(), "2 rows".into()));
    }

    #[test]
    fn bytes_take_the_unit_that_fits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (84_234_567, "84.2 MB"),
            (u64::MAX, "18446.7 PB"),
        ];
        for (number, shown) in cases {
            assert_eq!(bytes(number), shown);
        }
        assert_eq!(speed(8_234_567.9), "8.2 MB/s");
    }

    #[test]
    fn known_details_stand_in_brackets() {
        let moment = moment(DateTime::from_timestamp(1_795_300_000, 0).unwrap());
        assert_eq!(moment, "21 Nov 2026 22:26 UTC");
        assert_eq!(in_brackets([Some(bytes(999)), Some(moment.clone())]), " (999 B, 21 Nov 2026 22:26 UTC)");
        assert_eq!(in_brackets([None, Some(moment)]), " (21 Nov 2026 22:26 UTC)");
        assert_eq!(in_brackets([None, None]), "");
    }

    #[test]
    fn a_moment_has_one_form_everywhere() {
        let at = DateTime::from_timestamp(1_795_300_005, 0).unwrap();
        assert_eq!((moment(at), date_and_time(at)), ("21 Nov 2026 22:26 UTC".into(), "21 Nov 2026 22:26".into()));
        assert_eq!(second(at), "21 Nov 2026 22:26:45 UTC");
        assert_eq!(moment_in(Tz::Asia__Tokyo, at), "22 Nov 2026 07:26 JST");
        assert_eq!(moment_in(Tz::UTC, at), moment(at));
    }

    #[test]
    fn times_are_short() {
        assert_eq!(took(Duration::from_millis(449)), "0.4 s");
        assert_eq!(took(Duration::from_millis(59_999)), "59.9 s");
        assert_eq!(took(Duration::from_secs(125)), "2:05");
        assert_eq!(clock(Duration::from_secs(4)), "0:04");
        assert_eq!(clock(Duration::from_secs(3725)), "1:02:05");
    }

    #[test]
    fn times_long_ago_become_dates() {
        let now = DateTime::from_timestamp(1_795_300_000, 0).unwrap();
        let before = |minutes| ago(now, now - chrono::Duration::minutes(minutes));
        assert_eq!(before(0), "just now");
        assert_eq!(before(-5), "just now");
        assert_eq!(before(1), "1 minute ago");
        assert_eq!(before(12), "12 minutes ago");
        assert_eq!(before(125), "2 hours ago");
        assert_eq!(before(3 * 1440), "3 days ago");
        assert_eq!(before(400 * 1440), "17 Oct 2025");
        let short = |minutes| ago_in_short(now, now - chrono::Duration::minutes(minutes));
        assert_eq!([short(0), short(59), short(125), short(5000)], ["just now", "59 min ago", "2 h ago", "3 d ago"]);
        assert_eq!(short(400 * 1440), "17 Oct 2025");
        let ahead = |minutes| in_short(now, now + chrono::Duration::minutes(minutes));
        assert_eq!([ahead(0), ahead(59), ahead(125), ahead(5000)], ["now", "in 59 min", "in 2 h", "in 3 d"]);
    }
}
