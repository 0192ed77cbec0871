//! Keys that are pressed by habit start nothing and end nothing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use writeback::testing::accounts::SecretHome;
use writeback::testing::services::dataworld::{Access, User};
use writeback::testing::services::domo::Ownership;
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::screen::{Theme, draw_wizard};
use writeback::testing::tui::state::{Answer, DatasetReply, SaveReply};
use writeback::testing::tui::wizard::{Effect, Field, Msg, Origin, Overlay, Step, spec};

use crate::screen::text_of;
use crate::wizard::support::*;

fn alt(wizard: &mut Wizard, c: char) -> Vec<Effect> {
    wizard.tell(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT)))
}

fn starts(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::OpenRun(_)))
}

#[test]
fn continue_pressed_ten_times_starts_nothing() {
    for mut wizard in [entered(), Wizard::filled_in(), Wizard::at_scheduling(), Wizard::at_review()] {
        for _ in 0..10 {
            assert!(!starts(&wizard.ctrl('n')));
        }
        assert!(wizard.model.step <= Step::Review);
    }
    let mut wizard = Wizard::at_review();
    wizard.ctrl('n');
    assert_eq!(wizard.notice(), "Nothing has started. Press a button to go on.");
    assert_eq!(wizard.model.focus, Field::SAVE_AND_RUN);
}

#[test]
fn each_button_does_what_it_says() {
    let pressed = |button| {
        let mut wizard = Wizard::at_review();
        let effects = wizard.tell(Msg::Intent(Intent::Choose(button, 0)));
        (wizard, effects)
    };
    let (_, effects) = pressed(Field::RUN_ONCE);
    assert!(matches!(&effects[..], [Effect::OpenRun(order)] if !order.entry.dry_run), "{effects:?}");
    let (_, effects) = pressed(Field::DRY_RUN);
    assert!(matches!(&effects[..], [Effect::OpenRun(order)] if order.entry.dry_run), "{effects:?}");
    let (wizard, effects) = pressed(Field::SAVE);
    assert!(matches!(effects[..], [Effect::SaveExport { .. }]) && wizard.model.step == Step::Review, "{effects:?}");

    let (mut wizard, effects) = pressed(Field::SAVE_AND_RUN);
    assert!(matches!(effects[..], [Effect::SaveExport { .. }]), "{effects:?}");
    let effects = wizard.reply(saved_as("weekly"));
    assert!(starts(&effects), "{effects:?}");

    let (mut wizard, _) = pressed(Field::SAVE_AND_RUN);
    let effects = wizard.reply(SaveReply::Failed(why("The disk is full.")));
    assert!(!starts(&effects) && wizard.model.step == Step::Review, "what is not saved does not run");
}

#[test]
fn an_edit_offers_to_save_the_changes_first() {
    let mut wizard = Wizard::at_review();
    wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE, 0)));
    wizard.reply(saved_as("weekly"));
    let buttons = [Field::SAVE_CHANGES, Field::SAVE_AND_RUN, Field::RUN_ONCE, Field::DRY_RUN];
    assert!(wizard.model.fields().starts_with(&buttons));
}

#[test]
fn each_part_of_the_review_is_a_key_and_a_click_from_its_pane() {
    let panes = [Step::Details, Step::Scheduling, Step::Describe, Step::Credentials];
    for (at, pane) in panes.into_iter().enumerate() {
        for key in [KeyCode::Char('e'), KeyCode::Enter] {
            let mut wizard = Wizard::at_review();
            for _ in at..panes.len() {
                wizard.press(KeyCode::BackTab);
            }
            for (width, height) in [(60, 15), (80, 24), (120, 40)] {
                let line =
                    screen(&wizard, width, height).lines().find(|line| line.starts_with('▌')).unwrap().to_owned();
                let number = Step::ALL.iter().position(|step| *step == pane).unwrap() + 1;
                assert!(line.ends_with(&format!("Alt-{number}")), "{line:?} at {width}x{height}");
            }
            assert!(!starts(&wizard.press(key)));
            assert_eq!(wizard.model.step, pane);
        }
    }
    let mut wizard = Wizard::at_review();
    assert_eq!(wizard.press(KeyCode::Char('e')), [], "a button is no part");
    assert_eq!(wizard.model.step, Step::Review);
    wizard.tell(Msg::Intent(Intent::Choose(Field::CHANGE_SCHEDULING, 0)));
    assert_eq!(wizard.model.step, Step::Scheduling);
}

fn screen(wizard: &Wizard, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| drop(draw_wizard(frame, &wizard.model, "", &Theme::color()))).unwrap();
    text_of(terminal.backend().buffer())
}

#[test]
fn every_pane_is_one_key_away() {
    let mut wizard = Wizard::at_review();
    for (key, step) in [('2', Step::Details), ('4', Step::Describe), ('1', Step::Credentials), ('3', Step::Scheduling)]
    {
        alt(&mut wizard, key);
        assert_eq!(wizard.model.step, step, "Alt-{key}");
    }
    let mut wizard = Wizard::at_details();
    alt(&mut wizard, '5');
    assert_eq!(wizard.model.step, Step::Details, "what is missing is asked for first");
    assert!(wizard.model.error(Field::INPUT_DATA_SET).is_some());
}

