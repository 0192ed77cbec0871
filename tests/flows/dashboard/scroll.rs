//! A run that is open and higher than the screen scrolls.

use std::time::Duration;

use ratatui::style::{Color, Modifier};
use writeback::testing::config::Appearance;
use writeback::testing::history::Phase;
use writeback::testing::services::http::Retry;
use writeback::testing::transfer::{Failure, Outcome, Pause, Progress};
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::{Msg, Tab};

use crate::dashboard::support::*;
use crate::samples::{failed_at, finished, midway, refused, untouched};
use crate::screen::{Driver as _, text_of};

const LOW: (u16, u16) = (60, 15);

type Open = fn() -> Person;

/// A run of this session that has failed, open on the tab Exports.
fn failed() -> Person {
    let mut person = Person::usual();
    let failure = Failure::Api(refused(403, "This token may only read"));
    let outcome = Outcome::Failed { failure, file_now: Some(untouched()) };
    person.on("Costs").press("r Enter").progress("Costs", failed_at(Phase::Upload)).end("Costs", outcome).answer();
    person
}

fn gone_well() -> Person {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").progress("Costs", finished()).end("Costs", done(false)).answer();
    person
}

/// A failed run of the history, opened on the tab Exports.
fn of_last_night() -> Person {
    let mut person = Person::usual();
    person.on("Costs").press("Enter");
    person
}

/// The same, opened on the tab History.
fn of_the_history() -> Person {
    let mut person = Person::usual();
    person.press("4").answer().press("Down Enter");
    person
}

/// Presses ↓ until nothing is below any more; all that was in sight, as words.
fn read(person: &mut Person, (width, height): (u16, u16)) -> String {
    let mut read = person.text(width, height);
    for _ in 0..60 {
        if !person.text(width, height).contains(" below") {
            return read.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        read.push_str(&person.press("Down").text(width, height));
    }
    panic!("it has no end:\n{}", person.text(width, height));
}

#[test]
fn all_of_an_opened_run_can_be_read_on_a_low_screen() {
    let id = "Support id b6267b6a-92de-4f15-b02d-10b073e76b83";
    let reason = ["data.world refused the upload", "Use a \"Read/Write\" token", "is untouched.", id];
    let facts = ["acme-analytics/sales-mart/daily-sales.csv", "Rows 1,204,031", "Attempts 1", "Started by a scheduler"];
    let well = ["https://data.world/acme-analytics", "Run it without this screen", "was replaced.", "✓ Proof"];
    let opened: [(Open, &[&str]); 5] = [
        (failed, &reason),
        (gone_well, &well),
        (of_last_night, &reason),
        (of_last_night, &facts),
        (of_the_history, &facts),
    ];
    for (open, parts) in opened {
        for size in [LOW, (60, 10)] {
            let mut person = open();
            assert!(person.text(size.0, size.1).contains("↓ "), "{}", person.text(size.0, size.1));
            let read = read(&mut person, size);
            for part in parts {
                assert!(read.contains(part), "{part} at {size:?}:\n{read}");
            }
        }
    }
}

#[test]
fn the_keys_and_the_wheel_scroll_and_what_is_opened_next_begins_at_its_top() {
    for mut person in [failed(), gone_well(), of_last_night(), of_the_history()] {
        let first = person.text(60, 15);
        for (there, back) in [("Down", "Up"), ("PgDn", "PgUp")] {
            let moved = person.press(there).text(60, 15);
            assert!(moved != first && moved.contains("↑ "), "{there}:\n{moved}");
            assert_eq!(person.press(back).text(60, 15), first, "{back}");
        }
        // The wheel says which row is on top; the help lies in its way.
        person.tell(Msg::Scroll { row: 2, top: 2 });
        assert!(person.text(60, 15).contains("↑ 2 rows above"), "{}", person.text(60, 15));
        person.press("F1").tell(Msg::Scroll { row: 0, top: 0 }).press("Esc");
        assert!(person.text(60, 15).contains("↑ 2 rows above"));
        assert_eq!(person.press("Esc Enter").text(60, 15), first, "opened again");
        let tab = person.app.home.tab;
        person.press("Down").tell(Msg::Tab(Tab::Browse)).tell(Msg::Tab(tab));
        assert_eq!(person.text(60, 15), first, "come back to");
        person.tell(Msg::Tab(tab));
        assert!(!person.app.home.is_open(), "the tab's own name leads to its list");
    }
    // A run that is made again, and how it ends.
    let mut person = failed();
    person.press("Down Down r").progress("Costs", finished());
    assert!(!person.text(60, 15).contains("above"));
    person.press("Down Down").end("Costs", done(false)).answer();
    assert!(person.text(60, 15).contains("✓ 1,204,331 rows"), "{}", person.text(60, 15));
    assert!(!failed().text(80, 24).contains(" below"), "where there is room for all, nothing says that there is more");
}

#[test]
fn what_a_run_waits_for_can_be_read_however_long_it_is() {
    let says = "Busy with what takes a while ".repeat(8);
    let retry = Retry { error: refused(503, says.trim()), wait: Duration::from_secs(4), attempt: 2, attempts: 5 };
    let mut person = Person::usual();
    person.on("Costs").press("r Enter");
    person.progress("Costs", Progress { note: Some(Pause::Call(retry)), ..midway(3) });
    assert!(!person.text(60, 15).contains("The file is new"), "what always holds makes room");
    let read = read(&mut person, LOW);
    assert!(read.contains("Trying again in 4 s (attempt 2 of 5)."), "{read}");
    // A run that is being cancelled does not try again.
    let text = person.press("c y").text(60, 15);
    assert!(text.contains("● Cancelling…") && !text.contains("Trying again"), "{text}");
}

#[test]
fn that_there_is_more_is_seen_without_colours_as_well() {
    let sign = |theme: &Theme| {
        let buffer = gone_well().buffer(60, 15, theme);
        assert!(text_of(&buffer).contains("↓ "), "{}", text_of(&buffer));
        buffer.content.iter().find(|cell| cell.symbol() == "↓").map(|cell| (cell.fg, cell.modifier)).expect("a sign")
    };
    assert_eq!(sign(&Theme::monochrome()), (Color::Reset, Modifier::BOLD));
    let no_color = Theme::new(&Appearance::default(), |name| (name == "NO_COLOR").then(|| "1".to_owned()));
    assert_eq!(sign(&no_color.expect("a theme")), (Color::Reset, Modifier::BOLD));
    assert_eq!(sign(&Theme::color()).0, Color::Cyan);
}
