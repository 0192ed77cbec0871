//! Keys: one table feeds what they do, the footer, the help and the docs.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::wizard::actions::{self, Hint};
use writeback::testing::tui::wizard::{Effect, Field, List, Msg, Overlay, Step};

use crate::wizard::support::*;

fn labels(hints: &[Hint]) -> Vec<&str> {
    hints.iter().map(|hint| hint.label).collect()
}

#[test]
fn the_stepper_shows_the_panes() {
    let labels: Vec<&str> = Step::labels().map(|(_, label)| label).collect();
    assert_eq!(labels, ["Credentials", "Details", "Scheduling", "Name & Describe", "Review & run"]);
}

#[test]
fn the_footer_says_what_keys_do_here() {
    let mut wizard = Wizard::at_details();
    let footer = actions::footer(&wizard.model);
    assert_eq!(labels(&footer), ["next field", "choose", "continue", "back", "leave", "help"], "{footer:?}");
    assert_eq!(footer.last().unwrap().keys, "F1", "? is typed into the field");
    wizard.press(KeyCode::Down);
    assert!(labels(&actions::footer(&wizard.model)).contains(&"close the list"));
    assert!(!labels(&actions::footer(&wizard.model)).contains(&"continue"));
}

#[test]
fn the_help_names_every_key_of_the_place_it_was_opened_from() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::APPEND);
    assert_eq!(wizard.model.overlay, None);
    wizard.press(KeyCode::Char('?'));
    assert_eq!(wizard.model.overlay, Some(Overlay::Help));
    let help = actions::help(&wizard.model);
    for label in ["next field", "change", "next choice", "continue", "leave", "help", "quit at once"] {
        assert!(labels(&help).contains(&label), "{label}: {help:?}");
    }
    assert_eq!(labels(&actions::footer(&wizard.model)), ["close"]);
    wizard.press(KeyCode::Esc);
    assert_eq!(wizard.model.overlay, None);
}

#[test]
fn a_key_is_named_once_for_the_first_thing_that_it_does() {
    let wizard = Wizard::at_details();
    let help = actions::help(&wizard.model);
    let down: Vec<&str> = help.iter().filter(|hint| hint.keys.contains('↓')).map(|hint| hint.label).collect();
    assert_eq!(down, ["choose"], "it opens the list here, and goes to the next field elsewhere");
}

#[test]
fn a_question_mark_is_typed_where_text_is_typed() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::FILE_NAME);
    wizard.press(KeyCode::Char('?'));
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "?");
    wizard.press(KeyCode::F(1));
    assert_eq!(wizard.model.overlay, Some(Overlay::Help));
    wizard.type_text("x");
    wizard.paste("x");
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "?", "the help takes the keys");
}

#[test]
fn every_key_that_a_footer_names_does_something() {
    let wizards = [Wizard::first_start, Wizard::at_details, Wizard::filled_in, Wizard::at_review];
    for start in wizards {
        for hint in actions::footer(&start().model) {
            let mut wizard = start();
            let key = hint.keys.split(' ').next().unwrap().to_owned();
            let binding = actions::table()
                .filter(|action| action.label == hint.label && (action.applies)(&wizard.model))
                .find_map(|action| action.keys.iter().find(|binding| binding.name == key))
                .unwrap_or_else(|| panic!("{hint:?}"));
            let before = format!("{:?}", wizard.model);
            let effects = wizard.tell(Msg::Key(binding.event()));
            assert!(!effects.is_empty() || format!("{:?}", wizard.model) != before, "{hint:?}");
        }
    }
}

#[test]
fn the_readme_table_has_every_action() {
    let table = writeback::testing::tui::app::keys_markdown();
    for action in actions::table() {
        assert!(table.contains(&format!("| {} | `{}` |\n", action.label, action.name())), "{}", action.name());
    }
    assert!(table.contains("| a form | Ctrl-R | show or hide |"), "{table}");
}

#[test]
fn leaving_asks_only_when_something_was_entered() {
    assert_eq!(Wizard::first_start().press(KeyCode::Esc), [Effect::LeaveWizard]);
    let mut wizard = Wizard::first_start();
    wizard.type_text("a");
    assert!(wizard.press(KeyCode::Esc).is_empty());
    assert_eq!(wizard.model.overlay, Some(Overlay::Leave));
    wizard.press(KeyCode::Char('n'));
    assert_eq!(wizard.model.overlay, None);
    wizard.press(KeyCode::Esc);
    assert_eq!(wizard.press(KeyCode::Char('y')), [Effect::LeaveWizard]);
}

#[test]
fn ctrl_c_quits_at_once_wherever_one_is() {
    let mut wizard = Wizard::first_start();
    wizard.type_text("a");
    assert_eq!(wizard.ctrl('c'), [Effect::Quit]);
    wizard.press(KeyCode::F(1));
    assert_eq!(wizard.ctrl('c'), [Effect::Quit]);
    let mut wizard = Wizard::at_details();
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.ctrl('c'), [Effect::Quit]);
}

