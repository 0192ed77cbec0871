//! The mouse: what is drawn says what can be pointed at, and a click does what stands there.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use writeback::app::{App, update};
use writeback::home::{Overlay, Tab};
use writeback::printable::{fit, printable};
use writeback::screen::{self as drawing, Sight, Target, Targets, Theme};
use writeback::state::{Effect, Msg, actions};
use writeback::tui::mouse::meant;
use writeback::wizard::{Field, List, Model, Step, Value, words};

use crate::screen::{DATA_SET, Wizard, start};
use crate::support::{Person, export};

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// The screen of whoever sits there.
trait Seen {
    fn draw(&self, width: u16, height: u16) -> (Buffer, Targets);
    fn take(&mut self, message: Msg);

    /// Does with the mouse what can be done at the first cell of a text.
    fn mouse(&mut self, kind: MouseEventKind, text: &str) -> Option<Msg> {
        let (buffer, targets) = self.draw(80, 24);
        let (column, row) = find(&buffer, text);
        let message = meant(event(kind, column, row), &targets);
        message.clone().into_iter().for_each(|message| self.take(message));
        message
    }

    fn click(&mut self, text: &str) -> Option<Msg> {
        self.mouse(DOWN, text)
    }
}

impl Seen for Person {
    fn draw(&self, width: u16, height: u16) -> (Buffer, Targets) {
        drawn(width, height, |frame| drawing::draw(frame, &self.app, &Theme::colour()))
    }

    fn take(&mut self, message: Msg) {
        self.tell(message).answer();
    }
}

impl Seen for Wizard {
    fn draw(&self, width: u16, height: u16) -> (Buffer, Targets) {
        drawn(width, height, |frame| drawing::draw_wizard(frame, &self.model, &Theme::colour()))
    }

    fn take(&mut self, message: Msg) {
        self.tell(message);
    }
}

fn drawn(width: u16, height: u16, draw: impl FnOnce(&mut ratatui::Frame<'_>) -> Targets) -> (Buffer, Targets) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut targets = Targets::default();
    terminal.draw(|frame| targets = draw(frame)).unwrap();
    (terminal.backend().buffer().clone(), targets)
}

fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
    MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
}

/// What stands in a part of the screen.
fn text_in(buffer: &Buffer, area: Rect) -> String {
    crate::screen::text_of(&{
        let mut part = Buffer::empty(area);
        for place in area.positions() {
            part[place] = buffer[place].clone();
        }
        part
    })
}

/// Where a text stands first.
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

fn enter() -> Msg {
    Msg::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))
}

fn is(message: Option<&Msg>, other: &Msg) -> bool {
    message.is_some_and(|message| format!("{message:?}") == format!("{other:?}"))
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
    let (before, _) = person.draw(80, 24);
    let at = find(&before, "Export 07");
    person.click("Export 07");
    assert_eq!(person.under_cursor(), "Export 07");
    assert_eq!(find(&person.draw(80, 24).0, "Export 07"), at, "the second click would be on another row");
    assert!(is(person.click("Export 07").as_ref(), &enter()));
    assert!(person.notice().starts_with("It has not run yet."), "that is what Enter says");
    person.press("Down");
    assert_eq!(person.under_cursor(), "Export 08");
}

#[test]
fn the_list_stays_where_it_is_when_it_is_read_again() {
    let mut person = many();
    for _ in 0..5 {
        person.mouse(MouseEventKind::ScrollDown, "Export 1");
    }
    let before = find(&person.draw(80, 24).0, "Export 20");
    person.click("Export 20");
    person.saved.insert(0, export("An export before all", ""));
    person.press("F5").answer();
    let (after, _) = person.draw(80, 24);
    assert_eq!((person.under_cursor(), find(&after, "Export 20")), ("Export 20", before));
}

#[test]
fn the_wheel_scrolls_three_rows_and_takes_the_cursor_along_at_the_edge_only() {
    let mut person = many();
    person.click("Export 07");
    let row = |person: &Person, text| find(&person.draw(80, 24).0, text).1;
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
    // What lies under the question cannot be reached.
    assert!(person.click("2 Browse").is_none());
    assert!(person.click("Daily sales").is_none());
    person.click("n no");
    assert!(person.app.home.overlay.is_none() && !person.has_quit());
}

