//! Runs: wherever one was started, its page can be left, and it is a row of the dashboard.

use std::time::Duration;

use writeback::testing::export::HashRows;
use writeback::testing::services::domo::Hiding;
use writeback::testing::services::http::Retry;
use writeback::testing::transfer::{Failure, NoCount, Outcome, Pause, Progress, Refusal, RowStart};
use writeback::testing::tui::state::{Effect, Login, Msg, SaveReply, Tab};
use writeback::testing::tui::wizard::{Field, Step};

use crate::dashboard::browse::fetching;
use crate::dashboard::support::*;
use crate::samples::{finished, midway, now, refused as refused_call, saved_as};
use crate::screen::Driver as _;

const NAME: &str = "Daily Sales by Region";

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Failed { failure: Failure::Refused(refusal), file_now: None }
}

const SHRUNK: Refusal = Refusal::WouldShrink { old: 84_234_567, new: 1000 };
const EMPTY: Refusal = Refusal::WouldEmpty { old: Some(84_234_567), new: 0 };

fn hash_rows() -> Refusal {
    Refusal::HashRows { first: Some(3), found: 1, rows: 9, begins: RowStart::from_bytes(b"#12,North\n") }
}

fn cancels(person: &Person) -> bool {
    person.effects.iter().any(|effect| matches!(effect, Effect::Cancel(_)))
}

#[test]
fn escape_leaves_the_page_of_a_run_of_the_wizard_and_the_run_is_a_row_like_any_other() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).progress(NAME, midway(2));
    let page = person.text(80, 24);
    assert!(page.contains("\n  Daily Sales by Region\n") && page.contains("● Upload"), "{page}");
    person.press("Esc");
    let review = person.text(80, 24);
    assert!(review.contains("Run once") && review.contains("1 run under way"), "back on Review:\n{review}");
    assert_eq!(person.app.wizard.as_ref().map(|wizard| wizard.step), Some(Step::Review));
    // The wizard was opened first, yet the program goes on with what runs.
    person.press("Esc y").answer();
    assert!(person.app.wizard.is_none() && !person.has_quit() && !cancels(&person));
    assert!(person.line(NAME).contains("● "), "{}", person.line(NAME));
    person.press("Enter");
    assert!(person.text(80, 24).contains("● Upload"), "{}", person.text(80, 24));
    person.press("q q");
    assert!(!person.has_quit() && person.text(80, 24).contains("A run is under way."), "{}", person.text(80, 24));
    person.press("n").progress(NAME, finished()).end(NAME, done(false)).answer();
    assert!(person.line(&format!("{NAME}  ")).contains("✓ just now"), "{}", person.line(NAME));
    assert!(person.line(&format!("{NAME}  ")).contains("not saved"), "{}", person.line(NAME));
    for (width, height) in [(80, 24), (120, 40)] {
        let text = person.text(width, height);
        assert!(text.contains("! It is not saved. Press e to"), "{text}");
    }
    // It is in no file: to edit it is to save it, and removing leaves nothing behind.
    person.press("e");
    let wizard = person.app.wizard.as_ref().unwrap();
    assert!(wizard.exports.is_empty(), "its name is free: {:?}", wizard.exports);
    assert_eq!((wizard.describe.values.text(Field::EXPORT_NAME), wizard.saved_as.as_deref()), (NAME, None));
    person.press("Esc").answer().press("Esc y").answer().press("x").answer();
    assert!(!person.text(80, 24).contains(NAME), "{}", person.text(80, 24));
}

#[test]
fn a_page_over_the_wizard_begins_again_with_what_is_there_now() {
    let mut person = Person::at_review();
    person.button(Field::DRY_RUN).end(NAME, done(true)).answer().press("Esc");
    let asks = |effect: &Effect| matches!(effect, Effect::LookUpDataset { .. });
    assert!(person.effects.iter().any(asks), "the run may have changed the dataset: {:?}", person.effects);
    // A run that goes on is shown, and not started twice.
    person.button(Field::RUN_ONCE).press("Esc").button(Field::RUN_ONCE);
    assert_eq!(person.started().len(), 2);
    assert_eq!(person.notice(), "Daily Sales by Region is already running.");
    person.press("Esc").end(NAME, done(false));
    let notice = person.app.wizard.as_ref().unwrap().shell.notice.as_ref().map(|notice| notice.text.clone());
    assert!(notice.is_some_and(|text| text.ends_with("is on data.world.")), "who is in the wizard is told");
}

