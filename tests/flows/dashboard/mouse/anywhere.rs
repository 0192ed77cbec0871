//! Clicks, the wheel and keys anywhere, at any size: what is drawn of a target is what a click there is for.

use std::collections::BTreeSet;

use crossterm::event::{MouseButton, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use writeback::testing::text::terminal_text::{self, fit};
use writeback::testing::tui::app::App;
use writeback::testing::tui::dashboard::Tab;
use writeback::testing::tui::form::{Intent, Value};
use writeback::testing::tui::mouse::meant;
use writeback::testing::tui::screen::{HitTarget, ScrollState, Theme};
use writeback::testing::tui::state::{Msg, actions};
use writeback::testing::tui::wizard::{List, Model, spec};

use super::{DOWN, Seen, event, many, text_in};
use crate::dashboard::support::Person;
use crate::screen::{Driver as _, Wizard};

/// Text by which a row of the list on screen is known.
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
        List::Files => details.files.matches(row).next().map(|it| it.name.clone()),
        List::Zones => model.scheduling.zones.matches(row).next().map(|it| it.zone.name().to_owned()),
    }
}

/// The beginning of a name, as far as every column has room for it.
fn start_of(name: &str) -> String {
    fit(&terminal_text::name(name), 6).trim_end_matches(['…', ' ']).to_owned()
}

const HOMES: usize = 10;

fn home(at: usize) -> Person {
    let mut person = match at {
        0 => Person::usual(),
        1 => many(),
        2 => crate::dashboard::browse::browsing(),
        3 => crate::dashboard::browse::at_files(),
        4 => crate::dashboard::browse::at_head(),
        5 => crate::dashboard::accounts::with_accounts(),
        6 => crate::dashboard::browse::fetching().0,
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

/// An act: of the mouse at a place in 1000ths of the screen, or of a key.
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

/// The text drawn of a target fits its action.
fn is_drawn(buffer: &Buffer, (area, target): (Rect, HitTarget), names: &BTreeSet<String>) -> Result<(), TestCaseError> {
    prop_assert!(buffer.area.intersection(area) == area && !area.is_empty(), "{target:?} is not on the screen: {area}");
    let text = text_in(buffer, area);
    match target {
        HitTarget::Key(_) => prop_assert!(names.iter().any(|name| text.starts_with(name.as_str())), "{text}"),
        HitTarget::Tab(tab) => {
            let label = format!(" {}", tab.label());
            prop_assert!(label.contains(text.trim_start_matches([' ', '1', '2', '3', '4']).trim_end()), "{text}");
        }
        HitTarget::Rows(ScrollState { top, length, cursor }) => {
            prop_assert!(top + usize::from(area.height) <= length || cursor.is_none(), "{top} {area} {length}");
        }
        HitTarget::Choice(..) | HitTarget::Field(_) => {}
    }
    Ok(())
}

/// The names that a footer can have.
fn names<S: actions::Keyed>(state: &S) -> BTreeSet<String> {
    let names = |hint: actions::Hint| [hint.label, hint.short].map(|label| format!("{} {label}", hint.first.name));
    actions::footer(state).into_iter().flat_map(names).collect()
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
            let (buffer, targets) = person.drawn(width, height, &Theme::color());
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
            match message {
                Msg::Tab(tab) => {
                    person.take(Msg::Tab(tab));
                    prop_assert_eq!(person.app.home.tab, tab);
                }
                Msg::Point { row: item, top } => {
                    row_is_drawn(&buffer, row, row_of(&person.app, item))?;
                    // The line of a notice goes, and makes room.
                    let had_notice = person.app.home.shell.notice.is_some();
                    let filtering = person.app.home.filtering;
                    person.take(Msg::Point { row: item, top });
                    let (after, _) = person.drawn(width, height, &Theme::color());
                    if !had_notice && !filtering {
                        row_is_drawn(&after, row, row_of(&person.app, item))?;
                    }
                }
                message => person.take(message),
            }
        }
    }

    #[test]
    fn in_the_wizard_a_click_hits_what_is_drawn_there(
        state in 0..WIZARDS, deeds in deeds(), width in 1u16..140, height in 1u16..45,
    ) {
        let mut wizard = wizard(state);
        for deed in deeds {
            let (buffer, targets) = wizard.drawn(width, height, &Theme::color());
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
                Msg::Intent(Intent::Focus(field)) => {
                    wizard.take(message);
                    prop_assert_eq!(wizard.model.focus, field);
                }
                Msg::Intent(Intent::Choose(field, at)) => {
                    let text = text_in(&buffer, area);
                    let before = wizard.model.value(field).clone();
                    wizard.take(message);
                    let choices = spec(field).choices(&wizard.model);
                    if let Some(choice) = choices.get(at) {
                        match (&before, wizard.model.value(field)) {
                            (Value::Several(before), Value::Several(after)) => {
                                prop_assert_ne!(before.chosen.contains(&at), after.chosen.contains(&at));
                            }
                            _ => prop_assert_eq!(spec(field).chosen(&wizard.model, wizard.model.values()), at),
                        }
                        let label: String = choice.chars().take(4).collect();
                        prop_assert!(text.contains(&label) || text.contains('‹'), "{label:?} is not {text:?}");
                    }
                    if let (Value::Check(before), Value::Check(after)) = (before, wizard.model.value(field)) {
                        prop_assert_ne!(before, *after);
                    }
                }
                Msg::Point { row: item, .. } => {
                    row_is_drawn(&buffer, row, item_of(&wizard.model, item))?;
                    wizard.take(message);
                    let (after, _) = wizard.drawn(width, height, &Theme::color());
                    row_is_drawn(&after, row, item_of(&wizard.model, item))?;
                }
                message => wizard.take(message),
            }
            let fields = wizard.model.fields();
            prop_assert!(fields.contains(&wizard.model.focus));
        }
    }
}