#[test]
fn the_wheel_scrolls_the_beginning_of_a_file() {
    let mut person = crate::browse::at_head();
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
fn a_click_focuses_a_field_and_takes_a_choice() {
    let mut wizard = Wizard::first();
    wizard.click("Client secret");
    assert_eq!(wizard.model.focus, Field::DomoClientSecret);
    wizard.click("( ) developer token");
    assert_eq!(wizard.model.value(Field::DomoMethod), choice(Field::DomoMethod, 1));
    wizard.click("Developer token");
    assert_eq!(wizard.model.focus, Field::DomoToken);
    // The same choice again changes nothing.
    let before = format!("{:?}", wizard.model.credentials);
    wizard.click("(•) developer token");
    assert_eq!(format!("{:?}", wizard.model.credentials), before);
}

#[test]
fn a_click_sets_a_check_opens_a_list_and_presses_the_button() {
    let mut wizard = Wizard::at_scheduling();
    wizard.click("Update interval");
    assert_eq!(wizard.model.value(Field::Interval), choice(Field::Interval, 0), "its name only goes there");
    wizard.click("‹ Manually ›");
    assert_eq!(wizard.model.value(Field::Interval), choice(Field::Interval, 1));
    wizard.click("[ ] Always retry");
    assert!(wizard.model.scheduling.retry);
    wizard.click("[x] Always retry");
    assert!(!wizard.model.scheduling.retry);
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET).answer();
    wizard.click("↓ to choose");
    assert_eq!(wizard.model.list, Some(List::Datasets));
    wizard.answer();
    let (row, name) = second(&wizard);
    wizard.click(&name);
    assert_eq!(wizard.model.details.output.list.search.cursor, row);
    assert!(is(wizard.click(&name).as_ref(), &enter()));
    assert_eq!((wizard.model.list, wizard.model.details.output.selected.is_some()), (None, true));
    let mut wizard = Wizard::at_review();
    wizard.click("Start the export");
    assert_eq!(wizard.model.step, Step::Run);
}

/// The second dataset of the open list.
fn second(wizard: &Wizard) -> (usize, String) {
    let list = &wizard.model.details.output.list;
    (1, list.matches(1).next().unwrap().key.to_string())
}

fn choice(field: Field, chosen: usize) -> Value {
    Value::Choice { choices: words::choices(field).iter().map(|&name| name.to_owned()).collect(), chosen }
}

#[test]
fn what_lies_over_a_pane_is_in_the_way_of_a_click() {
    let mut wizard = Wizard::first();
    wizard.type_text("x").press("Esc");
    assert!(wizard.click("Client secret").is_none() && wizard.click("What you entered").is_none());
    wizard.click("n stay");
    assert_eq!(wizard.model.overlay, None);
    let (_, targets) = Wizard::first().press("F1").draw(80, 24);
    assert!(targets.iter().all(|(_, target)| matches!(target, Target::Key(_))));
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
    assert!(app.wizard.unwrap().notice.unwrap().text.contains("Shift"));
}

#[test]
fn the_mouse_is_taken_at_the_start_only_where_that_is_wished_for() {
    for mouse in [false, true] {
        let mut app = App::at_home(&start()).with_mouse(mouse);
        let taken = update(&mut app, Msg::Start).contains(&Effect::CaptureMouse(true));
        assert_eq!((taken, app.mouse), (mouse, mouse));
    }
}

/// What a row of the list on screen begins with, or has in it.
fn row_of(app: &App, row: usize) -> Option<String> {
    let home = &app.home;
    let name = match (home.tab, &home.browse.files) {
        (Tab::Exports, _) => home.exports.list.matches(row).next()?.name.clone(),
        (Tab::Browse, Some(files)) => files.list.matches(row).next()?.name.clone(),
        (Tab::Browse, None) => home.browse.list.matches(row).next()?.dataset.key.to_string(),
        (Tab::Accounts, _) => home.accounts.list.matches(row).next()?.account.name.clone(),
        (Tab::History, _) => home.history.list.matches(row).next()?.export.clone(),
    };
    Some(name)
}