#[test]
fn a_saved_export_runs_in_the_dashboard() {
    let mut person = Person::at_review();
    person.button(Field::SAVE_AND_RUN);
    assert!(person.started().is_empty(), "what is not saved does not run");
    let saved = person.asked::<SaveReply>(|effect| matches!(effect, Effect::SaveExport { .. }));
    person.saved.push(export(NAME, ""));
    person.reply(&saved, saved_as("daily-sales-by-region")).answer();
    assert!(person.app.wizard.is_none() && person.started().len() == 1);
    assert!(
        person.text(80, 24).contains("✓ Saved as daily-sales-by-region.toml. `writeback run"),
        "{}",
        person.text(80, 24)
    );
    person.press("Esc").progress(NAME, midway(2));
    assert!(person.line(NAME).contains("● "), "{}", person.line(NAME));
    // What was entered for it holds for the next run too.
    person.end(NAME, done(false)).answer().press("r");
    let Some(Effect::StartRun { order, .. }) = person.effects.last() else { panic!("{:?}", person.effects) };
    assert!(matches!(order.dataworld, Login::Entered { .. }), "{order:?}");
}

#[test]
fn a_run_that_has_sent_something_is_cancelled_after_one_question() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).press("c");
    assert!(cancels(&person), "nothing was sent");
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).progress(NAME, midway(2)).press("c");
    assert!(!cancels(&person) && person.text(80, 24).contains("Cancel the export?"));
    person.press("Esc");
    assert!(!cancels(&person) && person.app.home.overlay.is_none());
    person.press("c y");
    assert!(cancels(&person));
    let mut late = Person::at_review();
    late.button(Field::RUN_ONCE).progress(NAME, midway(2)).press("c").end(NAME, done(false)).answer();
    let text = late.text(80, 24);
    assert!(
        text.contains("It has ended meanwhile.") && text.contains("Enter close") && !text.contains("yes"),
        "{text}"
    );
    late.press("y");
    assert!(!cancels(&late) && late.app.home.overlay.is_none());
}

#[test]
fn the_other_tabs_are_one_key_away_from_the_page_of_a_run() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter 2");
    assert_eq!(person.app.home.tab, Tab::Browse);
    person.press("1");
    assert!(person.app.home.is_open(), "the page is still there");
    person.press("1");
    assert!(!person.app.home.is_open(), "the tab's own key leads to its list");
    let mut over_wizard = Person::at_review();
    over_wizard.button(Field::RUN_ONCE).press("2");
    assert_eq!(over_wizard.notice(), "Go to tab (2) is not possible now.");
}

#[test]
fn control_c_in_a_run_quits_at_once() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).press("Ctrl-C");
    assert!(person.has_quit() && cancels(&person));
}

/// Ends a run with a refusal, decides, and returns the export that runs next.
fn decided(refusal: Refusal, key: &str) -> Option<writeback::testing::export::Export> {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").end("Costs", refused(refusal)).answer();
    person.effects.clear();
    person.press(key);
    person.effects.into_iter().find_map(|effect| match effect {
        Effect::StartRun { order, .. } => Some(order.entry.export),
        _ => None,
    })
}

#[test]
fn a_refusal_offers_its_remedy_right_there() {
    let uncounted = || Refusal::NoRowCount(NoCount::Filtered(Hiding::Pdp));
    let unreadable = || Refusal::Unreadable {
        first: Some(3),
        not_utf8: 1,
        nul: 0,
        rows: 9,
        line: RowStart::from_bytes(b"3,J\xe9\n"),
    };
    assert_eq!(decided(hash_rows(), "f").unwrap().csv.hash_rows, HashRows::Quote);
    for key in ["a", "w"] {
        assert_eq!(decided(hash_rows(), key).unwrap().csv.hash_rows, HashRows::Allow);
        assert!(decided(EMPTY, key).unwrap().checks.allow_empty);
        assert!(decided(SHRUNK, key).unwrap().checks.allow_shrink);
        assert!(decided(uncounted(), key).unwrap().checks.allow_unproven);
        assert!(decided(unreadable(), key).unwrap().checks.allow_unreadable);
    }
    assert!(decided(Refusal::SeesAll, "w").unwrap().input.owner_confirmed);
    assert!(decided(Refusal::UpdatesUnknown, "a").is_none());
    assert!(decided(Refusal::OwnerUnconfirmed(Hiding::Pdp), "w").unwrap().input.owner_confirmed);
    assert!(decided(Refusal::OwnerUnconfirmed(Hiding::Pdp), "a").is_none(), "nobody confirms by accident");
    assert!(!decided(EMPTY, "a").unwrap().checks.allow_shrink, "one decision is one decision");
}

#[test]
fn the_choices_after_a_refusal_stand_one_under_the_other_with_their_keys() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").end("Costs", refused(hash_rows())).answer();
    for (width, height) in [(80, 24), (120, 40), (60, 15)] {
        let text = person.text(width, height);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let first = lines.iter().position(|line| *line == "f  quote these fields").unwrap_or_else(|| panic!("{text}"));
        assert_eq!(lines[first + 1..first + 3], ["a  allow this time", "w  always allow"], "{text}");
    }
}

