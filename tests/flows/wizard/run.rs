//! Review and run: said before, shown while it goes, and repeated.

use std::time::Duration;

use crossterm::event::KeyCode;
use writeback::testing::accounts::{KeyringError, SecretHome};
use writeback::testing::export::{HashRows, Service};
use writeback::testing::services::dataworld::User;
use writeback::testing::services::domo::{Hiding, Ownership};
use writeback::testing::transfer::{FileAfter, FileNow, NoCount, Outcome, Pace, Progress, Refusal, RowStart, Summary};
use writeback::testing::tui::state::Copied;
use writeback::testing::tui::wizard::{Effect, Field, Origin, RunState, Severity, Step, review};

use crate::samples;
use crate::wizard::support::*;

pub(crate) fn summary() -> Summary {
    Summary {
        file: "acme-analytics/sales-mart/weekly.csv".to_owned(),
        link: "https://data.world/acme-analytics/sales-mart/workspace/file?filename=weekly.csv".to_owned(),
        replaced: None,
        ..samples::summary()
    }
}

pub(crate) fn failed(refusal: Refusal) -> RunReply {
    let file_now = FileAfter { name: "weekly.csv".to_owned(), now: FileNow::Untouched { size: None } };
    RunReply::Ended(Outcome::Failed { failure: refusal.into(), file_now: Some(file_now) })
}

const EMPTY: Refusal = Refusal::WouldEmpty { old: Some(1_000), new: 10 };
const SHRUNK: Refusal = Refusal::WouldShrink { old: 1_000, new: 10 };

pub(crate) fn done() -> Wizard {
    let mut wizard = Wizard::running();
    wizard.reply(RunReply::Ended(Outcome::Done(summary())));
    wizard
}

#[test]
fn the_review_says_what_will_happen() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DataSetReply::Ownership(Ownership::Unknown));
    wizard.focus(Field::OWNER_CONFIRMED);
    wizard.press(KeyCode::Char(' '));
    wizard.ctrl('n');
    wizard.on_to_review();
    assert_eq!(wizard.model.focus, Field::SAVE_AND_RUN);
    let lines: Vec<String> =
        review::lines(&wizard.model).into_iter().map(|line| format!("{}: {}", line.label, line.text)).collect();
    assert_eq!(
        lines,
        [
            "Name: Daily Sales by Region".to_owned(),
            format!("From: DataSet Daily Sales by Region ({DATA_SET}), 1,204,331 rows according to Domo"),
            "To: acme-analytics/sales-mart (Sales mart)".to_owned(),
            "File: weekly.csv is new.".to_owned(),
            "Each run: The file is replaced on every run.".to_owned(),
            "Schedule: Manually.".to_owned(),
            "Owner: You have confirmed that you are an owner or co-owner of the DataSet.".to_owned(),
            "Domo: from environment (user 964382593, Privileged, acme)".to_owned(),
            "data.world: from environment (Ada Analyst (analyst))".to_owned(),
        ]
    );
}

#[test]
fn the_review_warns_of_a_file_that_will_be_replaced() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('u');
    wizard.type_text("daily-sales");
    wizard.ctrl('n');
    let file = review::lines(&wizard.model).into_iter().find(|line| line.label == "File").unwrap();
    assert_eq!(file.severity, Severity::Warning);
    assert!(file.text.ends_with("it will be replaced."), "{}", file.text);
}

#[test]
fn the_run_gets_all_that_it_needs() {
    let wizard = Wizard::running();
    let Some(Effect::StartRun { export, domo, dataworld, .. }) = wizard.asked.last() else {
        panic!("{:?}", wizard.asked.last())
    };
    assert_eq!(export.name, "Daily Sales by Region");
    assert_eq!(export.input.dataset.as_str(), DATA_SET);
    assert!(!export.input.owner_confirmed, "it was proven");
    assert_eq!(export.output.dataset, key("acme-analytics/sales-mart"));
    assert_eq!(export.output.file.as_str(), "weekly");
    assert_eq!((&export.credentials.domo, &export.credentials.dataworld), (&None, &None), "from the environment");
    assert_eq!(Some(domo), wizard.model.credentials.domo_login().as_ref());
    assert_eq!(Some(dataworld), wizard.model.credentials.dataworld_login().as_ref());
}

