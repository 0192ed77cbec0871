//! The dashboard's screen in each state, at three sizes.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use writeback::testing::export::Service;
use writeback::testing::export::schedule::Punctuality;
use writeback::testing::history::Phase;
use writeback::testing::services::http::Retry;
use writeback::testing::transfer::{Failure, Outcome, Pause, PhaseState, Progress, Refusal, RowStart};
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::actions;
use writeback::testing::tui::wizard::Field;

use crate::dashboard::support::*;
use crate::samples::{cancelled_at, failed_at, finished, midway, now, refused, untouched};
use crate::screen::{Driver as _, assert_names_the_way_out, text_of};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (60, 15)];

/// Pins the screen at three sizes, and looks at what holds on every screen.
fn pin(name: &str, person: &Person) {
    pin_at(SIZES, name, person);
}

/// The same, at these sizes.
pub(crate) fn pin_at(sizes: [(u16, u16); 3], name: &str, person: &Person) {
    let mut pinned = String::new();
    for (width, height) in sizes {
        let text = person.text(width, height);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{name} shows what a terminal obeys");
        let plain = text_of(&person.buffer(width, height, &Theme::monochrome()));
        assert_eq!(text, plain, "{name} says something by color alone");
        assert_names_the_way_out(name, &text, person.app.home.overlay.is_some());
        pinned.push_str(&format!("{width}x{height}\n{text}\n"));
    }
    keep(name, &pinned);
}

fn keep(name: &str, pinned: &str) {
    insta::with_settings!({
        omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../../snapshots"
    }, {
        insta::assert_snapshot!(name, pinned);
    });
}

