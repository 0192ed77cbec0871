//! Wide screens: a list, and what is under the cursor beside it.

use ratatui::style::{Color, Modifier};
use writeback::testing::config::Environment;
use writeback::testing::export::Service;
use writeback::testing::history::RunResult;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::app::App;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::Msg;
use writeback::testing::tui::wizard::Start;

use crate::dashboard::browse::browsing;
use crate::dashboard::support::*;
use crate::samples::{account, midway, start};
use crate::screen::Driver as _;

/// The part of a screen on the right of the list.
fn beside(text: &str) -> String {
    let right = |line: &str| line.chars().skip(65).filter(|c| *c != '│').collect::<String>();
    let words = text.lines().flat_map(|line| right(line).split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.collect::<Vec<_>>().join(" ")
}

/// Twelve runs of an export, each with more rows than the one before.
fn with_runs() -> Person {
    let runs: Vec<_> = (1..=12).map(|days| run("Daily sales", RunResult::Done, days * 24)).collect();
    let saved = vec![export("Costs", ""), export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"")];
    let mut person = Person::at_home(saved, runs.clone());
    person.saved[1].last = Some(runs[0].clone());
    person.press("F5").answer().on("Daily sales").answer();
    person
}

#[test]
fn from_110_columns_on_the_export_under_the_cursor_stands_beside_the_list() {
    let person = with_runs();
    let text = person.text(120, 40);
    let details = beside(&text);
    for part in [
        "╭ Daily sales ─",
        "✓ 23 h ago",
        "acme-analytics/sales-mart/ dailysales.csv",
        "Every day at 16:30",
        "kept by systemd",
        "in 4 h, 22 Nov 2026 16:30 UTC",
        "1,201,931 rows, 84.7 MB, in 10.4 s",
        "100 % good (12 of 12)",
        "Last runs, rows",
        "Last runs, time",
        "███ ███ ███ ███",
    ] {
        assert!(details.contains(part), "{part}:\n{text}");
    }
    assert!(!person.text(109, 40).contains("╭ "), "{}", person.text(109, 40));
    let mut person = with_runs();
    person.on("Costs").answer();
    assert!(person.text(110, 30).contains("╭ Costs ─"), "{}", person.text(110, 30));
}

#[test]
fn the_history_has_the_run_under_the_cursor_beside_it() {
    let mut person = Person::usual();
    person.press("4").answer().press("Down").answer();
    let text = person.text(120, 40);
    for part in ["╭ Costs ─", "✗ Costs: failed at Upload", "read-only (403).", "Support id b6267b6a", "Attempts 1"]
    {
        assert!(beside(&text).contains(part), "{part}:\n{text}");
    }
    // Enter still opens it, with all the room.
    assert!(!person.press("Enter").text(120, 40).contains("╭ "));
}

#[test]
fn the_account_under_the_cursor_stands_beside_the_list() {
    let accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    let mut person = Person::keeping(&Start { accounts, ..start() });
    let text = person.press("3").text(120, 40);
    for part in ["╭ analyst ─", "Service data.world", "Secret in the keyring", "No export uses it."] {
        assert!(beside(&text).contains(part), "{part}:\n{text}");
    }
    person.saved.push(export("Costs", "[credentials]\ndomo = \"acme\""));
    let text = person.press("F5").answer().press("End").text(120, 30);
    for part in ["╭ acme ─", "Credentials client id and secret", "Client id b0876cee", "Exports Costs"] {
        assert!(beside(&text).contains(part), "{part}:\n{text}");
    }
    // On a narrow screen it stands under the list.
    assert!(person.text(109, 30).contains("Used by Costs") && !person.text(110, 30).contains("Used by"));
}

#[test]
fn nobody_has_set_the_accounts_of_the_demo() {
    let environment =
        Environment { dataworld_token: Some(Secret::new("a.b.c")), is_demo: true, ..Environment::default() };
    let mut person = Person::keeping(&Start { environment, demo: true, ..start() });
    person.press("3");
    assert!(
        beside(&person.text(120, 40)).contains("Secret in memory, until the demo ends"),
        "{}",
        person.text(120, 40)
    );
    for (width, height) in [(120, 40), (80, 24)] {
        assert!(!person.text(width, height).contains("DW_AUTH_TOKEN"), "{}", person.text(width, height));
    }
}