#[test]
fn saved_accounts_are_named_in_the_definition() {
    let mut wizard = Wizard::new(
        writeback::testing::config::Environment::default(),
        vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")],
    );
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    assert_eq!(wizard.model.credentials.saved_name(Service::Domo).as_deref(), Some("acme"));
    assert_eq!(wizard.model.credentials.saved_name(Service::DataWorld).as_deref(), Some("analyst"));
}

#[test]
fn the_latest_progress_counts_and_its_pace_is_kept() {
    let mut wizard = Wizard::running();
    for second in 0..10 {
        let progress =
            Progress { elapsed: Duration::from_secs(second), bytes_out: second * 1000, ..Progress::default() };
        wizard.reply(RunReply::Progress(progress));
    }
    assert_eq!(wizard.model.run.progress.bytes_out, 9000);
    assert_ne!(wizard.model.run.pace, Pace::default());
    wizard.reply(failed(Refusal::Moved));
    wizard.press(KeyCode::Char('r'));
    assert_eq!((wizard.model.run.progress.bytes_out, &wizard.model.run.pace), (0, &Pace::default()));
}

#[test]
fn cancelling_before_anything_is_sent_asks_nothing_and_waits_for_the_end() {
    let mut wizard = Wizard::running();
    let request = wizard.request::<RunReply>();
    assert_eq!(wizard.press(KeyCode::Char('c')), [Effect::Cancel(request.id)]);
    assert_eq!(wizard.model.run.state, RunState::Cancelling);
    assert!(wizard.press(KeyCode::Char('c')).is_empty(), "once is enough");
    assert!(wizard.model.moves());
    wizard.reply(RunReply::Ended(Outcome::Cancelled { file_now: None }));
    assert!(matches!(wizard.model.run.outcome(), Some(Outcome::Cancelled { .. })));
}

#[test]
fn the_end_of_an_earlier_run_is_ignored() {
    let mut wizard = Wizard::running();
    let first = wizard.request::<RunReply>();
    wizard.reply(failed(Refusal::Moved));
    let effects = wizard.press(KeyCode::Char('r'));
    assert!(matches!(effects[..], [Effect::StartRun { .. }]), "{effects:?}");
    wizard.reply_to(&first, failed(Refusal::Moved));
    wizard.reply_to(&first, RunReply::Progress(Progress { rows: 7, ..Progress::default() }));
    assert_eq!(wizard.model.run.state, RunState::Running);
    assert_eq!(wizard.model.run.progress.rows, 0);
}

