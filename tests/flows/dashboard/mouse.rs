//! The mouse: what is drawn says what can be pointed at, and a click does what stands there.

mod anywhere;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use writeback::testing::config::KeyBinding;
use writeback::testing::tui::app::{App, update};
use writeback::testing::tui::dashboard::{Overlay, Tab};
use writeback::testing::tui::mouse::meant;
use writeback::testing::tui::screen::{HitTarget, Theme};
use writeback::testing::tui::state::{Effect, Msg};
use writeback::testing::tui::wizard::{Field, List};

use crate::dashboard::support::{Person, export};
use crate::samples::{DATA_SET, start};
use crate::screen::{Driver, Wizard};

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// The mouse, over the dashboard and over the wizard.
trait Seen: Driver {
    fn take(&mut self, message: Msg);

    /// Does with the mouse what can be done at the first cell of a text.
    fn mouse(&mut self, kind: MouseEventKind, text: &str) -> Option<Msg> {
        let (buffer, targets) = self.drawn(80, 24, &Theme::color());
        let (column, row) = find(&buffer, text);
        let message = || meant(event(kind, column, row), &targets);
        message().into_iter().for_each(|message| self.take(message));
        message()
    }

    fn click(&mut self, text: &str) -> Option<Msg> {
        self.mouse(DOWN, text)
    }
}

impl Seen for Person {
    fn take(&mut self, message: Msg) {
        self.tell(message).answer();
    }
}

impl Seen for Wizard {
    fn take(&mut self, message: Msg) {
        self.tell(message);
    }
}

fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
    MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
}

fn text_in(buffer: &Buffer, area: Rect) -> String {
    crate::screen::text_of(&{
        let mut part = Buffer::empty(area);
        for place in area.positions() {
            part[place] = buffer[place].clone();
        }
        part
    })
}

/// The first cell of a text.
fn find(buffer: &Buffer, text: &str) -> (u16, u16) {
    let area = buffer.area;
    let is_there = |place: &Position| {
        let from = Rect { x: place.x, y: place.y, width: area.width - place.x, height: 1 };
        text_in(buffer, from).starts_with(text)
    };
    let place = area.positions().find(is_there);
    let place = place.unwrap_or_else(|| panic!("no {text:?} on\n{}", text_in(buffer, area)));
    (place.x, place.y)
}

/// Home with more exports than any screen has rows.
fn many() -> Person {
    Person::at_home((0..90).map(|at| export(&format!("Export {at:02}"), "")).collect(), Vec::new())
}

#[test]
fn a_click_opens_a_tab() {
    let mut person = Person::usual();
    for (label, tab) in [("4 History", Tab::History), ("3 Accounts", Tab::Accounts), ("1 Exports", Tab::Exports)] {
        person.click(label);
        assert_eq!(person.app.home.tab, tab);
    }
    // A run that is open is in nobody's way.
    person.on("Costs").press("Enter").click("2 Browse");
    assert_eq!(person.app.home.tab, Tab::Browse);
}

#[test]
fn a_click_selects_a_row_which_stays_where_it_is_and_the_second_one_opens_it() {
    let mut person = many();
    let (before, _) = person.drawn(80, 24, &Theme::color());
    let at = find(&before, "Export 07");
    person.click("Export 07");
    assert_eq!(person.under_cursor(), "Export 07");
    assert_eq!(
        find(&person.drawn(80, 24, &Theme::color()).0, "Export 07"),
        at,
        "the second click would be on another row"
    );
    assert!(matches!(person.click("Export 07"), Some(Msg::Open)));
    assert!(person.notice().starts_with("It has not run yet."), "that is what Enter says");
    person.press("Down");
    assert_eq!(person.under_cursor(), "Export 08");
}

#[test]
fn the_second_click_opens_whatever_key_does() {
    let mut person = many();
    let keys = vec!["v".to_owned()];
    person.app = person.app.with_keys(&[KeyBinding { action: "exports.open".to_owned(), keys, line: 1 }]).unwrap();
    person.click("Export 07");
    person.press("Enter");
    assert_eq!(person.notice(), "Enter does nothing here. F1 lists the keys.");
    person.click("Export 07");
    assert!(person.notice().starts_with("It has not run yet."));
}