#[test]
fn a_title_is_neither_gray_nor_dim_as_its_frame_is() {
    let mut person = Person::usual();
    for (corner, keys) in [("╭", "Home"), ("┌", "r q")] {
        person.on("Costs").press(keys);
        for theme in [Theme::color(), Theme::light()] {
            let buffer = person.buffer(120, 40, &theme);
            let at = buffer.content.iter().position(|cell| cell.symbol() == corner).expect("a frame");
            let (frame, title) = (&buffer.content[at], &buffer.content[at + 2]);
            assert_eq!((frame.fg, frame.modifier), (theme.line.fg.unwrap_or_default(), theme.line.add_modifier));
            assert_eq!((title.fg, title.modifier), (Color::Reset, Modifier::BOLD), "{corner}");
        }
    }
}

#[test]
fn the_dataset_under_the_cursor_stands_beside_the_list() {
    let mut person = browsing();
    let text = person.text(120, 40);
    for part in ["✓ you may write here", "Owner acme-analytics", "Id sales-mart", "Where organization", "09:00 UTC"] {
        assert!(beside(&text).contains(part), "{part}:\n{text}");
    }
    assert!(beside(&text).contains("No export writes into it."), "{text}");
    person.saved.push(export("Costs", ""));
    let text = person.press("1 F5").answer().press("2").text(120, 30);
    assert!(beside(&text).contains("Exports Costs"), "{text}");
    let text = person.press("Down").text(120, 40);
    assert!(beside(&text).contains("– you may read, and not write"), "{text}");
    assert!(!person.press("Enter").text(120, 40).contains("╭ "), "files have all the room");
}

#[test]
fn times_are_those_of_this_computer_and_details_have_utc_beside_them() {
    let mut person = with_runs();
    person.app = App::at_home(&Start { zone: Some(chrono_tz::Europe::Berlin), ..start() });
    person.tell(Msg::Start).answer().on("Daily sales").answer();
    let text = person.text(120, 40);
    assert!(beside(&text).contains("22 Nov 2026 17:30 CET (16:30 UTC)"), "{text}");
    person.press("4").answer();
    let text = person.text(120, 40);
    assert!(text.contains("Start (CET)") && text.contains("21 Nov 13:00"), "{text}");
    assert!(beside(&text).contains("21 Nov 2026 13:00:00 CET (12:00:00 UTC)"), "{text}");
}

#[test]
fn times_are_those_of_the_zone_that_is_configured() {
    let in_berlin = Start { zone: Some(chrono_tz::Europe::Berlin), ..start() };
    for (configured, shown) in [(Some(chrono_tz::Asia::Tokyo), "21:00:00 JST"), (None, "13:00:00 CET")] {
        let mut person = with_runs();
        person.app = App::at_home(&in_berlin).with_zone(configured);
        person.tell(Msg::Start).answer().press("4").answer();
        let text = person.text(120, 40);
        assert!(text.contains(shown), "{text}");
    }
}

#[test]
fn the_date_of_a_dataset_is_that_of_its_time() {
    let mut person = browsing();
    person.app.home.zone = chrono_tz::Pacific::Kiritimati;
    assert!(person.line("analyst/scratch").contains("22 Nov 2026"), "{}", person.text(80, 24));
    person.app.home.zone = chrono_tz::Pacific::Pago_Pago;
    assert!(person.line("analyst/scratch").contains("21 Nov 2026"), "{}", person.text(80, 24));
}

#[test]
fn the_page_of_a_run_has_the_throughput_of_the_last_minute_as_a_chart() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter");
    for second in 0..=7 {
        person.progress("Costs", midway(second));
    }
    let bars = |text: &str| text.lines().filter(|line| line.trim_start().starts_with('█')).count();
    let (wide, narrow) = (person.text(120, 40), person.text(80, 24));
    assert!(bars(&wide) > 4, "{wide}");
    assert_eq!(bars(&narrow), 1, "{narrow}");
}