#[test]
fn saving_makes_the_command_right() {
    let mut wizard = done();
    assert_eq!(wizard.model.run.command(), None, "nothing is saved yet");
    assert!(wizard.press(KeyCode::Char('k')).is_empty());
    let effects = wizard.press(KeyCode::Char('s'));
    let [Effect::SaveExport { export, replaces: None, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(export.name, "Daily Sales by Region", "as Name & Describe has it");
    assert!(wizard.press(KeyCode::Char('s')).is_empty(), "it is on its way");
    wizard.reply(saved_as("daily-sales-by-region"));
    assert_eq!(wizard.model.run.command().as_deref(), Some("writeback run daily-sales-by-region"));
    assert!(wizard.notice().contains("the credentials in your environment"), "{}", wizard.notice());
    let effects = wizard.press(KeyCode::Char('k'));
    assert_eq!(copied(&effects), "writeback run daily-sales-by-region");
}

#[test]
fn who_saves_without_a_run_goes_on_home() {
    let saved = || saved_as("daily-sales-by-region");
    let at_review = |origin| {
        let mut wizard = Wizard::at_review();
        wizard.model.origin = origin;
        assert!(matches!(wizard.ctrl('s')[..], [Effect::SaveExport { .. }]));
        wizard
    };
    for origin in [Origin::Program, Origin::Home] {
        let mut wizard = at_review(origin);
        assert_eq!(wizard.reply(saved()), [Effect::GoHome]);
        assert_eq!(wizard.model.notice.as_ref().map(|notice| notice.severity), Some(Severity::Info));
        assert!(wizard.notice().starts_with("Saved."), "{}", wizard.notice());
    }
    let mut wizard = at_review(Origin::Program);
    assert_eq!(wizard.reply(SaveReply::Failed(why("The disk is full."))), [], "it is mended here");
    assert_eq!(wizard.model.notice.as_ref().map(|notice| notice.severity), Some(Severity::Warning));
    assert_eq!(at_review(Origin::Alone).reply(saved()), [], "there is no home");
    // The end of the run is still to be read.
    let mut wizard = done();
    wizard.model.origin = Origin::Program;
    wizard.press(KeyCode::Char('s'));
    assert_eq!(wizard.reply(saved()), []);
}

#[test]
fn the_demo_promises_nothing_that_outlasts_it() {
    let mut wizard = done();
    wizard.model.demo = true;
    wizard.press(KeyCode::Char('s'));
    wizard.reply(saved_as("daily-sales-by-region"));
    assert!(wizard.notice().ends_with("Saved. It is on the tab Exports until the demo ends."));
    assert!(wizard.press(KeyCode::Char('k')).is_empty(), "no command finds it");
}

#[test]
fn a_save_that_fails_says_why_and_can_be_tried_again() {
    let mut wizard = done();
    wizard.press(KeyCode::Char('s'));
    wizard.reply(SaveReply::Failed(why("The disk is full.")));
    assert_eq!(wizard.notice(), "The disk is full. Try again.");
    assert_eq!((wizard.model.step, wizard.model.run.command()), (Step::Run, None));
    assert_eq!(wizard.press(KeyCode::Char('s')).len(), 1);
}

fn copied(effects: &[Effect]) -> &str {
    let [Effect::Copy { text, .. }] = effects else { panic!("{effects:?}") };
    text
}

#[test]
fn link_and_report_can_be_copied() {
    let mut wizard = done();
    let effects = wizard.press(KeyCode::Char('l'));
    assert_eq!((copied(&effects), wizard.notice()), (summary().link.as_str(), ""), "it is on its way");
    wizard.reply(Copied::Clipboard);
    assert_eq!(wizard.notice(), "Copied.");
    // A text that nobody can know to be on a clipboard can be read.
    wizard.press(KeyCode::Char('l'));
    wizard.reply(Copied::Terminal);
    assert_eq!(wizard.notice(), format!("Sent to the terminal: {}", summary().link));
    assert!(wizard.model.run.report().unwrap().contains("1,204,331 rows, 84.7 MB, in 10.4 s"));

    let mut wizard = Wizard::running();
    wizard.reply(failed(Refusal::Moved));
    let effects = wizard.press(KeyCode::Char('y'));
    let text = copied(&effects);
    let expected = "The DataSet kept being updated in Domo while it was exported.\n\
                    Run the export when Domo is not updating the DataSet.\nThe old weekly.csv is untouched.";
    assert!(text.ends_with(expected), "{text}");
    assert!(wizard.press(KeyCode::Char('l')).is_empty(), "there is no link to a file that did not arrive");
}

#[test]
fn back_to_details_keeps_all_and_asks_what_is_there_now() {
    let mut wizard = Wizard::running();
    wizard.reply(failed(Refusal::Moved));
    let effects = wizard.press(KeyCode::Esc);
    assert_eq!(wizard.model.step, Step::Details);
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "weekly");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LookUpDataset { .. })), "{effects:?}");
}

#[test]
fn a_new_export_begins_at_details_with_the_same_credentials() {
    let mut wizard = done();
    wizard.model.touched = false;
    wizard.press(KeyCode::Char('n'));
    assert_eq!(wizard.model.step, Step::Details);
    assert_eq!(wizard.model.details.values.text(Field::INPUT_DATA_SET), "");
    assert!(wizard.model.credentials.tested());
    assert_eq!(wizard.model.run.command(), None);
}

/// Ends a run with a refusal, decides, and returns the export that runs next.
fn decided(refusal: Refusal, key: char) -> Option<Box<writeback::testing::export::Export>> {
    let mut wizard = Wizard::running();
    wizard.reply(failed(refusal));
    match wizard.press(KeyCode::Char(key)).pop() {
        Some(Effect::StartRun { export, .. }) => Some(export),
        _ => None,
    }
}

fn uncounted() -> Refusal {
    Refusal::NoRowCount(NoCount::Filtered(Hiding::Pdp))
}

fn hash_rows() -> Refusal {
    Refusal::HashRows { first: Some(3), found: 1, rows: 9, begins: RowStart::from_bytes(b"#12,North\n") }
}