#[test]
fn the_list_stays_where_it_is_when_it_is_read_again() {
    let mut person = many();
    for _ in 0..5 {
        person.mouse(MouseEventKind::ScrollDown, "Export 1");
    }
    let before = find(&person.drawn(80, 24, &Theme::color()).0, "Export 20");
    person.click("Export 20");
    person.saved.insert(0, export("An export before all", ""));
    person.press("F5").answer();
    let (after, _) = person.drawn(80, 24, &Theme::color());
    assert_eq!((person.under_cursor(), find(&after, "Export 20")), ("Export 20", before));
}

#[test]
fn the_wheel_scrolls_three_rows_and_takes_the_cursor_along_at_the_edge_only() {
    let mut person = many();
    person.click("Export 07");
    let row = |person: &Person, text| find(&person.drawn(80, 24, &Theme::color()).0, text).1;
    let before = row(&person, "Export 07");
    person.mouse(MouseEventKind::ScrollDown, "Export 01");
    assert_eq!((row(&person, "Export 07"), person.under_cursor()), (before - 3, "Export 07"));
    for _ in 0..2 {
        person.mouse(MouseEventKind::ScrollDown, "Export 10");
    }
    assert_eq!(person.under_cursor(), "Export 09", "the first in sight");
    for _ in 0..40 {
        person.mouse(MouseEventKind::ScrollDown, "Export ");
    }
    assert!(person.line("Export 89").contains("not run yet"), "the last is reached");
    assert!(person.mouse(MouseEventKind::ScrollDown, "Export 89").is_none(), "and nothing comes after it");
    for _ in 0..40 {
        person.mouse(MouseEventKind::ScrollUp, "Export ");
    }
    assert!(person.mouse(MouseEventKind::ScrollUp, "Export 00").is_none());
    assert!(person.mouse(MouseEventKind::ScrollDown, "1 Exports").is_none(), "there is no list there");
}

#[test]
fn the_wheel_leaves_the_filter_and_a_click_ends_it() {
    let mut person = many();
    person.press("/").type_text("Export");
    person.mouse(MouseEventKind::ScrollDown, "Export 03");
    assert!(person.app.home.filtering);
    person.click("Export 05");
    assert!(!person.app.home.filtering);
    assert_eq!(person.under_cursor(), "Export 05");
}

#[test]
fn a_click_presses_a_key_of_the_footer() {
    let mut person = Person::usual();
    person.on("Costs").click("r run");
    assert_eq!(person.started().len(), 1);
    person.click("q quit");
    assert!(matches!(person.app.home.overlay, Some(Overlay::Ask(_))));
    // Clicks do not reach through the question.
    assert!(person.click("2 Browse").is_none());
    assert!(person.click("Daily sales").is_none());
    person.click("n no");
    assert!(person.app.home.overlay.is_none() && !person.has_quit());
}

#[test]
fn the_wheel_scrolls_the_beginning_of_a_file() {
    let mut person = crate::dashboard::browse::at_head();
    let row = |person: &Person| person.app.home.browse.opened.as_ref().map(|opened| opened.view.row);
    person.mouse(MouseEventKind::ScrollDown, "売上");
    assert_eq!(row(&person), Some(3));
    assert!(person.click("売上").is_none(), "there is no cursor to put anywhere");
    person.mouse(MouseEventKind::ScrollUp, "売上");
    assert_eq!(row(&person), Some(0));
    for _ in 0..38 {
        person.press("Down");
    }
    assert!(person.mouse(MouseEventKind::ScrollDown, "売上").is_none(), "beyond the last page keys go on alone");
}

#[test]
fn the_wheel_scrolls_a_run_that_is_open() {
    let mut on_exports = Person::usual();
    on_exports.on("Costs").press("Enter");
    let mut on_history = Person::usual();
    on_history.press("4").answer().press("Down Enter");
    for mut person in [on_exports, on_history] {
        for (kind, top) in [(MouseEventKind::ScrollDown, 3), (MouseEventKind::ScrollUp, 0)] {
            let (_, targets) = person.drawn(60, 15, &Theme::color());
            let message = meant(event(kind, 8, 8), &targets).unwrap();
            person.take(message);
            assert_eq!(person.app.home.top, top);
        }
    }
}

