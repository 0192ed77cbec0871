//! Panes higher than a low screen scroll, and say that there is more.

use ratatui::style::{Color, Modifier};
use writeback::testing::config::Appearance;
use writeback::testing::history::Phase;
use writeback::testing::transfer::{Failure, Outcome, Refusal};
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::wizard::{Msg, Severity, review};

use crate::samples::{failed_at, finished, refused, summary, untouched};
use crate::screen::{Driver as _, Wizard, text_of};
use crate::screens::{every_two_weeks, pin};

/// Presses ↓ until nothing is below any more; all that was in sight, row by row.
fn read(wizard: &mut Wizard, (width, height): (u16, u16)) -> String {
    let mut read = wizard.text(width, height);
    for _ in 0..60 {
        if !wizard.text(width, height).contains(" below") {
            return read;
        }
        read.push_str(&wizard.press("Down").text(width, height));
    }
    panic!("it has no end:\n{}", wizard.text(width, height));
}

fn failed() -> Wizard {
    let mut wizard = Wizard::running();
    wizard.progress(failed_at(Phase::Upload)).end(Outcome::Failed {
        failure: Failure::Api(refused(403, "This token may only read")),
        file_now: Some(untouched()),
    });
    wizard
}

fn done() -> Wizard {
    let mut wizard = Wizard::running();
    wizard.progress(finished()).end(Outcome::Done(summary()));
    wizard
}

#[test]
fn all_of_the_review_can_be_read_on_a_low_screen() {
    let mut wizard = every_two_weeks();
    wizard.press("Tab Space Ctrl-N Tab Tab").type_text("What was sold").press("Ctrl-N");
    for size in [(60, 15), (40, 8)] {
        wizard.model.top = 0;
        let read = read(&mut wizard, size);
        for line in review::lines(&wizard.model) {
            // Text longer than a row is broken.
            for word in line.text.split(' ').filter(|word| word.len() <= 20) {
                assert!(read.contains(word), "{word} of {} at {size:?}:\n{read}", line.label);
            }
        }
        assert!(wizard.text(size.0, size.1).contains("▌  Save and run"), "the buttons stay where they are");
    }
    pin("review_scrolled", &wizard);
    assert!(wizard.run_once().model.run.is_running());
}

#[test]
fn what_is_to_be_heeded_is_in_sight_without_a_key() {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Space Tab Tab Space Tab Ctrl-U").type_text("5 minutes").press("Ctrl-N Ctrl-N");
    let warnings: Vec<_> =
        review::lines(&wizard.model).into_iter().filter(|line| line.severity == Severity::Warning).collect();
    assert_eq!(warnings.len(), 2, "the file, and how often");
    let text = wizard.text(60, 15);
    assert_eq!(text.matches(" ! ").count(), 2, "{text}");
    assert!(wizard.text(100, 30).contains("  Schedule      Every"), "what is about the same has one label");
    assert!(wizard.text(100, 30).contains("\n              ! "), "{}", wizard.text(100, 30));
}

#[test]
fn all_of_the_end_can_be_read_on_a_low_screen() {
    let mut wizard = done();
    wizard.press("s").answer();
    let first = wizard.text(60, 15);
    for first_of_all in ["Proven", "https://data.world/acme-analytics", "writeback run daily-sales"] {
        assert!(first.contains(first_of_all), "{first}");
    }
    let read = read(&mut wizard, (60, 15));
    for part in ["Daily Sales by Region →", "8.1 MB/s on average.", "was replaced.", "✓ Proof"] {
        assert!(read.contains(part), "{part}:\n{read}");
    }
    pin("done_scrolled", &wizard);
}

#[test]
fn all_of_a_failure_can_be_read_on_a_low_screen() {
    for log in
        ["/home/ada/.local/state/writeback/logs/writeback.log", &format!("/srv/{}/writeback.log", "state".repeat(40))]
    {
        let mut wizard = failed();
        wizard.model.log = Some(log.into());
        let first = wizard.text(60, 15);
        assert!(first.contains("✗ data.world refused the upload") && first.contains("Use a \"Read/Write\""), "{first}");
        let read = read(&mut wizard, (60, 12));
        let whole: String = wizard.text(80, 40).lines().map(str::trim).collect();
        assert!(whole.contains(log), "{whole}");
        for part in
            ["is untouched.", "Support id b6267b6a-92de-4f15-b02d-10b073e76b83", "Log:", "writeback.log", "○ Proof"]
        {
            assert!(read.contains(part), "{part}:\n{read}");
        }
    }
    assert!(!failed().text(80, 24).contains("Log:"), "there is none");
}

#[test]
fn the_keys_of_lists_scroll_and_another_run_begins_at_its_top() {
    let mut wizard = done();
    let first = wizard.text(60, 15);
    for (there, back) in [("Down", "Up"), ("PgDn", "PgUp")] {
        let moved = wizard.press(there).text(60, 15);
        assert_ne!(moved, first, "{there}");
        assert!(moved.contains("↑ "), "{moved}");
        assert_eq!(wizard.press(back).text(60, 15), first, "{back}");
    }
    // The wheel says which row is on top; a question lies in its way.
    wizard.tell(Msg::Scroll { row: 3, top: 3 });
    assert!(wizard.text(60, 15).contains("↑ 3 rows above"), "{}", wizard.text(60, 15));
    wizard.press("F1").tell(Msg::Scroll { row: 0, top: 0 }).press("Esc");
    assert!(wizard.text(60, 15).contains("↑ 3 rows above"));
    let mut wizard = Wizard::running();
    let shrunk = Failure::Refused(Refusal::WouldShrink { old: 84_234_567, new: 1000 });
    wizard.end(Outcome::Failed { failure: shrunk, file_now: Some(untouched()) });
    wizard.press("Down Down r");
    assert_eq!(wizard.model.top, 0);
}

#[test]
fn nothing_says_that_there_is_more_where_all_of_it_is_in_sight() {
    for wizard in [done(), failed(), Wizard::at_review()] {
        let text = wizard.text(80, 24);
        assert!(!text.contains(" below") && !text.contains(" above"), "{text}");
    }
}

#[test]
fn that_there_is_more_is_seen_without_colours_as_well() {
    let sign = |theme: &Theme| {
        let buffer = done().buffer(60, 15, theme);
        assert!(text_of(&buffer).contains("↓ "), "{}", text_of(&buffer));
        buffer.content.iter().find(|cell| cell.symbol() == "↓").map(|cell| (cell.fg, cell.modifier)).expect("a sign")
    };
    assert_eq!(sign(&Theme::monochrome()), (Color::Reset, Modifier::BOLD));
    let no_color = Theme::new(&Appearance::default(), |name| (name == "NO_COLOR").then(|| "1".to_owned()));
    assert_eq!(sign(&no_color.expect("a theme")), (Color::Reset, Modifier::BOLD));
    assert_eq!(sign(&Theme::color()).0, Color::Cyan);
}