/// The four tabs, with something on each.
fn tabs() -> [(&'static str, Person); 4] {
    let mut history = Person::usual();
    history.press("4").answer().press("Down").answer();
    let mut browse = crate::dashboard::browse::browsing();
    browse.press("Down");
    [
        ("Exports", Person::usual()),
        ("Browse", browse),
        ("Accounts", crate::dashboard::accounts::with_accounts()),
        ("History", history),
    ]
}

/// The cells of a row that have a style: from where to where, and which.
fn styles(buffer: &Buffer, y: u16) -> String {
    let style = |x: u16| {
        let cell = &buffer[(x, y)];
        let colours = [("", cell.fg), ("on ", cell.bg)].into_iter().filter(|(_, colour)| *colour != Color::Reset);
        let mut words: Vec<String> = colours.map(|(word, colour)| format!("{word}{colour}")).collect();
        words.extend(cell.modifier.iter_names().map(|(name, _)| name.to_lowercase()));
        words.join(" ")
    };
    let mut runs: Vec<(u16, u16, String)> = Vec::new();
    for x in buffer.area.left()..buffer.area.right() {
        match runs.last_mut() {
            Some((_, to, last)) if *last == style(x) => *to = x,
            _ => runs.push((x, x, style(x))),
        }
    }
    let told = runs.into_iter().filter(|(_, _, style)| !style.is_empty());
    told.map(|(from, to, style)| format!("{from}–{to} {style}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_tab_has_its_colours_and_without_them_its_marks() {
    for (name, theme) in [("home_in_colour", Theme::color()), ("home_in_monochrome", Theme::monochrome())] {
        let mut pinned = String::new();
        for (tab, person) in tabs() {
            for (width, height) in [(80, 24), (100, 30), (60, 15)] {
                let buffer = person.buffer(width, height, &theme);
                pinned.push_str(&format!("{tab} {width}x{height}\n{}", text_of(&buffer)));
                let rows = (0..height).map(|y| (y, styles(&buffer, y))).filter(|(_, styles)| !styles.is_empty());
                rows.for_each(|(y, styles)| pinned.push_str(&format!("{y}: {styles}\n")));
                pinned.push('\n');
            }
        }
        keep(name, &pinned);
    }
}

/// Two exports run, one of them is being cancelled.
fn running() -> Person {
    let mut person = Person::usual();
    person.on("Costs").press("r").on("Daily sales").press("r");
    for seconds in 0..=7 {
        person.progress("Daily sales", midway(seconds));
    }
    person.progress("Costs", midway(2)).on("Costs").press("c y");
    person
}

#[test]
fn browsing() {
    let mut person = crate::dashboard::browse::browsing();
    pin("home_browse", &person);
    person.press("/").type_text("zzz");
    pin("home_browse_no_match", &person);
    pin("home_files", &crate::dashboard::browse::at_files());
    pin("home_file_head", &crate::dashboard::browse::at_head());
    pin("home_file_fetching", &crate::dashboard::browse::fetching().0);
    let mut person = crate::dashboard::browse::at_files();
    person.press("Delete").type_text("no").press("Enter");
    pin("home_file_delete", &person);
}

#[test]
fn accounts() {
    pin("home_accounts", &crate::dashboard::accounts::with_accounts());
    let mut person = crate::dashboard::accounts::with_an_environment();
    pin("home_accounts_environment", person.press("Down e n"));
    pin("home_accounts_testing", &crate::dashboard::accounts::midway());
    let mut person = Person::at_home(Vec::new(), Vec::new());
    person.press("3");
    pin("home_accounts_none", &person);
}

#[test]
fn checks() {
    for (name, person) in crate::dashboard::check::states() {
        pin_at([(80, 24), (100, 30), (60, 15)], name, &person);
    }
}

#[test]
fn exports() {
    let mut person = Person::usual();
    pin("home_exports", &person);
    person.on("Costs");
    pin("home_exports_failing", &person);
    let daily = person.saved.iter_mut().find(|saved| saved.file == file("Daily sales")).unwrap();
    daily.punctuality = Some(Punctuality::Late(now() - chrono::TimeDelta::minutes(59)));
    person.press("F5").answer().on("Daily sales");
    pin("home_exports_late", &person);
    person.press("/").type_text("sal");
    pin("home_exports_filtered", &person);
    pin("home_exports_none", &Person::at_home(Vec::new(), Vec::new()));
    let mut person = Person::usual();
    person.app.home.unfinished = Some(now() - chrono::TimeDelta::days(2));
    pin("home_exports_unfinished", &person);
    let mut person = Person::usual();
    person.handed.all.clear();
    person.press("F5").answer().on("Daily sales");
    pin("home_exports_unkept", &person);
}

/// A run of Daily sales that has ended, open.
fn ended(progress: Progress, outcome: Outcome) -> Person {
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter").progress("Daily sales", progress).end("Daily sales", outcome).answer();
    person
}

#[test]
fn refusals_with_what_may_be_decided() {
    for (name, refusal) in [
        ("run_refused_shrunk", Refusal::WouldShrink { old: 84_234_567, new: 1000 }),
        (
            "run_refused_hash_rows",
            Refusal::HashRows {
                first: Some(347_982),
                found: 12,
                rows: 348_000,
                begins: RowStart::from_bytes(b"#12,North,\"Ladders, outdoor\",1204.50,2026-11-21\n"),
            },
        ),
        (
            "run_refused_unreadable",
            Refusal::Unreadable {
                first: Some(347_982),
                not_utf8: 12,
                nul: 1,
                rows: 348_000,
                line: RowStart::from_bytes(b"347982,Jos\xe9,\"Ladders, outdoor\",1204.50,2026-11-21\n"),
            },
        ),
    ] {
        let outcome = Outcome::Failed { failure: Failure::Refused(refusal), file_now: Some(untouched()) };
        pin(name, &ended(failed_at(Phase::Export), outcome));
    }
}

#[test]
fn wherever_one_is_the_way_out_is_named() {
    let refusal = Refusal::HashRows { first: Some(3), found: 1, rows: 9, begins: RowStart::from_bytes(b"#12,North\n") };
    let refused = Outcome::Failed { failure: Failure::Refused(refusal), file_now: Some(untouched()) };
    let ended = [refused, done(true), Outcome::Cancelled { file_now: Some(untouched()) }].map(|outcome| {
        let mut person = Person::usual();
        person.on("Daily sales").press("r Enter").end("Daily sales", outcome).answer();
        person
    });
    let mut filtered = Person::usual();
    filtered.press("/").type_text("sal").press("Enter");
    let mut renaming = crate::dashboard::accounts::with_accounts();
    renaming.press("e n");
    let mut head = crate::dashboard::browse::fetching().0;
    head.press("Enter").answer();
    let on_tabs = tabs().map(|(_, person)| person);
    for person in states().into_iter().chain(ended).chain(on_tabs).chain([filtered, renaming, head]) {
        for width in [60, 80, 100] {
            let text = person.text(width, 15);
            assert_names_the_way_out("home", &text, person.app.home.overlay.is_some());
            let decisions =
                actions::footer(&person.app.home).into_iter().filter(|hint| ["quote", "always"].contains(&hint.short));
            decisions.for_each(|hint| assert!(text.contains(&format!("{} ", hint.first.name)), "{hint:?}\n{text}"));
        }
    }
}

#[test]
fn runs() {
    let mut person = running();
    pin("home_exports_running", &person);
    person.on("Daily sales").press("Enter");
    pin("run_midway", &person);
    person.press("c");
    pin("run_cancel_question", &person);
    person.press("n").progress("Daily sales", finished()).end("Daily sales", done(false)).answer();
    pin("run_done", &person);
    person.press("Esc q");
    pin("home_leave", &person);
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter");
    pin("run_started", &person);
    person.progress("Daily sales", midway(2)).press("c y");
    pin("run_cancelling", &person);
    person.progress("Daily sales", cancelled_at(Phase::Upload));
    person.end("Daily sales", Outcome::Cancelled { file_now: Some(untouched()) }).answer();
    pin("run_cancelled", &person);
}

#[test]
fn a_run_that_tries_again_and_one_that_stands_still() {
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter");
    let mut progress = Progress { attempt: 2, bytes_out: 0, ..midway(3) };
    let error = refused(503, "Busy");
    progress.note = Some(Pause::Call(Retry { error, wait: Duration::from_secs(4), attempt: 2, attempts: 5 }));
    person.progress("Daily sales", midway(2)).progress("Daily sales", progress);
    pin("run_again", &person);
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter").progress("Daily sales", midway(2)).progress("Daily sales", midway(3));
    person.progress("Daily sales", Progress { elapsed: Duration::from_secs(15), ..midway(3) });
    pin("run_stalled", &person);
}

#[test]
fn a_service_that_refuses_when_both_are_asked_is_named() {
    let mut progress = Progress { failed_by: Some(Service::DataWorld), ..Progress::default() };
    progress.phases[0] = PhaseState::Failed;
    let failure = Failure::Api(refused(401, "Invalid or expired authentication token"));
    pin("run_failed_at_once", &ended(progress, Outcome::Failed { failure, file_now: None }));
}

#[test]
fn the_run_of_an_export_in_the_wizard() {
    let mut person = Person::at_review();
    person.button(Field::RUN_ONCE).progress("Daily Sales by Region", midway(3));
    pin("run_over_wizard", &person);
    person.press("Esc Esc y").answer();
    pin("home_exports_unsaved", &person);
}

#[test]
fn a_run_that_failed() {
    let mut person = Person::usual();
    person.on("Costs").press("r").progress("Costs", failed_at(Phase::Upload));
    let failure = Failure::Api(refused(403, "This token may only read"));
    let outcome = Outcome::Failed { failure, file_now: Some(untouched()) };
    person.end("Costs", outcome).answer();
    pin("home_exports_failed", &person);
}

#[test]
fn removing() {
    let mut person = Person::usual();
    person.on("Daily sales").press("x");
    pin("home_remove", &person);
}

#[test]
fn history() {
    let mut person = Person::usual();
    person.press("4").answer();
    pin("home_history", &person);
    person.press("Down").answer().press("Enter");
    pin("home_history_open", &person);
}

#[test]
fn help() {
    let mut person = Person::usual();
    person.press("Down F1");
    pin("home_help", &person);
}

#[test]
fn on_a_low_screen_the_help_cuts_no_label() {
    let mut person = running();
    person.press("F1");
    let text = person.text(60, 15);
    for label in ["cancel", "duplicate", "history", "first or last", "mouse on or off", "quit at once"] {
        assert!(text.contains(label), "{label} in\n{text}");
    }
}

fn states() -> Vec<Person> {
    let mut history = Person::usual();
    history.press("4").answer();
    let mut opened = Person::usual();
    opened.press("4").answer().press("Down Enter");
    let mut filtering = Person::usual();
    filtering.press("/").type_text("sal");
    let mut asking = running();
    asking.press("q");
    let empty = Person::at_home(Vec::new(), Vec::new());
    let mut states = vec![Person::usual(), running(), history, opened, filtering, asking, empty];
    states.extend(crate::dashboard::check::states().into_iter().map(|(_, person)| person));
    states
}

#[test]
fn no_size_makes_the_drawing_fail() {
    for person in states() {
        for width in (1..130).step_by(7) {
            for height in (1..45).step_by(2) {
                person.text(width, height);
            }
        }
    }
}

#[test]
fn the_mark_of_failing_is_on_screen_at_every_size() {
    let person = Person::usual();
    for (width, height) in [(40, 8), (50, 10), (60, 15), (80, 24), (120, 40)] {
        let text = person.text(width, height);
        let line = text.lines().find(|line| line.contains("Costs")).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains("✗ failed"), "{width}x{height}:\n{text}");
    }
}

#[test]
fn the_selected_row_has_a_bar_and_is_bold_without_any_colour() {
    for person in states() {
        let buffer = person.buffer(80, 24, &Theme::monochrome());
        for cell in &buffer.content {
            assert_eq!((cell.fg, cell.bg, cell.underline_color), (Color::Reset, Color::Reset, Color::Reset));
        }
    }
    let mut person = Person::usual();
    person.on("Costs");
    let buffer = person.buffer(80, 24, &Theme::monochrome());
    let bars: Vec<u16> = (3..24).filter(|y| buffer[(0, *y)].symbol() == "▌").collect();
    assert_eq!(bars.len(), 1);
    let row: String = (0..80).map(|x| buffer[(x, bars[0])].symbol()).collect();
    assert!(row.contains("Costs") && buffer[(2, bars[0])].modifier.contains(Modifier::BOLD), "{row}");
    let is_reversed = |y: &u16| (0..80).all(|x| buffer[(x, *y)].modifier.contains(Modifier::REVERSED));
    assert!(!(0..24).any(|y| is_reversed(&y)), "no line is inverted from end to end");
}

#[test]
fn a_wide_or_turning_name_does_not_break_the_columns() {
    let person = Person::usual();
    let text = person.text(100, 40);
    let line = text.lines().find(|line| line.contains("Weekly")).unwrap();
    assert!(line.contains("Weekly <U+001B>[31mreport<U+202E> 売上データ"), "{line}");
    let column = |line: &str, mark: &str| unicode_width::UnicodeWidthStr::width(&line[..line.find(mark).unwrap()]);
    let costs = text.lines().find(|line| line.contains("Costs")).unwrap();
    assert_eq!(column(line, "○"), column(costs, "✗"));
}

#[test]
fn a_question_stands_whole_over_wide_characters() {
    let mut person = Person::at_home(vec![export("売上データ売上データ売上データ", ""), export("a", "")], Vec::new());
    person.press("x");
    for width in 40..80 {
        let text = person.text(width, 15);
        let corners = ['┌', '┐', '└', '┘'].map(|corner| text.matches(corner).count());
        assert_eq!(corners, [1; 4], "{width}:\n{text}");
        let sides: Vec<usize> =
            text.lines().filter(|line| line.contains('│')).map(|line| line.matches('│').count()).collect();
        assert!(sides.iter().all(|count| *count == 2) && sides.len() >= 4, "{width}:\n{text}");
    }
}