#[test]
fn saving_works_from_any_valid_pane_and_else_shows_what_is_missing() {
    for step in ['2', '3', '4'] {
        let mut wizard = Wizard::at_review();
        alt(&mut wizard, step);
        let effects = wizard.ctrl('s');
        assert!(effects.iter().any(|effect| matches!(effect, Effect::SaveExport { .. })), "Alt-{step}: {effects:?}");
    }
    let mut wizard = Wizard::at_scheduling();
    wizard.focus(Field::INTERVAL);
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::EVERY);
    wizard.press(KeyCode::Char('x'));
    let mut other = wizard;
    other.ctrl('p');
    assert!(other.ctrl('s').is_empty());
    assert_eq!((other.model.step, other.model.focus), (Step::Scheduling, Field::EVERY));
}

#[test]
fn enter_that_is_held_goes_no_further_than_review() {
    let mut wizard = Wizard::at_scheduling();
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Describe);
    // The first repetition comes late, the others fast.
    for pause in [660, 30, 30, 30, 660, 30, 30, 30, 660, 30] {
        let effects = wizard.press(KeyCode::Enter);
        assert!(effects.is_empty(), "{effects:?}");
        wizard.tell(Msg::Now(wizard.model.now + chrono::TimeDelta::milliseconds(pause)));
    }
    assert_eq!(wizard.model.step, Step::Review);
    wizard.tell(Msg::Now(wizard.model.now + chrono::TimeDelta::seconds(2)));
    assert!(matches!(wizard.press(KeyCode::Enter)[..], [Effect::SaveExport { .. }]));
}

/// On Credentials, with a new account that nobody has tested.
fn with_an_untested_token() -> Wizard {
    let mut wizard = Wizard::at_review();
    alt(&mut wizard, '1');
    let last = spec(Field::DATA_WORLD_ACCOUNT).choices(&wizard.model).len() - 1;
    wizard.tell(Msg::Intent(Intent::Choose(Field::DATA_WORLD_ACCOUNT, last)));
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard
}

#[test]
fn credentials_that_are_not_tested_are_not_saved_over() {
    let mut wizard = with_an_untested_token();
    let effects = wizard.ctrl('s');
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::SaveExport { .. })), "{effects:?}");
    assert_eq!(wizard.model.step, Step::Credentials, "they are tested first");
}

#[test]
fn saving_by_key_from_a_pane_stays_in_the_wizard_and_a_button_leaves_it() {
    let gone = |effects: &[Effect]| effects.contains(&Effect::GoHome);
    let mut wizard = Wizard::at_review();
    wizard.model.origin = Origin::Home;
    alt(&mut wizard, '4');
    wizard.ctrl('s');
    assert!(!gone(&wizard.reply(saved_as("weekly"))), "what is typed next is not for home");
    wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE_CHANGES, 0)));
    assert!(gone(&wizard.reply(saved_as("weekly"))));
}

#[test]
fn a_save_that_waits_for_a_test_is_forgotten_when_the_test_fails() {
    let valid = |wizard: &mut Wizard| {
        wizard.reply(Answer::Ok(user()));
        wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
        // Details asks again, with the new token.
        wizard.found(Ownership::Proven);
        wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Write))));
        wizard.count(|effect| matches!(effect, Effect::SaveExport { .. }))
    };
    let mut wizard = with_an_untested_token();
    wizard.ctrl('s');
    assert_eq!((valid(&mut wizard), wizard.model.step), (1, Step::Review), "it is saved once the token is tested");

    let mut wizard = with_an_untested_token();
    wizard.ctrl('s');
    wizard.reply(Answer::<User>::Err(why("It is not valid.")));
    wizard.ctrl('n');
    assert_eq!((valid(&mut wizard), wizard.model.step), (0, Step::Details), "to go on is all that was asked for");
}

#[test]
fn what_is_entered_while_it_is_saved_is_not_lost() {
    let mut wizard = Wizard::at_review();
    wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE, 0)));
    alt(&mut wizard, '4');
    wizard.focus(Field::EXPORT_NAME);
    wizard.type_text("other");
    wizard.reply(saved_as("weekly"));
    assert!(wizard.model.touched, "it is not saved");
}

#[test]
fn a_save_that_ends_elsewhere_starts_no_run() {
    let saving = || {
        let mut wizard = Wizard::at_review();
        wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE_AND_RUN, 0)));
        wizard
    };
    let mut asked = saving();
    asked.model.touched = true;
    asked.press(KeyCode::Esc);
    assert_eq!(asked.model.overlay, Some(Overlay::Leave));
    assert!(!starts(&asked.reply(saved_as("weekly"))) && asked.model.step == Step::Review);

    let mut back = saving();
    alt(&mut back, '3');
    assert!(!starts(&back.reply(saved_as("weekly"))) && back.model.step == Step::Scheduling);

    let mut dry = saving();
    assert!(dry.tell(Msg::Intent(Intent::Choose(Field::DRY_RUN, 0))).is_empty(), "one thing after the other");
}
