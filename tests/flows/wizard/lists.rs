//! Lists: narrowed by typing, arriving page by page, cheap at any length.

use std::time::Instant;

use chrono_tz::Tz;
use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;
use tui_input::{Input, InputRequest};
use writeback::testing::services::dataworld::{Access, Dataset};
use writeback::testing::services::domo::{DataSet, Ownership};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::screen::{Theme, draw_wizard};
use writeback::testing::tui::wizard::{Effect, Field, List, Msg, Overlay, Page, Picker, Start, Step};

use crate::wizard::support::*;

fn open() -> Wizard {
    let mut wizard = Wizard::at_details();
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.list, Some(List::DataSets));
    wizard
}

fn named(name: &str) -> DataSet {
    named_data_set(DATA_SET, name, 1_204_331)
}

#[test]
fn the_cursor_stays_on_its_item_while_pages_arrive() {
    let mut wizard = open();
    wizard.reply(Page::More(vec![named("Sales"), named("Stores")]));
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Stores");
    wizard.reply(Page::More(vec![named("Costs"), named("Units"), named("Sites")]));
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Stores");
    let names: Vec<&str> = wizard.model.details.input.list.matches(0).map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["Costs", "Sales", "Sites", "Stores", "Units"]);
}

#[test]
fn the_filter_narrows_and_the_cursor_stays_inside() {
    let mut wizard = open();
    wizard.reply(Page::More(vec![named("Sales north"), named("Sales south"), named("Costs")]));
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
    let old = wizard.request::<Page<DataSet>>();
    wizard.reply(Page::<DataSet>::Failed(why("Domo did not answer.")));
    wizard.press(KeyCode::F(5));
    wizard.reply_to(&old, Page::More(vec![named("Sales")]));
    assert_eq!(wizard.model.details.input.list.total(), 0);
    assert!(wizard.model.details.input.list.load.data.is_loading());
}

#[test]
fn what_came_before_a_list_failed_can_be_chosen() {
    let mut wizard = open();
    wizard.reply(Page::More(vec![named("Sales")]));
    wizard.reply(Page::<DataSet>::Failed(why("Domo did not answer.")));
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.text(Field::INPUT_DATA_SET), DATA_SET);
}

#[test]
fn what_could_not_be_looked_up_is_looked_up_again_when_it_is_chosen_again() {
    let mut wizard = open();
    wizard.reply(Page::More(vec![named("Sales")]));
    assert_eq!(wizard.press(KeyCode::Enter).len(), 1);
    wizard.reply(DataSetReply::DataSet(Err(why("Domo did not answer."))));
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.press(KeyCode::Enter).len(), 1, "it is asked for again");
    wizard.found(Ownership::Proven);
    wizard.press(KeyCode::Down);
    assert!(wizard.press(KeyCode::Enter).is_empty(), "it is known");

    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::Down);
    wizard.reply(Page::More(vec![dataset("acme-analytics/sales-mart", Access::Write)]));
    assert_eq!(wizard.press(KeyCode::Enter).len(), 1);
    wizard.reply(DatasetReply::Dataset(Err(why("data.world did not answer."))));
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.press(KeyCode::Enter).len(), 1, "it is asked for again");
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

fn with_lists() -> Wizard {
    let mut wizard = Wizard::at_details();
    let listed = ["acme/costs", "acme/sales-mart"].map(|key| Dataset { files: None, ..dataset(key, Access::Write) });
    all(listed.into()).into_iter().for_each(|page| drop(wizard.reply(page)));
    wizard
}

#[test]
fn a_letter_at_a_value_from_a_list_opens_the_list_narrowed_by_it() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    wizard.type_text("cost");
    assert_eq!(wizard.model.list, Some(List::Datasets));
    let list = &wizard.model.details.output.list;
    assert_eq!((list.search.filter.value(), list.count().as_str()), ("cost", "1/2"));
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/costs"));
    // Once more: the letter stands in place of what was typed before.
    wizard.type_text("M");
    assert_eq!(wizard.model.details.output.list.search.filter.value(), "M");
    wizard.press(KeyCode::Esc);
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/costs"), "nothing was chosen");

    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme/costs", Access::Write))));
    wizard.focus(Field::FILE_METHOD);
    wizard.press(KeyCode::Left);
    wizard.focus(Field::FILES);
    wizard.type_text("d");
    assert_eq!(wizard.model.list, Some(List::Files));
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.picked(Field::FILES), Some("daily-sales.csv"));
}

#[test]
fn keys_that_do_something_at_a_list_still_do() {
    for (key, list) in
        [(KeyCode::Enter, true), (KeyCode::Down, true), (KeyCode::Char(' '), true), (KeyCode::Tab, false)]
    {
        let mut wizard = with_lists();
        wizard.focus(Field::DATASET);
        wizard.press(key);
        assert_eq!(wizard.model.list.is_some(), list, "{key}");
        assert_eq!(wizard.model.details.output.list.search.filter.value(), "");
    }
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::Char('?'));
    assert_eq!((wizard.model.list, wizard.model.overlay), (None, Some(Overlay::Help)));
    wizard.press(KeyCode::Esc);
    for key in [KeyCode::Backspace, KeyCode::Home, KeyCode::Delete] {
        wizard.press(key);
        assert_eq!(wizard.model.list, None, "{key}");
    }
}

