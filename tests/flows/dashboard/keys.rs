//! Tabs, filter, help, and the way out.

use writeback::testing::config::KeyBinding;
use writeback::testing::tui::app::App;
use writeback::testing::tui::dashboard::{Overlay, Tab};
use writeback::testing::tui::state::{Effect, Msg, actions};

use crate::dashboard::support::*;
use crate::samples::start;
use crate::screen::Driver as _;

#[test]
fn tabs_are_reached_by_number_and_by_step() {
    let mut person = Person::usual();
    for (key, tab) in [("4", Tab::History), ("2", Tab::Browse), ("3", Tab::Accounts), ("1", Tab::Exports)] {
        person.press(key);
        assert_eq!(person.app.home.tab, tab);
    }
    person.press("Left");
    assert_eq!(person.app.home.tab, Tab::History);
    person.press("Tab");
    assert_eq!(person.app.home.tab, Tab::Exports);
    person.press("Shift-Tab Right");
    assert_eq!(person.app.home.tab, Tab::Exports);
}

#[test]
fn the_filter_takes_the_keys_and_says_how_many_match() {
    let mut person = Person::usual();
    person.press("/").type_text("dsal4");
    assert_eq!(person.app.home.tab, Tab::Exports, "4 is typed");
    assert!(person.text(80, 24).contains("Nothing matches."));
    person.tell(writeback::testing::tui::state::Msg::Key(crate::screen::key("Ctrl-W"))).type_text("dsal");
    assert!(person.line("> dsal").ends_with("1/4 exports"), "{}", person.line("> dsal"));
    assert_eq!(person.under_cursor(), "Daily sales");
    person.press("Enter r");
    assert_eq!(person.started().len(), 1, "after Enter keys are keys again");
    assert!(person.line("/ dsal").ends_with("1/4 exports"), "and the filter is still seen");
    person.press("Esc");
    assert!(person.line("failing").ends_with("4 exports"));
}

#[test]
fn text_is_pasted_into_the_filter_alone() {
    let mut person = Person::usual();
    let paste = || writeback::testing::tui::state::Msg::Paste(writeback::testing::text::secret::Secret::new("costs\n"));
    person.tell(paste());
    assert_eq!(person.app.home.exports.list.search.filter.value(), "");
    person.press("/").tell(paste());
    assert_eq!(person.under_cursor(), "Costs");
}

#[test]
fn leaving_asks_while_runs_go_on() {
    let mut person = Person::usual();
    person.on("Costs").press("r q");
    assert!(!person.has_quit());
    assert!(person.text(80, 24).contains("Leave Writeback?"));
    person.press("n");
    assert!(person.app.home.overlay.is_none());
    person.press("q y");
    assert!(person.has_quit());
    assert!(person.effects.iter().any(|effect| matches!(effect, Effect::Cancel(_))));
    let mut idle = Person::usual();
    assert!(idle.press("q").has_quit(), "nothing would be lost");
}

#[test]
fn ctrl_c_quits_at_once_wherever_one_is() {
    for keys in ["Down", "/", "F1", "x", "4", "Enter"] {
        let mut person = Person::usual();
        person.on("Costs").press("r").press(keys).press("Ctrl-C");
        assert!(person.has_quit(), "{keys}");
        assert!(person.effects.iter().any(|effect| matches!(effect, Effect::Cancel(_))), "{keys}");
    }
}

#[test]
fn the_help_names_the_keys_of_the_tab() {
    let mut person = Person::usual();
    person.press("Down F1");
    assert!(matches!(person.app.home.overlay, Some(Overlay::Help)));
    let text = person.text(100, 30);
    for label in ["dry run", "duplicate", "copy", "next tab", "quit at once"] {
        assert!(text.contains(label), "{label}:\n{text}");
    }
    person.press("Esc");
    assert!(person.app.home.overlay.is_none());
}

#[test]
fn every_key_that_a_footer_names_does_something() {
    let opened = || {
        let mut person = Person::usual();
        person.on("Costs").press("Enter");
        person
    };
    let history = || {
        let mut person = Person::usual();
        person.press("4").answer();
        person
    };
    let on_costs = || {
        let mut person = Person::usual();
        person.on("Costs");
        person
    };
    let places: [&dyn Fn() -> Person; 4] = [&Person::usual, &on_costs, &opened, &history];
    for place in places {
        for hint in actions::footer(&place().app.home) {
            let mut person = place();
            let name = hint.keys.split(' ').next().unwrap();
            let before = format!("{:?}", person.app);
            let asked = person.effects.len();
            person.press(name);
            assert!(person.effects.len() > asked || format!("{:?}", person.app) != before, "{hint:?}");
        }
    }
}

#[test]
fn letters_move_as_in_other_programs_and_a_capital_of_caps_lock_is_a_letter() {
    let mut person = Person::usual();
    person.press("G");
    assert!(person.under_cursor().starts_with("Weekly"));
    person.press("g j");
    assert_eq!(person.under_cursor(), "Costs");
    person.press("j k R");
    assert_eq!(person.started().len(), 1, "with Caps Lock on");
    assert!(!person.started()[0].2);
}

#[test]
fn a_key_that_can_do_nothing_here_says_so() {
    let mut person = Person::usual();
    for (key, said) in [
        ("c", "Cancel (c) is not possible now."),
        ("z", "z does nothing here. F1 lists the keys."),
        ("Esc", "There is nothing to go back to. q quits."),
    ] {
        person.press(key);
        assert_eq!(person.notice(), said);
    }
    person.press("4").answer().press("r");
    assert_eq!(person.notice(), "r does nothing here. F1 lists the keys.");
    person.press("4");
    assert_eq!(person.notice(), "", "what was said is gone with the next key");
}

#[test]
fn sentences_name_the_keys_that_a_person_has_chosen() {
    let keys = |action: &str, key: &str| KeyBinding { action: action.to_owned(), keys: vec![key.to_owned()], line: 1 };
    let mut person = Person::at_home(Vec::new(), Vec::new());
    assert!(person.text(80, 24).contains("Press n to create one."));
    person.app = App::at_home(&start()).with_keys(&[keys("exports.new", "f7"), keys("accounts.new", "f8")]).unwrap();
    person.tell(Msg::Start).answer();
    assert!(person.text(80, 24).contains("Press F7 to create one."), "{}", person.text(80, 24));
    person.press("3");
    assert!(person.text(80, 24).contains("Press F8 to add one."), "{}", person.text(80, 24));
}

#[test]
fn what_is_copied_is_chosen_where_there_are_several_things() {
    let mut person = Person::usual();
    person.on("Daily sales").press("y");
    let text = person.text(80, 24);
    assert!(text.contains("Copy what?") && text.contains("▌ r  the report of the run"), "{text}");
    person.press("Down Enter");
    assert_eq!(person.copied(), "writeback run daily-sales");
    person.press("y Esc");
    assert!(person.app.home.overlay.is_none());
}