fn item_of(model: &Model, row: usize) -> Option<String> {
    let details = &model.details;
    match model.list? {
        List::DataSets => details.input.list.matches(row).next().map(|it| it.name.clone()),
        List::Datasets => details.output.list.matches(row).next().map(|it| it.key.to_string()),
        List::Files => details.file.list.matches(row).next().map(|it| it.name.clone()),
    }
}

/// The beginning of a name, as far as every column has room for it.
fn start_of(name: &str) -> String {
    fit(&printable(name), 6).trim_end_matches(['…', ' ']).to_owned()
}

const HOMES: usize = 10;

fn home(at: usize) -> Person {
    let mut person = match at {
        0 => Person::usual(),
        1 => many(),
        2 => crate::browse::browsing(),
        3 => crate::browse::at_files(),
        4 => crate::browse::at_head(),
        5 => crate::accounts::with_accounts(),
        6 => crate::browse::fetching().0,
        _ => Person::usual(),
    };
    match at {
        7 => person.press("4").answer(),
        8 => person.on("Costs").press("Enter"),
        9 => person.on("Costs").press("x"),
        _ => &mut person,
    };
    person
}

const WIZARDS: usize = 9;

fn wizard(at: usize) -> Wizard {
    let mut wizard = match at {
        0 => Wizard::first(),
        1 => Wizard::at_details(),
        2 => Wizard::filled(),
        3 => Wizard::at_scheduling(),
        4 => Wizard::at_review(),
        5 => Wizard::running(),
        _ => Wizard::at_details(),
    };
    match at {
        6 => wizard.press("Down").answer(),
        7 => wizard.press("Tab F2").answer(),
        8 => wizard.press("F1"),
        _ => &mut wizard,
    };
    wizard
}

/// What is done: with the mouse at a place in 1000ths of the screen, or with a key.
#[derive(Debug, Clone)]
enum Deed {
    Mouse(MouseEventKind, u32, u32),
    Key(&'static str),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let kind = prop::sample::select(vec![
        DOWN,
        DOWN,
        DOWN,
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Moved,
    ]);
    let key =
        prop::sample::select(vec!["Tab", "Down", "Up", "Enter", "Esc", "Space", "/", "e", "F1", "Ctrl-T", "PgDn"]);
    let deed = prop_oneof![
        4 => (kind, 0u32..1100, 0u32..1100).prop_map(|(kind, x, y)| Deed::Mouse(kind, x, y)),
        1 => key.prop_map(Deed::Key),
    ];
    prop::collection::vec(deed, 1..20)
}

fn at(part: u32, of: u16) -> u16 {
    u16::try_from(u32::from(of) * part / 1000).unwrap()
}

/// What is drawn of a target is what a click there is for.
fn is_drawn(buffer: &Buffer, (area, target): (Rect, Target), names: &BTreeSet<String>) -> Result<(), TestCaseError> {
    prop_assert!(buffer.area.intersection(area) == area && !area.is_empty(), "{target:?} is not on the screen: {area}");
    let text = text_in(buffer, area);
    match target {
        Target::Key(_) => prop_assert!(names.iter().any(|name| text.starts_with(name.as_str())), "{text}"),
        Target::Tab(tab) => {
            let label = format!(" {}", tab.label());
            prop_assert!(label.contains(text.trim_start_matches([' ', '1', '2', '3', '4']).trim_end()), "{text}");
        }
        Target::Rows(Sight { top, length, cursor }) => {
            prop_assert!(top + usize::from(area.height) <= length || cursor.is_none(), "{top} {area} {length}");
        }
        Target::Choice(..) | Target::Field(_) => {}
    }
    Ok(())
}

/// The names that a footer can have.
fn names<S: actions::Keyed>(state: &S) -> BTreeSet<String> {
    actions::footer(state).into_iter().map(|hint| format!("{} {}", hint.first.name, hint.label)).collect()
}