#[test]
fn a_lasting_decision_in_the_wizard_is_saved_with_the_export() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).end(NAME, refused(SHRUNK)).press("w");
    assert!(!person.effects.iter().any(|effect| matches!(effect, Effect::ChangeExport { .. })), "it is in no file");
    person.press("Esc").press("Ctrl-S");
    let saved = person.taken(|effect| matches!(effect, Effect::SaveExport { .. }));
    let Effect::SaveExport { export, .. } = saved else { panic!("{saved:?}") };
    assert!(export.checks.allow_shrink);
    // What is allowed this time is not.
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).end(NAME, refused(SHRUNK)).press("a Esc").press("Ctrl-S");
    let saved = person.taken(|effect| matches!(effect, Effect::SaveExport { .. }));
    let Effect::SaveExport { export, .. } = saved else { panic!("{saved:?}") };
    assert!(!export.checks.allow_shrink);
}

#[test]
fn a_lasting_decision_reaches_no_export_with_another_file() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).end(NAME, refused(SHRUNK));
    let wizard = person.app.wizard.as_mut().unwrap();
    wizard.saving.export.as_mut().unwrap().output.file = "another".parse().unwrap();
    person.press("w");
    let prepared = person.app.wizard.as_ref().unwrap().saving.export.clone().unwrap();
    assert!(!prepared.checks.allow_shrink, "{prepared:?}");
    // Nor one that is saved with another since.
    person.end(NAME, refused(SHRUNK)).press("Esc").press("Esc y").answer();
    person.saved.push(export(NAME, ""));
    person.tell(Msg::Now(now() + chrono::TimeDelta::minutes(10))).answer().on(NAME).press("Enter w");
    assert!(!person.effects.iter().any(|effect| matches!(effect, Effect::ChangeExport { .. })));
}

#[test]
fn the_question_whether_to_leave_stays_true_while_it_is_open() {
    let mut person = Person::usual();
    person.on("Costs").press("r q").progress("Costs", midway(2));
    assert!(person.text(80, 24).contains("data.world stays as it is"), "{}", person.text(80, 24));
    let all = Progress { bytes_out: 9, bytes_total: Some(9), ..midway(5) };
    person.progress("Costs", all);
    assert!(person.text(80, 24).contains("without the proof"), "{}", person.text(80, 24));
    person.end("Costs", done(false));
    assert!(person.text(80, 24).contains("It has ended meanwhile."), "{}", person.text(80, 24));
}

#[test]
fn the_question_whether_to_leave_stays_true_while_a_download_runs_too() {
    let (mut person, download) = fetching();
    person.saved.push(export("Costs", ""));
    person.press("Esc 1 F5").answer().on("Costs").press("r q");
    assert!(person.text(80, 24).contains("A run is under way."), "{}", person.text(80, 24));
    person.end("Costs", done(false));
    assert!(person.text(80, 24).contains("The download will be cancelled"), "{}", person.text(80, 24));
    person.reply(&download, DownloadReply::Ended(Ok(None)));
    assert!(person.text(80, 24).contains("It has ended meanwhile."), "{}", person.text(80, 24));
}

#[test]
fn the_end_of_a_run_is_told_on_another_tab_than_its_page() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").tell(Msg::Tab(Tab::History)).end("Costs", done(false)).answer();
    assert!(person.notice().starts_with("Costs: ") && person.notice().ends_with("is on data.world."));
    // On its page, the page tells.
    person.press("1 r").end("Costs", done(false)).answer();
    assert_eq!(person.notice(), "");
}

#[test]
fn no_modifier_chooses_from_a_menu() {
    let mut person = Person::usual();
    person.on("Costs").press("r").end("Costs", done(false)).answer().press("Enter y");
    assert!(person.text(80, 24).contains("Copy what?"), "{}", person.text(80, 24));
    person.press("Ctrl-L Alt-R");
    assert!(person.text(80, 24).contains("Copy what?"), "{}", person.text(80, 24));
    person.press("Ctrl-C");
    assert!(person.has_quit());
}