#[test]
fn a_dataset_that_is_pasted_at_the_list_is_entered() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    let effects = wizard.paste("https://data.world/other/not-in-the-list");
    assert!(
        matches!(&effects[..], [Effect::LookUpDataset { key, .. }] if key.id() == "not-in-the-list"),
        "{effects:?}"
    );
    assert_eq!((wizard.model.focus, wizard.model.list), (Field::DATASET_ID, None));
    assert_eq!(wizard.model.details.values.text(Field::DATASET_ID), "other/not-in-the-list");
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    wizard.paste(" Sales\n");
    assert_eq!(wizard.model.list, Some(List::Datasets));
    assert_eq!(wizard.model.details.output.list.search.filter.value(), "Sales");
}

#[test]
fn a_name_that_is_typed_for_an_id_narrows_the_list() {
    for (typed, filter) in [("Feedback", "Feedback"), ("dataset", "dataset"), ("https", "https")] {
        let mut wizard = Wizard::at_details();
        wizard.type_text(typed);
        assert_eq!(wizard.model.list, Some(List::DataSets));
        assert_eq!(wizard.model.details.input.list.search.filter.value(), filter);
        wizard.press(KeyCode::Esc);
        assert_eq!(wizard.model.details.values.text(Field::INPUT_DATA_SET), "", "the list took what was typed");
    }
    let mut wizard = Wizard::at_details();
    wizard.type_text(DATA_SET);
    assert_eq!((wizard.model.list, wizard.model.details.values.text(Field::INPUT_DATA_SET)), (None, DATA_SET));
    wizard.found(Ownership::Proven);
    wizard.focus(Field::APPEND);
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.type_text("ad-ho");
    assert_eq!(wizard.model.list, Some(List::DataSets));
    wizard.press(KeyCode::Esc);
    let details = &wizard.model.details;
    assert_eq!(details.values.text(Field::INPUT_DATA_SET), DATA_SET, "the value before is back");
    assert!(details.input.dataset.data.is_loading(), "and looked up again");
    wizard.paste("Daily sales\n");
    assert_eq!(wizard.model.details.input.list.search.filter.value(), "Daily sales");
}

#[test]
fn a_list_opens_with_all_items_and_the_cursor_on_the_present_choice() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    wizard.type_text("sales-m");
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/sales-mart"));
    wizard.press(KeyCode::Down);
    let list = &wizard.model.details.output.list;
    assert_eq!((list.search.filter.value(), list.count().as_str(), list.search.cursor), ("", "2/2", 1));

    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.press(KeyCode::Down);
    wizard.reply(Page::More(vec![named_data_set(OTHER_DATA_SET, "Costs", 1)]));
    assert_eq!(wizard.model.details.input.list.search.cursor, 0);
    wizard.reply(Page::More(vec![named("Sales"), named_data_set(OTHER_DATA_SET, "Units", 1)]));
    assert_eq!(wizard.model.details.input.list.under_cursor().unwrap().name, "Sales", "it is found as it arrives");
}

#[test]
fn an_address_or_id_in_an_open_list_is_entered_as_in_the_field() {
    let address = format!("https://acme.domo.com/datasources/{DATA_SET}/details/overview");
    for pasted in [true, false] {
        let mut wizard = open();
        wizard.reply(Page::More(vec![named("Sales")]));
        if pasted {
            wizard.paste(&address);
        } else {
            wizard.type_text(&address);
            wizard.press(KeyCode::Enter);
        }
        assert_eq!((wizard.model.list, wizard.model.focus), (None, Field::INPUT_DATA_SET));
        assert!(wizard.model.details.input.dataset.data.is_loading(), "it is looked up");

        let mut wizard = with_lists();
        wizard.focus(Field::DATASET);
        wizard.press(KeyCode::Down);
        if pasted {
            wizard.paste("https://data.world/other/not-in-the-list");
        } else {
            wizard.type_text("other/not-in-the-list");
            wizard.press(KeyCode::Enter);
        }
        assert_eq!((wizard.model.list, wizard.model.focus), (None, Field::DATASET_ID));
        assert_eq!(wizard.model.details.values.text(Field::DATASET_ID), "other/not-in-the-list");
        assert!(wizard.model.details.output.dataset.data.is_loading(), "it is looked up");
    }
}