#[test]
fn a_key_that_is_let_go_does_nothing() {
    let mut wizard = Wizard::first_start();
    let release = KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Release);
    assert!(wizard.tell(Msg::Key(release)).is_empty());
    assert!(wizard.model.credentials.values.secret(Field::DATA_WORLD_TOKEN).is_empty());
    let repeat = KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Repeat);
    wizard.tell(Msg::Key(repeat));
    assert_eq!(wizard.model.credentials.values.secret(Field::DATA_WORLD_TOKEN).chars(), 1);
}

#[test]
fn the_focus_goes_round_and_both_ways() {
    let mut wizard = Wizard::first_start();
    wizard.press(KeyCode::BackTab);
    assert_eq!(wizard.model.focus, Field::DOMO_NAME);
    wizard.press(KeyCode::Tab);
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_TOKEN);
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_ADDRESS);
    wizard.press(KeyCode::Up);
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_ADDRESS);
    wizard.tell(Msg::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT)));
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_TOKEN);
}

#[test]
fn enter_at_the_last_field_goes_on() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.step, Step::Scheduling);
    wizard.tell(Msg::Key(KeyEvent::new(KeyCode::Left, KeyModifiers::ALT)));
    assert_eq!(wizard.model.step, Step::Details);
}

#[test]
fn text_is_edited_where_the_cursor_is() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("daily sals");
    wizard.press(KeyCode::Left);
    wizard.type_text("e");
    wizard.press(KeyCode::Home);
    wizard.press(KeyCode::Delete);
    wizard.type_text("D");
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "Daily sales");
    wizard.press(KeyCode::End);
    wizard.ctrl('w');
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "Daily ");
}

#[test]
fn esc_closes_the_list_before_it_leaves() {
    let mut wizard = Wizard::at_details();
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.list, Some(List::DataSets));
    assert!(wizard.press(KeyCode::Esc).is_empty());
    assert_eq!((wizard.model.list, wizard.model.overlay), (None, None));
}

#[test]
fn ticks_count_only_while_something_moves() {
    let mut wizard = Wizard::first_start();
    wizard.tell(Msg::Tick);
    assert_eq!((wizard.model.ticks, wizard.model.moves()), (0, false));
    let mut wizard = Wizard::first_start();
    wizard.paste(TOKEN);
    wizard.focus(Field::DOMO_CLIENT_ID);
    wizard.type_text("client");
    wizard.focus(Field::DOMO_CLIENT_SECRET);
    wizard.paste(CLIENT_SECRET);
    wizard.ctrl('n');
    wizard.tell(Msg::Tick);
    assert_eq!((wizard.model.ticks, wizard.model.moves()), (1, true));
}

#[test]
fn typing_replaces_a_text_that_was_not_touched_since_it_got_the_focus() {
    let text = |wizard: &Wizard| wizard.model.details.values.text(Field::FILE_NAME).to_owned();
    let mut wizard = Wizard::filled_in();
    wizard.type_text("ly");
    assert_eq!(text(&wizard), "weeklyly", "it is being typed");
    for kept in [KeyCode::End, KeyCode::Left, KeyCode::Home, KeyCode::Backspace] {
        let mut wizard = Wizard::filled_in();
        wizard.press(KeyCode::Tab);
        wizard.press(KeyCode::Up);
        wizard.press(kept);
        wizard.type_text("x");
        assert!(text(&wizard).len() > 5, "{kept}: {}", text(&wizard));
    }
    for paste in [false, true] {
        let mut wizard = Wizard::filled_in();
        wizard.press(KeyCode::Tab);
        wizard.press(KeyCode::Up);
        if paste {
            wizard.paste("daily");
        } else {
            wizard.type_text("daily");
        }
        assert_eq!(text(&wizard), "daily");
        wizard.ctrl('7');
        assert_eq!(text(&wizard), "weekly", "an undo brings it back");
    }
    // A default, and a secret.
    let mut wizard = Wizard::at_scheduling();
    wizard.tell(Msg::Intent(Intent::Choose(Field::INTERVAL, 2)));
    wizard.focus(Field::START_TIME);
    wizard.type_text("7:30");
    assert_eq!(wizard.model.scheduling.values.text(Field::START_TIME), "7:30");
    let mut wizard = entered();
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.type_text("a");
    assert_eq!(wizard.model.credentials.values.secret(Field::DATA_WORLD_TOKEN).chars(), 1);
    wizard.ctrl('7');
    assert_eq!(wizard.model.credentials.values.secret(Field::DATA_WORLD_TOKEN).chars(), 1, "no secret is remembered");
}

#[test]
fn a_text_is_edited_by_words_and_an_edit_is_taken_back() {
    let alt = |c| Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT));
    let text = |wizard: &Wizard| wizard.model.details.values.text(Field::FILE_NAME).to_owned();
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("daily sales");
    wizard.tell(alt('b'));
    wizard.type_text("all ");
    assert_eq!(text(&wizard), "daily all sales");
    wizard.ctrl('a');
    wizard.tell(alt('f'));
    wizard.type_text("my ");
    assert_eq!(text(&wizard), "daily my all sales");
    wizard.ctrl('w');
    for before in ["daily my all sales", "daily all sales", "daily sales", "", ""] {
        wizard.tell(Msg::Key(KeyEvent::new(KeyCode::Char('/'), KeyModifiers::CONTROL)));
        assert_eq!(text(&wizard), before);
    }
}
