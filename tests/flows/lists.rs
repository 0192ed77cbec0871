//! Lists: narrowed by typing, arriving page by page, cheap at any length.

use std::time::Instant;

use crossterm::event::KeyCode;
use tui_input::Input;
use writeback::domo::DataSet;
use writeback::wizard::{List, Page, Picker, Reply};

use crate::support::*;

fn open() -> Wizard {
    let mut wizard = Wizard::at_details();
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.list, Some(List::DataSets));
    wizard
}

fn named(name: &str) -> DataSet {
    data_set(GUID, name)
}

#[test]
fn the_cursor_stays_on_its_item_while_pages_arrive() {
    let mut wizard = open();
    wizard.reply(Reply::DataSets(Page::More(vec![named("Sales"), named("Stores")])));
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Stores");
    wizard.reply(Reply::DataSets(Page::More(vec![named("Costs"), named("Units"), named("Sites")])));
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Stores");
    let names: Vec<&str> = wizard.model.details.input.list.matches(0).map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["Costs", "Sales", "Sites", "Stores", "Units"]);
}

#[test]
fn the_filter_narrows_and_the_cursor_stays_inside() {
    let mut wizard = open();
    wizard.reply(Reply::DataSets(Page::More(vec![named("Sales north"), named("Sales south"), named("Costs")])));
    wizard.type_text("sal south");
    assert_eq!(wizard.model.details.input.list.count(), "1/3");
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Sales south");
    wizard.press(KeyCode::PageDown);
    assert_eq!(wizard.model.details.input.list.search.cursor, 0);
    wizard.ctrl('u');
    wizard.type_text("!sales");
    assert!(wizard.model.details.input.list.search.is_empty(), "no character means anything but itself");
    wizard.type_text("zzz");
    assert!(wizard.model.details.input.list.search.is_empty());
    assert!(wizard.press(KeyCode::Enter).is_empty());
    assert_eq!(wizard.model.list, Some(List::DataSets), "there is nothing to choose");
}

#[test]
fn pages_of_an_older_request_are_ignored() {
    let mut wizard = open();
    let old = wizard.request(&Reply::DataSets(Page::End));
    wizard.reply(Reply::DataSets(Page::Failed(why("Domo did not answer."))));
    wizard.press(KeyCode::F(5));
    wizard.reply_to(old, Reply::DataSets(Page::More(vec![named("Sales")])));
    assert_eq!(wizard.model.details.input.list.total(), 0);
    assert!(wizard.model.details.input.list.load.data.is_loading());
}

#[test]
fn what_came_before_a_list_failed_can_be_chosen() {
    let mut wizard = open();
    wizard.reply(Reply::DataSets(Page::More(vec![named("Sales")])));
    wizard.reply(Reply::DataSets(Page::Failed(why("Domo did not answer."))));
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.input.id.value(), GUID);
}

#[test]
fn a_hundred_thousand_items_in_pages_of_fifty() {
    let mut picker: Picker<String> = Picker::new(String::clone, String::cmp);
    let began = Instant::now();
    for page in 0..2_000_u32 {
        // Spread over the whole order, as names are.
        picker.extend((0..50).map(|at| format!("dataset {:06}", (page * 50 + at).wrapping_mul(7_919) % 100_000)));
    }
    picker.search.filter = Input::new("099 9".to_owned());
    picker.rematch();
    assert_eq!(picker.total(), 100_000);
    assert!(picker.under_cursor().is_some());
    // Debug build on a busy machine; what it guards against is work that grows with the square of the length.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}