#[test]
fn run_again_repeats_what_the_page_shows() {
    let again = |person: &Person| match person.effects.last() {
        Some(Effect::StartRun { order, .. }) => {
            let entry = &order.entry;
            (entry.export.output.file.to_string(), entry.dry_run)
        }
        effects => panic!("{effects:?}"),
    };
    let mut person = Person::at_review();
    person.button(Field::DRY_RUN).end(NAME, done(true)).answer();
    let footer = person.text(120, 40);
    assert!(footer.contains("r run   D dry run"), "{footer}");
    person.press("D");
    let (file, is_dry) = again(&person);
    assert!(is_dry, "D uploads nothing on any page");
    person.end(NAME, done(true)).answer().press("Esc").button(Field::RUN_ONCE).end(NAME, done(false)).answer();
    person.press("Esc").press("Esc y").answer();
    // The same name is saved with another file meanwhile.
    person.saved.push(export(NAME, ""));
    person.tell(Msg::Now(now() + chrono::TimeDelta::minutes(10))).answer().on(NAME).press("Enter r");
    assert_eq!(again(&person), (file, false));
    person.end(NAME, done(false)).answer().press("Esc r");
    assert_eq!(again(&person), ("dailysalesbyregion".to_owned(), false), "in the list, it is the saved one that runs");
}

#[test]
fn a_run_of_the_wizard_has_its_own_name_and_no_command_of_another_saved_export() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).end(NAME, done(false)).answer().press("Esc");
    // The same file's name, and other settings.
    let renamed = "Daily Sales, by Region";
    person.press("Ctrl-P").type_text(renamed).press("Ctrl-N").button(Field::RUN_ONCE);
    assert!(person.text(80, 24).contains(&format!("\n  {renamed}\n")), "{}", person.text(80, 24));
    assert_eq!(person.app.home.exports.opened_row().map(|row| row.name.as_str()), Some(renamed));
    person.end(renamed, done(false));
    // It is saved with another file meanwhile.
    person.saved.push(export(NAME, ""));
    person.answer();
    let text = person.text(80, 24);
    assert!(text.contains(renamed) && text.contains("Save the export to run it again"), "{text}");
    person.press("y");
    assert!(!person.text(80, 24).contains("the command that runs it"), "{}", person.text(80, 24));
    // What is saved as it ran has one.
    person.press("Esc Esc").press("Esc y").answer().on(NAME).press("r Enter").end(NAME, done(false)).answer();
    assert!(person.text(80, 24).contains("writeback run daily-sales-by-region"), "{}", person.text(80, 24));
    person.press("y");
    assert!(person.text(80, 24).contains("the command that runs it"), "{}", person.text(80, 24));
}

#[test]
fn a_transfer_that_stands_still_says_for_how_long_and_claims_no_time_left() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter");
    for second in 0..=5 {
        person.progress("Costs", midway(second));
    }
    let text = person.text(80, 24);
    assert!(text.contains(" left") && !text.contains("no bytes"), "{text}");
    person.progress("Costs", Progress { elapsed: Duration::from_secs(17), ..midway(5) });
    let text = person.text(80, 24);
    assert!(text.contains("no bytes for 12 s") && !text.contains(" left"), "{text}");
    assert!(person.press("Esc").line("Costs").contains("idle 12 s"), "{}", person.line("Costs"));
    // Of an empty file, all is sent at once.
    let empty = |seconds| Progress { bytes_out: 0, bytes_total: Some(0), ..midway(seconds) };
    person.press("Enter").progress("Costs", empty(20));
    person.progress("Costs", Progress { elapsed: Duration::from_secs(32), ..empty(20) });
    assert!(person.text(80, 24).contains("all sent, no answer for"), "{}", person.text(80, 24));
}

#[test]
fn a_retry_has_one_counter_and_counts_down() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").progress("Costs", midway(2));
    let wait = Duration::from_secs(8);
    let note = Some(Pause::Call(Retry { error: refused_call(503, "Busy"), wait, attempt: 2, attempts: 5 }));
    let after =
        |seconds| Progress { elapsed: Duration::from_secs(seconds), attempt: 2, note: note.clone(), ..midway(3) };
    for (seconds, said) in [(3, "in 8 s"), (6, "in 5 s"), (20, "now")] {
        person.progress("Costs", after(seconds));
        let text = person.text(120, 40);
        assert!(text.contains(&format!("Trying again {said} (attempt 2 of 5).")), "{text}");
        assert_eq!(text.matches("of 5").count(), 1, "{text}");
    }
}

#[test]
fn a_result_can_be_opened_copied_and_run_again() {
    let mut person = Person::usual();
    person.on("Costs").press("r Enter").end("Costs", done(false)).answer();
    let footer = person.text(120, 40);
    for hint in ["t check", "r run again", "o open in the browser", "y copy"] {
        assert!(footer.lines().last().unwrap().contains(hint), "{hint}:\n{footer}");
    }
    person.press("o");
    assert!(
        person
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::OpenLink { link, .. } if link.starts_with("https")))
    );
    person.press("r");
    assert_eq!(person.started().len(), 2);
    let mut dry = Person::usual();
    dry.on("Costs").press("D Enter").end("Costs", done(true)).answer().press("o");
    assert!(!dry.effects.iter().any(|effect| matches!(effect, Effect::OpenLink { .. })), "nothing was sent");
}
