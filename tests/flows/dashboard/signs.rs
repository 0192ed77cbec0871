//! The sign before what has just happened.

use writeback::testing::transfer::{FileAfter, FileNow, Outcome};
use writeback::testing::tui::state::{Copied, Effect};

use crate::dashboard::support::*;
use crate::samples::untouched;
use crate::screen::Driver as _;

/// A run of an export that was cancelled, seen from the list.
fn cancelled(file_now: Option<FileAfter>) -> Person {
    let mut person = Person::usual();
    person.on("Costs").press("r c").end("Costs", Outcome::Cancelled { file_now }).answer();
    person
}

#[test]
fn what_was_cancelled_has_the_same_sign_everywhere() {
    let mut person = cancelled(Some(untouched()));
    assert!(person.text(80, 24).contains("\n – Costs was cancelled.\n"), "{}", person.text(80, 24));
    person.press("Enter");
    assert!(person.text(80, 24).contains("  – Cancelled.\n"), "{}", person.text(80, 24));
    let (mut browse, request) = crate::dashboard::browse::fetching();
    browse.press("c").reply(&request, DownloadReply::Ended(Ok(None)));
    assert!(browse.text(80, 24).contains("\n – The download was cancelled."), "{}", browse.text(80, 24));
}

#[test]
fn a_file_that_is_in_doubt_after_that_is_to_be_heeded() {
    let late = || Some(FileAfter { name: "costs.csv".to_owned(), now: FileNow::Late });
    let mut person = cancelled(late());
    let text = person.text(80, 24);
    assert!(text.contains("\n ! Costs was cancelled. data.world does not show a new costs.csv"), "{text}");
    let text = person.press("Enter").text(80, 24);
    assert!(text.contains("  – Cancelled.\n  ! data.world does not show a new costs.csv"), "{text}");
}

#[test]
fn what_was_not_done_has_no_check_mark() {
    let mut never = Person::usual();
    let name = never.saved[3].export.as_ref().unwrap().name.clone();
    never.on(&name).press("Enter");
    assert!(never.text(80, 24).contains("\n – It has not run yet."), "{}", never.text(80, 24));
    let mut unused = crate::dashboard::accounts::with_accounts();
    unused.press("Down e m");
    assert!(unused.text(80, 24).contains("\n – No export uses the account old"), "{}", unused.text(80, 24));
    let mut headless = crate::dashboard::browse::browsing();
    headless.press("o");
    let request = headless.asked(|effect| matches!(effect, Effect::OpenLink { .. }));
    headless.reply(&request, false);
    headless.is_copied(Copied::Terminal);
    assert!(headless.text(80, 24).contains("\n ! No browser can be opened here."), "{}", headless.text(80, 24));
}
