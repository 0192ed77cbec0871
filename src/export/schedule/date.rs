//! Dates as people write them.

use chrono::{Datelike as _, NaiveDate};

use super::on::ordinal;

/// With a year: as in `2026-12-01`, `12/1/2026`, `1.12.2026`, `1 Dec 2026`, `December 1, 2026`. With slashes, the month
/// comes first, as in both services.
const WHOLE: [&str; 5] = ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d %Y"];
/// A year is put behind these.
const WITHOUT_YEAR: [&str; 4] = ["%m/%d %Y", "%d.%m. %Y", "%d %B %Y", "%B %d %Y"];

/// Parses a date. Without a year, it is the next such day from `today` on, or none.
pub fn parse_date(text: &str, today: Option<NaiveDate>) -> Option<NaiveDate> {
    let words: Vec<&str> = text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).map(without_ending).collect();
    let text = words.join(" ");
    let parse = |text: &str, formats: &[&str]| {
        let date = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
        // Fewer digits are a mistake.
        date.filter(|date| (1970..=9999).contains(&date.year()))
    };
    parse(&with_century(&text), &WHOLE).or_else(|| {
        let today = today?;
        match text.to_lowercase().as_str() {
            "today" => return Some(today),
            "tomorrow" => return today.succ_opt(),
            _ => {}
        }
        // 29 February comes after eight years at most.
        let years = today.year()..=today.year().saturating_add(8);
        let dates = years.filter_map(|year| parse(&format!("{text} {year}"), &WITHOUT_YEAR));
        dates.into_iter().find(|date| *date >= today)
    })
}

/// Makes `12/1/26` `12/1/2026`: the year of a schedule is one of this century.
fn with_century(text: &str) -> String {
    match text.split(['/', '.']).collect::<Vec<_>>()[..] {
        [_, _, year] if year.len() == 2 => format!("{}20{year}", &text[..text.len() - year.len()]),
        _ => text.to_owned(),
    }
}

/// `1st` without its ending, and `Dec.` without its dot.
fn without_ending(word: &str) -> &str {
    ordinal(word).unwrap_or_else(|| match word.strip_suffix('.') {
        Some(month) if month.chars().all(char::is_alphabetic) => month,
        _ => word,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_understood_as_people_write_it() {
        let today = Some(day("2026-11-23"));
        for text in [
            "2026-12-01",
            "12/1/2026",
            "12/01/26",
            "1.12.2026",
            "1 Dec 2026",
            "1 december 2026",
            "Dec 1, 2026",
            "1 Dec",
            "Dec. 1st",
            "December 1",
            "12/1",
            "1.12.",
        ] {
            assert_eq!(parse_date(text, today), Some(day("2026-12-01")), "{text}");
        }
        assert_eq!(parse_date("1 Nov", today), Some(day("2027-11-01")), "the next one");
        assert_eq!(parse_date("23 nov", today), today);
        assert_eq!(parse_date("29 Feb", today), Some(day("2028-02-29")));
        assert_eq!(parse_date("1/1/99", today), Some(day("2099-01-01")));
        assert_eq!(parse_date("tomorrow", today), Some(day("2026-11-24")));
        for wrong in [
            "",
            "13/1/2026",
            "31 Nov",
            "0026-12-01",
            "1 Dec 202",
            "12/1/2",
            "1.12.2",
            "soon",
            "12",
            "1st",
            "Dec",
            "2026",
        ] {
            assert_eq!(parse_date(wrong, today), None, "{wrong}");
        }
        assert_eq!(parse_date("1 Dec", None), None, "a definition is read on many days");
    }

    proptest! {
        #[test]
        fn every_date_is_read_back_and_no_text_panics(days in 719_163..3_652_059_i32, text in "\\PC{0,20}") {
            let date = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            for format in ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%-d %b %Y", "%B %-d, %Y"] {
                prop_assert_eq!(parse_date(&date.format(format).to_string(), None), Some(date));
            }
            let _ = parse_date(&text, Some(date));
        }
    }
}
