//! Panes higher than a low screen scroll, and say that there is more.

use writeback::testing::tui::wizard::{Severity, review};

use crate::screen::{Driver as _, Wizard};
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
fn nothing_says_that_there_is_more_where_all_of_it_is_in_sight() {
    let text = Wizard::at_review().text(80, 24);
    assert!(!text.contains(" below") && !text.contains(" above"), "{text}");
}