#[test]
fn words_match_in_any_order_and_scattered_letters_only_where_nothing_else_does() {
    let mut picker: Picker<String> = Picker::new(String::clone, String::cmp);
    let names = ["Daily sales by region", "Sales, daily", "Some alterations less early", "Umsätze 2026", "Costs"];
    picker.extend(names.map(str::to_owned));
    let mut found = |typed: &str| {
        picker.search.filter = Input::default();
        picker.rematch();
        for c in typed.chars() {
            picker.search.filter.handle(InputRequest::InsertChar(c));
            picker.narrow();
        }
        let narrowed: Vec<String> = picker.matches(0).cloned().collect();
        picker.rematch();
        assert_eq!(picker.matches(0).cloned().collect::<Vec<_>>(), narrowed, "typing {typed} finds the same");
        narrowed
    };
    assert_eq!(found("sales daily"), ["Daily sales by region", "Sales, daily"]);
    assert_eq!(found("DAILY SALES"), ["Daily sales by region", "Sales, daily"], "in any case");
    assert_eq!(found("sales"), ["Daily sales by region", "Sales, daily"], "never letters of other words");
    assert_eq!(found("\"sales, d"), ["Sales, daily"], "words in quotes are one");
    assert_eq!(found("umsatze"), ["Umsätze 2026"]);
    assert_eq!(found("slsdly"), ["Sales, daily"], "scattered letters");
    assert_eq!(found("regin"), ["Daily sales by region"]);
    assert!(found("salesx").is_empty());
}

#[test]
fn what_matches_is_marked() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET);
    wizard.type_text("-mart ac");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    for theme in [Theme::color(), Theme::monochrome()] {
        terminal.draw(|frame| drop(draw_wizard(frame, &wizard.model, "", &theme))).unwrap();
        let buffer = terminal.backend().buffer();
        let marked = buffer.content.iter().filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
        let marked: String = marked.map(|cell| cell.symbol()).collect();
        assert_eq!(marked, "ac-mart", "of acme/sales-mart");
    }
}

#[test]
fn a_time_zone_is_found_by_its_city_and_this_computers_comes_first() {
    let mut wizard = Wizard::started(Start { zone: Some(Tz::America__Denver), ..start_of(&["acme"]) });
    wizard.model.step = Step::Scheduling;
    wizard.tell(Msg::Intent(Intent::Choose(Field::INTERVAL, 2)));
    wizard.focus(Field::TIME_ZONE);
    wizard.press(KeyCode::Down);
    let zones: Vec<&str> = wizard.model.scheduling.zones.matches(0).map(|row| row.zone.name()).take(3).collect();
    assert_eq!(zones, ["America/Denver", "UTC", "Africa/Abidjan"]);
    assert_eq!(wizard.model.scheduling.zones.under_cursor().unwrap().zone, Tz::UTC, "the present choice");
    wizard.press(KeyCode::Esc);
    for (typed, zone) in
        [("berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("york am", "America/New_York")]
    {
        wizard.type_text(typed);
        assert_eq!(wizard.model.list, Some(List::Zones));
        wizard.press(KeyCode::Enter);
        assert_eq!((wizard.model.list, wizard.model.scheduling.values.text(Field::TIME_ZONE)), (None, zone));
    }
    wizard.paste("asia/tokyo");
    assert_eq!(wizard.model.list, None, "a zone that is pasted is entered");
    assert!(!wizard.model.scheduling.next_runs(now()).is_empty());
}

#[test]
fn what_is_typed_at_a_method_is_for_its_field() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET_METHOD);
    wizard.type_text("costs");
    assert_eq!((wizard.model.focus, wizard.model.list), (Field::DATASET, Some(List::Datasets)));
    assert_eq!(wizard.model.details.output.list.search.filter.value(), "costs");
    wizard.press(KeyCode::Esc);
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Char(' '));
    assert_eq!(wizard.model.focus, Field::DATASET_METHOD, "a key that does something does that");
    wizard.type_text("acme/costs");
    assert_eq!((wizard.model.focus, wizard.model.list), (Field::DATASET_ID, None));
    assert_eq!(wizard.model.details.values.text(Field::DATASET_ID), "acme/costs");
    wizard.focus(Field::FILE_METHOD);
    wizard.type_text("weekly");
    assert_eq!((wizard.model.focus, wizard.model.details.values.text(Field::FILE_NAME)), (Field::FILE_NAME, "weekly"));
    wizard.focus(Field::APPEND);
    wizard.type_text("x");
    assert_eq!(wizard.model.focus, Field::APPEND, "there is nothing to type below");
}

#[test]
fn what_is_pasted_at_a_method_is_for_its_field() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET_METHOD);
    let effects = wizard.paste("https://data.world/acme/costs");
    assert!(matches!(&effects[..], [Effect::LookUpDataset { .. }]), "{effects:?}");
    assert_eq!(wizard.model.focus, Field::DATASET_ID);
    wizard.focus(Field::FILE_METHOD);
    wizard.paste("weekly");
    assert_eq!((wizard.model.focus, wizard.model.details.values.text(Field::FILE_NAME)), (Field::FILE_NAME, "weekly"));
}

#[test]
fn down_at_a_method_opens_the_list_until_something_is_chosen() {
    let mut wizard = with_lists();
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Down);
    assert_eq!(wizard.model.list, Some(List::Datasets));
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/costs"));
    wizard.press(KeyCode::Up);
    wizard.press(KeyCode::Down);
    assert_eq!((wizard.model.focus, wizard.model.list), (Field::DATASET, None));
}