#[test]
fn a_click_focuses_a_field_and_takes_a_choice() {
    let mut wizard = Wizard::first();
    wizard.click("Client secret");
    assert_eq!(wizard.model.focus, Field::DOMO_CLIENT_SECRET);
    wizard.click("( ) access token");
    assert_eq!(wizard.model.values().choice(Field::DOMO_METHOD), 1);
    wizard.click("Access token");
    assert_eq!(wizard.model.focus, Field::DOMO_TOKEN);
    // The same choice again changes nothing.
    let before = format!("{:?}", wizard.model.credentials);
    wizard.click("(•) access token");
    assert_eq!(format!("{:?}", wizard.model.credentials), before);
}

#[test]
fn a_click_sets_a_check_opens_a_list_and_presses_the_button() {
    let mut wizard = Wizard::at_scheduling();
    wizard.click("Update interval");
    assert_eq!(wizard.model.values().choice(Field::INTERVAL), 0, "its name only goes there");
    wizard.click("( ) Every hour");
    assert_eq!(wizard.model.values().choice(Field::INTERVAL), 1);
    wizard.press("Tab Tab Tab Tab Tab Tab").click("[ ] Always retry");
    assert!(wizard.model.scheduling.values.is_on(Field::RETRY));
    wizard.click("[x] Always retry");
    assert!(!wizard.model.scheduling.values.is_on(Field::RETRY));
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET).answer();
    wizard.click("↓ to choose");
    assert_eq!(wizard.model.list, Some(List::Datasets));
    wizard.answer();
    let (row, name) = second(&wizard);
    wizard.click(&name);
    assert_eq!(wizard.model.details.output.list.search.cursor, row);
    assert!(matches!(wizard.click(&name), Some(Msg::Open)));
    assert_eq!((wizard.model.list, wizard.model.details.values.picked(Field::DATASET).is_some()), (None, true));
    let mut wizard = Wizard::at_review();
    wizard.click("Run once");
    assert!(matches!(wizard.effects[..], [Effect::OpenRun(_)]), "{:?}", wizard.effects);
}

fn second(wizard: &Wizard) -> (usize, String) {
    let list = &wizard.model.details.output.list;
    (1, list.matches(1).next().unwrap().key.to_string())
}

#[test]
fn what_lies_over_a_pane_is_in_the_way_of_a_click() {
    let mut wizard = Wizard::first();
    wizard.type_text("x").press("Esc");
    assert!(wizard.click("Client secret").is_none() && wizard.click("What you entered").is_none());
    wizard.click("n stay");
    assert_eq!(wizard.model.overlay, None);
    let (_, targets) = Wizard::first().press("F1").drawn(80, 24, &Theme::color());
    assert!(targets.iter().all(|(_, target)| matches!(target, HitTarget::Key(_))));
}

#[test]
fn only_the_left_button_clicks_and_moving_does_nothing() {
    let mut person = many();
    for kind in [
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Down(MouseButton::Middle),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Moved,
        MouseEventKind::ScrollLeft,
    ] {
        assert!(person.mouse(kind, "Export 03").is_none() && person.mouse(kind, "2 Browse").is_none(), "{kind:?}");
    }
}

#[test]
fn ctrl_t_takes_the_mouse_and_gives_it_back_wherever_one_is() {
    for place in ["F5", "/", "F1", "x", "4", "Enter"] {
        let mut person = Person::usual();
        person.on("Costs").press(place).press("Ctrl-T");
        assert_eq!(person.effects.last(), Some(&Effect::CaptureMouse(true)), "{place}");
        assert!(person.app.mouse && person.notice().contains("Shift"), "{place}: {}", person.notice());
        person.press("Ctrl-T");
        assert_eq!(person.effects.last(), Some(&Effect::CaptureMouse(false)), "{place}");
        assert!(!person.app.mouse && person.notice().starts_with("The mouse is off"), "{place}");
    }
    // In a field too, and the notice is where one looks.
    let mut app = App::in_wizard(start());
    update(&mut app, Msg::Start);
    let effects = update(&mut app, Msg::Key(crate::screen::key("Ctrl-T")));
    assert_eq!(effects, [Effect::CaptureMouse(true)]);
    assert!(app.wizard.unwrap().shell.notice.unwrap().text.contains("Shift"));
}

#[test]
fn the_mouse_is_taken_at_the_start_only_where_that_is_wished_for() {
    for mouse in [false, true] {
        let mut app = App::at_home(&start()).with_mouse(mouse);
        let taken = update(&mut app, Msg::Start).contains(&Effect::CaptureMouse(true));
        assert_eq!((taken, app.mouse), (mouse, mouse));
    }
}