fn unreadable() -> Refusal {
    Refusal::Unreadable { first: Some(3), not_utf8: 1, nul: 0, rows: 9, line: RowStart::from_bytes(b"3,Jos\xe9\n") }
}

#[test]
fn a_refusal_offers_its_remedy_right_there() {
    assert_eq!(decided(hash_rows(), 'f').unwrap().csv.hash_rows, HashRows::Quote);
    for key in ['a', 'w'] {
        assert_eq!(decided(hash_rows(), key).unwrap().csv.hash_rows, HashRows::Allow);
        assert!(decided(EMPTY, key).unwrap().checks.allow_empty);
        assert!(decided(SHRUNK, key).unwrap().checks.allow_shrink);
        assert!(decided(uncounted(), key).unwrap().checks.allow_unproven);
        assert!(decided(unreadable(), key).unwrap().checks.allow_unreadable);
    }
    assert!(decided(Refusal::SeesAll, 'o').unwrap().input.owner_confirmed);
    assert!(decided(Refusal::UpdatesUnknown, 'a').is_none());
    assert!(decided(Refusal::OwnerUnconfirmed(Hiding::Pdp), 'o').unwrap().input.owner_confirmed);
    assert!(decided(Refusal::OwnerUnconfirmed(Hiding::Pdp), 'a').is_none(), "nobody confirms by accident");
    let allowed = decided(EMPTY, 'a').unwrap();
    assert!(!allowed.checks.allow_shrink, "one decision is one decision");
}

#[test]
fn a_decision_holds_for_this_export_and_no_other() {
    let mut wizard = Wizard::running();
    wizard.reply(failed(SHRUNK));
    wizard.press(KeyCode::Char('w'));
    wizard.reply(failed(Refusal::Moved));
    wizard.press(KeyCode::Char('b'));
    wizard.found(Ownership::Proven);
    wizard.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    wizard.ctrl('n');
    wizard.on_to_review();
    wizard.run_once();
    assert!(wizard.model.run.export.as_ref().unwrap().checks.allow_shrink);

    wizard.reply(failed(Refusal::Moved));
    wizard.press(KeyCode::Char('b'));
    wizard.found(Ownership::Proven);
    wizard.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("-2");
    wizard.ctrl('n');
    wizard.on_to_review();
    wizard.run_once();
    assert!(!wizard.model.run.export.as_ref().unwrap().checks.allow_shrink, "it is another file");
}

#[test]
fn a_definition_that_was_changed_is_no_longer_the_saved_one() {
    let mut wizard = Wizard::running();
    wizard.reply(failed(EMPTY));
    wizard.press(KeyCode::Char('s'));
    wizard.reply(saved_as("daily"));
    assert!(wizard.model.run.command().is_some());
    wizard.press(KeyCode::Char('w'));
    assert_eq!(wizard.model.run.command(), None);
}

#[test]
fn what_is_allowed_this_time_is_not_saved_and_not_retried() {
    let checks = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::StartRun { export, .. }] | [Effect::SaveExport { export, .. }] => export.checks,
        other => panic!("{other:?}"),
    };
    let mut wizard = Wizard::running();
    wizard.reply(failed(SHRUNK));
    assert!(checks(wizard.press(KeyCode::Char('a'))).allow_shrink);
    wizard.reply(failed(EMPTY));
    let both = checks(wizard.press(KeyCode::Char('a')));
    assert!(both.allow_shrink && both.allow_empty, "the run that follows is still the same one");
    wizard.reply(failed(Refusal::Moved));
    assert!(!checks(wizard.press(KeyCode::Char('s'))).allow_shrink, "it is not in the definition");
    assert!(!checks(wizard.press(KeyCode::Char('r'))).allow_shrink, "and not in another run");
}

#[test]
fn an_account_that_lasts_until_the_end_is_said_in_the_review() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('p');
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(User { display_name: None, ..user() }));
    wizard.reply(Answer::Ok(stored(SecretHome::Session(KeyringError::NoBus))));
    wizard.found(Ownership::Proven);
    wizard.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    wizard.ctrl('n');
    wizard.on_to_review();
    let line = review::lines(&wizard.model).into_iter().find(|line| line.label == "data.world").unwrap();
    assert_eq!(line.text, "account analyst (analyst), kept until Writeback ends");
    let export = review::export(&wizard.model).unwrap();
    assert_eq!(export.credentials.dataworld, None, "a definition names only what is there the next time");
}