/// A row of a list is drawn where a click finds it, and stays there when it is selected.
fn row_is_drawn(buffer: &Buffer, y: u16, name: Option<String>) -> Result<(), TestCaseError> {
    let line = text_in(buffer, Rect { x: 0, y, width: buffer.area.width, height: 1 });
    let name = start_of(&name.unwrap());
    if buffer.area.width < 50 {
        // The accounts' names have no room there.
        return Ok(());
    }
    prop_assert!(line.contains(&name), "{name:?} is not in {line:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_home_a_click_hits_what_is_drawn_there(
        state in 0..HOMES, deeds in deeds(), width in 1u16..140, height in 1u16..45,
    ) {
        let mut person = home(state);
        for deed in deeds {
            let (buffer, targets) = person.draw(width, height);
            let names = person.app.wizard.as_deref().map_or_else(|| names(&person.app.home), names);
            targets.iter().try_for_each(|target| is_drawn(&buffer, target, &names))?;
            let (kind, column, row) = match deed {
                Deed::Mouse(kind, x, y) => (kind, at(x, width), at(y, height)),
                Deed::Key(key) => {
                    person.press(key).answer();
                    continue;
                }
            };
            let Some(message) = meant(event(kind, column, row), &targets) else { continue };
            match &message {
                Msg::Tab(tab) => {
                    person.take(message.clone());
                    prop_assert_eq!(person.app.home.tab, *tab);
                }
                Msg::Point { row: item, .. } => {
                    row_is_drawn(&buffer, row, row_of(&person.app, *item))?;
                    // The line of a notice goes, and makes room.
                    let had_notice = person.app.home.notice.is_some();
                    let filtering = person.app.home.filtering;
                    person.take(message.clone());
                    let (after, _) = person.draw(width, height);
                    if !had_notice && !filtering {
                        row_is_drawn(&after, row, row_of(&person.app, *item))?;
                    }
                }
                _ => person.take(message),
            }
        }
    }

    #[test]
    fn in_the_wizard_a_click_hits_what_is_drawn_there(
        state in 0..WIZARDS, deeds in deeds(), width in 1u16..140, height in 1u16..45,
    ) {
        let mut wizard = wizard(state);
        for deed in deeds {
            let (buffer, targets) = wizard.draw(width, height);
            let names = names(&wizard.model);
            targets.iter().try_for_each(|target| is_drawn(&buffer, target, &names))?;
            let (kind, column, row) = match deed {
                Deed::Mouse(kind, x, y) => (kind, at(x, width), at(y, height)),
                Deed::Key(key) => {
                    wizard.press(key);
                    continue;
                }
            };
            let Some(message) = meant(event(kind, column, row), &targets) else { continue };
            let (area, _) = targets.at(Position { x: column, y: row }).unwrap();
            match message {
                Msg::Go(field) => {
                    wizard.take(message);
                    prop_assert_eq!(wizard.model.focus, field);
                }
                Msg::Choose(field, at) => {
                    let text = text_in(&buffer, area);
                    let before = wizard.model.value(field);
                    wizard.take(message);
                    match (before, wizard.model.value(field)) {
                        (Value::Choice { choices, .. }, Value::Choice { chosen, .. }) => {
                            prop_assert_eq!(chosen, at);
                            let label: String = choices[at].chars().take(4).collect();
                            prop_assert!(text.contains(&label) || text.contains('‹'), "{label:?} is not {text:?}");
                        }
                        (Value::Check(before), Value::Check(after)) => prop_assert_ne!(before, after),
                        _ => {}
                    }
                }
                Msg::Point { row: item, .. } => {
                    row_is_drawn(&buffer, row, item_of(&wizard.model, item))?;
                    wizard.take(message);
                    let (after, _) = wizard.draw(width, height);
                    row_is_drawn(&after, row, item_of(&wizard.model, item))?;
                }
                message => wizard.take(message),
            }
            let fields = wizard.model.fields();
            prop_assert!(fields.contains(&wizard.model.focus));
        }
    }
}
